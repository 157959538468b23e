"""Gifts: asked for in advance with a reason, let go by amount and budget, handed over against a receipt.

One household has one gift a holiday: holding it is a unique key, whoever of the household it is for. What is let go
is taken from the cupboard and from the month's budget of the team that asked; both under the team's row, so that two
who approve at once cannot spend the same money.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.actors import By
from models.desk import numbers
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.staff import duty
from models.errors import DomainError, Missing
from models.files import Stored
from models.gifts import Gift, GiftApplication
from models.houses import Project
from models.lunar import FESTIVALS, festivals
from models.people import Customer, ProjectMember
from models.staff import Role, Staff
from models.talk import Attachment
from models.worktime import SHANGHAI, local_day

#: Once for a household and a year.
HOLIDAYS = (*FESTIVALS, "birthday", "moving_in")
OCCASIONS = (*HOLIDAYS, "signing", "referral", "apology", "visit")
APPROVE = "gift.approve"
#: States in which the money is spent.
SPENT = ("approved", "handed")


class HolidayTaken(DomainError):
    """The household has its gift of this holiday."""

    key = "errors.gift_taken"


class AboveLimit(DomainError):
    """More than this person may let go; `limit` says how much they may, in 元."""

    key = "errors.gift_limit"


class NotYourself(DomainError):
    """Beyond one's own limit somebody else has to look at it."""

    key = "errors.gift_own"


class NoBudget(DomainError):
    """The team's money of this month does not reach; `left` is what there is, in 元."""

    key = "errors.gift_budget"


class NoStock(DomainError):
    """There is none left in the cupboard."""

    key = "errors.gift_stock"


@dataclass(frozen=True)
class Wish:
    """What is asked for: a gift of the cupboard, or something else with its name and value in 分."""

    occasion: str
    due_on: dt.date
    reason: str
    gift: Gift | None = None
    what: str = ""
    value: int = 0


def ask(session: Session, customer: Customer, wish: Wish, *, staff: Staff, now: dt.datetime) -> GiftApplication:
    """The application stands; within the asker's own limit, budget and stock it is let go at once.

    Refused without a reason, an occasion or a value, for a day that is past, and when the household has its gift of
    this holiday, asked for or given.
    """
    what, value = (wish.gift.name, wish.gift.value) if wish.gift is not None else (wish.what.strip(), wish.value)
    if not wish.reason.strip() or wish.occasion not in OCCASIONS or not what or value <= 0:
        raise Missing("errors.gift_missing")
    if wish.due_on < local_day(now):
        raise DomainError("errors.gift_past")
    homes = _homes(session, customer)
    if _others(session, customer, wish.occasion, wish.due_on, ("asked", *SPENT)):
        raise HolidayTaken(name=customer.call)
    row = GiftApplication(
        number=numbers.next_number(session, "LP", now=now), gift=wish.gift, what=what[:60], value=value,
        customer=customer, project=homes[0] if homes else None, occasion=wish.occasion, due_on=wish.due_on,
        reason=wish.reason.strip(), holds=_holds(wish, customer, homes), staff=staff, asked_at=now, _state="asked",
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise HolidayTaken(name=customer.call) from None
    by = By("staff", staff.id, staff.name)
    row.tell("asked", by=by, now=now, reason=row.reason)
    if value <= staff.role.gift_limit:
        approve(session, row, staff=staff, now=now)
    else:
        _ask_approvers(session, row, now)
    return row


def _homes(session: Session, customer: Customer) -> list[Project]:
    """The houses of the household, the first one first: those of everybody who shares a house with the person."""
    own = select(ProjectMember.project_id).where(ProjectMember.customer_id == customer.id)
    people = select(ProjectMember.customer_id).where(ProjectMember.project_id.in_(own))
    theirs = select(ProjectMember.project_id).where(ProjectMember.customer_id.in_(people))
    return list(session.scalars(select(Project).where(Project.id.in_(theirs)).order_by(Project.id)))


def _holds(wish: Wish, customer: Customer, homes: Sequence[Project]) -> str | None:
    if wish.occasion not in HOLIDAYS:
        return None
    whose = f"project:{homes[0].id}" if homes else f"customer:{customer.id}"
    # A birthday is one person's; everything else is the household's.
    person = f":{customer.id}" if wish.occasion == "birthday" else ""
    return f"{wish.occasion}:{_year(wish.occasion, wish.due_on)}:{whose}{person}"


def _year(occasion: str, day: dt.date) -> int:
    """The year of the holiday that this day belongs to: a gift of 30 December is for the New Year that comes."""
    if occasion not in FESTIVALS:
        return day.year
    return min((day.year - 1, day.year, day.year + 1), key=lambda year: abs(festivals(year)[occasion] - day))


def _others(
    session: Session, customer: Customer, occasion: str, day: dt.date, states: Sequence[str], but: int = 0
) -> bool:
    """Whether somebody of the household as it is now has a gift of this holiday in one of these states.

    Households come together after the key was taken: each of two then has a key of its own.
    """
    if occasion not in HOLIDAYS:
        return False
    people = {customer.id}
    if occasion != "birthday":
        homes = [home.id for home in _homes(session, customer)]
        members = select(ProjectMember.customer_id).where(ProjectMember.project_id.in_(homes))
        people |= set(session.scalars(members))
    query = select(GiftApplication.due_on).where(
        GiftApplication.customer_id.in_(people), GiftApplication.occasion == occasion, GiftApplication.id != but,
        GiftApplication.holds.is_not(None), GiftApplication.state.in_(states),
    )  # fmt: skip
    year = _year(occasion, day)
    return any(_year(occasion, due) == year for due in session.scalars(query))


def approvers(session: Session, row: GiftApplication) -> list[Staff]:
    """Who may let it go: those whose limit reaches, without the one who asked, the smallest limit first."""
    able = [one for one in duty.able(session, APPROVE) if one.role.gift_limit >= row.value and one.id != row.staff_id]
    return sorted(able, key=lambda one: (one.role.gift_limit, one.id))


def _ask_approvers(session: Session, row: GiftApplication, now: dt.datetime) -> None:
    """Everybody on the lowest rung that reaches hears of it."""
    able = approvers(session, row)
    lowest = able[0].role.gift_limit if able else 0
    for one in able:
        if one.role.gift_limit == lowest:
            key = f"gift:{row.id}:asked:{one.id}"
            outbox.to_staff(session, key, staff=one, letter=Letter("staff.gift_asked", facts_of(row)), now=now)


def facts_of(row: GiftApplication) -> dict[str, object]:
    """What texts about an application may name; empty facts are left out."""
    facts = {
        "number": row.number, "what": row.what, "value": row.value / 100, "customer": row.customer.call,
        "staff": row.staff.name, "reason": row.reason[:60],
    }  # fmt: skip
    return {name: value for name, value in facts.items() if value}


def approve(session: Session, row: GiftApplication, *, staff: Staff, now: dt.datetime) -> None:
    """It is let go: taken from the cupboard and from the month's budget of the team that asked.

    Refused when the household, as it is now, has its gift of this holiday; above the person's limit, for one's own
    beyond it, without stock, and where the budget does not reach.
    """
    limit = staff.role.gift_limit
    if row.value > limit:
        raise NotYourself if staff.id == row.staff_id else AboveLimit(limit=limit / 100)
    if _others(session, row.customer, row.occasion, row.due_on, SPENT, but=row.id):
        raise HolidayTaken(name=row.customer.call)
    month = f"{now.astimezone(SHANGHAI):%Y-%m}"
    left = budget_left(session, row.staff.role, month, lock=True)
    if left is not None and row.value > left:
        raise NoBudget(left=left / 100)
    row.move("approved", by=By("staff", staff.id, staff.name), now=now)
    if row.gift is not None:
        _take(session, row.gift)
    row.decided_by, row.decided_at, row.month = staff, now, month
    session.flush()
    if staff.id != row.staff_id:
        _tell_asker(session, row, "approved", "", now)


def _take(session: Session, gift: Gift) -> None:
    fewer = update(Gift).where(Gift.id == gift.id, Gift.stock > 0).values(stock=Gift.stock - 1)
    if not session.execute(fewer.execution_options(synchronize_session=False)).rowcount:
        raise NoStock(name=gift.name)
    session.refresh(gift)


def budget_left(session: Session, role: Role, month: str, *, lock: bool = False) -> int | None:
    """What the team may still give this month, in 分; None where it has no budget set."""
    if lock:
        session.refresh(role, with_for_update=True)
    if role.gift_budget is None:
        return None
    spent = select(func.coalesce(func.sum(GiftApplication.value), 0)).where(
        GiftApplication.month == month, GiftApplication.state.in_(SPENT),
        GiftApplication.staff_id.in_(select(Staff.id).where(Staff.role_id == role.id)),
    )  # fmt: skip
    return max(0, role.gift_budget - (session.scalar(spent) or 0))


def refuse(session: Session, row: GiftApplication, *, reason: str, staff: Staff, now: dt.datetime) -> None:
    """It is not let go, and why; the household may have another one. Refused without a reason."""
    if not reason.strip():
        raise Missing(field="reason")
    row.move("refused", by=By("staff", staff.id, staff.name), now=now, reason=reason.strip())
    row.decided_by, row.decided_at, row.holds = staff, now, None
    _tell_asker(session, row, "refused", reason.strip(), now)


def give_up(session: Session, row: GiftApplication, *, reason: str, staff: Staff, now: dt.datetime) -> None:
    """It is not given after all: gift and money are back. Refused once it was handed over."""
    if not reason.strip():
        raise Missing(field="reason")
    _back(session, row, reason.strip(), By("staff", staff.id, staff.name), now)


def moot(session: Session, files: Collection[int], *, reason: str, by: By, now: dt.datetime) -> None:
    """Nobody is there any more to have what was asked for these people: gift and money are back."""
    open_ones = (GiftApplication.customer_id.in_(files), GiftApplication.state.in_(("asked", "approved")))
    for row in session.scalars(select(GiftApplication).where(*open_ones)).all():
        _back(session, row, reason, by, now)


def _back(session: Session, row: GiftApplication, reason: str, by: By, now: dt.datetime) -> None:
    was = row.state
    row.move("cancelled", by=by, now=now, reason=reason)
    row.holds, row.month = None, ""
    if was == "approved" and row.gift is not None:
        more = update(Gift).where(Gift.id == row.gift.id).values(stock=Gift.stock + 1)
        session.execute(more.execution_options(synchronize_session=False))
        session.refresh(row.gift)


@dataclass(frozen=True)
class Receipt:
    """Who has it in their hands since which day, with a photo where there is one."""

    received_by: str
    on: dt.date
    photo: Stored | None = None


def hand_over(session: Session, row: GiftApplication, receipt: Receipt, *, staff: Staff, now: dt.datetime) -> None:
    """Somebody has it: the receipt is on record, and who handed it over.

    Refused without the receiver's name, for a day that has not come, and when the household, as it is now, was given
    its gift of this holiday.
    """
    received_by, photo = receipt.received_by.strip(), receipt.photo
    if not received_by:
        raise Missing(field="received_by")
    if receipt.on > local_day(now):
        raise DomainError("errors.gift_future")
    if _others(session, row.customer, row.occasion, row.due_on, ("handed",), but=row.id):
        raise HolidayTaken(name=row.customer.call)
    row.move("handed", by=By("staff", staff.id, staff.name), now=now, reason=received_by)
    row.received_by, row.handed_on, row.handed_by = received_by[:40], receipt.on, staff
    if photo is not None:
        row.photo = Attachment(
            kind="image", state="fetched", path=photo.path, content_type=photo.content_type, size=photo.size,
            stage="receipt", created_at=now, fetched_at=now,
        )  # fmt: skip
    session.flush()


def _tell_asker(session: Session, row: GiftApplication, step: str, reason: str, now: dt.datetime) -> None:
    facts = facts_of(row) | ({"why": reason} if reason else {})
    letter = Letter(f"staff.gift_{step}", facts)
    outbox.to_staff(session, f"gift:{row.id}:{step}", staff=row.staff, letter=letter, now=now)
