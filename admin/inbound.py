"""Pushes of WeChat that nobody could read, kept as they came: no word of a customer vanishes without a trace."""

import datetime as dt
import re
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, select, text
from sqlalchemy.orm import Query, joinedload

from admin import faces, hidden, place
from admin.tables import DeskView
from admin.words import t
from models import Conversation, Follower, Inbound

#: The literal of the partial index, which SQLite uses only for a query that says the very same.
UNREADABLE: ColumnElement[bool] = text("inbound.state = 'unreadable'")  # type: ignore[assignment]
#: Home and rail speak of those of the last day; more than MOST of them are “99+” anyway.
FRESH, MOST = dt.timedelta(hours=24), 500
#: What webhook and parser write as the reason -> key of the sentence for people.
_REASONS = (("bug:", "bug"), ("no EncodingAESKey", "key"), ("", "form"))
_SENDER = re.compile(r"<FromUserName>\s*(?:<!\[CDATA\[)?\s*([\w-]{1,64})")
_EVENT = re.compile(r"<MsgType>\s*(?:<!\[CDATA\[)?\s*event\b")


class InboundView(DeskView):
    """Read only; each says in words what was lost and what to do."""

    record = Inbound
    see = "inbound.see"
    column_list = ("received_at", "lost", "inbound_reason")
    column_details_list = ("received_at", "inbound_reason", "inbound_error")
    column_default_sort = ("id", True)
    details_template = "admin/unread.html"
    column_formatters = column_formatters_detail = {
        "lost": lambda _v, _c, row, _n: t(f"unread.lost.{lost(row)}"),
        "inbound_reason": lambda _v, _c, row, _n: t(f"unread.reason.{_reason(row)}"),
        "inbound_error": lambda _v, _c, row, _n: str(row.fields.get("reason", "")),
    }

    def get_query(self) -> Query[Any]:
        """Only what could not be read; everything else stands in the conversations."""
        return super().get_query().filter(UNREADABLE)

    def get_one(self, id: Any) -> Any:
        """The push, or None for one that was read: its words are for those who may read conversations."""
        row = super().get_one(id)
        return row if row is not None and row.state == "unreadable" else None

    def more(self, model: Inbound) -> dict[str, Any]:
        """The bytes with phones masked, and whose conversation it would have gone into."""
        raw = str(model.fields.get("raw", ""))
        talk = _conversation(raw) if place.may("conversation.see") else None
        return {"raw": faces.hidden(raw), "talk": talk, "what": lost(model), "why": _reason(model)}


def fresh() -> ScalarSelect[int]:
    """How many of the last day, as a part of a query; looks at the newest MOST of them at the most."""
    newest = select(Inbound.received_at).where(UNREADABLE).order_by(Inbound.id.desc()).limit(MOST).subquery()
    return select(func.count()).where(newest.c.received_at >= place.now() - FRESH).scalar_subquery()


def lost(row: Inbound) -> str:
    """What did not reach anybody: a message, an operation (event), or something sealed that may be either."""
    raw = str(row.fields.get("raw", ""))
    if "<MsgType>" not in raw:
        return "sealed"
    return "event" if _EVENT.search(raw) else "message"


def _reason(row: Inbound) -> str:
    given = str(row.fields.get("reason", ""))
    return next(key for start, key in _REASONS if given.startswith(start))


def _conversation(raw: str) -> Conversation | None:
    sender = _SENDER.search(raw)
    if sender is None:
        return None
    query = (
        select(Conversation)
        .join(Follower)
        .where(Follower.openid == sender[1], hidden.people(Follower.id))
        .options(joinedload(Conversation.follower).joinedload(Follower.customer))
    )
    return place.session().scalar(query)
