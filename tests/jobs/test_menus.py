"""The menu and the tags reach the platform once, outside any transaction, and a refusal stands on its row."""

import datetime as dt

import pytest
from sqlalchemy import select

from bot.errors import Misconfigured, Refused, Throttled, Unreachable
from jobs import menus as menu_duty
from jobs import tags as tag_duty
from models import MenuVersion, Tag, Tagging
from models.desk.account import menus, people, tags
from tests.stories.scene import Scene

REPAIR = {"name": "我要报修", "type": "click", "key": "MENU_REPAIR"}


class Platform:
    """Keeps menus and tags; answers the errors it was given first."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.menus, self.known, self.calls = list(errors), [], {}, []
        self.bad: set[str] = set()
        self.before = lambda: None

    def _heard(self) -> None:
        self.before()
        if self.errors:
            raise self.errors.pop(0)

    def create_menu(self, menu: dict) -> None:
        self._heard()
        self.menus.append(menu)

    def tags(self) -> dict[str, int]:
        self._heard()
        return dict(self.known)

    def create_tag(self, name: str) -> int:
        self.known[name] = 100 + len(self.known)
        return self.known[name]

    def tag_people(self, tag_id: int, openids: list[str]) -> None:
        self._heard()
        self.calls.append((tag_id, len(openids)))
        if self.bad & set(openids):
            raise Refused(45059, "too many tags")

    untag_people = tag_people


@pytest.fixture
def wanted(sessions, now):
    with sessions.begin() as session:
        row = menus.draft(session, [REPAIR], staff=None, now=now)
        menus.publish(session, row, now=now)
        return row.id


@pytest.fixture
def read(sessions):
    def one(model, row_id: int):
        with sessions() as session:
            return session.get(model, row_id)

    return one


def test_the_wanted_menu_is_published_once(make_world, wanted, read):
    platform = Platform()
    world = make_world(gateway=platform)
    assert menu_duty.run(world) == 1 and menu_duty.run(world) == 0
    assert platform.menus == [{"button": [REPAIR]}]
    assert (read(MenuVersion, wanted).state, read(MenuVersion, wanted).published_at) == ("published", world.clock())


@pytest.mark.parametrize(("error", "wait"), [
    (Unreachable(), menu_duty.AGAIN), (Misconfigured(48001, "api"), menu_duty.AFTER_MISCONFIGURED),
    (Throttled(45009), dt.timedelta(hours=1)),
])  # fmt: skip
def test_trouble_is_waited_out(make_world, wanted, read, clock, error, wait):
    world = make_world(gateway=Platform(error))
    assert menu_duty.run(world) == 0 and menu_duty.run(world) == 0
    assert (read(MenuVersion, wanted).state, read(MenuVersion, wanted).next_try_at) == ("wanted", clock() + wait)
    clock.advance(seconds=wait.total_seconds() + 1)
    assert menu_duty.run(world) == 1


def test_a_clear_no_stands_on_the_version(make_world, wanted, read):
    world = make_world(gateway=Platform(Refused(40018, "invalid button name size")))
    assert menu_duty.run(world) == 0
    assert (read(MenuVersion, wanted).state, read(MenuVersion, wanted).reason) == (
        "failed", "40018 invalid button name size",
    )  # fmt: skip


def test_what_staff_want_meanwhile_wins(make_world, wanted, read, sessions, now):
    platform = Platform()

    def meanwhile() -> None:
        with sessions.begin() as session:
            other = menus.draft(session, [REPAIR, REPAIR], staff=None, now=now)
            menus.publish(session, other, now=now)

    platform.before = meanwhile
    assert menu_duty.run(make_world(gateway=platform)) == 0
    platform.before = lambda: None
    assert menu_duty.run(make_world(gateway=platform)) == 1
    assert read(MenuVersion, wanted).state == "draft" and len(platform.menus[-1]["button"]) == 2


@pytest.fixture
def tagged(sessions, now):
    """A tag that is wanted on 120 people."""
    with sessions.begin() as session:
        tag = tags.make(session, "样板房", now=now)
        crowd = [people.find_or_add(session, f"o-{number}", now=now) for number in range(120)]
        tags.put(session, tag, crowd, now=now)
        return tag.id


def test_a_tag_is_made_and_put_on_people_fifty_a_call(make_world, tagged, read, sessions):
    platform = Platform()
    assert tag_duty.run(make_world(gateway=platform)) == 121
    assert (read(Tag, tagged).state, read(Tag, tagged).platform_id) == ("made", 100)
    assert platform.calls == [(100, 50), (100, 50), (100, 20)]
    assert tag_duty.run(make_world(gateway=platform)) == 0
    with sessions() as session:
        assert set(session.scalars(select(Tagging.state))) == {"put"}


def test_a_tag_that_was_made_without_an_answer_is_found_again(make_world, tagged, read):
    platform = Platform()
    platform.known["样板房"] = 107
    tag_duty.run(make_world(gateway=platform))
    assert read(Tag, tagged).platform_id == 107 and platform.known == {"样板房": 107}


def test_one_person_whom_the_platform_refuses_spoils_nobody_else(make_world, tagged, sessions):
    platform = Platform()
    platform.bad = {"o-7"}
    tag_duty.run(make_world(gateway=platform))
    with sessions() as session:
        failed = session.scalars(select(Tagging).where(Tagging.state == "failed")).all()
        assert [(row.follower.openid, row.reason) for row in failed] == [("o-7", "45059 too many tags")]
        assert len(session.scalars(select(Tagging).where(Tagging.state == "put")).all()) == 119


def test_without_a_connection_everything_waits(make_world, tagged, read, clock):
    platform = Platform(Unreachable())
    world = make_world(gateway=platform)
    assert tag_duty.run(world) == 0 and read(Tag, tagged).state == "wanted"
    clock.advance(seconds=31)
    assert tag_duty.run(world) == 121


def test_the_sandbox_agrees_with_both(scene_world, wanted, tagged, read, sessions):
    """Real handlers of the sandbox, with the platform's limits."""
    assert menu_duty.run(scene_world) == 1
    with sessions.begin() as session:
        for row in session.scalars(select(Tagging).where(Tagging.follower_id.is_not(None))):
            session.delete(row)
    assert tag_duty.run(scene_world) == 1
    assert read(Tag, tagged).platform_id == 100


@pytest.fixture
def scene_world(make_world, engine, settings, clock):

    return make_world(gateway=Scene(engine, settings, clock, None).gateway)
