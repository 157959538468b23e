"""Wishes about one's own data: told what follows, asked once, taken back; strangers learn nothing."""

import pytest

from tests.dialog.chat import LEAK, Chat, bound, stranger

NUMBER = "YS20261121-0001"


@pytest.mark.parametrize("words", [
    "删除我的信息", "请把我的个人资料删掉", "注销账号", "我的数据都给我清掉", "我要注销", "delete my data",
    "Please erase all my personal information", "把我的电话资料删掉", "删掉我的手机号", "把我电话删了，别再打了",
])  # fmt: skip
def test_a_deletion_is_asked_once_with_what_follows(words):
    chat = Chat(bound())
    said = chat.say(words)
    assert "找不回来" in said and "合同和报价按法律要求封存" in said and said.endswith("确定删除吗？")
    assert chat.verbs == ["privacy.begin"]
    said = chat.say("确定")
    assert NUMBER in said and "撤回删除申请" in said and chat.state is None
    assert (chat.last.verb, chat.last.args["wish"], chat.last.args["words"]) == ("privacy.ask", "delete", words)


@pytest.mark.parametrize("words", [
    "导出我的资料", "查看我的信息", "我的数据能拷一份给我吗", "你们都存了我哪些信息", "export my data",
    "download a copy of my data", "把你们存的我的资料发给我", "你们有我哪些信息，给我一份",
    "我的资料发一份给我", "想要一份我的个人信息副本",
])  # fmt: skip
def test_a_copy_is_on_record_at_once(words):
    chat = Chat(bound())
    said = chat.say(words)
    assert NUMBER in said and "下载链接" in said and "绑定" not in said
    assert chat.verbs == ["privacy.ask"] and chat.last.args["wish"] == "export" and chat.state is None


@pytest.mark.parametrize("words", ["不删了", "算了", "先不", "不用了", "keep it", "no"])
def test_anything_but_a_yes_deletes_nothing(words):
    chat = Chat(bound())
    chat.say("删除我的信息")
    assert "都留着" in chat.say(words)
    assert chat.verbs == ["privacy.begin"] and chat.state is None


def test_another_matter_meanwhile_is_no_yes():
    chat = Chat(bound())
    chat.say("删除我的信息")
    assert "报修" in chat.say("厨房漏水") or chat.state.script == "repair"
    chat.say("明天下午")
    assert "privacy.ask" not in chat.verbs


def test_open_work_is_named_before_the_question():
    chat = Chat(bound(tickets=(LEAK,)))
    assert "BX20261121-0007 还没办完，会等办完再删" in chat.say("删除我的资料")


def test_in_the_middle_of_a_repair_the_draft_waits_and_comes_back():
    chat = Chat(bound())
    chat.say("厨房水槽漏水")
    said = chat.say("对了，把我的资料都删了")
    assert "确定删除吗" in said and chat.state.parked[0].script == "repair"
    said = chat.say("确定")
    assert NUMBER in said and "厨房" in said.splitlines()[-1] and chat.state.script == "repair"


def test_what_is_broken_in_the_same_message_is_not_lost():
    chat = Chat(bound())
    said = chat.say("厨房水槽漏水，另外把我的资料都删了")
    assert "确定删除吗" in said and chat.state.parked[0].answers["problem"] == "厨房水槽漏水"
    said = chat.say("确定")
    assert NUMBER in said and "厨房水槽漏水" in said.splitlines()[-1] and chat.state.script == "repair"


def test_rude_or_not_a_wish_is_a_wish():
    chat = Chat(bound())
    assert "确定删除吗" in chat.say("你们这破公司，马上把我的信息删除！")
    assert NUMBER in chat.say("删") and chat.last.args["wish"] == "delete"


def test_a_stranger_learns_nothing_and_is_told_how_to_prove_it():
    chat = Chat(stranger())
    said = chat.say("删除我的信息")
    assert "没有绑定房屋" in said and "绑定码" in said and "合同号绑定" in said
    said = Chat(stranger()).say("导出我的资料")
    assert "没有绑定房屋" in said and "绑定码" in said


def test_asked_again_it_is_the_same_one():
    chat = Chat(bound())
    chat.say("删除我的信息")
    chat.say("确定")
    said = chat.say("删除我的信息")
    assert "您提过了" in said and NUMBER in said and "确定删除吗" not in said
    assert "照常办" in chat.say("好的")
    assert chat.verbs == ["privacy.begin", "privacy.ask", "privacy.begin"]


@pytest.mark.parametrize("words", [
    "撤回删除申请", "别删我的资料了", "不要删除我的信息", "取消注销账号", "撤销申请", "资料先不删了",
    "cancel the deletion", "keep my data",
])  # fmt: skip
def test_it_is_taken_back(words):
    chat = Chat(bound())
    assert f"{NUMBER} 撤回了" in chat.say(words) and chat.verbs == ["privacy.withdraw"]


@pytest.mark.parametrize("words", [
    "撤回", "撤销", "我后悔了，别删", "算了不删了", "还是别删了吧", "我改主意了", "不注销了", "先不要删", "都留着吧",
    "不想删了", "cancel that, keep my data", "don't delete it", "I changed my mind",
])  # fmt: skip
def test_while_it_waits_any_second_thought_takes_it_back(words):
    chat = Chat(bound(erasing=True))
    assert f"{NUMBER} 撤回了" in chat.say(words) and chat.verbs == ["privacy.withdraw"]
    chat = Chat(bound())
    chat.say(words)
    assert "person.opt_out" not in chat.verbs


@pytest.mark.parametrize("words", ["撤回投诉", "不报修了，撤回", "我后悔了，投诉撤回吧", "照片别删"])
def test_a_second_thought_about_something_else_takes_no_deletion_back(words):
    chat = Chat(bound(erasing=True))
    chat.say(words)
    assert "privacy.withdraw" not in chat.verbs


@pytest.mark.parametrize("words", ["删除申请到哪了", "我的资料删了吗", "导出申请什么时候办好", "is my data deleted?"])
def test_how_it_stands(words):
    chat = Chat(bound())
    assert "等同事核对" in chat.say(words) and chat.verbs == ["privacy.look"]


@pytest.mark.parametrize("words", [
    "你们怎么会有我的电话", "你们从哪里知道我的信息", "我的手机号哪来的", "你们凭什么有我家的地址",
    "how did you get my number",
])  # fmt: skip
@pytest.mark.parametrize("facts", [bound(), stranger()])
def test_where_data_comes_from_is_said_the_same_to_everybody(words, facts):
    chat = Chat(facts)
    said = chat.say(words)
    assert "签合同时留的" in said and "导出我的资料" in said and not chat.verbs


@pytest.mark.parametrize("words", [
    "退订", "别给我发广告了", "我的资料发您了，什么时候量房", "取消报修", "别删我的照片，那是现场", "厨房漏水，没人来",
    "把我老公移除", "账号登不上", "我的电话是13800138000", "取消活动报名", "不要了",
])  # fmt: skip
def test_other_matters_are_none_of_it(words):
    chat = Chat(bound())
    chat.say(words)
    assert not [verb for verb in chat.verbs if verb.startswith("privacy.")]


def test_in_english():
    chat = Chat(bound(), lang="en")
    assert "Shall we delete it?" in chat.say("Delete my account")
    assert NUMBER in chat.say("yes") and chat.last.args["wish"] == "delete"
    assert "withdrawn" in chat.say("Cancel the deletion, please")
