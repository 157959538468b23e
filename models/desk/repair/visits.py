"""What a crew does with a repair: accept or hand back, set out, arrive, finish. Each step tells the household once.

Every coming and going is a `Visit` of its own, so that a second round, or a second day, overwrites nothing.
"""

import datetime as dt
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import By
from models.desk import escalations, promises
from models.desk.delivery.outbox import Letter
from models.desk.repair import clashes, finishing, items, notices, postponing, quotes
from models.errors import IllegalMove, Missing, NotYours
from models.houses import Crew
from models.promises import Policy, Promise
from models.visits import Visit
from models.work import Repair
from phones import hide

#: The states in which a job stands on a crew's list.
ON_THE_LIST = ("assigned", "accepted", "on_the_way", "on_site")
#: A crew that says it arrived so many metres away from the estate is noted, for staff only.
FAR = 1500
EARTH = 6_371_000
#: Materials of one visit, and the letters of one line.
MOST_MATERIALS, LONGEST_MATERIAL = 30, 60


@dataclass(frozen=True)
class Work:
    """What was used, and which faults stay open, by position, with the reason for each."""

    materials: tuple[str, ...] = ()
    left: Mapping[int, str] = field(default_factory=dict)


#: Degrees north and east.
Place = tuple[float, float]


def jobs_of(session: Session, crew: Crew) -> list[Repair]:
    """The crew's jobs, the most urgent promise first."""
    query = (
        select(Repair)
        .where(Repair.crew_id == crew.id, Repair.state.in_(ON_THE_LIST))
        .order_by(Repair.next_due_at.is_(None), Repair.next_due_at, Repair.id)
    )
    return list(session.scalars(query))


def own_job(session: Session, crew: Crew | None, ticket_id: int) -> Repair:
    """The crew's repair with this id; NotYours for everyone else's, existing or not."""
    repair = session.get(Repair, ticket_id)
    if repair is None or crew is None or repair.crew_id != crew.id:
        raise NotYours
    return repair


def accept(session: Session, repair: Repair, *, by: By, now: dt.datetime) -> None:
    """The crew takes the job; the acceptance promise is met and the homeowner knows who comes.

    What it cannot keep beside its other jobs is said to it and its dispatcher; that never stops it. Refused from the
    door: what was taken is not taken again.
    """
    if repair.state == "on_site":
        raise IllegalMove(number=repair.number, state=repair.state_name, to="已接单")
    repair.move("accepted", by=by, now=now)
    repair.accepted_at = now
    promises.meet(session, promises.find(session, "repair.accept", repair), now=now)
    notices.tell_customer(session, repair, "accepted", now=now)
    clashes.warn(session, repair, now=now)


def start(session: Session, repair: Repair, *, by: By, now: dt.datetime) -> None:
    """The crew is on its way."""
    if repair.state == "assigned":
        accept(session, repair, by=by, now=now)
    repair.move("on_the_way", by=by, now=now)
    visit(session, repair).set_out_at = now
    notices.tell_customer(session, repair, "on_the_way", now=now, mark=_again(repair))


def arrive(session: Session, repair: Repair, *, by: By, now: dt.datetime, place: Place | None = None) -> None:
    """The crew is at the door: the promise to be on site is met, late or in time, and the homeowner is told.

    `place` is where its phone says it is; far from the estate is written down for staff and said to nobody else.
    """
    if repair.state == "assigned":
        accept(session, repair, by=by, now=now)
    repair.move("on_site", by=by, now=now)
    repair.arrived_at = visit(session, repair).arrived_at = now
    promises.meet(session, promises.find(session, "repair.on_site", repair), now=now)
    notices.tell_customer(session, repair, "arrived", now=now, mark=_again(repair))
    if place is not None:
        locate(session, repair, place, by=by, now=now)


def locate(session: Session, repair: Repair, place: Place, *, by: By, now: dt.datetime) -> None:
    """Where the crew is stands on its visit. Refused for what is no place on earth."""
    lat, lon = place
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise Missing(field="place")
    row, estate = visit(session, repair), repair.project.estate if repair.project else None
    row.lat, row.lon = lat, lon
    if estate is None or estate.lat is None or estate.lon is None:
        return
    row.metres_off = metres(place, (estate.lat, estate.lon))
    if row.metres_off > FAR:
        repair.tell("far_off", by=by, now=now, reason=f"{row.metres_off / 1000:.1f} km", metres=row.metres_off)


def expected(session: Session, numbers: Collection[str], *, now: dt.datetime) -> dict[str, dt.datetime]:
    """Number of a repair -> by when a crew is promised to be there, for those of them where that is still to come."""
    query = (
        select(Repair.number, Promise.due_at)
        .join(Promise, Promise.ticket_id == Repair.id)
        .join(Policy, Policy.id == Promise.policy_id)
        .where(
            Repair.number.in_(numbers), Policy.name == "repair.on_site", Promise.state == "open", Promise.due_at > now
        )
    )
    return {number: due for number, due in session.execute(query)}


def pass_on(session: Session, repair: Repair, words: str, *, by: By, now: dt.datetime) -> None:
    """What the crew says on its way is on the case, and the household reads it. Refused when there are no words."""
    if not words.strip():
        raise Missing(field="words")
    event = repair.tell("note", by=by, now=now, reason=words.strip())
    session.flush()
    notices.tell_customer(session, repair, "crew_says", now=now, mark=event.id, words=words.strip())


def metres(one: Place, other: Place) -> int:
    """How far two places are apart on the ground."""
    (north, east), (other_north, other_east) = (tuple(map(math.radians, place)) for place in (one, other))
    half = math.sin((other_north - north) / 2) ** 2
    half += math.cos(north) * math.cos(other_north) * math.sin((other_east - east) / 2) ** 2
    return round(2 * EARTH * math.asin(math.sqrt(half)))


def visit(session: Session, repair: Repair) -> Visit:
    """The visit that is going on; a new one when the crew comes again."""
    found = next((row for row in repair.visits if not row.outcome and row.crew_id == repair.crew_id), None)
    if found is None:
        found = Visit(round=repair.round, crew=repair.crew, outcome="", note="", materials=[])
        repair.visits.append(found)
        session.flush()
    return found


def finish(session: Session, repair: Repair, *, note: str, by: By, now: dt.datetime, work: Work = Work()) -> None:  # noqa: B008
    """The work is done and `note` says what was done; the survey is planned by a worker from the case's state.

    With faults left open the visit is over and the case is not: the crew keeps it, and customer and lead know why.
    Refused without a note (the next crew and the customer have a right to know), and for paid work that the customer
    has not agreed to, unless that is what was left.
    """
    if not note.strip():
        raise Missing(field="note")
    left = items.close(repair, work.left)
    if not left:
        quotes.need_consent(session, repair)
    repair.move("accepted" if left else "done", by=by, now=now, reason=note.strip())
    row = visit(session, repair)
    row.finished_at, row.note, row.outcome = now, note.strip(), "left" if left else "done"
    row.materials = materials(work.materials)
    postponing.drop(repair, now=now)
    if left:
        _leave_open(session, repair, now=now)
        return
    repair.finished_at, repair.finish_note = now, note.strip()
    promises.meet(session, finishing.find(session, repair), now=now)
    notices.tell_customer(session, repair, "finished", now=now, mark=_again(repair))


def materials(lines: tuple[str, ...]) -> list[str]:
    """The lines as they are kept: trimmed, none empty, not more than fit."""
    return [line.strip()[:LONGEST_MATERIAL] for line in lines if line.strip()][:MOST_MATERIALS]


def use(session: Session, repair: Repair, lines: tuple[str, ...], *, by: By, now: dt.datetime) -> None:
    """What was used on the latest visit, told afterwards, is added to it; refused when nobody was there."""
    if not repair.visits or not materials(lines):
        raise Missing(field="materials")
    row = repair.visits[-1]
    row.materials = materials((*row.materials, *lines))
    repair.tell("materials", by=by, now=now, reason="、".join(lines))


def _leave_open(session: Session, repair: Repair, *, now: dt.datetime) -> None:
    """The crew has gone and something is not mended: the household and the lead hear what, and why."""
    repair.arrived_at = None
    open_ones, mark = items.waiting(repair), len(repair.visits)
    done = [item for item in repair.items if item.state == "done"]
    facts = {"left": [{"what": hide(item.problem), "why": item.note} for item in open_ones], "done": items.lines(done)}
    notices.tell_customer(session, repair, "items_left", now=now, mark=mark, **facts)
    lead = (repair.crew.lead if repair.crew else None) or repair.owner
    letter = Letter("staff.items_left", {**notices.facts_of(repair), **facts})
    notices.tell_staff(session, lead, f"items_left:{repair.id}:{mark}", letter, now=now, ticket=repair)


def _again(repair: Repair) -> str:
    """What tells the steps of a second day apart from those of the first, while the same crew has the job."""
    over = sum(row.outcome in ("left", "moved") for row in repair.visits)
    return f"+{over}" if over else ""


def hand_back(session: Session, repair: Repair, *, reason: str, by: By, now: dt.datetime) -> None:
    """The crew cannot do it: the dispatcher owns it, and the customer is owed another one. Refused without a reason."""
    if not reason.strip():
        raise Missing(field="reason")
    repair.move("handed_back", by=by, now=now, reason=reason.strip())
    end_visit(repair, "handed_back", now=now, note=reason.strip())
    postponing.drop(repair, now=now)
    crew = repair.crew
    repair.crew, repair.accepted_at, repair.arrived_at = None, None, None
    session.flush()  # from here on nobody finds it on the crew's list
    promises.make(session, "repair.on_site", repair, now=now, urgent=repair.urgent)
    promises.drop(session, promises.find(session, "repair.accept", repair), now=now)
    times = sum(event.to_state == "handed_back" for event in repair.events)
    matter = escalations.raise_(session, "handed_back", repair, words=reason.strip(), now=now, cause=str(times))
    if crew is not None and crew.lead is not None and crew.lead is not matter.owner:
        letter = Letter("staff.handed_back", {**notices.facts_of(repair), "words": reason.strip(), "crew": crew.name})
        notices.tell_staff(session, crew.lead, f"handed_back:{repair.id}:{times}:lead", letter, now=now, ticket=repair)


def end_visit(repair: Repair, outcome: str, *, now: dt.datetime, note: str = "") -> None:
    """Whoever was on the way or there is not any more."""
    for row in repair.visits:
        if not row.outcome:
            row.finished_at, row.outcome, row.note = now, outcome, row.note or note
