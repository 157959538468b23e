"""Plans of follow-up: versions, switching off, what is refused; stopping one person; every arrow and every other."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Callback, Conversation, Customer, Enrolment, Outgoing, Touch
from models.actors import SYSTEM, By
from models.desk.callback import callbacks
from models.desk.followup import enrolments, releasing, sequences
from models.errors import IllegalMove, Missing
from models.states import ENROLMENT, TOUCH
from tests.models.following import DAY, HOUR, OPEN, at, home, lead, person, runs, steps

pytestmark = pytest.mark.sqlite_only  # rules; races and statements run on both in tests/jobs/test_sequences.py
MONDAY = at(23)


def written(session: Session) -> list[str]:
    rows = session.scalars(select(Outgoing).where(Outgoing.purpose == "follow_up").order_by(Outgoing.id))
    return [row.text_key for row in rows]


def one(session: Session) -> Enrolment:
    return session.scalars(select(Enrolment)).one()


@pytest.fixture
def asked(session: Session):
    """The plans stand since Monday, and somebody asked at ten."""
    runs(session, MONDAY - HOUR)
    return lead(session, MONDAY)


def test_a_new_version_is_for_those_who_begin_later(session, asked) -> None:
    runs(session, MONDAY)
    old = sequences.current(session, "enquiry")
    plan = sequences.Plan("少打扰", "enquiry", (sequences.Step(2, text_key="follow.asked_3"),))
    new = sequences.revise(session, old, plan, by=By("staff", None, "周经理"), now=MONDAY + HOUR)
    assert (new.version, new.current, old.current) == (2, True, False)
    lead(session, MONDAY + 2 * HOUR, "o-later")
    runs(session, MONDAY + 2 * HOUR)
    first, second = session.scalars(select(Enrolment).order_by(Enrolment.id))
    assert (len(steps(session, first)), len(steps(session, second))) == (5, 1)
    with pytest.raises(IllegalMove):
        sequences.revise(session, old, plan, by=SYSTEM, now=MONDAY)


def test_switching_off_ends_all_versions_and_switching_on_starts_nothing_old(session, asked) -> None:
    runs(session, MONDAY)
    plan = sequences.current(session, "enquiry")
    assert sequences.switch_off(session, plan, by=SYSTEM, now=MONDAY + HOUR) == 1
    assert (one(session).state, one(session).reason) == ("stopped", "switched_off")
    lead(session, MONDAY + 2 * HOUR, "o-meanwhile")
    runs(session, MONDAY + 2 * HOUR)
    sequences.switch_on(session, plan, now=MONDAY + 3 * HOUR)
    runs(session, MONDAY + 3 * HOUR)
    assert len(session.scalars(select(Enrolment)).all()) == 1
    with pytest.raises(IllegalMove):
        sequences.switch_on(session, plan, now=MONDAY + 4 * HOUR)


GOOD = sequences.Step(3, text_key="follow.asked_3")


@pytest.mark.parametrize(
    ("key", "steps_", "trigger"),
    [
        ("plan_length", (), "enquiry"),
        ("plan_length", (GOOD,) * 13, "enquiry"),
        ("plan_trigger", (GOOD,), "birthday"),
        ("plan_step", (sequences.Step(3, "pigeon"),), "enquiry"),
        ("plan_step", (sequences.Step(3, text_key="follow.asked_3", condition="rain"),), "enquiry"),
        ("plan_days", (sequences.Step(-3, text_key="follow.asked_3"),), "enquiry"),
        ("plan_days", (sequences.Step(401, text_key="follow.asked_3"),), "enquiry"),
        ("plan_at_once", (sequences.Step(3, text_key="follow.asked_3", at=None),), "enquiry"),
        ("plan_at_once", (sequences.Step(0, text_key="follow.keys_3", at=None),), "handover"),
        ("plan_text", (sequences.Step(3, text_key="follow.keys_3"),), "enquiry"),
        ("plan_words", (sequences.Step(3, "words"),), "enquiry"),
        ("plan_words", (sequences.Step(3, "call", words=" "),), "enquiry"),
        ("plan_long", (sequences.Step(3, "words", words="长" * 301),), "enquiry"),
        ("plan_long", (sequences.Step(3, "words", words="您好 {{ name }}"),), "enquiry"),
        ("plan_twice", (GOOD, GOOD), "enquiry"),
    ],
)
def test_a_plan_that_cannot_work_is_refused_with_its_sentence(session, key, steps_, trigger) -> None:
    with pytest.raises(Missing) as refused:
        sequences.make(session, sequences.Plan("新", trigger, steps_), by=SYSTEM, now=MONDAY)
    assert refused.value.key == f"errors.{key}"


def test_words_of_staff_are_said_in_the_persons_language_with_the_way_out(session) -> None:
    plan = sequences.Plan(
        "自己的话", "enquiry", (sequences.Step(0, "words", words="来看看", words_en="Come", at=None),)
    )
    row = sequences.make(session, plan, by=SYSTEM, now=MONDAY - HOUR)
    assert not row.active
    sequences.switch_on(session, row, now=MONDAY - HOUR)
    enquiry = lead(session, MONDAY)
    enquiry.follower.lang = "en"
    runs(session, MONDAY + HOUR)
    letter = session.scalars(select(Outgoing).where(Outgoing.purpose == "follow_up")).one()
    assert (letter.text_key, letter.facts["words"]) == ("follow.words", "Come")


def test_a_person_stops_it_with_a_reason_and_may_let_it_go_on(session, asked) -> None:
    runs(session, MONDAY)
    staff = By("staff", None, "小林")
    with pytest.raises(Missing):
        enrolments.stop(session, one(session), by=staff, now=MONDAY, reason=" ")
    enrolments.stop(session, one(session), by=staff, now=MONDAY + HOUR, reason="客户说下个月再联系")
    assert one(session).events[-1].reason == "客户说下个月再联系"
    enrolments.resume(session, one(session), by=staff, now=at(27))
    assert [state for _, state, _ in steps(session)][1:] == ["stopped", "planned", "planned", "planned"]
    with pytest.raises(IllegalMove):
        enrolments.resume(session, one(session), by=staff, now=at(27))


def test_a_call_that_nobody_made_is_moot_once_it_ends(session, asked) -> None:
    runs(session, MONDAY)
    asked.follower.reply_until = None
    runs(session, at(8, 10, 1, 12))
    call = session.scalars(select(Callback)).one()
    assert one(session).state == "finished" and call.is_open
    assert callbacks.unsuccessful(call) == 0


def test_who_is_not_on_wechat_is_called_where_the_plan_says_so(session) -> None:
    runs(session, MONDAY - HOUR)
    house = home(session, MONDAY - 99 * DAY, "")
    house.completed_on = at(23).date()
    session.flush()
    runs(session, at(26, 10, 1))
    assert written(session) == [] and session.scalars(select(Callback)).one().project is house
    assert steps(session)[0] == (3, "done", "")


@pytest.mark.parametrize("frm", ENROLMENT)
@pytest.mark.parametrize("to", ENROLMENT)
def test_every_arrow_and_every_other_one_is_refused(session, asked, frm, to) -> None:
    runs(session, MONDAY)
    row = one(session)
    row._state = frm
    if to in ENROLMENT[frm]:
        event = row.move(to, by=SYSTEM, now=MONDAY)
        assert (event.from_state, event.to_state, row.state) == (frm, to, to)
    else:
        with pytest.raises(IllegalMove):
            row.move(to, by=SYSTEM, now=MONDAY)
        assert row.state == frm


def test_steps_have_their_machine_too() -> None:
    for frm, allowed in TOUCH.items():
        for to in TOUCH:
            touch = Touch(_state=frm)
            if to in allowed:
                touch.move(to)
                assert touch.state == to
            else:
                with pytest.raises(IllegalMove):
                    touch.move(to)


def test_conversations_and_people_are_left_as_they_are(session, asked) -> None:
    person(session, "o-decoy", MONDAY)
    runs(session, MONDAY)
    assert session.scalars(select(Conversation)).all() == [] and len(session.scalars(select(Customer)).all()) == 1
    assert releasing.release(session, OPEN, now=MONDAY) == 0
