"""Followers: who they are to this account. No nickname and no avatar, as since 2021-12-27."""

from __future__ import annotations

from sandbox.api.call import OK, Call, Route
from sandbox.refusals import Refusal
from sandbox.world import Person

PAGE = 10_000
BATCH = 100
REMARK = 30


def _info(person: Person) -> dict:
    """What user/info says; for somebody who does not follow only that."""
    if not person.following:
        return {"subscribe": 0, "openid": person.openid}
    told = {"subscribe": 1, "openid": person.openid, "nickname": "", "sex": 0, "language": "zh_CN", "headimgurl": ""}
    told |= {"subscribe_time": int(person.subscribed_at), "remark": person.remark, "groupid": 0}
    told |= {"tagid_list": list(person.tags), "subscribe_scene": person.came_by}
    number = int(person.scene) if person.scene.isdigit() else 0
    return {**told, "qr_scene": number, "qr_scene_str": "" if number else person.scene}


def info(call: Call) -> dict:
    """One person."""
    return _info(call.person(call.args.get("openid")))


def batch(call: Call) -> dict:
    """Up to 100 people (40032 beyond)."""
    wanted = call.json().get("user_list")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= BATCH:
        raise Refusal(40032)
    return {"user_info_list": [_info(call.person((one or {}).get("openid"))) for one in wanted]}


def followers(call: Call) -> dict:
    """The openids of all followers, 10 000 a page."""
    everybody = [p.openid for p in call.platform.world.people.values() if p.following and not p.gone]
    start = call.args.get("next_openid") or ""
    if start and start not in everybody:
        raise Refusal(40003)
    rest = everybody[everybody.index(start) + 1 :] if start else everybody
    page = rest[:PAGE]
    told = {"total": len(everybody), "count": len(page), "next_openid": page[-1] if page else ""}
    return {**told, **({"data": {"openid": page}} if page else {})}


def remark(call: Call) -> dict:
    """Our name for a follower, shorter than 30 characters."""
    told = call.readable_json()
    person = call.follower(told.get("openid"))
    words = str(told.get("remark", ""))
    if len(words) >= REMARK:
        raise Refusal(40035, "remark")
    with call.platform.world.change():
        person.remark = words
    return OK


ROUTES = {
    "/cgi-bin/user/info": Route(info, "GET"),
    "/cgi-bin/user/info/batchget": Route(batch),
    "/cgi-bin/user/get": Route(followers, "GET"),
    "/cgi-bin/user/info/updateremark": Route(remark),
}
