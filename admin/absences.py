"""Absences: everybody enters their own, who plans the roster everybody's; each with a substitute and an end."""

from collections import Counter
from typing import Any

from flask import abort, redirect, request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin import base, faces, place
from admin.fields import local_moment
from admin.tell import sentence
from admin.words import lazy, t
from models import Absence, Role, Staff
from models.desk.staff import absences
from models.desk.staff.absences import Leave
from models.desk.trust import Deed
from models.errors import DomainError, Missing


class AbsencesView(base.Guarded):
    """Who is away, and who does their work meanwhile."""

    see = "roster.see"
    needs = {"add": "roster.see", "end": "roster.see"}

    @classmethod
    def build(cls, _sessions: Any) -> "AbsencesView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.absences"), endpoint="absences", url="absences")

    @expose("/")
    def index_view(self) -> str:
        """Those of now and to come, then the last weeks; and the form."""
        return self._page({})

    @expose("/add", methods=("POST",))
    def add(self) -> Any:
        """Somebody is away from then to then. What is wrong is said beside the field, nothing typed is lost."""
        staff = self._whose()
        try:
            row = absences.enter(place.session(), staff, self._leave(), by=place.by(), now=place.now())
        except DomainError as refusal:
            place.session().rollback()
            return self._page(request.form, sentence(refusal), refusal.facts.get("field", ""))
        after = {"staff": staff.name, "from": row.starts_at.isoformat(), "until": row.ends_at.isoformat()}
        after["substitute"] = row.substitute.name if row.substitute else ""
        base.commit(Deed("absence.enter", "absence", str(row.id), {}, after), t("absences.done.enter"))
        return redirect(self.get_url(".index_view"))

    @expose("/<int:number>/end", methods=("POST",))
    def end(self, number: int) -> Any:
        """Back early, or not away after all."""
        row = base.found(place.session().get(Absence, number))
        if row.staff_id != place.staff().id and not place.may("roster.edit"):
            abort(403)
        before = {"until": row.ends_at.isoformat()}
        absences.end(place.session(), row, now=place.now())
        base.commit(Deed("absence.end", "absence", str(number), before), t("absences.done.end"))
        return redirect(self.get_url(".index_view"))

    def _page(self, told: Any, wrong: str = "", field: str = "") -> str:
        session, now = place.session(), place.now()
        colleagues = select(Staff).join(Role).where(Staff.active).options(joinedload(Staff.role))
        people = session.scalars(colleagues.order_by(Role.id, Staff.name)).all()
        me = place.staff()
        fit = people if place.may("roster.edit") else [one for one in people if absences.may_stand_in(one, me)]
        return self.render(
            "admin/absences.html", rows=absences.listed(session, now=now), people=people, told=told, wrong=wrong,
            field=field, fit=[one for one in fit if place.may("roster.edit") or one.id != me.id],
            today=faces.local_minute(now), lent=_lent,
        )  # fmt: skip

    def _whose(self) -> Staff:
        """Oneself; somebody else for who plans the roster."""
        wanted = base.number("staff")
        if wanted is None or wanted == place.staff().id:
            return place.staff()
        if not place.may("roster.edit"):
            abort(403)
        return base.found(place.session().get(Staff, wanted))

    def _leave(self) -> Leave:
        starts, ends = (local_moment(request.form.get(name, "")) for name in ("starts", "ends"))
        if starts is None or ends is None:
            raise Missing("errors.no_moment", field="starts" if starts is None else "ends")
        chosen = base.number("substitute")
        substitute = place.session().get(Staff, chosen) if chosen else None
        return Leave(starts, ends, base.words("reason", limit=200, needed=False), substitute)


def _lent(row: Absence) -> list[tuple[str, str]]:
    """Who has what of theirs since the absence began: 周经理, 2 个承诺、1 个回访."""
    counts: dict[int, Counter[str]] = {}
    for kind, rows in row.lent.items():
        for _, heir in rows:
            counts.setdefault(heir, Counter())[kind] += 1
    people = (place.session().get(Staff, heir) for heir in counts)
    return [
        (one.name, faces.listed(t(f"absences.lent.{kind}", n=n) for kind, n in sorted(counts[one.id].items())))
        for one in people
        if one is not None
    ]
