"""One turn while it is being taken: the state before, what was heard, what is known, and how to end it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import repeat
from typing import Any, TypeVar

from bot.heard import Do, Facts, Heard, Outcome, QuoteRef, Say, State, TicketRef
from bot.understanding import acts
from bot.understanding.reading import Slots

#: After this silence a draft is offered again (“接着报修吗”) instead of the question being repeated out of nowhere.
GAP = dt.timedelta(hours=2)
#: A draft older than this is forgotten: the pipe has been mended or the person has moved on.
FORGET = dt.timedelta(days=30)
#: A short question (why? which one?) is not picked up again after this.
FORGET_LIGHT = dt.timedelta(hours=6)
#: More unfinished matters than this are not offered again, one after the other, to anybody.
PARKED_MOST = 3
#: Two readings this close are a draw.
ALIKE = 0.05
#: What has a number and a label that tells its place.
Ref = TypeVar("Ref", TicketRef, QuoteRef)
MEDIA = frozenset({"image", "voice", "video", "shortvideo", "file"})


@dataclass(frozen=True)
class Turn:
    """What a rule of the engine sees. Rules return an Outcome, or None when the turn is not theirs."""

    state: State
    heard: Heard
    facts: Facts

    @cached_property
    def text(self) -> str:
        """The words, without surrounding space."""
        return self.heard.text.strip()

    @property
    def worded(self) -> bool:
        """Whether somebody said or wrote this; neither a tap in the menu nor a photo."""
        return self.heard.kind in ("text", "voice")

    def means(self, *of: str) -> bool:
        """Whether the words do any of these (bot/understanding/data/acts)."""
        return any(map(acts.says, of, repeat(self.text)))

    @property
    def slots(self) -> Slots:
        """What was read from the words."""
        return self.heard.reading.slots

    @cached_property
    def intent(self) -> str:
        """The best intent's name, "" when nothing was understood; a fault told politely is still a fault."""
        name, slots = self.heard.reading.top.name, self.slots
        # “水管爆了，还在保修期吗”: the water first.
        polite = name in ("thanks_bye", "greeting") or (name == "warranty_question" and slots.urgent)
        # “卫生间漏水，修要多少钱”: as sure of the fault as of the price, the fault is what must not be lost.
        alike = name == "enquiry_price" and any(
            one.name == "repair" and one.confidence >= self.heard.reading.top.confidence - ALIKE
            for one in self.heard.reading.intents
        )
        return "repair" if (polite or alike) and slots.problem else name

    @property
    def stale(self) -> bool:
        """Whether the open dialog has rested so long that the person must be reminded of it."""
        touched = self.state.touched_at
        return bool(self.state.script and touched and self.facts.now - touched > GAP)

    def named(self, refs: Iterable[Ref]) -> Ref | None:
        """The first of these records that the words name, by number or by the place that its label tells."""
        place, number = self.slots.place_room or self.slots.place, self.slots.number
        return next((one for one in refs if one.number == number or (place and place in one.label)), None)

    @property
    def media(self) -> tuple[str, ...]:
        """The photo, voice or video that came with this turn, if any."""
        return (self.heard.media_id,) if self.heard.kind in MEDIA and self.heard.media_id else ()

    @property
    def put_aside(self) -> tuple[State, ...]:
        """What is parked once the open dialog is put aside too."""
        return put_aside(self.state)

    @property
    def asked_outside(self) -> bool:
        """Whether the last thing on the phone asks for a yes and is no dialog's: a quote, a proposal, another time."""
        facts = self.facts
        case = facts.complaint
        asked = [one.asked_last for one in facts.quotes] + [one.time_asked_last for one in facts.tickets]
        return any(asked) or (case is not None and case.asked_last)

    def say(self, key: str, **facts: Any) -> Say:
        """A text with the facts that every text may name; what is None is left out, a verb's result may fill it."""
        known = {
            "now": self.facts.now, "call": self.facts.call, "office_open": self.facts.office_open,
            "office_next": self.facts.office_next,
        }  # fmt: skip
        return Say(key, {name: value for name, value in (known | facts).items() if value is not None})

    def become(self, **changes: Any) -> "Turn":
        """The same turn after its state changed."""
        return replace(self, state=replace(self.state, **changes))

    def start(self, script: str, step: str, answers: Mapping[str, Any] | None = None, **more: Any) -> "Turn":
        """The same turn in a fresh dialog; dialogs put aside stay put aside."""
        now = self.facts.now
        fresh = State(script=script, step=step, answers=dict(answers or {}), started_at=now, touched_at=now)
        return replace(self, state=replace(fresh, **({"parked": self.state.parked} | more)))

    def stay(self, *says: Say, dos: tuple[Do, ...] = ()) -> Outcome:
        """Keep the state, as understood now."""
        state = replace(self.state, missed=0, last=self.text[:200], touched_at=self.facts.now)
        return Outcome(state, says, dos)

    def leave(self, *says: Say, dos: tuple[Do, ...] = ()) -> Outcome:
        """End the open dialog; what was put aside stays and is offered by the engine."""
        parked = self.state.parked
        return Outcome(State(touched_at=self.facts.now, parked=parked) if parked else None, says, dos)


def put_aside(state: State) -> tuple[State, ...]:
    """What is parked once this is put aside too: its place kept, its doubts not; the last few only."""
    resting = replace(state, parked=(), confirming="", missed=0)
    return (*state.parked, resting)[-PARKED_MOST:]
