"""Households in real deliveries: nobody hears from us twice a day, and cares of the house come first."""

import datetime as dt
import threading

import pytest
from sqlalchemy import event, select

from jobs import claims
from jobs.outbox import deliver
from jobs.rate import Rate
from models import Conversation, Customer, Outgoing, ProjectMember
from models.houses import Estate, Project
from models.people import Follower
from models.work import Ticket

H = dt.timedelta(hours=1)
TEMPLATE = "NOTICE-1"


@pytest.fixture
def couple(sessions, person, now):
    """Husband and wife of one house, each with a WeChat whose window is open; returns their followers' ids."""
    ids = [person("W1"), person("W2")]
    with sessions.begin() as session:
        project = Project(number="HT-9", estate=Estate(name="江南里"), created_at=now)
        for follower_id in ids:
            one = Customer(created_at=now)
            session.add(ProjectMember(project=project, customer=one))
            session.flush()
            session.get(Follower, follower_id).customer_id = one.id
        session.flush()
    return ids


def test_one_household_hears_from_us_once_a_day_whoever_sends(world, couple, person, promise, row, quick, clock):
    husband, wife = couple
    rows = [
        promise(husband, "优惠", purpose="marketing"), promise(wife, "端午安康", purpose="greeting"),
        promise(husband, "回访", purpose="follow_up"),
    ]  # fmt: skip
    other = promise(person("W3"), "优惠", purpose="marketing")
    served = promise(wife, "师傅到了")
    assert deliver(world, rate=quick) == 3
    assert [row(one).state for one in rows] == ["sent", "queued", "queued"]
    assert [row(one).state for one in (other, served)] == ["sent", "sent"]
    assert {row(one).reason for one in rows[1:]} == {"touched_lately"}
    assert row(rows[1]).next_try_at == dt.datetime(2026, 11, 21, 16, tzinfo=dt.UTC)  # midnight in Beijing


@pytest.mark.parametrize("workers", [3])
def test_workers_at_once_keep_to_one_touch_a_day(world, couple, promise, sessions, platform, workers):
    for number in range(6):
        promise(couple[number % 2], f"优惠{number}", purpose="marketing")
    threads = [
        threading.Thread(target=deliver, args=(world,), kwargs={"rate": Rate(None, per_second=1e9), "batch": 1})
        for _ in range(workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for _ in range(3):
        world.clock.advance(seconds=3)
        deliver(world, rate=Rate(None, per_second=1e9))
    assert len(platform.sent) == 1
    with sessions() as session:
        reasons = [one.reason for one in session.scalars(select(Outgoing)) if one.state == "queued"]
    assert reasons == ["touched_lately"] * 5


def test_an_open_complaint_of_anybody_in_the_house_stops_promotion_and_nothing_else(
    world, couple, promise, row, sessions, quick, now, clock
):
    husband, wife = couple
    with sessions.begin() as session:
        case = {
            "number": "TS1", "kind": "complaint", "state": "registered", "opened_at": now, "version": 1,
            "customer_id": session.get(Follower, husband).customer_id, "house_text": "", "contact_name": "",
            "contact_phone": "", "close_reason": "",
        }  # fmt: skip
        session.execute(Ticket.__table__.insert().values(case))
    offer, news = promise(wife, "优惠", purpose="marketing"), promise(wife, "师傅到了")
    deliver(world, rate=quick)
    assert (row(offer).state, row(offer).reason, row(news).state) == ("queued", "complaint_open", "sent")
    with sessions.begin() as session:
        session.execute(Ticket.__table__.update().values(state="withdrawn"))
    clock.advance(hours=6)
    deliver(world, rate=quick)
    assert row(offer).state == "sent"


def test_who_is_talking_with_a_person_is_left_in_peace(world, person, promise, row, sessions, quick):
    chen = person("W1")
    with sessions.begin() as session:
        session.add(Conversation(follower_id=chen, owner="queue", unread=0))
    mine = promise(chen, "优惠", purpose="marketing")
    deliver(world, rate=quick)
    assert (row(mine).state, row(mine).reason) == ("queued", "in_conversation")


def test_a_batch_costs_the_same_number_of_statements_whatever_its_size(world, engine, person, promise):
    promise(person("A0"), "x", purpose="marketing")
    from_one = statements(world, engine)
    for number in range(12):
        promise(person(f"B{number}"), "x", purpose="marketing")
    from_many = statements(world, engine)
    assert from_many <= from_one + 2  # the rows themselves are written in one batch


def statements(world, engine) -> int:
    seen = []
    listener = lambda *told: seen.append(told[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", listener)
    claims.claim(world, 40)
    event.remove(engine, "before_cursor_execute", listener)
    return len(seen)
