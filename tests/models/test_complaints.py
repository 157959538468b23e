"""A complaint is registered: who owns it, who hears of it, who must not."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Crew, Escalation, Follower, Outgoing
from models.desk import escalations, promises
from models.desk.account import people
from models.desk.callback import callbacks, slips
from models.desk.complaint import aims, complaints, sight, suggestions, verdicts
from models.desk.complaint.aims import Meant
from models.desk.complaint.complaints import Grievance
from models.desk.repair import repairs
from models.desk.talk import conversations
from models.errors import IllegalMove, Missing, NotFound, NotYours
from tests.models.builders import House, repair, told
from tests.models.complaining import complain, heard, office

H = dt.timedelta(hours=1)
D = dt.timedelta(days=1)


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    return office(session, now)


def test_a_complaint_has_a_number_a_head_and_two_promises(session: Session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now)
    assert (case.number, case.state, case.owner) == ("TS20261121-0001", "registered", who.engineer)
    assert (case.project, case.about_staff, case.severity) == (who.project, None, "ordinary")
    owed = {row.policy.name: row.owner for row in promises.owed(session, case)}
    assert owed == {"complaint.first_contact": who.engineer, "complaint.explain": who.engineer}
    assert promises.find(session, "complaint.explain", case).due_at == now + 8 * H
    assert heard(session, who.engineer) == ["staff.complaint_new"] and heard(session, who.manager) == []


@pytest.mark.parametrize(
    ("target", "head"),
    [
        ("工队", "赵工"),
        ("材料", "赵工"),
        ("价格", "周经理"),
        ("设计师", "周经理"),
        ("客服", "周经理"),
        ("其他", "小林"),
    ],
)
def test_each_matter_has_its_head(session: Session, who: House, now: dt.datetime, target: str, head: str) -> None:
    assert complain(session, who, now, target=target).owner.name == head


def test_without_a_word_of_what_happened_it_is_refused(session: Session, who: House, now: dt.datetime) -> None:
    with pytest.raises(Missing):
        complain(session, who, now, problem=" ")


def test_the_supervisor_of_the_house_is_meant_and_never_owns_it(session: Session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now, problem="从来不到现场", target="监理")
    assert (case.about_staff, case.owner) == (who.engineer, who.manager)
    assert heard(session, who.engineer) == [] and "staff.complaint_new" in heard(session, who.manager)
    (row,) = session.scalars(select(Escalation))
    assert (row.kind, row.owner, row.cause_key.split(":", 3)[3]) == ("complaint", who.manager, "handler:1")


def test_a_colleague_is_known_by_name_and_by_the_last_answer(session: Session, who: House, now: dt.datetime) -> None:
    assert complain(session, who, now, problem="小林说话很冲", target="其他").about_staff == who.agent
    talk = conversations.of(session, who.homeowner)
    conversations.say(session, talk, who.manager, "您好", now=now)
    case = complain(session, who, now, problem="回我的人爱答不理", target="客服")
    assert (case.about_staff, case.owner) == (who.manager, who.agent), "the only manager cannot own it"


def test_the_crew_that_was_there_last_is_meant(session: Session, who: House, now: dt.datetime) -> None:
    twin = Crew(name="王师傅", trades=[])
    session.add(twin)
    session.flush()
    assert complain(session, who, now, problem="活太糙", target="工队").about_crew == who.crew
    case = repair(session, who, now)
    repairs.assign(session, case, who.other_crew, by=who.by_staff, now=now)
    assert complain(session, who, now, problem="活太糙", target="工队").about_crew == who.other_crew
    assert complain(session, who, now, problem="王师傅抽烟", target="工队").about_crew == who.crew, "the house's own"


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("踩空把孩子砸到了，受伤了", "injury"),
        ("打孔把水管打爆了", "danger"),
        ("再不解决我打12315", "threat"),
        ("找律师起诉你们", "threat"),
        ("要求赔偿三万", "money"),
        ("赔我5000元", "money"),
    ],
)
def test_what_is_grave_reaches_the_manager_at_once(
    session, who: House, now: dt.datetime, words: str, rule: str
) -> None:
    case = complain(session, who, now, problem=words)
    assert (case.severity, case.severe_by) == ("severe", [rule])
    assert [(row.kind, row.owner) for row in session.scalars(select(Escalation))] == [("complaint", who.manager)]
    assert heard(session, who.manager) == ["staff.complaint"]


@pytest.mark.parametrize("words", ["赔我300元", "3号楼1602都不行", "等了5天", "电话13800138000没人接", "水管装歪了"])
def test_what_is_not_grave_does_not(session: Session, who: House, now: dt.datetime, words: str) -> None:
    assert complain(session, who, now, problem=words).severity == "ordinary"
    assert session.scalars(select(Escalation)).all() == []


def test_the_second_within_thirty_days_is_told_and_anger_makes_it_grave(session, who: House, now: dt.datetime) -> None:
    first = complain(session, who, now - 31 * D)
    assert not complain(session, who, now).repeated and not first.repeated
    again = complain(session, who, now + D, angry=True)
    assert (again.repeated, again.severe_by) == (True, ["anger"])
    calm = complain(session, who, now + 2 * D)
    rows = session.scalars(select(Escalation).where(Escalation.ticket_id == calm.id)).all()
    assert calm.severity == "ordinary" and [row.owner for row in rows] == [who.manager]


def test_a_stranger_complains_too(session: Session, who: House, now: dt.datetime) -> None:
    stranger = people.find_or_add(session, "o-stranger", now=now)
    told_ = Grievance("样板间跟效果图不一样", "设计师")
    case = complaints.register(session, stranger, told_, by=who.by_customer, now=now)
    assert (case.customer.source, case.project, case.house) == ("公众号", None, "")


def test_further_words_are_on_the_case_and_can_make_it_grave(session: Session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now)
    complaints.add(session, case, "还要曝光你们", by=who.by_customer, now=now, demand="道歉")
    complaints.add(session, case, "墙也花了", by=who.by_customer, now=now, demand="道歉")
    assert (case.demand, case.severe_by) == ("道歉", ["threat"])
    assert [event.reason for event in case.events if event.name == "said"] == ["还要曝光你们", "墙也花了"]
    assert heard(session, who.engineer) == ["staff.complaint_new", "staff.complaint_more"], "not for every word"
    assert heard(session, who.manager) == ["staff.complaint"]


def test_asking_twice_reaches_the_manager(session: Session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now)
    assert complaints.chase(session, case, "有结果吗", by=who.by_customer, now=now) == 1
    assert heard(session, who.manager) == []
    assert complaints.chase(session, case, "怎么还没结果", by=who.by_customer, now=now) == 2
    assert complaints.chase(session, case, "喂", by=who.by_customer, now=now) == 3
    assert heard(session, who.manager) == ["staff.complaint"], "it is theirs already"
    row = session.scalars(select(Escalation)).one()
    escalations.resolve(session, row, by=who.by_staff, words="答应明天回复", now=now)
    complaints.chase(session, case, "明天都过了", by=who.by_customer, now=now + 2 * D)
    assert heard(session, who.manager) == ["staff.complaint"] * 2, "what was settled and was not"


def test_who_sees_it(session: Session, who: House, now: dt.datetime) -> None:
    about_agent = complain(session, who, now, problem="小林态度差", target="客服")
    secret = complain(session, who, now, confidential=True)
    plain = complain(session, who, now)
    seen = {
        person.name: [case for case in (about_agent, secret, plain) if sight.sees(person, case)]
        for person in (who.agent, who.engineer, who.manager, who.admin)
    }
    assert seen == {
        "小林": [plain], "赵工": [about_agent, secret, plain], "周经理": [about_agent, secret, plain], "管理员": [],
    }  # fmt: skip
    for person in (who.agent, who.engineer, who.manager, who.admin):
        hidden = set(session.scalars(sight.unseen_cases(person)))
        assert hidden == {case.id for case in (about_agent, secret, plain)} - {case.id for case in seen[person.name]}
    assert list(session.scalars(sight.unseen_people(who.agent))) == [who.homeowner.id]
    assert list(session.scalars(sight.unseen_people(who.manager))) == []


def test_whom_it_is_about_can_do_nothing_with_it(session: Session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now, problem="小林态度差", target="客服")
    row = complaints.escalate(session, case, "severe", now=now)
    with pytest.raises(NotYours):
        verdicts.judge(session, case, who.agent, stands=False, reason="没有的事", now=now)
    with pytest.raises(NotYours):
        verdicts.explain(session, case, who.agent, "没有的事", now=now)
    with pytest.raises(IllegalMove):
        verdicts.give_to(session, case, who.manager, who.agent, now=now)
    assert who.agent not in verdicts.heads(session, case)
    call = callbacks.ask(session, "complaint_done", about=case, now=now)
    slip = slips.raise_(session, case, "还是没人道歉", by=who.by_customer, now=now)
    assert who.agent not in (call.owner, slip.owner)
    for give in (
        lambda: callbacks.assign(session, call, who.agent, by=who.by_staff, now=now),
        lambda: slips.assign(session, slip, who.agent, by=who.by_staff, now=now),
    ):
        with pytest.raises(IllegalMove):
            give()
    assert case.state == "registered" and row.owner == who.manager
    talk = conversations.of(session, who.homeowner)
    conversations.hand_over(session, talk, reason="anger", words="叫小林滚", now=now)
    human = session.scalars(select(Escalation).where(Escalation.conversation_id == talk.id)).one()
    assert human.owner == who.manager
    with pytest.raises(NotFound):
        conversations.take(session, talk, who.agent, now=now)
    assert heard(session, who.agent) == []


def test_the_hidden_repair_is_known_to_it(session: Session, who: House, now: dt.datetime) -> None:
    case, mended = complain(session, who, now), repair(session, who, now)
    complaints.link_repair(session, case, mended, by=who.by_customer, now=now)
    complaints.link_repair(session, case, repair(session, who, now, problem="灯坏了"), by=who.by_customer, now=now)
    assert case.repair == mended


def test_a_suggestion_is_answered_in_words(session: Session, who: House, now: dt.datetime) -> None:
    row = suggestions.record(session, who.homeowner, "每周发照片", by=who.by_customer, now=now)
    assert (row.number, row.owner, row.state) == ("JY20261121-0001", who.agent, "open")
    assert heard(session, who.agent) == ["staff.suggestion"]
    with pytest.raises(Missing):
        suggestions.answer(session, row, who.agent, " ", now=now)
    suggestions.answer(session, row, who.agent, "下周开始", now=now)
    assert (row.state, row.answer, row.next_due_at) == ("answered", "下周开始", None)
    assert told(session, who.homeowner) == ["suggestion.answered"]
    with pytest.raises(IllegalMove):
        suggestions.answer(session, row, who.agent, "再说", now=now)


def test_corrected_to_another_department_it_goes_there_with_its_promises(session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now, problem="图纸错了三次", target="工队", confidential=True)
    assert (case.owner, case.about_crew) == (who.engineer, who.crew)
    aims.aim(session, case, Meant("设计师", "是设计师的问题不是工队", "是设计师"), by=who.by_customer, now=now + H)
    assert (case.target, case.about_crew, case.owner, case.confidential) == ("设计师", None, who.manager, True)
    assert {row.owner for row in promises.owed(session, case)} == {who.manager}
    assert promises.find(session, "complaint.explain", case).due_at == now + 8 * H, "it is owed from the first word"
    event = case.events[-1]
    assert (event.name, event.reason, event.data) == (
        "accused", "是设计师的问题不是工队", {"was": "工队", "target": "设计师"},
    )  # fmt: skip
    assert heard(session, who.manager).count("staff.complaint_new") == 1
    told_before = len(case.events)
    aims.aim(session, case, Meant("设计师", "就是设计师"), by=who.by_customer, now=now + 2 * H)
    assert len(case.events) == told_before and heard(session, who.manager).count("staff.complaint_new") == 1


def test_corrected_to_whoever_has_it_they_lose_it_and_hear_no_more(session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now, problem="从来不到现场", target="工队")
    assert case.owner == who.engineer
    letters = session.scalars(select(Outgoing).where(Outgoing.ticket_id == case.id, Outgoing.purpose == "staff"))
    assert [letter.state for letter in letters] == ["queued"]
    aims.aim(session, case, Meant("监理", "是监理"), by=who.by_customer, now=now + H)
    assert (case.about_staff, case.owner) == (who.engineer, who.manager)
    assert not sight.sees(who.engineer, case)
    to_them = select(Outgoing.state).join(Follower).where(Follower.staff_id == who.engineer.id)
    assert session.scalars(to_them).all() == ["cancelled"]


def test_whom_it_was_about_does_not_get_it_when_it_is_about_another(session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now, problem="赵工从来不到现场", target="监理")
    assert (case.about_staff, case.owner) == (who.engineer, who.manager)
    aims.aim(session, case, Meant("工队", "不是监理，是工队", "是工队"), by=who.by_customer, now=now + H)
    assert (case.about_staff, case.about_crew) == (None, who.crew)
    assert case.owner not in (who.engineer, None)


def test_a_closed_one_and_what_nobody_can_complain_of_are_refused(session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now)
    with pytest.raises(Missing):
        aims.aim(session, case, Meant("天气", "怪天气"), by=who.by_customer, now=now)
    complaints.withdraw(session, case, "算了", by=who.by_customer, now=now)
    with pytest.raises(IllegalMove):
        aims.aim(session, case, Meant("设计师", "是设计师"), by=who.by_customer, now=now)


def test_one_taken_back_by_mistake_is_owed_as_before(session: Session, who: House, now: dt.datetime) -> None:
    case = complain(session, who, now)
    with pytest.raises(IllegalMove):
        complaints.restore(session, case, "点错了", by=who.by_customer, now=now)
    complaints.withdraw(session, case, "算了", by=who.by_customer, now=now)
    assert promises.owed(session, case) == []
    complaints.restore(session, case, "点错了", by=who.by_customer, now=now + H)
    assert (case.state, case.closed_at, case.close_reason) == ("registered", None, "")
    assert promises.find(session, "complaint.explain", case).due_at == now + 9 * H
    assert heard(session, who.engineer)[-1] == "staff.complaint_new"
