"""What is open about a house when somebody of it leaves: it goes on with who remains, and whoever left has peace.

Cases, slips, calls and questions alike, whether they came by WeChat or are on the person's file alone.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.actors import By
from models.callbacks import Callback, Slip
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.house import building
from models.houses import Project
from models.outbound import Outgoing
from models.people import Customer, Follower, ProjectMember
from models.surveys import Survey
from models.visits import TicketWatcher
from models.work import Ticket

#: Cases that are over for good stay with whoever had them.
OVER = ("closed", "cancelled", "withdrawn")
#: Questions that may still be answered.
ASKED = ("planned", "asked", "phone")


@dataclass(frozen=True)
class Heir:
    """Who goes on with what is open, and their WeChat, if they follow with one."""

    customer: Customer
    follower: Follower | None


@dataclass(frozen=True)
class Leaving:
    """Somebody leaves a house: their file, who did it, when, and who goes on with what is open; None for nobody."""

    project: Project
    customer: Customer
    heir: Heir | None
    by: By
    now: dt.datetime

    @property
    def follower(self) -> Follower | None:
        """The WeChat that hears of it from now on."""
        return self.heir.follower if self.heir is not None else None

    def concerns(self, kind: Any, gone: Follower | None) -> ColumnElement[bool]:
        """The condition on rows with this WeChat; without one on the rows of the file that have none."""
        if gone is not None:
            return kind.follower_id == gone.id
        return and_(kind.customer_id == self.customer.id, kind.follower_id.is_(None))

    def rings_them(self, phone: str) -> bool:
        """Whether it is the phone of whoever leaves: another that was given for the matter, a tenant's, stays."""
        return not phone or not self.customer.phone or phone == self.customer.phone


def heir_of(session: Session, project: Project) -> Heir | None:
    """Of the remaining household the owner before family, but before both whoever follows."""
    query = (
        select(Customer, Follower)
        .join(ProjectMember, ProjectMember.customer_id == Customer.id)
        .outerjoin(Follower, and_(Follower.customer_id == Customer.id, Follower.subscribed))
        .where(ProjectMember.project_id == project.id)
        .order_by(Follower.id.is_(None), ProjectMember.role.desc(), ProjectMember.id, Follower.id)
    )
    found = session.execute(query.limit(1)).first()
    return Heir(*found) if found is not None else None


def hand_on(session: Session, leaving: Leaving, gone: Follower | None) -> None:
    """What is open of the house with this WeChat (None: with the file alone) is the heir's, and the phone on it."""
    _cases(session, leaving, gone)
    _slips(session, leaving, gone)
    _calls(session, leaving, gone)
    if gone is not None:
        _silence(session, leaving, gone)


def _cases(session: Session, leaving: Leaving, gone: Follower | None) -> None:
    mine = (leaving.concerns(Ticket, gone), Ticket.project_id == leaving.project.id, Ticket.state.not_in(OVER))
    nameless = []
    for ticket in session.scalars(select(Ticket).where(*mine).order_by(Ticket.id)).all():
        ticket.follower = leaving.follower
        ticket.tell("handed_on", by=leaving.by, now=leaving.now)
        if leaving.heir is not None:
            ticket.customer = person = leaving.heir.customer
            if leaving.rings_them(ticket.contact_phone):
                ticket.contact_name, ticket.contact_phone = person.call, person.phone
                nameless += [] if person.phone else [ticket]
        _questions(session, leaving, Survey.ticket_id == ticket.id)
    _ask_phone(session, leaving, nameless)


def _questions(session: Session, leaving: Leaving, about: ColumnElement[bool]) -> None:
    for survey in session.scalars(select(Survey).where(about, Survey.state.in_(ASKED))):
        survey.follower = leaving.follower
        if leaving.heir is None:
            survey.state = "dropped"


def _ask_phone(session: Session, leaving: Leaving, cases: Sequence[Ticket]) -> None:
    """Whoever goes on with cases and has no phone with us is asked for one, once; a number sent back is on the case."""
    repairs, heir = [case for case in cases if case.kind == "repair"], leaving.follower
    if heir is None or not repairs:
        return
    facts = {"house": leaving.project.label, "numbers": [case.number for case in repairs]}
    letter = Letter("household.phone", facts)
    outbox.post(session, f"handed_on:{repairs[0].id}:f{heir.id}", to=heir, letter=letter, now=leaving.now)


def _slips(session: Session, leaving: Leaving, gone: Follower | None) -> None:
    """Whoever is asked whether the measures helped lives there."""
    mine = (leaving.concerns(Slip, gone), Slip.project_id == leaving.project.id, Slip.state != "closed")
    for slip in session.scalars(select(Slip).where(*mine).order_by(Slip.id)).all():
        slip.follower = leaving.follower
        slip.customer = leaving.heir.customer if leaving.heir is not None else slip.customer
        slip.tell("handed_on", by=leaving.by, now=leaving.now)


def _calls(session: Session, leaving: Leaving, gone: Follower | None) -> None:
    """Calls about the house that are still to come, and their questions in chat, go to who remains."""
    about = select(Ticket.id).where(Ticket.project_id == leaving.project.id)
    theirs = or_(Callback.project_id == leaving.project.id, Callback.ticket_id.in_(about))
    mine = (leaving.concerns(Callback, gone), theirs, Callback.state == "open")
    for call in session.scalars(select(Callback).where(*mine).order_by(Callback.id)).all():
        call.follower = leaving.follower
        if leaving.heir is not None:
            call.customer = leaving.heir.customer
            call.phone = call.customer.phone if leaving.rings_them(call.phone) else call.phone
        call.tell("handed_on", by=leaving.by, now=leaving.now)
        for survey in session.scalars(select(Survey).where(Survey.callback_id == call.id, Survey.state.in_(ASKED))):
            survey.follower = leaving.follower


def _silence(session: Session, leaving: Leaving, gone: Follower) -> None:
    """What waits to be sent to them about the house is not sent, and they watch no case of others there any more."""
    about = select(Ticket.id).where(Ticket.project_id == leaving.project.id)
    for watcher in session.scalars(select(TicketWatcher).where(TicketWatcher.follower_id == gone.id)):
        if watcher.ticket.project_id == leaving.project.id:
            watcher.ticket.watchers.remove(watcher)
            session.delete(watcher)
    asked = select(Survey.id).where(Survey.project_id == leaving.project.id)
    news = building.news_of(session, leaving.project)
    of_house = or_(Outgoing.ticket_id.in_(about), Outgoing.survey_id.in_(asked), news)
    outbox.withdraw(session, Outgoing.follower_id == gone.id, of_house, reason="left_house", now=leaving.now)
