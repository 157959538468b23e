"""The first page: what needs somebody now, and today in a few numbers that each open their rows."""

import datetime as dt
from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin import base, board, escalations, figures, frame, hidden, inbound, outgoing, place
from admin.words import t
from models import (
    Announcement,
    Conversation,
    Escalation,
    Follower,
    Project,
    Repair,
)
from models.desk.staff import announcements, handovers
from models.desk.trust import Deed
from models.worktime import local_day, unloaded

MOST = 8


class HomeView(base.Guarded):
    """Open to everybody with a log-in; each part only to whom its permission is given."""

    see = base.ANYONE
    needs = {"confirm": base.ANYONE}

    @expose("/")
    def index_view(self) -> str:
        """What needs me now."""
        now, session = place.now(), place.session()
        late = _near(now) if place.may("repair.see") else []
        return self.render(
            "admin/home.html",
            escalations=_escalations() if place.may("escalation.see") else [],
            late=late,
            promises=board.next_promises(session, [row.id for row in late]),
            waiting=_waiting() if place.may("conversation.see") else [],
            stuck=outgoing.stuck(MOST) if place.may("outgoing.see") else [],
            unloaded=unloaded(local_day(now)) if place.may("policy.edit") else [],
            unread=session.scalar(select(inbound.fresh())) if place.may("inbound.see") else 0,
            numbers=figures.today(now),
            told=announcements.waiting(session, place.staff(), now=now),
            notes=handovers.to_sign(session, place.staff()) if place.may("handover.write") else [],
        )

    @expose("/confirm/<int:number>", methods=("POST",))
    def confirm(self, number: int) -> Any:
        """The person has read an announcement."""
        row = base.found(place.session().get(Announcement, number))
        announcements.confirm(place.session(), row, place.staff(), now=place.now())
        base.commit(Deed("announcement.confirm", "announcement", str(number)), t("announcements.done.confirm"))
        return redirect(self.get_url(".index_view"))

    @expose("/pulse")
    def pulse(self) -> Any:
        """The stamp of what is on screen and the counts of the rail; asked for every few seconds, so it stays cheap."""
        return {"stamp": frame.stamp(request.args.get("watch", "")), "badges": frame.badges()}


def _escalations() -> Any:
    query = select(Escalation).where(Escalation.state.in_(("open", "taken")), hidden.matters())
    query = query.options(*escalations.LOADS)
    mine_first = (Escalation.owner_id == place.staff().id).desc()
    return place.session().scalars(query.order_by(mine_first, Escalation.id).limit(MOST)).all()


def _near(now: dt.datetime) -> Any:
    query = (
        select(Repair)
        .where(Repair.kind == "repair", Repair.next_due_at < now + board.NEAR)
        .options(joinedload(Repair.project).joinedload(Project.estate), joinedload(Repair.crew))
    )
    return place.session().scalars(query.order_by(Repair.next_due_at, Repair.id).limit(MOST)).all()


def _waiting() -> Any:
    query = (
        select(Conversation)
        .where(Conversation.owner == "queue", hidden.people(Conversation.follower_id))
        .options(joinedload(Conversation.follower).joinedload(Follower.customer))
    )
    return place.session().scalars(query.order_by(Conversation.waiting_since).limit(MOST)).all()
