"""The 8-hour clock: met, warned, missed and escalated, paused by the customer's word; and the smaller clocks."""

import datetime as dt

import pytest

from models.actors import By
from models.desk import care
from models.promises import Promise
from models.staff import Staff
from models.work import Repair

HOUR = dt.timedelta(hours=1)


def promise(scene, name="repair.on_site"):
    with scene.sessions() as session:
        found = [row for row in session.query(Promise).order_by(Promise.id) if row.policy.name == name]
        return found[-1]


def test_met_at_arrival(scene, reported):
    made = scene.now()
    reported.crew.says("接单")
    scene.travels(hours=5)
    reported.crew.says("到场")
    scene.travels(hours=20)
    kept = promise(scene)
    assert (kept.state, kept.kept, kept.met_at - made) == ("met", True, 5 * HOUR)
    assert scene.escalations() == [] and kept.warned_at is None


def test_warned_before_it_is_too_late(scene, reported):
    reported.crew.says("接单")
    scene.travels(hours=6, minutes=1)
    assert promise(scene).warned_at is not None and promise(scene).state == "open"
    assert len([text for text in reported.engineer.reads() if "快到点了" in text]) == 1
    assert len([text for text in reported.crew.reads() if "快到点了" in text]) == 1
    scene.travels(hours=1)
    assert reported.engineer.reads() == [] and scene.escalations() == []


def test_missed_it_climbs_from_owner_to_manager_and_the_homeowner_hears_first(scene, reported):
    reported.crew.says("接单")
    scene.travels(hours=8, minutes=1)
    missed = promise(scene)
    assert (missed.state, missed.missed_at) == ("missed", missed.due_at)
    assert [(row.kind, row.owner.name, row.level) for row in scene.escalations()] == [("promise_missed", "赵工", 0)]
    assert len([text for text in reported.homeowner.reads() if "没能按时上门" in text]) == 1
    scene.travels(hours=3)
    assert [(row.owner.name, row.level) for row in scene.escalations()] == [("周经理", 2)]
    assert [text for text in reported.homeowner.reads() if "没能按时" in text] == []


def test_met_late_keeps_the_mark_of_the_miss(scene, reported):
    reported.crew.says("接单")
    scene.travels(hours=9)
    reported.crew.says("到场")
    late = promise(scene)
    assert late.kept is False and late.met_at is not None and late.missed_at == late.due_at


def test_late_is_late_even_when_no_worker_looked_in_time(scene, reported):
    reported.crew.says("接单")
    scene.clock.advance(hours=9)
    reported.crew.says("到场")
    assert promise(scene).kept is False


def test_nobody_accepts(scene, reported):
    scene.travels(minutes=31)
    assert promise(scene, "repair.accept").state == "missed"
    assert [(row.kind, row.words) for row in scene.escalations()] == [("promise_missed", "师傅接单")]
    assert any("翡翠城8幢1602" in text for text in reported.engineer.reads())


def test_the_customers_word_stops_the_clock(scene, reported):
    reported.crew.says("接单")
    until = scene.now() + 48 * HOUR
    with scene.desk() as session:
        person = session.get_one(Staff, reported.agent_id)
        by = By("staff", person.id, person.name)
        care.pause(session, session.query(Repair).one(), until=until, words="后天再来", by=by, now=scene.now())
    before = promise(scene)
    scene.travels(hours=47)
    assert scene.escalations() == [] and promise(scene).state == "paused" and before.agreement == "后天再来"
    assert len([text for text in reported.homeowner.reads() if "再上门" in text]) == 1
    scene.travels(hours=2)
    assert promise(scene).state == "open" and promise(scene).due_at == before.due_at
    reported.crew.says("到场")
    assert promise(scene).kept is True


def test_inside_the_window_that_the_homeowner_named_there_is_a_warning_before_the_miss(scene, cast):
    cast.homeowner.says("厨房水龙头滴水，明天下午在家")
    cast.homeowner.says("是的")
    scene.run_jobs()
    cast.crew.says("接单")
    scene.travels(hours=27)  # 13:00 of the next day, still before the window
    assert promise(scene).state == "paused" and promise(scene).warned_at is None
    cast.engineer.reads()
    scene.travels(hours=4)
    assert promise(scene).warned_at is not None and promise(scene).state == "open"
    assert len([text for text in cast.engineer.reads() if "快到点了" in text]) == 1
    scene.travels(hours=2)
    assert promise(scene).state == "missed" and promise(scene).missed_at == promise(scene).due_at


@pytest.mark.parametrize(("hour", "hours"), [(3, 2), (15, 2)])
def test_urgent_is_two_hours_by_day_and_by_night(scene, cast, hour, hours):
    scene.travel(scene.now().replace(hour=hour) + 24 * HOUR)
    answer = cast.homeowner.says("水管爆了，厨房全是水")
    assert "先关总水阀" in answer and "2小时" in answer
    made = promise(scene)
    assert made.urgent and made.due_at - made.made_at == hours * HOUR
    scene.run_jobs()
    assert any("加急" in text for text in cast.crew.reads())


def test_a_long_jump_marks_everything_once(scene, reported):
    scene.clock.advance(days=3)
    for _ in range(3):
        scene.run_jobs()
    assert sorted(row.words for row in scene.escalations()) == sorted({row.words for row in scene.escalations()})
    assert promise(scene).state == promise(scene, "repair.accept").state == "missed"
    assert promise(scene).missed_at == promise(scene).due_at
    # Three days on, the window is shut: the notice carries it.
    assert [(row.state, row.rung) for row in scene.letters(text_key="notice.late")] == [("sent", "template")]
