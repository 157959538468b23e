"""The control API: people, pushes, phones, time, trouble. For the browser, tests and replays; never for the product."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from . import people
from .acts import NotFollowing, act, consent, keep
from .clock import moment, next_morning
from .compose import EVENTS, Nonsense
from .faults import KINDS, Fault
from .platform import Platform, Unknown
from .samples import PICTURES, kind_of, picture
from .views import bubble_json, entry_json, menu_for, person_json, time_json
from .world import World

blueprint = Blueprint("control", __name__, url_prefix="/control")
#: Longest wait of one poll, seconds; a browser asks again at once.
LONGEST_WAIT = 20.0


def _platform() -> Platform:
    return current_app.extensions["sandbox"]


def _told() -> dict[str, Any]:
    told = request.get_json(silent=True)
    if not isinstance(told, dict):
        raise Nonsense("要一个 JSON 对象")
    return told


@blueprint.errorhandler(NotFollowing)
def _conflict(error: Exception) -> tuple[Response, int]:
    return jsonify(error=str(error), code="not_following"), 409


@blueprint.errorhandler(Nonsense)
@blueprint.errorhandler(ValueError)
def _bad(error: Exception) -> tuple[Response, int]:
    return jsonify(error=str(error), code="bad_request"), 400


@blueprint.errorhandler(Unknown)
def _unknown(error: Exception) -> tuple[Response, int]:
    return jsonify(error=str(error), code="not_found"), 404


@blueprint.get("/people")
def list_people() -> Response:
    """Everybody who holds a phone here."""
    platform = _platform()
    now = platform.clock.now()
    return jsonify(people=[person_json(p, now) for p in platform.world.people.values()])


@blueprint.post("/people")
def put_person() -> Response:
    """Add or change one person: {openid?, name, kind, following?, accepts?, gone?}."""
    platform = _platform()
    return jsonify(person_json(people.put(platform, _told()), platform.clock.now()))


@blueprint.post("/push")
def push() -> Response:
    """Let a person act; answers when the push is over, with the replies the phone shows for it."""
    result = act(_platform(), _told())
    told = {"replies": [bubble_json(b) for b in result.replies], "status": result.delivery.status}
    told |= {"tries": result.delivery.tries, "reason": result.delivery.reason, "msg_id": result.msg_id}
    return jsonify({**told, "answers": result.delivery.answers})


@blueprint.post("/scan")
def scan() -> Response:
    """Let a person scan a code: {openid, scene} or {openid, ticket}."""
    result = act(_platform(), {**_told(), "type": "scan"})
    told = {"replies": [bubble_json(b) for b in result.replies], "status": result.delivery.status}
    return jsonify({**told, "tries": result.delivery.tries})


@blueprint.post("/consent")
def give_consent() -> Response:
    """A person allows `count` (default 1) notices of a template: {openid, template_id, count}.

    0 withdraws what was allowed (the settings' switch), -1 declines in the popup.
    """
    result = consent(_platform(), _told())
    return jsonify(status=result.delivery.status, tries=result.delivery.tries)


@blueprint.post("/templates")
def put_template() -> Response:
    """The account owns this template from now on: {id, title, content with {{thing1.DATA}} keywords}."""
    platform, told = _platform(), _told()
    if not told.get("id") or "{{" not in str(told.get("content", "")):
        raise Nonsense("要 id 和 content（含 {{thing1.DATA}}）")
    with platform.world.change() as world:
        world.templates[str(told["id"])] = {"title": str(told.get("title", "服务通知")), "content": told["content"]}
    return jsonify(ok=True)


@blueprint.get("/phone/<openid>")
def phone(openid: str) -> Response:
    """What stands on that phone, both directions, after number `after`."""
    platform = _platform()
    person = platform.person(openid)
    after = int(request.args.get("after", 0))
    with platform.world.lock:
        shown = [bubble_json(b) for b in platform.world.bubbles if b.openid == openid and b.n > after]
    told = person_json(person, platform.clock.now())
    return jsonify(messages=shown, last=shown[-1]["n"] if shown else after, person=told)


@blueprint.post("/media")
def put_media() -> Response:
    """Keep a picture that a person will send (raw body or form field `media`); what it is, its bytes say."""
    upload = request.files.get("media")
    data = upload.read() if upload else request.get_data()
    content_type = kind_of(data)
    if content_type is None or not content_type.startswith("image/"):
        raise Nonsense("请选 JPG 或 PNG 照片")
    platform = _platform()
    return jsonify(media_id=keep(platform, "image", data, platform.clock.now()), content_type=content_type)


@blueprint.get("/media/<media_id>")
def media(media_id: str) -> Response:
    """The bytes of a file on a phone, expired or not: a phone keeps what it showed."""
    world = _platform().world
    with world.lock:
        if media_id not in world.media:
            raise Unknown("没有这个文件")
        medium, data = world.media[media_id], world.files[media_id]
    return Response(data, content_type=medium.content_type, headers={"Cache-Control": "max-age=86400"})


@blueprint.get("/sample/<key>.jpg")
def sample(key: str) -> Response:
    """One of the pictures a person can send without a camera."""
    if key not in PICTURES:
        raise Unknown("没有这张示例照片")
    return Response(picture(key), content_type="image/jpeg")


@blueprint.get("/time")
def get_time() -> Response:
    """The sandbox's now and its offset in seconds."""
    return jsonify(time_json(_platform()))


@blueprint.post("/time")
def set_time() -> Response:
    """Travel by {"offset": s}, {"advance": s}, {"at": ISO} or {"to": "now"|"morning"|"due"}.

    {"due": ISO, "what": "…"} travels nowhere: it notes the next due step for the button of that name.
    """
    platform, told = _platform(), _told()
    clock = platform.clock
    if "due" in told:
        with platform.world.change() as world:
            world.due = {"at": told["due"], "what": str(told.get("what", ""))} if told["due"] else None
        return jsonify(time_json(platform))
    clock.travel(_offset(platform, told))
    with platform.world.change():
        pass
    return jsonify(time_json(platform))


def _offset(platform: Platform, told: dict) -> float:
    """The new offset the call asks for; Nonsense when it asks for none."""
    clock = platform.clock
    real = clock.now() - clock.offset
    if "offset" in told:
        return float(told["offset"])
    if "advance" in told:
        return clock.offset + float(told["advance"])
    if "at" in told:
        return moment(told["at"]) - real
    if told.get("to") == "morning":
        return next_morning(clock.now()) - real
    if told.get("to") == "due" and platform.world.due:
        return moment(platform.world.due["at"]) - real
    if told.get("to") == "now":
        return 0.0
    raise Nonsense("要 offset、advance、at 或 to")


@blueprint.route("/faults", methods=["GET", "POST"])
def faults() -> Response:
    """Plan trouble: {"name", "path" (default all), "count" (default 1), "seconds"}; {"name": "clear"} ends it."""
    platform = _platform()
    if request.method == "POST":
        told = _told()
        with platform.world.change():
            if told.get("name") == "clear":
                platform.faults.clear()
            else:
                path = str(told.get("path") or "*")
                count = int(told.get("count", 1))
                platform.faults.add(Fault(str(told.get("name")), path, count, float(told.get("seconds", 6))))
    return jsonify(faults=platform.faults.listed(), kinds=KINDS)


@blueprint.get("/log")
def log() -> Response:
    """Pushes and calls after number `after`, oldest first."""
    platform = _platform()
    after = int(request.args.get("after", 0))
    with platform.world.lock:
        return jsonify(log=[entry_json(e) for e in platform.world.log if e.n > after])


@blueprint.post("/verify")
def verify() -> Response:
    """Ask the webhook for its echostr, as the console does when an address is saved."""
    good, said = _platform().postman.check()
    return jsonify(ok=good, message=said)


@blueprint.post("/reset")
def reset() -> Response:
    """Empty phones, log, media, windows and trouble, and return to real time. People and templates stay."""
    platform = _platform()
    platform.faults.clear()
    platform.last.clear()
    platform.clock.travel(0.0)
    told = request.get_json(silent=True) or {}
    with platform.world.change() as world:
        world.clear(everybody=bool(told.get("people")))
    return jsonify(ok=True)


@blueprint.get("/feed")
def feed() -> Response:
    """Everything new since (`seen`, `after`), waiting up to 20 s for something: one poll feeds the whole page."""
    platform = _platform()
    seen, after = int(request.args.get("seen", -1)), int(request.args.get("after", 0))
    wait = min(LONGEST_WAIT, float(request.args.get("wait", LONGEST_WAIT)))
    revision = platform.world.wait(seen, wait) if seen >= 0 else platform.world.revision
    if request.args.get("era") != platform.world.era:
        after = 0
    return jsonify({"revision": revision, "era": platform.world.era, **_news(platform, platform.world, after)})


def _news(platform: Platform, world: World, after: int) -> dict:
    """People, menus, time and trouble as they stand; bubbles and log lines after a number."""
    now = platform.clock.now()
    with world.lock:
        known = [{**person_json(p, now), "menu": menu_for(platform, p)} for p in world.people.values()]
        bubbles = [bubble_json(b) for b in world.bubbles if b.n > after]
        failed = [b.n for b in world.bubbles if b.failed]
        lines = [entry_json(e) for e in world.log if e.n > after]
        last = world.serial
    told = {"people": known, "bubbles": bubbles, "failed": failed, "log": lines, "last": last}
    told |= {"time": time_json(platform), "faults": platform.faults.listed(), "kinds": KINDS}
    config = platform.config
    about = {"name": config.name, "mode": config.mode, "webhook": config.webhook, "app_id": config.app_id}
    samples = [{"key": key, "label": label} for key, (_file, label) in PICTURES.items()]
    codes = [{"scene": str(t["scene"]), "ticket": k, "until": t["until"]} for k, t in world.tickets.items()]
    asks = [{"id": key, "title": one["title"]} for key, one in world.templates.items() if one.get("asked")]
    told["asks"] = asks
    return {**told, "about": about, "samples": samples, "codes": codes[-30:], "events": list(EVENTS)}
