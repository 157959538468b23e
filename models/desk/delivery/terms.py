"""Everything that judging messages needs beside the rows and the people, in a flat number of queries.

Households of people who are about to be touched are locked until the transaction ends: two workers with husband and
wife in hand would otherwise both find room. Whose household another worker holds is not in the answer and has to wait.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from models import states
from models.campaigns import Campaign, MassQuota
from models.desk.delivery import consents, kept_days, touches
from models.desk.delivery.ladder import MASS_A_MONTH, Quiet, Terms
from models.events import Event, Signup
from models.houses import Project
from models.outbound import PRESSING, TOUCHES, UNASKED, NoticeConsent, Outgoing
from models.people import Customer, Follower, ProjectMember
from models.talk import Conversation, Dialog
from models.work import Repair, Ticket
from models.worktime import SHANGHAI


@dataclass(frozen=True)
class House:
    """What holds for every row of a batch: the company's settings and quotas."""

    quiet: Quiet | None = None
    template: bool = False
    #: The template of subscription notices; empty when none is set up.
    notice: str = ""


@dataclass
class Knowledge:
    """What is known about a batch of people. `terms` speaks of one row; `touch` and `use_consent` keep it true."""

    house: House
    now: dt.datetime
    consents: dict[int, list[NoticeConsent]] = field(default_factory=dict)
    circles: dict[int, set[int]] = field(default_factory=dict)
    touched: dict[int, list[dt.datetime]] = field(default_factory=dict)
    #: The same without questions about their own case: what a wish of this day is counted against.
    unasked: dict[int, list[dt.datetime]] = field(default_factory=dict)
    caps: touches.Caps = ()
    complaining: set[int] = field(default_factory=set)
    talking: set[int] = field(default_factory=set)
    urgent: set[int] = field(default_factory=set)
    in_dialog: set[int] = field(default_factory=set)
    #: Campaign -> (its state, whether it may go to many); follower -> mass messages of this month.
    campaigns: dict[int, tuple[str, bool]] = field(default_factory=dict)
    mass_used: dict[int, int] = field(default_factory=dict)
    #: Followers for whom a wish is still to come today.
    kept: set[int] = field(default_factory=set)
    #: (campaign, follower) of who has its message or is about to, and of who has signed up for what it invites to;
    #: followers who want no wishes.
    carried: set[tuple[int, int]] = field(default_factory=set)
    guests: set[tuple[int, int]] = field(default_factory=set)
    wishless: set[int] = field(default_factory=set)
    #: Followers whose household another worker holds.
    elsewhere: set[int] = field(default_factory=set)

    def terms(self, row: Outgoing) -> Terms:
        """The terms under which this row may go out."""
        one = row.follower_id
        plain = Terms(self.house.quiet, self.house.template, len(self.consents.get(one, ())))
        if row.purpose not in TOUCHES:
            return plain
        circle = self.circles.get(one, {one})
        bound = kept_days.is_bound(row, self.now)
        had = touches.of_household(circle, self.unasked if bound else self.touched)
        state, many = self.campaigns.get(row.campaign_id or 0, ("running", False))
        return replace(
            plain,
            paused=state == "paused",
            cancelled=state == "cancelled",
            mass_left=max(0, MASS_A_MONTH - self.mass_used.get(one, 0)) if many else None,
            complaint=not circle.isdisjoint(self.complaining),
            talking=one in self.talking,
            urgent=not circle.isdisjoint(self.urgent),
            in_dialog=one in self.in_dialog,
            household=any((row.campaign_id, other) in self.carried for other in circle - {one}),
            guest=any((row.campaign_id, other) in self.guests for other in circle),
            wishless=row.purpose == kept_days.WISH and one in self.wishless,
            touched_until=touches.full_until(had, self._limits(bound), self.now),
            kept_until=self._kept_until(row, circle, had),
        )

    def _kept_until(self, row: Outgoing, circle: set[int], had: list[dt.datetime]) -> dt.datetime | None:
        """Until when a touch that may wait leaves its place to a wish of this day; None with room for both."""
        if circle.isdisjoint(self.kept) or kept_days.is_bound(row, self.now):
            return None
        return touches.full_until([*had, self.now], self._limits(True), self.now)

    def _limits(self, bound: bool) -> touches.Caps:
        return touches.of_a_day(self.caps) if bound else self.caps

    def touch(self, row: Outgoing) -> None:
        """The row is on its way: the household has had one touch more."""
        if row.purpose in TOUCHES or row.survey_id is not None:
            self.touched.setdefault(row.follower_id, []).append(self.now)
        if row.purpose in TOUCHES:
            self.unasked.setdefault(row.follower_id, []).append(self.now)
        if row.campaign_id is not None:
            self.carried.add((row.campaign_id, row.follower_id))

    def forget(self, row: Outgoing) -> None:
        """A row that is in hand and judged again counts neither as a touch nor as one of the month's mass messages."""
        for had in (self.touched.get(row.follower_id, []), self.unasked.get(row.follower_id, [])):
            if row.claimed_at in had:
                had.remove(row.claimed_at)
        self.carried.discard((row.campaign_id or 0, row.follower_id))
        if row.claimed_at is not None and month_of(row.claimed_at) == month_of(self.now):
            self.mass_used[row.follower_id] = self.mass_used.get(row.follower_id, 0) - 1

    def use_consent(self, row: Outgoing) -> None:
        """The row uses up the person's oldest consent."""
        consents.spend(self.consents[row.follower_id].pop(), row.id)


def load(session: Session, rows: Sequence[Outgoing], house: House, *, now: dt.datetime, lock: bool = True) -> Knowledge:
    """What is known about the people of these rows, who are locked by the caller; `lock` holds their households too."""
    known = Knowledge(house, now)
    noticed = {row.follower_id for row in rows if row.purpose not in UNASKED}
    if house.notice and noticed:
        known.consents = consents.free(session, noticed, house.notice)
    touched = {row.follower_id for row in rows if row.purpose in TOUCHES}
    if touched:
        known.elsewhere = _held_elsewhere(session, touched) if lock else set()
        known.circles = touches.households(session, touched)
        everybody = set().union(*known.circles.values())
        known.caps = touches.caps(session)
        known.touched = touches.lately(session, everybody, since=touches.since(known.caps, now))
        _of_this_day(session, rows, everybody, known)
        known.complaining = _with_case(session, everybody, Ticket.kind == "complaint")
        known.urgent = _with_case(session, everybody, Ticket.id.in_(_urgent()))
        known.talking, known.in_dialog = _talking(session, touched), _in_dialog(session, touched)
        _campaigns(session, rows, known)
        known.wishless = _wishless(session, {row.follower_id for row in rows if row.purpose == kept_days.WISH})
    return known


def _of_this_day(session: Session, rows: Sequence[Outgoing], everybody: set[int], known: Knowledge) -> None:
    """What wishes of this day mean for the others, and what the others mean for them."""
    now = known.now
    bound = [row for row in rows if kept_days.is_bound(row, now)]
    if bound:
        known.unasked = touches.lately(session, everybody, since=touches.since(known.caps, now), asked=False)
    if any(row.purpose in TOUCHES - PRESSING for row in rows if row not in bound):
        known.kept = kept_days.kept(session, everybody, now=now)


def _campaigns(session: Session, rows: Sequence[Outgoing], known: Knowledge) -> None:
    ids = {row.campaign_id for row in rows if row.campaign_id is not None}
    if not ids:
        return
    query = select(Campaign.id, Campaign.state, Campaign.mass).where(Campaign.id.in_(ids))
    known.campaigns = {one: (state, many) for one, state, many in session.execute(query)}
    others = set().union(*(circle for circle in known.circles.values() if len(circle) > 1))
    had = select(Outgoing.campaign_id, Outgoing.follower_id).where(
        Outgoing.follower_id.in_(others), Outgoing.campaign_id.in_(ids),
        Outgoing.state.in_(("sent", "sending", "unknown")),
    )  # fmt: skip
    known.carried = {(one, follower) for one, follower in session.execute(had)} if others else set()
    people = set().union(*known.circles.values())
    places = select(Event.campaign_id, Signup.follower_id).join(Event, Event.id == Signup.event_id)
    places = places.where(Event.campaign_id.in_(ids), Signup.state != "cancelled", Signup.follower_id.in_(people))
    known.guests = {(one, follower) for one, follower in session.execute(places)}
    many = [row.follower_id for row in rows if known.campaigns.get(row.campaign_id or 0, ("", False))[1]]
    known.mass_used = mass_used(session, many, known.now) if many else {}


def _wishless(session: Session, ids: Collection[int]) -> set[int]:
    """Those of these followers who want no wishes, whenever they said so."""
    if not ids:
        return set()
    said = select(Follower.id).join(Customer, Customer.id == Follower.customer_id)
    return set(session.scalars(said.where(Follower.id.in_(ids), Customer.wants_greetings.is_(False))))


def month_of(now: dt.datetime) -> str:
    """The month whose mass messages count: a calendar month in China."""
    return f"{now.astimezone(SHANGHAI):%Y-%m}"


def mass_used(session: Session, ids: Collection[int], now: dt.datetime) -> dict[int, int]:
    """How many mass messages of this month (in China) these followers have had; those without any are left out."""
    month = month_of(now)
    query = select(MassQuota.follower_id, MassQuota.used)
    rows = session.execute(query.where(MassQuota.month == month, MassQuota.follower_id.in_(ids)))
    return {one: count for one, count in rows}


def _held_elsewhere(session: Session, ids: Collection[int]) -> set[int]:
    """Lock the persons and houses of these followers; whose could not be had at once is in another worker's hands."""
    query = select(Follower.id, Follower.customer_id).where(Follower.id.in_(ids), Follower.customer_id.is_not(None))
    person_of = {follower_id: customer_id for follower_id, customer_id in session.execute(query)}
    if not person_of:
        return set()
    people = set(person_of.values())
    house_of = session.execute(
        select(ProjectMember.customer_id, ProjectMember.project_id).where(ProjectMember.customer_id.in_(people))
    ).all()
    locked = {"skip_locked": True, "key_share": True}
    had = set(session.scalars(select(Customer.id).where(Customer.id.in_(people)).order_by(Customer.id)
                              .with_for_update(**locked)))  # fmt: skip
    houses = {project_id for _, project_id in house_of}
    held = set(session.scalars(select(Project.id).where(Project.id.in_(houses)).order_by(Project.id)
                               .with_for_update(**locked)))  # fmt: skip
    lost = people - had | {customer_id for customer_id, project_id in house_of if project_id not in held}
    return {one for one, customer_id in person_of.items() if customer_id in lost}


def _urgent() -> Select[tuple[int]]:
    """Repairs that are urgent and not mended yet."""
    mended = (*states.FINAL, "done", "closed")
    return select(Repair.id).where(Repair.urgent, Repair.state.not_in(mended))


def _with_case(session: Session, ids: Collection[int], kind: ColumnElement[bool]) -> set[int]:
    """Those of these followers who wait for an answer to a case of this kind."""
    open_ones = (kind, Ticket.state.not_in(states.FINAL))
    by_chat = select(Ticket.follower_id).where(Ticket.follower_id.in_(ids), *open_ones)
    # A case by telephone names the person or the house, and no WeChat.
    by_phone = (
        select(Follower.id)
        .join(
            Ticket,
            or_(
                Ticket.customer_id == Follower.customer_id,
                Ticket.project_id.in_(
                    select(ProjectMember.project_id).where(ProjectMember.customer_id == Follower.customer_id)
                ),
            ),
        )
        .where(Follower.id.in_(ids), *open_ones)
    )
    return {*session.scalars(by_chat), *session.scalars(by_phone)}


def _talking(session: Session, ids: Collection[int]) -> set[int]:
    """Those of these followers who wait for a person or are talking with one."""
    query = select(Conversation.follower_id).where(
        Conversation.follower_id.in_(ids), Conversation.owner.in_(("queue", "agent"))
    )
    return set(session.scalars(query))


def _in_dialog(session: Session, ids: Collection[int]) -> set[int]:
    """Those of these followers who are in the middle of a dialog with us."""
    return set(session.scalars(select(Dialog.follower_id).where(Dialog.follower_id.in_(ids), Dialog.script != "")))
