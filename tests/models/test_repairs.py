"""A repair from the report to the answered survey: who is told what, once, and what is refused."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Attachment, Crew, Escalation, Outgoing
from models.actors import SYSTEM, By
from models.desk import care, escalations, promises
from models.desk.account import people
from models.desk.repair import finishing, postponing, repairs, visits
from models.errors import IllegalMove, Missing, NotYours
from tests.models.builders import House, house, repair, told

H = dt.timedelta(hours=1)
M = dt.timedelta(minutes=1)


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    return house(session, now)


def test_a_report_goes_to_the_crew_of_the_house_at_once(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    assert (case.number, case.state, case.crew) == ("BX20261121-0001", "assigned", who.crew)
    (letter,) = session.scalars(select(Outgoing))
    assert (letter.follower, letter.text_key, letter.purpose) == (who.foreman, "notice.crew_offer", "staff")
    assert letter.facts["phone_masked"] == "138****8000" and "13800138000" not in str(letter.facts)
    assert letter.page == {"purpose": "crew", "ticket_id": case.id, "crew_id": who.crew.id}


def test_a_phone_in_the_words_reaches_no_crew_in_clear(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now, problem="厨房漏水，打138.0013.8000")
    visits.hand_back(session, case, reason="找１３９００１３９０００", by=SYSTEM, now=now)
    letters = session.scalars(select(Outgoing)).all()
    assert letters[0].text_key == "notice.crew_offer" and "厨房漏水，打138****8000" in str(letters[0].facts)
    assert not any(one in str(letter.facts) for letter in letters for one in ("138.0013", "１３９００"))
    assert case.problem == "厨房漏水，打138.0013.8000", "what was said stays on record, to be revealed"


def test_an_unbound_house_goes_to_the_idle_crew_of_the_trade(session: Session, who: House, now: dt.datetime) -> None:
    assert repair(session, who, now, project=None, house_text="江南里3-1", category="电").crew == who.other_crew
    third = Crew(name="张师傅", trades=["水"])
    session.add(third)
    session.flush()
    repair(session, who, now, project=None, house_text="江南里3-1")
    assert repair(session, who, now, project=None, house_text="江南里3-2").crew == third


def test_without_a_crew_the_dispatcher_owns_it_at_once(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now, project=None, house_text="远郊", category="地板")
    (row,) = session.scalars(select(Escalation))
    assert (case.state, row.kind, row.owner) == ("reported", "no_crew", who.engineer)


def test_a_report_without_a_problem_is_refused(session: Session, who: House, now: dt.datetime) -> None:
    with pytest.raises(Missing):
        repair(session, who, now, problem="  ")


def test_what_a_chat_says_never_overwrites_what_is_on_file(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now, phone="+86 139-0013-9000", name="别人")
    assert case.contact_phone == "13900139000"
    assert (who.customer.phone, who.customer.name) == ("13800138000", "陈明")


def test_each_step_tells_the_homeowner_once(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    visits.start(session, case, by=who.by_crew, now=now + M)
    visits.arrive(session, case, by=who.by_crew, now=now + H)
    visits.finish(session, case, note="换了角阀", by=who.by_crew, now=now + 2 * H)
    assert told(session, who.homeowner) == ["notice.accepted", "notice.on_the_way", "notice.arrived", "notice.finished"]


@pytest.mark.parametrize("step", [visits.accept, visits.start, visits.arrive])
def test_pressing_twice_is_refused_and_tells_nobody_again(session, who, now, step) -> None:
    case = repair(session, who, now)
    step(session, case, by=who.by_crew, now=now)
    before = told(session, who.homeowner)
    with pytest.raises(IllegalMove):
        step(session, case, by=who.by_crew, now=now)
    assert told(session, who.homeowner) == before


def test_finishing_needs_a_note_and_handing_back_a_reason(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    with pytest.raises(Missing):
        visits.hand_back(session, case, reason=" ", by=who.by_crew, now=now)
    visits.arrive(session, case, by=who.by_crew, now=now)
    with pytest.raises(Missing):
        visits.finish(session, case, note="", by=who.by_crew, now=now)
    assert case.state == "on_site"


def test_a_job_handed_back_belongs_to_the_dispatcher_and_a_new_crew_hears_of_it(
    session: Session, who: House, now: dt.datetime
) -> None:
    case = repair(session, who, now)
    visits.hand_back(session, case, reason="缺配件", by=who.by_crew, now=now + M)
    assert (case.state, case.crew) == ("handed_back", None)
    (row,) = session.scalars(select(Escalation))
    assert (row.kind, row.owner, row.words) == ("handed_back", who.engineer, "缺配件")
    repairs.assign(session, case, who.crew, by=who.by_staff, now=now + 2 * M, reason="配件到了")
    assert told(session, who.foreman) == ["notice.crew_offer", "notice.crew_offer"]


def test_reassigning_lets_the_first_crew_go(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    repairs.assign(session, case, who.other_crew, by=who.by_staff, now=now + M)
    assert told(session, who.foreman) == ["notice.crew_offer", "notice.crew_released"]
    with pytest.raises(NotYours):
        visits.own_job(session, who.crew, case.id)
    assert visits.own_job(session, who.other_crew, case.id) is case
    with pytest.raises(NotYours):
        visits.own_job(session, who.other_crew, 4711)


def test_another_crew_begins_with_a_visit_and_a_time_of_its_own(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    visits.start(session, case, by=who.by_crew, now=now + M)
    window = postponing.Window(now + 24 * H, now + 27 * H, "明天")
    postponing.ask(session, case, window, words="", by=who.by_crew, now=now + 2 * M)
    repairs.assign(session, case, who.other_crew, by=who.by_staff, now=now + 3 * M)
    assert [(row.outcome, row.finished_at) for row in case.visits] == [("ended", now + 3 * M)]
    with pytest.raises(postponing.NothingAsked):
        postponing.answer(session, case, agreed=True, words="可以", by=who.by_customer, now=now + 4 * M)
    assert promises.find(session, "repair.on_site", case).state == "open"


def test_a_crew_that_left_the_company_gets_no_jobs(session: Session, who: House, now: dt.datetime) -> None:
    who.crew.active = False
    case = repair(session, who, now)
    assert case.crew is None
    with pytest.raises(Missing):
        repairs.assign(session, case, who.crew, by=who.by_staff, now=now)


def test_asking_again_is_recorded_and_the_second_time_the_lead_is_told(
    session: Session, who: House, now: dt.datetime
) -> None:
    case = repair(session, who, now)
    assert repairs.chase(session, case, "怎么还没来", by=who.by_customer, now=now + H) == 1
    assert not session.scalars(select(Escalation)).all()
    repairs.chase(session, case, "还不来", by=who.by_customer, now=now + 2 * H)
    repairs.chase(session, case, "人呢", by=who.by_customer, now=now + 3 * H)
    (row,) = session.scalars(select(Escalation))
    assert (row.kind, row.words) == ("chased", "还不来")
    assert told(session, who.foreman).count("notice.crew_chased") == 3


def test_whoever_asks_again_after_that_was_settled_is_heard_again(session, who, now) -> None:
    """The lead pushed the crew, and wrote so; still nobody came."""
    case = repair(session, who, now)
    for round_, hour in enumerate((1, 4, 7)):
        for word in ("怎么还没来", "人呢"):
            repairs.chase(session, case, word, by=who.by_customer, now=now + hour * H)
        rows = session.scalars(select(Escalation).order_by(Escalation.id)).all()
        assert [row.state for row in rows] == ["resolved"] * round_ + ["open"]
        escalations.resolve(session, rows[-1], by=who.by_staff, words="催了师傅", now=now + (hour + 1) * H)


def test_what_becomes_urgent_is_owed_sooner_and_never_later(session: Session, who: House, now: dt.datetime) -> None:
    case, late = repair(session, who, now), repair(session, who, now)
    repairs.update_repair(session, case, {"urgent": True}, by=who.by_customer, now=now + 5 * M)
    due = {name: promises.find(session, name, case).due_at for name in ("repair.accept", "repair.on_site")}
    assert due == {"repair.accept": now + 15 * M, "repair.on_site": now + 5 * M + 2 * H}
    repairs.update_repair(session, late, {"urgent": True}, by=who.by_customer, now=now + 25 * M)
    assert promises.find(session, "repair.accept", late).due_at == now + 30 * M, "five minutes were left"
    visits.accept(session, late, by=who.by_crew, now=now + 26 * M)
    assert promises.find(session, "repair.accept", late) is None


def test_an_earlier_time_or_an_emergency_ends_the_wait_for_an_agreed_one(session, who, now) -> None:
    later = {"when_start": now + 72 * H, "when_end": now + 75 * H, "when_text": "周六上午"}
    sooner = {"when_start": now + 2 * H, "when_end": now + 4 * H, "when_text": "今天下午"}
    for change in (sooner, {"urgent": True}):
        case = repair(session, who, now, **later)
        assert finishing.find(session, case).state == "paused"
        repairs.update_repair(session, case, change, by=who.by_customer, now=now + M)
        assert [row.state for row in promises.owed(session, case)] == ["open"] * 3


def test_an_emergency_shortly_before_the_agreed_time_is_not_put_off(session, who, now) -> None:
    evening = {"when_start": now + 9 * H, "when_end": now + 10 * H, "when_text": "傍晚"}
    case = repair(session, who, now, **evening)
    assert promises.find(session, "repair.on_site", case).state == "paused"
    repairs.update_repair(session, case, {"urgent": True}, by=who.by_customer, now=now + 9 * H - M)
    promise = promises.find(session, "repair.on_site", case)
    assert (promise.urgent, promise.state, promise.due_at) == (True, "open", now + 10 * H)


def test_what_is_added_reaches_the_crew_masked(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    for words in ("总阀关了", "门禁密码8899，打138.0013.8000"):
        repairs.add_words(session, case, words, by=who.by_customer, now=now + M)
    assert [event.reason for event in case.events if event.name == "added"] == [
        "总阀关了", "门禁密码8899，打138.0013.8000",
    ]  # fmt: skip
    letters = session.scalars(select(Outgoing).where(Outgoing.text_key == "notice.crew_added").order_by(Outgoing.id))
    assert [row.facts["words"] for row in letters] == ["总阀关了", "门禁密码8899，打138****8000"]
    with pytest.raises(Missing):
        repairs.add_words(session, case, "  ", by=who.by_customer, now=now)
    care.cancel(session, case, reason="不修了", by=who.by_customer, now=now + H)
    with pytest.raises(IllegalMove):
        repairs.add_words(session, case, "总阀关了", by=who.by_customer, now=now + H)


def test_photos_of_somebody_else_are_not_taken(session: Session, who: House, now: dt.datetime) -> None:
    mine = Attachment(follower_id=who.homeowner.id, kind="image", media_id="m1", created_at=now)
    theirs = Attachment(follower_id=who.foreman.id, kind="image", media_id="m2", created_at=now)
    session.add_all([mine, theirs])
    case = repair(session, who, now, media=("m1", "m2", "m3"))
    assert (mine.ticket_id, theirs.ticket_id) == (case.id, None)


def test_closing_needs_a_reason_and_ends_everything_owed(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    repairs.chase(session, case, "催", by=who.by_customer, now=now)
    repairs.chase(session, case, "催", by=who.by_customer, now=now)
    with pytest.raises(Missing):
        care.close(session, case, reason=" ", by=who.by_staff, now=now)
    care.close(session, case, reason="电话确认修好", by=who.by_staff, now=now)
    assert case.next_due_at is None
    assert session.scalars(select(Escalation)).one().state == "resolved"
    assert told(session, who.foreman)[-1] == "notice.crew_closed", "nobody goes there for nothing"


def test_cancelling_tells_the_crew_and_is_refused_once_it_is_there(
    session: Session, who: House, now: dt.datetime
) -> None:
    case, other = repair(session, who, now), repair(session, who, now)
    care.cancel(session, case, reason="自己修好了", by=who.by_customer, now=now)
    assert told(session, who.foreman)[-1] == "notice.crew_cancelled"
    visits.arrive(session, other, by=who.by_crew, now=now)
    with pytest.raises(IllegalMove):
        care.cancel(session, other, reason="算了", by=who.by_customer, now=now)


def test_corrections_end_when_the_crew_is_at_work(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    repairs.update_repair(session, case, {"place": "卫生间", "phone": ""}, by=who.by_customer, now=now)
    assert (case.place, case.contact_phone) == ("卫生间", "13800138000")
    visits.arrive(session, case, by=who.by_crew, now=now)
    with pytest.raises(IllegalMove):
        repairs.update_repair(session, case, {"place": "阳台"}, by=who.by_customer, now=now)


def test_numbers_rise_within_the_local_day_and_start_anew_at_beijing_midnight(
    session: Session, who: House, now: dt.datetime
) -> None:
    evening = now + 13 * H  # 23:00 in Beijing
    numbers = [repair(session, who, moment).number for moment in (evening, evening, evening + 2 * H)]
    assert numbers == ["BX20261121-0001", "BX20261121-0002", "BX20261122-0001"]


def test_a_case_without_wechat_is_worked_on_all_the_same(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    case.follower = None
    visits.accept(session, case, by=who.by_crew, now=now)
    assert told(session, who.homeowner) == []
    with pytest.raises(Missing):
        repairs.update_repair(session, case, {"phone": "13900139000"}, by=SYSTEM, now=now)
    assert people.mask_phone("8000") == "***00"


def test_nobody_but_the_crew_of_the_job_ever_gets_the_crews_letters(
    session: Session, who: House, now: dt.datetime
) -> None:
    """Assigned and told before anything was flushed: people without a crew are not "the crew of no id"."""
    case = repair(session, who, now)
    repairs.assign(session, case, who.other_crew, by=who.by_staff, now=now)
    repairs.chase(session, case, "快点", by=who.by_customer, now=now)
    visits.hand_back(session, case, reason="没空", by=By("crew", who.other_crew.id, "李师傅"), now=now)
    assert told(session, who.homeowner) == []
    assert set(session.scalars(select(Outgoing.follower_id))) == {who.foreman.id}


def test_one_cancelled_by_mistake_is_registered_anew_with_all_that_was_told(session, who: House, now) -> None:
    case = repair(session, who, now)
    with pytest.raises(IllegalMove):
        care.restore(session, case, by=who.by_customer, now=now)
    care.cancel(session, case, reason="不修了", by=who.by_customer, now=now)
    again = care.restore(session, case, by=who.by_customer, now=now + H)
    assert (again.problem, again.house, again.crew, again.state) == (case.problem, case.house, case.crew, "assigned")
    assert (again.earlier, case.state) == (case, "cancelled") and again.number != case.number
    assert promises.find(session, "repair.on_site", again).due_at == now + 9 * H
    assert case.events[-1].name == "restored" and case.events[-1].reason == again.number
