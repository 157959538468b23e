"""QR codes with a scene, and their pictures."""

from __future__ import annotations

import io
import secrets

import segno

from sandbox.api.call import Binary, Call, Route
from sandbox.refusals import Refusal

LONGEST = 2_592_000
_DEFAULT = 60
#: action -> (name of the scene field, whether it ends)
_ACTIONS = {
    "QR_SCENE": ("scene_id", True),
    "QR_STR_SCENE": ("scene_str", True),
    "QR_LIMIT_SCENE": ("scene_id", False),
    "QR_LIMIT_STR_SCENE": ("scene_str", False),
}


def _scene(told: dict, name: str, ends: bool) -> str | int:
    """The scene, refused with 40053 when missing, too long or out of range."""
    scene = ((told.get("action_info") or {}).get("scene") or {}).get(name)
    if name == "scene_str":
        if not isinstance(scene, str) or not 1 <= len(scene) <= 64:
            raise Refusal(40053)
        return scene
    if not isinstance(scene, int) or isinstance(scene, bool) or not 1 <= scene <= (2**32 - 1 if ends else 100_000):
        raise Refusal(40053)
    return scene


def create(call: Call) -> dict:
    """A ticket for a scene; temporary ones end after at most 30 days of the sandbox's clock."""
    told = call.readable_json()
    action = _ACTIONS.get(str(told.get("action_name")))
    if action is None:
        raise Refusal(40053)
    name, ends = action
    scene = _scene(told, name, ends)
    seconds = told.get("expire_seconds", _DEFAULT)
    if ends and (not isinstance(seconds, int) or not 1 <= seconds <= LONGEST):
        raise Refusal(40035, "expire_seconds")
    ticket = "gQ" + secrets.token_urlsafe(60)
    url = f"http://weixin.qq.com/q/{secrets.token_urlsafe(16)}"
    with call.platform.world.change() as world:
        world.tickets[ticket] = {"scene": scene, "until": call.now + seconds if ends else None, "url": url}
    return {"ticket": ticket, "url": url, **({"expire_seconds": seconds} if ends else {})}


def show(call: Call) -> Binary:
    """The picture of a ticket, as mp.weixin.qq.com shows it."""
    made = call.platform.world.tickets.get(call.args.get("ticket", ""))
    if made is None:
        raise Refusal(40066)
    picture = io.BytesIO()
    segno.make(made["url"], error="m").save(picture, kind="png", scale=8, border=3)
    return Binary(picture.getvalue(), "image/png")


ROUTES = {
    "/cgi-bin/qrcode/create": Route(create),
    "/cgi-bin/showqrcode": Route(show, "GET", token=False),
}
