"""The promises board: what is owed by when, the earliest first; each row opens what it is about."""

import datetime as dt
from typing import Any

from flask import request, url_for
from flask_admin import expose
from sqlalchemy import ColumnElement, and_, case, select, tuple_
from sqlalchemy.orm import joinedload

from admin import base, frame, hidden, place
from admin.words import lazy
from models import Absence, Callback, Conversation, Follower, Policy, Project, Promise, Slip, Staff, Ticket

SIZE = 50
VIEWS = ("open", "late", "near", "paused", "mine")
NEAR = dt.timedelta(minutes=60)
_LOADS = (
    joinedload(Promise.policy),
    joinedload(Promise.owner),
    joinedload(Promise.ticket).joinedload(Ticket.project).joinedload(Project.estate),
    joinedload(Promise.conversation).joinedload(Conversation.follower).joinedload(Follower.customer),
    joinedload(Promise.callback).joinedload(Callback.customer),
    joinedload(Promise.callback).joinedload(Callback.project).joinedload(Project.estate),
    joinedload(Promise.slip).joinedload(Slip.project).joinedload(Project.estate),
)


class DueView(base.Guarded):
    """Everything that is promised and not yet kept."""

    see = "promise.see"

    @classmethod
    def build(cls, _sessions: Any) -> "DueView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.due"), endpoint="due", url="due")

    @expose("/")
    def index_view(self) -> str:
        """The rows of the chosen view, inside the chosen owner and kind."""
        args, session = request.args, place.session()
        view = args.get("view") if args.get("view") in VIEWS else "open"
        owner, policy = base.number("owner", args), args.get("policy", "")
        query = select(Promise).where(*_chosen(view, owner, policy), veil()).options(*_LOADS)
        query = _after(query, args.get("after", "")).order_by(_calm(), Promise.due_at, Promise.id).limit(SIZE + 1)
        rows, more = base.pages(session.scalars(query), SIZE)
        return self.render(
            "admin/due.html", rows=rows, view=view, views=VIEWS, owner=owner, policy=policy, address=address,
            more=_key(rows[-1]) if more else "", away=_away(),
            people=session.scalars(select(Staff).where(Staff.active).order_by(Staff.name)).all(),
            policies=session.scalars(select(Policy).order_by(Policy.id)).all(),
        )  # fmt: skip


def _chosen(view: str, owner: int | None, policy: str) -> list[ColumnElement[bool]]:
    now = place.now()
    states = {"paused": ("paused",), "near": ("open",)}.get(view, ("open", "paused", "missed"))
    wanted = [Promise.state.in_(states), Promise.met_at.is_(None)]
    if view == "late":
        wanted += [Promise.due_at < now, Promise.state != "paused"]
    elif view == "near":
        wanted.append(Promise.due_at.between(now, now + NEAR))
    elif view == "mine":
        wanted.append(Promise.owner_id == place.staff().id)
    if owner is not None:
        wanted.append(Promise.owner_id == owner)
    if policy:
        wanted.append(Promise.policy_id.in_(select(Policy.id).where(Policy.name == policy)))
    return wanted


def veil() -> ColumnElement[bool]:
    """No promises about complaints or conversations that are hidden from the person."""
    about = hidden.cases(Promise.ticket_id) & hidden.talks(Promise.conversation_id)
    return about & hidden.care(Promise.callback_id, Promise.slip_id)


def _calm() -> ColumnElement[int]:
    """0 for what is missed, which comes first however long something else has been paused; 1 for the rest."""
    return case((and_(Promise.due_at < place.now(), Promise.state != "paused"), 0), else_=1)


def _key(row: Promise) -> str:
    """Where the next page begins."""
    late = row.due_at < place.now() and row.state != "paused"
    return f"{0 if late else 1}~{base.key_of(row.due_at, row.id)}"


def _after(query: Any, key: str) -> Any:
    """The rows after the last one of the page before; nonsense is the first page."""
    calm, _, rest = key.partition("~")
    last = base.key(rest) if calm in ("0", "1") else None
    return query.where(tuple_(_calm(), Promise.due_at, Promise.id) > (int(calm), *last)) if last else query


def _away() -> set[int]:
    now = place.now()
    gone = select(Absence.staff_id).where(Absence.starts_at <= now, Absence.ends_at > now, Absence.dropped_at.is_(None))
    return set(place.session().scalars(gone))


def address(promise: Promise) -> str:
    """The page of what a promise is about, where the person may open it; "" where there is none for them."""
    if promise.ticket is not None:
        return frame.case_at(promise.ticket.number) or _suggestion(promise.ticket)
    if promise.slip is not None and base.allowed("slip.see"):
        return url_for("slips.slip", number=promise.slip.number)
    if promise.callback is not None and base.allowed("callback.call"):
        return url_for("callbacks.desk", at=promise.callback_id)
    if promise.conversation is not None and base.allowed("conversation.see"):
        return url_for("conversations.thread", number=promise.conversation_id)
    return ""


def _suggestion(ticket: Ticket) -> str:
    known = ticket.kind == "suggestion" and base.allowed("suggestion.see")
    return url_for("suggestions.details_view", id=ticket.id) if known else ""
