"""转介绍 in chat: a code for whoever wants to recommend us, and nothing for those who only speak of it."""

import pytest

from tests.dialog.chat import Chat, bound, stranger


@pytest.mark.parametrize("asked", [
    "推荐码", "我要推荐朋友", "我想介绍邻居过来", "我的二维码发我一下", "转介绍", "介绍个朋友给你们", "refer a friend",
])  # fmt: skip
def test_whoever_wants_to_recommend_us_gets_their_code(asked):
    chat = Chat(bound())
    assert "正在做您的推荐码" in chat.say(asked)
    assert "这就发来" in chat.say(asked)
    assert chat.verbs == ["referral.code"] * 2


@pytest.mark.parametrize("said", [
    "我朋友想装修，他电话13811112222", "邻居也要装修，你们联系他13811112222", "同事准备装修，她手机138 1111 2222",
    "my friend wants to renovate, his number is 13811112222",
])  # fmt: skip
def test_a_friends_number_is_not_the_writers_and_the_friend_comes_by_the_code(said):
    chat = Chat(stranger())
    chat.say(said)
    assert chat.verbs == ["referral.code"]


@pytest.mark.parametrize("said", ["邻居的电话是13811112222", "找我朋友13811112222", "她手机13811112222"])
def test_no_dialog_takes_anothers_number_unasked(said):
    chat = Chat(stranger())
    chat.say("厨房漏水")
    chat.say(said)
    assert "phone" not in chat.state.answers


@pytest.mark.parametrize("said", [
    "介绍朋友有什么奖励", "是邻居推荐我来的", "你们推荐哪个套餐", "介绍一下你们公司", "朋友介绍来的，想装修",
])  # fmt: skip
def test_speaking_of_it_is_no_wish_for_a_code(said):
    chat = Chat(stranger())
    chat.say(said)
    assert "referral.code" not in chat.verbs


def test_in_the_middle_of_a_report_the_code_comes_and_the_question_is_asked_again():
    chat = Chat(bound())
    chat.say("厨房漏水")
    said = chat.say("推荐码")
    assert "记在您名下" in said and "哪天家里有人" in said
