"""Random people: whatever they type, send or tap, the engine answers, ends its turns and opens one repair per draft."""

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dialog import ComplaintRef
from bot.refs import EventRef
from tests.dialog.chat import ASKED, DOOR, JADE, LEAK, MORNING, PRICED, WEST, Chat, bound, crew, job, stranger
from tests.dialog.shop import MEASURING, Asker, shop

TALK = EventRef(31, "家装讲座", MORNING + dt.timedelta(days=7), "城西展厅")

PHRASES = (
    "厨房漏水", "水管爆了", "报修", "翡翠城8幢1602", "城西公馆", "明天下午", "昨天", "随时", "13800138000",
    "1380013", "是的", "对", "不", "不对，是卫生间", "改 2", "改 4", "1", "2", "②", "5", "2 还在滴", "很满意",
    "算了", "上一步", "跳过", "再说一遍", "重来", "为什么要电话", "人工", "你是机器人吗", "垃圾公司", "退订",
    "恢复", "绑定 483920", "绑定", "111111", "怎么还没来", "到哪了", "取消报修", "留着", "自己修好了", "我要投诉",
    "投诉王师傅，墙刷得坑坑洼洼，要求重做", "投诉你们，卫生间还在漏", "别告诉他是我说的", "算了不投诉了",
    "投诉处理得怎么样了", "同意", "不同意", "我有个建议", "建议每周发照片", "换人",
    "多少钱", "你好", "谢谢", "在吗", "接着", "不用了", "还有阳台地砖翘了", "接单", "接单 2", "出发", "到场",
    "完工", "完工 换了角阀", "退单", "没时间", "我的单", "", " ", "？", "[微笑]", "嘎嘎", "嘎嘎",
    "89平装修多少钱", "北欧", "没想好", "明年3月拿房", "约量房", "想去展厅", "都行", "改到周六", "不去了，取消吧",
    "我要报名", "3个人", "取消报名", "防水保几年", "城西的", "凭什么收费", "推荐码", "装修到哪一步了", "给我回个电话",
    "改到下午3点", "不用打了", "删除我的资料", "导出我的资料", "确定", "撤回删除申请", "没有码", "HT-2026-018", "解绑",
    "让我老婆也绑定", "把我老婆移除", "太贵了便宜点", "不修了", "按错了，是1", "不想评了", "不用来了",
    "退订，另外主卧灯不亮",
    "我要投诉，另外厨房漏水", "我要推荐朋友，对了主卧门关不上", "不对，是厨房那个", "报价 换角阀 1个 80", "发送",
)  # fmt: skip
MESSAGE = st.one_of(
    st.tuples(st.just("text"), st.sampled_from(PHRASES)),
    st.tuples(st.just("text"), st.tuples(st.sampled_from(PHRASES), st.sampled_from(PHRASES)).map("，".join)),
    st.tuples(st.just("text"), st.text(max_size=30)),
    st.tuples(st.sampled_from(["image", "voice", "video", "location", "link", "file", "unknown"]), st.just("")),
    st.tuples(st.just("voice"), st.sampled_from(PHRASES)),
    st.tuples(st.just("click"), st.sampled_from(["MENU_REPAIR", "MENU_PROGRESS", "MENU_HUMAN"])),
    st.tuples(st.just("event"), st.sampled_from(["subscribe", "scan", "unsubscribe", "view"])),
    st.tuples(st.just("later"), st.sampled_from(["1", "5", "60", "1000"])),
)
PEOPLE = (
    stranger, bound, lambda: bound(JADE, WEST), lambda: bound(tickets=(LEAK, DOOR)), lambda: bound(survey=ASKED),
    lambda: bound(JADE, WEST, survey=ASKED, tickets=(LEAK,), office_open=False, office_next="明早9点"), crew,
    lambda: bound(complaint=ComplaintRef(9, "TS20261121-0001", "proposed", "工队"), tickets=(LEAK,)),
    lambda: crew(job(7), job(8, "on_site"), job(9, "accepted")), lambda: stranger(staff_name="小林"),
    shop, lambda: shop(bound, visits=(MEASURING,)), lambda: shop(slots=()), lambda: stranger(events=(TALK,)),
    lambda: bound(quotes=(PRICED,), tickets=(LEAK,)), lambda: bound(JADE, WEST, opted_out=True, waiting=True),
)  # fmt: skip
SILENT = ("unsubscribe", "view")


def step(chat: Chat, kind: str, what: str) -> str | None:
    if kind == "later":
        chat.later(hours=int(what))
        return None
    if kind == "click":
        return chat.event("click", what)
    if kind == "event":
        return chat.event(what)
    return chat.hear(what, kind, media_id="M1" if kind in ("image", "voice", "video", "file") else "")


#: Nothing of this means anything; a message sent twice is no misunderstanding, so each is another one.
NOISE = ("嘎嘎嘎哒哒", "咕噜咕噜嘟", "叽里呱啦噗", "呜啦啦哐当", "嗒嗒嘿咻咻", "啵啵嘟噜噜", "哔哔叭叭哩", "嘎啦嘟噗")
#: What nobody may have done twice by one message, or again by a mere 是的 after it was done.
ONCE = frozenset({
    "repair.open", "repair.reopen", "repair.cancel", "complaint.open", "suggestion.record", "enquiry.learn",
    "callback.ask",
    "appointment.book", "appointment.move", "appointment.cancel", "event.sign_up", "event.withdraw", "quote.answer",
    "survey.answer", "privacy.ask", "person.bind", "person.bind_contract", "household.leave", "person.opt_out",
    "conversation.hand_over", "crew.accept", "crew.finish", "crew.hand_back",
})  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PEOPLE), st.lists(MESSAGE, max_size=14), st.sampled_from(["zh", "en"]))
def test_nobody_is_left_without_an_answer_and_nothing_is_done_twice(person, messages, lang):
    chat = Asker(person(), lang)
    for kind, what in messages:
        said = step(chat, kind, what)
        if said is None:
            continue
        assert said or what in SILENT, (kind, what)
        assert len(said.encode()) <= 2048
        assert len(chat.outcome.says) <= 7 and len(chat.outcome.dos) <= 4
        did = [do.verb for do in chat.outcome.dos if do.verb in ONCE]
        assert len(did) == len(set(did))
        if did and chat.state is None and chat.facts.crew_name is None:
            chat.say("是的")
            assert not {do.verb for do in chat.outcome.dos} & set(did) - {"conversation.hand_over"}


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PEOPLE), st.lists(MESSAGE, max_size=10))
def test_nobody_goes_round_in_circles(person, messages):
    """From wherever they are: whoever is not understood is with a person soon, or nothing is asked of them any more."""
    chat = Asker(person())
    for kind, what in messages:
        step(chat, kind, what)
    for noise in NOISE:
        chat.say(noise)
        if "conversation.hand_over" in (do.verb for do in chat.outcome.dos) or chat.facts.staff_name:
            return
        if chat.state is None and not chat.outcome.says:
            return
    # Words may be taken for an answer where any words will do; then the matter is over.
    assert chat.state is None or not chat.state.script or "hand_over" in str(chat.verbs), chat.state


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(MESSAGE, max_size=8))
def test_the_same_turn_from_the_same_state_has_the_same_outcome(messages):
    one, other = Chat(bound(JADE, WEST)), Chat(bound(JADE, WEST))
    for kind, what in messages:
        assert step(one, kind, what) == step(other, kind, what)
        assert (one.state, one.done) == (other.state, other.done)


def test_a_long_angry_burst_stays_small():
    chat = Chat(bound())
    for _ in range(60):
        chat.say("厨房漏水")
        chat.send("image")
        chat.later(hours=3)
        chat.say("客厅墙面开裂")
    assert len(chat.state.parked) <= 4
    assert chat.facts.now - dt.timedelta(hours=180) == bound().now
