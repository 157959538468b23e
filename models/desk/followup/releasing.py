"""Steps of plans that are due: judged as they will be sent, then promised, called for, put off, left out or expired.

A step is judged by the ladder's own rules before it is promised, so that what would only lie in the outbox becomes a
call, waits for a better hour, or expires where staff can read why. Safe twice, late and on several workers: a touch is
locked while it is decided, and its message or call has a key.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from models import states
from models.desk.callback import many
from models.desk.callback.many import Call
from models.desk.delivery import ladder, outbox, terms
from models.desk.followup import enrolments, timing
from models.desk.followup import letters as follow_letters
from models.desk.staff import calendar
from models.outbound import Outgoing
from models.people import Follower
from models.sales import Appointment
from models.sequences import Enrolment, Touch
from models.work import Ticket
from models.worktime import local_day

#: Steps decided in one transaction; the next run takes the rest, so that a clock that slept does not flood anybody.
MOST = 100
PURPOSE = "follow_up"
#: How soon a household in other hands is looked at again.
SOON = dt.timedelta(minutes=1)
#: Who a step was for: ("follower", 3), ("customer", 7), ("project", 2).
Marks = set[tuple[str, int]]


def release(session: Session, house: terms.House, *, now: dt.datetime, most: int = MOST) -> int:
    """What is due is promised, called for, put off, left out or expired; returns how many steps were decided."""
    touches = session.scalars(_due(now, most)).all()
    if touches:
        run = _Run(session, house, touches, now)
        for touch in touches:
            run.decide(touch)
        run.call()
        session.flush()
        for enrolment in {touch.enrolment for touch in touches}:
            enrolments.finish(enrolment, now)
    return len(touches)


def _due(now: dt.datetime, most: int) -> Select[tuple[Touch]]:
    return (
        select(Touch)
        .join(Enrolment, Enrolment.id == Touch.enrolment_id)
        .where(Touch.state == "planned", Touch.due_at <= now, Enrolment.state == "running")
        .options(
            joinedload(Touch.step), joinedload(Touch.enrolment).joinedload(Enrolment.follower),
            joinedload(Touch.enrolment).joinedload(Enrolment.customer),
            joinedload(Touch.enrolment).joinedload(Enrolment.sequence),
        )
        .order_by(Touch.due_at, Touch.id)
        .limit(most)
        .with_for_update(of=Touch, skip_locked=True)
        .execution_options(populate_existing=True)
    )  # fmt: skip


@dataclass
class _Fare:
    """How a message would fare now."""

    do: str
    reason: str = ""
    until: dt.datetime | None = None


class _Run:
    """One batch of due steps with everything that judging them needs, read at once."""

    def __init__(self, session: Session, house: terms.House, touches: Sequence[Touch], now: dt.datetime) -> None:
        self.session, self.now = session, now
        self.office = calendar.office(session)
        self.drafts = {touch.id: _draft(touch) for touch in touches if touch.enrolment.follower is not None}
        self.known = terms.load(session, list(self.drafts.values()), house, now=now)
        self.latest = {touch.enrolment_id: touch for touch in sorted(touches, key=lambda one: one.planned_for)}
        self.today = _had_today(session, now)
        self.cross = _complaining(session, touches)
        #: Steps for the telephone: asked for together when all are decided.
        self.calls: list[tuple[Touch, Call]] = []

    def decide(self, touch: Touch) -> None:
        """What becomes of one step."""
        if self.latest[touch.enrolment_id] is not touch:
            touch.move("expired", why="overtaken")
        elif touch.useless_after <= self.now:
            touch.move("expired", why=touch.reason or "too_late")
        elif not self.office.is_open(self.now):
            self._put_off(touch, _Fare("wait", touch.reason))
        elif not self._wanted(touch):
            touch.move("skipped", why=touch.step.condition)
        elif touch.enrolment.follower_id in self.known.elsewhere:
            touch.due_at = self.now + SOON
        else:
            self._by_channel(touch, self._fare(touch))

    def _by_channel(self, touch: Touch, fare: _Fare) -> None:
        call = touch.step.channel == "call"
        if fare.do in ("refuse", "expire", "cancel"):
            touch.move("skipped", why=fare.reason)
        elif fare.do == "wait" and not (call and fare.reason == "touched_lately"):
            self._put_off(touch, fare)
        elif self._had_one_today(touch):
            self._put_off(touch, _Fare("wait", "touched_today", self._tomorrow(touch)))
        elif call or (fare.do == "hold" and touch.step.or_call):
            self._call(touch, fare.reason if not call else "")
        elif touch.enrolment.follower is None:
            touch.move("skipped", why="no_wechat")
        else:
            self._write(touch)

    def _fare(self, touch: Touch) -> _Fare:
        """By the ladder for whoever has a WeChat; others only wait until a complaint of theirs is settled."""
        draft, person = self.drafts.get(touch.id), touch.enrolment.follower
        if draft is None or person is None:
            cross = touch.enrolment_id in self.cross
            return _Fare("wait", "complaint_open", self.now + ladder.LOOK_AGAIN) if cross else _Fare("hold")
        verdict = ladder.judge(draft, person, self.known.terms(draft), now=self.now)
        if verdict.do in ("send", "hold") and self._is_writing(person):
            return _Fare("wait", "is_writing", person.last_heard_at + ladder.STILL_WRITING)
        return _Fare(verdict.do, verdict.reason, verdict.until)

    def _is_writing(self, person: Follower) -> bool:
        return person.last_heard_at is not None and self.now - person.last_heard_at < ladder.STILL_WRITING

    def _wanted(self, touch: Touch) -> bool:
        """Whether the step's condition holds."""
        enrolment, condition = touch.enrolment, touch.step.condition
        if condition == "unsigned":
            return enrolment.project_id is None and (enrolment.ticket is None or enrolment.ticket.state != "won")
        if condition == "no_visit" and enrolment.ticket_id is not None:
            booked = select(Appointment.id).where(
                Appointment.enquiry_id == enrolment.ticket_id, Appointment.state == "booked"
            )
            return self.session.scalar(booked.limit(1)) is None
        return True

    def _put_off(self, touch: Touch, fare: _Fare) -> None:
        """Later, in office hours; a step that is too late by then expires when it is looked at again."""
        until = max(fare.until or self.now, self.now)
        touch.due_at = self.office.next_open(until) or until
        touch.reason = fare.reason

    def _tomorrow(self, touch: Touch) -> dt.datetime:
        return timing.tomorrow(self.office, self.now, touch.step.at)

    def _circle(self, touch: Touch) -> Marks:
        enrolment = touch.enrolment
        people = self.known.circles.get(enrolment.follower_id or 0, set())
        return {("follower", one) for one in people} | _marks(enrolment)

    def _had_one_today(self, touch: Touch) -> bool:
        """Whether the household had a step or any other touch today, whoever sent it."""
        people = self.known.circles.get(touch.enrolment.follower_id or 0, set())
        had = [at for one in people for at in self.known.touched.get(one, ())]
        return not self._circle(touch).isdisjoint(self.today) or any(local_day(at) == local_day(self.now) for at in had)

    def _write(self, touch: Touch) -> None:
        enrolment = touch.enrolment
        row = outbox.post(
            self.session, touch.key, to=enrolment.follower, letter=follow_letters.letter(touch, self.session),
            now=self.now, purpose=PURPOSE, not_after=touch.useless_after, ticket=enrolment.ticket,
        )  # fmt: skip
        touch.outgoing = row or self.session.scalar(select(Outgoing).where(Outgoing.dedupe_key == touch.key))
        self._done(touch)

    def _call(self, touch: Touch, why: str) -> None:
        enrolment = touch.enrolment
        about = enrolment.ticket or enrolment.project
        if about is None:
            touch.move("skipped", why="no_wechat")
            return
        who = {"customer": enrolment.customer, "follower": enrolment.follower}
        # Who is written to for a house may have no phone with us: then its owner is called, as for anything else.
        callable_ = enrolment.ticket is not None or (enrolment.customer is not None and enrolment.customer.phone)
        call = Call(about, touch.key, touch.step.words, script=touch.step.text_key, who=who if callable_ else None)
        self.calls.append((touch, call))
        self._done(touch, why)

    def call(self) -> None:
        """Somebody calls about the steps that were decided so."""
        rows = many.ask(self.session, PURPOSE, [call for _, call in self.calls], now=self.now)
        for (touch, _), row in zip(self.calls, rows, strict=True):
            touch.callback = row

    def _done(self, touch: Touch, why: str = "") -> None:
        touch.move("done", why=why)
        touch.done_at = self.now
        self.today |= self._circle(touch)
        if touch.enrolment.follower_id is not None:
            self.known.touched.setdefault(touch.enrolment.follower_id, []).append(self.now)


def _draft(touch: Touch) -> Outgoing:
    """The message as it would be, tied to no session."""
    return Outgoing(
        follower_id=touch.enrolment.follower_id, purpose=PURPOSE, kind="text", text_key=follow_letters.LETTER,
        urgent=False, not_after=touch.useless_after,
    )  # fmt: skip


def _marks(enrolment: Enrolment) -> Marks:
    whose = (
        ("follower", enrolment.follower_id),
        ("customer", enrolment.customer_id),
        ("project", enrolment.project_id),
    )
    return {(kind, number) for kind, number in whose if number is not None}


def _had_today(session: Session, now: dt.datetime) -> Marks:
    """Everybody who had a step today, written or called for."""
    query = select(Enrolment).join(Touch).where(Touch.done_at >= timing.start_of(local_day(now)), Touch.state == "done")
    return {mark for enrolment in session.scalars(query) for mark in _marks(enrolment)}


def _complaining(session: Session, touches: Sequence[Touch]) -> set[int]:
    """Enrolments without a WeChat whose person or house has an open complaint."""
    silent = {touch.enrolment for touch in touches if touch.enrolment.follower_id is None}
    if not silent:
        return set()
    people = {one.customer_id for one in silent if one.customer_id}
    houses = {one.project_id for one in silent if one.project_id}
    query = select(Ticket.customer_id, Ticket.project_id).where(
        Ticket.kind == "complaint", Ticket.state.not_in(states.FINAL),
        or_(Ticket.customer_id.in_(people), Ticket.project_id.in_(houses)),
    )  # fmt: skip
    cross = {mark for pair in session.execute(query) for mark in zip(("customer", "project"), pair, strict=True)}
    return {one.id for one in silent if not _marks(one).isdisjoint(cross)}
