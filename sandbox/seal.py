"""Signing and sealing of pushes, opening of passive replies: the platform's side of its own envelope."""

from __future__ import annotations

import hashlib
import re
import secrets
import xml.etree.ElementTree as ET

from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException

from .config import Config


class BadReply(Exception):
    """The webhook's answer is nothing the platform can show; the message says why."""


def signature(*parts: str) -> str:
    """The platform's signature: sha1 of the parts in dictionary order."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def cdata(text: str) -> str:
    """Text as CDATA; a `]]>` inside is split over two sections, which XML allows."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def to_xml(fields: dict, tag: str = "xml") -> str:
    """One element: numbers bare, texts in CDATA, dicts nested, lists as repeated tags."""
    inner = []
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                inner.append(to_xml(one, name))
            else:
                body = str(one) if isinstance(one, (int, float)) else cdata(str(one))
                inner.append(f"<{name}>{body}</{name}>")
    return f"<{tag}>{''.join(inner)}</{tag}>"


def fields_of(xml: bytes | str) -> dict:
    """The children of a reply's root: text where it is a leaf, else the element; BadReply when it is no XML."""
    try:
        root = ET.fromstring(xml)
    except (ET.ParseError, ValueError) as error:
        raise BadReply(f"不是 XML：{error}") from error
    if root.tag != "xml":
        raise BadReply(f"根标签是 <{root.tag}>，应为 <xml>")
    return {child.tag: (child.text or "") if not len(child) else child for child in root}


class Seal:
    """One account's token, key and mode."""

    def __init__(self, config: Config):
        """Ready to seal with the config's token and key."""
        self._config = config
        self._crypto = WeChatCrypto(config.token, config.aes_key, config.app_id)

    def wrap(self, fields: dict, at: float) -> tuple[dict[str, str], bytes]:
        """Query and body of one try; nonce and timestamp are new for each, CreateTime and MsgId are the push's."""
        stamp, nonce = str(int(at)), str(secrets.randbelow(10**10))
        openid = str(fields.get("FromUserName", ""))
        query = {"signature": signature(self._config.token, stamp, nonce), "timestamp": stamp, "nonce": nonce}
        query["openid"] = openid
        xml = to_xml(fields)
        if self._config.mode == "plain":
            return query, xml.encode()
        sealed = PrpCrypto(self._crypto.key).encrypt(xml, self._config.app_id).decode()
        query["encrypt_type"] = "aes"
        query["msg_signature"] = signature(self._config.token, stamp, nonce, sealed)
        outer = dict(fields) if self._config.mode == "compatible" else {"ToUserName": fields["ToUserName"]}
        return query, to_xml({**outer, "Encrypt": sealed}).encode()

    def check_query(self, at: float) -> dict[str, str]:
        """The query of the console's address check (GET)."""
        stamp, nonce = str(int(at)), str(secrets.randbelow(10**10))
        return {
            "signature": signature(self._config.token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
            "echostr": str(secrets.randbelow(10**18)),
        }

    def unwrap(self, body: bytes, nonce: str) -> dict | None:
        """The fields of a passive reply, verified; None for `success` or nothing; BadReply for anything else."""
        if body.strip() in (b"", b"success"):
            return None
        outer = fields_of(body)
        sealed = "Encrypt" in outer
        if sealed and self._config.mode == "plain":
            raise BadReply("明文模式下收到了加密回复")
        if not sealed and self._config.mode == "secure":
            raise BadReply("安全模式下回复没有加密")
        return fields_of(self._decrypt(outer, nonce)) if sealed else outer

    def _decrypt(self, outer: dict, nonce: str) -> str:
        """The plain reply, after signature, nonce and app id were found right."""
        parts = {name: str(outer.get(name, "")) for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")}
        if parts["Nonce"] != nonce or not re.fullmatch(r"\d{1,12}", parts["TimeStamp"]):
            raise BadReply("回复的 Nonce 或 TimeStamp 不对")
        try:
            return self._crypto.decrypt_message(
                {"Encrypt": parts["Encrypt"]}, parts["MsgSignature"], parts["TimeStamp"], nonce
            )
        except InvalidSignatureException as error:
            raise BadReply("回复的 MsgSignature 不对") from error
        except InvalidAppIdException as error:
            raise BadReply("回复里的 AppID 不对") from error
        except Exception as error:  # a wrong key surfaces as struct, unicode or padding errors of the library
            raise BadReply("回复解不开（EncodingAESKey 不一致？）") from error
