"""Who a WeChat is: following, leaving, binding by one-time code, and the person behind it."""

import datetime as dt
import secrets

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from models.desk.account import household
from models.desk.delivery import outbox
from models.desk.sales import referrals
from models.errors import DomainError, Missing, TooManyTries, WrongCode
from models.houses import Crew, Project
from models.outbound import TOUCHES, Consent, Outgoing
from models.people import BindingCode, Customer, Follower, ProjectMember
from models.staff import Staff
from models.worktime import local_day
from phones import clean_phone, mask_phone

__all__ = [
    "CODE_LIVES", "FORMS", "TRIES_A_DAY", "bind", "by_phone", "clean_phone", "count_try", "find_or_add", "follow",
    "houses_of", "issue_code", "joined_as", "know", "mask_phone", "opt_in", "opt_out", "unfollow",
]  # fmt: skip

#: Wrong codes or contracts that one WeChat may try on one local day; a code has a million values.
TRIES_A_DAY = 5
CODE_LIVES = dt.timedelta(days=30)
#: Forms of address.
FORMS = ("先生", "女士")


def find_or_add(session: Session, openid: str, *, now: dt.datetime) -> Follower:
    """The follower with this openid; a new one is following and known by nothing else."""
    found = session.scalar(select(Follower).where(Follower.openid == openid))
    if found is None:
        found = Follower(openid=openid, subscribed=True, subscribed_at=now, created_at=now)
        session.add(found)
        session.flush()
    return found


def joined_as(session: Session, openid: str, unionid: str) -> None:
    """The number by which the company's other accounts know the same person is kept; the platform tells it only of
    accounts that are bound to one Open Platform account. Of nobody we know, and told without one, nothing happens."""
    if openid and unionid:
        session.execute(update(Follower).where(Follower.openid == openid).values(unionid=unionid[:64]))


def follow(session: Session, follower: Follower, *, scene: str, now: dt.datetime) -> None:
    """The person follows (again); the first scene that brought them is kept."""
    follower.subscribed, follower.subscribed_at, follower.unsubscribed_at = True, now, None
    follower.scene = follower.scene or scene[:64]


def unfollow(session: Session, follower: Follower, *, now: dt.datetime) -> int:
    """The person left: what waits for them is cancelled. Returns how many messages that were."""
    follower.subscribed, follower.unsubscribed_at = False, now
    follower.reply_until = follower.burst_until = None
    follower.reply_left = follower.burst_left = 0
    return outbox.withdraw(session, Outgoing.follower_id == follower.id, reason="not_following", now=now)


def issue_code(
    session: Session,
    holder: Project | Crew | Staff,
    *,
    now: dt.datetime,
    customer: Customer | None = None,
) -> BindingCode:
    """A new six-digit code for a house, a crew or a member of staff, good once within 30 days."""
    code = _free_code(session)
    row = BindingCode(code=code, expires_at=now + CODE_LIVES, created_at=now)
    if isinstance(holder, Project):
        row.project, row.customer_id = holder, customer.id if customer else None
    elif isinstance(holder, Crew):
        row.crew = holder
    else:
        row.staff = holder
    session.add(row)
    session.flush()
    return row


def _free_code(session: Session) -> str:
    while True:
        code = f"{secrets.randbelow(1_000_000):06d}"
        if session.scalar(select(BindingCode.id).where(BindingCode.code == code)) is None:
            return code


def bind(session: Session, follower: Follower, code: str, *, now: dt.datetime) -> BindingCode:
    """The WeChat is served as the code's household, crew or staff from now on; the code is used up.

    WrongCode for a code that is unknown, used or expired (the three are not told apart); TooManyTries after five
    wrong codes on one day. The caller commits a refusal too: a wrong try must be counted.
    """
    refuse_too_many(follower, now=now)
    row = session.scalars(
        select(BindingCode).where(BindingCode.code == code, BindingCode.used_at.is_(None)).with_for_update()
    ).one_or_none()
    if row is None or row.expires_at < now:
        raise WrongCode(tries_left=count_try(follower))
    row.used_at, row.used_by_id, follower.bind_tries = now, follower.id, 0
    if row.crew is not None:
        follower.crew_id = row.crew.id
    elif row.staff is not None:
        follower.staff_id = row.staff.id
    else:
        _join(session, follower, row, now)
    return row


def refuse_too_many(follower: Follower, *, now: dt.datetime) -> None:
    """TooManyTries when today's tries of this WeChat are used up; the count begins anew each local day."""
    today = local_day(now)
    if follower.bind_tries_on != today:
        follower.bind_tries, follower.bind_tries_on = 0, today
    if follower.bind_tries >= TRIES_A_DAY:
        raise TooManyTries


def count_try(follower: Follower) -> int:
    """One wrong try more today; returns how many are left."""
    follower.bind_tries += 1
    return TRIES_A_DAY - follower.bind_tries


def _join(session: Session, follower: Follower, code: BindingCode, now: dt.datetime) -> None:
    assert code.project is not None  # the caller has looked at crews and staff
    customer = session.get(Customer, code.customer_id) if code.customer_id else follower.customer
    if customer is None:
        customer = Customer(created_at=now, stage="signed")
        session.add(customer)
        session.flush()
    follower.customer = customer
    how = household.How("family" if code.issued_by_id else "code", label=code.label)
    household.join(session, code.project, customer, how=how, follower=follower, now=now)


def know(
    session: Session, follower: Follower, *, now: dt.datetime, name: str = "", form: str = "", phone: str = ""
) -> Customer:
    """What a person said about themselves is on their file; a file is made when there was none.

    Facts already on file win over what a chat says: a colleague wrote them down from a contract.
    """
    customer = follower.customer
    if customer is None:
        source = "转介绍" if referrals.was_brought(session, follower) else "公众号"
        customer = Customer(created_at=now, name="", form="", phone="", stage="potential", source=source)
        session.add(customer)
        follower.customer = customer
    customer.name = customer.name or name[:40]
    customer.form = customer.form or form[:4]
    customer.phone = customer.phone or clean_phone(phone)
    session.flush()
    return customer


def by_phone(session: Session, phone: str, *, name: str, form: str, stage: str, now: dt.datetime) -> Customer:
    """The file with this phone, or a new one; of several the one with a house. Refused for what is no number
    (errors.phone_wrong).

    A number that somebody typed in a chat proves nothing: a file with WeChat and without a house is left alone, or a
    stranger who once gave this number would read of the house. Whoever they are binds by code or contract, and their
    lead and whoever brought them follow (sales/onefile.py, sales/signing.py).
    """
    phone = clean_phone(phone)
    if not 5 <= len(phone) <= 20:
        raise DomainError("errors.phone_wrong", field="phone")
    lives = exists().where(ProjectMember.customer_id == Customer.id)
    chats = exists().where(Follower.customer_id == Customer.id)
    query = select(Customer).where(Customer.phone == phone, or_(lives, ~chats)).order_by(lives.desc(), Customer.id)
    known = session.scalars(query.limit(1)).first()
    if known is None:
        form = form if form in FORMS else ""
        known = Customer(name=name, phone=phone, form=form, stage=stage, source="", note="", created_at=now)
        session.add(known)
        session.flush()
    return known


def opt_out(session: Session, follower: Follower, *, words: str, now: dt.datetime, staff: Staff | None = None) -> None:
    """No touches from now on; waiting ones are cancelled. Messages about the person's own cases still go out."""
    if not words:
        raise Missing(field="words")
    follower.opted_out_at = follower.opted_out_at or now
    session.add(Consent(follower=follower, purpose="marketing", given=False, words=words[:200], at=now, staff=staff))
    mine = (Outgoing.follower_id == follower.id, Outgoing.purpose.in_(TOUCHES))
    outbox.withdraw(session, *mine, reason="opted_out", now=now)


def opt_in(session: Session, follower: Follower, *, words: str, now: dt.datetime, staff: Staff | None = None) -> None:
    """Marketing is allowed again, in the person's own words."""
    follower.opted_out_at = None
    session.add(Consent(follower=follower, purpose="marketing", given=True, words=words[:200], at=now, staff=staff))


def speak(follower: Follower, lang: str) -> None:
    """From now on everything is said to them in this language, `zh` or `en`."""
    follower.lang = lang


def houses_of(session: Session, customer: Customer | None) -> list[Project]:
    """The houses a person belongs to, the newest contract first."""
    if customer is None:
        return []
    query = (
        select(Project).join(ProjectMember).where(ProjectMember.customer_id == customer.id).order_by(Project.id.desc())
    )
    return list(session.scalars(query))
