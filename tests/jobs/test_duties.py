"""The duties of the clock on real cases: each thing happens once, late or twice or on two workers."""

import datetime as dt
import threading

import pytest
from sqlalchemy import select

from jobs import promises, surveys, upkeep
from jobs.outbox import deliver
from models.actors import SYSTEM, By
from models.desk import care
from models.desk.callback.surveys import ASK_AFTER, SILENCE
from models.desk.repair import repairs, visits
from models.desk.talk import conversations
from models.houses import Crew
from models.outbound import Outgoing
from models.people import Follower
from models.promises import Promise
from models.staff import Staff
from models.surveys import Survey
from models.talk import Conversation
from models.work import Escalation, Repair
from templates import Texts
from tests.bot.pages import house as company

CREW = By("crew", 1, "王师傅")


@pytest.fixture
def house(sessions, clock) -> company.House:
    with sessions.begin() as session:
        planted = company.plant(session, clock(), when_text="")
        for follower in session.scalars(select(Follower)):
            follower.reply_until, follower.reply_left = clock() + dt.timedelta(days=2), 5
        return planted


@pytest.fixture
def finished(sessions, clock, house) -> int:
    """The repair is done; ten minutes later the homeowner may be asked."""
    with sessions.begin() as session:
        repair = session.get(Repair, house.repair)
        visits.accept(session, repair, by=CREW, now=clock())
        visits.arrive(session, repair, by=CREW, now=clock())
        visits.finish(session, repair, note="换了角阀", by=CREW, now=clock())
    return house.repair


def at_once(duty, world, workers: int = 3) -> list[int]:
    """The duty run by several workers at the same moment."""
    start, results = threading.Barrier(workers), []

    def work() -> None:
        start.wait()
        results.append(duty(world))

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == workers
    return results


def test_the_homeowner_is_asked_once_however_many_workers_look(world, sessions, clock, finished):
    assert surveys.run(world) == 0
    clock.advance(seconds=ASK_AFTER.total_seconds())
    assert sum(at_once(surveys.run, world)) == 1
    assert surveys.run(world) == 0
    with sessions() as session:
        assert len(session.scalars(select(Survey)).all()) == 1
        assert len(session.scalars(select(Outgoing).where(Outgoing.survey_id.is_not(None))).all()) == 1


def test_a_question_is_asked_when_it_was_sent_and_given_up_after_silence(
    make_world, sessions, clock, finished, quick, platform
):
    world = make_world(texts=Texts())
    clock.advance(minutes=11)
    surveys.run(world)
    with sessions() as session:
        assert session.scalars(select(Survey.state)).one() == "planned"
    deliver(world, rate=quick)
    assert any("满意" in text for text in platform.texts_to("W1"))
    with sessions() as session:
        assert session.scalars(select(Survey.state)).one() == "asked"
    clock.advance(seconds=SILENCE.total_seconds() + 1)
    surveys.run(world)
    with sessions() as session:
        assert session.scalars(select(Survey.state)).one() == "phone"


def test_a_question_that_cannot_arrive_goes_to_the_phone_list(world, sessions, clock, finished, quick):
    clock.advance(minutes=11)
    surveys.run(world)
    with sessions.begin() as session:
        session.scalars(select(Follower).where(Follower.openid == "W1")).one().subscribed = False
    deliver(world, rate=quick)
    surveys.run(world)
    with sessions() as session:
        assert session.scalars(select(Survey.state)).one() == "phone"


def test_a_promise_is_warned_missed_and_climbs_once_each(world, sessions, clock, house):
    for hours, expected in ((1, "open"), (6.1, "open"), (8.1, "missed")):
        clock.now = clock.now.replace(hour=2, minute=0) + dt.timedelta(hours=hours)
        at_once(promises.run, world)
        with sessions() as session:
            assert _on_site(session, house.repair).state == expected
    with sessions() as session:
        told = session.scalars(select(Outgoing.text_key).where(Outgoing.ticket_id == house.repair)).all()
        assert told.count("notice.late") == 1
        missed = select(Escalation).where(Escalation.ticket_id == house.repair, Escalation.kind == "promise_missed")
        assert len({row.cause_key for row in session.scalars(missed)}) == len(session.scalars(missed).all()) == 2
        assert _on_site(session, house.repair).warned_at is not None


def _on_site(session, ticket_id: int) -> Promise:
    rows = session.scalars(select(Promise).where(Promise.ticket_id == ticket_id)).all()
    return next(row for row in rows if row.policy.name == "repair.on_site")


@pytest.fixture
def talk(sessions, clock, house) -> int:
    """An agent answered a homeowner just now."""
    with sessions.begin() as session:
        follower = session.scalars(select(Follower).where(Follower.openid == "W1")).one()
        conversation = conversations.of(session, follower)
        conversations.say(session, conversation, session.scalars(select(Staff)).first(), "您好", now=clock())
        return conversation.id


def test_a_silent_conversation_is_the_bots_again_and_a_lively_one_is_not(world, sessions, clock, talk):
    clock.advance(minutes=29)
    assert upkeep.give_back(world) == 0
    clock.advance(minutes=2)
    assert sum(at_once(upkeep.give_back, world)) == 1
    with sessions() as session:
        assert session.get(Conversation, talk).owner == "bot"


def test_the_sweep_finds_what_a_dead_worker_left_and_tells_a_person(
    world, sessions, clock, person, promise, row, house
):
    mine = promise(person("W9"), "一", ticket_id=house.repair)
    late = promise(person("W8"), "二", not_after=clock() + dt.timedelta(minutes=1))
    decoy = promise(person("W7"), "三")
    with sessions.begin() as session:
        session.get(Outgoing, mine).state = "sending"
        session.get(Outgoing, mine).claimed_at = clock()
    assert upkeep.sweep(world) == 0
    clock.advance(minutes=4)
    assert upkeep.sweep(world) == 2 and upkeep.sweep(world) == 0
    assert [row(r).state for r in (mine, late, decoy)] == ["unknown", "expired", "queued"]
    with sessions() as session:
        kinds = session.scalars(select(Escalation.kind).where(Escalation.ticket_id == house.repair)).all()
        assert kinds == ["message_failed"]


def test_what_a_duty_promised_is_announced(make_world, redis, clock, finished):
    clock.advance(minutes=11)
    surveys.run(make_world(redis=redis))
    assert redis.exists("nudge:deliver")


def test_every_letter_of_a_whole_case_can_be_written_and_links_to_its_page(
    make_world, sessions, clock, house, quick, platform
):
    """With the texts as they are in the house: no letter lacks a fact, and crews can open their job."""
    world = make_world(texts=Texts())
    repair_id = house.repair

    def step(verb, **facts) -> None:
        with sessions.begin() as session:
            for follower in session.scalars(select(Follower)):
                follower.reply_until, follower.reply_left = clock() + dt.timedelta(days=2), 5
            verb(session, session.get(Repair, repair_id), now=clock(), **facts)
        deliver(world, rate=quick)
        clock.advance(minutes=12)
        for duty in (promises.run, surveys.run, upkeep.sweep):
            duty(world)
        deliver(world, rate=quick)

    def first_crew(session) -> Crew:
        return session.get(Crew, house.crew)

    step(visits.hand_back, reason="外地", by=CREW)
    step(lambda session, repair, now: repairs.assign(session, repair, first_crew(session), by=SYSTEM, now=now))
    step(repairs.chase, words="什么时候来", by=By("customer", 1))
    step(repairs.chase, words="还不来", by=By("customer", 1))
    step(repairs.update_repair, changes={"place": "卫生间"}, by=By("customer", 1))
    step(care.pause, until=clock() + dt.timedelta(days=1), words="明天再来", by=By("customer", 1))
    clock.advance(days=1, hours=22)  # the next morning: notices wait for the night to end
    for verb in (visits.accept, visits.start, visits.arrive):
        step(verb, by=CREW)
    step(visits.finish, note="换了角阀", by=CREW)
    step(care.reopen, reason="还在滴", by=By("customer", 1))
    step(care.cancel, reason="不修了", by=By("customer", 1))
    with sessions() as session:
        letters = session.scalars(select(Outgoing)).all()
        assert [(row.text_key, row.error) for row in letters if row.reason == "text_broken"] == []
        told = {row.text_key for row in letters if row.state == "sent"}
        assert {"notice.crew_offer", "notice.arrived", "notice.finished", "survey.ask", "notice.crew_again"} <= told
        offers = [row.sent_text for row in letters if row.text_key == "notice.crew_offer" and row.state == "sent"]
        assert offers and all("/p/crew/" in text for text in offers)
