"""Answers to 满意吗, in or out of the survey's dialog: which survey they belong to, and what is asked next.

Of several open surveys the one asked last is answered, unless the words name another. A bare number belongs to
whoever asked last, the survey or a dialog's numbered question.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.dialog import form, report
from bot.heard import Do, Outcome, SurveyRef
from bot.scripts import readers
from bot.scripts import survey as script
from bot.scripts.known import kin
from bot.scripts.turn import Turn
from bot.understanding import Context, Slots, read
from bot.understanding.score import feeling
from models.questions import series

#: The id of a button under a survey's question: which survey, which question, which score.
TAPPED = re.compile(r"^sv:(\d{1,12}):([a-z0-9_]{1,30}):([1-5])$")

#: While a house is being built a fault is a reason for the verdict, not a repair.
ON_SITE = "control_point"

#: “1到5是吧 那5”: the figure that is given stands last.
GIVEN_LAST = re.compile(r"[1-5]\s*(?:到|-|—|~|至)\s*[1-5].*?(?:那就?|就|给|打|我?选)\s*([1-5])\s*分?[吧了。]*$")
#: Below this a score is apologised for; one that is neither good nor bad is not.
LOW = 3


def reply(turn: Turn) -> Outcome | None:
    """An answer to an open survey is on file; what the form still asks is asked next. Another fault is reported too."""
    if (parts := _with_another_fault(turn)) is None:
        return _reply(turn)
    verdict, fault = parts
    answered = _reply(verdict)
    reported = report.report(replace(fault, facts=replace(fault.facts, survey=None, surveys=()))) if answered else None
    if answered is None or reported is None:
        return None
    return replace(reported, says=answered.says + reported.says, dos=answered.dos + reported.dos)


def _with_another_fault(turn: Turn) -> tuple[Turn, Turn] | None:
    """“修得挺好，不过卧室门又坏了” taken apart: the verdict on what was mended, and the fault of something else."""
    if not _open(turn) or not turn.worded or not turn.slots.problem or form.script_of(turn):
        return None
    survey, clauses = which(turn), [one for one in readers.CLAUSE.split(turn.text) if one]
    if survey.form == ON_SITE:
        return None
    # Read as a report, not as an answer: a score would otherwise be heard in every complaint.
    faults = [one for one in clauses if _elsewhere(read(one).slots, survey)]
    rest = [one for one in clauses if one not in faults]
    if not faults or not rest:
        return None
    return _saying(turn, "，".join(rest), Context(survey_open=True)), _saying(turn, "，".join(faults), Context())


def _elsewhere(slots: Slots, survey: SurveyRef) -> bool:
    """Whether a fault is told whose place or thing is not the survey's."""
    if not slots.problem:
        return False
    place, label = slots.place_room or slots.place, survey.label
    if place and place not in label and not (slots.place and slots.place in label):
        return True
    known_kind = read(label).slots.category
    return bool(slots.category and known_kind and not kin(slots.category, known_kind))


def _saying(turn: Turn, words: str, context: Context) -> Turn:
    return replace(turn, heard=replace(turn.heard, text=words, reading=read(words, context, turn.facts.now)))


def _reply(turn: Turn) -> Outcome | None:
    if not _open(turn) or not turn.worded:
        return None
    if turn.means("declines_verdict") and not turn.slots.problem:
        return form.aside(_out_of_survey(turn), turn.say("survey.declined"))
    survey = which(turn)
    if (
        turn.means("asks_which_survey")
        and turn.slots.yes is None
        and not turn.slots.problem
        and not form.script_of(turn)
    ):
        return form.aside(turn, turn.say("survey.about", label=survey.label or None, number=survey.number or None))
    if not series(survey.questions):
        return _plain(turn, survey)
    inside = turn.state.script == "survey" and turn.state.step == "score"
    inside = inside and turn.state.answers.get("survey_id") == survey.id
    if not inside and not _meant(turn, survey) and not script.SLIP.fullmatch(turn.text):
        return None
    if (mended := _slipped(turn, survey, inside)) is not None:
        return mended
    said = script.read_score(turn.become(answers=_as_asked(turn, survey)))
    return _taken(turn, survey, said) if said else None


def _as_asked(turn: Turn, survey: SurveyRef) -> dict[str, Any]:
    """What the survey still asks, with the question that is asked once more because its answer was a slip."""
    known = script.about(survey)
    again = turn.state.answers.get("again") if turn.state.answers.get("survey_id") == survey.id else None
    return {**known, "given": {key: one for key, one in known["given"].items() if key != again}}


def _slipped(turn: Turn, survey: SurveyRef, inside: bool) -> Outcome | None:
    """“按错了” in the middle: the last verdict is asked again, or is the one that comes with it; then it goes on."""
    slip = script.SLIP.search(turn.text)
    if slip is None:
        return None
    known = script.about(survey)
    before = turn.state.answers.get("given") or {} if inside else known["given"]
    given = [key for key in before if key != turn.state.answers.get("again")]
    if not given:  # nothing was said yet: a slip is no verdict
        bare = script.SLIP.fullmatch(turn.text)
        return form.proceed(turn.start("survey", "score", known), turn.say("survey.slip")) if bare else None
    rest = script.SLIP.sub("", turn.text).strip("，,。 ")
    if named := script.topics_in(rest, survey.questions) and script.ratings(rest, survey.questions, ()):
        return _taken(turn, survey, named)
    figure = script.FIGURE.search(rest)
    meant = script.opinion(figure[0] if figure else rest) if len(rest) > 1 or figure else None
    if meant is not None and meant["score"] is not None:
        return _taken(turn, survey, {given[-1]: meant})
    known["given"] = {key: one for key, one in known["given"].items() if key != given[-1]}
    return form.proceed(turn.start("survey", "score", {**known, "again": given[-1]}), turn.say("survey.slip"))


def _out_of_survey(turn: Turn) -> Turn:
    return turn.become(script="", step="", answers={}) if turn.state.script == "survey" else turn


def _open(turn: Turn) -> tuple[SurveyRef, ...]:
    known = turn.facts.surveys
    return known or ((turn.facts.survey,) if turn.facts.survey else ())


def which(turn: Turn) -> SurveyRef:
    """The survey that the words mean: by number, by its matter, by a topic only it asks; else the one asked last."""
    known = _open(turn)
    for survey in known:
        if survey.number and survey.number == turn.slots.number:
            return survey
    if len(known) > 1:
        scores = [(_likeness(turn.text, one, known), one) for one in known]
        best = max(score for score, _ in scores)
        named = [one for score, one in scores if score == best]
        if best > 0 and len(named) == 1:
            return named[0]
    return known[0]


def _likeness(text: str, survey: SurveyRef, known: tuple[SurveyRef, ...]) -> int:
    """How much of the text speaks of this survey and of no other one."""
    others = "".join(one.label for one in known if one is not survey)
    pairs = {survey.label[at : at + 2] for at in range(len(survey.label) - 1)}
    alike = sum(pair in text and pair not in others for pair in pairs)
    mine = script.topics_in(text, survey.questions)
    theirs = {topic for one in known if one is not survey for topic in script.topics_in(text, one.questions)}
    return alike + 2 * len(mine - theirs)


def _meant(turn: Turn, survey: SurveyRef) -> bool:
    """Whether words said outside the survey's own dialog answer it."""
    slots = turn.slots
    if slots.score is not None and slots.option is not None:
        return not _dialog_asked_last(turn, survey)
    if script.FIGURES.match(turn.text):
        return not _dialog_asked_last(turn, survey)
    named = script.topics_in(turn.text, survey.questions)
    if named and script.ratings(turn.text, survey.questions, ()) and turn.intent not in ("human", "repair"):
        return not _answers_dialog(turn)
    to_the_dialog = _agrees_with_dialog(turn, survey) or (slots.score is None and _answers_dialog(turn))
    return turn.intent == "satisfaction_reply" and not to_the_dialog


def _taken(turn: Turn, survey: SurveyRef, said: script.Ratings) -> Outcome:
    """The answers are on file; on to what is still open, or the end."""
    do = Do("survey.answer", {"survey_id": survey.id, "answers": said})
    remembered = {**script.about(survey), "given": script.counted(survey.given, said)}
    sorry = () if _low(survey.given) or not _low(remembered["given"]) else (turn.say("survey.sorry"),)
    noted = sorry or (turn.say("survey.noted"),)
    busy = form.script_of(turn)
    if busy is not None and not busy.light:
        return form.aside(turn, *noted, dos=(do,))
    begun = turn.start("survey", "score", remembered)
    if script.verdicts_open(remembered):
        return form.proceed(begun, *noted, dos=(do,))
    if any(one["words"] for one in said.values()):
        return begun.leave(*sorry, turn.say("survey.thanks"), dos=(do,))  # why was said in the same breath
    return form.proceed(begun, *sorry, dos=(do,))


def _low(given: Mapping[str, int | None]) -> bool:
    return any(figure is not None and figure < LOW for figure in given.values())


def tapped(turn: Turn) -> Outcome | None:
    """A button: it counts for the survey and question it was made for, and only while that asks this person."""
    found = TAPPED.match(turn.heard.choice)
    if not found:
        return None
    survey, score = next((one for one in _open(turn) if one.id == int(found[1])), None), int(found[3])
    if survey is None:
        return form.aside(turn, turn.say("errors.survey_answered"))
    rated = {"score": score, "words": "", "sentiment": feeling(score)}
    return _taken(turn, survey, {found[2]: rated}) if series(survey.questions) else _filed(turn, survey, rated)


def _plain(turn: Turn, survey: SurveyRef) -> Outcome | None:
    """A form with one verdict: thanked or apologised for in one sentence, and after a low score asked why."""
    slots = turn.slots
    bare = slots.score is not None and slots.option is not None
    if bare and _dialog_asked_last(turn, survey):
        return None
    if not bare and turn.intent != "satisfaction_reply" and not GIVEN_LAST.search(turn.text):
        return None
    if _agrees_with_dialog(turn, survey) or (slots.score is None and _answers_dialog(turn)):
        return None
    if not bare and _names_a_choice(turn):
        return None
    if given := GIVEN_LAST.search(turn.text):
        score = int(given[1])
        return _filed(turn, survey, {"score": score, "words": "", "sentiment": feeling(score)})
    if turn.means("it_holds"):
        return _filed(turn, survey, {"score": 4, "words": turn.text, "sentiment": "positive"})
    words = slots.note or ("" if bare or _only_a_score(turn) else turn.text)
    return _filed(turn, survey, {"score": slots.score, "words": words, "sentiment": slots.sentiment})


def _filed(turn: Turn, survey: SurveyRef, rated: Mapping[str, Any]) -> Outcome:
    score, words = rated["score"], rated["words"]
    args = {"survey_id": survey.id, **rated}
    heard = "survey.answered" if survey.form in ("", "repair_done") else "survey.heard"
    do, said = Do("survey.answer", args), turn.say(heard, number=survey.number)
    low = (score is not None and score <= 3) or rated["sentiment"] == "negative"
    if not low or script.says_more(words) or form.script_of(turn):
        return form.aside(turn, said, dos=(do,))
    remembered = script.about(survey)
    remembered["given"] = {**survey.given, script.first(survey): score or 1}
    return form.proceed(turn.start("survey", "words", remembered), said, dos=(do,))


def _answers_dialog(turn: Turn) -> bool:
    open_script = form.script_of(turn)
    return open_script is not None and not open_script.light and bool(form.gather(open_script, turn))


def _names_a_choice(turn: Turn) -> bool:
    """A short question beside the forms, “which house?”, is answered by its name: 翡翠城那套 is no praise."""
    open_script, ask = form.script_of(turn), form.ask_of(turn)
    shortly = open_script is not None and open_script.light and open_script.name != "survey"
    return shortly and ask is not None and ask.numbered and bool(form.gather(open_script, turn))


def _agrees_with_dialog(turn: Turn, survey: SurveyRef) -> bool:
    """“是的” under a review that was shown after the survey asked."""
    yes_or_no = readers.agrees(turn) or readers.refuses(turn)
    return yes_or_no and _dialog_asked_last(turn, survey)


def _only_a_score(turn: Turn) -> bool:
    return turn.slots.score is not None and len(turn.text) <= 3


def _dialog_asked_last(turn: Turn, survey: SurveyRef) -> bool:
    open_script, ask = form.script_of(turn), form.ask_of(turn)
    listening = open_script and (not ask or ask.numbered or turn.state.confirming) and turn.state.script != "survey"
    if not listening:
        return False
    asked_at, touched_at = survey.asked_at, turn.state.touched_at
    return not (asked_at and touched_at and asked_at > touched_at)
