"""Complaints: the list by next promise, one complaint with its story, and each step of its way as a verb.

Whoever it is about gets the same page as for a number that does not exist.
"""

from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin import asked, base, board, cases, complaint_list, hidden, place, story
from admin.fields import cents
from admin.words import lazy, t
from models import Complaint, Crew, Customer, Escalation, Project, Staff
from models.complaints import TARGETS
from models.desk.complaint import complaints, verdicts
from models.desk.complaint.complaints import Grievance
from models.desk.complaint.verdicts import Lesson, Offer
from models.desk.delivery import ladder
from models.desk.trust import Deed

SIZE = 40
#: The first filters of the list, in the order of their chips.
VIEWS = ("open", "mine", "severe", "late", "closed")
LOADS = (
    joinedload(Complaint.project).joinedload(Project.estate),
    joinedload(Complaint.customer),
    joinedload(Complaint.owner),
    joinedload(Complaint.about_staff),
    joinedload(Complaint.about_crew),
)
_STEPS = (
    "judge",
    "explain",
    "propose",
    "agree",
    "carry_out",
    "close",
    "withdraw",
    "contact",
    "note",
    "register",
    "grave",
)


class ComplaintsView(base.Guarded):
    """The list and the case."""

    see = "complaint.see"
    needs = dict.fromkeys(_STEPS, "complaint.handle") | {
        "new": "complaint.handle",
        "reopen": "complaint.lead",
        "give": "complaint.lead",
        "accused": "complaint.lead",
        "answer": "conversation.reply",
    }

    @classmethod
    def build(cls, _sessions: Any) -> "ComplaintsView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.complaints"), endpoint="complaints", url="complaints")

    @expose("/")
    def index_view(self) -> str:
        """The list, the next promise first."""
        args = request.args
        view = args.get("view", "open")
        view = view if view in VIEWS else "open"
        target = args.get("target", "") if args.get("target") in TARGETS else ""
        search = asked.words("q")
        page = base.number("page", args) or 0
        query = complaint_list.narrowed(complaint_list.seen(), view, target, search).options(*LOADS)
        order = (Complaint.next_due_at.is_(None), Complaint.next_due_at, Complaint.id.desc())
        if view == "closed":
            order = (Complaint.id.desc(),)
        found = place.session().scalars(query.order_by(*order).offset(page * SIZE).limit(SIZE + 1))
        rows, more = base.pages(found, SIZE)
        return self.render(
            "admin/complaints.html", rows=rows, more=page + 1 if more else 0, view=view, views=VIEWS, target=target,
            targets=TARGETS, search=search, promises=board.next_promises(place.session(), [row.id for row in rows]),
        )  # fmt: skip

    @expose("/new")
    def new(self) -> str:
        """What a customer says on the phone, written down."""
        customer = base.found(place.session().get(Customer, base.number("customer", request.args) or 0))
        return self.render("admin/complaint_new.html", customer=customer, targets=TARGETS, **_meant())

    @expose("/register", methods=("POST",))
    def register(self) -> Any:
        """A complaint by phone stands, with its owner and promises."""
        session, form = place.session(), request.form
        customer = base.found(session.get(Customer, base.number("customer") or 0))
        told = Grievance(
            problem=base.words("words"), target=form.get("target", ""), confidential=form.get("confidential") == "1",
            demand=base.words("demand", limit=500, needed=False),
            staff=session.get(Staff, base.number("staff") or 0), crew=session.get(Crew, base.number("crew") or 0),
        )  # fmt: skip
        follower = next((one for one in customer.followers if one.subscribed), None)
        complaint = complaints.register(session, follower or customer, told, by=place.by(), now=place.now())
        if not hidden.has_case(complaint.id):
            base.commit(Deed("complaint.register", "complaint", complaint.number), t("complaint.done.away"), sends=True)
            return redirect(self.get_url(".index_view"))
        return self._done(complaint, "register")

    @expose("/<number>")
    def case(self, number: str) -> str:
        """One complaint: what, of whom, what is promised, its story, and what can be done now."""
        session = place.session()
        complaint = base.found(session.scalar(complaint_list.seen().where(Complaint.number == number).options(*LOADS)))
        beats = story.of(session, complaint, chat=cases.talks(complaint))
        messages = [beat.row for beat in beats if beat.kind == "message"]
        return self.render(
            "admin/complaint.html",
            complaint=complaint,
            beats=beats,
            mail=story.mail(session, messages),
            promises=story.promises(session, complaint),
            upcoming=board.next_promises(session, [complaint.id]).get(complaint.id),
            moves=complaint.moves[complaint.state],
            escalations=_escalations(complaint),
            heads=verdicts.heads(session, complaint) if place.may("complaint.lead") else [],
            conversation=cases.conversation(complaint),
            window=ladder.window(complaint.follower, place.now()) if complaint.follower else None,
            limit=place.staff().role.compensation_limit / 100,
            **_meant(),
        )

    @expose("/<int:ticket_id>/judge", methods=("POST",))
    def judge(self, ticket_id: int) -> Any:
        """It stands or does not, with the reason."""
        stands = request.form.get("stands") == "1"
        return self._step(ticket_id, "judge", verdicts.judge, stands=stands, reason=base.words("reason", limit=500))

    @expose("/<int:ticket_id>/explain", methods=("POST",))
    def explain(self, ticket_id: int) -> Any:
        """The explanation goes to the customer in writing."""
        return self._step(ticket_id, "explain", verdicts.explain, base.words("words", limit=600))

    @expose("/<int:ticket_id>/propose", methods=("POST",))
    def propose(self, ticket_id: int) -> Any:
        """The proposal goes to the customer, with money up to one's own limit."""
        offer = Offer(base.words("words", limit=500), cents(request.form.get("money", "")))
        return self._step(ticket_id, "propose", verdicts.propose, offer)

    @expose("/<int:ticket_id>/agree", methods=("POST",))
    def agree(self, ticket_id: int) -> Any:
        """The customer agreed on the phone."""
        return self._step(ticket_id, "agree", verdicts.agreed_by_phone, base.words("words", limit=300))

    @expose("/<int:ticket_id>/carry-out", methods=("POST",))
    def carry_out(self, ticket_id: int) -> Any:
        """What was agreed is done."""
        return self._step(ticket_id, "carry_out", verdicts.carry_out, base.words("words", limit=500))

    @expose("/<int:ticket_id>/close", methods=("POST",))
    def close(self, ticket_id: int) -> Any:
        """It is over, with cause and prevention."""
        lesson = Lesson(base.words("cause", limit=500), base.words("prevention", limit=500))
        return self._step(ticket_id, "close", verdicts.close, lesson)

    @expose("/<int:ticket_id>/withdraw", methods=("POST",))
    def withdraw(self, ticket_id: int) -> Any:
        """The customer took it back on the phone."""
        return self._step(ticket_id, "withdraw", verdicts.withdrawn_by_phone, base.words("reason", limit=200))

    @expose("/<int:ticket_id>/reopen", methods=("POST",))
    def reopen(self, ticket_id: int) -> Any:
        """It is judged once more."""
        return self._step(ticket_id, "reopen", verdicts.reopen, base.words("reason", limit=200))

    @expose("/<int:ticket_id>/contact", methods=("POST",))
    def contact(self, ticket_id: int) -> Any:
        """The customer was called."""
        return self._step(ticket_id, "contact", verdicts.contact, base.words("words", limit=500))

    @expose("/<int:ticket_id>/grave", methods=("POST",))
    def grave(self, ticket_id: int) -> Any:
        """A colleague calls it severe."""
        return self._step(ticket_id, "grave", verdicts.grave, base.words("reason", limit=200))

    @expose("/<int:ticket_id>/give", methods=("POST",))
    def give(self, ticket_id: int) -> Any:
        """Somebody else answers for it."""
        to = base.found(place.session().get(Staff, base.number("staff") or 0))
        return self._step(ticket_id, "give", verdicts.give_to, to)

    @expose("/<int:ticket_id>/accused", methods=("POST",))
    def accused(self, ticket_id: int) -> Any:
        """Whom it is about is corrected."""
        meant = place.session().get(Staff, base.number("staff") or 0)
        return self._step(ticket_id, "accused", verdicts.name_accused, meant)

    @expose("/<int:ticket_id>/note", methods=("POST",))
    def note(self, ticket_id: int) -> Any:
        """A note for colleagues; it never leaves the house."""
        complaint = self._found(ticket_id)
        complaint.tell("note", by=place.by(), now=place.now(), reason=base.words("words"))
        return self._done(complaint, "note", sends=False)

    @expose("/<int:ticket_id>/answer", methods=("POST",))
    def answer(self, ticket_id: int) -> Any:
        """Words of the person to the customer, in their WeChat."""
        complaint = self._found(ticket_id)
        cases.answer(complaint)
        return self._done(complaint, "answer")

    def _step(self, ticket_id: int, step: str, verb: Any, *args: Any, **more: Any) -> Any:
        complaint = self._fresh(ticket_id)
        before = {"state": complaint.state}
        verb(place.session(), complaint, place.staff(), *args, now=place.now(), **more)
        return self._done(complaint, step, (before, {"state": complaint.state}))

    def _found(self, ticket_id: int) -> Complaint:
        return base.found(place.session().scalar(complaint_list.seen().where(Complaint.id == ticket_id)))

    def _fresh(self, ticket_id: int) -> Complaint:
        """The complaint, if the person has seen its present version."""
        return cases.fresh(self._found(ticket_id))

    def _done(self, complaint: Complaint, step: str, facts: tuple = ({}, {}), *, sends: bool = True) -> Any:
        number = complaint.number
        base.commit(Deed(f"complaint.{step}", "complaint", number, *facts), t(f"complaint.done.{step}"), sends=sends)
        # Whoever names themselves as meant sees it no more.
        still = hidden.has_case(complaint.id)
        return redirect(self.get_url(".case", number=number) if still else self.get_url(".index_view"))


def _meant() -> dict[str, Any]:
    """Whom a complaint may be about."""
    session = place.session()
    return {
        "colleagues": cases.colleagues(),
        "crews": session.scalars(select(Crew).where(Crew.active).order_by(Crew.name)).all(),
    }


def _escalations(complaint: Complaint) -> Any:
    query = select(Escalation).where(Escalation.ticket_id == complaint.id).options(joinedload(Escalation.owner))
    return place.session().scalars(query.order_by(Escalation.id)).all()
