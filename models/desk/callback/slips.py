"""Callback slips 联系单: opened by any dissatisfaction, answered by whoever is responsible, called about, in rounds.

A slip ends when the customer is content, or when a manager closes it with a reason.
"""

import datetime as dt
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.actors import SYSTEM, By
from models.callbacks import Callback, Slip, SlipRound
from models.desk import numbers, promises
from models.desk.callback import callbacks
from models.desk.complaint import sight
from models.desk.staff import duty
from models.errors import IllegalMove, Missing
from models.houses import Project
from models.staff import Staff
from models.work import Ticket

ANSWER, DUE = "slip.answer", "slip.due"
#: What a slip may be about.
About = Ticket | Project
#: The purpose of the callback that asks whether the measures helped.
PURPOSE = "slip"
#: The customer is called when the measures should have been taken, and a little later.
AFTERWARDS = dt.timedelta(hours=2)


def raise_(session: Session, about: About, problem: str, *, by: By, now: dt.datetime, **more: Any) -> Slip:
    """Somebody responsible must answer for `problem`; an open slip about the same matter gets another round.

    `more` may set source, owner, customer, follower and urgent. Refused without words.
    """
    if not problem.strip():
        raise Missing(field="problem")
    urgent = more.pop("urgent", False)
    known = open_about(session, about)
    if known is not None:
        _again(session, known, problem.strip(), by=by, now=now, urgent=urgent)
        return known
    kind = "ticket" if isinstance(about, Ticket) else "project"
    count = session.scalar(select(func.count()).where(getattr(Slip, f"{kind}_id") == about.id)) or 0
    key = f"{kind}:{about.id}:{count + 1}"
    slip = Slip(
        number=numbers.next_number(session, "LX", now=now), key=key, problem=problem.strip(), opened_at=now, round=1,
        **({kind: about} | _people(session, about) | more),
    )  # fmt: skip
    slip.owner = slip.owner or responsible(session, about, now=now)
    slip.tell("opened", by=by, now=now, reason=problem.strip())
    slip.rounds.append(SlipRound(number=1, opened_at=now, problem=problem.strip()))
    try:
        with session.begin_nested():
            session.add(slip)
    except IntegrityError:  # opened by another transaction in the same moment: what was said now stands there too
        known = session.scalars(select(Slip).where(Slip.key == key)).one()
        _again(session, known, problem.strip(), by=by, now=now, urgent=urgent)
        return known
    _owe(session, slip, now=now, urgent=urgent)
    return slip


def open_about(session: Session, about: About) -> Slip | None:
    """The slip about this matter that is still open."""
    column = Slip.ticket_id if isinstance(about, Ticket) else Slip.project_id
    query = select(Slip).where(column == about.id, Slip.state != "closed")
    if isinstance(about, Project):
        query = query.where(Slip.ticket_id.is_(None))
    return session.scalars(query.order_by(Slip.id.desc())).first()


def _people(session: Session, about: About) -> dict[str, Any]:
    if isinstance(about, Ticket):
        return {"customer": about.customer, "follower": about.follower, "project": about.project}
    customer = next((one.customer for one in about.members if one.role == "owner"), None)
    return {"customer": customer, "follower": callbacks.wechat_of(session, customer)}


def responsible(session: Session, about: About, *, now: dt.datetime) -> Staff | None:
    """Who answers for it: the crew's lead, the site's supervisor, each while they
    are there, else engineering on duty."""
    crew = getattr(about, "crew", None)
    project = about.project if isinstance(about, Ticket) else about
    shut = sight.shut_out(session, about) if isinstance(about, Ticket) else frozenset()
    known = (crew.lead if crew else None, project.supervisor if project else None)
    there = (duty.present(session, one, now=now, without=shut) for one in known)
    return next(filter(None, there), None) or duty.pick(session, "engineer", now=now, without=shut)


def _owe(session: Session, slip: Slip, *, now: dt.datetime, urgent: bool = False) -> None:
    promises.make(session, ANSWER, slip, now=now, urgent=urgent)
    promises.make(session, DUE, slip, now=now, urgent=urgent)


def _again(session: Session, slip: Slip, problem: str, *, by: By, now: dt.datetime, urgent: bool = False) -> None:
    """Still not content: the same words again are the same round, else the next one begins."""
    if slip.state == "open":
        if problem not in slip.current.problem:
            slip.current.problem = "；".join(filter(None, (slip.current.problem, problem)))
        return
    if slip.state == "answered":
        called(session, slip, satisfied=False, words=problem, by=by, now=now)
        return
    _next_round(session, slip, problem, by=by, now=now)
    _owe(session, slip, now=now, urgent=urgent)


def _next_round(session: Session, slip: Slip, problem: str, *, by: By, now: dt.datetime) -> None:
    slip.move("open", by=by, now=now, reason=problem)
    slip.round += 1
    slip.rounds.append(SlipRound(number=slip.round, opened_at=now, problem=problem))


def answer(
    session: Session, slip: Slip, measures: str, *, promised_at: dt.datetime, by: By, now: dt.datetime
) -> Callback:
    """What will be done and by when is on the slip; the customer will be called afterwards.

    A second answer replaces the plan of this round. Refused without measures and for a moment that is past.
    """
    if not measures.strip():
        raise Missing(field="measures")
    if promised_at <= now:
        raise Missing("errors.past_time", field="promised_at")
    slip.move("answered", by=by, now=now, reason=measures.strip())
    row = slip.current
    row.measures, row.promised_at, row.answered_at = measures.strip(), promised_at, now
    row.staff_id = by.id if by.kind == "staff" else None
    session.flush()
    promises.meet(session, promises.find(session, ANSWER, slip), now=now)
    due_at = promised_at + AFTERWARDS
    call = callbacks.ask(
        session, PURPOSE, about=slip, due_at=due_at, now=now, key=f"{PURPOSE}:slip:{slip.id}:{slip.round}"
    )
    if call.is_open:
        callbacks.reschedule(session, call, due_at, by=by, now=now)
    return call


def called(session: Session, slip: Slip, *, satisfied: bool, words: str, by: By, now: dt.datetime) -> None:
    """The customer has said whether it is right now: content closes the slip, otherwise the next round begins."""
    slip.move("called", by=by, now=now, reason=words.strip())
    row = slip.current
    row.called_at, row.satisfied, row.result = now, satisfied, words.strip()
    _callbacks_over(session, slip, words=words, by=by, now=now)
    if satisfied:
        close(session, slip, reason=words.strip() or "客户满意", by=by, now=now)
        return
    _next_round(session, slip, words.strip() or slip.problem, by=by, now=now)
    session.flush()
    # The two days run from the first complaint; what is owed anew is an answer.
    promises.make(session, ANSWER, slip, now=now)


def close(session: Session, slip: Slip, *, reason: str, by: By, now: dt.datetime) -> None:
    """Nothing is owed any more. Refused without a reason."""
    if not reason.strip():
        raise Missing(field="reason")
    slip.move("closed", by=by, now=now, reason=reason.strip())
    slip.closed_at, slip.close_reason = now, reason.strip()[:200]
    promises.drop(session, promises.find(session, ANSWER, slip), now=now)
    promises.meet(session, promises.find(session, DUE, slip), now=now)
    _callbacks_over(session, slip, words=reason, by=by, now=now)


def _callbacks_over(session: Session, slip: Slip, *, words: str, by: By, now: dt.datetime) -> None:
    """The question has been answered: open callbacks that were to ask it are done."""
    session.flush()
    for call in callbacks.of(session, about=slip, purpose=PURPOSE):
        if call.is_open:
            callbacks.done(session, call, words=words, by=by or SYSTEM, now=now)


def assign(session: Session, slip: Slip, staff: Staff, *, by: By, now: dt.datetime) -> None:
    """`staff` answers for it from now on; what is owed is theirs. Refused for whomever it is a complaint about."""
    if staff.id in sight.shut_out(session, slip):
        raise IllegalMove("errors.not_for_them", name=staff.name)
    slip.owner = staff
    slip.tell("assigned", by=by, now=now, reason=staff.name)
    for name in (ANSWER, DUE):
        if (promise := promises.find(session, name, slip)) is not None:
            promise.owner = staff
