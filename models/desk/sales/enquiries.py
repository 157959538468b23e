"""Enquiries: opened with the first question, filled in as more is said, graded by rule or by a colleague, won or lost.

A person has one open enquiry; a file about them exists from its first word (`people.know`), and nobody types it twice.
"""

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.actors import SYSTEM, By
from models.desk import promises
from models.desk.account import people
from models.desk.delivery.outbox import Letter
from models.desk.numbers import next_number
from models.desk.repair import notices
from models.desk.sales import leads
from models.desk.staff import duty
from models.errors import IllegalMove, Missing
from models.people import Follower
from models.sales import GRADES, Appointment, Enquiry
from models.worktime import local_day

#: Facts that a later word replaces.
PLAIN = ("area", "layout", "style", "budget_low", "budget_high", "keys_on", "keys_text", "house_text", "source")
FELL_THROUGH = "预约没成"
#: Grades that somebody calls within the promised time.
CALLED = ("A", "B")


@dataclass(frozen=True)
class Wish:
    """What a person said about the home they want; everything may come later."""

    asked: str = ""
    area: int | None = None
    layout: str = ""
    style: str = ""
    budget_low: int | None = None
    budget_high: int | None = None
    keys_on: dt.date | None = None
    keys_text: str = ""
    house_text: str = ""
    source: str = ""
    decided: bool = False
    phone: str = ""
    name: str = ""
    form: str = ""


def of(session: Session, follower: Follower) -> Enquiry | None:
    """The person's open enquiry: asked by this WeChat, else by another one on the same file."""
    own = Enquiry.follower_id == follower.id
    mine = own if follower.customer_id is None else or_(own, Enquiry.customer_id == follower.customer_id)
    rows = session.scalars(select(Enquiry).where(mine, Enquiry.state.in_(duty.LEADS)).order_by(Enquiry.id.desc()))
    return min(rows, key=lambda row: row.follower_id != follower.id, default=None)


def ask(session: Session, follower: Follower, wish: Wish, *, by: By, now: dt.datetime) -> Enquiry:
    """What the person asked is on their open enquiry; the first question opens one, and its owner is told at once."""
    enquiry = of(session, follower)
    if enquiry is not None:
        learn(session, enquiry, wish, by=by, now=now)
        return enquiry
    customer = people.know(session, follower, now=now, name=wish.name, form=wish.form, phone=wish.phone)
    enquiry = Enquiry(
        number=next_number(session, "ZX", now=now),
        follower=follower,
        customer=customer,
        owner=duty.pick(session, "designer", now=now),
        contact_name=customer.name,
        contact_phone=customer.phone,
        opened_at=now,
        asked="",
        source=customer.source,
        grade="D",
        rule_grade="D",
        grade_cause="",
        decided=False,
    )
    session.add(enquiry)
    session.flush()
    enquiry.tell("asked", by=by, now=now, reason=wish.asked)
    _take_in(session, enquiry, wish, now)
    regrade(session, enquiry, now=now)
    _tell_owner(session, enquiry, "new", now)
    return enquiry


def learn(session: Session, enquiry: Enquiry, wish: Wish, *, by: By, now: dt.datetime) -> None:
    """Later words are on the enquiry, and may make it more hopeful. Refused once it is won or lost."""
    if not enquiry.is_open:
        raise IllegalMove(number=enquiry.number, state=enquiry.state_name, to="补充")
    if changed := _take_in(session, enquiry, wish, now):
        enquiry.tell("learnt", by=by, now=now, reason=wish.asked, fields=changed)
    regrade(session, enquiry, now=now)


def _take_in(session: Session, enquiry: Enquiry, wish: Wish, now: dt.datetime) -> list[str]:
    """The names of the facts that the words changed."""
    changed = []
    for name in PLAIN:
        value = getattr(wish, name)
        if value not in (None, "") and value != getattr(enquiry, name):
            setattr(enquiry, name, value[: _WIDTHS.get(name, 40)] if isinstance(value, str) else value)
            changed.append(name)
    if wish.asked and wish.asked not in enquiry.asked:
        enquiry.asked = "\n".join(filter(None, (enquiry.asked, wish.asked)))[-4000:]
    enquiry.decided = enquiry.decided or wish.decided
    phone = people.clean_phone(wish.phone)
    if phone and phone != enquiry.contact_phone:
        enquiry.contact_phone = phone
        changed.append("contact_phone")
    if wish.name and enquiry.contact_name != wish.name:
        enquiry.contact_name = wish.name[:40]
    if enquiry.follower is not None:
        people.know(session, enquiry.follower, now=now, name=wish.name, form=wish.form, phone=phone)
    return changed


#: What the columns hold; the whole words stay in the conversation.
_WIDTHS = {"house_text": 120, "layout": 20, "style": 20}


def regrade(session: Session, enquiry: Enquiry, *, now: dt.datetime) -> None:
    """The rule has its say when it has something new to say: a stronger fact raises, and never lowers, a lead."""
    visits = select(Appointment.id).where(Appointment.enquiry_id == enquiry.id, Appointment.holder_key.is_not(None))
    found, cause = leads.grade(
        leads.Signs(
            today=local_day(now),
            area=bool(enquiry.area),
            budget=bool(enquiry.budget_high),
            phone=bool(enquiry.contact_phone),
            keys_on=enquiry.keys_on,
            visit_booked=session.scalar(visits.limit(1)) is not None,
            decided=enquiry.decided,
        )
    )
    if not enquiry.grade_cause:
        enquiry.grade_cause = cause
    if leads.better(found, enquiry.rule_grade):
        enquiry.rule_grade = found
        if leads.better(found, enquiry.grade):
            _grade(session, enquiry, found, cause, SYSTEM, now)
            _tell_owner(session, enquiry, f"grade:{found}", now)
    if enquiry.grade in CALLED and enquiry.customer is not None and enquiry.customer.stage == "potential":
        enquiry.customer.stage = "likely"


def set_grade(session: Session, enquiry: Enquiry, grade: str, *, reason: str, by: By, now: dt.datetime) -> None:
    """A colleague knows better, and says why. Refused without a reason and for what is no grade."""
    if grade not in GRADES or not reason.strip():
        raise Missing(field="reason")
    if grade != enquiry.grade:
        _grade(session, enquiry, grade, reason.strip(), by, now)
        enquiry.last_touch_at = now


def _grade(session: Session, enquiry: Enquiry, grade: str, cause: str, by: By, now: dt.datetime) -> None:
    enquiry.tell("graded", by=by, now=now, reason=cause, before=enquiry.grade, grade=grade)
    enquiry.grade, enquiry.grade_cause = grade, cause[:200]
    if grade in CALLED and enquiry.state == "new":
        promises.make(session, "enquiry.contact", enquiry, now=now, urgent=grade == "A")
    elif grade not in CALLED:
        promises.drop(session, promises.find(session, "enquiry.contact", enquiry), now=now)


def contacted(session: Session, enquiry: Enquiry, *, words: str, by: By, now: dt.datetime) -> None:
    """Somebody of us has spoken with the person; the promised call is kept. Refused without a word about it."""
    if not words.strip():
        raise Missing(field="words")
    if enquiry.state in ("new", "lost"):
        enquiry.move("contacted", by=by, now=now, reason=words.strip())
        enquiry.closed_at, enquiry.close_reason = None, ""
    elif enquiry.is_open:
        enquiry.tell("called", by=by, now=now, reason=words.strip())
    else:
        raise IllegalMove(number=enquiry.number, state=enquiry.state_name, to=enquiry.names["contacted"])
    _touched(session, enquiry, now)


def visiting(session: Session, enquiry: Enquiry, *, by: By, now: dt.datetime) -> None:
    """A visit is agreed; one that is agreed already stays."""
    if enquiry.state != "visiting":
        enquiry.move("visiting", by=by, now=now)
    _touched(session, enquiry, now)


def fell_through(session: Session, enquiry: Enquiry, *, by: By, now: dt.datetime) -> None:
    """No visit is agreed any more: somebody has to call."""
    if enquiry.state == "visiting":
        enquiry.move("contacted", by=by, now=now, reason=FELL_THROUGH)


def won(session: Session, enquiry: Enquiry, *, by: By, now: dt.datetime, reason: str = "") -> None:
    """They sign: the customer is one of ours, and nobody calls them as a lead any more."""
    enquiry.move("won", by=by, now=now, reason=reason.strip())
    if enquiry.customer is not None and enquiry.customer.stage in ("potential", "likely"):
        enquiry.customer.stage = "signed"
    _end(session, enquiry, reason, now)


def lost(session: Session, enquiry: Enquiry, *, reason: str, by: By, now: dt.datetime) -> None:
    """They go elsewhere or do nothing, and the reason stands. Refused without one."""
    if not reason.strip():
        raise Missing(field="reason")
    enquiry.move("lost", by=by, now=now, reason=reason.strip())
    _end(session, enquiry, reason, now)


def note(enquiry: Enquiry, words: str, *, by: By, now: dt.datetime) -> None:
    """Words for colleagues on the enquiry; never sent."""
    if not words.strip():
        raise Missing(field="words")
    enquiry.tell("note", by=by, now=now, reason=words.strip())
    enquiry.last_touch_at = now


def _end(session: Session, enquiry: Enquiry, reason: str, now: dt.datetime) -> None:
    enquiry.closed_at, enquiry.close_reason = now, reason.strip()[:200]
    _touched(session, enquiry, now)


def _touched(session: Session, enquiry: Enquiry, now: dt.datetime) -> None:
    enquiry.last_touch_at = now
    promises.meet(session, promises.find(session, "enquiry.contact", enquiry), now=now)


def facts_of(enquiry: Enquiry) -> dict[str, Any]:
    """The facts that texts about an enquiry may name; empty ones are left out."""
    facts: dict[str, Any] = {
        "number": enquiry.number,
        "customer": enquiry.customer.call if enquiry.customer else "",
        "what": enquiry.what[:60],
        "house": enquiry.house,
        "grade": enquiry.grade,
        "cause": enquiry.grade_cause,
        "phone_masked": people.mask_phone(enquiry.contact_phone),
    }
    return {name: value for name, value in facts.items() if value not in ("", None)}


def _tell_owner(session: Session, enquiry: Enquiry, step: str, now: dt.datetime) -> None:
    key = "enquiry_new" if step == "new" else "enquiry_raised"
    letter = Letter(f"staff.{key}", facts_of(enquiry))
    notices.tell_staff(session, enquiry.owner, f"enquiry:{enquiry.id}:{step}", letter, now=now, ticket=enquiry)


def given_to(session: Session, enquiry: Enquiry, staff: Any, *, by: By, now: dt.datetime) -> None:
    """Another colleague looks after it and its booked visits from now on and is told."""
    enquiry.tell("given", by=by, now=now, reason=staff.name)
    for case in (enquiry, *(visit for visit in enquiry.appointments if visit.is_open)):
        case.owner = staff
        for promise in promises.owed(session, case):
            promise.owner = staff
    letter = Letter("staff.enquiry_new", facts_of(enquiry))
    turns = sum(event.name == "given" for event in enquiry.events)
    notices.tell_staff(session, staff, f"enquiry:{enquiry.id}:given:{turns}", letter, now=now, ticket=enquiry)


_KNOWN = {field.name for field in fields(Wish)}


def wish_of(told: dict[str, Any]) -> Wish:
    """A Wish of plain facts; what no wish has is left out."""
    return Wish(**{name: value for name, value in told.items() if name in _KNOWN and value not in (None, "")})
