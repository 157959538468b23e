"""Wishes to be called: said outright, or a time named while waiting for a colleague."""

import datetime as dt
import re
from dataclasses import replace

from bot.dialog import form, talk
from bot.heard import Do, Outcome
from bot.scripts import call, readers
from bot.scripts.turn import Turn
from bot.understanding import Context, acts, read

#: The call that was arranged falls away.
OFF = re.compile(
    r"(?:不用|别|不要|不必|不需要|先别)(?:再|给我|麻烦|你们)*(?:打|回|来)(?:电话|电|过来)?(?:来|给我)?(?:了|$)|(?:取消|不要|撤)(?:这个|那个|我的)?(?:回电|电话|通话|回访)"
    r"|(?:don['’]?t|do not|no need to) (?:call|ring|phone)|cancel (?:the |my )?(?:call|callback)",
    re.IGNORECASE,
)
#: “改时间” and hardly more names no other matter.
SHORT = 12
#: While the words that arranged it are fresh, “改成四点” is about them and about no visit.
FRESH = dt.timedelta(minutes=30)


def wanted(turn: Turn) -> Outcome | None:
    """“明天上午10点给我回电”, or in the queue just “下午3点”: a callback, asked for what is still missing."""
    if not turn.worded or turn.slots.anger or turn.slots.urgent:
        return None
    script = form.script_of(turn)
    if script is call.SCRIPT:
        return _answered(turn)
    if (changed := _arranged(turn)) is not None:
        return changed
    bare = turn.slots.time and len(turn.text) - len(turn.slots.time.text_zh) <= readers.BESIDE
    in_queue = turn.facts.waiting and bare and script is None and not (turn.facts.tickets or turn.state.parked)
    missed = turn.means("missed_call") and not (turn.facts.tickets or script)
    if not call.wished(turn.text) and not in_queue and not missed:
        return None
    return form.begin(turn, "call", answers={"words": turn.text[:200]})


def _answered(turn: Turn) -> Outcome | None:
    """“要不要约个回电？” – “好的”: then the moment is asked; a no lets it rest."""
    if turn.means("comes_by_self"):
        return turn.leave(turn.say("call.none"))
    if turn.state.step != "when" or turn.slots.time or turn.slots.problem or turn.slots.command not in (None, "cancel"):
        return None
    if turn.intent == "human":
        return None
    if turn.means("call_unwanted") or turn.slots.command == "cancel":
        return turn.leave(turn.say("call.none"))
    return turn.stay(turn.say("call.when")) if readers.agrees(turn) or turn.means("call_wanted") else None


def _arranged(turn: Turn) -> Outcome | None:
    """“不用打了”, “改成四点” about the call that is arranged."""
    calling, script = turn.facts.calling, form.script_of(turn)
    if calling is None or turn.slots.problem or (script is not None and not script.light):
        return None
    reading = read(turn.text, Context(asking="time"), turn.facts.now)  # 四点 is a moment for a call, not one of night
    turn = replace(turn, heard=replace(turn.heard, reading=reading))
    named = turn.means("names_call")
    fresh = turn.facts.now - calling.asked_at < FRESH or not (turn.facts.tickets or turn.facts.visits)
    off = OFF.search(turn.text)
    if off and (named or fresh or acts.says("rings", off[0])):
        dropped = Do("callback.forgo", {"words": turn.text[:200]})
        return form.aside(turn.become(script=""), turn.say("call.dropped"), dos=(dropped,))
    if (named or turn.slots.phone) and not turn.slots.time and (other := _another_number(turn)):
        return other
    if turn.means("call_unheard") and calling.at is not None:
        if calling.at <= turn.facts.now:
            return talk.hand_over(turn, "asked")
        return form.aside(turn, turn.say("call.still", number=calling.number, at=calling.at))
    bare = turn.slots.time and len(turn.text) - len(turn.slots.time.text_zh) <= readers.BESIDE
    moves = turn.means("moves_call") and (turn.slots.time or len(turn.text) <= SHORT)
    hindered = fresh and turn.slots.time and turn.means("hindered") and len(turn.text) <= SHORT
    if not (named or fresh) or not (moves or hindered or bare and fresh):
        return None
    return form.begin(turn.become(script=""), "call", answers={"words": turn.text[:200], "moving": True})


def _another_number(turn: Turn) -> Outcome | None:
    """“打我老婆电话”, “别打138那个，打这个”: the same call on another number."""
    calling = turn.facts.calling
    if calling is None or not (turn.slots.phone or turn.means("on_another_number")) or turn.slots.problem:
        return None
    at = (calling.at or turn.facts.now).isoformat()
    kept = {"words": turn.text[:200], "moving": True, "other_number": True, "when_start": at, "when_text": "照旧"}
    kept |= {"phone": turn.slots.phone} if turn.slots.phone else {}
    return form.proceed(turn.become(script="").start("call", "when", kept))


def offered(turn: Turn, outcome: Outcome) -> Outcome:
    """Handed over while nobody is there and nothing else is open: a call may be arranged at once."""
    state = outcome.state
    if turn.facts.office_open or (state and state.script) or turn.facts.crew_name is not None:
        return outcome
    begun = turn.start("call", "when", {"words": turn.text[:200]})
    asked = form.question(begun)
    return begun.stay(*outcome.says, *((asked,) if asked else ()), dos=outcome.dos)
