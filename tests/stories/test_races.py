"""Many at once: one push several times, one person's many pushes, several workers. Real threads, real databases."""

import threading
from collections import Counter

import pytest
from sqlalchemy import select

from jobs import outbox, promises, surveys
from jobs.rate import Rate
from models.desk import escalations
from models.desk.delivery import outbox as letters
from models.desk.talk import conversations
from models.errors import TakenAlready
from models.outbound import Outgoing
from models.people import Follower
from models.promises import Promise
from models.staff import Staff
from models.surveys import Survey
from models.talk import Conversation, Inbound, Message
from models.work import Escalation, Repair, TicketEvent
from sandbox.parcel import Delivery
from tests.models.builders import house

#: More than the platform ever has in flight for one push, and few enough for two cores.
AT_ONCE = 5
QUICK = Rate(None, per_second=1e9)


def together(*works):
    """Run all at the same moment; the first exception of any is raised."""
    gate, troubles = threading.Barrier(len(works)), []

    def run(work):
        gate.wait()
        try:
            work()
        except BaseException as why:
            troubles.append(why)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        raise troubles[0]


def pushes(scene, person, *texts):
    """A parcel for each text, not delivered yet."""
    at = scene.now().timestamp()
    return [scene.platform.parcel(person.openid, person.openid, "text", {"Content": text}, at) for text in texts]


def deliver_all(scene, parcels):
    """Every parcel at the same moment; the deliveries in the order of the parcels."""
    deliveries = [Delivery("failed", 0) for _ in parcels]

    def carry(parcel, delivery):
        while delivery.status == "failed" and delivery.tries < 3:
            delivery.tries += 1
            scene.wire.attempt(parcel, delivery)

    together(*(lambda p=p, d=d: carry(p, d) for p, d in zip(parcels, deliveries, strict=True)))
    return deliveries


def test_overlapping_retries_of_one_push_get_one_answer(scene, cast):
    cast.homeowner.says("厨房水龙头滴水，随时在家")
    [parcel] = pushes(scene, cast.homeowner, "是的")
    answers = {delivery.reply["Content"] for delivery in deliver_all(scene, [parcel] * AT_ONCE)}
    assert len(answers) == 1 and "单号 BX" in answers.pop()
    with scene.sessions() as session:
        assert session.query(Repair).count() == 1
        assert session.query(Inbound).filter_by(dedupe_key=f"m:{parcel.fields['MsgId']}").count() == 1
        assert session.query(Message).filter_by(text="是的").count() == 1
        assert session.query(Promise).count() == 3
        assert session.query(Outgoing).filter_by(text_key="notice.crew_offer").count() == 1


def test_overlapping_first_pushes_of_a_stranger_make_one_follower(scene, cast):
    stranger = scene.person("oStory_stranger", "生人")
    [parcel] = pushes(scene, stranger, "你好")
    answers = Counter(delivery.reply["Content"] for delivery in deliver_all(scene, [parcel] * AT_ONCE))
    assert list(answers.values()) == [AT_ONCE]
    with scene.sessions() as session:
        assert session.query(Follower).filter_by(openid=stranger.openid).count() == 1


def test_many_messages_of_one_person_are_taken_in_turn(scene, cast):
    before = cast.homeowner.follower().turn
    texts = [f"客厅灯不亮{number}" for number in range(AT_ONCE)]
    deliveries = deliver_all(scene, pushes(scene, cast.homeowner, *texts))
    assert {delivery.status for delivery in deliveries} == {"ok"}
    assert cast.homeowner.follower().turn == before + AT_ONCE
    with scene.sessions() as session:
        heard = [row.text for row in session.query(Message).filter_by(direction="in", author="customer")]
        assert sorted(heard) == texts
        assert session.query(Message).filter(Message.direction == "out", Message.inbound_id.is_not(None)).count() >= 1
    assert "单号 BX" in cast.homeowner.says("是的") + cast.homeowner.says("随时") + cast.homeowner.says("是的")
    assert scene.repair().problem


def test_two_people_at_once_do_not_share_a_number(scene, cast):
    people = [scene.person(f"oStory_many{number}", f"业主{number}") for number in range(AT_ONCE)]
    for person in people:
        person.says("翡翠城3幢502厨房水龙头滴水，随时，13800138000")
    parcels = [pushes(scene, person, "是的")[0] for person in people]
    answers = [delivery.reply["Content"] for delivery in deliver_all(scene, parcels)]
    with scene.sessions() as session:
        numbers = [row.number for row in session.query(Repair)]
    assert len(set(numbers)) == AT_ONCE
    assert all(sum(number in answer for number in numbers) == 1 for answer in answers)


def test_two_workers_send_each_message_once_and_in_order(scene, reported):
    people = (reported.homeowner, reported.crew)
    for person in people:
        person.says("你好")  # a fresh window of five messages
        person.reads()
    with scene.sessions.begin() as session:
        for number, person in [(number, person) for number in range(8) for person in people]:
            follower = session.query(Follower).filter_by(openid=person.openid).one()
            letter = letters.Letter(body=f"{person.openid} {number}")
            letters.post(session, f"race:{person.openid}:{number}", to=follower, letter=letter, now=scene.now())
    for _ in range(8):
        together(*[lambda: outbox.deliver(scene.world, rate=QUICK, batch=3)] * 3)
        scene.clock.advance(seconds=3)  # what waited for an earlier message of the same person comes again
    for person in people:
        assert person.reads() == [f"{person.openid} {number}" for number in range(5)]
    assert Counter(row.state for row in scene.letters(text_key="")) == {"sent": 10, "held": 6}


def test_two_workers_plan_one_question_and_miss_a_promise_once(scene, reported):
    for words in ("接单", "到场", "完工 换了阀芯"):
        reported.crew.says(words)
    scene.clock.advance(hours=1)
    together(*[lambda: surveys.run(scene.world)] * 3)
    with scene.sessions() as session:
        assert session.query(Survey).count() == 1
    scene.run_jobs()
    assert "抱歉" in reported.homeowner.says("2 还在滴")
    scene.clock.advance(hours=12)
    together(*[lambda: promises.run(scene.world)] * 3)
    with scene.sessions() as session:
        missed = [row for row in session.query(TicketEvent).filter_by(name="missed")]
        assert len(missed) == session.query(Promise).filter(Promise.missed_at.is_not(None)).count() > 0
    kinds = Counter((row.kind, row.words) for row in scene.escalations())
    assert set(kinds.values()) == {1}


@pytest.mark.parametrize("words", ["", "您好，我来看看"])
def test_two_colleagues_who_take_one_conversation_are_not_both_told_that_they_have_it(sessions, now, words):
    """Both read the page on which it waits: one has it, the other is told who, and what was written is sent once."""
    with sessions.begin() as session:
        who = house(session, now)
        thread = conversations.of(session, who.homeowner)
        conversations.hand_over(session, thread, reason="asked", words="人工", now=now)
        number, people = thread.id, {who.agent.id: who.agent.name, who.manager.id: who.manager.name}
    refused = []

    def take(person: int) -> None:
        try:
            with sessions.begin() as session:
                row, staff = session.get_one(Conversation, number), session.get_one(Staff, person)
                conversations.take(session, row, staff, now=now, seen=0)
                if words:
                    conversations.say(session, row, staff, words, now=now)
        except TakenAlready as why:
            refused.append((person, why.facts["name"]))

    together(*(lambda person=person: take(person) for person in people))
    with sessions() as session:
        holder = session.get_one(Conversation, number).staff_id
        [loser] = people.keys() - {holder}
        assert refused == [(loser, people[holder])]
        assert session.query(Escalation).one().owner_id == session.query(Promise).one().owner_id == holder
        assert session.query(Outgoing).filter_by(purpose="reply").count() == bool(words)


def test_two_who_take_one_matter_by_chat_and_panel_are_not_both_told_that_they_have_it(sessions, now):
    with sessions.begin() as session:
        who = house(session, now)
        conversations.hand_over(session, conversations.of(session, who.homeowner), reason="asked", words="人", now=now)
        row = session.scalars(select(Escalation)).one()
        number, people = row.id, (who.agent.id, who.manager.id)
    refused = []

    def take(person: int) -> None:
        try:
            with sessions.begin() as session:
                row = session.get_one(Escalation, number)
                escalations.take(session, row, session.get_one(Staff, person), now=now, seen=0)
        except TakenAlready:
            refused.append(person)

    together(*(lambda person=person: take(person) for person in people))
    with sessions() as session:
        assert {session.get_one(Escalation, number).owner_id, *refused} == set(people)
