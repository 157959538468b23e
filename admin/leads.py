"""Enquiries: the list, one lead with its story, and what the desk does with it. People see their own, or all."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, request
from flask_admin import expose
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from admin import asked, base, board, cases, follow, place, story
from admin.words import lazy, t
from models import Appointment, Customer, Enquiry
from models.desk.delivery import ladder
from models.desk.sales import appointments, cooling, enquiries
from models.desk.staff.duty import LEADS
from models.desk.trust import Deed
from models.errors import DomainError
from models.sales import GRADES, VISITS
from models.states import ENQUIRY

VIEWS = ("open", "late", "hopeful", "cooled", "mine", "ended")
SIZE = 30
#: What whoever is to look after a lead must be allowed.
OWNERS = ("enquiry.see", "enquiry.act")
#: How many free times the dialog for booking offers.
OFFERED = 30


def visible(enquiry: Enquiry | None) -> bool:
    """Whether the person who asks may see this lead: it is theirs, or they may see everybody's."""
    person = place.staff()
    return enquiry is not None and person is not None and (place.may("enquiry.all") or enquiry.owner_id == person.id)


def own(query: Select[Any], owner: Any) -> Select[Any]:
    """The query inside the person's scope."""
    return query if place.may("enquiry.all") else query.where(owner == place.staff().id)


@dataclass(frozen=True)
class Wish:
    """What the person wants to see."""

    view: str = "open"
    grade: str = ""
    search: str = ""
    page: int = 0


class EnquiriesView(base.Guarded):
    """咨询."""

    see = "enquiry.see"
    needs = {
        "contacted": "enquiry.act",
        "grade": "enquiry.act",
        "won": "enquiry.act",
        "lost": "enquiry.act",
        "note": "enquiry.act",
        "book": "enquiry.act",
        "give": "enquiry.all",
        "answer": "conversation.reply",
        "follow": "enquiry.act",
    }

    @classmethod
    def build(cls, _sessions: Any) -> "EnquiriesView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.enquiries"), endpoint="enquiries", url="enquiries")

    @expose("/")
    def index_view(self) -> str:
        """The leads, the next promise first, then the more hopeful."""
        args = request.args
        wish = Wish(
            view=args.get("view", "open") if args.get("view") in VIEWS else "open",
            grade=args.get("grade", "") if args.get("grade") in GRADES else "",
            search=asked.words("q"),
            page=base.number("page", args) or 0,
        )
        query = _narrowed(wish).options(joinedload(Enquiry.customer), joinedload(Enquiry.owner))
        order = (Enquiry.next_due_at.is_(None), Enquiry.next_due_at, Enquiry.grade, Enquiry.id.desc())
        found = place.session().scalars(query.order_by(*order).limit(SIZE + 1).offset(wish.page * SIZE))
        rows, more = base.pages(found, SIZE)
        due = board.next_promises(place.session(), [row.id for row in rows])
        return self.render("admin/enquiries.html", rows=rows, more=more, wish=wish, views=VIEWS, promises=due,
                           is_cold=cooling.is_cold)  # fmt: skip

    @expose("/<number>")
    def case(self, number: str) -> str:
        """One lead: what they want, how hopeful, its story, and what can be done now."""
        session = place.session()
        query = select(Enquiry).where(Enquiry.number == number).options(
            joinedload(Enquiry.customer), joinedload(Enquiry.owner), joinedload(Enquiry.follower),
            selectinload(Enquiry.appointments).joinedload(Appointment.showroom),
        )  # fmt: skip
        enquiry = _seen(session.scalar(query))
        beats = story.of(session, enquiry, chat=cases.talks(enquiry))
        messages = [beat.row for beat in beats if beat.kind == "message"]
        return self.render(
            "admin/enquiry.html",
            enquiry=enquiry,
            beats=beats,
            mail=story.mail(session, messages),
            promises=story.promises(session, enquiry),
            upcoming=board.next_promises(session, [enquiry.id]).get(enquiry.id),
            moves=ENQUIRY[enquiry.state],
            followed=follow.of(ticket_id=enquiry.id),
            follow=follow,
            conversation=cases.conversation(enquiry),
            window=ladder.window(enquiry.follower, place.now()) if enquiry.follower else None,
            free={visit: appointments.free(session, visit, now=place.now())[:OFFERED] for visit in VISITS},
            colleagues=cases.colleagues(*OWNERS) if place.may("enquiry.all") else [],
        )

    @expose("/<int:ticket_id>/follow/<int:enrolment_id>/<verb>", methods=("POST",))
    def follow(self, ticket_id: int, enrolment_id: int, verb: str) -> Any:
        """Following this lead up by one plan ends with a reason, or goes on."""
        enquiry = _seen(place.session().get(Enquiry, ticket_id))
        follow.decide(enrolment_id, verb, ticket_id=ticket_id)
        return redirect(self.get_url(".case", number=enquiry.number))

    @expose("/<int:ticket_id>/contacted", methods=("POST",))
    def contacted(self, ticket_id: int) -> Any:
        """Somebody has spoken with them; the promised call is kept."""
        enquiry, said = self._fresh(ticket_id), base.words("words", limit=500)
        before = {"state": enquiry.state}
        enquiries.contacted(place.session(), enquiry, words=said, by=place.by(), now=place.now())
        return self._done(enquiry, "contacted", (before, {"state": enquiry.state, "words": said}))

    @expose("/<int:ticket_id>/grade", methods=("POST",))
    def grade(self, ticket_id: int) -> Any:
        """A colleague knows better than the rule, and says why."""
        enquiry, why = self._fresh(ticket_id), base.words("reason", limit=200)
        before = {"grade": enquiry.grade}
        grade = request.form.get("grade", "")
        enquiries.set_grade(place.session(), enquiry, grade, reason=why, by=place.by(), now=place.now())
        return self._done(enquiry, "grade", (before, {"grade": enquiry.grade, "reason": why}))

    @expose("/<int:ticket_id>/won", methods=("POST",))
    def won(self, ticket_id: int) -> Any:
        """They sign."""
        return self._ended(ticket_id, "won", enquiries.won, needed=False)

    @expose("/<int:ticket_id>/lost", methods=("POST",))
    def lost(self, ticket_id: int) -> Any:
        """They go elsewhere, and the reason stands."""
        return self._ended(ticket_id, "lost", enquiries.lost, needed=True)

    @expose("/<int:ticket_id>/note", methods=("POST",))
    def note(self, ticket_id: int) -> Any:
        """A note for colleagues; it never leaves the house."""
        enquiry = _seen(place.session().get(Enquiry, ticket_id))
        enquiries.note(enquiry, base.words("words"), by=place.by(), now=place.now())
        return self._done(enquiry, "note", sends=False)

    @expose("/<int:ticket_id>/give", methods=("POST",))
    def give(self, ticket_id: int) -> Any:
        """Another colleague looks after it and is told."""
        enquiry = self._fresh(ticket_id)
        staff = cases.colleague(*OWNERS)
        before = {"owner": enquiry.owner.name if enquiry.owner else ""}
        enquiries.given_to(place.session(), enquiry, staff, by=place.by(), now=place.now())
        return self._done(enquiry, "give", (before, {"owner": staff.name}))

    @expose("/<int:ticket_id>/book", methods=("POST",))
    def book(self, ticket_id: int) -> Any:
        """A visit is booked into a free time; the customer is told."""
        enquiry = self._fresh(ticket_id)
        visit, _, start = request.form.get("slot", "").partition("~")
        if visit not in VISITS:
            raise DomainError("errors.no_moment")
        meeting = appointments.Meeting(visit, moment(start), base.words("house", limit=120, needed=False))
        made = appointments.book(place.session(), enquiry, meeting, by=place.by(), now=place.now())
        return self._done(enquiry, "book", ({}, {"number": made.number, "visit": visit, "start": start}))

    @expose("/<int:ticket_id>/answer", methods=("POST",))
    def answer(self, ticket_id: int) -> Any:
        """Words of the person to the customer, on the lead and in their WeChat."""
        enquiry = _seen(place.session().get(Enquiry, ticket_id))
        cases.answer(enquiry)
        return self._done(enquiry, "answer")

    def _ended(self, ticket_id: int, step: str, verb: Any, *, needed: bool) -> Any:
        enquiry, reason = self._fresh(ticket_id), base.words("reason", limit=200, needed=needed)
        before = {"state": enquiry.state}
        verb(place.session(), enquiry, reason=reason, by=place.by(), now=place.now())
        return self._done(enquiry, step, (before, {"state": enquiry.state, "reason": reason}))

    def _fresh(self, ticket_id: int) -> Enquiry:
        """The lead, if the person has seen its present version."""
        return cases.fresh(_seen(place.session().get(Enquiry, ticket_id)))

    def _done(self, enquiry: Enquiry, step: str, facts: tuple = ({}, {}), *, sends: bool = True) -> Any:
        base.commit(Deed(f"enquiry.{step}", "enquiry", enquiry.number, *facts), t(f"enquiry.done.{step}"), sends=sends)
        return redirect(self.get_url(".case", number=enquiry.number))


def moment(text: str) -> dt.datetime:
    """A moment as a form sends it; refused when it is none."""
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        raise DomainError("errors.no_moment") from None
    if at.tzinfo is None:
        raise DomainError("errors.no_moment")
    return at


def _seen(enquiry: Enquiry | None) -> Enquiry:
    if enquiry is None or not visible(enquiry):
        abort(404)
    return enquiry


def _narrowed(wish: Wish) -> Select[tuple[Enquiry]]:
    query = own(select(Enquiry).where(Enquiry.kind == "enquiry"), Enquiry.owner_id)
    ended = wish.view == "ended"
    query = query.where(Enquiry.state.not_in(LEADS) if ended else Enquiry.state.in_(LEADS))
    if wish.view == "late":
        query = query.where(Enquiry.next_due_at < place.now())
    elif wish.view == "hopeful":
        query = query.where(Enquiry.grade.in_(enquiries.CALLED))
    elif wish.view == "cooled":
        query = query.where(cooling.cold())
    elif wish.view == "mine":
        query = query.where(Enquiry.owner_id == place.staff().id)
    if wish.grade:
        query = query.where(Enquiry.grade == wish.grade)
    return query.where(_matches(wish.search)) if wish.search else query


def _matches(text: str) -> ColumnElement[bool]:
    """Number, name, house and style; a phone only as a whole or by its last four digits."""
    named = select(Customer.id).where(Customer.name.icontains(text, autoescape=True))
    found = [Enquiry.number.icontains(text, autoescape=True), Enquiry.customer_id.in_(named)]
    if not text.isdigit():
        spoken = (Enquiry.house_text, Enquiry.style, Enquiry.contact_name)
        found += [column.icontains(text, autoescape=True) for column in spoken]
    elif len(text) in (4, 11):
        found.append(Enquiry.contact_phone.endswith(text, autoescape=True))
    return or_(*found)


__all__ = ["EnquiriesView", "moment", "own", "visible"]
