"""One finder of phone numbers: what the account reads as a phone, nobody sees in clear; nothing else is hidden."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import phones
from admin import faces
from bot.understanding import normalise, phone, read

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
SPOKEN = str.maketrans("0123456789", "零幺二三四五六七八九")
WRITTEN = str.maketrans("0123456789", "〇壹贰叁肆伍陆柒捌玖")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("打13800138000", "打138****8000"),
        ("138-0013-8000找我", "138****8000找我"),
        ("+8613800138000", "138****8000"),
        ("138－0013－8111", "138****8111"),
        ("我是１３８００１３８２２２", "我是138****8222"),
        ("0571-88886666", "057****6666"),
        ("打0571 8888 6666", "打057****6666"),
        ("（0571）88886666", "（057****6666"),
        ("+86 571 88886666", "057****6666"),
        ("138.0013.8000", "138****8000"),
        ("138·0013·8000", "138****8000"),
        ("138_0013_8000", "138****8000"),
        ("幺三八零零幺三八零零零", "138****8000"),
        ("壹叁捌零零壹叁捌零零零", "138****8000"),
        ("1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣", "138****8000"),
        ("1\u200b38\u200b00138000", "138****8000"),
        ("138\n0013\n8000", "138****8000"),
        ("(+86)13800138000", "(138****8000"),
        ("0086-138-0013-8000", "138****8000"),
        ("周一13800138000", "周一138****8000"),
        ("①13800138000 ②13900139000", "①138****8000 ②139****9000"),
        ("89m²13800138000", "89m²138****8000"),
        ("13800138000元旦后打", "138****8000元旦后打"),
        ("微信13800138000或wx13800138000", "微信138****8000或wx138****8000"),
    ],
)
def test_however_a_number_is_written_it_is_hidden(said, shown):
    assert faces.masked(said) == shown
    assert faces.has_phone(said) and not faces.has_phone(shown)
    assert phones.restore(f"{shown}，急", said) == f"{said}，急"


@pytest.mark.parametrize(
    "said",
    [
        "400-826-1234", "4008261234", "800-820-8820", "95588", "110", "8888 6666",
        "BX20261121-0007", "合同20250031380013800099", "bx20261121-0571", "0830 20261121-0007", "138 2026-11-21",
        "2026-11-21 14:00-16:00", "2026.11.21", "二〇二六年十一月二十一日", "1,380,013,800元", "13800元", "138.00",
        "预算150000到180000", "89㎡ 3室2厅 15万", "330106199001011234", "8幢1602", "",
    ],
)  # fmt: skip
def test_what_is_no_persons_number_stays(said):
    assert faces.masked(said) == said


MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
LANDLINES = st.tuples(st.sampled_from(["010", "021", "0571", "0755"]), st.from_regex(r"[2-8][0-9]{7}", fullmatch=True))
#: What stands between the groups of a number, as thumbs and keyboards write it.
BETWEEN = st.sampled_from(["", " ", "-", "－", "—", "  ", " - ", ".", "．", "·", "\u3000", "\u200b", "\n"])
AROUND = st.sampled_from(
    ["", "我的电话", "打", "，厨房漏水", "找老王 ", "周一", "8幢", " ", "。", "谢谢", "(", "一", "x"]
)


@st.composite
def written(draw):
    """A phone number as somebody writes it, and its digits."""
    if draw(st.booleans()):
        area, local = draw(LANDLINES)
        return draw(st.sampled_from(["{}-{}", "{} {}", "{}{}", "({}){}", "{}－{}"])).format(area, local), area + local
    digits, between = draw(MOBILES), draw(BETWEEN)
    text = draw(st.sampled_from(["", "", "+86", "86 "])) + between.join((digits[:3], digits[3:7], digits[7:]))
    return text.translate(draw(st.sampled_from([{}, WIDE, SPOKEN, WRITTEN]))), digits


@given(written(), AROUND, AROUND)
@settings(max_examples=150, deadline=None)
def test_what_is_read_as_a_phone_is_masked(number, before, after):
    said, digits = number
    text = f"{before}{said}{after}"
    heard = read(text).slots.phone
    assert heard in (None, digits)
    if heard:
        assert [one.digits for one in phones.find(text)] == [digits]
        assert said.strip() not in faces.masked(text)


PIECES = st.sampled_from([
    "1", "3", "8", "0", "138", "0013", "8000", "13800138000", "１３８", "幺", "三", "八", "零", "两", "-", " ", "－",
    ".", "·", "+86", "86", "0571", "88886666", "（", "）", "，", "厨房", "元", "万", "①", "²", "到",
    "年", "\n", "\u200b",
])  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join))
@settings(max_examples=300, deadline=None)
def test_no_text_whatever_is_read_as_a_phone_and_shown(text):
    heard = phone.find(normalise.flat(text)).phone
    assert heard is None or heard in [one.digits for one in phones.find(text)]


@pytest.mark.parametrize(("name", "form", "call"), [
    ("陈明", "先生", "陈先生"), ("欧阳", "女士", "欧阳女士"), ("欧阳娜娜", "女士", "欧阳女士"),
    ("John Smith", "先生", "Smith先生"), ("陈明", "", "陈明"), ("", "先生", ""),
])  # fmt: skip
def test_people_are_addressed_by_their_whole_surname(name, form, call):
    assert phones.called(name, form) == call


DAYS = st.dates(min_value=dt.date(1950, 1, 1), max_value=dt.date(2099, 12, 31))
PLAIN = st.one_of(
    st.integers(1, 99_999_999).map(lambda yuan: f"{yuan:,}元"),
    st.floats(0.01, 99_999, allow_nan=False).map(lambda yuan: f"¥{yuan:.2f}"),
    DAYS.map(lambda day: f"{day:%Y-%m-%d}"),
    DAYS.map(lambda day: f"{day:%Y年%m月%d日}"),
    st.times().map(lambda at: f"{at:%H:%M}"),
    st.tuples(st.sampled_from(["BX", "TS", "BJ", "YS"]), DAYS, st.integers(1, 9999)).map(
        lambda told: f"{told[0]}{told[1]:%Y%m%d}-{told[2]:04d}"
    ),
)


@given(st.lists(PLAIN, min_size=1, max_size=6), st.sampled_from(["，", "到", "、", "；", " 共 "]))
@settings(max_examples=200, deadline=None)
def test_money_dates_and_our_own_numbers_are_never_hidden(parts, between):
    text = between.join(parts)
    assert faces.masked(text) == text
