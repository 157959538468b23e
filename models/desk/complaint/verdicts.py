"""Complaints as the responsible head meets them: judged, explained in writing, proposed, carried out, closed.

Every step tells the customer once. A complaint that does not stand is explained in writing all the same.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.actors import By
from models.complaints import Complaint
from models.desk import promises
from models.desk.callback import callbacks
from models.desk.complaint import aims, complaints, sight
from models.desk.complaint import letters as complaint_letters
from models.desk.staff import duty
from models.errors import DomainError, IllegalMove, Missing, NotYours
from models.staff import Staff


class AboveLimit(DomainError):
    """More money than this person may offer; `limit` says how much they may, in 元."""

    key = "errors.above_limit"


class ForTheManager(DomainError):
    """Only those who lead may do this: turn a verdict, open a complaint again."""

    key = "errors.for_the_manager"


@dataclass(frozen=True)
class Offer:
    """What is proposed: in words, and how much money in 分."""

    words: str
    compensation: int = 0


def _mine(complaint: Complaint, staff: Staff) -> By:
    """The colleague as an actor; refused for whoever must not see it, as if it were not there."""
    if not sight.sees(staff, complaint):
        raise NotYours
    return By("staff", staff.id, staff.name)


def _said(text: str, field: str) -> str:
    if not text.strip():
        raise Missing(field=field)
    return text.strip()


def contact(session: Session, complaint: Complaint, staff: Staff, words: str, *, now: dt.datetime) -> None:
    """The customer was called; what was said is on record, and the promise of a first contact is kept."""
    complaint.tell("reached", by=_mine(complaint, staff), now=now, reason=_said(words, "words"))
    promises.meet(session, promises.find(session, "complaint.first_contact", complaint), now=now)


def judge(session: Session, complaint: Complaint, staff: Staff, *, stands: bool, reason: str, now: dt.datetime) -> None:
    """It stands or does not, with the reason, and the customer is told which. Needs a reason.

    A verdict that was given before is turned only by those who lead.
    """
    by, reason = _mine(complaint, staff), _said(reason, "reason")
    if complaint.stands is not None and not staff.may(sight.LEAD):
        raise ForTheManager
    complaint.move("upheld" if stands else "not_upheld", by=by, now=now, reason=reason)
    complaint.stands, complaint.verdict = stands, reason
    complaint.judged_by, complaint.judged_at = staff, now
    times = sum(event.to_state in ("upheld", "not_upheld") for event in complaint.events)
    step = "upheld" if stands else "not_upheld"
    complaint_letters.write(session, complaint, step, now=now, mark=times)


def explain(session: Session, complaint: Complaint, staff: Staff, words: str, *, now: dt.datetime) -> None:
    """The explanation is with the customer in writing, and both promises are kept. Refused before the judgement."""
    by, words = _mine(complaint, staff), _said(words, "explanation")
    complaint.move("explained", by=by, now=now, reason=words)
    complaint.explanation, complaint.explained_at = words, now
    times = sum(event.to_state == "explained" for event in complaint.events)
    complaint_letters.write(session, complaint, "explained", now=now, mark=times)
    for name in ("complaint.first_contact", "complaint.explain"):
        promises.meet(session, promises.find(session, name, complaint), now=now)


def propose(session: Session, complaint: Complaint, staff: Staff, offer: Offer, *, now: dt.datetime) -> None:
    """The proposal is with the customer, who may agree in chat. AboveLimit for more money than one may offer."""
    by, words = _mine(complaint, staff), _said(offer.words, "proposal")
    limit = staff.role.compensation_limit
    if offer.compensation < 0:
        raise Missing("errors.money_wrong")
    if offer.compensation > limit:
        raise AboveLimit(limit=limit / 100)
    money = {"compensation": offer.compensation} if offer.compensation else {}
    complaint.move("proposed", by=by, now=now, reason=words, **money)
    complaint.proposal, complaint.compensation, complaint.proposed_at = words, offer.compensation, now
    complaint.approved_by = staff if offer.compensation else None
    complaint.agreed_at = None
    times = sum(event.to_state == "proposed" for event in complaint.events)
    complaint_letters.write(session, complaint, "proposed", now=now, mark=times)


def agreed_by_phone(session: Session, complaint: Complaint, staff: Staff, words: str, *, now: dt.datetime) -> None:
    """The customer agreed on the phone, in words that stand on record; they are told what was agreed."""
    by = _mine(complaint, staff)
    complaints.agree(session, complaint, _said(words, "words"), by=by, now=now)
    times = sum(event.to_state == "proposed" for event in complaint.events)
    complaint_letters.write(session, complaint, "agreed", now=now, mark=times)


def carry_out(session: Session, complaint: Complaint, staff: Staff, words: str, *, now: dt.datetime) -> None:
    """What was agreed is done; the customer is told what, and will be called to hear whether it is well now."""
    by, words = _mine(complaint, staff), _said(words, "words")
    complaint.move("carried_out", by=by, now=now, reason=words)
    complaint.carried_out_at = now
    times = sum(event.to_state == "carried_out" for event in complaint.events)
    complaint_letters.write(session, complaint, "carried_out", now=now, mark=times, words=words)
    key = f"complaint_done:ticket:{complaint.id}:{times}"
    callbacks.ask(session, "complaint_done", about=complaint, now=now, key=key, words=words)


@dataclass(frozen=True)
class Lesson:
    """Why it came to this, and what keeps it from coming again."""

    cause: str
    prevention: str


def close(session: Session, complaint: Complaint, staff: Staff, lesson: Lesson, *, now: dt.datetime) -> None:
    """It is over, the lesson is written down and the customer knows. Needs cause and prevention.

    Refused before an explanation, and between an agreement and its being carried out.
    """
    by = _mine(complaint, staff)
    cause, prevention = _said(lesson.cause, "cause"), _said(lesson.prevention, "prevention")
    complaint.move("closed", by=by, now=now, reason=f"{cause}；{prevention}")
    complaint.cause, complaint.prevention = cause, prevention
    complaint.closed_at, complaint.close_reason = now, cause[:200]
    complaint_letters.write(session, complaint, "closed", now=now)
    complaints.let_go(session, complaint, by=by, now=now)


def withdrawn_by_phone(session: Session, complaint: Complaint, staff: Staff, reason: str, *, now: dt.datetime) -> None:
    """The customer took it back on the phone; they get an answer in words. Needs their reason."""
    complaints.withdraw(session, complaint, reason, by=_mine(complaint, staff), now=now)


def reopen(session: Session, complaint: Complaint, staff: Staff, reason: str, *, now: dt.datetime) -> None:
    """It is judged once more, with new promises. Only those who lead; needs a reason."""
    by, reason = _mine(complaint, staff), _said(reason, "reason")
    if not staff.may(sight.LEAD):
        raise ForTheManager
    complaint.move("registered", by=by, now=now, reason=reason)
    complaint.round += 1
    complaint.stands, complaint.closed_at, complaint.close_reason = None, None, ""
    if complaint.owner is None or not complaint.owner.active:
        complaints.entrust(session, complaint, now=now)
    for name in ("complaint.first_contact", "complaint.explain"):
        promises.make(session, name, complaint, now=now, urgent=complaint.severe)
    complaint_letters.write(session, complaint, "reopened", now=now)
    complaint_letters.tell_owner(session, complaint, "new", now=now, words=reason)


def give_to(session: Session, complaint: Complaint, staff: Staff, to: Staff, *, now: dt.datetime) -> None:
    """`to` owns it from now on and is told, promises included. Refused for whoever it is about or may not see it."""
    by = _mine(complaint, staff)
    if not to.active or not to.may(sight.SEE) or to.id in sight.shut_out(session, complaint):
        raise IllegalMove("errors.not_for_them", name=to.name)
    complaint.owner = to
    for promise in promises.owed(session, complaint):
        promise.owner = to
    complaint.tell("entrusted", by=by, now=now, reason=to.name)
    session.flush()
    complaint_letters.tell_owner(session, complaint, "new", now=now, words=complaint.problem)


def name_accused(
    session: Session, complaint: Complaint, staff: Staff, accused: Staff | None, *, now: dt.datetime
) -> None:
    """Whom it is about is corrected; if that is its owner, somebody else owns it from this moment."""
    by = _mine(complaint, staff)
    complaint.about_staff = accused
    complaint.tell("accused", by=by, now=now)
    session.flush()
    if accused is not None:
        aims.keep_away(session, complaint, now=now)


def heads(session: Session, complaint: Complaint) -> list[Staff]:
    """The colleagues who may own it: active, allowed to see complaints, not complained about."""
    return duty.able(session, sight.SEE, without=sight.shut_out(session, complaint))


def grave(session: Session, complaint: Complaint, staff: Staff, reason: str, *, now: dt.datetime) -> None:
    """A colleague calls it severe, with a reason: the manager knows at once. Once only."""
    by, reason = _mine(complaint, staff), _said(reason, "reason")
    if complaint.severe:
        raise IllegalMove("errors.already_severe", number=complaint.number)
    complaint.severity = "severe"
    complaint.tell("grave", by=by, now=now, reason=reason)
    complaints.escalate(session, complaint, "severe", now=now)
