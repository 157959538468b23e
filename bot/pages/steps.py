"""A crew's step by the phone page: done once however often it is pressed, and never on a case that has moved on."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session, sessionmaker

from bot import links, photos
from bot.pages import view as shown
from bot.pages.fields import Fields
from bot.pages.view import LEADS_TO, View
from models.actors import By
from models.desk.repair import finishing, postponing, visits
from models.errors import Missing
from models.files import Stored
from models.work import Repair

#: Characters that a note and a reason may have.
LONGEST_WORDS = 500


@dataclass(frozen=True)
class Press:
    """What came with the button: the step, the words, the photos, and what the page showed at that moment."""

    step: str
    words: str
    photos: Sequence[tuple[str, Stored]]
    seen: tuple[int, int, str, int]
    fields: Fields = field(default_factory=Fields)


def verdict(view: View, press: Press) -> str:
    """What pressing means now: do, again (it was done already) or stale (the case has moved on meanwhile)."""
    ticket_id, crew_id, state, number = press.seen
    if (ticket_id, crew_id) != (view.ticket_id, view.crew_id) or number != view.round:
        return "stale"
    if state == view.state:
        return "do"
    if press.step == "finish" and view.state == "accepted" and view.left_note == press.words:
        return "again"  # finished with something left open: the case is the crew's still
    return "again" if LEADS_TO.get(press.step) == view.state else "stale"


def take(
    sessions: sessionmaker[Session], ticket: links.Ticket, press: Press, *, now: dt.datetime
) -> tuple[str, list[str]]:
    """The step is done and committed, once: do, again or stale, and the paths of the photos that became the case's.

    DomainError, BadPhoto and Released leave nothing behind.

    The case's row is held meanwhile: of two presses at once the second finds the first one's work.
    """
    with sessions.begin() as session:
        repair = shown.job(session, ticket.ticket_id, ticket.crew_id, lock=True)
        what = verdict(shown.for_crew(session, repair), press)
        return what, _do(session, repair, press, now) if what == "do" else []


def _do(session: Session, repair: Repair, press: Press, now: dt.datetime) -> list[str]:
    crew = repair.crew
    assert crew is not None  # own_job holds it
    by = By("crew", crew.id, crew.name)
    stage = photos.STAGE_OF.get(repair.state, "arrival")
    match press.step:
        case "accept":
            visits.accept(session, repair, by=by, now=now)
        case "start":
            visits.start(session, repair, by=by, now=now)
        case "arrive":
            visits.arrive(session, repair, by=by, now=now, place=press.fields.place)
        case "finish":
            work = visits.Work(press.fields.materials, press.fields.left)
            visits.finish(session, repair, note=press.words, by=by, now=now, work=work)
        case "ask_time":
            if (window := press.fields.window(press.words)) is None:
                raise Missing(field="day")
            postponing.ask(session, repair, window, words=press.words or window.text, by=by, now=now)
        case "delay":
            if press.fields.day is None:
                raise Missing(field="day")
            finishing.delay(session, repair, reason=press.words, until=press.fields.day, by=by, now=now)
        case "hand_back":
            visits.hand_back(session, repair, reason=press.words, by=by, now=now)
    added = photos.add(session, press.photos, ticket_id=repair.id, stage=stage, now=now)
    return [photo.path for photo in added]


def add_photos(
    sessions: sessionmaker[Session], ticket: links.Ticket, kept: Sequence[tuple[str, Stored]], *, now: dt.datetime
) -> list[tuple[int, str]]:
    """The photos belong to the job, by id and path; BadPhoto where this job takes none now or has enough."""
    with sessions.begin() as session:
        repair = shown.job(session, ticket.ticket_id, ticket.crew_id, lock=True)
        stage = photos.STAGE_OF.get(repair.state)
        if stage is None:
            raise photos.BadPhoto("not_now")
        added = photos.add(session, kept, ticket_id=repair.id, stage=stage, now=now)
        return [(photo.id, photo.path) for photo in added]
