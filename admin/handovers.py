"""Hand-over notes: what one shift leaves to the next, and who signed for it."""

from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import select

from admin import base, place
from admin.words import lazy, t
from models import HandoverNote, Shift
from models.desk.staff import handovers
from models.desk.trust import Deed


class HandoversView(base.Guarded):
    """交接班记录."""

    see = "roster.see"
    needs = {"write": "handover.write", "sign": "handover.write"}

    @classmethod
    def build(cls, _sessions: Any) -> "HandoversView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.handovers"), endpoint="handovers", url="handovers")

    @expose("/")
    def index_view(self) -> str:
        """The notes, newest first, and a form for one's own shift."""
        session, now = place.session(), place.now()
        rows, more = base.pages(handovers.listed(session, before=base.number("after", request.args)), handovers.MOST)
        own, _ = handovers.shift_of(session, place.staff(), now=now)
        return self.render(
            "admin/handovers.html", rows=rows, more=rows[-1].id if more else 0, own=own,
            shifts=session.scalars(select(Shift).where(Shift.active).order_by(Shift.starts, Shift.id)).all(),
            mine={row.id for row in handovers.to_sign(session, place.staff())},
        )  # fmt: skip

    @expose("/write", methods=("POST",))
    def write(self) -> Any:
        """The note stands and waits for the next shift."""
        session, words = place.session(), base.words("words", limit=2000)
        shift = session.get(Shift, base.number("shift") or 0)
        row = handovers.write(session, place.staff(), words, shift=shift, now=place.now())
        after = {"day": row.day.isoformat(), "shift": shift.name if shift else "", "words": row.words}
        base.commit(Deed("handover.write", "handover", str(row.id), {}, after), t("handovers.done.write"))
        return redirect(self.get_url(".index_view"))

    @expose("/<int:number>/sign", methods=("POST",))
    def sign(self, number: int) -> Any:
        """The person takes over."""
        row = base.found(place.session().get(HandoverNote, number))
        handovers.sign(place.session(), row, place.staff(), now=place.now())
        base.commit(Deed("handover.sign", "handover", str(number)), t("handovers.done.sign"))
        return redirect(self.get_url("home.index_view" if request.form.get("home") else ".index_view"))
