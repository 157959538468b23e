"""Events are invited to two weeks ahead, true to their date; guests hear from us the day after."""

import datetime as dt
from collections import Counter

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Campaign, Event, Outgoing
from models.actors import SYSTEM
from models.desk.account import people
from models.desk.marketing import campaigns, events, invitations
from models.desk.marketing.events import Plan
from models.desk.marketing.reach import Preview
from models.errors import IllegalMove
from models.worktime import SHANGHAI
from templates import Texts
from tests.jobs.campaign_cast import colleagues
from tests.stories.test_races import together

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


def let_go(session, event, now, to: str) -> Campaign:
    """Its invitation, as far on its way."""
    run(session, now)
    for state in ("checked", "approved", "scheduled", "running", "done")[: WAY[to]]:
        event.campaign.move(state, by=SYSTEM, now=now)
    return event.campaign


WAY = {"draft": 0, "scheduled": 3, "running": 4, "done": 5}


def moved_to(session, event, now, **changed) -> None:
    plan = {"title": event.title, "starts_at": event.starts_at, "place": event.place, "text": event.text}
    events.change(session, event, Plan(**(plan | changed)), by=SYSTEM, now=now)


def test_another_place_makes_a_draft_of_it_again_too(session, event, now) -> None:
    later = now + 5 * DAY
    campaign = let_go(session, event, later, "scheduled")
    moved_to(session, event, later, place="城东展厅")
    assert (run(session, later), run(session, later)) == (1, 0)
    assert campaign is event.campaign and (campaign.state, campaign.approved_by_id) == ("draft", None)
    assert "城东展厅" in campaign.body and "城西" not in campaign.body


def test_what_the_house_rewrote_still_takes_two_people(session, event, now) -> None:
    later = now + 5 * DAY
    first, second = colleagues(session)
    run(session, later)
    event.campaign.author_id = None
    found = Preview(meant=1, looked=1, ways=Counter(window=1))
    campaigns.check(event.campaign, found, by=first, now=later)
    moved_to(session, event, later, place="城东展厅")
    run(session, later)
    campaigns.check(event.campaign, found, by=second, now=later)
    with pytest.raises(campaigns.OwnWork):
        campaigns.approve(event.campaign, by=second, now=later)


@pytest.mark.parametrize("to", ["running", "done"])
@pytest.mark.parametrize("changed", [{"starts_at": DAY}, {"place": "城东展厅"}])
def test_who_was_invited_to_another_day_hears_of_this_one_once_marketing_lets_it_go(session, event, now, to, changed):
    later = now + 5 * DAY
    old = let_go(session, event, later, to)
    if "starts_at" in changed:
        changed = {"starts_at": event.starts_at + DAY}
    moved_to(session, event, later, **changed)
    assert (run(session, later), run(session, later)) == (1, 0)
    assert old.state == ("cancelled" if to == "running" else "done"), "nobody else reads the old words"
    new = event.campaign
    assert new is not old and (new.state, new.audience) == ("draft", old.audience)
    assert "改安排" in new.body and ("11月24日" in new.body or "城东展厅" in new.body)
    assert "has changed" in new.body_en


def test_moved_far_ahead_it_is_an_invitation_of_its_own_in_its_time(session, event, now) -> None:
    later = now + 5 * DAY
    old = let_go(session, event, later, "running")
    moved_to(session, event, later, starts_at=event.starts_at + 30 * DAY)
    assert (run(session, later), event.campaign, old.state) == (1, None, "cancelled")
    assert run(session, later + 30 * DAY) == 1 and "12月23日" in event.campaign.body


@pytest.mark.parametrize("to", ["draft", "scheduled", "running"])
def test_nobody_is_invited_to_what_is_closed_until_it_is_open_again(session, event, now, to) -> None:
    later = now + 5 * DAY
    campaign = let_go(session, event, later, to)
    event.move("closed", by=SYSTEM, now=later)
    run(session, later)
    assert campaign.state == {"draft": "draft", "scheduled": "draft", "running": "paused"}[to]
    event.move("open", by=SYSTEM, now=later)
    run(session, later)
    assert campaign.state == ("running" if to == "running" else "draft"), "what a second person let go goes on"
    assert run(session, later) == 0


def test_a_full_event_invites_nobody_unless_somebody_lets_it_go_knowing_that(session, event, now) -> None:
    later = now + 5 * DAY
    campaign = let_go(session, event, later, "running")
    moved_to(session, event, later, capacity=2)
    assert run(session, later) == 0, "there is room"
    guest = people.find_or_add(session, "o-guest", now=now)
    events.sign_up(session, guest, event.id, 2, by=SYSTEM, now=later)
    assert (run(session, later), campaign.state, campaign.reason) == (1, "paused", "event_full")
    campaigns.resume(campaign, by=SYSTEM, now=later)
    assert (run(session, later), campaign.state) == (0, "running"), "people may wait for a place"


def test_what_was_called_off_is_changed_no_more_and_nobody_came_to_it(session, event, now) -> None:
    place = events.sign_up(session, people.find_or_add(session, "o-g", now=now), event.id, 1, by=SYSTEM, now=now)
    events.call_off(session, event, reason="下雨", by=SYSTEM, now=now)
    with pytest.raises(IllegalMove):
        moved_to(session, event, now, place="别处")
    with pytest.raises(events.NotOpen):
        events.mark(session, place, came=True, by=SYSTEM, now=now)


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


@pytest.mark.postgresql_only  # SQLite lets one writer in at a time anyway
@pytest.mark.parametrize("what", ["closed", "called off", "moved"])
def test_two_clocks_at_once_halt_or_rewrite_it_once(session, sessions, event, now, what) -> None:
    later = now + 5 * DAY
    let_go(session, event, later, "running")
    if what == "closed":
        event.move("closed", by=SYSTEM, now=later)
    elif what == "moved":
        moved_to(session, event, later, place="城东展厅")
    else:
        events.call_off(session, event, reason="下雨", by=SYSTEM, now=later)
    session.commit()

    def work() -> None:
        with sessions.begin() as own:
            run(own, later)

    together(*[work] * 4)
    session.expire_all()
    found = sorted(row.state for row in session.scalars(select(Campaign)))
    assert found == {"closed": ["paused"], "called off": ["cancelled"], "moved": ["cancelled", "draft"]}[what]
