"""Announcements: written, withdrawn, and who has confirmed to have read them."""

import datetime as dt
from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin import base, place
from admin.tell import sentence
from admin.words import lazy, t
from models import Announcement, Role, Staff
from models.desk.staff import announcements
from models.desk.staff.announcements import Notice
from models.desk.trust import Deed
from models.errors import DomainError, Missing

#: An announcement is shown for so many days when nobody says otherwise.
USUAL = dt.timedelta(days=7)


class AnnouncementsView(base.Guarded):
    """公告. Confirming stands on the home page, where everybody is."""

    see = "roster.see"
    needs = {"make": "announcement.make", "withdraw": "announcement.make"}

    @classmethod
    def build(cls, _sessions: Any) -> "AnnouncementsView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.announcements"), endpoint="announcements", url="announcements")

    @expose("/")
    def index_view(self) -> str:
        """The latest, with who has confirmed and who has not."""
        return self._page({})

    @expose("/make", methods=("POST",))
    def make(self) -> Any:
        """It is shown on those days. What is wrong is said above the form, nothing typed is lost."""
        session = place.session()
        try:
            row = announcements.make(session, self._notice(), staff=place.staff(), now=place.now())
        except DomainError as refusal:
            session.rollback()
            return self._page(request.form, sentence(refusal)), 409
        after = {"words": row.words, "from": row.first_day.isoformat(), "until": row.last_day.isoformat()}
        base.commit(Deed("announcement.make", "announcement", str(row.id), {}, after), t("announcements.done.make"))
        return redirect(self.get_url(".index_view"))

    @expose("/<int:number>/withdraw", methods=("POST",))
    def withdraw(self, number: int) -> Any:
        """Nobody is shown it any more."""
        row = base.found(place.session().get(Announcement, number))
        before = {"until": row.last_day.isoformat()}
        announcements.withdraw(row, now=place.now())
        base.commit(
            Deed("announcement.withdraw", "announcement", str(number), before), t("announcements.done.withdraw")
        )
        return redirect(self.get_url(".index_view"))

    def _page(self, told: Any, wrong: str = "") -> str:
        session, now, today = place.session(), place.now(), place.today()
        people = session.scalars(select(Staff).where(Staff.active).options(joinedload(Staff.role)).order_by(Staff.name))
        colleagues = people.all()
        rows = announcements.listed(session)
        return self.render(
            "admin/announcements.html", rows=rows, told=told, wrong=wrong, today=today, ending=today + USUAL,
            shown={row.id for row in rows if announcements.shown(row, now=now)},
            missing={row.id: announcements.missing(row, colleagues) for row in rows},
            roles=session.scalars(select(Role).order_by(Role.id)).all(),
        )  # fmt: skip

    def _notice(self) -> Notice:
        form = request.form
        try:
            first, last = (dt.date.fromisoformat(form.get(name, "")) for name in ("first", "last"))
        except ValueError:
            raise Missing("errors.no_moment", field="first") from None
        role = place.session().get(Role, base.number("role") or 0)
        return Notice(base.words("words", limit=1000), first, last, role)
