"""What needs a person: each with an owner, taken and resolved in words."""

from typing import Any

from flask import g, redirect, request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload, with_polymorphic

from admin import base, faces, hidden, place
from admin.auth import safe_path
from admin.words import lazy, name_of, t
from models import Complaint, Conversation, Escalation, Follower, Policy, Project, Repair, Ticket
from models.desk import escalations
from models.desk.trust import Deed

SIZE = 50
VIEWS = ("open", "mine", "resolved")
#: Cases of every kind with their own columns, in one query.
_CASES = with_polymorphic(Ticket, [Repair, Complaint], flat=True)
#: What a list row prints, in the same number of queries for one row and for fifty.
LOADS = (
    joinedload(Escalation.ticket.of_type(_CASES)).joinedload(_CASES.project).joinedload(Project.estate),
    joinedload(Escalation.owner),
    joinedload(Escalation.conversation).joinedload(Conversation.follower).joinedload(Follower.customer),
    joinedload(Escalation.callback),
    joinedload(Escalation.slip),
)


class EscalationsView(base.Guarded):
    """The list of what needs somebody, the oldest first."""

    see = "escalation.see"
    needs = {"take": "escalation.resolve", "resolve": "escalation.resolve"}

    @classmethod
    def build(cls, _sessions: Any) -> "EscalationsView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.escalations"), endpoint="escalations", url="escalations")

    @expose("/")
    def index_view(self) -> str:
        """Open ones, one's own, or those that are done."""
        view = request.args.get("view", "open")
        view = view if view in VIEWS else "open"
        query = select(Escalation).where(hidden.matters()).options(*LOADS)
        if view == "resolved":
            query = query.where(Escalation.state == "resolved").order_by(Escalation.id.desc())
        else:
            query = query.where(Escalation.state.in_(("open", "taken"))).order_by(Escalation.id)
        if view == "mine":
            query = query.where(Escalation.owner_id == place.staff().id)
        after = base.number("after", request.args)
        if after:
            query = query.where(Escalation.id < after if view == "resolved" else Escalation.id > after)
        rows, more = base.pages(place.session().scalars(query.limit(SIZE + 1)), SIZE)
        return self.render("admin/escalations.html", rows=rows, view=view, views=VIEWS, more=rows[-1].id if more else 0)

    @expose("/<int:number>/take", methods=("POST",))
    def take(self, number: int) -> Any:
        """It is the person's own from now on."""
        row = self._found(number)
        before = {"owner": row.owner.name if row.owner else "", "state": row.state}
        escalations.take(place.session(), row, place.staff(), now=place.now(), seen=base.number("seen"))
        return self._done(row, "take", before, {"owner": place.staff().name, "state": row.state})

    @expose("/<int:number>/resolve", methods=("POST",))
    def resolve(self, number: int) -> Any:
        """Done, and the words say how."""
        row = self._found(number)
        said = base.words("words", limit=500)
        before = {"state": row.state}
        escalations.resolve(place.session(), row, by=place.by(), words=said, now=place.now())
        return self._done(row, "resolve", before, {"state": row.state, "words": said})

    def _found(self, number: int) -> Escalation:
        query = select(Escalation).where(Escalation.id == number, hidden.matters())
        return base.found(place.session().scalar(query.options(joinedload(Escalation.owner))))

    def _done(self, row: Escalation, step: str, before: Any, after: Any) -> Any:
        deed = Deed(f"escalation.{step}", "escalation", str(row.id), before, after)
        base.commit(deed, t(f"escalations.done.{step}"))
        back = request.form.get("next", "")
        return redirect(safe_path(back) if back else self.get_url(".index_view"))


def _policies() -> dict[str, str]:
    """The policies by what staff call them; read once a page."""
    if "policies" not in g:
        g.policies = {title: name for name, title in place.session().execute(select(Policy.name, Policy.title))}
    return g.policies


def words_of(row: Escalation) -> str:
    """What the matter is about: a person's own words, or the reason or promise behind it named in words of ours."""
    if row.kind == "message_failed":
        return name_of("reason", row.words)
    if row.kind == "promise_missed":
        known = faces.title_of(Policy(name=_policies().get(row.words, ""), title=row.words), "policy")
        return t("escalations.missed", what=known)
    return row.words
