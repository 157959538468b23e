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
    features,
    intents,
    normalise,
    people,
    phone,
    points,
    replies,
    rules,
    score,
    targets,
    urgency,
    when,
)  # fmt: skip
from bot.understanding.choices import Choices
from bot.understanding.reading import Context, Intent, Item, Reading, Slots
from bot.understanding.words import Words

_PLAIN = Context()
#: From which confidence on a fault is urgent, and when the rules hear it happening now: a grievance or an open case
#: beside it drowns what bursts.
ALARM, UNDER_WAY = 0.34, 0.3
#: From which confidence in a fault or a grievance on an alarm that no rule hears counts.
TOLD = 0.25
#: From which confidence on a value is better than none, and one that no rule saw is named.
GUESS, LIKELY = 0.2, 0.5
#: Slots of an intent are read from this confidence in it on, whether or not it is reported; whom a complaint is
#: about sooner, because grievances are told as stories.
MAYBE, PERHAPS = 0.1, 0.03
#: A greeting before a wish is no wish of its own.
_GREETED = re.compile(
    r"^(?:你好|您好|早上好|上午好|中午好|下午好|晚上好|早|哈喽|hello|hi|嗨|亲|喂|在吗|在么|请问(?:一下)?)"
    r"(?:啊|呀)?[，。！？ ]+(?=.{4})"
)
#: Brackets of web pages and templates say nothing about the wish beside them.
_MARKUP = re.compile(r"<[^<>]{0,80}>|\{\{[^{}]{0,80}\}\}|\{%[^{}]{0,80}%\}|\]\]>|\$\{[^{}]{0,80}\}")


def read(text: str, context: Context = _PLAIN, now: datetime | None = None, own: Words | None = None) -> Reading:
    """Return what the text says. Never raises on any text; without `now` no time is resolved.

    `own` are the house's words: each is heard as the word that it stands for.
    """
    raw = normalise.clean(text)
    flat = normalise.dense(normalise.flat(own.replace(text.lower()) if own else text))
    if not flat:
        return Reading()
    slots = slots_of(raw, flat, context, now)
    masked = view(flat, slots)
    whole = features.of(masked, rules.signs(masked, slots, context), context)
    rated = intents.rate(whole, _clauses(masked, context))
    slots = chosen(flat, slots, whole, rated, context)
    # A text of nothing but brackets says nothing.
    heard = intents.heard(rated, context) if masked else []
    return Reading(tuple(rules.settle(flat, heard, slots, context)), slots)


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
    # A crew's note is kept as it was written.
    step = replies.crew_step(normalise.dense(normalise.flat(raw, mixed=False)) if context.crew else flat)
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


def _clauses(masked: str, context: Context) -> list[set[str]]:
    """Return the features of each clause of a text that has several."""
    pieces = faults.pieces(masked)[: faults.MOST] if len(masked) > 8 else []
    if len(pieces) < 2:
        return []
    return [features.of(piece, rules.signs(piece, None, context), context) for piece in pieces]


def chosen(flat: str, slots: Slots, whole: set[str], rated: list[Intent], context: Context) -> Slots:
    """Return the slots with those that the linear scores decide, each where it applies."""
    sure = {intent.name: intent.confidence for intent in rated}
    choices = Choices(whole, flat, context)
    asked = context.survey_open or context.asking == "score"
    told = max(sure["repair"], sure["complaint"])
    found: dict = {"urgent": _urgent(flat, slots, choices, told)}
    if slots.category or (sure["repair"] >= MAYBE and "s:gone" not in whole):
        found["category"] = _category(slots, choices)
    if context.complaint_open or sure["complaint"] >= PERHAPS:
        found["target"] = _target(flat, choices)
    # 是的 answers whoever asked; it is no opinion, whatever it sounds like.
    nodded = slots.yes is not None and slots.score is None and len(replies.bare(flat)) <= 3
    if not nodded and (asked or sure["satisfaction_reply"] >= MAYBE):
        found |= _opinion(flat, slots, choices, asked, _answers(rated))
    return replace(slots, **found)


def _urgent(flat: str, slots: Slots, choices: Choices, told: float) -> bool:
    """Weigh the alarm; where no rule hears one, a fault must be told of at all."""
    if not slots.urgent and told < TOLD:
        return False
    return choices.best("urgent")[1] >= (UNDER_WAY if slots.urgent and urgency.under_way(flat) else ALARM)


def _category(slots: Slots, choices: Choices) -> str | None:
    name, sure = choices.best("category")
    # Of several faults the first one names the case; what no rule knows must be likely to be named at all.
    if slots.items or slots.problem is None and slots.category is None and sure < LIKELY:
        return slots.category
    return name if sure >= GUESS else slots.category


def _target(flat: str, choices: Choices) -> str | None:
    name, sure = choices.best("target")
    return name if sure >= GUESS else targets.of(flat)


def _answers(rated: list[Intent]) -> bool:
    """Tell whether the words are meant as an opinion: first of all, or beside anger."""
    first, second = rated[0].name, rated[1].name
    return first == "satisfaction_reply" or (first == "complaint" and second == "satisfaction_reply")


def _opinion(flat: str, slots: Slots, choices: Choices, asked: bool, answered: bool) -> dict:
    """Return score and sentiment of an answer to 满意吗: a figure is what it is, words are weighed."""
    if given := points.read(flat, asked):
        return {"score": given.score, "sentiment": score.feeling(given.score)}
    mark, sure = choices.mark()
    if slots.score is not None and score.feeling(slots.score) == score.feeling(mark):
        mark = slots.score
    # 卧室灯坏了 says nothing good either, but it is no answer: words are an opinion only where they are meant as one.
    if not answered:
        mark = mark if slots.score is not None else None
        return {"score": mark, "sentiment": slots.sentiment and score.feeling(mark or slots.score) or slots.sentiment}
    # Words may feel one step better or worse than their mark, never the opposite: 手艺好，人迟到 is a 4 and neutral.
    mood, felt = choices.best("sentiment")[0], score.feeling(mark)
    felt = mood if "neutral" in (mood, felt) else felt
    return {"score": mark if slots.score is not None or sure >= GUESS else None, "sentiment": felt}


def view(flat: str, slots: Slots) -> str:
    """Return the text for the model: house, time and number as one sign each, so that they do not drown the wish."""
    masked = phone.find(flat).rest
    for words, sign in ((slots.house, "⌂"), (rules.said_when(slots), "◷")):
        if words:
            masked = masked.replace(words, sign, 1)
    masked = masked.replace(slots.number.lower(), "№") if slots.number else masked
    return _GREETED.sub("", _MARKUP.sub(" ", masked)).strip()


def read_json(record: object, now: datetime) -> dict:
    """Return the reading of {"text": …, "context": {…}, "at": …} as JSON types; only the text is needed.

    Unknown context keys are ignored and values are taken as truth. Refused with a ValueError that says why: no object,
    no text, a text that is no string, an `at` that is no moment with a time zone.
    """
    if not isinstance(record, dict):
        raise ValueError("a line must be an object with a text")
    text, given, at = record.get("text"), record.get("context"), record.get("at")
    if not isinstance(text, str):
        raise ValueError("text is missing" if text is None else "text must be a string")
    if at is not None:
        now = _moment(at)
    known = {name: value for name, value in given.items() if name in _FIELDS} if isinstance(given, dict) else {}
    context = replace(_PLAIN, **{name: _typed(name, value) for name, value in known.items()})
    return read(text, context, now).to_json()


def _moment(at: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(at))
    except ValueError:
        raise ValueError("at must be a moment like 2026-11-21T10:00:00+08:00") from None
    if moment.tzinfo is None:
        raise ValueError("at needs a time zone")
    return moment


_FIELDS = frozenset(Context.__dataclass_fields__)


def _typed(name: str, value):
    if name == "asking":
        return value if isinstance(value, str) and value else None
    return bool(value)
