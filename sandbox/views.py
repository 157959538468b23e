"""The world as JSON for the browser and for tests."""

from __future__ import annotations

from dataclasses import asdict

from .clock import iso
from .platform import Platform
from .world import Bubble, Entry, Person


def words(bubble: Bubble) -> str:
    """A bubble in plain words, so that a test can compare what a person read."""
    body = bubble.body
    if bubble.type == "msgmenu":
        lines = [body["head"], *(item["content"] for item in body["items"]), body["tail"]]
        return "\n".join(line for line in lines if line)
    if bubble.type == "template":
        return "\n".join([body["title"], *(f"{row['label']}：{row['value']}" for row in body["rows"])])
    if bubble.type == "news":
        lines = (line for article in body["articles"] for line in (article["title"], article["description"]))
        return "\n".join(line for line in lines if line)
    return str(body.get("text") or body.get("recognition") or body.get("label") or body.get("title") or "")


def bubble_json(bubble: Bubble) -> dict:
    """One message of a phone. `from` is person, account or system; `via` says by which channel it came."""
    told = {
        "n": bubble.n,
        "openid": bubble.openid,
        "from": bubble.side,
        "via": bubble.via,
        "type": bubble.type,
    }
    told |= {"at": iso(bubble.at), "failed": bubble.failed, **bubble.body, "text": words(bubble)}
    if bubble.body.get("media_id"):
        told["media_url"] = f"/control/media/{bubble.body['media_id']}"
    return told


def person_json(person: Person, now: float) -> dict:
    """One person with what the account may still send them."""
    kept = ("openid", "name", "kind", "following", "accepts", "gone", "tags", "remark", "consents", "mass")
    told = {key: value for key, value in asdict(person).items() if key in kept}
    told["windows"] = [{"kind": w.kind, "until": iso(w.until), "left": w.left} for w in person.windows if now < w.until]
    told["typing"] = now < person.typing_until
    told["typing_until"] = iso(person.typing_until)
    told["kf"] = now < person.kf_until
    return told


def entry_json(entry: Entry) -> dict:
    """One line of the log."""
    return {**asdict(entry), "at": iso(entry.at)}


def time_json(platform: Platform) -> dict:
    """The sandbox's clock as people and programs read it."""
    now = platform.clock.now()
    return {"offset": platform.clock.offset, "now": iso(now), "epoch": now, "due": platform.world.due}


def menu_for(platform: Platform, person: Person) -> list[dict]:
    """The menu this person sees: the conditional one of their last tag, else the default one."""
    world = platform.world
    last = str(person.tags[-1]) if person.tags else None
    for menu in reversed(world.conditional):
        if last and str(menu["matchrule"].get("tag_id")) == last:
            return menu["button"]
    return (world.menu or {}).get("button", [])
