"""Numbers that people read: unique, rising within the local day, gaps allowed."""

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.knowledge import NumberSeries
from models.worktime import local_day


def next_number(session: Session, prefix: str, *, now: dt.datetime) -> str:
    """The next number of a series, BX20261121-0007; no other transaction gets the same one."""
    return next_numbers(session, prefix, 1, now=now)[0]


def next_numbers(session: Session, prefix: str, count: int, *, now: dt.datetime) -> list[str]:
    """So many next numbers of a series, in their order."""
    day = local_day(now)
    bump = (
        update(NumberSeries)
        .where(NumberSeries.prefix == prefix, NumberSeries.day == day)
        .values(last=NumberSeries.last + count)
        .returning(NumberSeries.last)
        .execution_options(synchronize_session=False)
    )
    last = session.scalar(bump)
    if last is None:
        try:
            with session.begin_nested():
                session.add(NumberSeries(prefix=prefix, day=day, last=0))
        except IntegrityError:
            pass  # somebody opened the day's series first: the bump below counts on theirs
        last = session.scalar(bump)
    assert last is not None  # the series is there now
    return [f"{prefix}{day:%Y%m%d}-{number:04d}" for number in range(last - count + 1, last + 1)]


def last_number(session: Session, prefix: str, *, now: dt.datetime) -> int:
    """How many numbers of the series were given out today."""
    query = select(NumberSeries.last).where(NumberSeries.prefix == prefix, NumberSeries.day == local_day(now))
    return session.scalar(query) or 0
