"""Tags and the black-list: 100 tags of 30 characters, 20 on a person, 50 people a call."""

from __future__ import annotations

from sandbox.api.call import OK, Call, Route
from sandbox.refusals import Refusal
from sandbox.world import Person

MOST, NAME, PER_PERSON, BATCH, BLACK_BATCH = 100, 30, 20, 50, 20
#: The platform keeps the first numbers for itself (2 = starred).
FIRST = 100


def _name(call: Call) -> str:
    name = str((call.json().get("tag") or {}).get("name") or "").strip()
    if not name or len(name) > NAME:
        raise Refusal(45158)
    if name in call.platform.world.tags.values():
        raise Refusal(45157)
    return name


def _number(call: Call, told: dict) -> int:
    number = told.get("id", told.get("tagid"))
    if number in (0, 1, 2):
        raise Refusal(45058)
    if not isinstance(number, int) or number not in call.platform.world.tags:
        raise Refusal(45159)
    return number


def create(call: Call) -> dict:
    """A new tag: 45157 for a name that exists, 45158 for a bad one, 45056 beyond a hundred."""
    name = _name(call)
    with call.platform.world.change() as world:
        if len(world.tags) >= MOST:
            raise Refusal(45056)
        number = max(world.tags, default=FIRST - 1) + 1
        world.tags[number] = name
    return {"tag": {"id": number, "name": name}}


def listed(call: Call) -> dict:
    """All tags with their counts."""
    world = call.platform.world
    count = {number: sum(number in p.tags for p in world.people.values()) for number in world.tags}
    return {"tags": [{"id": n, "name": name, "count": count[n]} for n, name in world.tags.items()]}


def rename(call: Call) -> dict:
    """Another name for a tag."""
    number = _number(call, call.json().get("tag") or {})
    name = _name(call)
    with call.platform.world.change() as world:
        world.tags[number] = name
    return OK


def delete(call: Call) -> dict:
    """No such tag any more, on nobody."""
    number = _number(call, call.json().get("tag") or {})
    with call.platform.world.change() as world:
        del world.tags[number]
        for person in world.people.values():
            person.tags = [one for one in person.tags if one != number]
    return OK


def _people(call: Call, told: dict, most: int) -> list[Person]:
    openids = told.get("openid_list")
    if not isinstance(openids, list) or not 1 <= len(openids) <= most:
        raise Refusal(40032)
    return [call.person(one) for one in openids]


def put(call: Call) -> dict:
    """Tag up to 50 people; the last tag put decides their conditional menu. 45059 when one has twenty."""
    told = call.json()
    number = _number(call, told)
    people = _people(call, told, BATCH)
    with call.platform.world.change():
        if any(len(p.tags) >= PER_PERSON and number not in p.tags for p in people):
            raise Refusal(45059)
        for person in people:
            person.tags = [one for one in person.tags if one != number] + [number]
    return OK


def take(call: Call) -> dict:
    """Untag up to 50 people."""
    told = call.json()
    number = _number(call, told)
    people = _people(call, told, BATCH)
    with call.platform.world.change():
        for person in people:
            person.tags = [one for one in person.tags if one != number]
    return OK


def of_person(call: Call) -> dict:
    """The tags on one person."""
    return {"tagid_list": list(call.person(call.json().get("openid")).tags)}


def members(call: Call) -> dict:
    """Who has a tag."""
    number = _number(call, call.json())
    openids = [p.openid for p in call.platform.world.people.values() if number in p.tags and p.following]
    return {"count": len(openids), "data": {"openid": openids}, "next_openid": openids[-1] if openids else ""}


def blacklist(call: Call) -> dict:
    """Whom the account has blocked."""
    openids = [p.openid for p in call.platform.world.people.values() if p.blacklisted]
    told = {"total": len(openids), "count": len(openids), "data": {"openid": openids}}
    return {**told, "next_openid": openids[-1] if openids else ""}


def _block(call: Call, blocked: bool) -> dict:
    people = _people(call, call.json(), BLACK_BATCH)
    with call.platform.world.change():
        for person in people:
            person.blacklisted = blocked
    return OK


ROUTES = {
    "/cgi-bin/tags/create": Route(create),
    "/cgi-bin/tags/get": Route(listed, "GET"),
    "/cgi-bin/tags/update": Route(rename),
    "/cgi-bin/tags/delete": Route(delete),
    "/cgi-bin/tags/members/batchtagging": Route(put),
    "/cgi-bin/tags/members/batchuntagging": Route(take),
    "/cgi-bin/tags/getidlist": Route(of_person),
    "/cgi-bin/user/tag/get": Route(members),
    "/cgi-bin/tags/members/getblacklist": Route(blacklist),
    "/cgi-bin/tags/members/batchblacklist": Route(lambda call: _block(call, True)),
    "/cgi-bin/tags/members/batchunblacklist": Route(lambda call: _block(call, False)),
}
