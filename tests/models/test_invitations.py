"""Events are invited to two weeks ahead, true to their date; guests hear from us the day after."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Campaign, Event, Outgoing
from models.actors import SYSTEM
from models.desk.account import people
from models.desk.marketing import campaigns, events, invitations
from models.desk.marketing.events import Plan
from models.worktime import SHANGHAI
from templates import Texts

DAY = dt.timedelta(days=1)
TEXTS = Texts()


@pytest.fixture
def now() -> dt.datetime:
    """A Monday morning in Beijing."""
    return dt.datetime(2026, 11, 2, 9, tzinfo=SHANGHAI).astimezone(dt.UTC)


@pytest.fixture
def event(session: Session, now: dt.datetime) -> Event:
    """A lecture in three weeks, open; another one that nobody may know of yet."""
    starts = dt.datetime(2026, 11, 23, 14, tzinfo=SHANGHAI).astimezone(dt.UTC)
    made = events.make(session, Plan("水电讲座", starts, "城西展厅", "看样板"), by=SYSTEM, now=now)
    made.move("open", by=SYSTEM, now=now)
    events.make(session, Plan("内部会", starts), by=SYSTEM, now=now)
    return made


def run(session: Session, now: dt.datetime) -> int:
    return invitations.run(session, TEXTS.render, now=now)


def test_the_invitation_is_ready_to_be_read_in_time_once(session, event, now) -> None:
    assert run(session, now) == 0, "three weeks are early"
    later = now + 4 * DAY
    assert (run(session, later), run(session, later)) == (1, 0)
    campaign = session.scalars(select(Campaign)).one()
    assert campaign is event.campaign and campaign.state == "draft" and campaign.name == "邀请：水电讲座"
    assert "11月23日" in campaign.body and "城西展厅" in campaign.body and "报名" in campaign.body
    assert campaign.starts_at.astimezone(SHANGHAI) == dt.datetime(2026, 11, 9, 10, tzinfo=SHANGHAI)
    assert campaign.ends_at == event.starts_at and campaigns.unfit(campaign, later) == ""


def test_planned_late_it_goes_out_as_soon_as_it_is_approved_and_too_late_not_at_all(session, event, now) -> None:
    run(session, event.starts_at - 3 * DAY)
    assert event.campaign.starts_at is None
    assert "11月23日" in event.campaign.body, "the day is said in full"
    event.campaign, event.invited_for = None, None
    session.flush()
    assert run(session, event.starts_at - DAY / 2) == 0


def test_another_date_makes_a_draft_of_it_again(session, event, now) -> None:
    later = now + 5 * DAY
    run(session, later)
    event.campaign.audience = {"join": "all", "groups": [{"join": "all", "conditions": []}]}
    before = event.campaign.body
    moved = event.starts_at + DAY
    events.change(session, event, Plan("水电讲座", moved, "城西展厅", "看样板"), by=SYSTEM, now=later)
    event.campaign.audience = invitations.OWNERS
    assert (run(session, later), run(session, later)) == (1, 0)
    assert "11月24日" in event.campaign.body and event.campaign.body != before


def test_an_event_that_is_called_off_takes_its_invitation_along(session, event, now) -> None:
    later = now + 5 * DAY
    run(session, later)
    events.call_off(session, event, reason="下雨", by=SYSTEM, now=later)
    assert (run(session, later), event.campaign.state) == (1, "cancelled")
    assert run(session, later) == 0


def test_the_day_after_guests_are_thanked_once_the_door_said_who_came(session, event, now) -> None:
    guests = [people.find_or_add(session, f"o-{name}", now=now) for name in ("came", "away", "unknown", "off")]
    places = [events.sign_up(session, one, event.id, 1, by=SYSTEM, now=now) for one in guests]
    events.withdraw(session, places[3], by=SYSTEM, now=now)
    for place, came in zip(places[:2], (True, False), strict=True):
        events.mark(session, place, came=came, by=SYSTEM, now=event.starts_at)
    evening, morning = event.starts_at + DAY / 4, event.starts_at + DAY
    assert run(session, evening) == 0
    assert (run(session, morning), run(session, morning)) == (2, 0)
    rows = session.scalars(select(Outgoing).where(Outgoing.dedupe_key.endswith(":after")).order_by(Outgoing.id)).all()
    assert [(row.follower_id, row.text_key, row.purpose) for row in rows] == [
        (guests[0].id, "events.came", "follow_up"), (guests[1].id, "events.stayed_away", "follow_up"),
    ]  # fmt: skip
    events.mark(session, places[2], came=True, by=SYSTEM, now=morning)
    assert run(session, morning + DAY) == 1, "written down late it still counts"
    assert run(session, event.starts_at + 6 * DAY) == 0
