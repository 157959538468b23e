"""Places at events: taken once, never one too many, waited for in turn, given back; everybody hears what changes."""

import datetime as dt
import threading

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models import Event, EventStep, Follower, Outgoing, Signup
from models.actors import SYSTEM, By
from models.desk.account import people
from models.desk.marketing import events
from models.errors import IllegalMove, Missing
from models.events import EVENT_MOVES, SIGNUP_MOVES
from tests.models.builders import told

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
STAFF = By("staff", 1, "小许")


@pytest.fixture
def plan(now: dt.datetime) -> events.Plan:
    return events.Plan("家装讲座", now + 5 * DAY, place="城西展厅", capacity=4)


@pytest.fixture
def event(session: Session, plan: events.Plan, now: dt.datetime) -> Event:
    made = events.make(session, plan, by=STAFF, now=now)
    made.move("open", by=STAFF, now=now)
    session.flush()
    return made


@pytest.fixture
def guest(session: Session, now: dt.datetime):
    def add(name: str) -> Follower:
        return people.find_or_add(session, f"o-{name}", now=now)

    return add


def come(session: Session, event: Event, who: Follower, people_: int, now: dt.datetime) -> Signup:
    return events.sign_up(session, who, event.id, people_, by=By("customer", who.id), now=now)


def letters(session: Session, who: Follower) -> list[tuple[str, str]]:
    rows = session.scalars(select(Outgoing).where(Outgoing.follower_id == who.id).order_by(Outgoing.id))
    return [(row.text_key, row.state) for row in rows]


@pytest.mark.parametrize("state", EVENT_MOVES)
@pytest.mark.parametrize("to", EVENT_MOVES)
def test_an_event_moves_along_its_arrows_only(now, state, to) -> None:
    row = Event(title="x", starts_at=now, created_at=now, _state=state)
    if to in EVENT_MOVES[state]:
        step = row.move(to, by=STAFF, now=now, reason="r")
        assert (row.state, step.from_state, step.to_state, step.actor_name) == (to, state, to, "小许")
    else:
        with pytest.raises(IllegalMove):
            row.move(to, by=STAFF, now=now)
        assert row.state == state and row.steps == []


@pytest.mark.parametrize("state", SIGNUP_MOVES)
@pytest.mark.parametrize("to", SIGNUP_MOVES)
def test_a_place_moves_along_its_arrows_only(now, state, to) -> None:
    row = Signup(event=Event(title="x", starts_at=now, created_at=now), people=1, _state=state, round=0, since=now)
    if to in SIGNUP_MOVES[state]:
        row.move(to, by=SYSTEM, now=now)
        assert (row.state, row.round) == (to, int(to == "signed"))
    else:
        with pytest.raises(IllegalMove):
            row.move(to, by=SYSTEM, now=now)


def test_signing_up_twice_is_the_same_place_with_another_number(session, event, guest, now) -> None:
    one = come(session, event, guest("a"), 2, now)
    assert come(session, event, guest("a"), 2, now) is one and one.people == 2
    assert come(session, event, guest("a"), 3, now) is one and one.people == 3
    assert events.left(session, event) == 1
    with pytest.raises(events.NoRoom) as full:
        come(session, event, guest("a"), 5, now)
    assert full.value.facts == {"left": 1, "people": 3} and one.people == 3
    assert letters(session, guest("a")) == [("events.reminder", "queued")]


def test_who_waits_longest_and_fits_moves_up_when_a_place_is_given_back(session, event, guest, now) -> None:
    first = come(session, event, guest("a"), 3, now)
    many = come(session, event, guest("b"), 4, now + HOUR)
    few = come(session, event, guest("c"), 2, now + 2 * HOUR)
    late = come(session, event, guest("d"), 2, now + 3 * HOUR)
    assert [row.state for row in (first, many, few, late)] == ["signed", "waiting", "waiting", "waiting"]
    events.withdraw(session, first, by=SYSTEM, now=now + DAY)
    assert [row.state for row in (first, many, few, late)] == ["cancelled", "signed", "waiting", "waiting"]
    assert letters(session, guest("a")) == [("events.reminder", "cancelled")]
    assert letters(session, guest("b")) == [("events.moved_up", "queued"), ("events.reminder", "queued")]
    assert letters(session, guest("c")) == []


def test_fewer_people_make_room_for_those_who_wait(session, event, guest, now) -> None:
    come(session, event, guest("a"), 4, now)
    waiting = come(session, event, guest("b"), 2, now)
    come(session, event, guest("a"), 2, now)
    assert waiting.state == "signed"


def test_changing_ones_mind_twice_brings_a_new_reminder(session, event, guest, now) -> None:
    one = come(session, event, guest("a"), 1, now)
    events.withdraw(session, one, by=SYSTEM, now=now)
    assert come(session, event, guest("a"), 1, now) is one and one.round == 2
    assert letters(session, guest("a")) == [("events.reminder", "cancelled"), ("events.reminder", "queued")]


@pytest.mark.parametrize("number", [0, -1, 11])
def test_nobody_and_groups_are_refused(session, event, guest, now, number) -> None:
    with pytest.raises(events.BadNumber):
        come(session, event, guest("a"), number, now)


def test_drafts_closed_past_and_called_off_events_take_nobody(session, plan, event, guest, now) -> None:
    draft = events.make(session, plan, by=STAFF, now=now)
    for shut, at in ((draft, now), (event, now + 5 * DAY)):
        with pytest.raises(events.NotOpen):
            come(session, shut, guest("a"), 1, at)
    event.sign_up_until = now + DAY
    with pytest.raises(events.NotOpen):
        come(session, event, guest("a"), 1, now + DAY)
    event.move("closed", by=STAFF, now=now)
    with pytest.raises(events.NotOpen):
        come(session, event, guest("a"), 1, now)


def test_the_reminder_goes_out_on_the_morning_before_and_not_after_the_beginning(session, event, guest, now) -> None:
    come(session, event, guest("a"), 1, now)
    row = session.scalars(select(Outgoing)).one()
    assert row.not_before.isoformat() == "2026-11-25T02:00:00+00:00", "ten in Beijing, the day before"
    assert (row.not_after, row.purpose) == (event.starts_at, "service")
    come(session, event, guest("b"), 1, event.starts_at - 4 * HOUR)
    assert letters(session, guest("b")) == [], "who signs up on the day needs no reminder"


def test_another_time_is_told_to_everybody_with_a_place_and_moves_the_reminder(
    session, event, guest, plan, now
) -> None:
    come(session, event, guest("a"), 1, now)
    later = events.Plan(plan.title, plan.starts_at + DAY, place=plan.place, capacity=4)
    events.change(session, event, later, by=STAFF, now=now)
    assert letters(session, guest("a")) == [
        ("events.reminder", "cancelled"), ("events.changed", "queued"), ("events.reminder", "queued"),
    ]  # fmt: skip
    wider = events.Plan(plan.title, later.starts_at, place=plan.place, text="带上户型图", capacity=9)
    events.change(session, event, wider, by=STAFF, now=now)
    assert len(letters(session, guest("a"))) == 3, "other words are no news"


def test_another_place_and_a_time_that_comes_back_keep_a_reminder(session, event, guest, plan, now) -> None:
    come(session, event, guest("a"), 1, now)
    elsewhere = events.Plan(plan.title, plan.starts_at, place="滨江展厅", capacity=4)
    later = events.Plan(plan.title, plan.starts_at + DAY, place="滨江展厅", capacity=4)
    for told_now in (elsewhere, later, elsewhere):
        events.change(session, event, told_now, by=STAFF, now=now)
        waits = [row for row in session.scalars(select(Outgoing)) if row.state == "queued"]
        (reminder,) = [row for row in waits if row.text_key == "events.reminder"]
        assert (reminder.not_after, reminder.facts["place"]) == (told_now.starts_at, "滨江展厅")


def test_a_reminder_names_as_many_people_as_come(session, event, guest, now) -> None:
    for people_ in (2, 3, 2):
        come(session, event, guest("a"), people_, now)
        waits = session.scalars(select(Outgoing).where(Outgoing.state == "queued")).all()
        assert [(row.text_key, row.facts["people"]) for row in waits] == [("events.reminder", people_)]


def test_more_room_lets_people_move_up(session, event, guest, plan, now) -> None:
    come(session, event, guest("a"), 4, now)
    waiting = come(session, event, guest("b"), 2, now)
    events.change(session, event, events.Plan(plan.title, plan.starts_at, plan.place, capacity=6), by=STAFF, now=now)
    assert waiting.state == "signed"


def test_calling_off_tells_everybody_once_with_the_reason(session, event, guest, now) -> None:
    come(session, event, guest("a"), 4, now)
    come(session, event, guest("b"), 1, now)
    gone = come(session, event, guest("c"), 1, now)
    events.withdraw(session, gone, by=SYSTEM, now=now)
    with pytest.raises(Missing):
        events.call_off(session, event, reason=" ", by=STAFF, now=now)
    events.call_off(session, event, reason="台风", by=STAFF, now=now)
    assert [told(session, guest(name))[-1:] for name in "abc"] == [
        ["events.called_off"], ["events.called_off"], [],
    ]  # fmt: skip
    assert letters(session, guest("a"))[0] == ("events.reminder", "cancelled")
    assert session.scalars(select(EventStep.reason).where(EventStep.name == "cancelled")).one() == "台风"


def test_only_who_has_a_place_can_have_come(session, event, guest, now) -> None:
    come(session, event, guest("a"), 4, now)
    waiting = come(session, event, guest("b"), 1, now)
    with pytest.raises(events.NotOpen):
        events.mark(session, waiting, came=True, by=STAFF, now=now)
    events.mark(session, event.signups[0], came=True, by=STAFF, now=now)
    assert event.signups[0].attended is True


def test_two_who_want_the_last_place_at_once_do_not_both_get_it(
    sessions: sessionmaker[Session], now: dt.datetime
) -> None:
    with sessions.begin() as session:
        plan = events.Plan("家装讲座", now + 5 * DAY, capacity=3)
        made = events.make(session, plan, by=STAFF, now=now)
        made.move("open", by=STAFF, now=now)
        number = made.id
        ids = [people.find_or_add(session, f"o-{n}", now=now).id for n in range(8)]
    start = threading.Barrier(len(ids))

    def run(follower_id: int) -> None:
        start.wait()
        with sessions.begin() as session:
            follower = session.get_one(Follower, follower_id)
            events.sign_up(session, follower, number, 1, by=SYSTEM, now=now)

    threads = [threading.Thread(target=run, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions() as session:
        states = sorted(session.scalars(select(Signup.state)))
    assert states == ["signed"] * 3 + ["waiting"] * 5
