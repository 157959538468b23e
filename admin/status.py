"""The person's own duty for the top bar: on shift until, away until, or when the next shift begins."""

import datetime as dt

from flask import g
from sqlalchemy import select

from admin import faces, place
from admin.words import t
from models import Absence, RosterEntry, Shift
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
    gone = select(Absence.ends_at).where(
        Absence.staff_id == me.id, Absence.starts_at <= now, Absence.ends_at > now, Absence.dropped_at.is_(None)
    )
    until = session.scalar(gone.limit(1))
    if until is not None:
        return {"tone": "near", "words": t("status.away", at=faces.moment(until, now))}
    today = local_day(now)
    turns = (
        select(RosterEntry.day, Shift.starts, Shift.ends)
        .join(Shift)
        .where(RosterEntry.staff_id == me.id, RosterEntry.day.between(today - dt.timedelta(days=1), today + AHEAD))
    )
    spans = [window(*row) for row in session.execute(turns.order_by(RosterEntry.day))]
    for starts, ends in spans:
        if starts <= now < ends:
            return {"tone": "done", "words": t("status.on", at=faces.moment(ends, now))}
    later = next((starts for starts, _ in spans if starts > now), None)
    return {"tone": "plain", "words": t("status.next", at=faces.moment(later, now))} if later else {}
