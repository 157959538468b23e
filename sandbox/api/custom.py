"""Customer-service messages: message/custom/send and typing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.refusals import Refusal
from sandbox.windows import spend
from sandbox.world import Person

from .call import OK, Call, Route

TEXT_BYTES = 2048
TYPING_AFTER = 30
TYPING_LASTS = 15


def check_media(call: Call, media_id: object, kind: str) -> str:
    """The id of a living file of that kind, else 40007."""
    found = call.platform.world.file(str(media_id or ""), call.now)
    if found is None or found[0].type != kind:
        raise Refusal(40007)
    return found[0].id


def read_text(call: Call, told: dict) -> dict:
    """Text of 1 to 2048 bytes: 44004 when empty, 45002 when longer."""
    content = _part(told, "text").get("content")
    if not isinstance(content, str) or not content.strip():
        raise Refusal(44004)
    if len(content.encode()) > TEXT_BYTES:
        raise Refusal(45002)
    return {"text": content}


def _part(told: dict, name: str) -> dict[str, Any]:
    part = told.get(name)
    if not isinstance(part, dict):
        raise Refusal(40035, name)
    return part


def _media(kind: str) -> Callable[[Call, dict], dict]:
    def read(call: Call, told: dict) -> dict:
        part = _part(told, kind)
        return {
            "media_id": check_media(call, part.get("media_id"), kind),
            "title": str(part.get("title", "")),
        }

    return read


def _video(call: Call, told: dict) -> dict:
    part = _part(told, "video")
    check_media(call, part.get("thumb_media_id"), "thumb")
    return {"media_id": check_media(call, part.get("media_id"), "video"), "title": str(part.get("title", ""))}


def _music(call: Call, told: dict) -> dict:
    part = _part(told, "music")
    check_media(call, part.get("thumb_media_id"), "thumb")
    return {"title": str(part.get("title", "")), "url": str(part.get("musicurl", ""))}


def _news(_call: Call, told: dict) -> dict:
    articles = _part(told, "news").get("articles")
    if not isinstance(articles, list) or not articles:
        raise Refusal(40035, "articles")
    if len(articles) > 1:
        raise Refusal(45008)
    one = articles[0]
    names = {"title": "title", "description": "description", "pic": "picurl", "url": "url"}
    return {"articles": [{key: str(one.get(name, "")) for key, name in names.items()}]}


def _menu(_call: Call, told: dict) -> dict:
    part = _part(told, "msgmenu")
    items = part.get("list")
    if not isinstance(items, list) or not items:
        raise Refusal(44004)
    if not all(isinstance(i, dict) and str(i.get("id", "")) and i.get("content") for i in items):
        raise Refusal(40035, "msgmenu.list")
    body = {"head": str(part.get("head_content", "")), "tail": str(part.get("tail_content", ""))}
    size = len("".join([body["head"], body["tail"], *(str(i["content"]) for i in items)]).encode())
    if size > TEXT_BYTES:
        raise Refusal(45002)
    return {**body, "items": [{"id": str(i["id"]), "content": str(i["content"])} for i in items]}


READERS: dict[str, Callable[[Call, dict], dict]] = {
    "text": read_text,
    "image": _media("image"),
    "voice": _media("voice"),
    "video": _video,
    "music": _music,
    "news": _news,
    "msgmenu": _menu,
}


def willing(person: Person) -> None:
    """Refuse a person the account has blocked (43019) or who switched messages off (48002)."""
    if person.blacklisted:
        raise Refusal(43019)
    if not person.accepts:
        raise Refusal(48002)


def send(call: Call) -> dict:
    """Show one message on a follower's phone, within the windows. Order of checks: person, body, window."""
    told = call.readable_json()
    person = call.follower(told.get("touser"))
    reader = READERS.get(str(told.get("msgtype", "")))
    if reader is None:
        raise Refusal(40008)
    body = reader(call, told)
    willing(person)
    with call.platform.world.change():
        spend(person.windows, call.now)
        person.typing_until = 0.0
    if (told.get("aimsgcontext") or {}).get("is_ai_msg") == 1:
        body["by_ai"] = True
    call.platform.bubble(person.openid, "account", "custom", (str(told["msgtype"]), body))
    return OK


def typing(call: Call) -> dict:
    """Show 对方正在输入 for 15 s: only within 30 s of the person's act (45080), not twice (45081)."""
    told = call.json()
    person = call.follower(told.get("touser"))
    command = told.get("command")
    if command not in ("Typing", "CancelTyping"):
        raise Refusal(40035, "command")
    with call.platform.world.change():
        if command == "CancelTyping":
            person.typing_until = 0.0
            return OK
        if call.now - person.acted_at > TYPING_AFTER:
            raise Refusal(45080)
        if call.now < person.typing_until:
            raise Refusal(45081)
        person.typing_until = call.now + TYPING_LASTS
    return OK


ROUTES = {
    "/cgi-bin/message/custom/send": Route(send),
    "/cgi-bin/message/custom/typing": Route(typing),
}
