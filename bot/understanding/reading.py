"""What was understood from one text: intents and slots, as plain frozen values.

The names in here are the API of `cli.py understand` and of every script in `bot/scripts`: add, never rename.
"""

from dataclasses import dataclass, field, fields
from datetime import datetime

#: Every intent name there is, in the order in which a tie is broken (the costlier to miss comes first).
INTENTS = (
    "human", "repair", "complaint", "unsubscribe", "satisfaction_reply", "progress", "appointment", "bind",
    "warranty_question", "enquiry_price", "enquiry_design", "enquiry_process", "enquiry_material",
    "enquiry_showroom", "gift_activity", "suggestion", "thanks_bye", "greeting", "out_of_scope",
)  # fmt: skip

#: Slots that stand in the JSON even when empty, because a reader of the report counts them.
CORE_SLOTS = ("category", "urgent", "target", "score", "sentiment")


@dataclass(frozen=True, slots=True)
class Context:
    """What is already known about the conversation; it moves readings, it never invents slots."""

    survey_open: bool = False
    visit_booked: bool = False
    ticket_open: bool = False
    repair_ticket_open: bool = False
    complaint_open: bool = False
    repair_quote_pending: bool = False
    binding: bool = False
    #: The slot that was just asked for: category place house time phone name score area budget problem …
    asking: str | None = None
    #: The person is a crew member: 到了, 好了 are job steps.
    crew: bool = False


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing the person wants, with a confidence from 0 to 1; the name is "" when nothing was understood."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class When:
    """A span of time that somebody named; start and end are aware UTC."""

    start: datetime
    end: datetime
    #: The words it was read from, as normalised.
    text_zh: str
    #: True when a clock time was named, false for 下午 or 周末.
    precise: bool = False
    #: The span is over already: nothing may be booked on it.
    past: bool = False
    #: Another reading is possible (三点 without 上午/下午, 21号 said on the 22nd): ask back.
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One fault of several that were named in the same message."""

    category: str
    place: str | None
    problem: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Slots:
    """Everything readable from one text; None, False or () mean that nothing was said about it."""

    category: str | None = None
    urgent: bool = False
    target: str | None = None
    score: int | None = None
    sentiment: str | None = None
    phone: str | None = None
    #: too_short, too_long or not_a_number: digits that were meant as a phone number and are none.
    phone_problem: str | None = None
    name: str | None = None
    form: str | None = None
    estate: str | None = None
    building: str | None = None
    unit: str | None = None
    room: str | None = None
    #: The words of the address as the person wrote them (normalised).
    house: str | None = None
    #: 厨房水槽下面; `place_room` is its room, 厨房.
    place: str | None = None
    place_room: str | None = None
    time: When | None = None
    #: Square metres.
    area: float | None = None
    #: Yuan, the middle of a range; the ends are in budget_low and budget_high.
    budget: int | None = None
    budget_low: int | None = None
    budget_high: int | None = None
    style: str | None = None
    #: True for agreeing words, False for refusing words, None for neither.
    yes: bool | None = None
    option: int | None = None
    correction: bool = False
    problem: str | None = None
    items: tuple[Item, ...] = ()
    #: back skip repeat cancel review restart help
    command: str | None = None
    #: accept start arrive finish hand_back list
    crew_step: str | None = None
    #: What was said besides a score or a job step (2 还在滴 → 还在滴).
    note: str | None = None
    #: A case number as printed by us, BX20261121-0007.
    number: str | None = None
    robot: bool = False
    anger: bool = False

    def to_json(self) -> dict:
        """Return the filled slots, and the core ones even when empty, as JSON types."""
        out: dict = {}
        for spec in fields(self):
            value = getattr(self, spec.name)
            if spec.name in CORE_SLOTS or value not in (None, False, ()):
                out[spec.name] = _plain(value)
        return out


@dataclass(frozen=True, slots=True)
class Reading:
    """Intents best first, and the slots. Never empty-handed: `top` exists even when nothing was understood."""

    intents: tuple[Intent, ...] = ()
    slots: Slots = field(default_factory=Slots)

    @property
    def top(self) -> Intent:
        """The best intent, or one with the name "" and confidence 0."""
        return self.intents[0] if self.intents else Intent("", 0.0)

    def has(self, name: str) -> bool:
        """Tell whether the intent is among those read."""
        return any(intent.name == name for intent in self.intents)

    def to_json(self) -> dict:
        """Return the JSON object that `cli.py understand` prints for this reading."""
        intents = [{"name": i.name, "confidence": round(i.confidence, 3)} for i in self.intents]
        return {"intents": intents, "slots": self.slots.to_json()}


def _plain(value):
    if isinstance(value, When):
        return {
            "start": value.start.isoformat(), "end": value.end.isoformat(), "text": value.text_zh,
            "precise": value.precise, "past": value.past, "ambiguous": value.ambiguous,
        }  # fmt: skip
    if isinstance(value, Item):
        return {"category": value.category, "place": value.place, "problem": value.problem, "urgent": value.urgent}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value
