"""Who belongs to a house: joining by code or contract, the family an owner lets in, leaving and being taken out.

Whoever left hears nothing more about the house: what waits for them is cancelled, their open cases go on with the
household, and `outbox.post` refuses what others would promise them later. The history stays.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.actors import By
from models.desk.account import handing_on
from models.desk.account.handing_on import Leaving
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.errors import DomainError, NotFound
from models.household import HouseEvent
from models.houses import Project
from models.people import Customer, Follower, ProjectMember
from phones import mask_name

#: News about the household is useless later than this.
NEWS_LIVES = dt.timedelta(days=3)


class OnlyOwner(DomainError):
    """Only an owner of the house may let people in or take them out."""

    key = "errors.only_owner"


class AlreadyMember(DomainError):
    """The person belongs to the house already."""

    key = "errors.member_already"


@dataclass(frozen=True)
class How:
    """How somebody came to a house: code, contract, family or panel; the owner's word for them, if any."""

    by: str
    label: str = ""
    #: owner or family; empty lets the first one be the owner.
    role: str = ""
    #: The colleague who did it in the panel.
    staff: By | None = None


@dataclass(frozen=True)
class _Step:
    """Somebody comes or goes: which house, whose file, who did it, when and why."""

    project: Project
    customer: Customer
    by: By
    now: dt.datetime
    reason: str = ""

    def remember(self, session: Session, name: str, follower: Follower | None, **data: Any) -> HouseEvent:
        """The step stands in the house's story, for one WeChat of the person or for none."""
        event = HouseEvent.told(
            name, by=self.by, now=self.now, reason=self.reason, project=self.project, customer=self.customer,
            follower=follower, data=data,
        )  # fmt: skip
        session.add(event)
        session.flush()
        return event


def member_of(session: Session, project: Project, customer: Customer | None) -> ProjectMember | None:
    """The membership of a person in a house, if there is one."""
    if customer is None:
        return None
    query = select(ProjectMember).where(
        ProjectMember.project_id == project.id, ProjectMember.customer_id == customer.id
    )
    return session.scalars(query).one_or_none()


def join(
    session: Session, project: Project, customer: Customer, *, how: How, follower: Follower | None, now: dt.datetime
) -> ProjectMember:
    """The person belongs to the house; the owners are told who came, masked. Twice is once.

    `follower` is the WeChat that came by itself; None when a colleague wrote the person down.
    """
    member = member_of(session, project, customer)
    if member is None:
        others = session.scalar(select(ProjectMember.id).where(ProjectMember.project_id == project.id).limit(1))
        member = ProjectMember(project=project, customer=customer, role=how.role or ("family" if others else "owner"))
        session.add(member)
    session.flush()
    coming = [follower] if follower is not None else _wechats(session, [customer.id])
    by = how.staff or By("customer", follower.id if follower else None, customer.call)
    step = _Step(project, customer, by, now)
    data = {"how": how.by} | ({"label": how.label} if how.label else {})
    for one in coming or [None]:
        event = step.remember(session, "joined", one, **data)
        if one is not None:
            _tell_owners(session, step, event, label=how.label)
    return member


def owns(session: Session, follower: Follower, project: Project) -> ProjectMember:
    """The follower's membership as an owner; NotFound for strangers, OnlyOwner for family."""
    member = member_of(session, project, follower.customer)
    if member is None:
        raise NotFound
    if member.role != "owner":
        raise OnlyOwner(house=project.label)
    return member


def household(session: Session, project: Project) -> Sequence[ProjectMember]:
    """Everybody who belongs to the house, owners first, in the order in which they came."""
    query = select(ProjectMember).where(ProjectMember.project_id == project.id)
    return session.scalars(query.order_by(ProjectMember.role.desc(), ProjectMember.id)).all()


def labels(session: Session, project: Project) -> dict[int, str]:
    """What owners called those whom they let in, by the person's file."""
    query = select(HouseEvent.customer_id, HouseEvent.data).where(
        HouseEvent.project_id == project.id, HouseEvent.name == "joined"
    )
    rows = session.execute(query.order_by(HouseEvent.id))
    return {who: data["label"] for who, data in rows if who is not None and data.get("label")}


def leave(session: Session, follower: Follower, project: Project, *, now: dt.datetime) -> None:
    """This WeChat is not bound to the house any more; NotFound when it never was.

    Another WeChat on the same file keeps the house: then this one gets a file of its own with what is left.
    """
    customer = follower.customer
    member = member_of(session, project, customer)
    if customer is None or member is None:
        raise NotFound
    if len(_wechats(session, [customer.id], following=False)) > 1:
        _part(session, follower, customer, project, now)
    else:
        session.delete(member)
    session.flush()
    step = _Step(project, customer, By("customer", follower.id, customer.call), now)
    _let_go(session, step, [follower])


def take_out(session: Session, member: ProjectMember, *, by: By, now: dt.datetime, reason: str = "") -> None:
    """The person belongs to the house no more, with every WeChat of theirs; their own file stays."""
    step = _Step(member.project, member.customer, by, now, reason)
    people = _wechats(session, [member.customer_id], following=False)
    session.delete(member)
    session.flush()
    _let_go(session, step, people)


def _part(session: Session, follower: Follower, customer: Customer, project: Project, now: dt.datetime) -> None:
    """The WeChat leaves a file that it shared: the other houses stay with it as family."""
    rest = [one for one in customer.memberships if one.project_id != project.id]
    if not rest:
        follower.customer = None
        return
    own = Customer(name="", stage=customer.stage, source=customer.source, created_at=now)
    session.add_all([own, *(ProjectMember(project=one.project, customer=own, role="family") for one in rest)])
    follower.customer = own


def _let_go(session: Session, step: _Step, people: Sequence[Follower]) -> None:
    _succeed(session, step)
    heir = handing_on.heir_of(session, step.project)
    leaving = Leaving(step.project, step.customer, heir, step.by, step.now)
    for one in people or [None]:
        event = step.remember(session, "left", one)
        if one is not None:
            handing_on.hand_on(session, leaving, one)
            _tell_owners(session, step, event)
    if member_of(session, step.project, step.customer) is None:
        handing_on.hand_on(session, leaving, None)
    session.flush()


def _succeed(session: Session, step: _Step) -> None:
    """A house with people in it has somebody who hears its dates and may let others in: after its last owner the one
    who came first, of those who follow if anybody does. The house's story says so, and so do we to them.
    """
    remains = household(session, step.project)
    if not remains or remains[0].role == "owner":
        return
    follows = exists().where(Follower.customer_id == ProjectMember.customer_id, Follower.subscribed)
    query = select(ProjectMember).where(ProjectMember.project_id == step.project.id)
    next_one = session.scalars(query.order_by(follows.desc(), ProjectMember.id).limit(1)).one()
    next_one.role = "owner"
    event = replace(step, customer=next_one.customer).remember(session, "owner", None)
    for one in _wechats(session, [next_one.customer_id]):
        letter = Letter("household.owner", {"house": step.project.label})
        outbox.post(session, f"house:{event.id}:f{one.id}", to=one, letter=letter, now=step.now)


def _tell_owners(session: Session, step: _Step, event: HouseEvent, *, label: str = "") -> None:
    """Every owner's WeChat hears once who came or went, but for the one it is about and the one who did it."""
    owners = (
        select(Follower)
        .join(ProjectMember, ProjectMember.customer_id == Follower.customer_id)
        .where(ProjectMember.project_id == step.project.id, ProjectMember.role == "owner", Follower.subscribed)
    )
    who = {"label": label, "who": mask_name(step.customer.name), "tail": step.customer.phone[-4:]}
    facts = {"house": step.project.label} | {name: value for name, value in who.items() if value}
    letter, ends = Letter(f"household.{event.name}", facts), step.now + NEWS_LIVES
    for one in session.scalars(owners).all():
        if one.id == event.follower_id or (step.by.kind == "customer" and step.by.id == one.id):
            continue
        outbox.post(session, f"house:{event.id}:f{one.id}", to=one, letter=letter, now=step.now, not_after=ends)


def _wechats(session: Session, customers: Sequence[int], *, following: bool = True) -> list[Follower]:
    query = select(Follower).where(Follower.customer_id.in_(customers)).order_by(Follower.id)
    return list(session.scalars(query.where(Follower.subscribed) if following else query))
