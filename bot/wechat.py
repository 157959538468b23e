"""The one door to the platform: reading its pushes, replying to them, and the gateway that calls it.

The rule of this module: it is the only one that imports wechatpy, and none of wechatpy's habits gets past it. wechatpy
parses, signs, enciphers and renders; what it leaves open is closed here: signatures are compared in constant time and
have an age, an empty token is refused, any odd body ends as Forged or Unreadable instead of one of a dozen exceptions,
the fields it rewrites are put back, and a reply cannot break out of its CDATA.
Signatures, padding and modes follow the platform's pages on message encryption and on passive replies.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.parsers.expat import ExpatError

from wechatpy import parse_message
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.replies import TextReply
from wechatpy.utils import WeChatSigner

from bot.errors import Forged, Misconfigured, Unreadable
from bot.gateway import Gateway, Media, Sent
from bot.parcels import Qr
from bot.push import Push, legal, legal_xml, push_of, without_illegal_references

__all__ = ["Codec", "Gateway", "Media", "Opened", "Push", "Qr", "Sent", "cut", "read", "text_reply"]

FRESH_SECONDS = 300  # the platform re-sends for 15 seconds; the rest is for clocks that disagree
REPLY_BYTES = 2048  # the platform's older wording for passive texts; today's page names no number
SUCCESS = b"success"

_ENCRYPT = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)(?:\]\]>)?\s*</Encrypt>")
_ENCRYPT_TRIES = 4  # in compatible mode a person's words may contain such a tag; the signature tells which one is real
_NONCE = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_BREAKS = (("\n",), ("。", "！", "？", "；", ". ", "! ", "? "), ("，", "、", " ", "\u3000"))
#: Joiner, keycap, variation selectors, accents, skin tones: parts of the sign before them.
_CLINGING = frozenset("\u200d\u20e3") | {
    chr(code)
    for first, last in ((0xFE00, 0xFE0F), (0x300, 0x36F), (0x1F3FB, 0x1F3FF))
    for code in range(first, last + 1)
}
_BLOCK = 32  # PKCS#7 with 32-byte blocks, although AES has 16


@dataclass(frozen=True, slots=True)
class Opened:
    """A push whose origin is proven: its XML, and what is needed to answer in the same way."""

    xml: bytes
    encrypted: bool
    key: str
    nonce: str


class _Crypto(PrpCrypto):
    """wechatpy's cipher with a head of unguessable bytes (its own come from a predictable generator)."""

    def get_random_string(self) -> str:
        return secrets.token_hex(8)


class Codec:
    """Proves that a push is the platform's, opens it, and seals the answer. Holds no state between pushes."""

    def __init__(self, settings: Any) -> None:
        """Refuse (Misconfigured) what would let strangers in: an empty token or app id, a key of another length."""
        self._mode = settings.wechat_mode
        self._token = settings.wechat_token
        self._app_id = settings.wechat_app_id
        if not self._token or not self._app_id:
            raise Misconfigured(message="WECHAT_TOKEN and WECHAT_APP_ID must not be empty")
        keys = (settings.wechat_encoding_aes_key, settings.wechat_encoding_aes_key_previous)
        self._ciphers = {key: self._cipher(key) for key in keys if key}
        if self._mode != "plain" and not keys[0]:
            raise Misconfigured(message="WECHAT_ENCODING_AES_KEY must not be empty in this WECHAT_MODE")

    def check(self, args: Mapping[str, str]) -> str:
        """The echostr that proves to the platform that this address is ours; Forged for anybody else.

        May be asked any number of times. Its `echostr` is not covered by the signature.
        """
        echo = args.get("echostr", "")
        if not echo or len(echo) > 1024:
            raise Forged(message="no usable echostr")
        self._prove(args.get("signature", ""), args)
        return echo

    def open(self, args: Mapping[str, str], body: bytes, now: datetime) -> Opened:
        """The XML of a push that WeChat sent within five minutes of `now`.

        Forged: a wrong or missing signature, a stale timestamp, another account's app id, a plain push where
        encryption was agreed (its signature would not cover the body), or an encrypted one where it was not.
        Unreadable: signed rightly, but no key of ours opens it.
        """
        encrypted = args.get("encrypt_type", "raw") == "aes" or "msg_signature" in args
        if self._mode == "plain":
            if encrypted:
                raise Forged(message="encrypted push in plain mode")
            self._prove(args.get("signature", ""), args)
            self._fresh(args, now)
            return Opened(xml=body, encrypted=False, key="", nonce=args["nonce"])
        encrypt = self._signed_half(args, body)
        self._fresh(args, now)
        key, xml = self._decrypt(encrypt)
        return Opened(xml=xml, encrypted=True, key=key, nonce=args["nonce"])

    def seal(self, xml: str, opened: Opened, now: datetime) -> bytes:
        """The body that answers this push: enciphered with the key that opened it, plain where the push was plain.

        No XML means `success`, which the platform accepts unencrypted in every mode.
        """
        if not xml:
            return SUCCESS
        if not opened.encrypted:
            return xml.encode()
        crypto, _ = self._ciphers[opened.key]
        sealed = crypto._encrypt_message(xml, opened.nonce, str(int(now.timestamp())), _Crypto)
        return sealed.encode()

    def _cipher(self, key: str) -> tuple[WeChatCrypto, _Crypto]:
        if not re.fullmatch(r"[A-Za-z0-9+/]{43}", key):
            raise Misconfigured(message="an EncodingAESKey has 43 characters of Base64")
        crypto = WeChatCrypto(self._token, key, self._app_id)
        return crypto, _Crypto(crypto.key)

    def _prove(self, signature: str, args: Mapping[str, str], *more: bytes) -> None:
        timestamp, nonce = args.get("timestamp", ""), args.get("nonce", "")
        if not _NONCE.fullmatch(nonce):
            raise Forged(message="no usable nonce")
        signer = WeChatSigner()
        signer.add_data(self._token, timestamp, nonce, *more)
        if not hmac.compare_digest(signer.signature.encode(), signature.encode("utf-8", "replace")):
            raise Forged(message="signature does not match")

    @staticmethod
    def _fresh(args: Mapping[str, str], now: datetime) -> None:
        timestamp = args.get("timestamp", "")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
            raise Forged(message="no usable timestamp")
        if abs(now.timestamp() - int(timestamp)) > FRESH_SECONDS:
            raise Forged(message="timestamp is more than five minutes away from our clock")

    def _signed_half(self, args: Mapping[str, str], body: bytes) -> bytes:
        """The Encrypt value that msg_signature covers. What is signed is what is opened, so no parser is needed."""
        failure = Forged(message="no Encrypt in a push that must have one")
        for found, _ in zip(_ENCRYPT.finditer(body), range(_ENCRYPT_TRIES), strict=False):
            try:
                self._prove(args.get("msg_signature", ""), args, found[1])
            except Forged as wrong:
                failure = wrong
            else:
                return found[1]
        raise failure

    def _decrypt(self, encrypt: bytes) -> tuple[str, bytes]:
        for key, (_, crypto) in self._ciphers.items():
            try:
                framed = _unframed(crypto.cipher.decrypt(base64.b64decode(encrypt, validate=True)))
            except ValueError:  # no base64, or no whole number of AES blocks
                continue
            if framed is not None:
                if framed[1] != self._app_id.encode():
                    raise Forged(message="the push is for another app id")
                return key, framed[0]
        raise Unreadable(message="no EncodingAESKey of ours opens this push")


def _unframed(plain: bytes) -> tuple[bytes, bytes] | None:
    """Message and app id out of 16 random bytes, length, message, app id, padding; None if they do not add up.

    wechatpy cuts off whatever the last byte says and trusts the length; a wrong key then looks like broken UTF-8.
    """
    padding = plain[-1] if plain else 0
    if not 1 <= padding <= _BLOCK or not plain.endswith(bytes([padding]) * padding):
        return None
    content = plain[16:-padding]
    end = 4 + int.from_bytes(content[:4], "big")
    if len(content) < 4 or end > len(content):
        return None
    return content[4:end], content[end:]


def read(xml: bytes, now: datetime) -> Push:
    """The push in these bytes, of any kind, known or not. Raises Unreadable and nothing else."""
    text = legal_xml(xml)
    try:
        try:
            message = parse_message(text)
        except ExpatError:
            message = parse_message(without_illegal_references(text))
    except (ExpatError, ValueError, TypeError, KeyError, AttributeError) as odd:
        # ValueError is xmltodict's refusal of entities, the others are wechatpy's on missing, empty or doubled tags.
        reason = f"not a push: {type(odd).__name__}"
    else:
        if message is not None:
            return push_of(_as_sent(message._data), now)
        reason = "empty body"
    raise Unreadable(message=reason)


def _as_sent(data: dict[str, Any]) -> dict[str, Any]:
    """The fields as the platform sent them: wechatpy renames a follow by scanned code and cuts its EventKey."""
    if data.get("Event") == "subscribe_scan":
        return {**data, "Event": "subscribe", "EventKey": f"qrscene_{data['EventKey']}"}
    if data.get("Event") == "subscribe_scan_product":
        return {**data, "Event": "subscribe"}
    return data


def text_reply(push: Push, content: str, now: datetime) -> str:
    """The XML that answers `push` with this text; "" when nothing sayable is left: an empty Content shows as an error.

    Whatever the text is, it stays text: illegal characters are dropped and `]]>` cannot end the CDATA section.
    It never exceeds the platform's 2048 bytes; whoever has more to say cuts first and sends the rest.
    """
    sayable, _ = cut(legal(content).strip())
    if not sayable or not push.person:
        return ""
    return TextReply(
        source=_in_cdata(push.to),
        target=_in_cdata(push.openid),
        content=_in_cdata(sayable),
        time=int(now.timestamp()),
    ).render()


def _in_cdata(text: str) -> str:
    return text.replace("]]>", "]]]]><![CDATA[>")


def cut(text: str, limit: int = REPLY_BYTES) -> tuple[str, str]:
    """The text as (head, rest): head + rest is the text, and head fits into `limit` bytes of UTF-8.

    Head ends at a line break, else a sentence, else a comma or blank in the second half of what fits, else wherever
    a letter ends: never inside a code point, a link, or before a mark that belongs to the letter in front of it.
    It has at least one letter, so that who cuts again and again comes to an end.
    """
    data = text.encode("utf-8", "replace")
    if len(data) <= limit:
        return text, ""
    most = max(len(data[:limit].decode("utf-8", "ignore")), 1)
    at = _break(text, most)
    link = text.rfind("<a ", 0, at)
    if link > 0 and text.find("</a>", link, at) < 0 <= text.find("</a>", at):
        at = link
    return text[:at], text[at:]


def _break(text: str, most: int) -> int:
    for marks in _BREAKS:
        at = max((text.rfind(mark, 0, most) + len(mark) for mark in marks if mark in text[:most]), default=0)
        if at > most // 2:
            return at
    at = most
    while at > 1 and (text[at] in _CLINGING or text[at - 1] == "\u200d"):
        at -= 1
    return at if at > 1 else most
