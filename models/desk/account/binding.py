"""Binding without a code: by phone and contract number, and the codes that an owner asks for in chat.

A stranger must never learn whether a contract or a phone exists: every wrong pair is refused with the same words, after
the same questions, and counts the same, for the WeChat and for the contract number as typed.
"""

import datetime as dt
import hashlib
import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.db import insert_into
from models.desk.account import household, people
from models.errors import DomainError
from models.household import BindTry
from models.houses import Project
from models.people import BindingCode, Customer, Follower, ProjectMember
from models.worktime import local_day
from phones import clean_phone

#: Tries of one contract number on one local day, by whatever WeChat; a household with shaky fingers needs fewer.
CONTRACT_TRIES = 10
#: A code for the family is read out across a table.
FAMILY_CODE_LIVES = dt.timedelta(hours=24)
#: Codes that one owner may ask for on one day.
FAMILY_CODES_A_DAY = 5
DAY = dt.timedelta(days=1)


class WrongPair(DomainError):
    """Phone and contract do not belong together; which of them is wrong is never told. `tries_left` is the WeChat's."""

    key = "errors.wrong_pair"


class TooManyCodes(DomainError):
    """The owner has asked for enough codes today."""

    key = "errors.too_many_codes"


def by_contract(session: Session, follower: Follower, phone: str, contract: str, *, now: dt.datetime) -> Project:
    """The WeChat is bound to the house of this contract, as the person whose phone the record holds.

    WrongPair for everything that does not fit, TooManyTries after five wrong tries on one day. The caller commits a
    refusal too: a wrong try must be counted.
    """
    people.refuse_too_many(follower, now=now)
    number = bare(contract)
    tries = _count(session, number, now)
    member = _holder(session, clean_phone(phone), number)
    if member is None or tries > CONTRACT_TRIES:
        raise WrongPair(tries_left=people.count_try(follower))
    follower.bind_tries = 0
    customer = _file_of(session, follower, member)
    how = household.How("contract", role=member.role if customer is member.customer else "family")
    household.join(session, member.project, customer, how=how, follower=follower, now=now)
    return member.project


def bare(contract: str) -> str:
    """A contract number as it is compared: HT-2025-007, ht 2025 007 and ＨＴ2025007 are one."""
    return re.sub(r"[^0-9A-Z\u4e00-\u9fff]", "", contract.translate(_WIDE).upper())


#: Full-width letters, digits and dashes as people's keyboards write them.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def invite(session: Session, follower: Follower, project: Project, *, label: str, now: dt.datetime) -> BindingCode:
    """A code with which one more WeChat joins this house as family, once, within a day; an earlier one is void.

    Refused for everybody but an owner of the house, and after five codes on one day.
    """
    household.owns(session, follower, project)
    mine = select(BindingCode).where(BindingCode.issued_by_id == follower.id, BindingCode.created_at > now - DAY)
    earlier = session.scalars(mine).all()
    if len(earlier) >= FAMILY_CODES_A_DAY:
        raise TooManyCodes
    for row in earlier:
        if row.project_id == project.id and row.used_at is None and row.expires_at > now:
            row.expires_at = now
    code = people.issue_code(session, project, now=now)
    code.issued_by_id, code.label, code.expires_at = follower.id, label[:20], now + FAMILY_CODE_LIVES
    session.flush()
    return code


def _holder(session: Session, phone: str, number: str) -> ProjectMember | None:
    """Who of the contract's household has this phone; looked up by the phone, so that no contract costs more."""
    if not phone or not number:
        return None
    query = (
        select(ProjectMember)
        .join(ProjectMember.customer)
        .where(Customer.phone == phone)
        .order_by(ProjectMember.role.desc(), ProjectMember.id)
    )
    return next((one for one in session.scalars(query) if bare(one.project.number) == number), None)


def _file_of(session: Session, follower: Follower, member: ProjectMember) -> Customer:
    """The record's own person, unless this WeChat belongs to somebody with houses of their own."""
    own = follower.customer
    if own is None or not own.memberships:
        follower.customer = member.customer
        return member.customer
    return own


def _count(session: Session, number: str, now: dt.datetime) -> int:
    """One try more of this number today, in one statement: tries at once are all counted."""
    digest = hashlib.sha256(number.encode()).hexdigest()
    once = (
        insert_into(session, BindTry)
        .values(day=local_day(now), digest=digest, tries=1)
        .on_conflict_do_update(index_elements=["day", "digest"], set_={"tries": BindTry.tries + 1})
        .returning(BindTry.tries)
    )
    return session.scalars(once).one()
