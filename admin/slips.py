"""Callback slips: what customers are not content with, who answers for it, and every round until they are."""

from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from admin import base, cases, hidden, place
from admin.fields import moment_of
from admin.words import lazy, t
from models import Callback, Project, Promise, Slip, SlipRound, Ticket
from models.desk.callback import slips
from models.desk.trust import Deed
from models.errors import Missing, Stale

SIZE = 50
VIEWS = ("open", "mine", "closed")
_LOADS = (
    joinedload(Slip.ticket).joinedload(Ticket.project).joinedload(Project.estate),
    joinedload(Slip.project).joinedload(Project.estate),
    joinedload(Slip.customer),
    joinedload(Slip.owner),
    selectinload(Slip.rounds).joinedload(SlipRound.staff),
    selectinload(Slip.events),
)


class SlipsView(base.Guarded):
    """The list, and one slip with its rounds."""

    see = "slip.see"
    needs = {"answer": "slip.answer", "called": "callback.call", "assign": "slip.answer", "close": "slip.close"}

    @classmethod
    def build(cls, _sessions: Any) -> "SlipsView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.slips"), endpoint="slips", url="slips")

    @expose("/")
    def index_view(self) -> str:
        """Open slips, the oldest first; one's own; or those that are closed."""
        view = request.args.get("view", "open")
        view = view if view in VIEWS else "open"
        query = select(Slip).where(hidden.slips()).options(*_LOADS)
        if view == "closed":
            query = query.where(Slip.state == "closed").order_by(Slip.id.desc())
        else:
            query = query.where(Slip.state != "closed").order_by(Slip.id)
        if view == "mine":
            query = query.where(Slip.owner_id == place.staff().id)
        if after := base.number("after", request.args):
            query = query.where(Slip.id < after if view == "closed" else Slip.id > after)
        rows, more = base.pages(place.session().scalars(query.limit(SIZE + 1)), SIZE)
        return self.render(
            "admin/slips.html", rows=rows, view=view, views=VIEWS, owed=_owed([row.id for row in rows]),
            more=rows[-1].id if more else 0,
        )  # fmt: skip

    @expose("/<number>")
    def slip(self, number: str) -> str:
        """One slip: its rounds, what is owed about it, and what can be done now."""
        query = select(Slip).where(Slip.number == number, hidden.slips()).options(*_LOADS)
        row = base.found(place.session().scalar(query))
        calls = select(Callback).where(Callback.slip_id == row.id).order_by(Callback.id)
        return self.render(
            "admin/slip.html", slip=row, moves=row.moves[row.state], owed=_owed([row.id]).get(row.id),
            calls=place.session().scalars(calls).all(), colleagues=cases.colleagues("slip.see"),
        )  # fmt: skip

    @expose("/<int:slip_id>/answer", methods=("POST",))
    def answer(self, slip_id: int) -> Any:
        """What will be done by when; the customer is called afterwards."""
        row = self._fresh(slip_id)
        measures = base.words("measures", limit=1000)
        until = moment_of(request.form.get("promised_at", ""), "promised_at")
        slips.answer(place.session(), row, measures, promised_at=until, by=place.by(), now=place.now())
        return self._done(row, "answer", {"measures": measures, "until": until.isoformat()})

    @expose("/<int:slip_id>/called", methods=("POST",))
    def called(self, slip_id: int) -> Any:
        """The customer has said whether it is right now."""
        row = self._fresh(slip_id)
        satisfied, words = request.form.get("satisfied", ""), base.words("words", limit=500, needed=False)
        if satisfied not in ("yes", "no") or (satisfied == "no" and not words):
            raise Missing("errors.empty_field")
        session, by, now = place.session(), place.by(), place.now()
        slips.called(session, row, satisfied=satisfied == "yes", words=words, by=by, now=now)
        return self._done(row, "called", {"satisfied": satisfied, "words": words})

    @expose("/<int:slip_id>/assign", methods=("POST",))
    def assign(self, slip_id: int) -> Any:
        """Somebody else answers for it."""
        row = self._fresh(slip_id)
        staff = cases.colleague("slip.see")
        slips.assign(place.session(), row, staff, by=place.by(), now=place.now())
        return self._done(row, "assign", {"owner": staff.name})

    @expose("/<int:slip_id>/close", methods=("POST",))
    def close(self, slip_id: int) -> Any:
        """A manager ends it with a reason."""
        row = self._fresh(slip_id)
        reason = base.words("reason", limit=200)
        slips.close(place.session(), row, reason=reason, by=place.by(), now=place.now())
        return self._done(row, "close", {"reason": reason})

    def _fresh(self, slip_id: int) -> Slip:
        query = select(Slip).where(Slip.id == slip_id, hidden.slips()).options(*_LOADS)
        row = base.found(place.session().scalar(query))
        if base.number("version") != row.version:
            raise Stale(number=row.number)
        return row

    def _done(self, row: Slip, step: str, after: dict[str, Any]) -> Any:
        base.commit(Deed(f"slip.{step}", "slip", row.number, {}, after), t(f"slips.done.{step}"), sends=True)
        return redirect(self.get_url(".slip", number=row.number))


def _owed(ids: list[int]) -> dict[int, Promise]:
    """The next promise of each slip that is still owed."""
    query = (
        select(Promise)
        .where(Promise.slip_id.in_(ids), Promise.met_at.is_(None), Promise.state != "dropped")
        .options(joinedload(Promise.policy))
        .order_by(Promise.due_at.desc())
    )
    return {row.slip_id: row for row in place.session().scalars(query) if row.slip_id is not None}
