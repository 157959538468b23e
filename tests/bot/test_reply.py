"""A reply is one text to one person: it cannot break out of its envelope, and it is cut where a reader would pause."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.push import legal
from bot.wechat import cut, read, text_reply
from tests.bot.test_read import AT, NOW, event, xml

anything = st.text(max_size=900)


def content(reply):
    root = ElementTree.fromstring(reply)
    assert [child.tag for child in root] == sorted({child.tag for child in root}, key=[c.tag for c in root].index)
    return root.findtext("Content")


def test_a_reply_goes_back_to_who_wrote_from_whom_he_wrote_to():
    root = ElementTree.fromstring(text_reply(read(xml(Content="hi"), NOW), "您好", NOW))
    assert {child.tag: child.text for child in root} == {
        "ToUserName": "oA1",
        "FromUserName": "gh_1",
        "CreateTime": str(AT),
        "MsgType": "text",
        "Content": "您好",
    }


@pytest.mark.parametrize(
    "words",
    [
        "]]>",
        "]]]>",
        "]]]]>>",
        "]]></Content><Content><![CDATA[evil",
        "]]></Content></xml>",
        "a]]>b]]>c",
        "<b>&amp;</b>",
        "]]&gt;",
        "<![CDATA[x]]>",
        "🙂漏水\n第二行",
    ],
)
def test_words_cannot_break_out_of_a_reply(words):
    """wechatpy pastes them into CDATA as they are."""
    assert content(text_reply(read(xml(), NOW), words, NOW)) == words


@given(anything)
def test_any_words_come_out_as_they_went_in(words):
    reply = text_reply(read(xml(), NOW), words, NOW)
    said = cut(legal(words).strip())[0].replace("\r\n", "\n").replace("\r", "\n")
    assert (content(reply) if reply else "") == said


@pytest.mark.parametrize("words", ["", "  \n ", "\x00\x02", "\ufffe"])
def test_nothing_sayable_is_no_reply(words):
    assert text_reply(read(xml(), NOW), words, NOW) == ""


def test_control_characters_are_dropped_from_a_reply():
    assert content(text_reply(read(xml(), NOW), "漏\x08水\x00", NOW)) == "漏水"


def test_the_platform_itself_is_not_answered():
    assert text_reply(read(event("MASSSENDJOBFINISH"), NOW), "hi", NOW) == ""


def test_names_cannot_break_out_either():
    push = read(xml(who="o]]&gt;x".replace("&gt;", ">")[:3] + "x"), NOW)
    assert ElementTree.fromstring(text_reply(push, "hi", NOW)).findtext("ToUserName") == push.openid


def test_a_reply_is_dated_by_the_clock_it_is_given():
    later = datetime(2030, 1, 1, tzinfo=UTC)
    assert ElementTree.fromstring(text_reply(read(xml(), NOW), "x", later)).findtext("CreateTime") == "1893456000"


def test_a_reply_never_exceeds_what_the_platform_takes():
    assert len(content(text_reply(read(xml(), NOW), "漏" * 3000, NOW)).encode()) <= 2048


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(4, 60))
def test_cutting_loses_nothing_and_fits_and_ends(text, limit):
    rest, pieces = text, []
    while rest:
        head, rest = cut(rest, limit)
        assert head
        assert len(head.encode()) <= limit
        pieces.append(head)
    assert "".join(pieces) == text


@pytest.mark.parametrize(
    "text, limit, head",
    [
        ("短", 2048, "短"),
        ("第一行\n第二行", 16, "第一行\n"),
        ("水停了。明天到场。谢谢您", 30, "水停了。明天到场。"),
        ("水停了，明天上午到场谢谢", 24, "水停了，明天上午"),
        ("水。停了明天上午到场谢谢您的耐心", 30, "水。停了明天上午到场"),  # a break far in front would waste the reply
        ("漏漏漏", 8, "漏漏"),
        ("aaaa👨\u200d👩\u200d👧bbbb", 16, "aaaa"),
        ("see the house. then call", 20, "see the house. "),
    ],
)
def test_a_cut_is_where_a_reader_would_pause(text, limit, head):
    assert cut(text, limit) == (head, text[len(head) :])


def test_a_link_is_not_cut_in_two():
    text = "您的维修单进展请点开这里看：" + '<a href="https://example.com/p/abcdefgh">查看</a>谢谢'
    head, rest = cut(text, 70)
    assert head.endswith("看：")
    assert rest.startswith("<a ")


def test_a_limit_below_one_letter_still_comes_to_an_end():
    assert cut("漏水", 1) == ("漏", "水")
