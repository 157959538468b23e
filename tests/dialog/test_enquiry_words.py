"""How people really tell of their home before signing: it is heard once, in any words, and not asked again."""

from dataclasses import replace

import pytest

from bot.understanding import Entry, Library
from tests.dialog.shop import Asker, shop
from tests.dialog.test_enquiry import learnt


@pytest.mark.parametrize(
    ("words", "fact", "value"),
    [
        ("滨江金色海岸", "house", "滨江金色海岸"),
        ("在滨江金色海岸", "house", "滨江金色海岸"),
        ("我们小区叫碧水云天 房子89平", "house", "碧水云天"),
        ("房子在云栖蝶谷", "house", "云栖蝶谷"),
        ("建面89，套内72", "area", 89),
        ("20个左右吧", "budget", 200000),
        ("已经攞咗匙", "keys_on", "2026-11-21"),
        ("明年三月份接房", "keys_on", "2027-03-01"),
    ],
)
def test_what_is_said_before_it_is_asked_is_heard(words, fact, value):
    chat = Asker(shop())
    chat.say("想装修")
    assert "没太明白" not in chat.say(words)
    assert learnt(chat)[fact] == value


@pytest.mark.parametrize("words", ["你们公司在哪里", "我再看看吧", "今天不太方便", "那就这样吧"])
def test_a_sentence_is_no_estate(words):
    chat = Asker(shop())
    chat.say("想装修")
    chat.say(words)
    assert "house" not in learnt(chat)


@pytest.mark.parametrize(("words", "yuan"), [("20", 200000), ("二十来个", 200000), ("预算35左右", 350000)])
def test_a_bare_figure_answers_the_question_for_money(words, yuan):
    chat = Asker(shop())
    chat.say("89平多少钱")
    chat.say(words)
    assert learnt(chat)["budget"] == yuan


def test_a_style_that_is_not_wanted_is_not_offered():
    chat = Asker(shop())
    chat.say("装修89平多少钱")
    assert "欧式" not in chat.say("不要欧式") and "style" not in learnt(chat)
    assert "北欧" in chat.say("不要新中式，北欧的")


@pytest.mark.parametrize("words", ["不想留电话", "电话先不给了", "别给我打电话"])
def test_a_number_that_is_withheld_is_not_asked_for(words):
    chat = Asker(shop())
    chat.say("89平北欧风，多少钱")
    chat.say(words)
    assert "电话" not in chat.say("还没交房") and learnt(chat)["keys"] == "还没交房"


def test_what_nobody_knows_yet_is_taken_to_the_question_it_belongs_to():
    chat = Asker(shop())
    chat.say("想装修")
    assert "多少平" in chat.say("不知道什么时候交房") and "area" not in chat.state.answers
    assert chat.say("90平，预算还没想好").startswith("90㎡") and chat.state.step == "phone"


@pytest.mark.parametrize("words", ["我家三室两厅想装", "翠湖花园 还没交房 想提前了解下 一百二十来平"])
def test_a_home_told_of_without_a_question_is_an_enquiry(words):
    chat = Asker(shop())
    assert "大约" in chat.say(words) and chat.state.script == "enquiry"


def test_a_size_that_no_home_has_is_asked_for_once():
    chat = Asker(shop())
    chat.say("想装修")
    assert chat.say("9000平").count("多少平") == 1


def test_a_surname_beside_the_number_is_the_callers():
    chat = Asker(shop())
    chat.say("89平北欧风，拿房了，多少钱")
    chat.say("13900001111陈")
    assert learnt(chat)["name"] == "陈" and chat.state is None


def test_what_is_asked_beside_the_price_is_answered_with_it():
    library = Library([Entry(1, "装修要多久", ("装修工期要多久",), "大约90天")])
    chat = Asker(replace(shop(), find_answer=library.answer))
    said = chat.say("98平装修多少钱？装修工期要多久")
    assert (
        "98㎡大约" in said
        and [one.args for one in chat.done if one.verb == "knowledge.say"] == [{"article_id": 1}]
        and "什么风格" in said
    )


def test_which_way_is_better_is_no_question_for_a_price():
    chat = Asker(shop())
    assert "大约" not in chat.say("全包还是半包好") and chat.verbs[-1] == "conversation.hand_over"


def test_at_night_a_lead_who_asks_is_not_told_about_repairs():
    chat = Asker(replace(shop(), office_open=False))
    chat.say("89平多少钱")
    said = chat.say("量房要钱吗")
    assert "报修现在就能登记" not in said and said.endswith("没想好就说“没想好”。")


def test_a_change_of_mind_is_no_giving_up():
    chat = Asker(shop())
    chat.say("89平北欧风，多少钱")
    assert "现代风格" in chat.say("算了还是现代") and chat.state.confirming == ""
    assert "98㎡" in chat.say("不是89 是98") and learnt(chat)["area"] == 98


def test_pictures_that_are_asked_for_are_shown_before_any_size_is_known():
    chat = Asker(shop())
    chat.say("想看看你们做过的案例")
    assert chat.told("package.show")


def test_how_they_heard_of_us_is_kept_with_what_they_asked():
    chat = Asker(shop())
    chat.say("我朋友介绍来的 她叫王芳 想装修 100平")
    assert "王芳" in learnt(chat)["asked"]


def test_the_same_in_english():
    chat = Asker(shop(lang="en"), "en")
    chat.say("how much to renovate a 90 sqm flat")
    chat.say("modern, about 250k")
    assert learnt(chat)["budget"] == 250000
    assert "phone number" in chat.say("haven't got the keys")


@pytest.mark.parametrize("words", ["is it open on Monday", "are you open on Monday?"])
def test_an_open_showroom_is_no_door_to_mend(words):
    chat = Asker(shop(lang="en"), "en")
    assert "23 Nov" in chat.say(words) and chat.state is None
