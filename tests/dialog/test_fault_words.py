"""The fault shown and stored is the fault alone: no number, no name, no time of the visit in it."""

import re

import pytest

from tests.dialog.chat import Chat, stranger


def problem(words: str) -> str:
    chat = Chat(stranger())
    chat.say(words)
    return chat.state.answers["problem"]


@pytest.mark.parametrize(
    "words, left",
    [
        ("洗手盆下水慢，今天随时", "洗手盆下水慢"),
        ("我姓李，主卧插座没电", "主卧插座没电"),
        ("厨房龙头滴水，今天随时", "厨房龙头滴水"),
        ("浴室花洒不出热水，明天上午在家", "浴室花洒不出热水"),
        ("厨房漏水明天下午在家", "厨房漏水"),
        ("你好，厨房漏水了", "厨房漏水了"),
        ("李女士，翡翠城8幢1602厨房漏水", "厨房漏水"),
        ("今天早上开始厨房漏水", "今天早上开始厨房漏水"),
        ("喂你好那个卫生间水龙头一直在滴水你们能不能派个人来看一下啊", "卫生间水龙头一直在滴水"),
    ],
)
def test_only_the_fault_is_left(words, left):
    assert problem(words) == left


@pytest.mark.parametrize(
    "number",
    [
        "13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000", "＋86-13800138000",
        "１３８００１３８０００",
        "一三八零零一三八零零零", "幺三八零零幺三八零零零", "0571-87654321", "8613800138000", "138－0013－8000",
        "1380013800", "138001380001",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "words", ["厨房漏水，{}", "厨房漏水{}", "{}厨房漏水", "我电话{} 厨房漏水", "厨房漏水，打我电话：{}，我叫李明"]
)
def test_no_phone_number_stays_in_the_fault_or_its_place(number, words):
    chat = Chat(stranger())
    chat.say(words.format(number))
    known = chat.state.answers
    told = f"{known['problem']}{known.get('place', '')}"
    assert "厨房漏水" in known["problem"]
    assert not re.search(r"\d{3}|[零一二三四五六七八九幺]{3}", told), told


@pytest.mark.parametrize("words", ["厨房漏水[流泪]", "厨房漏水😭", "帮我妈家报修，她家在城西公馆3幢802，厨房漏水"])
def test_neither_faces_nor_whose_house_it_is_stay_in_the_fault(words):
    assert problem(words) == "厨房漏水"
