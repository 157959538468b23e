"""装修咨询 in the pure engine: the answer first, then at most what is missing; nothing said is lost."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.dialog import House
from bot.leads import Lead
from bot.scripts import offers
from tests.dialog.chat import LEAK, bound
from tests.dialog.shop import OFFERS, Asker, shop


def learnt(chat: Asker) -> dict:
    """Everything that reached the enquiry, the later words over the earlier."""
    return {name: value for one in chat.told("enquiry.learn") for name, value in one.items()}


def test_the_price_comes_first_and_then_one_question_at_a_time():
    chat = Asker(shop())
    said = chat.say("89平装修大概多少钱")
    assert said.startswith("89㎡大约8.9万到13.3万") and "量过房才出正式报价" in said
    assert said.count("？") == 1 and "什么风格" in said
    assert "89㎡现代简约风格大约8.9万到11.6万" in chat.say("现代简约，15万左右")
    assert chat.say("明年3月").startswith("留个电话")
    assert "ZX20261121-0001" in chat.say("我姓陈，13800138000")
    assert chat.state is None
    assert learnt(chat) == {
        "asked": "89平装修大概多少钱", "area": 89, "style": "现代简约", "budget": 150000, "budget_low": 150000,
        "keys": "明年3月", "keys_on": "2027-03-01", "phone": "13800138000", "name": "陈",
    }  # fmt: skip


def test_many_facts_in_one_sentence_leave_nothing_to_ask():
    chat = Asker(shop())
    said = chat.say("89平三室两厅，北欧风，预算20万，已经拿房了，电话13800138000，多少钱")
    assert "89㎡北欧风格大约10.7万到13.3万" in said and "都记下了" in said and chat.state is None
    assert learnt(chat)["layout"] == "三室两厅" and learnt(chat)["keys_on"] == "2026-11-21"


def test_each_fact_is_on_the_enquiry_in_the_turn_in_which_it_was_said():
    chat = Asker(shop())
    for words, fact in (("想装修，89平", "area"), ("北欧", "style"), ("下个月", "keys"), ("13800138000", "phone")):
        chat.say(words)
        assert fact in chat.told("enquiry.learn")[-1]


@pytest.mark.parametrize(
    "words",
    [
        "装修多少钱",
        "我想装修房子",
        "有什么套餐",
        "你们装修怎么收费",
        "全包多少一平",
        "想装修，89平",
        "有没有现代风格的方案",
    ],
)
def test_words_that_ask_for_a_home(words):
    chat = Asker(shop())
    assert "大约" in chat.say(words) and chat.state.script == "enquiry"


@pytest.mark.parametrize(
    "words", ["量房要钱吗", "设计费多少", "能分期付款吗", "装修要多久", "用什么板材", "刷墙多少钱一平"]
)
def test_questions_about_other_things_go_to_a_person_and_the_lead_is_kept(words):
    chat = Asker(shop())
    chat.say(words)
    assert chat.verbs[-1] == "conversation.hand_over" and learnt(chat) == {"asked": words}


def test_without_anything_to_offer_a_person_answers():
    chat = Asker(shop(offers=()))
    assert "装修顾问" in chat.say("装修89平大概多少钱")
    assert chat.told("conversation.hand_over")[0]["reason"] == "enquiry"


def test_whoever_builds_with_us_already_is_no_lead_when_asking_about_boards():
    chat = Asker(shop(bound))
    chat.say("用什么板材")
    assert "enquiry.learn" not in chat.verbs


@pytest.mark.parametrize(
    ("words", "keys_on"),
    [
        ("明年3月", "2027-03-01"), ("3月", "2027-03-01"), ("12月份", "2026-12-01"), ("今年12月", "2026-12-01"),
        ("明年三月底", "2027-03-01"), ("十二月", "2026-12-01"), ("年底", "2026-12-01"), ("明年底", "2027-12-01"),
        ("明年上半年", "2027-04-01"), ("过完年", "2027-03-01"), ("半年后", "2027-05-23"), ("两个月以后", "2027-01-20"),
        ("下个月", "2026-12-01"), ("已经拿到了", "2026-11-21"), ("二手房", "2026-11-21"),
        ("2027年5月交房", "2027-05-01"),
    ],
)  # fmt: skip
def test_when_they_get_the_keys(words, keys_on):
    chat = Asker(shop())
    chat.say("89平北欧风多少钱")
    assert chat.say(words).startswith("留个电话"), words
    assert learnt(chat)["keys_on"] == keys_on


@pytest.mark.parametrize("words", ["没想好", "不知道", "你们推荐吧", "都行", "跳过"])
def test_what_is_not_known_yet_is_no_misunderstanding(words):
    chat = Asker(shop())
    chat.say("89平多少钱")
    assert chat.say(words).startswith("什么时候拿房")
    assert chat.say(words).startswith("留个电话")


@pytest.mark.parametrize(
    ("words", "said"),
    [("9平", "这个面积好像不对"), ("9000平", "这个面积好像不对"), ("三室两厅", "三室两厅，房子大概多少平")],
)
def test_a_size_that_no_home_has_is_asked_again(words, said):
    chat = Asker(shop())
    chat.say("装修多少钱")
    assert said in chat.say(words) and chat.state.step == "area"


def test_a_correction_changes_the_price_and_the_record():
    chat = Asker(shop())
    chat.say("想装修，89平")
    said = chat.say("不对，是98平")
    assert "按98㎡算" in said and "98㎡大约9.8万" in said and "89" not in said
    assert learnt(chat)["area"] == 98


def test_the_price_is_said_again_only_when_it_changes():
    chat = Asker(shop())
    chat.say("89平北欧风多少钱")
    for words in ("下个月", "跳过"):
        assert "大约" not in chat.say(words)


def test_each_change_of_size_or_style_shows_what_fits():
    chat = Asker(shop())
    chat.say("装修多少钱")
    assert chat.told("package.show") == []  # nothing known to fit to
    chat.say("120平")
    chat.say("新中式")
    assert [one["ids"] for one in chat.told("package.show")] == [[1, 2], [3]]


def test_a_style_that_we_do_not_have_is_said_so():
    chat = Asker(shop())
    said = chat.say("89平日式的多少钱")
    assert "日式暂时没有现成的方案" in said and "89㎡大约" in said


@pytest.mark.parametrize(
    ("area", "style", "ids"),
    [
        (89, "", [1, 2]), (89, "现代", [1]), (89, "现代简约风格", [1]), (89, "新中式", [3]), (200, "", [3]),
        (0, "北欧", [2]), (500, "", [1, 2, 3]), (89, "地中海", [1, 2]),
    ],
)  # fmt: skip
def test_which_packages_match(area, style, ids):
    assert [one.id for one in offers.matching(OFFERS, area, style)] == ids


def test_a_price_is_a_range_in_thousands_and_never_nothing():
    assert offers.price(OFFERS[:1], 89) == (89000, 116000)
    assert offers.price(OFFERS[:1], 1) == (1000, 1000)
    assert offers.facts_of((), 89, "") == {}


def test_cancelling_asks_once_and_keeps_what_is_recorded():
    chat = Asker(shop())
    chat.say("89平北欧风多少钱")
    assert "89㎡ 北欧的装修先不聊了吗" in chat.say("算了")
    assert chat.say("不").startswith("什么时候拿房")
    chat.say("算了")
    assert "先到这儿" in chat.say("是") and chat.state is None
    assert "enquiry.drop" not in chat.verbs


def test_a_repair_in_the_middle_is_a_repair_with_its_phone_and_comes_back_to_the_enquiry():
    chat = Asker(shop())
    chat.say("想装修新房，120平")
    said = chat.say("对了，现在住的翡翠城8幢1602厨房漏水，明天下午，13800138000")
    assert "120㎡的装修先放一放" in said and chat.state.script == "repair"
    assert "上次说到120㎡，接着聊装修吗" in chat.say("是的")
    assert "什么风格" in chat.say("接着")
    assert "phone" not in learnt(chat)


def test_a_price_question_inside_a_repair_is_about_the_repair():
    chat = Asker(shop(bound))
    chat.say("厨房漏水")
    assert "保修期内不收费" in chat.say("要多少钱")
    assert "enquiry.learn" not in chat.verbs and chat.state.script == "repair"


def test_a_whole_home_asked_for_inside_a_repair_is_answered_and_the_repair_comes_back():
    chat = Asker(shop(bound))
    chat.say("厨房漏水")
    said = chat.say("我还有套89平的新房想装修，大概多少钱")
    assert "“厨房漏水”先放一放" in said and "89㎡大约" in said


def test_after_days_the_enquiry_is_offered_again():
    chat = Asker(shop())
    chat.say("89平多少钱")
    chat.later(days=3)
    assert "上次说到89㎡，接着聊装修吗" in chat.say("在吗")
    assert "什么风格" in chat.say("接着")


def test_a_question_in_the_middle_is_answered_and_the_dialog_goes_on():
    chat = Asker(shop())
    chat.say("89平多少钱")
    said = chat.say("你们展厅在哪")
    assert "滨江区江南大道100号" in said and "什么风格" in said
    assert "不是真人" in chat.say("你是机器人吗") and chat.state.script == "enquiry"
    assert "电话只给您的设计师" in ask_phone(chat)


def ask_phone(chat: Asker) -> str:
    chat.say("北欧")
    chat.say("下个月")
    return chat.say("为什么要电话")


def test_too_dear_is_an_objection_and_no_misunderstanding():
    chat = Asker(shop())
    chat.say("89平多少钱")
    said = chat.say("太贵了")
    assert "按您的预算来配" in said and "什么风格" in said and chat.state.missed == 0


def test_words_of_decision_reach_a_person_at_once():
    chat = Asker(shop())
    chat.say("89平多少钱")
    assert "设计师马上跟您定" in chat.say("打算签了，什么时候能开工")
    assert chat.told("enquiry.learn")[-1]["decided"] is True
    assert chat.told("conversation.hand_over")[0] == {
        "reason": "decided", "words": "打算签了，什么时候能开工。已收集：89㎡",
    }  # fmt: skip


def test_a_person_wanted_gets_everything_that_was_collected():
    chat = Asker(shop())
    chat.say("89平北欧风，预算20万，多少钱")
    chat.say("转人工")
    assert chat.told("conversation.hand_over")[0]["words"] == "转人工。已收集：89㎡ 北欧 预算20万"


def test_nothing_is_asked_that_the_enquiry_knows_already():
    lead = Lead(5, area=89, style="北欧", keys="明年3月", has_phone=True)
    chat = Asker(shop(lead=lead))
    said = chat.say("多少钱来着")
    assert "89㎡北欧风格大约" in said and "约量房" in said and chat.state is None
    chat = Asker(shop(lead=replace(lead, area=0)))
    assert "大概多少平" in chat.say("装修多少钱")
    assert "都记下了" in chat.say("98")


def test_an_open_repair_does_not_keep_anybody_from_asking():
    chat = Asker(shop(bound, tickets=(LEAK,), houses=(House(1, "翡翠城8幢1602"),)))
    assert "120㎡" in chat.say("我弟弟想装修，120平多少钱")


def test_a_photo_of_the_plan_belongs_to_the_enquiry():
    chat = Asker(shop())
    chat.say("89平多少钱")
    assert "照片收到" in chat.send("image", media_id="M7")
    assert chat.told("enquiry.learn")[-1] == {"media": ["M7"]}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_both_languages(lang):
    chat = Asker(shop(), lang)
    said = chat.say("89平多少钱")
    assert ("¥89,000 to ¥133,000" if lang == "en" else "8.9万到13.3万") in said


def test_a_rude_customer_gets_a_person_with_what_was_said():
    chat = Asker(shop())
    chat.say("89平多少钱")
    chat.say("你们他妈的到底能不能说人话，骗子")
    assert chat.told("conversation.hand_over")[0]["reason"] == "anger"
    assert "89㎡" in chat.told("conversation.hand_over")[0]["words"]


def test_the_month_that_is_running_counts_as_this_years():
    chat = Asker(replace(shop(), now=dt.datetime(2026, 11, 21, 2, tzinfo=dt.UTC)))
    chat.say("89平北欧风多少钱")
    chat.say("11月")
    assert learnt(chat)["keys_on"] == "2026-11-01"
