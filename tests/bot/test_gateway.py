"""What WeChat did with a call decides what we do next, and nothing secret is told to anybody."""

import json
import traceback

import pytest

from bot.calls import Patience
from bot.errors import GatewayError, MassSpent, Misconfigured, NoConsent, Refused, Throttled, WindowClosed
from bot.gateway import MEDIA_BYTES, Article
from bot.parcels import Qr
from bot.wechat import Gateway, Media, Sent
from tests.fakes_wechat import OK, SEND_PATH, TOKEN_PATH, Platform, Reply, refusal

QUICK = Patience(connect=0.5, read=0.4, total=1.0)
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8


@pytest.fixture
def platform():
    with Platform() as platform:
        yield platform


@pytest.fixture
def gateway(platform, make_settings):
    return Gateway(make_settings(wechat_api_base=platform.base), None, QUICK)


def test_a_text_goes_out_as_utf8_without_escapes(gateway, platform):
    """The platform refuses \\uXXXX (40033)."""
    assert gateway.send_text("oA1", '漏水"修好\n了🙂') == Sent(None)
    call = platform.of(SEND_PATH)[0]
    assert call.json == {"touser": "oA1", "msgtype": "text", "text": {"content": '漏水"修好\n了🙂'}}
    assert "漏水".encode() in call.body
    assert b"\\u" not in call.body
    assert call.query == {"access_token": platform.live}


def test_a_lone_surrogate_does_not_stop_a_send(gateway, platform):
    gateway.send_text("oA1", "漏\ud800水")
    assert platform.of(SEND_PATH)[0].json["text"]["content"] == "漏?水"


def test_a_menu_and_an_image_go_out_in_the_platforms_shape(gateway, platform):
    gateway.send_menu("oA1", "满意吗?", [("s5", "满意"), ("s1", "不满意")], "回数字也行")
    gateway.send_image("oA1", "m1")
    menu, image = (call.json for call in platform.of(SEND_PATH))
    assert menu["msgmenu"] == {
        "head_content": "满意吗?",
        "list": [{"id": "s5", "content": "满意"}, {"id": "s1", "content": "不满意"}],
        "tail_content": "回数字也行",
    }
    assert image == {"touser": "oA1", "msgtype": "image", "image": {"media_id": "m1"}}


def test_a_card_is_one_article_with_its_picture(gateway, platform):
    gateway.send_news("oA1", Article("暖居·简白", "每㎡大约999元", "https://n.example/a", "https://n.example/a.jpg"))
    card = {
        "title": "暖居·简白",
        "description": "每㎡大约999元",
        "url": "https://n.example/a",
        "picurl": "https://n.example/a.jpg",
    }
    assert platform.of(SEND_PATH)[0].json == {"touser": "oA1", "msgtype": "news", "news": {"articles": [card]}}


def test_a_notice_carries_values_and_its_number_comes_back(gateway, platform):
    platform.script("/cgi-bin/message/template/send", OK | {"msgid": 200163836})
    data = {"thing1": "上门", "time2": {"value": "14:00"}, "number3": 8}
    assert gateway.send_template("oA1", "T1", data, "http://p/1", "k1") == Sent("200163836")
    assert platform.calls[-1].json == {
        "touser": "oA1",
        "template_id": "T1",
        "url": "http://p/1",
        "client_msg_id": "k1",
        "data": {"thing1": {"value": "上门"}, "time2": {"value": "14:00"}, "number3": {"value": "8"}},
    }


def test_an_image_is_uploaded_under_the_name_media(gateway, platform):
    platform.script("/cgi-bin/media/upload", {"type": "image", "media_id": "m9"})
    assert gateway.upload_image(JPEG, "image/jpeg") == "m9"
    call = platform.calls[-1]
    assert call.query["type"] == "image"
    assert b'name="media"; filename="image.jpg"' in call.body
    assert JPEG in call.body
    boundary = call.headers["Content-Type"].partition("boundary=")[2].encode()
    assert call.body.startswith(b"--" + boundary) and call.body.endswith(b"--" + boundary + b"--\r\n")


def test_a_retried_upload_sends_all_bytes_again(gateway, platform):
    """wechatpy sends the consumed file: 1000 bytes, then none."""
    gateway.send_text("oA1", "warm")
    platform.revoke()
    platform.script("/cgi-bin/media/upload", {"media_id": "m9"})
    assert gateway.upload_image(JPEG, "image/png") == "m9"
    assert [JPEG in call.body for call in platform.of("/cgi-bin/media/upload")] == [True, True]


@pytest.mark.parametrize("image, kind", [(JPEG, "text/html"), (JPEG, ""), (bytes((10 << 20) + 1), "image/jpeg")])
def test_what_is_no_image_is_refused_before_it_is_sent(gateway, platform, image, kind):
    with pytest.raises(Refused):
        gateway.upload_image(image, kind)
    assert not platform.calls


def test_media_come_with_what_the_platform_says_they_are(gateway, platform):
    headers = {"Content-Type": "image/jpeg; x=1", "Content-Disposition": 'attachment; filename="../../x/kitchen.jpg"'}
    platform.script("/cgi-bin/media/get", Reply(JPEG, headers=headers))
    assert gateway.fetch_media("m 1/&") == Media(JPEG, "image/jpeg", "kitchen.jpg")
    assert platform.calls[-1].query["media_id"] == "m 1/&"


def test_a_video_is_fetched_from_the_address_that_comes_instead_without_the_token(gateway, platform):
    platform.script(
        "/cgi-bin/media/get",
        Reply(json.dumps({"video_url": f"{platform.base}/v/1?a=b"}).encode(), headers={"Content-Type": "text/plain"}),
    )
    platform.script("/v/1", Reply(b"\x00\x00\x00 ftyp", headers={"Content-Type": "video/mp4"}))
    assert gateway.fetch_media("m1") == Media(b"\x00\x00\x00 ftyp", "video/mp4", "")
    assert platform.calls[-1].query == {"a": "b"}


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://x/y", "nonsense"])
def test_a_video_address_of_another_kind_is_refused(gateway, platform, address):
    platform.script("/cgi-bin/media/get", {"video_url": address})
    with pytest.raises(Refused):
        gateway.fetch_media("m1")


def test_expired_media_are_refused(gateway, platform):
    platform.script(
        "/cgi-bin/media/get",
        Reply(json.dumps(refusal(40007, "invalid media_id")).encode(), headers={"Content-Type": "text/plain"}),
    )
    with pytest.raises(Refused) as told:
        gateway.fetch_media("m1")
    assert told.value.code == 40007


def test_media_without_end_are_not_taken(gateway, platform):
    platform.script("/cgi-bin/media/get", Reply(bytes(MEDIA_BYTES + 1), headers={"Content-Type": "image/jpeg"}))
    with pytest.raises(Refused) as told:
        gateway.fetch_media("m1")
    assert told.value.code == 45001


def test_many_are_named_one_by_one_or_by_their_tag_under_one_key(gateway, platform):
    answers = {
        "send": {"errcode": 0, "msg_id": 7},
        "sendall": {"errcode": 45065, "errmsg": "clientmsgid exist", "msg_id": 7},
    }
    for name, answer in answers.items():
        platform.script(f"/cgi-bin/message/mass/{name}", answer)
    assert gateway.send_mass(["oA1", "oA2"], "周六见", "k1") == gateway.send_to_tag(103, "周六见", "k1") == Sent("7")
    same = {"msgtype": "text", "text": {"content": "周六见"}, "clientmsgid": "k1"}
    assert platform.of("/cgi-bin/message/mass/send")[0].json == {"touser": ["oA1", "oA2"], **same}
    whom = {"is_to_all": False, "tag_id": 103}
    assert platform.of("/cgi-bin/message/mass/sendall")[0].json == {"filter": whom, **same}


@pytest.mark.parametrize(("told", "found"), [({"count": 1, "data": {"openid": ["oA1"]}}, ["oA1"]), ({"count": 0}, [])])
def test_who_has_a_tag_is_asked(gateway, platform, told, found):
    platform.script("/cgi-bin/user/tag/get", told)
    assert gateway.tagged(103) == found
    assert platform.of("/cgi-bin/user/tag/get")[0].json["tagid"] == 103


def test_menu_code_and_follower_are_asked_as_the_platform_wants(gateway, platform):
    gateway.create_menu({"button": [{"type": "click", "name": "报修", "key": "repair"}]})
    assert platform.of("/cgi-bin/menu/create")[0].json["button"][0]["name"] == "报修"
    platform.always("/cgi-bin/qrcode/create", {"ticket": "T", "url": "http://weixin.qq.com/q/1"})
    made = Qr("http://weixin.qq.com/q/1", "T")
    assert gateway.create_qr("door-3") == gateway.create_qr("door-3", 60) == made
    for_ever, for_a_minute = (call.json for call in platform.of("/cgi-bin/qrcode/create"))
    assert for_ever == {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "door-3"}}}
    assert for_a_minute == for_ever | {"action_name": "QR_STR_SCENE", "expire_seconds": 60}
    platform.script("/cgi-bin/user/info", {"subscribe": 1, "openid": "oA1"})
    assert gateway.user("oA1") == {"subscribe": 1, "openid": "oA1"}


@pytest.mark.parametrize("scene, seconds", [("", 60), ("x" * 65, 60), ("x", 0), ("x", 30 * 86400 + 1)])
def test_a_code_that_the_platform_would_not_make_is_not_asked_for(gateway, scene, seconds):
    with pytest.raises(ValueError, match="scene"):
        gateway.create_qr(scene, seconds)


REACTIONS = {
    NoConsent: [43101],
    MassSpent: [45028],
    Refused: [
        40003,
        43004,
        43019,
        46004,
        48002,
        50005,
        40007,
        44004,
        45002,
        45007,
        45008,
        40033,
        40037,
        47003,
        70000,
        40200,
        45065,
        99999,
    ],
    Throttled: [-1, 45009, 45011, 45066, 43116, 43117, 43118],
    WindowClosed: [45015, 45047],
    Misconfigured: [
        40013,
        40125,
        41004,
        40243,
        50007,
        40164,
        61004,
        89503,
        89506,
        89507,
        48001,
        48004,
        48006,
        48008,
        50002,
    ],
}


@pytest.mark.parametrize("kind, code", [(kind, code) for kind, codes in REACTIONS.items() for code in codes])
def test_every_code_says_what_to_do_next(gateway, platform, kind, code):
    platform.script(SEND_PATH, refusal(code, "some words"))
    with pytest.raises(GatewayError) as told:
        gateway.send_text("oA1", "漏水")
    assert (type(told.value), told.value.code) == (kind, code)
    assert (told.value.message, told.value.rid) == ("some words", "abc-123-def")
    assert len(platform.of(SEND_PATH)) == 1  # never repeated by us


def told_by(error):
    """Everything an error tracker would find: the chain of exceptions, their words and their attributes."""
    seen, words = [], []
    todo = [error]
    while todo:
        each = todo.pop()
        if each is None or each in seen:
            continue
        seen.append(each)
        words += [str(each), repr(each), repr(each.args), repr(vars(each))]
        words += traceback.format_exception(each)
        todo += [each.__cause__, each.__context__]
    return seen, "\n".join(words)


FAILURES = {
    "refused": refusal(45002),
    "token words": "ECHO",
    "silence": Reply(b"{}", after=0.8),
    "cut": Reply(cut="unanswered"),
    "no json": Reply(b"oops"),
    "status": Reply(b"", 404),
    "huge": Reply(bytes(2 << 20)),
    "redirect": Reply(b"", 302),
}


@pytest.mark.parametrize("path", [SEND_PATH, TOKEN_PATH])
@pytest.mark.parametrize("name", FAILURES)
def test_no_secret_is_in_an_error_or_what_caused_it(platform, make_settings, caplog, path, name):
    settings = make_settings(wechat_api_base=platform.base)
    gateway = Gateway(settings, None, QUICK)
    gateway.ping()  # mints the token
    echo = refusal(45002, f"{platform.live} {settings.wechat_app_secret}" if path == TOKEN_PATH else platform.live)
    platform.script(path, echo if FAILURES[name] == "ECHO" else FAILURES[name])
    private = "厨房漏水，13800138000"
    with caplog.at_level("DEBUG"), pytest.raises(GatewayError) as told:
        gateway.send_text("oA1", private)
    chain, words = told_by(told.value)
    assert len(chain) == 1  # raised outside of the handler: there is nothing behind it
    secrets = [settings.wechat_app_secret, private, f"access_token={platform.live[:5]}"]
    secrets += [platform.live] if path == SEND_PATH else []
    for secret in secrets:
        assert secret not in words
        assert secret not in caplog.text


def test_ping_names_what_is_wrong(gateway, platform):
    gateway.ping()
    platform.script(TOKEN_PATH, refusal(40164, "invalid ip 1.2.3.4, not in whitelist"))
    with pytest.raises(Misconfigured) as told:
        gateway.ping()
    assert "1.2.3.4" in told.value.message
