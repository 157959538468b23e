"""Steps of follow-up in the planner: per day and plan, how many are to come and how many were taken."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin import follow, place
from admin.planned import Entry
from models import Enrolment, Touch
from models import Sequence as Plan
from models.desk.followup import sequences, timing
from models.worktime import local_day

#: State of a step -> how the entry of its day reads.
READS = {"planned": "scheduled", "done": "done", "expired": "missed"}


def entries(session: Session, first: dt.date, last: dt.date) -> Iterator[Entry]:
    """One entry for each plan and day; nothing for who may not see plans."""
    if not place.may("sequence.see"):
        return
    at = func.coalesce(Touch.done_at, Touch.due_at)
    query = (
        select(at, Touch.state, Plan.series)
        .join(Enrolment, Enrolment.id == Touch.enrolment_id)
        .join(Plan, Plan.id == Enrolment.sequence_id)
        .where(at >= timing.start_of(first), at < timing.start_of(last + dt.timedelta(days=1)))
        .where(Touch.state.in_(READS))
    )
    count: Counter[tuple[dt.date, str, str]] = Counter()
    for moment, state, series in session.execute(query):
        aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        count[local_day(aware), state, series] += 1
    names = {plan.series: follow.title(plan) for plan in sequences.all_current(session)} if count else {}
    for (day, state, series), people in count.items():
        yield Entry(day, names[series], READS[state], None, people, url_for("sequences.one", series=series))
