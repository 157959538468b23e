"""A survey of several questions in chat: all in one message, one by one, late, beside another survey, by button."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.dialog import SurveyRef
from bot.refs import EventRef, RatedRef
from models.desk.callback.forms import DEFAULTS
from models.questions import Question
from tests.dialog.chat import ASKED, DOOR, JADE, LEAK, MORNING, WEST, Chat, bound

CONTROL = SurveyRef(
    9, None, "HF20261121-0001", "中期验收", MORNING, form="control_point", questions=DEFAULTS["control_point"][1]
)


TALK = EventRef(3, "家装讲座", MORNING + dt.timedelta(days=7), "城西展厅")


class Surveyed(Chat):
    """A chat whose desk keeps the answers, as the records would."""

    def perform(self, do):
        if do.verb != "survey.answer" or "answers" not in do.args:
            return super().perform(do)
        self.done.append(do)
        ref = next(one for one in self.facts.surveys if one.id == do.args["survey_id"])
        given = {**ref.given, **{key: one["score"] for key, one in do.args["answers"].items()}}
        after = replace(ref, given=given, asked_at=self.facts.now)
        self.facts = replace(self.facts, surveys=(after, *(one for one in self.facts.surveys if one.id != ref.id)))
        return {"number": ref.number}

    @property
    def scores(self) -> dict[str, int | None]:
        """What is on file, over all answers so far."""
        told = [do.args["answers"] for do in self.done if "answers" in do.args]
        return {key: one["score"] for answers in told for key, one in answers.items()}


def asked(*refs: SurveyRef, **more) -> Surveyed:
    return Surveyed(bound(survey=refs[0], surveys=refs, **more))


IN_ONE = [
    ("工艺5分，态度4分，监理4分，设计师5分，整体5分", [5, 4, 4, 5, 5]),
    ("5 4 4 5 5", [5, 4, 4, 5, 5]),
    ("54455", [5, 4, 4, 5, 5]),
    ("工艺5态度4监理4设计5整体5", [5, 4, 4, 5, 5]),
    ("都5分", [5, 5, 5, 5, 5]),
    ("工艺和态度都5分，监理4分，设计师、整体都是5分", [5, 5, 4, 5, 5]),
    ("workmanship 5, conduct 4, supervisor 4, designer 5, overall 5", [5, 4, 4, 5, 5]),
]


@pytest.mark.parametrize(("text", "scores"), IN_ONE)
def test_five_answers_in_one_message(text, scores):
    chat = asked(CONTROL)
    assert "谢谢" in chat.say(text)
    assert list(chat.scores.values()) == scores and set(chat.scores) == {
        "workmanship", "conduct", "supervisor", "designer", "whole",
    }  # fmt: skip
    assert chat.state is None and chat.verbs == ["survey.answer"]


def test_one_by_one_with_words_and_a_skip():
    chat = asked(CONTROL)
    assert "态度" in chat.say("5")
    assert "监理" in chat.say("师傅很客气，5分")
    assert "设计师" in chat.say("跳过")
    assert "整体" in chat.say("4分")
    assert "谢谢" in chat.say("满意")
    assert chat.scores == {"workmanship": 5, "conduct": 5, "supervisor": None, "designer": 4, "whole": 4}
    answers = {key: one for do in chat.done for key, one in do.args["answers"].items()}
    assert "客气" in answers["conduct"]["words"] and answers["supervisor"]["skipped"] is True
    assert chat.state is None


def test_some_in_one_message_and_the_rest_is_asked():
    chat = asked(CONTROL)
    assert "设计师" in chat.say("工艺5分，态度4分，监理一般")
    assert chat.scores == {"workmanship": 5, "conduct": 4, "supervisor": 3}
    assert "整体" in chat.say("5")
    said = chat.say("4")
    assert "哪里不满意" in said, "a score of 3 asks why"
    assert "记下了" in chat.say("监理来得少")
    assert chat.last.args["words"] == "监理来得少"


def test_the_apology_comes_once():
    chat = asked(CONTROL)
    assert "抱歉" in chat.say("工艺1分")
    assert "抱歉" not in chat.say("态度2分")
    assert [do.args["answers"] for do in chat.done] == [
        {"workmanship": {"score": 1, "words": "", "sentiment": "negative"}},
        {"conduct": {"score": 2, "words": "", "sentiment": "negative"}},
    ]


def test_words_of_a_low_answer_are_reason_enough():
    chat = asked(CONTROL)
    said = chat.say("工艺2分，墙角不直，态度5分，监理5分，设计师5分，整体4分")
    assert "抱歉" in said and "谢谢" in said and "哪里不满意" not in said
    assert "墙角不直" in chat.last.args["answers"]["workmanship"]["words"]


def test_days_later_the_next_answer_goes_on_where_it_stopped():
    chat = asked(CONTROL)
    chat.say("工艺5分，态度4分")
    chat.later(days=5)
    assert "设计师" in chat.say("监理5分")
    assert chat.scores["supervisor"] == 5


def test_a_bare_number_days_later_answers_the_question_that_is_open():
    chat = asked(CONTROL)
    chat.say("工艺5分，态度4分")
    chat.later(days=5)
    assert "设计师" in chat.say("3")
    assert chat.scores["supervisor"] == 3


@pytest.mark.parametrize(("words", "score", "fault"), [
    ("修得挺好，不过卧室门又坏了", 4, "卧室门又坏了"), ("满意，就是客厅灯又不亮了", 4, "客厅灯又不亮了"),
    ("5分，另外阳台地砖裂了", 5, "阳台地砖裂了"), ("修好了，谢谢，卧室窗户也关不上了", 4, "卧室窗户也关不上了"),
    ("不错，但是厨房插座没电了", 4, "厨房插座没电了"), ("very good, but the bedroom door is broken now", 4, "bedroom"),
])  # fmt: skip
def test_praise_and_another_fault_are_an_answer_and_a_report(words, score, fault):
    chat = Chat(bound(survey=ASKED, surveys=(ASKED,)))
    said = chat.say(words)
    assert chat.verbs == ["survey.answer"] and chat.last.args["score"] >= score
    assert "谢谢" in said and chat.state.script == "repair" and fault in chat.state.answers["problem"]


@pytest.mark.parametrize("words", ["挺好的，但是水槽又漏了", "不满意，还在漏", "一般，厨房水槽还在滴水"])
def test_the_same_fault_again_is_about_what_was_mended(words):
    chat = Chat(bound(survey=ASKED, surveys=(ASKED,)))
    chat.say(words)
    assert chat.verbs == ["survey.answer"] and chat.state is None


LATE = replace(ASKED, asked_at=MORNING - dt.timedelta(hours=3))


def test_of_two_surveys_the_one_asked_last_is_answered():
    chat = asked(CONTROL, LATE)
    chat.say("5")
    assert chat.last.args["survey_id"] == CONTROL.id
    other = asked(replace(LATE, asked_at=MORNING), replace(CONTROL, asked_at=MORNING - dt.timedelta(hours=1)))
    other.say("5")
    assert other.last.args["survey_id"] == ASKED.id


@pytest.mark.parametrize("text", ["水槽还在漏，2分", "水槽修得很好，5分", f"{ASKED.number} 5分"])
def test_words_that_name_the_other_case_win(text):
    chat = asked(CONTROL, LATE)
    chat.say(text)
    assert chat.last.args["survey_id"] == ASKED.id


def test_a_topic_that_only_one_asks_wins():
    chat = asked(replace(LATE, asked_at=MORNING), replace(CONTROL, asked_at=MORNING - dt.timedelta(hours=1)))
    assert "态度" in chat.say("工艺5分")
    assert chat.last.args["survey_id"] == CONTROL.id


def test_a_number_in_a_dialog_that_lists_options_is_the_dialogs():
    chat = asked(CONTROL, houses=())
    chat.facts = replace(chat.facts, houses=(JADE, WEST))
    chat.later(minutes=1)
    chat.say("卧室灯坏了")
    chat.say("2")
    assert chat.verbs == [] and chat.state.answers["project_id"] == WEST.id


def test_answers_in_the_middle_of_a_report_are_kept_and_the_report_goes_on():
    chat = asked(CONTROL)
    chat.later(minutes=1)
    chat.say("卧室灯坏了")
    assert "哪天家里有人" in chat.say("工艺5分，态度4分")
    assert chat.scores == {"workmanship": 5, "conduct": 4} and chat.state.script == "repair"


@pytest.mark.parametrize("text", ["厨房漏水了", "转人工", "什么时候能完工？"])
def test_another_matter_is_no_answer(text):
    chat = asked(CONTROL)
    chat.say("5")
    done = len(chat.done)
    chat.say(text)
    assert not any(do.verb == "survey.answer" for do in chat.done[done:])


def test_a_button_counts_for_its_own_survey_and_question():
    chat = asked(CONTROL, LATE)
    chat.hear("4", "text", choice=f"sv:{ASKED.id}:score:4")
    assert (chat.last.args["survey_id"], chat.last.args["score"]) == (ASKED.id, 4)
    chat.hear("2", "text", choice=f"sv:{CONTROL.id}:workmanship:2")
    assert chat.last.args["answers"]["workmanship"]["score"] == 2


def test_a_button_answers_nothing_else_that_is_open():
    """5 under a survey is neither five guests nor the fifth of anything that was asked in between."""
    chat = Chat(bound(tickets=(LEAK,), survey=ASKED, surveys=(ASKED,), events=(TALK,)))
    chat.say("我要报名")
    assert chat.state.script == "sign_up"
    chat.hear("5", "text", choice=f"sv:{ASKED.id}:score:5")
    assert chat.verbs[-1] == "survey.answer" and chat.last.args["score"] == 5
    assert "event.sign_up" not in chat.verbs and chat.state.script == "sign_up"


def test_a_button_of_somebody_elses_or_an_answered_survey_changes_nothing():
    chat = asked(CONTROL)
    assert "已经收到" in chat.hear("1", "text", choice="sv:4711:score:1")
    assert chat.verbs == []


def test_yes_and_no_where_they_were_asked_and_a_form_of_the_staffs_own():
    own = (
        Question("tidy", "yes_no", text={"zh": "收工时干净吗？", "en": "Was it tidy?"}),
        Question("again", name={"zh": "推荐", "en": "again"}, text={"zh": "愿意推荐吗？", "en": "Again?"}),
    )
    chat = asked(SurveyRef(5, None, "HF20261121-0002", "", MORNING, form="own", questions=own))
    assert chat.say("推荐4分").endswith("收工时干净吗？")
    assert "谢谢" in chat.say("不干净")
    assert chat.scores == {"again": 4, "tidy": 1}


RATED = RatedRef(3, "BX20261121-0007", "厨房水槽漏水", 5, MORNING - dt.timedelta(minutes=10))


class Amending(Chat):
    """A chat whose desk takes another verdict."""

    def perform(self, do):
        if do.verb != "survey.amend":
            return super().perform(do)
        self.done.append(do)
        score = do.args["score"]
        return {"number": "BX20261121-0007", "score": score, "satisfied": score >= 4 if score != 3 else None}


@pytest.mark.parametrize(("words", "score"), [
    ("按错了，是1", 1), ("点错了，想给2分", 2), ("手滑，应该是3", 3), ("不对，应该是2分", 2), ("改成3分", 3),
    ("评错了 1分", 1), ("刚才打错了，很不满意", 1), ("sorry wrong button, I meant 1", 1), ("十分不满意", 1),
    ("其实很不满意", 1), ("我不满意", 2), ("very dissatisfied", 2), ("其实一点都不满意", 1),
])  # fmt: skip
def test_a_verdict_may_be_thought_better_of_for_a_day(words, score):
    chat = Amending(bound(rated=RATED))
    said = chat.say(words)
    assert chat.verbs == ["survey.amend"], said
    assert (chat.last.args["survey_id"], chat.last.args["score"]) == (3, score)
    assert "改好了" in said
    late = Amending(bound(rated=replace(RATED, at=MORNING - dt.timedelta(days=2))))
    late.say(words)
    assert "survey.amend" not in late.verbs


def test_a_low_one_is_asked_why_and_a_slip_without_a_score_which():
    chat = Amending(bound(rated=RATED))
    assert "改成几分" in chat.say("刚才按错了") and chat.verbs == []
    assert "哪里没弄好" in chat.say("1") and chat.verbs == ["survey.amend"]
    chat.say("地上没擦")
    assert chat.verbs == ["survey.amend", "survey.answer"] and chat.last.args["words"] == "地上没擦"


def test_upwards_is_thanked_also_from_the_question_why():
    chat = Amending(bound(survey=ASKED, surveys=(ASKED,)))
    chat.say("1")
    assert chat.state.step == "words"
    chat.facts = replace(chat.facts, survey=None, surveys=(), rated=replace(RATED, felt=1))
    assert "记5分" in chat.say("按错了，是5") and chat.last.args["score"] == 5 and chat.state is None


@pytest.mark.parametrize("words", [
    "谢谢", "1", "发错了", "不对", "卧室门又坏了", "改成明天下午", "电话打错了，是13900139000", "不满意就能退款吗",
    "满意", "挺好的", "改成3点", "明天改成5号",
])  # fmt: skip
def test_other_words_change_no_verdict(words):
    chat = Amending(bound(rated=RATED, tickets=(DOOR,)))
    chat.say(words)
    assert "survey.amend" not in chat.verbs


def test_a_survey_that_still_asks_comes_first():
    chat = Amending(bound(rated=replace(RATED, id=2), survey=ASKED, surveys=(ASKED,)))
    chat.say("十分不满意")
    assert (chat.verbs, chat.last.args["survey_id"]) == (["survey.answer"], 3)
