"""A complaint from the judgement to the lesson: each step told to the customer once, each refusal with its reason."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Escalation, Outgoing, Staff, states
from models.desk import promises, watch
from models.desk.callback import callbacks
from models.desk.complaint import complaints, verdicts
from models.desk.complaint.verdicts import AboveLimit, ForTheManager, Lesson, Offer
from models.desk.talk import conversations
from models.errors import IllegalMove, Missing, NotYours
from tests.models.builders import House, arrive, told
from tests.models.complaining import complain, heard, office

H = dt.timedelta(hours=1)
D = dt.timedelta(days=1)
LESSON = Lesson("排期没有留余量", "每周五核对下周排期")


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    return office(session, now)


def test_the_whole_way_tells_the_customer_each_step_once(session: Session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now)
    verdicts.judge(session, case, who.engineer, stands=True, reason="师傅被上一家耽误", now=now + H)
    verdicts.explain(session, case, who.engineer, "那天没有提前告诉您，是我们的错。", now=now + 2 * H)
    assert case.next_due_at is None and all(row.kept for row in case.promises)
    verdicts.propose(session, case, who.engineer, Offer("换一位师傅", 30_000), now=now + 3 * H)
    complaints.agree(session, case, "同意", by=who.by_customer, now=now + 4 * H)
    verdicts.carry_out(session, case, who.engineer, "李师傅今天已到场，300元已转。", now=now + D)
    (call,) = callbacks.of(session, about=case, purpose="complaint_done")
    assert (call.owner, call.phone, call.words) == (who.agent, "13800138000", "李师傅今天已到场，300元已转。")
    verdicts.close(session, case, who.engineer, LESSON, now=now + 2 * D)
    assert told(session, who.homeowner) == [
        f"complaint.{step}" for step in ("upheld", "explained", "proposed", "carried_out", "closed")
    ]
    assert (case.state, case.cause, case.prevention) == ("closed", LESSON.cause, LESSON.prevention)
    assert (case.stands, case.judged_by, case.compensation, case.approved_by) == (
        True, who.engineer, 30_000, who.engineer,
    )  # fmt: skip
    assert heard(session, who.engineer) == ["staff.complaint_new", "staff.complaint_agreed"]
    money = session.scalar(select(Outgoing).where(Outgoing.text_key == "complaint.proposed")).facts
    assert money["money"] == 300 and "赵工" not in str(money)


def test_what_does_not_stand_is_explained_in_writing_all_the_same(session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now)
    verdicts.judge(session, case, who.engineer, stands=False, reason="签到照片上午9点", now=now)
    assert promises.find(session, "complaint.explain", case) is not None
    with pytest.raises(IllegalMove):
        verdicts.close(session, case, who.engineer, LESSON, now=now)
    verdicts.explain(session, case, who.engineer, "师傅9点到过，没联系上您。", now=now)
    verdicts.close(session, case, who.engineer, LESSON, now=now)
    assert told(session, who.homeowner) == ["complaint.not_upheld", "complaint.explained", "complaint.closed"]


@pytest.mark.parametrize("state", states.COMPLAINT)
@pytest.mark.parametrize("to", states.COMPLAINT)
def test_every_arrow_of_the_machine_and_no_other(session: Session, who: House, now: dt.datetime, state, to) -> None:
    case = complain(session, who, now)
    case._state = state
    if to in states.COMPLAINT[state]:
        assert case.move(to, by=who.by_staff, now=now).to_state == case.state == to
        return
    with pytest.raises(IllegalMove):
        case.move(to, by=who.by_staff, now=now)
    assert case.state == state


def test_each_step_needs_its_words(session: Session, who: House, now: dt.datetime) -> None:
    case, staff = complain(session, who, now), who.engineer
    steps = (
        lambda: verdicts.judge(session, case, staff, stands=True, reason=" ", now=now),
        lambda: verdicts.explain(session, case, staff, "", now=now),
        lambda: verdicts.propose(session, case, staff, Offer(" "), now=now),
        lambda: verdicts.carry_out(session, case, staff, "", now=now),
        lambda: verdicts.close(session, case, staff, Lesson("", "x"), now=now),
        lambda: verdicts.close(session, case, staff, Lesson("x", ""), now=now),
        lambda: verdicts.contact(session, case, staff, "", now=now),
        lambda: complaints.withdraw(session, case, " ", by=who.by_customer, now=now),
        lambda: complaints.add(session, case, " ", by=who.by_customer, now=now),
        lambda: verdicts.reopen(session, case, who.manager, "", now=now),
    )
    for step in steps:
        with pytest.raises(Missing):
            step()
    assert case.state == "registered" and told(session, who.homeowner) == []


def test_money_above_the_limit_is_the_managers(session: Session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now)
    verdicts.judge(session, case, who.engineer, stands=True, reason="属实", now=now)
    verdicts.explain(session, case, who.engineer, "说明", now=now)
    with pytest.raises(AboveLimit) as refused:
        verdicts.propose(session, case, who.engineer, Offer("赔", 50_001), now=now)
    assert refused.value.facts == {"limit": 500} and case.state == "explained" and case.compensation == 0
    with pytest.raises(Missing):
        verdicts.propose(session, case, who.engineer, Offer("赔", -1), now=now)
    verdicts.propose(session, case, who.engineer, Offer("赔", 50_000), now=now)
    verdicts.propose(session, case, who.manager, Offer("赔", 50_001), now=now)
    assert (case.compensation, case.approved_by) == (50_001, who.manager)
    assert told(session, who.homeowner)[-2:] == ["complaint.proposed"] * 2


def test_a_verdict_is_turned_only_by_who_leads(session: Session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now)
    verdicts.judge(session, case, who.engineer, stands=False, reason="不属实", now=now)
    with pytest.raises(ForTheManager):
        verdicts.judge(session, case, who.engineer, stands=True, reason="看错了", now=now)
    verdicts.judge(session, case, who.manager, stands=True, reason="照片是别家的", now=now)
    assert (case.stands, case.judged_by) == (True, who.manager)
    with pytest.raises(IllegalMove):
        verdicts.judge(session, case, who.manager, stands=True, reason="再判一次", now=now)


def test_a_proposal_that_is_declined_goes_to_the_manager_and_another_follows(session, who: House, now) -> None:
    case = complain(session, who, now)
    with pytest.raises(IllegalMove):
        complaints.decline(session, case, "不行", by=who.by_customer, now=now)
    with pytest.raises(IllegalMove):
        complaints.agree(session, case, "同意", by=who.by_customer, now=now)
    verdicts.judge(session, case, who.engineer, stands=True, reason="属实", now=now)
    verdicts.explain(session, case, who.engineer, "说明", now=now)
    verdicts.propose(session, case, who.engineer, Offer("送一次保洁"), now=now)
    complaints.decline(session, case, "要换人重做", by=who.by_customer, now=now)
    assert (case.state, case.demand) == ("proposed", "要换人重做")
    (row,) = session.scalars(select(Escalation))
    assert (row.owner, row.words) == (who.manager, "要换人重做")
    verdicts.propose(session, case, who.manager, Offer("换人重做"), now=now)
    verdicts.agreed_by_phone(session, case, who.manager, "电话里说行", now=now)
    assert (case.state, case.agreed_at) == ("agreed", now)
    assert told(session, who.homeowner)[-3:] == ["complaint.proposed", "complaint.proposed", "complaint.agreed"]


def test_withdrawn_is_answered_and_nothing_is_owed(session: Session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now, problem="打孔把水管打爆了")
    complaints.withdraw(session, case, "已经修好了", by=who.by_customer, now=now)
    assert (case.state, case.close_reason, case.next_due_at) == ("withdrawn", "已经修好了", None)
    assert {row.state for row in session.scalars(select(Escalation))} == {"resolved"}
    assert told(session, who.homeowner) == [], "the chat has answered"
    other = complain(session, who, now)
    verdicts.withdrawn_by_phone(session, other, who.manager, "电话里说算了", now=now)
    assert told(session, who.homeowner) == ["complaint.withdrawn"]
    with pytest.raises(IllegalMove):
        complaints.add(session, other, "还有", by=who.by_customer, now=now)


def test_opened_again_it_is_judged_anew_by_who_leads(session: Session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now)
    complaints.withdraw(session, case, "算了", by=who.by_customer, now=now)
    with pytest.raises(ForTheManager):
        verdicts.reopen(session, case, who.engineer, "又来了", now=now)
    verdicts.reopen(session, case, who.manager, "又来了", now=now + D)
    assert (case.state, case.round, case.stands, case.closed_at) == ("registered", 2, None, None)
    assert promises.find(session, "complaint.explain", case).due_at == now + D + 8 * H
    assert heard(session, who.engineer)[-1] == "staff.complaint_new"
    verdicts.judge(session, case, who.engineer, stands=True, reason="属实", now=now + D)
    assert told(session, who.homeowner) == ["complaint.reopened", "complaint.upheld"]


def test_a_call_or_a_chat_is_the_first_contact(session: Session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now)
    verdicts.contact(session, case, who.engineer, "电话里致歉", now=now)
    assert [row.policy.name for row in promises.owed(session, case)] == ["complaint.explain"]
    other = complain(session, who, now)
    said = conversations.say(session, conversations.of(session, who.homeowner), who.agent, "我来跟进", now=now)
    assert len(promises.owed(session, other)) == 2, "it has not arrived"
    arrive(session, said, now)
    assert [row.policy.name for row in promises.owed(session, other)] == ["complaint.explain"]


def test_a_late_explanation_is_told_and_climbs_past_whom_it_is_about(session, who: House, now: dt.datetime) -> None:
    second = Staff(username="m2", name="吴经理", role=who.manager.role)
    session.add(second)
    case = complain(session, who, now, problem="周经理答应的没做到", target="价格")
    assert (case.about_staff, case.owner) == (who.manager, second)
    for later in (7 * H, 8 * H, 9 * H, 10 * H):
        watch.run(session, now=now + later)
    rows = session.scalars(select(Escalation).where(Escalation.ticket_id == case.id)).all()
    assert rows and {row.owner for row in rows} == {second}
    assert told(session, who.homeowner) == ["complaint.late"]
    assert heard(session, who.manager) == []
    assert {"warned", "missed"} <= {event.name for event in case.events}


def test_naming_the_owner_as_meant_takes_it_from_them(session: Session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now)
    assert case.owner == who.engineer
    verdicts.name_accused(session, case, who.manager, who.engineer, now=now)
    assert case.owner == who.manager and {row.owner for row in promises.owed(session, case)} == {who.manager}
    with pytest.raises(NotYours):
        verdicts.contact(session, case, who.engineer, "我来", now=now)
    verdicts.give_to(session, case, who.manager, who.agent, now=now)
    assert case.owner == who.agent and heard(session, who.agent) == ["staff.complaint_new"]


def test_a_colleague_calls_it_grave_once(session: Session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now)
    verdicts.grave(session, case, who.engineer, "业主是老人，独居", now=now)
    assert case.severe and heard(session, who.manager) == ["staff.complaint"]
    with pytest.raises(IllegalMove):
        verdicts.grave(session, case, who.engineer, "再说一次", now=now)
