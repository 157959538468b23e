"""Houses: estates, contracts on houses with their household, and the phases of building."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import ColumnElement, inspect, or_, select
from sqlalchemy.orm import joinedload, selectinload
from wtforms import DateField, SelectField, StringField

from admin import base, cases, faces, follow, hidden, place, uploads
from admin.fields import DAY, ListField, SpokenField, named
from admin.tables import DeskView
from admin.words import lazy, t
from models import BindingCode, Callback, Estate, HouseEvent, Phase, Project, ProjectMember, Repair, Staff
from models.desk.account import household, people
from models.desk.callback import rhythm
from models.desk.house import building, phases, site
from models.desk.house.phases import Dates
from models.desk.trust import Deed

STAGES = ("building", "in_warranty", "out_of_warranty")
#: Steps of a house's story that its page shows.
MOST_STEPS = 40
#: The latest calls about a house that its page shows.
MOST_CALLS = 12


class EstatesView(DeskView):
    """楼盘 with the names that people use for them."""

    record = Estate
    see = "project.see"
    add = change = remove = "project.edit"
    column_list = form_columns = column_details_list = ("name", "aliases", "address")
    column_default_sort = "name"
    finds = (Estate.name, Estate.address)
    form_overrides = {"aliases": ListField}


class ProjectsView(DeskView):
    """Contracts on houses."""

    record = Project
    see = "project.see"
    add = change = "project.edit"
    needs = dict.fromkeys(("join", "leave", "photos"), "project.edit")
    may_export = True
    column_list = ("number", "label", "area", "stage", "crew", "supervisor", "completed_on")
    column_details_list = (
        "number", "label", "area", "stage", "crew", "supervisor", "completed_on", "moved_in_on", "note",
    )  # fmt: skip
    column_sortable_list = ("number", "completed_on")
    column_default_sort = ("id", True)
    form_columns = (
        "number", "estate", "building", "room", "area", "stage", "crew", "supervisor", "completed_on", "moved_in_on",
        "note",
    )  # fmt: skip
    facets = {"stage": ("stage", STAGES)}
    finds = (Project.number,)
    loads = (joinedload(Project.estate), joinedload(Project.crew), joinedload(Project.supervisor))
    form_overrides = {
        "completed_on": DateField, "moved_in_on": DateField, "stage": SelectField, "note": SpokenField,
    }  # fmt: skip
    form_args = {"completed_on": DAY, "moved_in_on": DAY, "stage": {"choices": named("stage", STAGES)},
                 "supervisor": {"query_factory": lambda: _supervisors()}}  # fmt: skip
    details_template = "admin/project.html"

    def veil(self) -> ColumnElement[bool]:
        """What is locked away is read in its own place, one at a time (admin/privacy.py)."""
        return Project.locked_at.is_(None)

    def matches(self, search: str) -> ColumnElement[bool] | None:
        """Contract numbers, and houses as people say them."""
        spoken = Estate.name + Project.building + Project.room
        houses = select(Project.id).join(Estate).where(spoken.icontains(search.replace(" ", ""), autoescape=True))
        return or_(Project.number.icontains(search, autoescape=True), Project.id.in_(houses))

    def prepare(self, form: Any, model: Any, created: bool) -> None:
        """A new contract knows when it was written down."""
        if created:
            model.created_at = place.now()

    def more(self, model: Project) -> dict[str, Any]:
        """The household, the phases, the codes that still work and the repairs of this house."""
        session = place.session()
        members = select(ProjectMember).where(ProjectMember.project_id == model.id)
        codes = select(BindingCode).where(BindingCode.project_id == model.id, BindingCode.used_at.is_(None))
        repairs = select(Repair).where(Repair.project_id == model.id).options(joinedload(Repair.crew))
        return {
            "members": session.scalars(members.options(joinedload(ProjectMember.customer))).all(),
            "phases": session.scalars(select(Phase).where(Phase.project_id == model.id).order_by(Phase.position)).all(),
            "standing": phases.standing(model.phases, place.today()),
            "calls": (calls := _calls(model)),
            "asked": follow.asked(calls),
            "site_photos": site.latest(session, model.id),
            "history": session.scalars(
                select(HouseEvent)
                .where(HouseEvent.project_id == model.id)
                .options(joinedload(HouseEvent.customer))
                .order_by(HouseEvent.id.desc())
                .limit(MOST_STEPS)
            ).all(),
            "codes": session.scalars(codes.order_by(BindingCode.id.desc())).all(),
            "repairs": session.scalars(repairs.order_by(Repair.id.desc()).limit(20)).all()
            if place.may("repair.see")
            else [],
        }

    @expose("/<int:number>/join", methods=("POST",))
    def join(self, number: int) -> Any:
        """A person of the household belongs to the house; known by phone, or a new file."""
        project = base.found(self.get_one(number))
        customer = people.by_phone(
            place.session(), base.words("phone", limit=20), name=base.words("name", limit=40),
            form=request.form.get("form", ""), stage="signed", now=place.now(),
        )  # fmt: skip
        if household.member_of(place.session(), project, customer) is not None:
            raise household.AlreadyMember
        role = "owner" if request.form.get("role") == "owner" else "family"
        how = household.How("panel", role=role, staff=place.by())
        household.join(place.session(), project, customer, how=how, follower=None, now=place.now())
        deed = Deed("project.join", "projects", str(project.id), after={"customer": customer.id, "role": role})
        base.commit(deed, t("project.joined"), sends=True)
        return redirect(self.get_url(".details_view", id=project.id))

    @expose("/<int:number>/leave/<int:member_id>", methods=("POST",))
    def leave(self, number: int, member_id: int) -> Any:
        """The person no longer belongs to the house and hears nothing more of it; their own file stays."""
        base.found(self.get_one(number))
        member = base.found(place.session().get(ProjectMember, member_id))
        if member.project_id != number:
            base.found(None)
        deed = Deed("project.leave", "projects", str(number), before={"customer": member.customer_id})
        household.take_out(place.session(), member, by=place.by(), now=place.now())
        base.commit(deed, t("project.left"), sends=True)
        return redirect(self.get_url(".details_view", id=number))

    @expose("/<int:number>/photos", methods=("POST",))
    def photos(self, number: int) -> Any:
        """Photos of the site, in the phase that was chosen or the one that the house is in."""
        project = base.found(self.get_one(number))
        phase = place.session().get(Phase, base.number("phase") or 0)
        if phase is not None and phase.project_id != number:
            base.found(None)
        kept = uploads.stored("photos")
        site.upload(place.session(), project, phase, kept, by=place.by(), now=place.now())
        deed = Deed("project.photos", "projects", str(number), after={"count": len(kept)})
        base.commit(deed, t("project.photos_kept", n=len(kept)))
        return redirect(self.get_url(".details_view", id=number))


class PhasesView(DeskView):
    """Phases of building; reached from the house."""

    record = Phase
    see = "project.see"
    add = change = remove = "project.edit"
    column_list = column_details_list = ("project", "position", "name", "planned_on", "actual_on")
    form_columns = ("project", "position", "name", "planned_on", "actual_on")
    column_default_sort = [("project_id", True), ("position", False)]
    finds = (Phase.name,)
    loads = (joinedload(Phase.project).joinedload(Project.estate),)
    form_overrides = {"planned_on": DateField, "actual_on": DateField, "name": SelectField}
    form_args = {"planned_on": DAY, "actual_on": DAY, "project": {"query_factory": lambda: _houses_to_choose()}}

    def veil(self) -> ColumnElement[bool]:
        """No phases of a house that is locked away."""
        return Phase.project.has(Project.locked_at.is_(None))

    def scaffold_form(self) -> Any:
        """The form with a field for why a date is put off: the owner will read it."""
        form = super().scaffold_form()
        form.reason = StringField(label=lazy("field.late_reason"), description=lazy("help.late_reason"))
        return form

    def edit_form(self, obj: Any = None) -> Any:
        """The form, with the names that phases have here, and this one's own."""
        return _named(super().edit_form(obj), obj.name if obj is not None else "")

    def create_form(self, obj: Any = None) -> Any:
        """The form, with the house chosen when the person came from one."""
        form = _named(super().create_form(obj), "")
        project_id = base.number("project", request.args)
        if request.method == "GET" and project_id:
            loads = (joinedload(Project.estate), selectinload(Project.phases))
            known = select(Project).where(Project.id == project_id, Project.locked_at.is_(None))
            form.project.data = place.session().scalar(known.options(*loads))
            if form.project.data:
                form.position.data = len(form.project.data.phases) + 1
        return form

    def prepare(self, form: Any, model: Phase, created: bool) -> None:
        """Dates are changed by the desk's verb, which writes the house's story."""
        wanted = Dates(model.planned_on, model.actual_on)
        if created:
            with place.session().no_autoflush:
                model.project_id = model.project.id
            phases.add(place.session(), model, by=place.by(), now=place.now())
            return
        kept = inspect(model).attrs
        model.planned_on, model.actual_on = _before(kept.planned_on), _before(kept.actual_on)
        reason = (form.reason.data or "").strip()[:200]
        building.record(place.session(), model, wanted, by=place.by(), now=place.now(), reason=reason)

    def delete_model(self, model: Phase) -> bool:
        """The phase is gone; the house's story and the audit log know what it was."""
        deed = Deed("delete", "phases", str(model.id), before={"was": str(model)})
        phases.drop(place.session(), model, by=place.by(), now=place.now())
        base.keep(deed)
        return True


def _named(form: Any, own: str) -> Any:
    """The form, its choice of names set: those that mean something to the house, and the record's own."""
    names = dict.fromkeys([*rhythm.names(place.session()), *filter(None, (own,))])
    form.name.choices = [(name, faces.own(name)) for name in names]
    return form


def _supervisors() -> list[Staff]:
    """Who may look after a house, and whoever already does."""
    now = select(Staff).join(Project, Project.supervisor_id == Staff.id)
    kept = place.session().scalars(now.where(Project.id == base.number("id", request.args))).all()
    return list(dict.fromkeys([*cases.colleagues(*cases.BUILDS), *kept]))


def _calls(house: Project) -> Sequence[Callback]:
    """The latest calls about a house, oldest first, that the person may see and that are about nothing hidden."""
    if not place.may("callback.see"):
        return []
    query = select(Callback).where(Callback.project_id == house.id, hidden.calls())
    return place.session().scalars(query.order_by(Callback.id.desc()).limit(MOST_CALLS)).all()[::-1]


def _before(attribute: Any) -> Any:
    """A column's value before the form was written into it."""
    old = attribute.history.deleted
    return old[0] if old else attribute.value


def _houses_to_choose() -> Any:
    """The house the person came from, or that of the phase; without either the newest ones, not thousands."""
    query = place.session().query(Project).options(joinedload(Project.estate)).order_by(Project.id.desc())
    query = query.filter(Project.locked_at.is_(None))
    project_id, phase_id = base.number("project", request.args), base.number("id", request.args)
    if phase_id:
        return query.filter(Project.id == select(Phase.project_id).where(Phase.id == phase_id).scalar_subquery())
    return query.filter(Project.id == project_id) if project_id else query.limit(200)
