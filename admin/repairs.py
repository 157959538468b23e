"""Repairs: the board, one case with its story, and what the desk does with it."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin import asked, base, board, cases, place, story
from admin.fields import moment_of
from admin.words import lazy, t
from models import Crew, Escalation, Project, Repair, Survey
from models.desk import care, promises
from models.desk.delivery import ladder
from models.desk.repair import clashes, finishing, quotes, repairs, visits, warranty
from models.desk.trust import Deed
from models.errors import Missing
from models.work import MOVES
from models.worktime import local_day


class RepairsView(base.Guarded):
    """The board and the case."""

    see = "repair.see"
    needs = {
        "assign": "repair.assign",
        "pause": "repair.pause",
        "delay": "repair.pause",
        "resume": "repair.pause",
        "reopen": "repair.close",
        "close": "repair.close",
        "cancel": "repair.close",
        "note": "repair.note",
        "answer": "conversation.reply",
    }

    @classmethod
    def build(cls, _sessions: Any) -> "RepairsView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.repairs"), endpoint="repairs", url="repairs")

    @expose("/")
    def index_view(self) -> str:
        """The board, the next promise first."""
        args = request.args
        view = args.get("view", "open")
        wish = board.Wish(
            view=view if view in board.VIEWS else "open",
            state=args.get("state", "") if args.get("state") in MOVES else "",
            urgent=args.get("urgent") == "1",
            crew_id=base.number("crew", args),
            search=asked.words("q"),
            staff_id=place.staff().id,
            after=args.get("after", "")[:80],
        )
        page = board.page(place.session(), wish, now=place.now())
        return self.render("admin/repairs.html", page=page, wish=wish, crews=_crews(), views=board.VIEWS)

    @expose("/<number>")
    def case(self, number: str) -> str:
        """One case: who, where, when, its story, and what can be done now."""
        session = place.session()
        query = (
            select(Repair)
            .where(Repair.number == number)
            .options(
                joinedload(Repair.project).joinedload(Project.estate),
                joinedload(Repair.project).joinedload(Project.crew),
                joinedload(Repair.customer),
                joinedload(Repair.crew),
                joinedload(Repair.owner),
                joinedload(Repair.follower),
            )
        )
        repair = base.found(session.scalar(query))
        beats = story.of(session, repair, chat=cases.talks(repair))
        messages = [beat.row for beat in beats if beat.kind == "message"]
        return self.render(
            "admin/repair.html",
            repair=repair,
            beats=beats,
            mail=story.mail(session, messages),
            promises=story.promises(session, repair),
            upcoming=board.next_promises(session, [repair.id]).get(repair.id),
            moves=MOVES[repair.state],
            far=visits.FAR,
            crews=_crews(),
            escalations=_escalations(repair),
            surveys=session.scalars(select(Survey).where(Survey.ticket_id == repair.id).order_by(Survey.id)).all(),
            conversation=cases.conversation(repair),
            window=ladder.window(repair.follower, place.now()) if repair.follower else None,
            warranty=warranty.of(session, repair),
            quotes=[one for one in quotes.all_of(session, repair) if one.locked_at is None],
            may_quote=repair.state in quotes.QUOTABLE,
            paused=next((row for row in promises.owed(session, repair) if row.state == "paused"), None),
        )

    @expose("/<int:ticket_id>/assign", methods=("POST",))
    def assign(self, ticket_id: int) -> Any:
        """Give the case to a crew; the crew is told at once."""
        repair = self._fresh(ticket_id)
        crew = place.session().get(Crew, base.number("crew") or 0)
        if crew is None:
            raise Missing("errors.choose_crew")
        reason = base.words("reason", limit=200, needed=False)
        before = {"crew": repair.crew.name if repair.crew else ""}
        repairs.assign(place.session(), repair, crew, by=place.by(), now=place.now(), reason=reason)
        for clash in clashes.of(place.session(), repair, crew):
            flash(t("dispatch.clashed", number=repair.number, other=clash.other.number), "error")
        return self._done(repair, "assign", t("repair.done.assign", crew=crew.name), (before, {"crew": crew.name}))

    @expose("/<int:ticket_id>/pause", methods=("POST",))
    def pause(self, ticket_id: int) -> Any:
        """The clock stands still until the moment that the customer agreed to, in their words."""
        repair = self._fresh(ticket_id)
        until = moment_of(request.form.get("until", ""), "until")
        said = base.words("words", limit=300)
        care.pause(place.session(), repair, until=until, words=said, by=place.by(), now=place.now())
        facts = {"until": until.isoformat(), "words": said}
        return self._done(repair, "pause", t("repair.done.pause"), ({}, facts))

    @expose("/<int:ticket_id>/delay", methods=("POST",))
    def delay(self, ticket_id: int) -> Any:
        """It takes longer: the customer reads why, and the new day."""
        repair = self._fresh(ticket_id)
        until, reason = moment_of(f"{request.form.get('until', '')}T12:00"), base.words("reason", limit=200)
        day = local_day(until)
        finishing.delay(place.session(), repair, reason=reason, until=day, by=place.by(), now=place.now())
        facts = {"until": day.isoformat(), "reason": reason}
        return self._done(repair, "delay", t("repair.done.delay"), ({}, facts))

    @expose("/<int:ticket_id>/resume", methods=("POST",))
    def resume(self, ticket_id: int) -> Any:
        """The clock runs again."""
        repair = self._fresh(ticket_id)
        care.resume(place.session(), repair, by=place.by(), now=place.now())
        return self._done(repair, "resume", t("repair.done.resume"))

    @expose("/<int:ticket_id>/reopen", methods=("POST",))
    def reopen(self, ticket_id: int) -> Any:
        """Not right yet: the next round begins."""
        return self._ended(ticket_id, "reopen", care.reopen)

    @expose("/<int:ticket_id>/close", methods=("POST",))
    def close(self, ticket_id: int) -> Any:
        """Nothing is owed any more, and the reason stands."""
        return self._ended(ticket_id, "close", care.close)

    @expose("/<int:ticket_id>/cancel", methods=("POST",))
    def cancel(self, ticket_id: int) -> Any:
        """The customer needs nobody any more."""
        return self._ended(ticket_id, "cancel", care.cancel)

    @expose("/<int:ticket_id>/note", methods=("POST",))
    def note(self, ticket_id: int) -> Any:
        """A note for colleagues; it never leaves the house."""
        repair = self._found(ticket_id)
        repairs.note(place.session(), repair, base.words("words"), by=place.by(), now=place.now())
        return self._done(repair, "note", t("repair.done.note"), sends=False)

    @expose("/<int:ticket_id>/answer", methods=("POST",))
    def answer(self, ticket_id: int) -> Any:
        """Words of the person to the customer, on the case and in their WeChat."""
        repair = self._found(ticket_id)
        cases.answer(repair)
        return self._done(repair, "answer", t("repair.done.answer"))

    def _ended(self, ticket_id: int, step: str, verb: Any) -> Any:
        repair = self._fresh(ticket_id)
        reason = base.words("reason", limit=200)
        before = {"state": repair.state}
        verb(place.session(), repair, reason=reason, by=place.by(), now=place.now())
        after = {"state": repair.state, "reason": reason}
        return self._done(repair, step, t(f"repair.done.{step}"), (before, after))

    def _found(self, ticket_id: int) -> Repair:
        return base.found(place.session().get(Repair, ticket_id))

    def _fresh(self, ticket_id: int) -> Repair:
        """The case, if the person has seen its present version."""
        return cases.fresh(self._found(ticket_id))

    def _done(self, repair: Repair, step: str, said: str, facts: tuple = ({}, {}), *, sends: bool = True) -> Any:
        base.commit(Deed(f"repair.{step}", "repair", repair.number, *facts), said, sends=sends)
        if request.form.get("back") == "dispatch":
            return redirect(url_for("dispatch.index_view"))
        return redirect(self.get_url(".case", number=repair.number))


def _crews() -> Any:
    return place.session().scalars(select(Crew).where(Crew.active).order_by(Crew.name)).all()


def _escalations(repair: Repair) -> Any:
    query = select(Escalation).where(Escalation.ticket_id == repair.id).options(joinedload(Escalation.owner))
    return place.session().scalars(query.order_by(Escalation.id)).all()
