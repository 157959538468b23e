"""Every push becomes data, whatever is in it, or Unreadable: never another exception, never a slow one."""

import json
import time
from datetime import UTC, datetime

import pytest
import wechatpy
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Unreadable
from bot.push import PLATFORM_EVENTS
from bot.wechat import read

NOW = datetime(2026, 11, 21, 6, 20, tzinfo=UTC)
AT = 1795242000  # 2026-11-21 06:20 UTC
legal_texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300)


def xml(kind="text", who="oA1", at=AT, **fields):
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    head = f"<ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[{who}]]></FromUserName>"
    return f"<xml>{head}<CreateTime>{at}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{inner}</xml>".encode()


def event(name, **fields):
    return xml("event", Event=f"<![CDATA[{name}]]>", **fields)


def test_a_text_is_read_with_everything_it_says():
    push = read(xml(Content="<![CDATA[厨房漏水]]>", MsgId="23456789012345678", bizmsgmenuid="s5"), NOW)
    assert (push.openid, push.to, push.kind, push.event) == ("oA1", "gh_1", "text", "")
    assert (push.text, push.msg_id, push.person) == ("厨房漏水", "23456789012345678", "oA1")
    assert push.created_at == datetime.fromtimestamp(AT, UTC)
    assert push.fields["bizmsgmenuid"] == "s5"
    assert json.loads(json.dumps(push.fields)) == push.fields


MESSAGES = {
    "image": {"PicUrl": "http://p/1", "MediaId": "m1"},
    "voice": {"MediaId": "m1", "Format": "amr", "MediaId16K": "m2"},
    "video": {"MediaId": "m1", "ThumbMediaId": "t1"},
    "shortvideo": {"MediaId": "m1", "ThumbMediaId": "t1"},
    "location": {"Location_X": "23.1", "Location_Y": "113.3", "Scale": "20", "Label": "<![CDATA[滨江路 1 号]]>"},
    "link": {"Title": "t", "Description": "d", "Url": "http://u"},
    "file": {"Title": "合同.pdf", "FileKey": "k"},
}


@pytest.mark.parametrize("kind", MESSAGES)
def test_every_kind_of_message_keeps_its_fields(kind):
    push = read(xml(kind, MsgId="7", MsgDataId="9", Idx="1", **MESSAGES[kind]), NOW)
    assert push.kind == kind
    expected = {name: value.removeprefix("<![CDATA[").removesuffix("]]>") for name, value in MESSAGES[kind].items()}
    assert expected.items() <= push.fields.items()
    assert push.media_id == MESSAGES[kind].get("MediaId", "")
    assert push.fields["MsgDataId"] == "9"


def test_a_voice_says_what_was_recognised_and_nothing_when_nothing_was():
    assert read(xml("voice", MediaId="m", Recognition="<![CDATA[水管爆了。]]>"), NOW).text == "水管爆了。"
    assert read(xml("voice", MediaId="m", Recognition=""), NOW).text == ""
    assert read(xml("voice", MediaId="m"), NOW).text == ""


EVENTS = [
    "subscribe", "unsubscribe", "SCAN", "LOCATION", "CLICK", "VIEW", "view_miniprogram", "scancode_push",
    "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select", "TEMPLATESENDJOBFINISH",
    "MASSSENDJOBFINISH", "PUBLISHJOBFINISH", "kf_create_session", "kf_close_session", "kf_switch_session",
    "subscribe_msg_popup_event", "subscribe_msg_change_event", "subscribe_msg_sent_event", "user_info_modified",
    "user_authorization_revoke", "user_authorization_cancellation", "qualification_verify_success", "annual_renew",
    "verify_expired", "naming_verify_fail", "something_of_next_year",
]


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_is_read_known_or_not(name):
    push = read(event(name, EventKey="k", Status="success"), NOW)
    assert (push.kind, push.event, push.msg_id, push.text) == ("event", name.lower(), "", "")
    assert push.fields["EventKey"] == "k"
    assert push.fields["Event"] == name
    assert bool(push.person) is (name.lower() not in PLATFORM_EVENTS)


def test_an_unknown_type_is_read_as_unknown_with_its_fields():
    push = read(xml("sticker_of_next_year", MsgId="8", Shiny="yes"), NOW)
    assert (push.kind, push.dedupe_key, push.fields["Shiny"]) == ("unknown", "m:8", "yes")


@pytest.mark.parametrize("name, key, scene", [
    ("subscribe", "qrscene_door-3", "door-3"), ("subscribe", "qrscene_", ""), ("subscribe", "", ""),
    ("subscribe", "last_trade_no_1", ""), ("SCAN", "door-3", "door-3"), ("SCAN", "qrscene_x", "qrscene_x"),
    ("CLICK", "door-3", ""), ("subscribe", "scanbarcode|1", ""), ("subscribe", "qrscene_qrscene_a", "qrscene_a"),
])
def test_the_scene_of_a_code_comes_without_prefix_and_the_key_as_it_was_sent(name, key, scene):
    """wechatpy renames such a follow to subscribe_scan and cuts its EventKey."""
    push = read(event(name, EventKey=f"<![CDATA[{key}]]>"), NOW)
    assert (push.event, push.scene, push.fields["EventKey"], push.fields["Event"]) == (name.lower(), scene, key, name)


def test_a_list_stays_a_list_when_it_has_one_entry_and_when_it_has_two():
    one = "<List><TemplateId>a</TemplateId></List>"
    for times in (1, 2):
        push = read(event("subscribe_msg_sent_event", SubscribeMsgSentEvent=one * times), NOW)
        assert push.fields["SubscribeMsgSentEvent"] == {"List": [{"TemplateId": "a"}] * times}
        items = "<item><PicMd5Sum>1</PicMd5Sum></item>" * times
        push = read(event("pic_weixin", SendPicsInfo=f"<PicList>{items}</PicList>"), NOW)
        assert push.fields["SendPicsInfo"] == {"PicList": {"item": [{"PicMd5Sum": "1"}] * times}}


def test_empty_tags_are_empty_texts():
    push = read(event("location_select", EventKey="", SendLocationInfo="<Poiname></Poiname><Label/>"), NOW)
    assert push.fields["EventKey"] == ""
    assert push.fields["SendLocationInfo"] == {"Poiname": "", "Label": ""}
    assert read(xml(Content="", MsgId="1"), NOW).text == ""


def test_repeated_and_decorated_tags_give_their_first_words():
    push = read(b"<xml><ToUserName>g</ToUserName><FromUserName>o</FromUserName><MsgType>text</MsgType>"
                b"<Content/><Content>a</Content><Content x='1'>b</Content></xml>", NOW)
    assert push.text == "a"
    push = read(xml() .replace(b"</xml>", b"<Content x='1'>b</Content></xml>"), NOW)
    assert push.text == "b"


@pytest.mark.parametrize("at", ["", "0", "-5", "abc", "99999999999999999999", "32503680000", "1.5", "１２"])
def test_a_time_that_is_nonsense_is_the_time_of_arrival(at):
    """wechatpy raises OSError or ValueError for some of these."""
    assert read(xml(at=at), NOW).created_at == NOW


def test_a_repeat_has_the_same_key_and_no_decoy_has():
    """All events have id 0 in wechatpy: by that, the second event of any kind would be dropped."""
    first = event("CLICK", EventKey="repair")
    decoys = [
        event("CLICK", EventKey="progress"),                      # another button in the same second
        event("VIEW", EventKey="repair"),                         # another event with the same key
        xml("event", "oB2", Event="CLICK", EventKey="repair"),    # another person
        xml("event", at=AT + 1, Event="CLICK", EventKey="repair"),  # a second later
    ]
    assert read(first, NOW).dedupe_key == read(first, datetime.now(UTC)).dedupe_key
    keys = [read(each, NOW).dedupe_key for each in (first, *decoys)]
    assert len(set(keys)) == len(keys)
    assert all(len(key) <= 64 for key in keys)


def test_two_reports_in_one_second_are_two():
    for name, one, two in (
        ("TEMPLATESENDJOBFINISH", {"MsgID": "1"}, {"MsgID": "2"}),
        ("user_authorization_revoke", {"OpenID": "o1"}, {"OpenID": "o2"}),
        ("subscribe_msg_sent_event", {"SubscribeMsgSentEvent": "<List><MsgID>1</MsgID></List>"},
         {"SubscribeMsgSentEvent": "<List><MsgID>2</MsgID></List>"}),
    ):
        assert read(event(name, **one), NOW).dedupe_key != read(event(name, **two), NOW).dedupe_key


def test_a_message_is_known_by_its_number_alone():
    assert {read(xml(MsgId="77", Content=words), NOW).dedupe_key for words in "ab"} == {"m:77"}


@pytest.mark.parametrize("number", ["", "0", "abc", "9" * 200, "７"])
def test_a_message_without_a_number_is_known_by_sender_second_and_words(number):
    one, two = (read(xml(MsgId=number, Content=words), NOW).dedupe_key for words in "ab")
    assert one.startswith("e:")
    assert one != two


@pytest.mark.parametrize("letter", ["\x00", "\x02", "\x08", "\x10", "\x1d", "\ufffe", "\uffff"])
def test_control_characters_in_a_persons_words_do_not_lose_the_message(letter):
    assert read(xml(Content=f"<![CDATA[漏{letter}水]]>"), NOW).text == "漏水"


@pytest.mark.parametrize("reference", ["&#2;", "&#x2;", "&#0;", "&#xFFFF;", "&#xD800;", "&#1114112;", "&#x0000001d;"])
def test_references_to_illegal_characters_do_not_lose_the_message(reference):
    assert read(xml(Content=f"漏{reference}水&#20320;"), NOW).text == "漏水你"


def test_a_reference_typed_by_a_person_stays_as_typed():
    assert read(xml(Content="<![CDATA[a&#2;b &amp; <b>]]>"), NOW).text == "a&#2;b &amp; <b>"


@pytest.mark.parametrize("name, raw", {
    "BOM": b"\xef\xbb\xbf" + xml(Content="厨房漏水"),
    "GBK": xml(Content="厨房漏水").decode().encode("gbk"),
    "GBK declared": b'<?xml version="1.0" encoding="GBK"?>' + xml(Content="厨房漏水").decode().encode("gbk"),
    "GBK declared, UTF-8 sent": b'<?xml version="1.0" encoding="GBK"?>' + xml(Content="厨房漏水"),
    "UTF-16": xml(Content="厨房漏水").decode().encode("utf-16"),
    "blank lines before": b"\r\n \n" + b'<?xml version="1.0"?>' + xml(Content="厨房漏水"),
}.items())
def test_odd_encodings_are_read(name, raw):
    """漏水 alone would be undecidable: its GBK bytes are good UTF-8 for other letters."""
    assert read(raw, NOW).text == "厨房漏水", name


def test_an_event_without_a_name_is_kept_as_unknown_and_says_nothing():
    push = read(xml("event", Content="hi"), NOW)
    assert (push.kind, push.event, push.text, push.fields["Content"]) == ("unknown", "", "", "hi")


def test_one_broken_letter_costs_one_letter():
    raw = xml(Content="厨房水槽下面漏水").replace("槽".encode(), "槽".encode()[:2])
    assert read(raw, NOW).text == "厨房水\ufffd下面漏水"


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)) + "]>"
HOSTILE = {
    "nothing": b"", "blank": b"   ", "no xml": b"hello", "json": b'{"a": 1}', "html": b"<html><body>x</body></html>",
    "bare": b"<xml/>", "closed": b"<xml></xml>", "text only": b"<xml>hi</xml>",
    "cut": xml()[:-9], "twice": xml() + xml(),
    "nul": b"\x00" * 100, "no sender": b"<xml><ToUserName>g</ToUserName><MsgType>text</MsgType></xml>",
    "no type": xml().replace(b"MsgType", b"MsgTipe"), "empty type": xml(""), "blank sender": xml(who="  "),
    "long sender": xml(who="o" * 65), "sender with blank": xml(who="a b"), "two senders": xml(FromUserName="oB2"),
    "two types": xml(MsgType="event"), "event with empty name": event(""),
    "type within": xml().replace(b"<![CDATA[text]]>", b"<b>text</b>"),
    "bomb": BOMB.encode() + xml(Content="&j;"),
    "internal entity": b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml(Content="&a;"),
    "external entity": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + xml(Content="&a;"),
    "parameter entity": b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:1/x"> %a;]>' + xml(),
    "bare ampersand": xml(Content="a & b"), "unknown entity": xml(Content="&nbsp;"),
    "open CDATA": xml(Content="<![CDATA[x"),
    "deep": b"<xml>" + b"<a>" * 13 + b"</a>" * 13 + xml()[5:],
    "very deep": b"<xml>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</xml>",
    "open CDATAs": b"<xml>" + b"<![CDATA[" * 100_000, "open comments": b"<xml>" + b"<!--" * 200_000,
    "siblings": b"<xml>" + b"<a/>" * 200_000 + b"</xml>", "many opens": b"<" * 1_000_000,
    "quadratic": b"<!DOCTYPE x [<!ENTITY a '" + b"a" * 100_000 + b"'>]><xml>" + b"&a;" * 100_000 + b"</xml>",
}


HONEST = xml(Content="长" * 150_000)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_push_is_unreadable_at_the_price_of_a_few_long_letters(name, long_letter):
    started = time.thread_time()
    with pytest.raises(Unreadable):
        read(HOSTILE[name], NOW)
    assert time.thread_time() - started < 20 * long_letter, "an honest one of half a megabyte costs that much each"


@pytest.fixture(scope="module")
def long_letter() -> float:
    """What this machine needs for an honest push of half a megabyte, right now."""

    def once() -> float:
        started = time.thread_time()
        assert len(read(HONEST, NOW).text) == 150_000
        return time.thread_time() - started

    return min(once() for _ in range(3))


def test_a_text_of_two_thousand_angle_brackets_is_a_text():
    words = "<" * 5000 + "<!--" + "</a>" * 300
    assert read(xml(Content=f"<![CDATA[{words}]]>"), NOW).text == words


def test_a_document_type_that_points_outside_is_not_fetched():
    assert read(b'<!DOCTYPE xml SYSTEM "http://127.0.0.1:1/x.dtd">' + xml(Content="hi"), NOW).text == "hi"


@given(st.binary(max_size=400))
def test_any_bytes_are_a_push_or_unreadable(raw):
    for body in (raw, b"<xml>" + raw + b"</xml>", xml(Content="@").replace(b"@", raw)):
        try:
            push = read(body, NOW)
        except Unreadable:
            continue
        assert push.openid
        json.dumps(push.fields).encode()
        push.text.encode()


@given(legal_texts)
def test_any_words_arrive_as_they_were_said(words):
    """Blanks around are dropped, as wechatpy does."""
    said = words.replace("]]>", "]]]]><![CDATA[>")
    assert read(xml(Content=f"<![CDATA[{said}]]>"), NOW).text == words.strip().replace("\r\n", "\n").replace("\r", "\n")


@given(st.sampled_from(sorted(MESSAGES)), legal_texts)
def test_what_we_read_is_what_wechatpy_reads(kind, label):
    body = xml(kind, MsgId="7", **MESSAGES[kind] | {"Label": f"<![CDATA[{label.replace(']]>', '')}]]>"})
    push, message = read(body, NOW), wechatpy.parse_message(body)
    assert (push.openid, push.to, int(push.msg_id)) == (message.source, message.target, message.id)
    assert push.created_at == message.create_time
    assert {name: value or "" for name, value in message._data.items()} == push.fields
