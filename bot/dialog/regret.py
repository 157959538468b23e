"""“按错了，是1”, or a plain 十分不满意 after a 5: for a day the verdict that was given last may be another one.

What is said while a survey still asks answers that survey; only a mistake that is named goes back.
"""

import datetime as dt
import re

from bot.dialog import form, survey
from bot.heard import Do, Outcome
from bot.refs import RatedRef
from bot.scripts import regret as script
from bot.scripts import survey as verdicts
from bot.scripts.turn import Turn

#: It is to be another one.
TURNED = re.compile(
    r"^(?:不对|不是|错了)?[，,。 ]*(?:应该|改|想给|要给|我?是想)(?:成|为|是|给)?"
    r"|^change (?:it|that) to ",
    re.IGNORECASE,
)
#: So long it may be thought better of.
A_DAY = dt.timedelta(days=1)
#: While the verdict is fresh, what is said about the work belongs to it, unless it surely is something else.
RIGHT_AFTER = dt.timedelta(minutes=30)
ABOUT_IT = frozenset({"complaint", "satisfaction_reply", "suggestion", "out_of_scope", ""})
SURE = 0.75
LOW = 3
#: Longer words have a matter of their own.
SHORT = 20


def _rated(turn: Turn) -> RatedRef | None:
    """What was rated within the day, while no dialog but the survey's last question is open."""
    rated, opened = turn.facts.rated, form.script_of(turn)
    if rated is None or turn.facts.now - rated.at > A_DAY or turn.slots.problem or turn.slots.phone:
        return None
    return rated if opened is None or opened is verdicts.SCRIPT or opened.passing else None


def tapped(turn: Turn) -> Outcome | None:
    """Another button under the same question: that one counts."""
    found, rated = survey.TAPPED.match(turn.heard.choice), _rated(turn)
    if not found or rated is None or rated.id != int(found[1]):
        return None
    score = int(found[3])
    feeling = "positive" if score >= 4 else "neutral" if score == 3 else "negative"
    return _amended(turn, rated, {"score": score, "words": "", "sentiment": feeling, "question": found[2]})


def amended(turn: Turn) -> Outcome | None:
    """A mistake that is named, or plain discontent after a good verdict."""
    if not turn.worded or (rated := _rated(turn)) is None or turn.slots.time:
        return None
    if turn.state.script == "survey" and turn.state.step == "score":
        return None
    slip = verdicts.SLIP.search(turn.text)
    rest = verdicts.SLIP.sub("", turn.text).strip("，,。 ")
    figure = verdicts.FIGURE.search(rest)
    if slip and not rest or slip and rest == "了":
        return _asked(turn, rated)
    if slip or (TURNED.search(turn.text) and figure):
        given = verdicts.opinion(figure[0] if figure else TURNED.sub("", rest) or rest)
        return _amended(turn, rated, given) if given and given["score"] is not None else None
    return _discontent(turn, rated)


def added(turn: Turn) -> Outcome | None:
    """“活也干得细”, “后来我自己拖的”, right after the verdict: it belongs to that, and is no matter of its own."""
    rated, top = turn.facts.rated, turn.heard.reading.top
    if rated is None or turn.facts.now - rated.at > RIGHT_AFTER or form.script_of(turn) or turn.facts.complaint:
        return None
    if turn.means("lets_be"):
        return form.aside(turn, turn.say("talk.ok"))
    if not turn.worded or top.name not in ABOUT_IT or top.confidence >= SURE:
        return None
    slots, asks = turn.slots, turn.means("question", "chase")
    other = slots.problem or slots.phone or slots.time or slots.command or slots.anger or slots.option or slots.number
    if asks or other or slots.yes is not None or not len(turn.text) >= 4 or "投诉" in turn.text:
        return None
    args = {"survey_id": rated.id, "score": None, "words": turn.text[:500], "sentiment": slots.sentiment or ""}
    key = "survey.noted" if (rated.felt or 0) > LOW else "survey.words_taken"
    return form.aside(turn, turn.say(key, number=rated.number or None), dos=(Do("survey.answer", args),))


def _discontent(turn: Turn, rated: RatedRef) -> Outcome | None:
    """“十分不满意” after a 5; the answer to what was not right is none."""
    if turn.state.script or turn.facts.surveys or turn.facts.survey or turn.means("question"):
        return None
    if turn.intent != "satisfaction_reply" or len(turn.text) > SHORT:
        return None
    given = verdicts.opinion(turn.text)
    if not given or given["sentiment"] != "negative" or (rated.felt or 0) <= (given["score"] or 1):
        return None
    return _amended(turn, rated, given)


def _asked(turn: Turn, rated: RatedRef) -> Outcome:
    return form.proceed(_begun(turn, rated))


def _amended(turn: Turn, rated: RatedRef, given: dict[str, object]) -> Outcome:
    return script.amended(_begun(turn, rated), given)


def _begun(turn: Turn, rated: RatedRef) -> Turn:
    return turn.start("regret", "verdict", {"survey_id": rated.id, "number": rated.number, "label": rated.label})
