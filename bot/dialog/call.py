"""Wishes to be called: said outright, or a time named while waiting for a colleague."""

from bot.dialog import form
from bot.heard import Outcome
from bot.scripts import call, readers
from bot.scripts.turn import Turn


def wanted(turn: Turn) -> Outcome | None:
    """“明天上午10点给我回电”, or in the queue just “下午3点”: a callback, asked for what is still missing."""
    if turn.heard.kind not in ("text", "voice") or turn.slots.anger or turn.slots.urgent:
        return None
    script = form.script_of(turn)
    if script is call.SCRIPT:
        return None
    bare = turn.slots.time and len(turn.text) - len(turn.slots.time.text_zh) <= readers.BESIDE
    in_queue = turn.facts.waiting and bare and script is None and not turn.facts.tickets
    if not call.wished(turn.text) and not in_queue:
        return None
    return form.begin(turn, "call", answers={"words": turn.text[:200]})


def offered(turn: Turn, outcome: Outcome) -> Outcome:
    """Handed over while nobody is there and nothing else is open: a call may be arranged at once."""
    state = outcome.state
    if turn.facts.office_open or (state and state.script) or turn.facts.crew_name is not None:
        return outcome
    begun = turn.start("call", "when", {"words": turn.text[:200]})
    asked = form.question(begun)
    return begun.stay(*outcome.says, *((asked,) if asked else ()), dos=outcome.dos)
