"""One repair from the first word to the answered survey, and what the desk does with it on the way."""

import pytest

from models.actors import By
from models.desk import care
from models.desk.repair import repairs
from models.desk.talk import conversations
from models.errors import Missing
from models.houses import Crew
from models.people import Follower
from models.staff import Staff
from models.talk import Attachment
from models.work import Escalation, Repair


def staff_by(session, staff_id):
    person = session.get_one(Staff, staff_id)
    return person, By("staff", person.id, person.name)


def test_the_whole_story_of_a_new_follower(scene, cast):
    newcomer = scene.person("oStory_new", "陈先生", following=False)
    assert "这里是暖居" in newcomer.follows()
    assert "是哪一套" in newcomer.says("厨房水槽下面漏水，明天下午在家，13800138000")
    assert "照片收到" in newcomer.photographs()
    review = newcomer.says("江南里5幢1101")
    assert all(piece in review for piece in ("江南里5幢1101", "水槽", "明天下午", "138****8000", "照片：1张"))
    assert "卫生间漏水" in newcomer.says("不对，是卫生间")
    answer = newcomer.says("是的")
    repair = scene.repair()
    assert repair.number in answer and "8小时" in answer
    scene.run_jobs()
    offered = cast.crew if "新单" in "".join(cast.crew.reads()) else cast.other_crew
    name = repair.crew.name

    assert repair.number in offered.says("接单")
    scene.run_jobs()
    assert any(f"{name}接单了" in text for text in newcomer.reads())
    scene.travels(hours=28)
    assert "到场记好了" in offered.says("到场")
    offered.photographs("tile")
    scene.run_jobs()
    assert [text for text in newcomer.reads() if "到了" in text] == [f"{name}到了。修好后他会拍照发您。"]
    assert "完工记好了" in offered.says("完工 换了角阀，试水不漏")
    scene.run_jobs()
    assert any("换了角阀" in text for text in newcomer.reads())
    scene.travels(minutes=10)
    assert any("还满意吗" in text for text in newcomer.reads())
    assert "谢谢" in newcomer.says("5")

    repair = scene.repair()
    assert repair.state == "closed" and repair.place == "卫生间" and repair.next_due_at is None
    assert scene.escalations() == []
    with scene.sessions() as session:
        photos = session.query(Attachment).order_by(Attachment.id).all()
    assert [(photo.ticket_id, photo.state) for photo in photos] == [(repair.id, "fetched")] * 2
    assert [photo.stage for photo in photos][0] == "before"


def test_who_is_bound_is_asked_nothing_that_the_project_knows(scene, cast):
    review = cast.homeowner.says("厨房水龙头滴水，明天上午在家")
    assert "翡翠城8幢1602" in review and "137****7002" in review and "是的" in review
    assert "单号 BX" in cast.homeowner.says("对")
    repair = scene.repair()
    assert repair.project_id == cast.project_id and repair.crew_id == cast.crew_id


def test_each_step_is_told_once_however_often_the_jobs_run(scene, reported):
    for words in ("接单", "出发", "到场", "完工 换了阀芯"):
        reported.crew.says(words)
        for _ in range(3):
            scene.run_jobs()
    scene.travels(minutes=10)
    for _ in range(3):
        scene.run_jobs()
    steps = ["接单了", "出发了", "到了", "修好了：", "满意"]
    told = reported.homeowner.reads()
    assert [next(step for step in steps if step in text) for text in told] == steps
    assert all(row.state == "sent" and row.attempts == 1 for row in scene.letters())


def test_the_same_step_twice_is_refused_and_told_nobody(scene, reported):
    reported.crew.says("接单")
    scene.run_jobs()
    reported.homeowner.reads()
    again = reported.crew.says("接单")
    scene.run_jobs()
    assert "接单了：" not in again
    assert reported.homeowner.reads() == []
    assert [event.name for event in scene.repair().events].count("accepted") == 1


def test_dispatch_gives_a_job_to_another_crew(scene, reported):
    with scene.desk() as session:
        _, by = staff_by(session, reported.engineer_id)
        repair = session.query(Repair).one()
        repairs.assign(session, repair, session.get_one(Crew, reported.other_crew_id), by=by, now=scene.now())
    scene.run_jobs()
    assert any("改派" in text for text in reported.crew.reads())
    assert any("新单" in text for text in reported.other_crew.reads())
    assert "接单了：" not in reported.crew.says("接单")
    assert "接单了：翡翠城8幢1602" in reported.other_crew.says("接单")
    assert scene.repair().crew.name == "李师傅"


def test_a_button_of_a_job_given_to_others_takes_no_other_one(scene, reported):
    """Two jobs are offered, the first goes to another crew: 接单 under it must not take the second."""
    reported.homeowner.says("卧室门关不上，明天下午在家")
    assert "单号 BX" in reported.homeowner.says("对")
    scene.run_jobs()
    buttons = [row.choices[0][1] for row in scene.letters() if row.text_key == "notice.crew_offer"]
    with scene.desk() as session:
        _, by = staff_by(session, reported.engineer_id)
        first = session.query(Repair).order_by(Repair.id).first()
        repairs.assign(session, first, session.get_one(Crew, reported.other_crew_id), by=by, now=scene.now())
        number = first.number
    assert len(buttons) == 2 and buttons[0].startswith("job:")
    assert "这单已改派" in reported.crew.does("text", text="接单", bizmsgmenuid=buttons[0])
    with scene.desk() as session:
        states = {row.number: row.state for row in session.query(Repair)}
    assert set(states.values()) == {"assigned"} and number in states
    assert "接单了：" in reported.crew.does("text", text="接单", bizmsgmenuid=buttons[1])


def test_a_job_handed_back_is_the_dispatchers_at_once(scene, reported):
    assert "为什么退" in reported.crew.says("退单")
    assert "退了" in reported.crew.says("今天在外地，来不及")
    scene.run_jobs()
    assert any("今天在外地，来不及" in text for text in reported.engineer.reads())
    assert [(row.kind, row.owner.name) for row in scene.escalations()] == [("handed_back", "赵工")]
    assert scene.repair().state == "handed_back" and scene.repair().crew is None


def test_an_answer_of_the_desk_reaches_the_homeowner_and_silences_the_bot(scene, reported):
    with scene.desk() as session:
        agent, _ = staff_by(session, reported.agent_id)
        lin = session.query(Follower).filter_by(openid="oStory_lin").one()
        conversations.say(session, conversations.of(session, lin), agent, "我是小林，师傅三点到。", now=scene.now())
    scene.run_jobs()
    assert reported.homeowner.reads() == ["我是小林，师傅三点到。"]
    assert reported.homeowner.says("好的，那我等着") == ""
    scene.travels(minutes=40)
    assert reported.homeowner.says("你好") != ""


def test_closing_needs_a_reason_and_ends_what_is_owed(scene, reported):
    with pytest.raises(Missing), scene.desk() as session:
        _, by = staff_by(session, reported.agent_id)
        care.close(session, session.query(Repair).one(), reason=" ", by=by, now=scene.now())
    assert scene.repair().state == "assigned"
    with scene.desk() as session:
        _, by = staff_by(session, reported.agent_id)
        care.close(session, session.query(Repair).one(), reason="客户自己修好了", by=by, now=scene.now())
    scene.travels(hours=10)
    assert scene.repair().next_due_at is None
    assert scene.escalations() == []


def test_the_homeowner_cancels_and_the_crew_need_not_go(scene, reported):
    first = reported.homeowner.says("取消报修")
    assert "BX" in first
    reported.homeowner.says("自己修好了")
    scene.run_jobs()
    assert scene.repair().state == "cancelled"
    assert any("不用去" in text for text in reported.crew.reads())


def test_panel_and_chat_see_the_same_case(scene, reported):
    reported.crew.says("接单")
    with scene.desk() as session:
        _, by = staff_by(session, reported.agent_id)
        repair = session.query(Repair).one()
        assert repair.state == "accepted"
        repairs.note(session, repair, "客户家有狗", by=by, now=scene.now())
        session.flush()
        assert session.query(Escalation).count() == 0
    assert "接单" in reported.homeowner.says("到哪了")
    assert "狗" not in "".join(reported.homeowner.reads())


def test_a_strangers_burst_pipe_reaches_a_crew_before_the_address_is_known(scene, cast):
    stranger = scene.person("oStory_night", "夜里的人", following=False)
    stranger.follows()
    assert "先关总水阀" in stranger.says("我家厨房水管爆了，水一直喷")
    scene.run_jobs()
    read = "".join(cast.crew.reads() + cast.other_crew.reads())
    assert "加急" in read and scene.repair().number in read
    stranger.says("江南里5幢1101")
    scene.run_jobs()
    assert "江南里5幢1101" in "".join(cast.crew.reads() + cast.other_crew.reads())


def test_what_the_crew_says_on_its_way_is_read_at_home_and_what_is_in_the_way_by_the_desk(scene, reported):
    reported.crew.says("接单")
    scene.run_jobs()
    reported.homeowner.reads()
    assert "跟业主说了" in reported.crew.says("堵车 晚半小时到 电话13912345678")
    scene.run_jobs()
    assert reported.homeowner.reads() == ["王师傅托我们说：“堵车 晚半小时到 电话139****5678”。"]
    said = reported.crew.says("到了 没人开门")
    scene.run_jobs()
    assert "到场记好了" in said and "调度" in said and scene.repair().state == "on_site"
