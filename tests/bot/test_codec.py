"""Only WeChat gets in, and what we seal WeChat opens. wechatpy is the oracle, the platform's vectors the law."""

import base64
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCipher, WeChatCrypto
from wechatpy.utils import WeChatSigner

from bot.errors import Forged, Misconfigured, Unreadable
from bot.wechat import Codec, Opened

TOKEN, APP_ID, KEY = "AAAAA", "wxba5fad812f8e6fb9", "A" * 43
OLD_KEY = "B" * 42 + "A"
NOW = datetime.fromtimestamp(1714112445, UTC)
GOLDEN = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT"
    "740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8Y"
    "L/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
GOLDEN_ARGS = {
    "timestamp": "1714112445", "nonce": "415670741", "encrypt_type": "aes",
    "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
}


def settings(**changes):
    fields = {
        "wechat_mode": "secure", "wechat_token": TOKEN, "wechat_app_id": APP_ID, "wechat_encoding_aes_key": KEY,
        "wechat_encoding_aes_key_previous": "",
    }
    return SimpleNamespace(**fields | changes)


def envelope(encrypt, plaintext=""):
    halves = f"<ToUserName><![CDATA[gh_1]]></ToUserName>{plaintext}<Encrypt><![CDATA[{encrypt}]]></Encrypt>"
    return f"<xml>{halves}</xml>".encode()


def secure_args(encrypt, stamp=1714112445):
    """A query that signs `encrypt` as the platform does."""
    signature = signed(TOKEN, str(stamp), "n", encrypt)
    return {"timestamp": str(stamp), "nonce": "n", "encrypt_type": "aes", "msg_signature": signature}


def signed(*parts):
    signer = WeChatSigner()
    signer.add_data(*parts)
    return signer.signature


def plain_args(timestamp, nonce="n1", token=TOKEN, **more):
    stamp = str(timestamp)
    return {"timestamp": stamp, "nonce": nonce, "signature": signed(token, stamp, nonce), **more}


def sealed_push(xml="<xml>你好</xml>", *, key=KEY, app_id=APP_ID, at=NOW, plaintext=""):
    """What WeChat would post: made by wechatpy alone."""
    stamp, nonce = str(int(at.timestamp())), "nonce1"
    crypto = WeChatCrypto(TOKEN, key, app_id)
    body = crypto.encrypt_message(xml, nonce, stamp)
    encrypt = body.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    args = {"timestamp": stamp, "nonce": nonce, "encrypt_type": "aes",
            "msg_signature": signed(TOKEN, stamp, nonce, encrypt), "signature": signed(TOKEN, stamp, nonce)}
    return args, envelope(encrypt, plaintext)


def raw_push(plain: bytes):
    """A rightly signed push around any plaintext block whatever, for frames that wechatpy would never make."""
    cipher = WeChatCipher(WeChatCrypto(TOKEN, KEY, APP_ID).key)
    encrypt = base64.b64encode(cipher.encrypt(plain)).decode()
    return secure_args(encrypt), envelope(encrypt)


def framed(xml: bytes, *, app_id=b"wxba5fad812f8e6fb9", length=None, padding=None):
    content = b"r" * 16 + (len(xml) if length is None else length).to_bytes(4, "big") + xml + app_id
    count = 32 - len(content) % 32
    return content + (bytes([count]) * count if padding is None else padding(count))


def test_the_platforms_own_get_check_is_answered_and_may_be_asked_again():
    args = {"signature": "f464b24fc39322e44b38aa78f5edd27bd1441696", "timestamp": "1714036504",
            "nonce": "1514711492", "echostr": "4375120948345356249"}
    codec = Codec(settings())
    assert codec.check(args) == codec.check(args) == "4375120948345356249"


@pytest.mark.parametrize("name", ["signature", "timestamp", "nonce", "echostr"])
@pytest.mark.parametrize("change", ["", "x", "é中", None])
def test_a_get_check_with_anything_changed_is_forged(name, change):
    args = {"signature": "f464b24fc39322e44b38aa78f5edd27bd1441696", "timestamp": "1714036504",
            "nonce": "1514711492", "echostr": "4375120948345356249"}
    args[name] = change
    if change is None:
        del args[name]
    if name == "echostr" and change:
        assert Codec(settings()).check(args) == change  # the platform does not sign it
    else:
        with pytest.raises(Forged):
            Codec(settings()).check(args)


def test_the_platforms_own_plain_push_is_opened():
    args = {"signature": "899cf89e464efb63f54ddac96b0a0a235f53aa78", "timestamp": "1714037059", "nonce": "486452656"}
    opened = Codec(settings(wechat_mode="plain")).open(args, b"<xml/>", datetime.fromtimestamp(1714037059, UTC))
    assert opened == Opened(xml=b"<xml/>", encrypted=False, key="", nonce="486452656")


def test_the_platforms_own_encrypted_push_is_opened_exactly_as_wechatpy_opens_it():
    opened = Codec(settings()).open(GOLDEN_ARGS, envelope(GOLDEN), NOW)
    oracle = WeChatCrypto(TOKEN, KEY, APP_ID).decrypt_message(
        envelope(GOLDEN), GOLDEN_ARGS["msg_signature"], "1714112445", "415670741")
    assert opened.xml.decode() == oracle
    assert b'"debug_str":"hello world"' in opened.xml
    assert opened.encrypted


def test_the_platforms_own_encrypted_reply_has_the_shape_that_we_open():
    encrypt = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    args = {"timestamp": "1713424427", "nonce": "415670741", "encrypt_type": "aes",
            "msg_signature": "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"}
    opened = Codec(settings()).open(args, envelope(encrypt), datetime.fromtimestamp(1713424427, UTC))
    assert opened.xml == b'{"demo_resp":"good luck"}'


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_whatever_we_seal_wechatpy_opens(text):
    codec = Codec(settings())
    opened = codec.open(*sealed_push(), NOW)
    sealed = codec.seal(text, opened, NOW).decode()
    signature = sealed.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    stamp = sealed.split("<TimeStamp>")[1].split("<")[0]
    assert WeChatCrypto(TOKEN, KEY, APP_ID).decrypt_message(sealed, signature, stamp, opened.nonce) == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_wechatpy_seals_we_open(text):
    assert Codec(settings()).open(*sealed_push(text), NOW).xml.decode() == text


def test_nothing_to_say_is_success_in_the_clear():
    codec = Codec(settings())
    assert codec.seal("", codec.open(*sealed_push(), NOW), NOW) == b"success"


def test_a_plain_push_is_answered_in_plain():
    opened = Codec(settings(wechat_mode="plain")).open(plain_args(1714112445), b"<xml/>", NOW)
    assert Codec(settings(wechat_mode="plain")).seal("<xml>嗯</xml>", opened, NOW) == "<xml>嗯</xml>".encode()


def test_two_seals_of_one_text_differ():
    codec = Codec(settings())
    opened = codec.open(*sealed_push(), NOW)
    assert codec.seal("<xml/>", opened, NOW) != codec.seal("<xml/>", opened, NOW)


def test_after_a_key_change_the_old_key_still_opens_and_seals_the_answer():
    codec = Codec(settings(wechat_encoding_aes_key_previous=OLD_KEY))
    opened = codec.open(*sealed_push("<xml>old</xml>", key=OLD_KEY), NOW)
    assert opened.xml == b"<xml>old</xml>"
    sealed = codec.seal("<xml>reply</xml>", opened, NOW).decode()
    signature = sealed.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    oracle = WeChatCrypto(TOKEN, OLD_KEY, APP_ID)
    assert oracle.decrypt_message(sealed, signature, str(int(NOW.timestamp())), opened.nonce) == "<xml>reply</xml>"


def test_a_signed_push_that_no_key_opens_is_kept_not_refused():
    with pytest.raises(Unreadable):
        Codec(settings()).open(*sealed_push(key=OLD_KEY), NOW)


@pytest.mark.parametrize("seconds, fresh", [(-301, False), (-300, True), (0, True), (300, True), (301, False)])
def test_a_push_older_or_newer_than_five_minutes_is_forged(seconds, fresh):
    at = datetime.fromtimestamp(NOW.timestamp() + seconds, UTC)
    if fresh:
        assert Codec(settings()).open(*sealed_push(at=at), NOW)
    else:
        with pytest.raises(Forged):
            Codec(settings()).open(*sealed_push(at=at), NOW)


@pytest.mark.parametrize("stamp", ["", "-1", "1e9", "١٧", "9" * 40, "1714112445.0"])
def test_a_rightly_signed_timestamp_that_is_no_number_is_forged(stamp):
    with pytest.raises(Forged):
        Codec(settings(wechat_mode="plain")).open(plain_args(stamp), b"<xml/>", NOW)


def test_another_accounts_push_is_forged_although_token_and_key_fit():
    with pytest.raises(Forged):
        Codec(settings()).open(*sealed_push(app_id="wx0000000000000000"), NOW)


@pytest.mark.parametrize("app_id", [b"", b"wxba5fad812f8e6fb", b"wxba5fad812f8e6fb9x", b"\xff\xfe"])
def test_a_neighbouring_app_id_is_forged(app_id):
    with pytest.raises(Forged):
        Codec(settings()).open(*raw_push(framed(b"<xml/>", app_id=app_id)), NOW)


@pytest.mark.parametrize("size", range(1, 40))
def test_every_padding_from_1_to_32_is_taken(size):
    """A decoder for 16-byte blocks refuses half of these."""
    xml = b"x" * size
    assert Codec(settings()).open(*raw_push(framed(xml)), NOW).xml == xml


@pytest.mark.parametrize("plain", [
    b"", b"\x00" * 32, b"\x21" * 64, b"\x20" * 32, b"\x01" * 16,
    framed(b"x", length=99999), framed(b"x", length=2**32 - 1),
    framed(b"x", padding=lambda n: b"\x00" * (n - 1) + bytes([n])), framed(b"x", padding=lambda n: b"\x00" * n),
])
def test_a_frame_that_does_not_add_up_is_unreadable_and_nothing_worse(plain):
    with pytest.raises((Unreadable, Forged)):
        Codec(settings()).open(*raw_push(plain), NOW)


@pytest.mark.parametrize("encrypt", ["A", "AAAA", "====", "A" * 31, "QUJD" * 7])
def test_a_signed_cipher_that_is_no_cipher_is_unreadable(encrypt):
    with pytest.raises(Unreadable):
        Codec(settings()).open(secure_args(encrypt), envelope(encrypt), NOW)


@pytest.mark.parametrize("mode", ["secure", "compatible"])
def test_a_plain_push_is_refused_where_encryption_was_agreed(mode):
    """The three-part signature does not cover the body: one leaked query string would forge any message."""
    codec = Codec(settings(wechat_mode=mode))
    for more in ({}, {"encrypt_type": "raw"}, {"encrypt_type": "aes"}):
        with pytest.raises(Forged):
            codec.open(plain_args(1714112445, **more), b"<xml><Content>hi</Content></xml>", NOW)


def test_compatible_mode_reads_the_encrypted_half_and_ignores_the_other():
    args, body = sealed_push("<xml>true</xml>", plaintext="<Content>a lie</Content>")
    assert Codec(settings(wechat_mode="compatible")).open(args, body, NOW).xml == b"<xml>true</xml>"


def test_compatible_mode_is_not_fooled_by_the_tag_in_a_persons_words():
    words = "<Content><![CDATA[<Encrypt>QUJD</Encrypt>]]></Content>"
    args, body = sealed_push("<xml>true</xml>", plaintext=words)
    assert Codec(settings(wechat_mode="compatible")).open(args, body, NOW).xml == b"<xml>true</xml>"


def test_compatible_mode_does_not_take_the_short_signature_for_the_long_one():
    args, body = sealed_push()
    args["msg_signature"] = args["signature"]
    with pytest.raises(Forged):
        Codec(settings(wechat_mode="compatible")).open(args, body, NOW)


def test_plain_mode_takes_only_plain():
    with pytest.raises(Forged):
        Codec(settings(wechat_mode="plain")).open(*sealed_push(), NOW)


@pytest.mark.parametrize("name", ["timestamp", "nonce", "msg_signature"])
def test_a_secure_push_with_anything_missing_or_changed_is_forged(name):
    args, body = sealed_push()
    for changed in ({**args, name: args[name][:-1] + "0x"}, {k: v for k, v in args.items() if k != name}, {}):
        with pytest.raises(Forged):
            Codec(settings()).open(changed, body, NOW)


def test_a_changed_cipher_is_forged():
    args, body = sealed_push()
    with pytest.raises(Forged):
        Codec(settings()).open(args, body.replace(b"A", b"B"), NOW)


def test_a_nonce_cannot_break_out_of_the_reply():
    with pytest.raises(Forged):
        Codec(settings(wechat_mode="plain")).open(plain_args(1714112445, nonce="]]></Nonce>"), b"<xml/>", NOW)


@pytest.mark.parametrize("changes", [
    {"wechat_token": ""}, {"wechat_app_id": ""}, {"wechat_encoding_aes_key": ""}, {"wechat_encoding_aes_key": "short"},
    {"wechat_encoding_aes_key": "é" * 43}, {"wechat_encoding_aes_key_previous": "A" * 44},
])
def test_a_codec_that_would_let_strangers_in_is_never_built(changes):
    with pytest.raises(Misconfigured):
        Codec(settings(**changes))


def test_plain_mode_needs_no_key():
    assert Codec(settings(wechat_mode="plain", wechat_encoding_aes_key=""))


@given(st.dictionaries(st.sampled_from(["signature", "timestamp", "nonce", "msg_signature", "encrypt_type", "echostr"]),
                       st.text()), st.binary())
def test_noise_is_forged_and_nothing_else(args, body):
    for mode in ("secure", "compatible", "plain"):
        codec = Codec(settings(wechat_mode=mode))
        with pytest.raises(Forged):
            codec.open(args, body, NOW)
        with pytest.raises(Forged):
            codec.check(args)
