"""Two matters in one message, one of them a fault: “退订，另外厨房漏水”. Neither is lost.

The other matter is answered as if it had come alone; the report waits meanwhile and is asked on right after it.
"""

import re
from dataclasses import replace

from bot.dialog import form
from bot.heard import Heard, Outcome, State
from bot.scripts import known
from bot.scripts.turn import PARKED_MOST, Turn
from bot.understanding import Context, read

#: What people put between two matters.
JOINT = re.compile(
    r"[，,。；;！!\s]*(?:另外|对了|顺便|还有(?:个|一件)?事|再就是|by the way)(?:[，,：:\s]|问一?下|说一?下)*",
    re.IGNORECASE,
)
#: What beside a fault is a matter of its own; a complaint has its own way with what is broken.
MATTERS = frozenset({
    "unsubscribe", "progress", "suggestion", "warranty_question", "bind", "gift_activity", "human", "appointment",
    "enquiry_price", "enquiry_process", "enquiry_material", "enquiry_showroom",
})  # fmt: skip
SURE = 0.5


def apart(turn: Turn, context: Context) -> tuple[Turn, State | None]:
    """The turn of the other matter and the fault as a draft; the turn itself and None when it is one matter.

    What is dangerous is never split: all of it is the emergency's.
    """
    said = [part.strip() for part in JOINT.split(turn.text, maxsplit=1)]
    if turn.state.script or turn.heard.kind not in ("text", "voice") or len(said) < 2 or turn.slots.urgent:
        return turn, None
    parts = [replace(turn.heard, text=part, reading=read(part, context, turn.facts.now)) for part in said]
    faults = [part for part in parts if tells(part)]
    others = [part for part in parts if not tells(part) and _matters(part)]
    if len(faults) != 1 or len(others) != 1:
        return turn, None
    alone = replace(turn, heard=faults[0])
    if known.of_household(alone):
        return turn, None
    draft = form.begin(alone, "repair", answers=known.begins(alone)).state
    if draft is None or draft.script != "repair":
        return turn, None
    return replace(turn, heard=others[0]), replace(draft, parked=())


def tells(heard: Heard) -> bool:
    """Whether the words alone report a fault."""
    slots = heard.reading.slots
    return heard.reading.top.name == "repair" and bool(slots.problem and slots.category)


def _matters(heard: Heard) -> bool:
    top = heard.reading.top
    return heard.reading.slots.command == "cancel" or (top.name in MATTERS and top.confidence >= SURE)


def rejoined(outcome: Outcome, turn: Turn, draft: State | None) -> Outcome:
    """The other matter is over: the report goes on at once; where it opened a dialog or a person came, it waits."""
    if draft is None:
        return outcome
    state = outcome.state or State(touched_at=turn.facts.now)
    handed_over = any(do.verb == "conversation.hand_over" for do in outcome.dos)
    if state.script or handed_over:
        return replace(outcome, state=replace(state, parked=(*state.parked, draft)[-PARKED_MOST:]))
    again = replace(draft, parked=state.parked)
    asked = form.question(replace(turn, state=again))
    return replace(outcome, state=again, says=(*outcome.says, asked) if asked else outcome.says)
