"""The review of what is overdue: the list, what was decided about each case, and on which days it falls."""

import datetime as dt
from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import select

from admin import base, place
from admin.words import lazy, t
from models import Repair, Staff
from models.desk.repair import finishing, reviews
from models.desk.trust import Deed
from models.errors import DomainError


class ReviewsView(base.Guarded):
    """Repairs past their finishing limit, twice a week."""

    see = "repair.see"
    needs = {"hold": "review.hold", "days": "review.hold"}

    @classmethod
    def build(cls, _sessions: Any) -> "ReviewsView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.reviews"), endpoint="reviews", url="reviews")

    @expose("/")
    def index_view(self) -> str:
        """What this review has to look at, then what it has looked at."""
        session, now = place.session(), place.now()
        rows = reviews.overdue(session, now=now)
        last, following = reviews.times(session, now=now)
        people = session.scalars(select(Staff).where(Staff.active).order_by(Staff.name)).all()
        return self.render(
            "admin/reviews.html", rows=rows, last=last, following=following, weekdays=reviews.days(session),
            who=reviews.reviewer(session, last, now=now), people=[one for one in people if one.may("review.hold")],
            waits=sum(row.held is None for row in rows),
        )  # fmt: skip

    @expose("/<int:number>/hold", methods=("POST",))
    def hold(self, number: int) -> Any:
        """Looked at, with what was decided; a new date and its reason are told to the customer at once."""
        session, now = place.session(), place.now()
        repair = base.found(session.get(Repair, number))
        words = base.words("words", limit=500)
        until, reason = request.form.get("until", "").strip(), base.words("reason", limit=200, needed=False)
        row = reviews.hold(session, repair, words, staff=place.staff(), now=now)
        after: dict[str, Any] = {"day": row.day.isoformat(), "words": row.words}
        if until or reason:
            finishing.delay(session, repair, reason=reason, until=_day(until), by=place.by(), now=now)
            after |= {"until": until, "reason": reason}
        base.commit(Deed("review.hold", "repair", repair.number, {}, after), t("reviews.done.hold"), sends=True)
        return redirect(self.get_url(".index_view"))

    @expose("/days", methods=("POST",))
    def days(self) -> Any:
        """The review falls on the ticked days, held by whom it says."""
        session = place.session()
        chosen = {}
        for weekday in range(7):
            if request.form.get(f"day_{weekday}"):
                person = session.get(Staff, base.number(f"who_{weekday}") or 0)
                chosen[weekday] = person if person is not None and person.may("review.hold") else None
        before = {str(day): who.name if who else "" for day, who in reviews.days(session).items()}
        reviews.set_days(session, chosen)
        after = {str(day): who.name if who else "" for day, who in chosen.items()}
        base.commit(Deed("review.days", "review", "", before, after), t("reviews.done.days"))
        return redirect(self.get_url(".index_view"))


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise DomainError("errors.no_moment") from None
