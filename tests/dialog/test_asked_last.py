"""Several wait for a yes: a quote, a proposal about a complaint, a crew's other time. It is theirs who asked last."""

from dataclasses import replace

import pytest

from tests.dialog.chat import LEAK, MORNING, PRICED, Chat, ComplaintRef, bound
from tests.dialog.test_known import ASKED as TIME_ASKED

QUOTED = replace(PRICED, asked_last=False)
PROPOSED = ComplaintRef(9, "TS20261121-0001", "proposed", "工队", told=True, asked_last=True)
BEFORE = replace(PROPOSED, asked_last=False)
JUST_NOW = replace(TIME_ASKED, time_asked_at=MORNING)


@pytest.mark.parametrize("words", ["同意改时间", "不同意改时间", "好的", "同意", "agree to the time"])
def test_a_yes_to_another_time_is_none_to_a_price(words):
    chat = Chat(bound(tickets=(TIME_ASKED,), quotes=(QUOTED,)))
    chat.say(words)
    assert chat.verbs == ["repair.answer_time"]
    chat.say("同意报价")
    assert chat.last.args["decision"] == "agreed"


@pytest.mark.parametrize("words", ["同意", "好的", "agree"])
def test_a_yes_to_what_was_proposed_about_a_complaint_is_none_to_a_price(words):
    chat = Chat(bound(tickets=(LEAK,), quotes=(QUOTED,), complaint=PROPOSED))
    chat.say(words)
    assert chat.verbs == ["complaint.agree"]


def test_where_two_wait_for_a_yes_and_neither_asked_last_it_is_asked_what_is_meant():
    chat = Chat(bound(tickets=(LEAK,), quotes=(QUOTED,), complaint=BEFORE))
    assert "报价200元，您的意思是" in chat.say("同意") and chat.verbs == []


@pytest.mark.parametrize("words", ["好的", "可以", "行", "不行", "不"])
def test_a_short_word_after_something_else_was_said_decides_nothing_about_it(words):
    chat = Chat(bound(complaint=BEFORE))
    assert "回“同意”或“不同意”" in chat.say(words) and chat.verbs == []
    chat.say("同意")
    assert chat.verbs == ["complaint.agree"]


def test_nobody_is_told_to_answer_a_proposal_that_has_not_reached_them():
    chat = Chat(bound(complaint=replace(BEFORE, told=False)))
    assert "同意" not in chat.say("好的") and chat.verbs == []


@pytest.mark.parametrize("words", ["好的", "可以", "不行，那天没空", "同意改时间"])
def test_an_answer_to_the_crew_is_none_to_the_proposal(words):
    chat = Chat(bound(complaint=BEFORE, tickets=(TIME_ASKED,)))
    chat.say(words)
    assert chat.verbs == ["repair.answer_time"]


@pytest.mark.parametrize("more", [{"quotes": (PRICED,)}, {"complaint": PROPOSED}, {"tickets": (JUST_NOW,)}])
def test_a_yes_to_what_came_after_it_deletes_nothing(more):
    chat = Chat(bound(**more))
    chat.say("删除我的个人信息")
    chat.say("好的")
    assert "privacy.ask" not in chat.verbs and chat.state.script == "privacy", "the question stays open"
    chat.say("确定删除")
    assert chat.last.verb == "privacy.ask"


def test_a_proposal_that_came_into_a_report_is_answered_and_the_report_goes_on():
    chat = Chat(bound())
    chat.say("卧室灯坏了")
    chat.facts = replace(chat.facts, complaint=PROPOSED)
    assert "哪天家里有人" in chat.say("同意") and chat.verbs == ["complaint.agree"]
    again = Chat(bound())
    again.say("卧室灯坏了")
    again.facts = replace(again.facts, complaint=PROPOSED)
    again.say("不同意")
    again.facts = replace(again.facts, complaint=BEFORE)
    assert "接着报修吗" in again.say("换人重做") and again.verbs == ["complaint.decline"]


@pytest.mark.parametrize(("more", "verb"), [
    ({"quotes": (PRICED,)}, "quote.answer"), ({"complaint": PROPOSED}, "complaint.agree"),
    ({"tickets": (JUST_NOW,)}, "repair.answer_time"),
])  # fmt: skip
@pytest.mark.parametrize("resumes", [False, True])
def test_a_yes_to_what_came_after_it_neither_drops_nor_resumes_a_draft(more, verb, resumes):
    chat = Chat(bound())
    chat.say("卧室灯坏了")
    if resumes:
        chat.later(hours=5)
    chat.say("在吗" if resumes else "算了不报了")
    if "tickets" in more:
        more = {"tickets": (replace(JUST_NOW, time_asked_at=chat.facts.now),)}
    chat.facts = replace(chat.facts, **more)
    confirming = chat.state.confirming
    assert confirming == ("resume" if resumes else "cancel")
    chat.say("好的")
    assert chat.verbs == [verb] and (chat.state.script, chat.state.confirming) == ("repair", confirming)
    chat.say("接着报" if resumes else "不报了")
    assert chat.verbs == [verb] and (chat.state.script if chat.state else "") == ("repair" if resumes else "")
