"""Kinds of writing that were once misread, each with its look-alikes."""

import time
from datetime import UTC, datetime

import pytest

from bot.understanding import Context, english, pinyin, read
from bot.understanding.normalise import dense, flat

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def top(text, **context):
    return read(text, Context(**context), NOW).top.name


def slots(text, **context):
    return read(text, Context(**context), NOW).slots


@pytest.mark.parametrize("text", [
    "天花跌咗一大塊落嚟", "顶棚要掉下来咧", "吊柜快要冧落嚟", "客厅的灯砸下来了", "石膏板耷拉下来半拉",
    "我妈说家里水一直在流关都关不上", "地漏往上返脏水", "下水道倒灌了", "暴雨从窗户缝里往里灌", "水管蹦了到处喷",
    "厨房有煤汽味", "天燃气好像漏了", "有股媒气味道", "臭鸡蛋一样的味道", "屋企冇電，跳掣推唔返上去", "插座傳出燒焦味",
    "有股臭燶味喺電箱度", "Water everywhere in the kitchen", "I smell gas", "No power in the whole apartment",
    "The ceiling is about to fall down", "loushui le guanbudiao", "meiqi wei hen zhong",
])  # fmt: skip
def test_an_emergency_is_one_in_any_words(text):
    assert slots(text).urgent


@pytest.mark.parametrize("text", [
    "墙皮要掉了", "柜门快掉了，合页松了", "门把手快掉了", "墙纸快掉下来了", "浴室玻璃胶脱落", "灶具打火慢",
    "燃气灶打不出火",
    "地漏返臭", "天花板往下掉灰", "电线老化了想换", "智能锁没电了我换了电池还是不行", "地板有胶味", "气得我头上冒烟",
    "水箱补水停不下来", "There's a small leak under the sink, not urgent", "the bathroom light burnt out",
])  # fmt: skip
def test_what_only_sounds_like_an_emergency_is_none(text):
    assert not slots(text).urgent


@pytest.mark.parametrize("text", [
    "别再发了", "烦死了不要推送", "把我号码删了", "删除我的资料", "不要再打回访电话了",
    "我已经在别家签了，不用再联系我",
    "以后有活动不用通知我", "只要维修进度的消息，广告别发", "唔好再發廣告俾我", "麻煩不要再傳簡訊給我",
    "莫再推送了，烦得很",
    "再发我就拉黑了", "stop sending me messages", "take me off your list", "bie zai fa guanggao le",
])  # fmt: skip
def test_a_refusal_of_what_we_send_is_an_opt_out(text):
    assert top(text) == "unsubscribe"


@pytest.mark.parametrize("text", [
    "定金能退订吗", "别发火，我就问问", "不要发票可以便宜吗", "别再让水流了，快派人", "你们别推卸责任",
    "能不能取消预约",
    "不要再给我推荐贵的材料", "房子卖了以后保修还有吗", "把我家那面墙拆掉", "别再拖了，什么时候发货",
    "我家退订的那扇门关不严",
    "发消息不要发那么长，看着累",
])  # fmt: skip
def test_another_refusal_is_no_opt_out(text):
    assert top(text) != "unsubscribe"


@pytest.mark.parametrize(("text", "intent"), [
    ("How much does it cost to renovate a 90 sqm flat?", "enquiry_price"),
    ("Where is your showroom?", "enquiry_showroom"),
    ("I want to talk to a human", "human"), ("The kitchen tap is dripping", "repair"),
    ("When will my renovation be finished?", "progress"), ("Is this still under warranty?", "warranty_question"),
    ("I want to complain about the designer", "complaint"), ("How do I link my house?", "bind"),
    ("Can someone come and measure my apartment on Saturday?", "appointment"),
    ("Do you have any promotions?", "gift_activity"),
    ("What brand of paint do you use?", "enquiry_material"), ("I have a suggestion", "suggestion"),
    ("What's the weather tomorrow?", "out_of_scope"), ("Thank you so much", "thanks_bye"),
    ("good morning", "greeting"),
    ("wo yao tousu nimen de jianli", "complaint"), ("zhuangxiu yi ping duoshao qian", "enquiry_price"),
    ("nimen zhanting zai nali", "enquiry_showroom"), ("zhuan rengong", "human"), ("xiexie shifu", "thanks_bye"),
    ("保固期從哪天算", "warranty_question"), ("我家21年完工的，现在还保不保", "warranty_question"),
    ("说好的礼品怎么还没收到", "gift_activity"), ("有啥羊毛可以薅", "gift_activity"),
    ("抽到的电饭锅什么时候领", "gift_activity"),
    ("师傅进门套个鞋套呗", "suggestion"), ("叫个能做主的来", "human"),
    ("我是租客，房东让我关注的，怎么加房子", "bind"),
    ("开个玩笑，五万能装吗", "enquiry_price"), ("低价处理一批瓷砖，量大从优", "out_of_scope"),
    ("今天白菜多少钱一斤", "out_of_scope"),
    ("俺家厨房那嘎达坏了整一下呗", "repair"), ("工地一天就来一个人，干半天走了", "complaint"),
])  # fmt: skip
def test_a_wish_is_heard_in_any_voice(text, intent):
    assert top(text) == intent


@pytest.mark.parametrize("text", ["13912345678", "NJ-2025-0233", "K8P2QX"])
def test_a_number_is_a_proof_while_binding(text):
    assert top(text, binding=True) == "bind"


def test_a_bare_phone_number_is_no_wish_otherwise():
    assert top("13912345678") == ""


@pytest.mark.parametrize(("text", "category"), [
    ("橱柜的门板翘起来", "木作"), ("鞋柜的门关不严", "木作"), ("抽屉拉出来就回不去", "木作"), ("踢脚线翘边", "地板"),
    ("木地板踩着响", "地板"), ("不是木地板，是客厅的砖翘起来", "瓷砖"), ("柜门没问题，就是合页断了", "五金"),
    ("马桶是好的，旁边角阀渗水", "水"), ("不是房门是柜门坏了", "木作"), ("一到下雨天窗台下面就湿", "防水"),
    ("天花板漏水", "防水"), ("智能锁没电了", "门窗"), ("厨房水龙头漏水，还有主卧的插座没电", "水"),
])  # fmt: skip
def test_the_category_is_what_is_the_matter(text, category):
    assert slots(text).category == category


@pytest.mark.parametrize(("text", "target"), [
    ("验收的时候人都没到现场就签字，我要投诉", "监理"), ("墙刷得跟狗啃的一样，投诉", "工队"),
    ("当初报十二万现在要我再掏三万，骗子", "价格"),
    ("装了大半年还在铺砖，投诉你们", "工期"), ("说是实木的，里面全是刨花板，我要投诉", "材料"),
    ("问了三天没一个人回我，投诉", "客服"), ("量尺寸量错了柜子放不进去，我要投诉", "设计师"),
    ("把我手机号卖给别人，我要投诉", "其他"),
    ("设计师挺好，但是工人太差，投诉", "工队"),
])  # fmt: skip
def test_the_target_is_told_by_deeds(text, target):
    assert slots(text).target == target


@pytest.mark.parametrize(("letters", "words"), [
    ("loushui le guanbudiao", "漏水了关不掉"), ("wo yao tousu nimen jianli", "我要投诉你们监理"),
    ("zuan ren gong", "转人工"),
])  # fmt: skip
def test_pinyin_is_turned_whole(letters, words):
    assert pinyin.read(letters) == words


@pytest.mark.parametrize("text", ["td", "menu", "A", "qwer", "the tv", "翡翠城 app 里看"])
def test_other_letters_stay(text):
    assert dense(flat(text)) == text.lower()


def test_english_is_glossed_and_known():
    assert english.gloss("the pipe burst") == "水管爆了"
    assert english.known("is there water on the floor") == 1
    assert english.known("qwer asdf") == 0


def test_two_wishes_of_one_message_are_both_heard():
    names = {intent.name for intent in read("你们展厅在哪，全包一平多少钱", Context(), NOW).intents}
    assert names >= {"enquiry_showroom", "enquiry_price"}


@pytest.mark.parametrize("text", [
    "油烟机掉下来了", "浴室门打不开，孩子在里面哭",
    "屋里一股煤气，孩子恶心想吐", "邻居说我家门口往外淌水",
    "楼下说他家下雨一样往下漏",
    "the power went off and won't come back on",
    "water is leaking into the electrical panel", "I can hear gas hissing",
])  # fmt: skip
def test_an_emergency_told_as_a_story_is_one(text):
    assert slots(text).urgent


@pytest.mark.parametrize("text", [
    "想问下展厅周日开不开，还有我家水管崩了水往客厅流", "1.发票什么时候开 2.插座在冒烟 3.门锁密码怎么改",
    "先说量房改到周五，另外天花板掉了一块，剩下的还挂着",
])  # fmt: skip
def test_an_emergency_is_heard_beside_another_matter(text):
    reading = read(text, Context(), NOW)
    assert reading.slots.urgent
    assert reading.has("repair")


@pytest.mark.parametrize("text", [
    "客厅的灯全都不亮了，其他有电", "马桶水一直流，是水箱里流到马桶里", "no power in one socket", "开关面板掉下来了",
])  # fmt: skip
def test_one_thing_out_of_order_is_no_emergency(text):
    assert not slots(text).urgent


def test_a_vague_guess_counts_only_when_nothing_is_under_way():
    assert top("物业已经修好了", ticket_open=True, repair_ticket_open=True) == ""
    assert top("物业已经修好了", asking="reason") == ""


@pytest.mark.parametrize("text", ["the water " * 60, "shui " * 90, "zhuangxiu" * 46, "a b c d " * 60])
def test_a_letter_that_says_one_thing_over_and_over_is_read_like_another(text):
    plain = ("厨房水槽下面漏水，地板已经泡了，你们几点能来人？我住翡翠城8幢1602。" * 20)[: len(text)]
    assert _cost(text) < 50 * _cost(plain)


def _cost(text: str) -> float:
    """What this machine needs for a letter, right now."""
    read(text)
    started = time.thread_time()
    read(text)
    return time.thread_time() - started
