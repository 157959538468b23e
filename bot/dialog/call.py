"""Wishes to be called: said outright, or a time named while waiting for a colleague."""

import datetime as dt
import re
from dataclasses import replace

from bot.dialog import form, talk
from bot.heard import Do, Outcome
from bot.scripts import call, readers
from bot.scripts.household import KIN
from bot.scripts.turn import Turn
from bot.understanding import Context, read

#: The call that was arranged falls away.
OFF = re.compile(
    r"(?:不用|别|不要|不必|不需要|先别)(?:再|给我|麻烦|你们)*(?:打|回|来)(?:电话|电|过来)?(?:来|给我)?(?:了|$)|(?:取消|不要|撤)(?:这个|那个|我的)?(?:回电|电话|通话|回访)"
    r"|(?:don['’]?t|do not|no need to) (?:call|ring|phone)|cancel (?:the |my )?(?:call|callback)",
    re.IGNORECASE,
)
#: It falls to another moment.
MOVES = re.compile(
    r"改(?:成|到|约|为|个|一?下)?(?:时间)?|换(?:成|到|个)|推迟|延后|提前|晚点|早点|再晚"
    r"|instead|make it|another time|later|earlier",
    re.IGNORECASE,
)
NAMED = re.compile(r"回电|电话|打给|回访|通话|\bcall|phone", re.IGNORECASE)
#: A call is what is called off: 不用打了; 不用来了 may be the crew.
CALLS = re.compile(r"打|回(?!来)|电|call|ring|phone", re.IGNORECASE)
#: “改时间” and hardly more names no other matter.
SHORT = 12
#: It is to ring at somebody else's, or on another of one's numbers.
ON_ANOTHER = re.compile(
    rf"(?:打|换)[^，。]{{0,4}}(?:{KIN.pattern}|另一?个|别的)[^，。]{{0,3}}(?:电话|手机|号)|换个(?:电话|号码?)",
    re.IGNORECASE,
)
#: It has not rung yet.
UNHEARD = re.compile(
    r"(?:怎么|咋)?还(?:没|不)(?:有)?(?:给我)?(?:打|回)|什么时候(?:打|回)|几点(?:打|回)|没接到.{0,2}电话"
)
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
    missed = call.MISSED.search(turn.text) and not (turn.facts.tickets or script)
    if not call.wished(turn.text) and not in_queue and not missed:
        return None
    return form.begin(turn, "call", answers={"words": turn.text[:200]})


def _answered(turn: Turn) -> Outcome | None:
    """“要不要约个回电？” – “好的”: then the moment is asked; a no lets it rest."""
    if call.MYSELF.search(turn.text):
        return turn.leave(turn.say("call.none"))
    if turn.state.step != "when" or turn.slots.time or turn.slots.problem or turn.slots.command not in (None, "cancel"):
        return None
    if turn.intent == "human":
        return None
    if call.UNWISHED.match(turn.text) or turn.slots.command == "cancel":
        return turn.leave(turn.say("call.none"))
    return turn.stay(turn.say("call.when")) if readers.agrees(turn) or call.WISHED.match(turn.text) else None


def _arranged(turn: Turn) -> Outcome | None:
    """“不用打了”, “改成四点” about the call that is arranged."""
    calling, script = turn.facts.calling, form.script_of(turn)
    if calling is None or turn.slots.problem or (script is not None and not script.light):
        return None
    reading = read(turn.text, Context(asking="time"), turn.facts.now)  # 四点 is a moment for a call, not one of night
    turn = replace(turn, heard=replace(turn.heard, reading=reading))
    named = bool(NAMED.search(turn.text))
    fresh = turn.facts.now - calling.asked_at < FRESH or not (turn.facts.tickets or turn.facts.visits)
    off = OFF.search(turn.text)
    if off and (named or fresh or CALLS.search(off[0])):
        dropped = Do("callback.forgo", {"words": turn.text[:200]})
        return form.aside(turn.become(script=""), turn.say("call.dropped"), dos=(dropped,))
    if (named or turn.slots.phone) and not turn.slots.time and (other := _another_number(turn)):
        return other
    if UNHEARD.search(turn.text) and calling.at is not None:
        if calling.at <= turn.facts.now:
            return talk.hand_over(turn, "asked")
        return form.aside(turn, turn.say("call.still", number=calling.number, at=calling.at))
    bare = turn.slots.time and len(turn.text) - len(turn.slots.time.text_zh) <= readers.BESIDE
    moves = MOVES.search(turn.text) and (turn.slots.time or len(turn.text) <= SHORT)
    hindered = fresh and turn.slots.time and turn.means("hindered") and len(turn.text) <= SHORT
    if not (named or fresh) or not (moves or hindered or bare and fresh):
        return None
    return form.begin(turn.become(script=""), "call", answers={"words": turn.text[:200], "moving": True})


def _another_number(turn: Turn) -> Outcome | None:
    """“打我老婆电话”, “别打138那个，打这个”: the same call on another number."""
    calling = turn.facts.calling
    if calling is None or not (turn.slots.phone or ON_ANOTHER.search(turn.text)) or turn.slots.problem:
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
