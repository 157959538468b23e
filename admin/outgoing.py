"""Messages that were promised to be sent: where each stands, why, and what a person may do about it."""

import datetime as dt
from typing import Any

from flask import redirect, request
from flask_admin import expose
from markupsafe import Markup
from sqlalchemy import ColumnElement, and_, func, select, text, union
from sqlalchemy.orm import Session, joinedload

from admin import base, faces, hidden, place
from admin.auth import safe_path
from admin.tables import DeskView
from admin.words import known, lang, name_of, t
from models import Customer, Follower, Outgoing, Ticket
from models.actors import By
from models.desk.delivery import outbox
from models.desk.trust import Deed
from models.outbound import LYING, OUTGOING_STATES
from templates import MissingFact, UnknownText

PURPOSES = ("service", "staff", "reply", "marketing", "greeting", "follow_up", "warning", "survey")
#: Refused messages older than this are history: whoever had to act was told by an escalation.
LATELY = dt.timedelta(days=3)
COUNTED = 500
#: States that pass: their partial indexes go by a moment, and FIRST is before every moment.
AT_WORK = {"queued": Outgoing.next_try_at, "sending": Outgoing.claimed_at}
FIRST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
#: The partial index's own words: SQLite uses it only for a query that says the very same.
LIES = text(f"outgoing.{LYING.text}")
RETRIABLE = ("unknown", "refused", "expired")
CANCELLABLE = tuple(state for state, after in outbox.MOVES.items() if "cancelled" in after)


class OutgoingView(DeskView):
    """The outbox."""

    record = Outgoing
    see = "outgoing.see"
    needs = dict.fromkeys(("retry", "cancel", "arrived"), "outgoing.act")
    may_export = True
    column_list = ("created_at", "follower", "said", "purpose", "state", "reason", "attempts")
    column_details_list = (
        "follower", "purpose", "said", "state", "reason", "ticket", "created_at", "not_before", "not_after",
        "next_try_at", "attempts", "rung", "or_call", "settled_at", "errcode", "error", "rid",
        "platform_id", "dedupe_key",
    )  # fmt: skip
    column_default_sort = ("id", True)
    facets = {"state": ("outgoing", ("stuck", *OUTGOING_STATES)), "purpose": ("purpose", PURPOSES)}
    indexed = ("state", "search")
    reach = 20_000
    finds = (Outgoing.dedupe_key, Outgoing.platform_id)
    loads = (
        joinedload(Outgoing.follower).joinedload(Follower.customer),
        joinedload(Outgoing.follower).joinedload(Follower.crew),
        joinedload(Outgoing.follower).joinedload(Follower.staff),
        joinedload(Outgoing.ticket),
    )
    details_template = "admin/letter.html"
    column_formatters = column_formatters_detail = column_formatters_export = {
        "state": lambda _v, _c, row, _n: faces.chip("outgoing", row.state),
        "purpose": lambda _v, _c, row, _n: name_of("purpose", row.purpose),
        "reason": lambda _v, _c, row, _n: reason(row),
        "rung": lambda _v, _c, row, _n: name_of("rung", row.rung),
        "said": lambda _v, _c, row, _n: said(row),
    }

    def veil(self) -> ColumnElement[bool]:
        """No letters about hidden complaints, nor to somebody who complained about the person."""
        return and_(hidden.cases(Outgoing.ticket_id), hidden.people(Outgoing.follower_id))

    def chosen(self, column: str, value: str) -> ColumnElement[bool]:
        """States by the index that holds them; `stuck` is what a person should look at."""
        if column != "state":
            return super().chosen(column, value)
        if value in AT_WORK:
            moment = AT_WORK[value]
            return Outgoing.id.in_(select(Outgoing.id).where(Outgoing.state == value, moment > FIRST))
        wanted = ("unknown", "refused") if value == "stuck" else (value,)
        return Outgoing.state == value if value == "sent" else and_(LIES, Outgoing.state.in_(wanted))

    def matches(self, search: str) -> ColumnElement[bool]:
        """By number of the case, name of the person, or one of the technical keys as a whole; each by its index."""
        named = select(Follower.id).join(Customer).where(Customer.name.icontains(search, autoescape=True))
        case = select(Ticket.id).where(Ticket.number == search.upper())
        found = [Outgoing.ticket_id.in_(case), Outgoing.follower_id.in_(named)]
        found += [column == search for column in self.finds]
        return Outgoing.id.in_(union(*(select(Outgoing.id).where(condition) for condition in found)))

    @expose("/<int:number>/retry", methods=("POST",))
    def retry(self, number: int) -> Any:
        """A person decides to send it again."""
        return self._act(number, "retry", outbox.retry)

    @expose("/<int:number>/cancel", methods=("POST",))
    def cancel(self, number: int) -> Any:
        """It will not be sent."""
        return self._act(number, "cancel", outbox.cancel)

    @expose("/<int:number>/arrived", methods=("POST",))
    def arrived(self, number: int) -> Any:
        """The person has it after all: it is settled as sent."""
        return self._act(number, "arrived", _arrived)

    def more(self, model: Outgoing) -> dict[str, Any]:
        """Which decisions are open to a person."""
        return {"retriable": model.state in RETRIABLE, "cancellable": model.state in CANCELLABLE,
                "doubtful": model.state == "unknown"}  # fmt: skip

    def _act(self, number: int, step: str, verb: Any) -> Any:
        row = base.found(self.get_one(number))
        before = {"state": row.state}
        verb(place.session(), row, by=place.by(), now=place.now())
        deed = Deed(f"outgoing.{step}", "outgoing", str(number), before, {"state": row.state})
        base.commit(deed, t(f"outgoing_done.{step}"), sends=step == "retry")
        back = request.form.get("next", "")
        return redirect(safe_path(back) if back else self.get_url(".details_view", id=number))


def _arrived(session: Session, row: Outgoing, *, by: By, now: dt.datetime) -> None:
    outbox.arrived(session, row, by=by, now=now, words=row.sent_text or row.body or _rendered(row, row.follower.lang))


def stuck(limit: int) -> list[Outgoing]:
    """The newest that a person should look at: no answer came, or refused within the last days."""
    seen = and_(hidden.cases(Outgoing.ticket_id), hidden.people(Outgoing.follower_id))
    query = select(Outgoing).where(LIES, seen).options(*OutgoingView.loads).order_by(Outgoing.id.desc()).limit(limit)
    session = place.session()
    rows = [*session.scalars(query.where(Outgoing.state == "unknown"))]
    rows += session.scalars(query.where(Outgoing.state == "refused", Outgoing.settled_at >= place.now() - LATELY))
    return sorted(rows, key=lambda row: -row.id)[:limit]


def stuck_count() -> ColumnElement[int]:
    """How many those are, as a part of a query; of refused ones the newest COUNTED are looked at."""
    unknown = select(func.count()).select_from(Outgoing).where(LIES, Outgoing.state == "unknown")
    newest = select(Outgoing.settled_at).where(LIES, Outgoing.state == "refused")
    late = newest.order_by(Outgoing.id.desc()).limit(COUNTED).subquery()
    refused = select(func.count()).where(late.c.settled_at >= place.now() - LATELY)
    return unknown.scalar_subquery() + refused.scalar_subquery()


def reason(row: Outgoing) -> str:
    """Why the message stands where it stands and what to do, in words.

    `retried:`, `confirmed:` and `cancelled:` carry the person's name; `unreachable` means the person on a held row, the
    platform on one that waits its turn.
    """
    word, _, name = row.reason.partition(":")
    if word == "unreachable" and row.state in ("queued", "sending"):
        return t("reason.unreachable_queued")
    if name and known(f"reason.{word}"):
        return t(f"reason.{word}", name=name)
    return name_of("reason", row.reason)


def said(row: Outgoing) -> Markup | str:
    """What the person read or will read; only for those who may read conversations, masked."""
    if not (place.may("conversation.see") or (row.purpose == "staff" and place.may("repair.see"))):
        return Markup('<span class="muted">{}</span>').format(t("outgoing_page.hidden"))
    if row.sent_text or row.body:
        return faces.masked(row.sent_text or row.body)
    return faces.masked(_rendered(row))


def _rendered(row: Outgoing, language: str = "") -> str:
    """The words as they would go out now; links and late facts are only there when it is really sent."""
    try:
        return place.desk().texts.render(row.text_key, {**row.facts, "now": place.now()}, language or lang())
    except (MissingFact, UnknownText, ValueError):
        return t("outgoing_page.later")
