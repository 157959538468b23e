"""The person's own duty for the top bar: on shift until, away until, or when the next shift begins."""

import datetime as dt

from flask import g
from sqlalchemy import func, select

from admin import faces, place
from admin.words import t
from models import Absence, RosterEntry, Shift, Staff
from models.rota import window
from models.worktime import local_day

#: How far ahead the next shift is worth a word.
AHEAD = dt.timedelta(days=3)


def mine() -> dict[str, str]:
    """Tone and words of the chip; empty for somebody who is on no roster these days. Asked once a page."""
    if "duty_status" not in g:
        g.duty_status = _mine()
    return g.duty_status


def _mine() -> dict[str, str]:
    now, session, me = place.now(), place.session(), place.staff()
    if me is None or not place.may("roster.see"):
        return {}
    today = local_day(now)
    days = RosterEntry.day.between(today - dt.timedelta(days=1), today + AHEAD)
    until = select(func.max(Absence.ends_at)).where(
        Absence.staff_id == me.id, Absence.starts_at <= now, Absence.ends_at > now, Absence.dropped_at.is_(None)
    )
    # One row at least, so that one query serves absence and shifts alike: every page asks it.
    query = (
        select(until.scalar_subquery(), RosterEntry.day, Shift.starts, Shift.ends)
        .select_from(Staff)
        .outerjoin(RosterEntry, (RosterEntry.staff_id == Staff.id) & days)
        .outerjoin(Shift)
        .where(Staff.id == me.id)
    )
    rows = session.execute(query.order_by(RosterEntry.day)).all()
    if rows[0][0] is not None:
        return {"tone": "near", "words": t("status.away", at=faces.moment(rows[0][0], now))}
    spans = [window(*row[1:]) for row in rows if row[1] is not None]
    for starts, ends in spans:
        if starts <= now < ends:
            return {"tone": "done", "words": t("status.on", at=faces.moment(ends, now))}
    later = next((starts for starts, _ in spans if starts > now), None)
    return {"tone": "plain", "words": t("status.next", at=faces.moment(later, now))} if later else {}
