"""Mass messages: four per calendar month and follower, once per clientmsgid, result by MASSSENDJOBFINISH."""

from __future__ import annotations

import datetime as dt
import re

from sandbox.api.call import OK, Call, Route
from sandbox.api.custom import check_media, read_text
from sandbox.clock import SHANGHAI
from sandbox.refusals import Refusal
from sandbox.world import Person, World

PER_MONTH = 4
_OPENIDS = (2, 10_000)
_ONCE_SECONDS = 86400
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_HELPER = "gh_platformhelper"


def _content(call: Call, told: dict) -> tuple[str, dict]:
    """(type, body) of the message; 40008 for a type that cannot be sent to many."""
    kind = told.get("msgtype")
    if kind == "text":
        return "text", read_text(call, told)
    if kind in ("image", "voice"):
        part = told.get("images") or told.get(str(kind)) or {}
        media_id = part.get("media_id") or next(iter(part.get("media_ids") or []), None)
        return str(kind), {"media_id": check_media(call, media_id, str(kind))}
    raise Refusal(40008)


def _claim(world: World, told: dict, now: float) -> int:
    """The msg_id of this job; 45065 with the old one when the clientmsgid was used within a day."""
    client = told.get("clientmsgid")
    if client is None:
        return world.job_id()
    if not _CLIENT_ID.fullmatch(str(client)):
        raise Refusal(45067)
    before = world.once.get(f"mass:{client}")
    if before and 0 <= now - before["at"] < _ONCE_SECONDS:
        raise Refusal(45065, msg_id=before["id"])
    number = world.job_id()
    world.once[f"mass:{client}"] = {"id": number, "at": now}
    return number


def _allowed(person: Person, month: str) -> bool:
    """Count one message for this follower's month, unless it is full or the person takes none."""
    if not person.accepts or person.blacklisted or person.mass.get(month, 0) >= PER_MONTH:
        return False
    person.mass[month] = person.mass.get(month, 0) + 1
    return True


def _start(call: Call, told: dict, people: list[Person]) -> dict:
    """Send to those whose month has room, then report by event."""
    content = _content(call, told)
    month = dt.datetime.fromtimestamp(call.now, SHANGHAI).strftime("%Y-%m")
    with call.platform.world.change() as world:
        number = _claim(world, told, call.now)
        reached = [person for person in people if _allowed(person, month)]
        world.masses[number] = {"status": "SEND_SUCCESS", "type": content[0], "at": call.now}
    for person in reached:
        call.platform.bubble(person.openid, "account", "mass", content)
    sent, filtered = len(reached), len(people) - len(reached)
    result = {"MsgID": number, "Status": "send success" if sent else "send fail", "TotalCount": len(people)}
    result |= {"FilterCount": sent, "SentCount": sent, "ErrorCount": filtered}
    call.platform.event_later("", "MASSSENDJOBFINISH", result, sender=_HELPER)
    return {**OK, "errmsg": "send job submission success", "msg_id": number, "msg_data_id": number + 1}


def send_all(call: Call) -> dict:
    """To all followers, or to those with a tag (40035 without either)."""
    told = call.readable_json()
    chosen = told.get("filter") or {}
    followers = [p for p in call.platform.world.people.values() if p.following and not p.gone]
    if chosen.get("is_to_all") is True:
        return _start(call, told, followers)
    tag = chosen.get("tag_id")
    if tag is None:
        raise Refusal(40035, "filter")
    if int(tag) not in call.platform.world.tags:
        raise Refusal(45159)
    return _start(call, told, [p for p in followers if int(tag) in p.tags])


def send_list(call: Call) -> dict:
    """To 2–10 000 named followers; those unknown or gone are left out."""
    told = call.readable_json()
    openids = told.get("touser")
    if not isinstance(openids, list) or not _OPENIDS[0] <= len(openids) <= _OPENIDS[1]:
        raise Refusal(40032)
    known = call.platform.world.people
    people = [known[one] for one in dict.fromkeys(openids) if one in known]
    return _start(call, told, [p for p in people if p.following and not p.gone])


def preview(call: Call) -> dict:
    """To one follower, counted nowhere."""
    told = call.readable_json()
    if not told.get("touser") and told.get("towxname"):
        raise Refusal(40132)
    person = call.follower(told.get("touser"))
    call.platform.bubble(person.openid, "account", "preview", _content(call, told))
    return {**OK, "errmsg": "preview success", "msg_id": call.platform.world.job_id()}


def _job(call: Call) -> tuple[int, dict]:
    number = call.json().get("msg_id")
    job = call.platform.world.masses.get(int(number)) if str(number).isdigit() else None
    if job is None:
        raise Refusal(40035, "msg_id")
    return int(str(number)), job


def status(call: Call) -> dict:
    """How far a job is."""
    number, job = _job(call)
    return {"msg_id": number, "msg_status": job["status"]}


def delete(call: Call) -> dict:
    """Only articles and videos can be taken back (40008 for what cannot)."""
    _number, job = _job(call)
    if job["type"] not in ("mpnews", "mpvideo"):
        raise Refusal(40008)
    with call.platform.world.change():
        job["status"] = "DELETE"
    return OK


def speed(call: Call) -> dict:
    """The speed step and what it means in messages a minute."""
    step = call.platform.world.speed
    return {"speed": step, "realspeed": (80, 60, 45, 30, 10)[step]}


def set_speed(call: Call) -> dict:
    """Speed 0 (fastest) to 4; 45084 when missing, 45083 when none of these."""
    step = call.json().get("speed")
    if step is None:
        raise Refusal(45084)
    if step not in range(5):
        raise Refusal(45083)
    with call.platform.world.change() as world:
        world.speed = step
    return OK


ROUTES = {
    "/cgi-bin/message/mass/sendall": Route(send_all),
    "/cgi-bin/message/mass/send": Route(send_list),
    "/cgi-bin/message/mass/preview": Route(preview),
    "/cgi-bin/message/mass/get": Route(status),
    "/cgi-bin/message/mass/delete": Route(delete),
    "/cgi-bin/message/mass/speed/get": Route(speed),
    "/cgi-bin/message/mass/speed/set": Route(set_speed),
}
