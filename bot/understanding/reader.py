"""The one way in: `read(text, context, now)`. Pure; the same arguments give the same reading.

Order matters: phone digits are masked before anything else looks at figures, the part that a correction takes
back is dropped before slots are read, and rules that must never fail (人工, 退订) have the last word over the model.
"""

import re
from dataclasses import replace
from datetime import datetime

from bot.understanding import (
    address,
    faults,
    intents,
    normalise,
    people,
    phone,
    replies,
    rules,
    score,
    targets,
    urgency,
    when,
)  # fmt: skip
from bot.understanding.reading import Context, Intent, Item, Reading, Slots
from bot.understanding.words import Words

_PLAIN = Context()
#: A greeting before a wish is no wish of its own.
_GREETED = re.compile(
    r"^(?:你好|您好|早上好|上午好|中午好|下午好|晚上好|早|哈喽|hello|hi|嗨|亲|喂|在吗|在么|请问(?:一下)?)"
    r"(?:啊|呀)?[，。！？ ]+(?=.{4})"
)


def read(text: str, context: Context = _PLAIN, now: datetime | None = None, own: Words | None = None) -> Reading:
    """Return what the text says. Never raises on any text; without `now` no time is resolved.

    `own` are the house's words: each is heard as the word that it stands for.
    """
    raw = normalise.clean(text)
    flat = normalise.dense(normalise.flat(own.replace(text.lower()) if own else text))
    if not flat:
        return Reading()
    slots = slots_of(raw, flat, context, now)
    found = tuple(_intents(flat, slots, context))
    if context.complaint_open or any(intent.name == "complaint" for intent in found):
        slots = replace(slots, target=targets.of(flat))
    return Reading(found, slots)


def is_urgent(text: str) -> bool:
    """Whether the text tells of something that cannot wait: a fraction of a whole reading, for when many come."""
    return urgency.read(normalise.flat(text))


def slots_of(raw: str, flat: str, context: Context, now: datetime | None = None) -> Slots:
    """Return the slots of a text given as written and as normalised."""
    asking = context.asking or ""
    number = phone.find(flat, asked=asking == "phone")
    correction = replies.corrects(flat) or replies.changed_line(flat) is not None
    said = replies.corrected(number.rest) if correction else number.rest
    fault = faults.read(said)
    opinion = score.read(flat, asked=context.survey_open or asking == "score")
    step = replies.crew_step(flat)
    return Slots(
        **_home(said, asking),
        **_plan(said, asking),
        **_fault(raw, flat, said, fault),
        phone=number.phone, phone_problem=number.problem,
        time=_time(said, asking, fault, now),
        score=opinion.score, sentiment=opinion.sentiment, anger=opinion.anger,
        yes=replies.agreement(flat),
        option=replies.changed_line(flat) or replies.option(flat) or (step.option if step else None),
        correction=correction, command=replies.command(flat),
        crew_step=step.name if step else None, note=step.note if step else opinion.words,
        number=replies.case_number(flat), robot=replies.asks_robot(flat),
    )  # fmt: skip


def _home(said: str, asking: str) -> dict:
    home = address.find(said, asked=asking in ("house", "address", "room", "estate", "building"))
    return {"estate": home.estate, "building": home.building, "unit": home.unit, "room": home.room, "house": home.text}


def _plan(said: str, asking: str) -> dict:
    name, form = people.name(said, asked=asking == "name")
    budget = people.budget(said, asked=asking == "budget")
    low, high = budget or (None, None)
    middle = (low + high) // 2 if budget and low is not None and high is not None else None
    return {"name": name, "form": form, "area": people.area(said, asked=asking == "area"), "style": people.style(said),
            "budget": middle, "budget_low": low, "budget_high": high}  # fmt: skip


def _fault(raw: str, flat: str, said: str, fault: faults.Fault) -> dict:
    several = faults.several(said) if len(said) > 6 else []
    items = tuple(Item(str(f.category), f.place, words, urgency.read(words)) for words, f in several)
    # Of several faults the first one names the case.
    category = items[0].category if items else fault.category
    if category is None and fault.broken:
        category = "其他"
    problem = raw if fault.broken and not fault.gone else None
    return {"category": None if fault.gone else category, "place": fault.place, "place_room": fault.room,
            "urgent": urgency.read(flat), "items": items, "problem": problem}  # fmt: skip


def _time(said: str, asking: str, fault: faults.Fault, now: datetime | None) -> "when.When | None":
    if now is None:
        return None
    asked = asking in ("time", "when", "visit", "appointment")
    return when.read(said, now, asked=asked, told=fault.broken or fault.gone)


def _intents(flat: str, slots: Slots, context: Context) -> list[Intent]:
    masked = view(flat, slots)
    pieces = faults.pieces(masked) if len(masked) > 8 else []
    signed = [(piece, rules.signs(piece, None, context)) for piece in pieces[: faults.MOST]] if len(pieces) > 1 else []
    found = intents.read(masked, rules.signs(masked, slots, context), signed, context)
    return rules.settle(flat, found, slots, context)


def view(flat: str, slots: Slots) -> str:
    """Return the text for the model: house, time and number as one sign each, so that they do not drown the wish."""
    masked = phone.find(flat).rest
    for words, sign in ((slots.house, "⌂"), (slots.time.text_zh if slots.time else None, "◷")):
        if words:
            masked = masked.replace(words, sign, 1)
    masked = masked.replace(slots.number.lower(), "№") if slots.number else masked
    return _GREETED.sub("", masked)


def read_json(record: dict, now: datetime) -> dict:
    """Return the reading of {"text": …, "context": {…}} as JSON types; unknown context keys are ignored.

    A record without a text, or with one that is no string, is read as the empty text.
    """
    text = record.get("text")
    given = record.get("context")
    known = {name: value for name, value in given.items() if name in _FIELDS} if isinstance(given, dict) else {}
    context = replace(_PLAIN, **{name: _typed(name, value) for name, value in known.items()})
    return read(text if isinstance(text, str) else "", context, now).to_json()


_FIELDS = frozenset(Context.__dataclass_fields__)


def _typed(name: str, value):
    if name == "asking":
        return value if isinstance(value, str) and value else None
    return bool(value)
