"""Running a script: take answers in any order, ask what is open, review, submit once.

Every way out of a turn that leaves a dialog open ends with its question, so that nobody wonders what to say next.
"""

import re
from dataclasses import replace
from typing import Any

from bot.heard import Do, Outcome, Say
from bot.scripts import SCRIPTS, readers
from bot.scripts.script import Answers, Ask, Refusal, Script
from bot.scripts.turn import Turn

EDIT = re.compile(r"^(?:改|修改|更正)?\s*第?\s*([1-9①-⑤一二三四五])\s*(?:条|项|行|点|个)?\s*(?:错了|不对|改一?下)?$")
DIGITS = {char: n for n, row in enumerate(("1①一", "2②二", "3③三", "4④四", "5⑤五"), 1) for char in row}


def script_of(turn: Turn) -> Script | None:
    """The open dialog's script; None when none is open or an older release's is unknown here."""
    return SCRIPTS.get(turn.state.script)


def ask_of(turn: Turn) -> Ask | None:
    """The question that waits for an answer; None at the review."""
    script = script_of(turn)
    return script.steps.get(turn.state.step) if script else None


def question(turn: Turn, again: bool = False) -> Say | None:
    """What the open dialog asks now; `again` is the shorter form for asking twice in a row."""
    script, ask = script_of(turn), ask_of(turn)
    if not script:
        return None
    if turn.state.confirming == "cancel":
        return turn.say(script.word("cancel_confirm"), **script.facts(turn), script=script.name)
    if turn.state.confirming == "resume":
        return turn.say(script.word("resume"), **script.facts(turn), script=script.name)
    if ask:
        key = ask.key_of(turn) if ask.key_of else (again and ask.again) or ask.text
        return turn.say(key, **ask.facts(turn))
    return turn.say(script.review, **script.facts(turn))


def aside(turn: Turn, *says: Say, dos: tuple[Do, ...] = ()) -> Outcome:
    """Something else was answered; the open question is asked again, or after a long rest the draft offered."""
    script = script_of(turn)
    if not script:
        return Outcome(None if not turn.state.parked else replace(turn.state, missed=0), says, dos)
    if turn.stale and not script.light:
        turn = turn.become(confirming="resume")
    asked = question(turn, again=True)
    return turn.stay(*says, *((asked,) if asked else ()), dos=dos)


def proceed(turn: Turn, *says: Say, dos: tuple[Do, ...] = ()) -> Outcome:
    """On to the first open question, the review, or the end."""
    script = SCRIPTS[turn.state.script]
    left = script.leave(turn)
    if left is not None:
        return replace(left, says=says + left.says, dos=dos + left.dos)
    step = script.next(turn.state.answers, turn.facts)
    if step is None and (not script.review or turn.state.answers.get("agreed")):
        end = script.finish(turn)
        return replace(end, says=says + end.says, dos=dos + end.dos)
    turn = turn.become(step=step or "review", confirming="")
    asked = question(turn)
    return turn.stay(*says, *((asked,) if asked else ()), dos=dos)


def begin(turn: Turn, name: str, *says: Say, answers: Answers | None = None, media: tuple[str, ...] = ()) -> Outcome:
    """Open the script with what the message already says; an open draft is put aside and offered afterwards."""
    old = turn.state
    parked = old.parked
    if (script := script_of(turn)) and not script.light and old.script != name:
        parked = turn.put_aside
        says = (turn.say(script.word("parked"), **script.facts(turn), script=script.name), *says)
    script = SCRIPTS[name]
    turn = turn.start(name, script.start, answers, parked=parked, media=media)
    turn = _with_media(turn) if turn.media and script.takes_media and not media else turn
    given = {} if answers and "ticket_id" in answers and name != "repair" else gather(script, turn, asked=False)
    if isinstance(given, dict) and given:
        turn = turn.become(answers=script.merge(turn, given))
    return proceed(turn, *says)


def gather(script: Script, turn: Turn, asked: bool = True) -> dict[str, Any] | Refusal:
    """All that the message says about this script: the question's answer, and answers to others on the way."""
    out: dict[str, Any] = {}
    for name, ask in script.steps.items():
        current = asked and name == turn.state.step
        given = ask.read(turn) if current else ask.spot(turn)
        if isinstance(given, Refusal):
            return given
        out |= given or {}
    return out


def answer(turn: Turn) -> Outcome | None:
    """The turn of an open dialog: None when the message says nothing that the dialog can use."""
    script = script_of(turn)
    if not script or turn.heard.kind == "event":
        return None
    if turn.state.step not in script.steps and (turn.state.step != "review" or not script.review):
        turn = turn.become(step=script.next(turn.state.answers, turn.facts) or "review")
    says: tuple[Say, ...] = ()
    before = turn
    if turn.media and script.takes_media:
        turn = _with_media(turn)
        says = () if _spoken(turn) else (_photographed(turn),)
    given = gather(script, turn)
    if isinstance(given, Refusal):
        return aside(turn, turn.say(given.key))
    after = turn.become(answers=script.merge(turn, given)) if given else turn
    if after.state.answers != turn.state.answers:
        fresh = script.light and given.keys().isdisjoint(turn.state.answers)  # a first “不是” corrects nothing
        corrected = (turn.slots.correction and not fresh) or turn.state.step == "review"
        said = (*says, script.changed(turn, after)) if corrected else says
        said += script.replies(turn, after)
        return _acknowledged(turn, proceed(after, *said, dos=script.effects(before, after)), said)
    if says:
        return aside(turn, *says, dos=script.effects(before, turn))
    said = _review(turn, script) if turn.state.step == "review" else _line(turn, script)
    return said or (aside(turn, dos=script.effects(before, turn)) if turn is not before and not turn.intent else None)


def _acknowledged(turn: Turn, outcome: Outcome, said: tuple[Say, ...]) -> Outcome:
    """What answers another question than the one that stays open is said to be taken in: else nobody seems to hear."""
    after, ask = outcome.state, ask_of(turn)
    if said or ask is None or after is None or (after.script, after.step) != (turn.state.script, turn.state.step):
        return outcome
    return outcome if ask.read(turn) else replace(outcome, says=(turn.say("form.noted"), *outcome.says))


def _photographed(turn: Turn) -> Say:
    return turn.say("form.media", photos=len(turn.state.media), kind=turn.heard.kind, script=turn.state.script)


def _spoken(turn: Turn) -> bool:
    """A voice message with its words is an answer like any other; one without is told apart."""
    return turn.heard.kind == "voice" and bool(turn.text)


def _with_media(turn: Turn) -> Turn:
    """The photo is kept with the draft; recordings are counted apart, the review tells them from photos."""
    answers = dict(turn.state.answers)
    if turn.heard.kind != "image":
        answers["recordings"] = int(answers.get("recordings", 0)) + 1
    return turn.become(media=(*turn.state.media, *turn.media), answers=answers)


def revive(turn: Turn) -> Outcome | None:
    """A message that answers the dialog put aside for a colleague takes it up again without being asked."""
    state = turn.state
    if state.script or not state.parked or turn.heard.kind == "event":
        return None
    draft = replace(state.parked[-1], parked=state.parked[:-1], touched_at=turn.facts.now)
    again = replace(turn, state=draft)
    script = script_of(again)
    given = gather(script, again) if script else None
    return answer(again) if given and not isinstance(given, Refusal) else None


def _review(turn: Turn, script: Script) -> Outcome | None:
    """Agreeing submits; “改 2” or a bare 2 asks that line again; “不对” asks which."""
    edited = _line(turn, script)
    if edited:
        return edited
    if readers.agrees(turn):
        return proceed(turn.become(answers={**turn.state.answers, "agreed": True}))
    if readers.refuses(turn) or turn.slots.correction:
        return turn.stay(turn.say("form.which_line"))
    return None


def _line(turn: Turn, script: Script) -> Outcome | None:
    """“改 2”: that line's answer is dropped and asked again. A bare number means it only at the review, from 2 on."""
    match = EDIT.match(turn.text)
    if not match:
        return None
    bare = turn.text.strip("第条项行点个 ") == match[1]
    line = DIGITS.get(match[1], 0)
    if bare and (turn.state.step != "review" or line == 1):
        return None
    return edit(turn, script, line)


def edit(turn: Turn, script: Script, line: int) -> Outcome | None:
    """Ask that line of the review again, without its answer; photos are simply sent."""
    if line == 5 and turn.state.step == "review":
        return turn.stay(turn.say("form.send_photo"))
    for name, ask in script.steps.items():
        if ask.line == line:
            again = reopened(turn, script, name)
            return aside(again.become(answers={**again.state.answers, "edited": True}))
    return None


def reopened(turn: Turn, script: Script, name: str) -> Turn:
    """At that step again without its answer, which is kept aside: “确认” or “不改了” brings it back."""
    old, fills = dict(turn.state.answers), script.steps[name].fills
    undone = {**(old.pop("undone", None) or {}), **{key: old[key] for key in _belonging(fills) if key in old}}
    answers = {key: value for key, value in old.items() if key not in (*fills, "agreed")}
    return turn.become(answers=answers | {"undone": undone}, step=name)


def _belonging(fills: tuple[str, ...]) -> tuple[str, ...]:
    """The answers that came with these: a problem has its place, a house its number in the records."""
    times = ("when_start", "when_end")
    beside = {"problem": ("items", "place", "category"), "house": ("project_id",), "when_text": times}
    return (*fills, *(key for fill in fills for key in beside.get(fill, ())))
