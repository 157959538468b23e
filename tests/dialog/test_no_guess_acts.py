"""What answers nothing does nothing: a question that waits for a yes takes no other matter for one."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.dialog import ComplaintRef
from tests.dialog.chat import LEAK, MORNING, PRICED, Chat, bound, crew, job
from tests.dialog.shop import MEASURING

SATURDAY = (MORNING + dt.timedelta(days=7), MORNING + dt.timedelta(days=7, hours=2))
OTHER_DAY = replace(LEAK, state="accepted", time_asked_at=MORNING, time_asked=SATURDAY, time_asked_last=True)
OPEN = ComplaintRef(9, "TS20261121-0001", "registered", "工队")
PROPOSED = ComplaintRef(9, "TS20261121-0001", "proposed", "工队", told=True, asked_last=True)


def after(facts, *before: str) -> Chat:
    chat = Chat(facts)
    for words in before:
        chat.say(words)
    chat.done.clear()
    return chat


@pytest.mark.parametrize("words", [
    "我要约量房", "请问保修范围包括哪些项目", "谢谢你们，房子装得太好了", "五星好评", "国庆有没有团购",
    "昨晚水管爆了物业来关了 地也拖干了 今天就想约你们换那段管子", "介绍人来装修，给啥好处不", "门锁配的啥牌子",
])  # fmt: skip
def test_another_matter_is_no_reason_to_cancel(words):
    chat = after(bound(tickets=(LEAK,)), "取消报修")
    chat.say(words)
    assert "repair.cancel" not in chat.verbs


@pytest.mark.parametrize("words", [
    "不想修了", "太忙了", "自己修好了", "找了别人", "太贵了", "等太久了", "出差没空", "师傅态度不好", "房子卖了",
    "物业来修过了", "报重了", "changed my mind",
])  # fmt: skip
def test_but_a_reason_is(words):
    chat = after(bound(tickets=(LEAK,)), "取消报修")
    chat.say(words)
    assert chat.verbs == ["repair.cancel"]


@pytest.mark.parametrize("words", [
    "你們師傅態度很差，我要申訴", "楼板打孔掉了点灰", "马桶盖断了", "说好的效果图跟装出来两个样",
    "地漏返味儿，尤其下雨前", "放我鸽子",
])  # fmt: skip
def test_a_grievance_takes_no_complaint_back(words):
    chat = after(bound(complaint=OPEN), "我不投诉了")
    chat.say(words)
    assert "complaint.withdraw" not in chat.verbs


@pytest.mark.parametrize("words", ["师傅道歉了", "已经解决了", "误会一场", "算了，都不容易", "是的", "懒得折腾"])
def test_but_what_was_settled_does(words):
    chat = after(bound(complaint=OPEN), "我不投诉了")
    chat.say(words)
    assert chat.verbs == ["complaint.withdraw"]


@pytest.mark.parametrize(
    "words",
    ["可以用公积金吗", "好坏参半", "好远啊", "油烟机吸力不行", "不是漏水", "不要给我推荐太贵的材料", "那就不打扰了"],
)
def test_another_day_is_neither_agreed_nor_refused_by_other_words(words):
    chat = after(bound(tickets=(OTHER_DAY,)))
    chat.say(words)
    assert "repair.answer_time" not in chat.verbs


@pytest.mark.parametrize("words, agreed", [
    ("可以的", True), ("好的", True), ("行啊", True), ("那就周六吧", True), ("没问题，谢谢", True),
    ("不行", False), ("周六没空", False), ("不方便", False), ("还是按原来的", False),
])  # fmt: skip
def test_but_plain_words_answer_it(words, agreed):
    chat = after(bound(tickets=(OTHER_DAY,)))
    chat.say(words)
    assert chat.verbs == ["repair.answer_time"] and chat.last.args["agreed"] is agreed


@pytest.mark.parametrize("words", ["必须夸夸李师傅", "必须好评", "延期怎么赔偿", "不是木地板，是客厅的砖翘起来"])
def test_a_proposal_is_not_declined_by_praise_or_a_question(words):
    chat = after(bound(complaint=PROPOSED))
    chat.say(words)
    assert not {"complaint.decline", "complaint.agree"} & set(chat.verbs)


@pytest.mark.parametrize("words", [
    "不对，是主卧", "不是要取消", "有没有便宜的套餐", "请问贵公司承接旧房改造业务吗",
    "我们厂做门窗的，价格优惠，合作吗", "退伍军人可以打折吗",
])  # fmt: skip
def test_a_quote_is_neither_refused_nor_haggled_over_by_other_words(words):
    chat = after(bound(quotes=(PRICED,)))
    chat.say(words)
    assert "quote.answer" not in chat.verbs


@pytest.mark.parametrize("words", ["行，修吧", "可以，下次还找你们", "好的 马上过去"])
@pytest.mark.parametrize("first, verb", [("把我的资料删了", "privacy.ask"), ("解绑", "household.leave")])
def test_what_cannot_be_undone_wants_a_plain_yes(first, verb, words):
    chat = after(bound(), first)
    chat.say(words)
    assert verb not in chat.verbs


@pytest.mark.parametrize("words", [
    "别发火嘛", "今天来不来，给个准话", "不要给我推荐太贵的材料", "每换一个人就要我从头讲一遍，烦不烦",
    "还是别来了", "不用来这么多人",
])  # fmt: skip
def test_nobody_is_opted_out_by_another_refusal(words):
    chat = after(bound(), "烦死了这个号")
    assert chat.state and chat.state.script == "opt_out"
    chat.say(words)
    assert "person.opt_out" not in chat.verbs


@pytest.mark.parametrize("words", ["水槽下水管漏，不用的时候不漏", "好的，那我等师傅下午过来，谢谢啊"])
def test_nor_a_visit_called_off(words):
    chat = after(bound(visits=(MEASURING,)), "取消预约")
    chat.say(words)
    assert "appointment.cancel" not in chat.verbs


@pytest.mark.parametrize(
    "words", ["我接孩子", "好远啊", "马上下班了", "接了个别的活", "我去 这么远", "好累", "知道了 太远了"]
)
def test_a_crew_takes_no_job_by_a_sigh(words):
    chat = after(crew(job(7)))
    chat.say(words)
    assert "crew.accept" not in chat.verbs


@pytest.mark.parametrize("words", ["好的", "收到，下午两点到", "好的 马上过去", "我去", "行，知道了", "没问题的", "👌"])
def test_but_a_plain_word_takes_it(words):
    chat = after(crew(job(7)))
    chat.say(words)
    assert chat.verbs == ["crew.accept"]
