"""跟进方案: the plans, one plan with who gets what when, and the editor that makes new versions."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, request
from flask_admin import expose
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from admin import base, follow, place
from admin.tell import sentence
from admin.words import lazy, t
from models import Building, Enrolment, Project, Touch
from models import Sequence as Plan
from models.desk.followup import sequences
from models.desk.followup.sequences import Step
from models.desk.trust import Deed
from models.errors import DomainError, Stale
from models.sequences import CHANNELS, CONDITIONS, STOPS, TRIGGERS
from models.worktime import local_day

#: Days that a plan's page looks ahead and back, rows on one page, empty lines offered for new steps.
AHEAD, PAGE, SPARE = 30, 40, 2
VIEWS = ("coming", "past", "ended")
MONTH = dt.timedelta(days=AHEAD)


class SequencesView(base.Guarded):
    """The list, one plan, and its editor."""

    see = "sequence.see"
    needs = dict.fromkeys(("new", "edit", "save", "switch"), "sequence.edit")

    @classmethod
    def build(cls, _sessions: Any) -> "SequencesView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.sequences"), endpoint="sequences", url="sequences")

    @expose("/")
    def index_view(self) -> str:
        """Every plan in its newest version, with how many people it has in hand."""
        session, now = place.session(), place.now()
        running = select(Plan.series, func.count()).join(Enrolment).where(Enrolment.state == "running")
        coming = _joined(select(Plan.series, func.count())).where(*_coming(now))
        return self.render(
            "admin/sequences.html", rows=sequences.all_current(session), follow=follow,
            running=dict(session.execute(running.group_by(Plan.series)).all()),
            coming=dict(session.execute(coming.group_by(Plan.series)).all()),
        )  # fmt: skip

    @expose("/new")
    def new(self) -> str:
        """An empty plan."""
        trigger = request.args.get("trigger", "enquiry")
        trigger = trigger if trigger in TRIGGERS else "enquiry"
        return self._form(None, sequences.Plan("", trigger, ()))

    @expose("/<series>")
    def one(self, series: str) -> str:
        """One plan as a line of steps, and who gets what when within the next 30 days."""
        row = self._found(series)
        session, now = place.session(), place.now()
        view = request.args.get("view", "coming")
        view = view if view in VIEWS else "coming"
        older = select(Plan).where(Plan.series == series).options(joinedload(Plan.staff))
        return self.render(
            "admin/sequence.html", row=row, follow=follow, view=view, views=VIEWS, example=_example(row, now),
            running=len(sequences.followed(session, series)), **_people(series, view, now),
            versions=session.scalars(older.order_by(Plan.version.desc())).all(),
        )  # fmt: skip

    @expose("/<series>/edit")
    def edit(self, series: str) -> str:
        """The newest version, to be changed into a new one."""
        row = self._found(series)
        return self._form(row, sequences.plan_of(row))

    @expose("/save", methods=("POST",))
    def save(self) -> Any:
        """A new version is for whoever begins from now on; what cannot work is refused and nothing typed is lost."""
        series, session = request.form.get("series", ""), place.session()
        old, plan = (self._found(series) if series else None), plan_of(request.form)
        try:
            if old is not None and str(old.version) != request.form.get("version"):
                raise Stale(number=old.name, what=t("sequence.newer"))
            if old is None:
                row = sequences.make(session, plan, by=place.by(), now=place.now())
            else:
                row = sequences.revise(session, old, plan, by=place.by(), now=place.now())
        except DomainError as refusal:
            session.rollback()
            flash(sentence(refusal), "error")
            return self._form(self._found(series) if series else None, plan)
        facts = {"name": row.name, "version": row.version, "steps": len(row.steps)}
        said = t("sequence.done.save" if old else "sequence.done.make", n=row.version)
        base.commit(Deed("sequence.save", "sequence", row.series, {}, facts), said)
        return redirect(self.get_url(".one", series=row.series))

    @expose("/<series>/switch/<to>", methods=("POST",))
    def switch(self, series: str, to: str) -> Any:
        """On: for whoever gives cause from now on. Off: for nobody, at once."""
        row, session, now = self._found(series), place.session(), place.now()
        if to == "on":
            sequences.switch_on(session, row, now=now)
            said, facts = t("sequence.done.on"), {}
        else:
            ended = sequences.switch_off(session, row, by=place.by(), now=now)
            said, facts = t("sequence.done.off", n=ended), {"ended": ended}
        base.commit(Deed(f"sequence.{'on' if to == 'on' else 'off'}", "sequence", series, {}, facts), said)
        return redirect(self.get_url(".one", series=series))

    def _found(self, series: str) -> Plan:
        return base.found(sequences.current(place.session(), series))

    def _form(self, row: Plan | None, plan: sequences.Plan) -> str:
        lines = [*plan.steps, *(Step(0, "", at=None) for _ in range(SPARE if plan.steps else 3))]
        return self.render(
            "admin/sequence_form.html", row=row, plan=plan, lines=lines, triggers=TRIGGERS, channels=CHANNELS,
            conditions=CONDITIONS, stops=STOPS, texts=sequences.TEXTS, most=sequences.MOST_LETTERS,
        )  # fmt: skip


def plan_of(told: Mapping[str, Any]) -> sequences.Plan:
    """The plan as the editor sends it, step by step; lines without a way are left out."""
    found, line = [], 0
    while f"channel_{line}" in told:
        if told[f"channel_{line}"]:
            found.append(_step({name: told.get(f"{name}_{line}", "").strip() for name in _FIELDS}))
        line += 1
    stops = tuple(name for name in STOPS if f"stop_{name}" in told)
    name = told.get("name", "").replace("\x00", "").strip()
    trigger = told.get("trigger", "")
    return sequences.Plan(name, trigger if trigger in TRIGGERS else TRIGGERS[0], tuple(found), stops)


_FIELDS = ("days", "side", "at", "channel", "text", "words", "words_en", "condition", "or_call")


def _step(field: Mapping[str, str]) -> Step:
    digits = field["days"]
    days = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else sequences.FURTHEST + 1
    try:
        at = dt.time.fromisoformat(field["at"]) if field["at"] else None
    except ValueError:
        at = None
    words = {name: field[name].replace("\x00", "").replace("\r\n", "\n") for name in ("words", "words_en")}
    return Step(
        -days if field["side"] == "before" else days, field["channel"], field["text"], at, **words,
        condition=field["condition"], or_call=field["or_call"] == "1",
    )  # fmt: skip


def _joined(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(Touch)
        .join(Enrolment, Enrolment.id == Touch.enrolment_id)
        .join(Plan, Plan.id == Enrolment.sequence_id)
    )


def _coming(now: dt.datetime) -> Sequence[Any]:
    return Touch.state == "planned", Enrolment.state == "running", Touch.due_at < now + MONTH


def _people(series: str, view: str, now: dt.datetime) -> dict[str, Any]:
    """The rows of one view, a page of them."""
    at = base.number("page", request.args) or 0
    if view == "ended":
        query = select(Enrolment).join(Plan).where(Enrolment.state == "stopped", Enrolment.ended_at >= now - MONTH)
        query = query.order_by(Enrolment.ended_at.desc(), Enrolment.id).options(*_loads())
    elif view == "past":
        query = _joined(select(Touch)).where(Touch.state != "planned", Touch.planned_for >= now - MONTH)
        query = query.where(Touch.planned_for <= now).order_by(Touch.planned_for.desc(), Touch.id)
    else:
        query = _joined(select(Touch)).where(*_coming(now)).order_by(Touch.due_at, Touch.id)
    if view != "ended":
        query = query.options(
            joinedload(Touch.step), joinedload(Touch.outgoing), joinedload(Touch.callback),
            *(joinedload(Touch.enrolment).options(load) for load in _loads()),
        )  # fmt: skip
    found = place.session().scalars(query.where(Plan.series == series).limit(PAGE + 1).offset(at * PAGE))
    rows, more = base.pages(found, PAGE)
    return {"rows": rows, "more": more, "page": at}


def _loads() -> Sequence[Any]:
    return (
        joinedload(Enrolment.customer),
        joinedload(Enrolment.follower),
        joinedload(Enrolment.ticket),
        joinedload(Enrolment.project).joinedload(Project.estate),
        joinedload(Enrolment.building).joinedload(Building.estate),
    )


def _example(row: Plan, now: dt.datetime) -> dt.date:
    """A day that the page counts from as an example: today, or a handover far enough ahead."""
    first = min((step.offset_days for step in row.steps), default=0)
    return local_day(now) + dt.timedelta(days=max(0, -first) + (5 if first < 0 else 0))
