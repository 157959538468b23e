"""The fields of every push the platform sends, from what a person did. Pure: no clock, no memory.

Field names and spelling follow the platform's pages on receiving messages and events (XML, mixed case and all).
"""

from __future__ import annotations

from collections.abc import Callable


class Nonsense(ValueError):
    """The control call asks for a push that cannot exist; the message says what is missing."""


def _text(f: dict) -> dict:
    content = f.get("text", f.get("content"))
    if content is None:
        raise Nonsense("text 缺少内容")
    menu = {"bizmsgmenuid": str(f["bizmsgmenuid"])} if f.get("bizmsgmenuid") is not None else {}
    return {"Content": str(content), **menu}


def _image(f: dict) -> dict:
    return {"PicUrl": f["url"], "MediaId": f["media_id"]}


def _voice(f: dict) -> dict:
    heard = {"Recognition": str(f["recognition"])} if f.get("recognition") else {}
    return {"MediaId": f["media_id"], "Format": f.get("format", "amr"), "MediaId16K": f["media_id"], **heard}


def _video(f: dict) -> dict:
    return {"MediaId": f["media_id"], "ThumbMediaId": f.get("thumb_media_id", f["media_id"])}


def _location(f: dict) -> dict:
    return {
        "Location_X": float(f.get("lat", 30.2741)),
        "Location_Y": float(f.get("lon", 120.1551)),
        "Scale": int(f.get("scale", 15)),
        "Label": str(f.get("label", "")),
    }


def _link(f: dict) -> dict:
    if not f.get("url"):
        raise Nonsense("link 缺少 url")
    return {
        "Title": str(f.get("title", "")),
        "Description": str(f.get("description", "")),
        "Url": str(f["url"]),
    }


def _file(f: dict) -> dict:
    name = str(f.get("title", "文件.pdf"))
    return {"Title": name, "Description": "", "FileKey": "k" + name.encode().hex()[:24], "FileTotalLen": 1024}


MESSAGES: dict[str, Callable[[dict], dict]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": _location,
    "link": _link,
    "file": _file,
}

_PLACE = {"Location_X": "30.2741", "Location_Y": "120.1551", "Scale": "15", "Label": "翡翠城", "Poiname": ""}
_PICTURES = {"Count": 1, "PicList": {"item": [{"PicMd5Sum": "5a75aaca956d97be686719218f275c6b"}]}}
_SCAN = {"ScanType": "qrcode", "ScanResult": "1"}
_MASS = {"Status": "send success", "TotalCount": 1, "FilterCount": 1, "SentCount": 1, "ErrorCount": 0}


def _notice(name: str, row: dict) -> dict:
    return {name: {"List": [row]}}


#: The fields each event has beside the common ones, with plausible values that a control call may override.
EVENTS: dict[str, dict] = {
    "subscribe": {"EventKey": ""},
    "unsubscribe": {"EventKey": ""},
    "SCAN": {"EventKey": "", "Ticket": ""},
    "LOCATION": {"Latitude": 30.2741, "Longitude": 120.1551, "Precision": 65.0},
    "CLICK": {"EventKey": ""},
    "VIEW": {"EventKey": "", "MenuId": "430000001"},
    "view_miniprogram": {"EventKey": "pages/index", "MenuId": "430000001"},
    "scancode_push": {"EventKey": "scan", "ScanCodeInfo": _SCAN},
    "scancode_waitmsg": {"EventKey": "scan", "ScanCodeInfo": _SCAN},
    "pic_sysphoto": {"EventKey": "photo", "SendPicsInfo": _PICTURES},
    "pic_photo_or_album": {"EventKey": "photo", "SendPicsInfo": _PICTURES},
    "pic_weixin": {"EventKey": "photo", "SendPicsInfo": _PICTURES},
    "location_select": {"EventKey": "place", "SendLocationInfo": _PLACE},
    "TEMPLATESENDJOBFINISH": {"MsgID": 200000001, "Status": "success"},
    "MASSSENDJOBFINISH": {"MsgID": 200000001, **_MASS},
    "subscribe_msg_popup_event": _notice(
        "SubscribeMsgPopupEvent", {"TemplateId": "T", "SubscribeStatusString": "accept", "PopupScene": 1}
    ),
    "subscribe_msg_change_event": _notice(
        "SubscribeMsgChangeEvent", {"TemplateId": "T", "SubscribeStatusString": "reject"}
    ),
    "subscribe_msg_sent_event": _notice(
        "SubscribeMsgSentEvent", {"TemplateId": "T", "MsgID": 1, "ErrorCode": 0, "ErrorStatus": "success"}
    ),
    "kf_create_session": {"KfAccount": "kf1@sandbox"},
    "kf_close_session": {"KfAccount": "kf1@sandbox"},
    "kf_switch_session": {"FromKfAccount": "kf1@sandbox", "ToKfAccount": "kf2@sandbox"},
    "user_info_modified": {"UnionID": ""},
    "user_authorization_revoke": {"RevokeInfo": "205", "UnionID": ""},
    "user_authorization_cancellation": {},
    "PUBLISHJOBFINISH": {"PublishEventInfo": {"publish_id": 1, "publish_status": 0}},
    "qualification_verify_success": {"ExpiredTime": 1800000000},
    "naming_verify_success": {"ExpiredTime": 1800000000},
    "annual_renew": {"ExpiredTime": 1800000000},
    "verify_expired": {"ExpiredTime": 1800000000},
}

#: Events the platform itself sends: FromUserName is not the person.
BY_PLATFORM = {"masssendjobfinish", "publishjobfinish", "annual_renew", "verify_expired"}
_ABOUT_PERSON = {"user_info_modified", "user_authorization_revoke", "user_authorization_cancellation"}
_HELPER = "gh_platformhelper"
_NAMES = {name.lower(): name for name in EVENTS}


def event_fields(f: dict, app_id: str) -> dict:
    """The fields of one event: its defaults, `key`/`scene`, then whatever `fields` says. Unknown names pass as told."""
    told = str(f.get("event") or "")
    if not told:
        raise Nonsense("event 缺少名字")
    name = _NAMES.get(told.lower(), told)
    fields = {"Event": name, **EVENTS.get(name, {})}
    if f.get("key") is not None:
        fields["EventKey"] = str(f["key"])
    if name in _ABOUT_PERSON:
        fields.update({"OpenID": f.get("openid", ""), "AppID": app_id})
    return {**fields, **f.get("fields", {})}


def sender(kind: str, fields: dict, openid: str) -> str:
    """FromUserName: the person, or the platform's helper account for its own events."""
    event = str(fields.get("Event", "")).lower()
    about = event in _ABOUT_PERSON
    return _HELPER if kind == "event" and (about or event in BY_PLATFORM or not openid) else openid


def window_kind(kind: str, fields: dict) -> str | None:
    """Which window of customer messages this act opens, if any (a menu tap never opens the 48 hours)."""
    if kind != "event":
        return "message"
    event = str(fields.get("Event", "")).lower()
    return {
        "subscribe": "follow",
        "scan": "scan",
        "click": "menu",
        "scancode_push": "menu",
        "scancode_waitmsg": "menu",
    }.get(event)
