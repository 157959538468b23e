"""What a phone shows for a passive reply. A reply the platform would reject raises BadReply and shows the excuse."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

from .seal import BadReply

EXCUSE = "该公众号暂时无法提供服务，请稍后再试"
TEXT_BYTES = 2048


def _element(reply: dict, name: str) -> ET.Element:
    found = reply.get(name)
    if not isinstance(found, ET.Element):
        raise BadReply(f"回复缺少 {name}")
    return found


def _child(element: ET.Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _text(reply: dict, _many: bool) -> dict:
    content = reply.get("Content")
    if not isinstance(content, str) or not content.strip():
        raise BadReply("Content 是空的")
    if len(content.encode()) > TEXT_BYTES:
        raise BadReply(f"Content 超过 {TEXT_BYTES} 字节")
    return {"text": content}


def _media(tag: str) -> Callable[[dict, bool], dict]:
    def read(reply: dict, _many: bool) -> dict:
        element = _element(reply, tag)
        if not _child(element, "MediaId"):
            raise BadReply(f"{tag} 缺少 MediaId")
        return {"media_id": _child(element, "MediaId"), "title": _child(element, "Title")}

    return read


def _music(reply: dict, _many: bool) -> dict:
    element = _element(reply, "Music")
    if not _child(element, "ThumbMediaId"):
        raise BadReply("Music 缺少 ThumbMediaId")
    return {"title": _child(element, "Title"), "url": _child(element, "MusicUrl")}


def _news(reply: dict, many: bool) -> dict:
    items = _element(reply, "Articles").findall("item")
    names = {"title": "Title", "description": "Description", "pic": "PicUrl", "url": "Url"}
    articles = [{key: _child(item, tag) for key, tag in names.items()} for item in items]
    if not articles:
        raise BadReply("Articles 是空的")
    return {"articles": articles[: 8 if many else 1]}


_READERS: dict[str, Callable[[dict, bool], dict]] = {
    "text": _text,
    "image": _media("Image"),
    "voice": _media("Voice"),
    "video": _media("Video"),
    "music": _music,
    "news": _news,
    "transfer_customer_service": lambda _reply, _many: {},
}


def read_reply(reply: dict, push: dict) -> tuple[str, dict]:
    """(type, body) of a verified reply. Refused: wrong addressee, unknown type, missing parts, too long."""
    if reply.get("ToUserName") != push["FromUserName"] or reply.get("FromUserName") != push["ToUserName"]:
        raise BadReply("回复的 ToUserName/FromUserName 没有对调")
    if not str(reply.get("CreateTime", "")).strip().isdigit():
        raise BadReply("回复缺少 CreateTime")
    kind = str(reply.get("MsgType", ""))
    reader = _READERS.get(kind)
    if reader is None:
        raise BadReply(f"不认识的回复类型 {kind!r}")
    if kind == "transfer_customer_service" and push["MsgType"] == "event":
        raise BadReply("事件不能转给客服")
    return kind, reader(reply, push["MsgType"] == "event")
