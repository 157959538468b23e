"""Danger: recorded before anything is asked."""

import pytest

from tests.dialog.chat import LEAK, WEST, Chat, bound, stranger


def test_running_water_is_recorded_at_once_with_what_to_do_first():
    chat = Chat(bound())
    said = chat.say("水管爆了，水喷得到处都是")
    assert said.startswith("先关总水阀") and "BX20261121-0007" in said and "2小时" in said
    assert said.endswith("您的地址是翡翠城8幢1602，对吗？")
    assert chat.last.args["urgent"] is True and chat.last.args["project_id"] == 1
    assert "转给师傅" in chat.say("对")
    assert chat.verbs == ["repair.open"] and chat.state is None


def test_a_strangers_details_follow_one_by_one():
    chat = Chat(stranger())
    chat.say("水管爆了")
    chat.say("翡翠城8幢1602")
    chat.send("image", media_id="P1")
    chat.say("13800138000")
    assert chat.verbs == ["repair.open", "repair.update", "repair.attach", "repair.update"]
    assert chat.done[1].args == {"ticket_id": 7, "house_text": "翡翠城8幢1602"}
    assert chat.done[2].args == {"ticket_id": 7, "media": ["P1"]}
    assert chat.done[3].args == {"ticket_id": 7, "phone": "13800138000"}


@pytest.mark.parametrize(
    "words, advice",
    [
        ("好大的煤气味", "燃气总阀"),
        ("插座冒火花，有焦味", "电箱总闸"),
        ("家里突然没电了", "电箱"),
        ("天花板掉下来了", "离开"),
        ("吊灯快掉下来了", "别站在下面"),
        ("灯掉下来砸到人了", "别站在下面"),
        ("热水器快掉下来了", "别站在下面"),
        ("电视墙要倒了", "别站在下面"),
        ("柜子倒了", "别站在下面"),
        ("天花板漏水要塌了", "别站在下面"),
        ("the chandelier is about to fall", "别站在下面"),
        ("吊灯掉下来了，还在漏电", "电箱总闸"),
        ("插座掉下来了，电线露在外面", "电箱总闸"),
        ("射灯掉下来冒火花", "明火"),
        ("水管掉了，水喷得到处都是", "总水阀"),
    ],
)
def test_each_danger_has_its_first_aid(words, advice):
    chat = Chat(bound())
    assert advice in chat.say(words)
    assert chat.verbs == ["repair.open"]


def test_another_address_is_taken_instead_of_the_known_one():
    chat = Chat(bound())
    chat.say("水管爆了")
    chat.say("不对，是城西公馆3幢802")
    assert chat.last.verb == "repair.update" and chat.last.args["house_text"] == WEST.label


def test_a_draft_of_the_same_trade_becomes_the_urgent_case():
    chat = Chat(bound())
    chat.say("厨房漏水")
    chat.say("水管爆了！")
    assert chat.verbs == ["repair.open"] and chat.state.parked == ()


@pytest.mark.parametrize(("said", "worse", "problem", "advice"), [
    ("厨房水槽下面漏水", "哎等下 变大了 柜子里全是水", "厨房水槽下面漏水，变大了，柜子里全是水", "总水阀"),
    ("卫生间漏水", "越来越大了", "卫生间漏水，越来越大了", "总水阀"),
    ("卫生间漏水", "水漫到客厅了", "卫生间漏水，水漫到客厅了", "总水阀"),
    ("水管漏水", "等一下啊我看看 现在喷得到处都是", "水管漏水，喷得到处都是", "总水阀"),
    ("吊顶有点裂", "快掉下来了", "吊顶有点裂，快掉下来了", "人先离开"),
    ("插座没电", "冒火花了", "插座没电，冒火花了", "总闸"),
])  # fmt: skip
def test_what_gets_worse_while_it_is_reported_keeps_all_that_was_said(said, worse, problem, advice):
    chat = Chat(bound())
    chat.say(said)
    chat.say("明天下午")
    assert advice in chat.say(worse)
    opened = chat.last.args
    assert opened["problem"] == problem and opened["urgent"]
    assert not opened["when_start"], "whoever had time until tomorrow has none now"


def test_water_in_another_room_is_a_fault_of_its_own_beside_the_first():
    chat = Chat(bound())
    chat.say("厨房水槽下面漏水")
    chat.say("卫生间也喷水了 满地都是")
    assert [item["place"] for item in chat.last.args["items"]] == ["厨房水槽下面", "卫生间"]


def test_a_draft_of_another_trade_waits():
    chat = Chat(bound())
    chat.say("墙面开裂，明天下午")
    chat.say("水管爆了！")
    assert "“墙面开裂”还没登记完" in chat.say("对")


def test_danger_while_the_urgent_case_is_open_is_a_chase():
    chat = Chat(bound())
    chat.say("水管爆了")
    chat.say("对")
    chat.say("水管爆了你们快来")
    assert chat.verbs == ["repair.open", "repair.chase"]


def test_an_open_repair_that_gets_worse_becomes_urgent():
    chat = Chat(bound(tickets=(LEAK,)))
    assert "改成加急" in chat.say("厨房水管爆了，水喷出来了")
    assert chat.last.args == {"ticket_id": 7, "urgent": True}


def test_an_urgent_case_is_cancelled_with_a_reason():
    chat = Chat(bound())
    chat.say("水管爆了")
    assert "要取消" in chat.say("取消")
    chat.say("物业已经修好了")
    assert chat.last.verb == "repair.cancel" and chat.last.args["reason"] == "物业已经修好了"


@pytest.mark.parametrize(("named", "house"), [
    ("翡翠城", "翡翠城8幢1602"), ("绿城诚园", "绿城诚园8幢1602"), ("小区叫天街", "天街8幢1602"), ("不知道", "8幢1602"),
    ("翡翠城8幢1602", "翡翠城8幢1602"), ("8幢1602", "8幢1602"),
])  # fmt: skip
def test_a_building_without_its_estate_is_on_the_case_at_once_and_the_estate_asked_once(named, house):
    chat = Chat(stranger())
    said = chat.say("8幢1602水管爆了，水喷得到处都是")
    assert "加急单" in said and said.endswith("8幢1602在哪个小区？师傅马上要用。")
    assert chat.last.args["house_text"] == "8幢1602"
    assert "留个电话" in chat.say(named)
    assert [do.args["house_text"] for do in chat.done if "house_text" in do.args][-1] == house


def test_a_building_said_when_asked_is_passed_on_before_its_estate_is_known():
    chat = Chat(stranger())
    chat.say("水管爆了")
    assert "在哪个小区" in chat.say("3-802")
    assert chat.last.args == {"ticket_id": 7, "house_text": "3-802"}
    chat.say("城西公馆")
    assert chat.last.args["house_text"] == "城西公馆3-802"
