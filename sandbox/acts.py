"""What a person does with the phone: write, photograph, follow, scan, tap.

Each act first changes the world, then is pushed, in the person's turn.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import threading
from dataclasses import dataclass, field

from .clock import moment
from .compose import MESSAGES, Nonsense, event_fields, sender, window_kind
from .parcel import Delivery, Parcel
from .platform import Platform
from .samples import kind_of, picture, video, voice
from .windows import opened
from .world import Bubble, Medium, Person, media_id

#: Types of the control API that stand for an event.
SHORT = {
    "follow": "subscribe",
    "subscribe": "subscribe",
    "unfollow": "unsubscribe",
    "unsubscribe": "unsubscribe",
}
SHORT |= {"scan": "SCAN", "click": "CLICK", "view": "VIEW"}
_MEDIA = {"image": "image", "voice": "voice", "video": "video", "shortvideo": "video"}
_AUDIO_AND_PICTURE = 10 * 1024 * 1024


class NotFollowing(Exception):
    """A person who does not follow has no chat to write in."""


@dataclass
class Result:
    """What came of an act: replies shown, how the push went, and its number."""

    delivery: Delivery
    replies: list[Bubble] = field(default_factory=list)
    msg_id: int | None = None


def act(platform: Platform, told: dict) -> Result:
    """Do one act of the control API. Raises Nonsense, NotFollowing or Unknown."""
    openid = str(told.get("openid", ""))
    kind = str(told.get("type", "text"))
    if kind == "repeat":
        return _again(platform, openid, told)
    if not openid or told.get("from_platform"):
        return _by_platform(platform, told)
    person = platform.person(openid)
    at = moment(told["at"]) if told.get("at") is not None else platform.clock.now()
    if person.gone:
        raise NotFollowing(f"{person.name}的微信已注销")
    with platform.postman.turn(openid):
        fields, kind = _prepare(platform, person, {**told, "type": kind}, at)
        parcel = platform.parcel(openid, sender(kind, fields, openid), kind, fields, at)
        platform.last[openid] = parcel
        if platform.clock.now() < person.kf_until and kind != "event":
            return Result(Delivery("kf", 0), [], parcel.fields.get("MsgId"))
        return _post(platform, parcel, told)


def _prepare(platform: Platform, person: Person, told: dict, at: float) -> tuple[dict, str]:
    """Push fields and MsgType, after the act changed the world and stands on the phone."""
    kind = told["type"]
    if kind in MESSAGES:
        if not person.following:
            raise NotFollowing(f"{person.name}还没有关注，不能发消息（先 subscribe 或 scan）")
        fields, body = _message(platform, told, at)
    elif kind in SHORT or kind == "event":
        told = {**told, "event": SHORT.get(kind, told.get("event"))}
        kind = "event"
        fields, body = _event(platform, person, told)
    else:
        raise Nonsense(f"没有这种推送：{kind}")
    with platform.world.change():
        _remember(person, kind, fields, at)
    if body is not None:
        side = "system" if kind == "event" else "person"
        platform.bubble(person.openid, side, "push", ("notice" if kind == "event" else kind, body), at)
    return fields, kind


def _remember(person: Person, kind: str, fields: dict, at: float) -> None:
    """Following, windows and the last act, as this act leaves them."""
    event = str(fields.get("Event", "")).lower()
    if event == "subscribe":
        person.following, person.subscribed_at = True, at
    if event == "unsubscribe":
        person.following, person.windows = False, []
    opens = window_kind(kind, fields)
    if opens:
        person.windows = opened(person.windows, opens, at)
        person.acted_at = at


def _message(platform: Platform, told: dict, at: float) -> tuple[dict, dict]:
    """Fields of a message and what the phone shows for it."""
    kind = told["type"]
    if kind in _MEDIA:
        told = {**told, "media_id": told.get("media_id") or store(platform, told, at)}
        if told["media_id"] not in platform.world.media:
            raise Nonsense("media_id 不存在")
        told["url"] = f"http://{platform.config.host}:{platform.config.port}/control/media/{told['media_id']}"
    fields = MESSAGES[kind](told)
    shown = {
        "text": ("text", "content"),
        "voice": ("recognition", "seconds"),
        "link": ("title", "description", "url"),
    }
    shown |= {"location": ("label", "lat", "lon"), "file": ("title",)}
    body = {key: told[key] for key in shown.get(kind, ()) if told.get(key) is not None}
    if kind == "text":
        body = {"text": fields["Content"]}
    if kind in _MEDIA:
        body["media_id"] = told["media_id"]
    return fields, body


def _event(platform: Platform, person: Person, told: dict) -> tuple[dict, dict | None]:
    """Fields of an event and the grey line for it (None where a phone shows nothing)."""
    fields = event_fields(told, platform.config.app_id)
    name = fields["Event"]
    if name == "SCAN" and told.get("type") == "scan":
        fields = scan_fields(platform, person, told)
        return fields, {"text": f"扫码 {told.get('scene', '')}".strip()}
    if name == "subscribe" and told.get("scene"):
        fields["EventKey"] = f"qrscene_{told['scene']}"
        fields["Ticket"] = told.get("ticket") or _ticket_of(platform, str(told["scene"]))
        person.scene, person.came_by = str(told["scene"]), "ADD_SCENE_QR_CODE"
    lines = {"subscribe": "已关注", "unsubscribe": "已取消关注"}
    if name == "CLICK":
        return fields, {"text": f"点了菜单「{told.get('name') or _menu_name(platform, fields['EventKey'])}」"}
    return fields, {"text": lines[name]} if name in lines else None


def _menu_name(platform: Platform, key: str) -> str:
    """The words on the menu button with this key; the key itself when no menu has it."""
    stack = list((platform.world.menu or {}).get("button", []))
    while stack:
        button = stack.pop()
        if button.get("key") == key:
            return str(button.get("name", key))
        stack.extend(button.get("sub_button") or [])
    return key


def scan_fields(platform: Platform, person: Person, told: dict) -> dict:
    """The event a scan makes: SCAN for a follower, subscribe with qrscene_ for others. Refuses an expired code."""
    ticket = str(told.get("ticket") or "")
    made = platform.world.tickets.get(ticket)
    if ticket and made is None:
        raise Nonsense("没有这个二维码")
    if made and made["until"] is not None and platform.clock.now() >= made["until"]:
        raise Nonsense("这个二维码已过期")
    scene = str(made["scene"] if made else told.get("scene", ""))
    if not scene:
        raise Nonsense("scan 缺少 scene")
    ticket = ticket or _ticket_of(platform, scene)
    person.scene = scene
    if person.following:
        return {"Event": "SCAN", "EventKey": scene, "Ticket": ticket}
    person.came_by = "ADD_SCENE_QR_CODE"
    return {"Event": "subscribe", "EventKey": f"qrscene_{scene}", "Ticket": ticket}


def _ticket_of(platform: Platform, scene: str) -> str:
    """The ticket made for this scene, or one nobody made (an old printed code)."""
    for ticket, made in platform.world.tickets.items():
        if str(made["scene"]) == scene:
            return ticket
    return "gQ" + secrets.token_urlsafe(40)


def store(platform: Platform, told: dict, at: float) -> str:
    """Keep the file a person sends: given as base64 `data`, as the name of a `sample`, or made up. The media_id."""
    kind = _MEDIA[told["type"]]
    if told.get("data"):
        try:
            data = base64.b64decode(told["data"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise Nonsense("data 不是 base64") from error
    elif kind == "image":
        try:
            data = picture(str(told.get("sample", "leak")))
        except KeyError as error:
            raise Nonsense("没有这张示例照片") from error
    else:
        data = voice(float(told.get("seconds", 3))) if kind == "voice" else video()
    if len(data) > _AUDIO_AND_PICTURE:
        raise Nonsense("文件超过 10MB")
    return keep(platform, kind, data, at)


def keep(platform: Platform, kind: str, data: bytes, at: float) -> str:
    """Hold bytes as a temporary file of the platform."""
    content_type = kind_of(data) or "application/octet-stream"
    ending = {
        "image/jpeg": "jpg",
        "image/png": "png",
        "image/gif": "gif",
        "audio/amr": "amr",
        "video/mp4": "mp4",
    }
    name = f"{secrets.token_hex(8)}.{ending.get(content_type, 'bin')}"
    return platform.world.keep_file(Medium(media_id(), kind, content_type, name, at), data)


def consent(platform: Platform, told: dict) -> Result:
    """The person answers about subscription notices of one template: credits change, then the event is pushed.

    `count` > 0 allows so many (a popup answered yes), -1 declines in a popup and changes no credit, 0 switches the
    template off in the settings, which takes back what was allowed. Only that no is a change event.
    """
    person = platform.person(told.get("openid"))
    template_id = str(told.get("template_id", ""))
    if template_id not in platform.world.templates:
        raise Nonsense("没有这个模板")
    count = int(told.get("count", 1))
    with platform.world.change():
        had = person.consents.get(template_id, 0)
        person.consents[template_id] = had + max(0, count) if count else 0
    row = {"TemplateId": template_id, "SubscribeStatusString": "accept" if count > 0 else "reject"}
    event, held = ("subscribe_msg_popup_event", "SubscribeMsgPopupEvent")
    if not count:
        event, held = ("subscribe_msg_change_event", "SubscribeMsgChangeEvent")
    row |= {"PopupScene": 1} if count else {}
    fields = {held: {"List": [row] * max(1, count)}}
    return act(platform, {"openid": person.openid, "type": "event", "event": event, "fields": fields})


def _by_platform(platform: Platform, told: dict) -> Result:
    """A push that concerns no phone, such as MASSSENDJOBFINISH."""
    fields = event_fields(told, platform.config.app_id)
    at = moment(told["at"]) if told.get("at") is not None else platform.clock.now()
    who = str(told.get("from") or sender("event", fields, ""))
    parcel = platform.parcel("", who, "event", fields, at)
    return _post(platform, parcel, told)


def _again(platform: Platform, openid: str, told: dict) -> Result:
    """The person's last push once more, same MsgId and CreateTime."""
    parcel = platform.last.get(openid)
    if parcel is None:
        raise Nonsense("还没有可以重发的推送")
    with platform.postman.turn(openid):
        return _post(platform, parcel, told)


def _post(platform: Platform, parcel: Parcel, told: dict) -> Result:
    """Push once, and `repeat` times more: after one another, or all at the same time with `overlap`."""
    more = min(20, max(0, int(told.get("repeat") or 0)))
    result = Result(Delivery("failed", 0), [], parcel.fields.get("MsgId"))
    outcomes: list[tuple[Delivery, list[Bubble]]] = []
    if told.get("overlap") and more:
        threads = [threading.Thread(target=lambda: outcomes.append(platform.send_now(parcel))) for _ in range(more + 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    else:
        outcomes = [platform.send_now(parcel) for _ in range(more + 1)]
    result.delivery = outcomes[0][0]
    result.delivery.tries = sum(delivery.tries for delivery, _ in outcomes)
    result.delivery.answers = [answer for delivery, _ in outcomes for answer in delivery.answers]
    result.replies = [bubble for _, bubbles in outcomes for bubble in bubbles]
    if result.delivery.status == "failed":
        _mark_failed(platform, parcel)
    return result


def _mark_failed(platform: Platform, parcel: Parcel) -> None:
    """Put the red mark on the bubble of a push that nobody answered well."""
    with platform.world.change() as world:
        for bubble in reversed(world.bubbles):
            if bubble.openid == parcel.openid and bubble.side == "person":
                bubble.failed = True
                return
