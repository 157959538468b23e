"""The frame round every page: the rail with what the role may open, its counts, the stamp that says “look again”."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from sqlalchemy import ColumnElement, func, select

from admin import base, hidden, inbound, outgoing, place
from models import (
    BindingCode,
    Callback,
    Campaign,
    Conversation,
    Escalation,
    Finding,
    GiftApplication,
    Message,
    Outgoing,
    QrCode,
    Ticket,
    TicketEvent,
)

#: Group -> (view, icon) in the order of the rail; a view's name is also the key of its title.
RAIL: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("today", (("home", "home"), ("escalations", "bell"), ("due", "clock"))),
    ("talk", (("conversations", "chat"), ("outgoing", "send"), ("inbound", "alert"))),
    ("leads", (("enquiries", "question"), ("appointments", "calendar"), ("sequences", "timer"),
               ("signings", "check"))),
    ("work", (("repairs", "wrench"), ("dispatch", "map"), ("quotes", "tag"), ("complaints", "alert"),
              ("suggestions", "inbox"), ("reviews", "check"), ("surveys", "smile"), ("callbacks", "phone"),
              ("slips", "list"), ("forms", "text"))),
    ("people", (("customers", "people"), ("projects", "house"), ("estates", "map"), ("buildings", "house"),
                ("crews", "helmet"),
                ("codes", "qr"))),
    ("growth", (("planner", "calendar"), ("campaigns", "send"), ("packages", "tag"), ("showrooms", "map"),
                ("visitplans", "timer"), ("giftapplications", "check"), ("gifts", "tag"),
                ("events", "calendar"), ("referrals", "smile"), ("qrcodes", "qr"),
                ("tags", "tag"), ("menus", "menu"))),
    ("team", (("roster", "calendar"), ("absences", "person"), ("handovers", "edit"), ("announcements", "bell"))),
    ("settings", (("articles", "book"), ("unanswered", "question"), ("words", "tag"), ("texts", "text"),
                  ("warranties", "check"), ("phasekinds", "list"), ("carerules", "phone"),
                  ("policies", "timer"), ("touches", "send"), ("calendar", "calendar"), ("staff", "badge"),
                  ("roles", "key"), ("privacy", "lock"), ("retentions", "timer"),
                  ("audit", "list"), ("disclosures", "eye"), ("system", "robot"))),
)  # fmt: skip

#: Groups that are unfolded until somebody folds them; the others open by a click, or when one is inside.
OPEN_AT_FIRST = ("today", "talk", "leads", "work")
#: The cookie with the groups that this browser has turned the other way; written by the panel's script.
FOLDS = "rail"

#: What a page may watch besides the house as a whole.
WATCHED = ("repair", "enquiry", "complaint", "privacy", "conversation", "code", "campaign", "campaigns", "qr")
#: How many of the latest rows counts without an index look at.
RECENT = 2000


@dataclass(frozen=True)
class Entry:
    """One line of the rail."""

    name: str
    icon: str
    url: str
    active: bool
    count: int


def rail() -> list[tuple[str, list[Entry]]]:
    """The groups with the entries that the person may open; groups without any are left out."""
    views = current_app.extensions["desk_views"]
    numbers = badges()
    here = request.blueprint
    groups = []
    for group, lines in RAIL:
        entries = [
            Entry(name, icon, url_for(f"{name}.index_view"), here == name, numbers.get(name, 0))
            for name, icon in lines
            if name in views and views[name].is_accessible()
        ]
        if entries:
            groups.append((group, entries))
    return groups


def opens(group: str, entries: list[Entry]) -> bool:
    """Whether a group of the rail stands open: as this browser left it, and always round the page shown."""
    turned = group in request.cookies.get(FOLDS, "").split(".")
    return any(entry.active for entry in entries) or usual(group) is not turned


def usual(group: str) -> bool:
    """Whether a group stands open while nobody has turned it."""
    return group in OPEN_AT_FIRST


def badges() -> dict[str, int]:
    """How many things wait, by view; only what the person may see is counted. One query."""
    wanted: dict[str, ColumnElement[int]] = {}
    if base.allowed("conversation.see"):
        waiting = select(func.count()).where(Conversation.owner == "queue", hidden.people(Conversation.follower_id))
        wanted["conversations"] = waiting.scalar_subquery()
    if base.allowed("escalation.see"):
        waits = Escalation.state.in_(("open", "taken"))
        wanted["escalations"] = select(func.count()).where(waits, hidden.matters()).scalar_subquery()
    if base.allowed("callback.call"):
        late = (Callback.state == "open", Callback.owner_id == place.staff().id, Callback.due_at < place.now())
        wanted["callbacks"] = select(func.count()).where(*late, hidden.calls()).scalar_subquery()
    if base.allowed("outgoing.see"):
        wanted["outgoing"] = outgoing.stuck_count()
    if base.allowed("inbound.see"):
        wanted["inbound"] = inbound.fresh()
    if base.allowed("gift.approve"):
        others = (GiftApplication.state == "asked", GiftApplication.staff_id != place.staff().id)
        wanted["giftapplications"] = select(func.count()).where(*others).scalar_subquery()
    if base.allowed("system.see"):
        wanted["system"] = select(func.count()).where(Finding.resolved_at.is_(None)).scalar_subquery()
    if not wanted:
        return {}
    found = place.session().execute(select(*wanted.values())).one()
    return dict(zip(wanted, found, strict=True))


def recent(table: Any) -> Any:
    """The condition for the latest rows of a table: what pages count every few seconds must not grow with it."""
    return table.id > select(func.coalesce(func.max(table.id), 0) - RECENT).scalar_subquery()


def stamp(watch: str = "") -> str:
    """A short text that changes whenever something that pages show has changed; costs a few index look-ups.

    `watch` (`repair:17`, `conversation:3`) adds what only that page shows.
    """
    session = place.session()
    parts: list[Any] = [
        *session.execute(
            select(
                select(func.max(Message.id)).scalar_subquery(),
                select(func.max(TicketEvent.id)).scalar_subquery(),
                select(func.max(Escalation.id)).scalar_subquery(),
                select(func.max(Outgoing.id)).scalar_subquery(),
            )
        ).one()
    ]
    states = select(Escalation.state, func.count()).where(Escalation.state.in_(("open", "taken")))
    parts += sorted(map(tuple, session.execute(states.group_by(Escalation.state))))
    parts.append(session.scalar(select(func.count()).where(Conversation.owner.in_(("queue", "agent")))))
    kind, _, number = watch.partition(":")
    if number.isdigit() and kind in WATCHED:
        parts += _watched(kind, int(number))
    return "-".join(str(part) for part in parts).replace(" ", "")


def _watched(kind: str, number: int) -> list[Any]:
    session = place.session()
    if kind == "code":
        code = session.get(BindingCode, number)
        return [code.used_at, code.qr and code.qr.state] if code else []
    if kind == "qr":
        code = session.get(QrCode, number)
        return [code.state, code.reason, code.scans] if code else []
    if kind == "campaigns":
        query = select(Campaign.state, func.count(), func.max(Campaign.version)).group_by(Campaign.state)
        return sorted(map(tuple, session.execute(query)))
    if kind == "campaign":
        version = session.scalar(select(Campaign.version).where(Campaign.id == number))
        mail = select(Outgoing.state, func.count()).where(Outgoing.campaign_id == number)
    elif kind in ("repair", "enquiry", "complaint", "privacy"):
        version = session.scalar(select(Ticket.version).where(Ticket.id == number))
        mail = select(Outgoing.state, func.count()).where(Outgoing.ticket_id == number)
    else:
        row = session.get(Conversation, number)
        version = f"{row.owner}{row.staff_id}{row.unread}" if row else ""
        mail = select(Outgoing.state, func.count()).where(Outgoing.follower_id == (row.follower_id if row else 0))
    return [version, *sorted(map(tuple, session.execute(mail.group_by(Outgoing.state))))]


#: The beginning of a number -> the page of such a case and what opens it.
CASES = {
    "BX": ("repairs.case", "repair.see"),
    "ZX": ("enquiries.case", "enquiry.see"),
    "TS": ("complaints.case", "complaint.see"),
    "YS": ("privacy.case", "privacy.see"),
}


def case_at(number: str) -> str:
    """The page of the case with this number, where the person may open it; "" where there is none for them."""
    page, see = CASES.get(number[:2], ("", ""))
    return url_for(page, number=number) if page and base.allowed(see) else ""
