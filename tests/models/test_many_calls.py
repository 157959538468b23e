"""Calls asked for together are those that would have been asked for one by one, at a fraction of the statements."""

import datetime as dt

import pytest
from sqlalchemy import event, func, select

from models import Callback, CareEvent, Phase, Promise, Staff
from models.desk import promises
from models.desk.callback import aftercare, callbacks, control, many, rhythm
from models.desk.callback.many import Call
from models.desk.staff import roles
from models.houses import Project
from tests.jobs.test_portions import homes

#: Statements of a whole portion of twenty calls: what they share is asked once, rows are written together.
PORTION = 40


def at_ten(now: dt.datetime) -> dt.datetime:
    """Monday, ten in the morning in China."""
    return (now + dt.timedelta(days=2)).replace(hour=2, minute=0, second=0, microsecond=0)


@pytest.fixture
def monday(now, session):
    rhythm.ensure(session)
    promises.ensure_policies(session)
    role = roles.plant(session)["agent"]
    session.add_all(Staff(username=name, name=name, role=role) for name in ("小林", "小周", "小吴"))
    session.commit()
    return at_ten(now)


def asked(session, purpose: str) -> list[tuple]:
    rows = session.scalars(select(Callback).where(Callback.purpose == purpose).order_by(Callback.id)).all()
    return [
        (
            row.key, row.words, row.due_at, row.from_at, row.owner.name, row.phone, row.customer_id, row.follower_id,
            row.project_id, row.phase_id, row.hangs_on, row.state, row.asked_at,
            [(one.name, one.reason, one.at) for one in row.events],
            [
                (one.policy.name, one.due_at, one.warn_at, one.owner_id, one.state, one.made_at)
                for one in session.scalars(select(Promise).where(Promise.callback_id == row.id))
            ],
        )
        for row in rows
    ]  # fmt: skip


def test_together_they_are_what_they_would_be_alone(session, monday):
    ids = homes(session, monday, 5, completed_on=dt.date(2026, 10, 23)) + homes(session, monday, 2, followed=False)
    houses = session.scalars(select(Project).where(Project.id.in_(ids)).order_by(Project.id)).all()
    calls = [Call(house, f"x:{house.id}", "一个月", due_at=n % 3 and monday + n * dt.timedelta(hours=3) or None)
             for n, house in enumerate(houses)]  # fmt: skip
    first = session.begin_nested()
    for call in calls:
        callbacks.ask(session, "aftercare", about=call.about, now=monday, key=call.key, words=call.words,
                      due_at=call.due_at)  # fmt: skip
    alone = asked(session, "aftercare")
    first.rollback()
    session.expire_all()
    rows = many.ask(session, "aftercare", calls, now=monday)
    assert asked(session, "aftercare") == alone and len(alone) == 7
    assert [row.key for row in rows] == [call.key for call in calls]
    assert len({row.number for row in rows}) == 7
    assert many.ask(session, "aftercare", calls, now=monday) == rows, "again is once"
    assert session.scalar(select(func.count()).select_from(Promise)) == 7


@pytest.mark.sqlite_only  # statements are counted, which are the same
@pytest.mark.parametrize("step", ["months", "building", "points"])
def test_a_planned_call_costs_few_statements(session, engine, monday, step):
    days = {"months": {"completed_on": dt.date(2026, 10, 23)}}.get(step, {"stage": "building"})
    for house in homes(session, monday, control.MOST, **days):
        if step != "months":
            early, late = dt.date(2026, 10, 1), dt.date(2026, 11, 23)
            passed = late if step == "points" else early
            session.add(Phase(project_id=house, position=2, name="开工交底", actual_on=passed))
            session.add(Phase(project_id=house, position=3, name="水电验收"))
    session.commit()
    session.expunge_all()
    seen: list[str] = []
    listener = lambda *told: seen.append(told[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", listener)
    plan = {"months": aftercare.months, "building": aftercare.building, "points": control.plan}[step]
    made = plan(session, now=monday)
    session.flush()
    event.remove(engine, "before_cursor_execute", listener)
    assert made == control.MOST
    assert session.scalar(select(func.count()).select_from(CareEvent)) == made
    assert len(seen) <= PORTION, "\n".join(seen)
