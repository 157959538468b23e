"""Where one person's data stands: for each table of models/personal.py the condition of their rows.

Others of the household keep what is theirs: their conversations, their photos, their cases and the contract that they
signed. What crews and colleagues were told about the person's cases counts as the person's.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    and_,
    cast,
    false,
    literal,
    or_,
    select,
    true,
    union_all,
)

from models.base import Base
from models.desk.personal.whose import Whose, of

#: Pushes are kept with their contents for weeks at most (retention.py beside this): older ones say nothing any more.
PUSHES_LIVE = dt.timedelta(days=400)

_TABLES = Base.metadata.tables
Condition = Callable[[Whose, dt.datetime], ColumnElement[bool]]


def table(name: str) -> Any:
    """The table itself: what is erased is erased past versions and events of the models."""
    return _TABLES[name]


def _ids(name: str, condition: ColumnElement[bool]) -> Select[Any]:
    return select(table(name).c.id).where(condition)


def _cases(who: Whose) -> Select[Any]:
    ticket = table("ticket").c
    by_phone = and_(of(ticket.customer_id, who.files), ticket.follower_id.is_(None))
    return _ids("ticket", or_(of(ticket.follower_id, who.followers), by_phone))


def _workers() -> Select[Any]:
    """The WeChats that serve a crew or a colleague."""
    follower = table("follower").c
    return _ids("follower", or_(follower.crew_id.is_not(None), follower.staff_id.is_not(None)))


def _talks(who: Whose) -> Select[Any]:
    return _ids("conversation", of(table("conversation").c.follower_id, who.followers))


def _calls(who: Whose) -> Select[Any]:
    row = table("callback").c
    return _ids("callback", or_(_own(row, who), row.ticket_id.in_(_cases(who)), row.conversation_id.in_(_talks(who))))


def _slips(who: Whose) -> Select[Any]:
    row = table("slip").c
    return _ids("slip", or_(_own(row, who), row.ticket_id.in_(_cases(who))))


def _followed(who: Whose) -> Select[Any]:
    return _ids("enrolment", _own(table("enrolment").c, who))


def _surveys(who: Whose) -> Select[Any]:
    row = table("survey").c
    mine = or_(row.ticket_id.in_(_cases(who)), row.callback_id.in_(_calls(who)))
    return _ids("survey", or_(of(row.follower_id, who.followers), and_(row.follower_id.is_(None), mine)))


def _own(row: Any, who: Whose) -> ColumnElement[bool]:
    by_phone = and_(of(row.customer_id, who.files), row.follower_id.is_(None))
    return or_(of(row.follower_id, who.followers), by_phone)


def _told(row: Any, who: Whose) -> ColumnElement[bool]:
    """What went to the person, and what crews and colleagues were told about their cases, or about them without one."""
    about = or_(row.ticket_id.in_(_cases(who)), row.dedupe_key.in_(_keys(who)))
    return or_(of(row.follower_id, who.followers), and_(about, row.follower_id.in_(_workers())))


#: How far an escalation climbs, as its notices' keys have it.
LEVELS = range(3)


def _keys(who: Whose) -> CompoundSelect[Any]:
    """The keys of what colleagues were told of a talk, a call, a slip, a contract or a gift of the person: no case says
    whose it is. As repair/notices.py, watch.py, sales/signing.py and marketing/gifts.py in models/desk write them.
    """
    signed, given = of(table("signing").c.customer_id, who.files), table("gift_application").c.id.in_(_gifts(who))
    return union_all(
        *(_spelled("escalation", _matters("escalation", who), ":", None, f":{level}") for level in LEVELS),
        _spelled("promise", _matters("promise", who), ":warn"),
        _spelled("signing", signed, ":staff:", None),
        _spelled("gift_application", given, ":asked:", None),
        *(_spelled("gift_application", given, f":{step}") for step in ("approved", "refused")),
    )


def _spelled(name: str, mine: ColumnElement[bool], *parts: str | None) -> Select[Any]:
    """The name's first word, the row's id and the parts; None stands for the id of each colleague."""
    row, staff = table(name), table("staff")
    key = literal(f"{name.partition('_')[0]}:") + cast(row.c.id, String)
    for part in parts:
        key = key + (literal(part) if part is not None else cast(staff.c.id, String))
    return select(key).select_from(row.join(staff, true()) if None in parts else row).where(mine)


def _message(who: Whose) -> ColumnElement[bool]:
    row, talk = table("message").c, table("conversation").c
    work = _ids("conversation", talk.follower_id.in_(_workers()))
    told = _ids("outgoing", _told(table("outgoing").c, who))
    about = or_(row.ticket_id.in_(_cases(who)), row.outgoing_id.in_(told))
    return or_(row.conversation_id.in_(_talks(who)), and_(about, row.conversation_id.in_(work)))


def _gifts(who: Whose) -> Select[Any]:
    return _ids("gift_application", of(table("gift_application").c.customer_id, who.files))


def _attachment(who: Whose) -> ColumnElement[bool]:
    row, gift = table("attachment").c, table("gift_application").c
    taken = or_(row.follower_id.is_(None), row.follower_id.in_(_workers()))
    receipts = select(gift.photo_id).where(of(gift.customer_id, who.files), gift.photo_id.is_not(None))
    mine = or_(of(row.follower_id, who.followers), row.id.in_(receipts))
    return or_(mine, and_(row.ticket_id.in_(_cases(who)), taken))


def _story(who: Whose) -> ColumnElement[bool]:
    """Their cases, and what they said on others': on those that they watch, and on those of houses they ever lived in,
    which go on with who remains."""
    row, watcher, moved = table("ticket_event").c, table("ticket_watcher").c, table("house_event").c
    watched = select(watcher.ticket_id).where(of(watcher.follower_id, who.followers))
    houses = select(moved.project_id).where(of(moved.follower_id, who.followers))
    near = or_(row.ticket_id.in_(watched), row.ticket_id.in_(_ids("ticket", table("ticket").c.project_id.in_(houses))))
    return or_(
        row.ticket_id.in_(_cases(who)), and_(near, row.actor_kind == "customer", of(row.actor_id, who.followers))
    )


def _code(who: Whose) -> ColumnElement[bool]:
    row = table("binding_code").c
    return or_(of(row.customer_id, who.files), of(row.used_by_id, who.followers), of(row.issued_by_id, who.followers))


def _pushes(who: Whose, now: dt.datetime) -> ColumnElement[bool]:
    row = table("inbound").c
    return and_(row.received_at > now - PUSHES_LIVE, of(row.openid, who.openids))


def _in_cases(name: str, column: str = "id") -> Condition:
    return lambda who, _: table(name).c[column].in_(_cases(who))


def _of_followers(name: str, column: str = "follower_id") -> Condition:
    return lambda who, _: of(table(name).c[column], who.followers)


def _about(name: str) -> Condition:
    return lambda who, _: _matters(name, who)


def _matters(name: str, who: Whose) -> ColumnElement[bool]:
    """Escalations and promises: about a case, a conversation, a call or a slip of the person."""
    row = table(name).c
    return or_(
        row.ticket_id.in_(_cases(who)), row.conversation_id.in_(_talks(who)), row.callback_id.in_(_calls(who)),
        row.slip_id.in_(_slips(who)),
    )  # fmt: skip


def _signed(who: Whose) -> Select[Any]:
    return _ids("signup", of(table("signup").c.follower_id, who.followers))


def _quotes(who: Whose) -> Select[Any]:
    return _ids("quote", table("quote").c.ticket_id.in_(_cases(who)))


def _contracts(who: Whose) -> Select[Any]:
    row = table("project_member").c
    return select(row.project_id).where(of(row.customer_id, who.files))


WHERE: dict[str, Condition] = {
    "follower": lambda who, _: of(table("follower").c.id, who.followers),
    "customer": lambda who, _: of(table("customer").c.id, who.files),
    "customer_tag": lambda who, _: of(table("customer_tag").c.customer_id, who.files),
    "project_member": lambda who, _: of(table("project_member").c.customer_id, who.files),
    "binding_code": lambda who, _: _code(who),
    "qr_code": _of_followers("qr_code"),
    "tagging": _of_followers("tagging"),
    "dialog": _of_followers("dialog"),
    "conversation": _of_followers("conversation"),
    "message": lambda who, _: _message(who),
    "inbound": _pushes,
    "attachment": lambda who, _: _attachment(who),
    "outgoing": lambda who, _: _told(table("outgoing").c, who),
    "survey": lambda who, _: table("survey").c.id.in_(_surveys(who)),
    "answer": lambda who, _: table("answer").c.survey_id.in_(_surveys(who)),
    "ticket": _in_cases("ticket"),
    "ticket_event": lambda who, _: _story(who),
    "ticket_watcher": _of_followers("ticket_watcher"),
    "repair": _in_cases("repair"),
    "repair_item": _in_cases("repair_item", "repair_id"),
    "repair_warranty": _in_cases("repair_warranty", "repair_id"),
    "postponement": _in_cases("postponement", "repair_id"),
    "visit": _in_cases("visit", "repair_id"),
    "review": _in_cases("review", "repair_id"),
    "complaint": _in_cases("complaint"),
    "suggestion": _in_cases("suggestion"),
    "enquiry": _in_cases("enquiry"),
    "appointment": _in_cases("appointment"),
    "privacy_request": _in_cases("privacy_request"),
    "callback": lambda who, _: table("callback").c.id.in_(_calls(who)),
    "callback_attempt": lambda who, _: table("callback_attempt").c.callback_id.in_(_calls(who)),
    "slip": lambda who, _: table("slip").c.id.in_(_slips(who)),
    "slip_round": lambda who, _: table("slip_round").c.slip_id.in_(_slips(who)),
    "care_event": lambda who, _: or_(
        table("care_event").c.callback_id.in_(_calls(who)), table("care_event").c.slip_id.in_(_slips(who))
    ),
    "enrolment": lambda who, _: table("enrolment").c.id.in_(_followed(who)),
    "enrolment_event": lambda who, _: table("enrolment_event").c.enrolment_id.in_(_followed(who)),
    "touch": lambda who, _: table("touch").c.enrolment_id.in_(_followed(who)),
    "escalation": _about("escalation"),
    "promise": _about("promise"),
    "house_event": lambda who, _: _own_or(table("house_event").c, who),
    "event_step": lambda who, _: table("event_step").c.signup_id.in_(_signed(who)),
    "signup": _of_followers("signup"),
    "consent": _of_followers("consent"),
    "notice_consent": _of_followers("notice_consent"),
    "recipient": _of_followers("recipient"),
    "referral": lambda who, _: or_(
        of(table("referral").c.introducer_id, who.followers), of(table("referral").c.newcomer_id, who.followers)
    ),
    "mass_quota": _of_followers("mass_quota"),
    "quote": _in_cases("quote", "ticket_id"),
    "quote_item": lambda who, _: table("quote_item").c.quote_id.in_(_quotes(who)),
    "project": lambda who, _: table("project").c.id.in_(_contracts(who)),
    "gift_application": lambda who, _: table("gift_application").c.id.in_(_gifts(who)),
    "gift_step": lambda who, _: table("gift_step").c.application_id.in_(_gifts(who)),
    "signing": lambda who, _: of(table("signing").c.customer_id, who.files),
    "phase": lambda who, _: table("phase").c.project_id.in_(_contracts(who)),
    "warranty_term": lambda who, _: table("warranty_term").c.project_id.in_(_contracts(who)),
    # Locked away by this very work.
    "locked_record": lambda _who, _now: false(),
}


def _own_or(row: Any, who: Whose) -> ColumnElement[bool]:
    return or_(of(row.customer_id, who.files), of(row.follower_id, who.followers))


def rows(name: str, who: Whose, now: dt.datetime) -> ColumnElement[bool]:
    """The condition of the person's rows in this table."""
    return WHERE[name](who, now)
