"""满意吗: asked once per round inside the platform's windows, answered either way, late, or not at all."""

import pytest

from models.surveys import Survey


@pytest.fixture
def finished(scene, reported):
    for words in ("接单", "到场", "完工 换了阀芯"):
        reported.crew.says(words)
        scene.run_jobs()
    scene.travels(minutes=10)
    assert "还满意吗" in reported.homeowner.reads()[-1]
    return reported


def survey(scene):
    with scene.sessions() as session:
        return session.query(Survey).order_by(Survey.id.desc()).first()


CONTENT = [("5", 5), ("满意", 4), ("四分吧", 4), ("👍", None), ("非常好，谢谢师傅", 5)]


@pytest.mark.parametrize(("words", "score"), CONTENT)
def test_content_closes_the_case(scene, finished, words, score):
    assert "谢谢" in finished.homeowner.says(words)
    answered = survey(scene)
    assert answered.state == "answered" and scene.repair().state == "closed"
    assert score is None or answered.score == score
    assert scene.escalations() == []


@pytest.mark.parametrize("words", ["2 还在滴", "1", "没修好，还在漏", "很差"])
def test_discontent_is_apologised_for_reopened_and_owned(scene, finished, words):
    assert "抱歉" in finished.homeowner.says(words)
    scene.run_jobs()
    repair = scene.repair()
    assert (repair.state, repair.round, repair.crew.name) == ("assigned", 2, "王师傅")
    assert [(row.kind, row.owner.name, row.state) for row in scene.escalations()] == [("dissatisfied", "小林", "open")]
    assert any("返修" in text for text in finished.crew.reads())


def test_the_second_round_is_asked_about_anew(scene, finished):
    finished.homeowner.says("2 还在滴")
    scene.run_jobs()
    for words in ("接单", "到场", "完工 换了整个龙头"):
        finished.crew.says(words)
        scene.run_jobs()
    finished.homeowner.reads()
    scene.travels(minutes=10)
    assert [text for text in finished.homeowner.reads() if "满意吗" in text]
    assert "谢谢" in finished.homeowner.says("5")
    assert scene.repair().state == "closed" and survey(scene).round == 2


def test_a_late_answer_still_counts(scene, finished):
    scene.travels(days=4)
    assert survey(scene).state == "phone"
    assert "谢谢" in finished.homeowner.says("5")
    assert survey(scene).state == "answered" and scene.repair().state == "closed"


def test_asked_once_and_an_answered_question_is_not_answered_twice(scene, finished):
    scene.travels(days=1)
    assert [text for text in finished.homeowner.reads() if "满意" in text] == []
    finished.homeowner.says("5")
    finished.homeowner.says("1")
    assert survey(scene).score == 5 and scene.repair().state == "closed"


def test_outside_the_window_the_question_takes_the_notice(scene, reported):
    reported.crew.says("接单")
    scene.travels(days=3)
    reported.crew.says("到场")
    reported.crew.says("完工 换了阀芯")
    scene.travels(minutes=10)
    asked = scene.letters(text_key="survey.ask")
    assert [(row.state, row.rung) for row in asked] == [("sent", "template")]
    assert "谢谢" in reported.homeowner.says("5")


def test_at_night_nobody_is_asked(scene, reported):
    reported.crew.says("接单")
    scene.travel(scene.now().replace(hour=14, minute=30))  # 22:30 in Beijing
    reported.crew.says("到场")
    reported.crew.says("完工 换了阀芯")
    scene.travels(hours=1)
    assert [text for text in reported.homeowner.reads() if "满意" in text] == []
    scene.travels(hours=9)
    assert len([text for text in reported.homeowner.reads() if "满意" in text]) == 1


@pytest.mark.sqlite_only  # what the statements say is the same on both
def test_a_question_whose_sending_got_no_answer_is_answered_all_the_same(scene, reported):
    for words in ("接单", "到场", "完工 换了阀芯"):
        reported.crew.says(words)
        scene.run_jobs()
    scene.gateway.lost = 1
    scene.travels(minutes=10)
    (row,) = scene.letters(state="unknown")
    assert row.survey_id and "还满意吗" in row.sent_text and "还满意吗" in reported.homeowner.reads()[-1]
    assert "谢谢" in reported.homeowner.says("5")
    assert survey(scene).score == 5 and scene.repair().state == "closed"
