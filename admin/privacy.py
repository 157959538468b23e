"""Privacy requests: who wants what, what exactly will go or stay, two colleagues for a deletion, copies handed over.

A preview counts by headings; it never shows what is counted.
"""

from typing import Any

from flask import Response, redirect, request, url_for
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms.validators import NumberRange

from admin import base, cases, hidden, place, slip
from admin.tables import DeskView
from admin.words import lazy, name_of, t
from models import Customer, LockedRecord, PrivacyRequest, Retention
from models.desk import trust
from models.desk.personal import erasing, locking, privacy, whose
from models.desk.personal.whose import Whose
from models.desk.trust import Deed, Fact
from models.errors import DomainError
from models.personal import RULES
from models.privacy import WISHES

SIZE = 40
#: The first filters of the list, in the order of their chips.
VIEWS = ("open", "mine", "late", "over")
LOADS = (joinedload(PrivacyRequest.customer), joinedload(PrivacyRequest.follower), joinedload(PrivacyRequest.owner))
#: Headings of the preview in their order; each has its sentences in the catalogue.
GROUPS = tuple(dict.fromkeys(rule.group for rule in RULES.values()))
#: What becomes of a heading, for its chip.
FATE = {"contracts": "lock", "proof": "keep"}


class PrivacyView(base.Guarded):
    """The list, the request with its preview, the steps, and the locked records."""

    see = "privacy.see"
    needs = dict.fromkeys(("check", "refuse", "register", "export", "hand_over"), "privacy.handle") | {
        "approve": "privacy.approve", "send_back": "privacy.approve", "locked": "privacy.locked",
        "open_locked": "privacy.locked",
    }  # fmt: skip

    @classmethod
    def build(cls, _sessions: Any) -> "PrivacyView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.privacy"), endpoint="privacy", url="privacy")

    @expose("/")
    def index_view(self) -> str:
        """The list, the next promise first."""
        view = request.args.get("view", "open")
        view = view if view in VIEWS else "open"
        page = base.number("page", request.args) or 0
        query = _narrowed(view).options(*LOADS)
        order = (PrivacyRequest.next_due_at.is_(None), PrivacyRequest.next_due_at, PrivacyRequest.id.desc())
        order = (PrivacyRequest.id.desc(),) if view == "over" else order
        found = place.session().scalars(query.order_by(*order).offset(page * SIZE).limit(SIZE + 1))
        rows, more = base.pages(found, SIZE)
        return self.render(
            "admin/privacies.html", rows=rows, more=page + 1 if more else 0, view=view, views=VIEWS, who=who_asks
        )

    @expose("/<number>")
    def case(self, number: str) -> str:
        """One request: who asks and how we know, what will go and what stays, its story, the next step."""
        query = _seen().where(PrivacyRequest.number == number).options(*LOADS)
        row = base.found(place.session().scalar(query))
        who = whose.person(place.session(), row.follower, row.customer)
        return self.render(
            "admin/privacy.html", row=row, who=who_asks(row), groups=preview(row, who), fate=FATE,
            waits=_waits(row, who), promise=privacy.due_at(place.session(), row), moves=row.moves[row.state],
            wechats=len(who.followers), own=row.checked_by_id == place.staff().id,
        )  # fmt: skip

    @expose("/register", methods=("POST",))
    def register(self) -> Any:
        """What a customer wants on the phone, written down; papers prove who they are."""
        customer = base.found(place.session().get(Customer, base.number("customer") or 0))
        wish = request.form.get("wish", "")
        if wish not in WISHES:
            raise DomainError("errors.empty_field")
        said = base.words("words", limit=500)
        row, new = privacy.ask(place.session(), customer, wish, said, by=place.by(), now=place.now())
        deed = Deed("privacy.register", "privacy", row.number, after={"wish": wish, "new": new})
        base.commit(deed, t("privacy.done.register"), sends=True)
        return redirect(self.get_url(".case", number=row.number))

    @expose("/<int:ticket_id>/check", methods=("POST",))
    def check(self, ticket_id: int) -> Any:
        """Looked at; a second colleague decides."""
        row = self._fresh(ticket_id)
        privacy.check(place.session(), row, place.staff(), base.words("words", limit=500), now=place.now())
        return self._done(row, "check")

    @expose("/<int:ticket_id>/send-back", methods=("POST",))
    def send_back(self, ticket_id: int) -> Any:
        """To be looked at again."""
        row = self._fresh(ticket_id)
        privacy.send_back(place.session(), row, place.staff(), base.words("words", limit=500), now=place.now())
        return self._done(row, "send_back")

    @expose("/<int:ticket_id>/approve", methods=("POST",))
    def approve(self, ticket_id: int) -> Any:
        """The deletion may happen."""
        row = self._fresh(ticket_id)
        if row.wish != "delete":
            raise DomainError("errors.refused")
        privacy.approve(place.session(), row, place.staff(), now=place.now())
        return self._done(row, "approve")

    @expose("/<int:ticket_id>/export", methods=("POST",))
    def export(self, ticket_id: int) -> Any:
        """The copy is made by the job."""
        row = self._fresh(ticket_id)
        if row.wish != "export":
            raise DomainError("errors.refused")
        privacy.approve(place.session(), row, place.staff(), now=place.now())
        return self._done(row, "export")

    @expose("/<int:ticket_id>/refuse", methods=("POST",))
    def refuse(self, ticket_id: int) -> Any:
        """Nothing is done, and the person hears why."""
        row = self._fresh(ticket_id)
        privacy.refuse(place.session(), row, place.staff(), base.words("words", limit=200), now=place.now())
        return self._done(row, "refuse")

    @expose("/<int:ticket_id>/hand-over", methods=("POST",))
    def hand_over(self, ticket_id: int) -> Response:
        """The copy for somebody who comes in person, with a slip that says by whom and when; each time on record."""
        session = place.session()
        row = base.found(session.scalar(_seen().where(PrivacyRequest.id == ticket_id)))
        path = place.desk().settings.media_dir / row.path
        if not row.path or row.expires_at is None or row.expires_at <= place.now() or not path.is_file():
            raise DomainError("errors.copy_gone")
        fact = Fact("privacy", row.id, "copy")
        trust.disclose(session, place.staff(), fact, origin=place.origin(), now=place.now())
        row.tell("handed_over", by=place.by(), now=place.now())
        number = row.number
        base.keep(Deed("privacy.hand_over", "privacy", number))
        content = slip.added(path.read_bytes(), slip.words(number, place.staff().name, place.now()))
        disposition = f'attachment; filename="nuanju-{number}.zip"'
        return Response(content, content_type="application/zip", headers={"Content-Disposition": disposition})

    @expose("/locked")
    def locked(self) -> str:
        """Which records the law keeps: numbers and dates, nothing of what stands in them."""
        page = base.number("page", request.args) or 0
        query = select(LockedRecord).options(joinedload(LockedRecord.request)).order_by(LockedRecord.id.desc())
        rows, more = base.pages(place.session().scalars(query.offset(page * SIZE).limit(SIZE + 1)), SIZE)
        return self.render("admin/locked.html", rows=rows, more=page + 1 if more else 0, opened=None)

    @expose("/locked/<int:number>", methods=("POST",))
    def open_locked(self, number: int) -> str:
        """One record, read; the reading is on record before it shows."""
        row = locking.read(place.session(), number, place.staff(), origin=place.origin(), now=place.now())
        facts = {name: value for name, value in row.facts.items() if value not in ("", None)}
        place.session().commit()
        return self.render("admin/locked.html", rows=[row], more=0, opened=facts)

    def _fresh(self, ticket_id: int) -> PrivacyRequest:
        """The request, if the person has seen its present version."""
        query = _seen().where(PrivacyRequest.id == ticket_id)
        return cases.fresh(base.found(place.session().scalar(query)), "privacy_event")

    def _done(self, row: PrivacyRequest, step: str) -> Any:
        number = row.number
        deed = Deed(f"privacy.{step}", "privacy", number, after={"state": row.state})
        base.commit(deed, t(f"privacy.done.{step}"), sends=True)
        return redirect(url_for("privacy.case", number=number))


def _seen() -> Any:
    """Requests that exist for the person: not those of a customer who complained about them."""
    return select(PrivacyRequest).where(hidden.people(PrivacyRequest.follower_id))


def _narrowed(view: str) -> Any:
    is_open = PrivacyRequest.state.in_(privacy.OPEN)
    conditions = {
        "open": (is_open,),
        "mine": (is_open, PrivacyRequest.owner_id == place.staff().id),
        "late": (is_open, PrivacyRequest.next_due_at < place.now()),
        "over": (~is_open,),
    }
    return _seen().where(*conditions[view])


def who_asks(row: PrivacyRequest) -> str:
    """The person as staff may know them; after the deletion nobody."""
    if row.wish == "delete" and row.state in ("running", "done"):
        return t("privacy.nobody")
    return str(row.customer or row.follower or t("repair.no_name"))


def preview(row: PrivacyRequest, who: Whose) -> list[tuple[str, int]]:
    """Heading and number of rows: what will go, or once it is carried out what went."""
    carried_out = row.state in ("running", "done")
    counts = row.counts if carried_out else erasing.preview(place.session(), who, place.now())
    sums = dict.fromkeys(GROUPS, 0)
    for name, count in counts.items():
        sums[RULES[name].group] += int(count)
    return [(group, count) for group, count in sums.items() if count]


def _waits(row: PrivacyRequest, who: Whose) -> list[tuple[str, str, str]]:
    """What must be finished first, as far as the person may know of it: number, and the state by group and name."""
    cases = [one for one in whose.open_cases(place.session(), who, but=row.id) if hidden.has_case(one.id)]
    slips = [one for one in whose.open_slips(place.session(), who) if hidden.has_case(one.ticket_id)]
    named = {"appointment": "visit_state", "privacy": "privacy_state"}
    found = [(one.number, named.get(one.kind, "state"), one.state) for one in cases]
    return found + [(one.number, "slip", one.state) for one in slips]


_DAYS = {"validators": [NumberRange(min=1, max=36500)]}


class RetentionsView(DeskView):
    """How long each kind of data is kept; a job clears what is older."""

    record = Retention
    see = "privacy.see"
    change = "privacy.approve"
    column_list = column_details_list = ("name", "days", "cleared", "rested_at")
    column_formatters = column_formatters_detail = {"name": lambda _v, _c, row, _n: name_of("retention", row.name)}
    column_default_sort = "id"
    form_columns = ("days",)
    form_args: dict[str, Any] = {"days": _DAYS}
