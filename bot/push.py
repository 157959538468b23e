"""One push of the platform as plain data: what it is, who sent it, and how a repeat of it is recognised.

The rule of this module: what comes in is a stranger's bytes. They are made legal XML and measured before any parser
sees them, and nothing leaves but a `Push` or `Unreadable`. No library of the platform is used here (see bot/wechat.py).
Message and event fields follow the platform's pages on receiving standard messages and event pushes.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.errors import Unreadable

#: Characters that XML 1.0 forbids; people do send them (0x02, 0x10, 0x1d were seen in production by other bots).
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x0*([0-9A-Fa-f]{1,6})|0*([0-9]{1,7}));")

#: A push has some twenty tags; a text of two thousand "<" inside CDATA is still one tag.
_TAGS_UNCOUNTED, _TAGS, _DEPTH = 400, 2000, 12
_EVENT, _MEDIA_ID = 40, 200  # letters kept: the longest known have 32 and 64, `fields` keeps all

KINDS = frozenset({"text", "image", "voice", "video", "shortvideo", "location", "link", "file", "event"})
#: Fields that occur once or many times and must not change their shape with the number.
_LISTS = frozenset({"List", "item", "Item"})
#: Events whose FromUserName is the platform or a helper account, so that no customer must be made of it.
PLATFORM_EVENTS = frozenset(
    {
        "masssendjobfinish",
        "publishjobfinish",
        "user_info_modified",
        "user_authorization_revoke",
        "user_authorization_cancellation",
        "qualification_verify_success",
        "qualification_verify_fail",
        "naming_verify_success",
        "naming_verify_fail",
        "annual_renew",
        "verify_expired",
        "weapp_audit_success",
        "weapp_audit_fail",
        "weapp_audit_delay",
    }
)
_EARLIEST = datetime(2011, 1, 1, tzinfo=UTC)  # the platform opened in 2012: anything before is nonsense


@dataclass(frozen=True, slots=True)
class Push:
    """A push as stored and answered. Every attribute is legal text without NUL, fit for any of our databases."""

    #: The same for every repeat of this push and different for every other push; at most 64 ASCII characters.
    dedupe_key: str
    #: FromUserName: a follower, or the platform itself (then `person` is "").
    openid: str
    #: ToUserName: our account's gh_… id; replies are sent from it.
    to: str
    #: One of KINDS, or `unknown` (also an event without a name).
    kind: str
    #: Lower-case event name, "" for messages.
    event: str
    #: CreateTime (whole seconds) in UTC; the time of arrival when the platform's is missing or nonsense.
    created_at: datetime
    #: MsgId as digits, "" for events.
    msg_id: str
    #: Content, or what speech recognition heard (Recognition, optional), else "".
    text: str
    #: MediaId, valid for three days; "" when there is none.
    media_id: str
    #: Scene of a scanned code without `qrscene_`, "" if none. Chosen by whoever printed the code: validate it.
    scene: str
    #: Everything that was in the push, as JSON-able text, dicts and lists; empty tags are "".
    fields: dict[str, Any] = field(repr=False)

    @property
    def person(self) -> str:
        """The openid of the human who did this, "" when the platform itself speaks and nobody is to be answered."""
        return "" if self.event in PLATFORM_EVENTS else self.openid

    @property
    def words(self) -> str:
        """What was said: typed, recognised, or the name of the place or link that was sent."""
        return self.text or _one(self.fields, "Label") or _one(self.fields, "Title")


def legal(text: str) -> str:
    """The text without the characters that XML (and PostgreSQL) refuse."""
    return _ILLEGAL.sub("", text)


def legal_xml(raw: bytes) -> str:
    """The push as text that a parser may see: decoded, without BOM and illegal characters, and not too bushy.

    UTF-8 is what the platform sends; GBK is recognised because proxies and old tools produce it. Raises Unreadable
    for more tags than any push has: depth and number cost a parser time, and are counted in one cheap pass.
    """
    text = legal(_decoded(raw)).lstrip("\ufeff").strip()
    if text.count("<") > _TAGS_UNCOUNTED and _count_tags(text, _TAGS) > _TAGS:
        raise Unreadable(message="too many tags")
    return text


def without_illegal_references(text: str) -> str:
    """The text without `&#2;` and its like, which are well-formed only in a sense that no parser accepts.

    Inside CDATA the same letters are a person's words, so this is for a second try after a parser has refused.
    """

    def keep(found: re.Match[str]) -> str:
        number = int(found[1], 16) if found[1] else int(found[2])
        allowed = number <= 0x10FFFF and not _ILLEGAL.match(chr(number))
        return found[0] if allowed else ""

    return _REFERENCE.sub(keep, text)


def push_of(data: dict[str, Any], now: datetime) -> Push:
    """The push that these parsed fields describe, or Unreadable when nobody sent it or it is nested beyond reason."""
    fields = {name: _plain(value, name, 1) for name, value in data.items()}
    openid, to = _name(fields, "FromUserName"), _name(fields, "ToUserName")
    kind = _one(fields, "MsgType").lower()
    event = _one(fields, "Event").lower()[:_EVENT] if kind == "event" else ""
    msg_id = "" if kind == "event" else _one(fields, "MsgId")
    return Push(
        dedupe_key=_dedupe_key(fields, openid, kind, msg_id),
        openid=openid,
        to=to,
        kind=kind if kind in KINDS and (event or kind != "event") else "unknown",
        event=event,
        created_at=_moment(_one(fields, "CreateTime"), now),
        msg_id=msg_id,
        text="" if kind == "event" else _one(fields, "Content") or _one(fields, "Recognition"),
        media_id=_one(fields, "MediaId")[:_MEDIA_ID],
        scene=_scene(event, _one(fields, "EventKey")),
        fields=fields,
    )


def _decoded(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
    # One broken letter in good UTF-8 costs that letter; GBK read as UTF-8 is broken nearly everywhere.
    foreign = sum(1 for letter in text if letter > "\x7f")
    if text.count("\ufffd") * 4 > foreign:
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError:
            return text
    return text


def _count_tags(text: str, limit: int) -> int:
    """Tags outside CDATA and comments, counting no further than `limit` + 1; each letter is looked at once."""
    at, tags = 0, 0
    while tags <= limit and (at := text.find("<", at)) >= 0:
        tags += 1
        for opening, closing in (("<![CDATA[", "]]>"), ("<!--", "-->")):
            if text.startswith(opening, at):
                end = text.find(closing, at)
                at = end if end >= 0 else len(text)
                break
        else:
            at += 1
    return tags


def _plain(value: Any, name: str, depth: int) -> Any:
    if depth > _DEPTH:
        raise Unreadable(message="nested too deep")
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, list):
        return [_plain(each, "", depth + 1) for each in value]
    return {
        key: [_plain(each, "", depth + 1) for each in (inner if isinstance(inner, list) else [inner])]
        if key in _LISTS
        else _plain(inner, key, depth + 1)
        for key, inner in value.items()
    }


def _one(fields: dict[str, Any], name: str) -> str:
    """The field as text: the first that says something when a tag is repeated, the text of one with attributes."""
    value = fields.get(name, "")
    if isinstance(value, list):
        value = next((each for each in value if each), "")
    if isinstance(value, dict):
        value = value.get("#text", "")
    return value if isinstance(value, str) else ""


def _name(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= 64 or not value.isprintable() or " " in value:
        raise Unreadable(message=f"no usable {name}")
    return value


def _moment(seconds: str, now: datetime) -> datetime:
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 11):
        return now
    moment = datetime.fromtimestamp(int(seconds), UTC)
    return moment if _EARLIEST <= moment <= now + timedelta(days=1) else now


def _scene(event: str, key: str) -> str:
    if event == "scan":
        return key
    prefix = "qrscene_"
    return key[len(prefix) :] if event == "subscribe" and key.startswith(prefix) else ""


def _dedupe_key(fields: dict[str, Any], openid: str, kind: str, msg_id: str) -> str:
    """Messages by MsgId; events, which have none, by who, when (whole seconds), what and which.

    `which` is the EventKey, and beside it what tells two reports of one second apart: the MsgID of a delivery
    report, the customer of an authorisation change, the list of a subscription change.
    """
    if msg_id.isascii() and msg_id.isdigit() and msg_id.strip("0") and len(msg_id) <= 24:
        return f"m:{msg_id}"
    named = ("CreateTime", "Event", "EventKey", "MsgID", "OpenID", "RevokeInfo", "Content", "MediaId")
    lists = sorted(name for name in fields if name.startswith("Subscribe"))
    identity = [openid, kind, *(fields.get(name, "") for name in (*named, *lists))]
    digest = hashlib.blake2b(json.dumps(identity).encode(), digest_size=20).hexdigest()
    return f"e:{digest}"
