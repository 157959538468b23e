"""People take their time: 晚点再说, 我再考虑下, 还没试呢 – and begin before they know how: 我想, 那个, 说实话.

Neither is an answer, a verdict or a reason: what waits goes on waiting, and nothing is done that was not meant.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace

from bot.dialog import form
from bot.heard import Outcome, State
from bot.scripts.turn import Turn
from bot.understanding import Context, acts, read

BEGINNING = re.compile(r"^(?:你好|您好|在吗|请问|那个|这个|我想|就是|说实话|其实|对了|[，, 。…])+")
#: So long a beginning waits for its end.
TOGETHER = dt.timedelta(minutes=5)
LONGEST = 60
Rules = Callable[[Turn], Outcome | None]


def _plain(turn: Turn) -> bool:
    slots = turn.slots
    other = slots.problem or slots.phone or slots.anger or slots.urgent or slots.number
    return turn.worded and bool(turn.text) and not other


def puts_off(turn: Turn) -> bool:
    """Whether the words say: not now."""
    text = turn.text
    if not _plain(turn) or acts.says("asks_outright", text) or acts.says("no_putting_off", text):
        return False
    untried = turn.facts.survey is not None and acts.says("untried", text)
    return bool(untried or acts.says("puts_off", text))


def later(turn: Turn) -> Outcome | None:
    """“晚点再说”: heard; whatever was asked waits, and what was to be done is not done meanwhile."""
    if not puts_off(turn):
        return None
    script = form.script_of(turn)
    if script is not None and not script.passing:
        return _in_a_dialog(turn)
    facts = turn.facts
    if facts.quotes and not turn.means("untried"):
        return Outcome(_kept(turn), (turn.say("quote.no_hurry"),))
    if facts.survey is not None or facts.surveys:
        return Outcome(_kept(turn), (turn.say("survey.no_hurry"),))
    return Outcome(_kept(turn), (turn.say("talk.no_hurry"),))


def _kept(turn: Turn) -> State | None:
    return turn.state if turn.state.parked else None


def _in_a_dialog(turn: Turn) -> Outcome | None:
    match turn.state.script:
        case "complaint" | "take_back" | "terms" | "urgent":
            return None  # they know themselves what they can do without
        case "survey" | "regret":
            return turn.stay(turn.say("survey.no_hurry"))
        case "quote":
            return turn.stay(turn.say("quote.no_hurry"))
        case "cancel" if turn.state.answers.get("number"):
            return turn.leave(turn.say("ticket.kept", number=turn.state.answers["number"]))
        case "cancel" | "unbind" | "remove" | "withdraw" | "call_off" | "opt_out":
            return turn.leave(turn.say("form.left"))
        case "call":
            return turn.leave(turn.say("call.none"))
    script = form.script_of(turn)
    if script is None or script.light:
        return turn.stay(turn.say("talk.no_hurry"))
    waits = turn if turn.state.confirming == "resume" else turn.become(confirming="")
    return waits.stay(turn.say("form.waits"))


def begins(turn: Turn) -> Outcome | None:
    """“我想”: we listen, and keep it for what comes next."""
    if not _plain(turn) or not turn.means("begins_to_speak") or turn.facts.waiting:
        return None
    script = form.script_of(turn)
    if turn.intent == "greeting" or (script is not None and not script.passing):
        return None
    turn = turn.become(script="", step="", answers={})
    return Outcome(remembered(turn).state, (turn.say("talk.go_on"),))


def remembered(turn: Turn) -> Turn:
    """The same turn, its words kept beside those right before them."""
    words = f"{_before(turn)}{turn.text}"[-LONGEST:]
    return turn.become(answers={"piece": words}, touched_at=turn.facts.now)


def _before(turn: Turn) -> str:
    state = turn.state
    fresh = state.touched_at is not None and turn.facts.now - state.touched_at <= TOGETHER
    return str(state.answers.get("piece") or "") if fresh and not state.script else ""


def with_place(turn: Turn, context: Context) -> Turn:
    """“卫生间” – “灯坏了”: a fault told in pieces keeps the place that was said first."""
    before = _before(turn)
    if not before or not turn.worded:
        return turn
    told = turn.intent == "repair" and not turn.slots.place
    words = f"{BEGINNING.sub('', before)}{turn.text}"
    reading = read(words, context, turn.facts.now) if told else turn.heard.reading
    if told and reading.slots.place and reading.slots.problem:
        turn = replace(turn, heard=replace(turn.heard, text=words, reading=reading))
    return turn


def joined(turn: Turn, context: Context, decide: Rules) -> Outcome | None:
    """What nobody understood alone, understood with the words right before it: “明天那个” – “时间改一下”."""
    before = _before(turn)
    if not before or not turn.worded:
        return None
    words = before + turn.text
    whole = replace(turn.heard, text=words, reading=read(words, context, turn.facts.now))
    outcome = decide(replace(turn.become(answers={}, missed=0), heard=whole))
    reports = outcome is not None and outcome.state is not None and outcome.state.script in ("repair", "urgent")
    # Two pieces that nobody understands make no fault: “不去了” – “孩子病了”.
    return None if reports and whole.reading.slots.category in (None, "其他") else outcome
