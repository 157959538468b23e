"""“按错了” in the middle of a survey: the last verdict may be another one, and the survey goes on."""

import pytest

from tests.dialog.test_surveys import CONTROL, asked


def test_the_last_verdict_is_asked_again_and_the_survey_goes_on():
    chat = asked(CONTROL)
    chat.say("5")
    chat.say("4")
    said = chat.say("按错了")
    assert "重新打" in said and "态度" in said
    assert "监理几分" in chat.say("2")
    chat.say("3")
    assert chat.scores == {"workmanship": 5, "conduct": 2, "supervisor": 3}


@pytest.mark.parametrize("said", ["按错了，是1", "不好意思点错了，1分", "手滑了 1", "wrong button, 1"])
def test_the_right_one_may_come_with_it(said):
    chat = asked(CONTROL)
    chat.say("5")
    chat.say("4")
    assert "监理几分" in chat.say(said)
    assert chat.scores == {"workmanship": 5, "conduct": 1}


def test_before_any_verdict_a_slip_is_none():
    chat = asked(CONTROL)
    assert "施工工艺几分" in chat.say("按错了")
    assert chat.verbs == []
    chat.say("4")
    assert chat.scores == {"workmanship": 4}
