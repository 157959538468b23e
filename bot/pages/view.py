"""What the phone pages show, read in one short transaction and plain afterwards. Nothing here changes a record."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from bot import photos
from bot.pages import quote_view
from bot.pages.quote_view import QuoteView
from models.desk import promises
from models.desk.repair import finishing, postponing, quotes, visits
from models.errors import NotYours
from models.houses import Crew
from models.talk import Attachment
from models.work import Repair
from phones import hide

#: State -> the step that comes next; the crew's big button.
NEXT_STEP = {"assigned": "accept", "accepted": "start", "on_the_way": "arrive", "on_site": "finish"}
#: Step -> the state that it leads to.
LEADS_TO = {
    "accept": "accepted",
    "start": "on_the_way",
    "arrive": "on_site",
    "finish": "done",
    "hand_back": "handed_back",
}
#: Steps that leave the case where it is.
ASIDE = ("ask_time", "delay")
#: What a homeowner may read of the case's story; notes, chases and warnings are the house's own.
TOLD = (
    "reported",
    "assigned",
    "accepted",
    "on_the_way",
    "on_site",
    "done",
    "reopened",
    "closed",
    "cancelled",
    "paused",
    "quote_sent",
    "quote_agreed",
    "quote_refused",
)


@dataclass(frozen=True)
class Photo:
    """A picture of the case: its row and what it shows (before, arrival or finish)."""

    id: int
    stage: str


@dataclass(frozen=True)
class Item:
    """One fault of the case, and what became of it."""

    position: int
    problem: str
    state: str
    note: str


@dataclass(frozen=True)
class Moment:
    """One line of the story."""

    name: str
    at: dt.datetime
    words: str = ""


@dataclass(frozen=True)
class View:
    """The facts of one case that its page needs."""

    ticket_id: int
    number: str
    state: str
    round: int
    house: str
    what: str
    urgent: bool
    crew: str = ""
    crew_id: int = 0
    customer: str = ""
    #: In clear; empty unless the crew may call now.
    phone: str = ""
    when_text: str = ""
    when: tuple[dt.datetime, dt.datetime] | None = None
    #: When somebody has to be on site; null when nothing is owed.
    due_at: dt.datetime | None = None
    paused: bool = False
    note: str = ""
    photos: Sequence[Photo] = field(default=())
    #: The faults one by one; a single one is `what`.
    items: Sequence[Item] = field(default=())
    #: What was written when the crew left something open; "" when nothing is.
    left_note: str = ""
    #: The other time that waits for the customer's answer.
    asked: tuple[dt.datetime, dt.datetime] | None = None
    #: Until when everything is to be mended, and the later day that the customer was told.
    finish_by: dt.datetime | None = None
    late_until: dt.date | None = None
    story: Sequence[Moment] = field(default=())
    #: The newest version that was sent, and whether the crew must quote before it works.
    quote: QuoteView | None = None
    quote_first: bool = False

    @property
    def next_step(self) -> str:
        """The crew's next step; empty when nothing is left to do."""
        return NEXT_STEP.get(self.state, "")

    def shown(self, *stages: str) -> list[Photo]:
        """The photos of these stages."""
        return [photo for photo in self.photos if photo.stage in stages]


class Released(Exception):
    """The case is not this crew's any more: handed back, given to others, or over. `.handed_back` says the first."""

    def __init__(self, *, handed_back: bool = False) -> None:
        """Keep whether this crew itself gave it back."""
        super().__init__()
        self.handed_back = handed_back


def job(session: Session, ticket_id: int, crew_id: int, *, lock: bool = False) -> Repair:
    """The repair, if it is this crew's to work on or just finished by it; Released otherwise, whatever the reason."""
    crew = session.get(Crew, crew_id)
    if lock:
        session.get(Repair, ticket_id, with_for_update=True)
    try:
        repair = visits.own_job(session, crew, ticket_id)
    except NotYours:
        raise Released(handed_back=_gave_it_back(session.get(Repair, ticket_id), crew_id)) from None
    if repair.state not in (*visits.ON_THE_LIST, "done", "closed") or crew is None or not crew.active:
        raise Released
    return repair


def _gave_it_back(repair: Repair | None, crew_id: int) -> bool:
    if repair is None or repair.state != "handed_back":
        return False
    last = [event for event in repair.events if event.to_state == "handed_back"][-1:]
    return any(event.actor_kind == "crew" and event.actor_id == crew_id for event in last)


def for_crew(session: Session, repair: Repair) -> View:
    """The job as its crew sees it; the phone number only while the job is open."""
    may_call = repair.state in visits.ON_THE_LIST
    return View(
        **_common(session, repair),
        crew_id=repair.crew_id or 0,
        customer=repair.contact,
        phone=repair.contact_phone if may_call else "",
        quote=quote_view.newest_sent(session, repair),
        quote_first=quotes.wanted(session, repair),
        when_text=repair.when_text,
        note=hide(repair.finish_note),
        photos=[Photo(photo.id, photo.stage) for photo in _shown(session, repair)],
        left_note=next((v.note for v in repair.visits[-1:] if v.outcome == "left"), ""),
        asked=(asked.start, asked.end) if (asked := postponing.waiting(repair)) else None,
    )


def for_customer(session: Session, repair: Repair) -> View:
    """The case as its homeowner may read it; no phone numbers, no internal words."""
    story = [
        Moment(event.name, event.at, hide(event.reason) if event.name == "done" else "")
        for event in repair.events
        if event.name in TOLD and not (event.name == "assigned" and event.actor_kind == "staff")
    ]
    return View(
        **_common(session, repair),
        when_text=repair.when_text,
        note=hide(repair.finish_note),
        photos=[Photo(photo.id, photo.stage) for photo in _shown(session, repair)],
        story=story,
    )


def _common(session: Session, repair: Repair) -> dict[str, object]:
    promise = promises.find(session, "repair.on_site", repair)
    start, end = repair.when_start, repair.when_end
    return {
        "ticket_id": repair.id,
        "number": repair.number,
        "state": repair.state,
        "round": repair.round,
        "house": repair.house,
        "what": repair.what,
        "urgent": repair.urgent,
        "crew": repair.crew.name if repair.crew else "",
        "when": (start, end) if start and end else None,
        "due_at": promise.due_at if promise else None,
        "paused": promise is not None and promise.state == "paused",
        "items": _items(repair) if len(repair.items) > 1 else [],
        "finish_by": limit.due_at if (limit := finishing.find(session, repair)) else None,
        "late_until": repair.late_until,
    }


def _items(repair: Repair) -> list[Item]:
    return [Item(one.position, hide(one.problem), one.state, hide(one.note)) for one in repair.items]


def _shown(session: Session, repair: Repair) -> Sequence[Attachment]:
    return photos.of_ticket(session, repair.id)
