"""The account's menu: at most three buttons with at most five below, names counted in bytes."""

from __future__ import annotations

from sandbox.api.call import OK, Call, Route
from sandbox.refusals import Refusal

_CLICKS = {"click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin"}
_CLICKS |= {"location_select"}
_TYPES = _CLICKS | {"view", "miniprogram", "media_id", "article_id", "view_limited"}
#: level -> (name bytes, code for name, type, key, url)
_RULES = {0: (16, 40018, 40017, 40019, 40020), 1: (60, 40025, 40024, 40026, 40027)}


def _check_button(button: object, level: int) -> None:
    """Refuse one button by the platform's code for what is wrong with it."""
    most, bad_name, bad_type, bad_key, bad_url = _RULES[level]
    if not isinstance(button, dict):
        raise Refusal(bad_type)
    name = str(button.get("name") or "")
    if not name or len(name.encode()) > most:
        raise Refusal(bad_name)
    below = button.get("sub_button") or []
    if below and level == 0:
        if len(below) > 5:
            raise Refusal(40023)
        for one in below:
            _check_button(one, 1)
        return
    if button.get("type") not in _TYPES:
        raise Refusal(bad_type)
    if button["type"] in _CLICKS and not 0 < len(str(button.get("key") or "").encode()) <= 128:
        raise Refusal(bad_key)
    if button["type"] == "view" and not 0 < len(str(button.get("url") or "").encode()) <= 1024:
        raise Refusal(bad_url)


def _buttons(call: Call) -> tuple[list[dict], dict]:
    told = call.readable_json()
    buttons = told.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refusal(40016)
    for button in buttons:
        _check_button(button, 0)
    return buttons, told


def create(call: Call) -> dict:
    """Set the menu everybody sees."""
    buttons, _told = _buttons(call)
    with call.platform.world.change() as world:
        world.menu = {"button": buttons}
    return OK


def get(call: Call) -> dict:
    """The menus as they are; 46003 when there is none."""
    world = call.platform.world
    if world.menu is None:
        raise Refusal(46003)
    return {"menu": world.menu, **({"conditionalmenu": world.conditional} if world.conditional else {})}


def delete(call: Call) -> dict:
    """No menu any more, conditional ones included."""
    with call.platform.world.change() as world:
        world.menu, world.conditional = None, []
    return OK


def add_conditional(call: Call) -> dict:
    """A menu for those with a tag; 65303 without a default menu."""
    buttons, told = _buttons(call)
    rule = told.get("matchrule") or {}
    if not rule.get("tag_id"):
        raise Refusal(40035, "matchrule")
    with call.platform.world.change() as world:
        if world.menu is None:
            raise Refusal(65303)
        number = str(world.job_id())
        world.conditional.append({"button": buttons, "matchrule": rule, "menuid": number})
    return {"menuid": number}


def delete_conditional(call: Call) -> dict:
    """Take one conditional menu away."""
    number = str(call.json().get("menuid"))
    with call.platform.world.change() as world:
        left = [menu for menu in world.conditional if menu["menuid"] != number]
        if len(left) == len(world.conditional):
            raise Refusal(65301)
        world.conditional = left
    return OK


ROUTES = {
    "/cgi-bin/menu/create": Route(create),
    "/cgi-bin/menu/get": Route(get, "GET"),
    "/cgi-bin/menu/delete": Route(delete, "GET"),
    "/cgi-bin/menu/addconditional": Route(add_conditional),
    "/cgi-bin/menu/delconditional": Route(delete_conditional),
}
