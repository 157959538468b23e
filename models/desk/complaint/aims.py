"""Whom or what a complaint is about is somebody else after all: its route, and who may know of it, are decided anew."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import By
from models.complaints import TARGETS, Complaint
from models.desk import escalations, promises
from models.desk.complaint import accused, complaints, sight
from models.desk.complaint import letters as complaint_letters
from models.desk.delivery import outbox
from models.desk.repair import notices
from models.desk.staff import duty
from models.errors import IllegalMove, Missing
from models.outbound import Outgoing
from models.people import Follower
from models.work import Escalation


@dataclass(frozen=True)
class Meant:
    """Whom or what it is about after all: one of TARGETS, what the customer said, and which of it names somebody."""

    target: str
    words: str
    named: str = ""


def aim(session: Session, complaint: Complaint, meant: Meant, *, by: By, now: dt.datetime) -> None:
    """It is about what is meant, and about whoever the words or else the records name there; their department has it.

    It goes neither to whom it is about now nor to whom it was about before. The same again changes nothing; refused
    once it is over, and for what nobody can complain of.
    """
    target = meant.target
    if complaint.state not in complaints.OPEN_STATES:
        raise IllegalMove(number=complaint.number, state=complaint.state_name, to="改投诉对象")
    if target not in TARGETS:
        raise Missing(field="target")
    staff, crew = accused.accused(session, complaint.follower, complaint.project, target, meant.named)
    was = complaint.target, complaint.about_staff, complaint.about_crew
    if was == (target, staff, crew):
        return
    complaint.target, complaint.about_staff, complaint.about_crew = target, staff, crew
    complaint.tell("accused", by=by, now=now, reason=meant.words.strip(), was=was[0], target=target)
    session.flush()
    complaints.weigh(session, complaint, meant.words, now=now)
    owner, head = complaint.owner, complaints.HEAD_OF[target]
    if owner is None or owner.role.name != head:
        complaint.owner = None
    keep_away(session, complaint, without=frozenset({was[1].id}) if was[1] is not None else (), now=now)


def keep_away(session: Session, complaint: Complaint, *, without: Collection[int] = (), now: dt.datetime) -> None:
    """Whom it is about owns none of it from this moment: the case, its promises, what the manager was told of it.

    Letters about it that have not left are not sent to them. Nobody in `without` gets it either.
    """
    shut = sight.shut_out(session, complaint) | frozenset(without)
    owner = complaint.owner
    if owner is None or not owner.active or owner.id in shut:
        complaints.entrust(session, complaint, without=without, now=now)
    for promise in promises.owed(session, complaint):
        promise.owner = complaint.owner
    _call_back(session, complaint, shut, now)
    for row in session.scalars(select(Escalation).where(Escalation.ticket_id == complaint.id)):
        if row.owner_id in shut and row.state != "resolved":
            manager = duty.pick_able(session, "manager", sight.SEE, now=now, without=shut)
            if manager is not None:
                escalations.hand_on(row, manager)
                notices.tell_owner(session, row, now=now)
    if complaint.owner is not owner:
        mark = sum(event.name == "accused" for event in complaint.events)
        complaint_letters.tell_owner(session, complaint, "new", mark=mark, now=now, words=complaint.problem)


def _call_back(session: Session, complaint: Complaint, shut: Collection[int], now: dt.datetime) -> None:
    """Letters about it that have not left yet go neither to those who must not know nor to who owned it before."""
    query = (
        select(Outgoing.id, Outgoing.text_key, Follower.staff_id)
        .join(Follower, Follower.id == Outgoing.follower_id)
        .where(Outgoing.ticket_id == complaint.id, Outgoing.state.in_(outbox.WAITING), Outgoing.purpose == "staff")
    )
    overtaken = [
        row_id
        for row_id, key, staff_id in session.execute(query)
        if staff_id in shut or (key.startswith("staff.complaint_") and staff_id != complaint.owner_id)
    ]
    outbox.withdraw(session, Outgoing.id.in_(overtaken), reason="overtaken", now=now)
