"""Codes of the platform: made once, outside any transaction, shown to whoever asked, tried again while it can help."""

import datetime as dt

import pytest
from sqlalchemy import select

from bot.errors import Misconfigured, Refused, Throttled, Unknown, Unreachable
from bot.inbox import BIND_SCENE
from bot.parcels import Qr
from jobs import codes
from models.desk.account import codes as models_codes
from models.desk.account import people
from models.desk.sales import referrals
from models.outbound import Outgoing
from models.people import BindingCode
from models.qrcodes import QrCode


class Maker:
    """A platform that makes QRs; answers the errors it was given first."""

    def __init__(self, *errors: Exception) -> None:
        self.asked: list[tuple[str, int]] = []
        self.errors = list(errors)
        self.before = lambda: None

    def create_qr(self, scene: str, seconds: int | None = None) -> Qr:
        self.before()
        self.asked.append((scene, seconds))
        if self.errors:
            raise self.errors.pop(0)
        return Qr(f"http://weixin.qq.com/q/{scene}", "gQ1")


@pytest.fixture
def given(sessions, now):
    """A code that staff gave out for binding; returns the row that the platform is asked by."""

    def add(code: str = "123456", **facts: object) -> int:
        values = {"created_at": now, "expires_at": now + dt.timedelta(days=30)}
        with sessions.begin() as session:
            row = BindingCode(code=code, **(values | facts))
            session.add(row)
            session.flush()
            return models_codes.for_binding(session, row, now=now).id

    return add


@pytest.fixture
def read(sessions):
    def one(row_id: int) -> QrCode:
        with sessions() as session:
            return session.get(QrCode, row_id)

    return one


def test_a_code_gets_the_scene_that_the_inbox_understands_once(make_world, given, read):
    mine, maker = given(), Maker()
    world = make_world(gateway=maker)
    assert codes.run(world) == 1 and codes.run(world) == 0
    assert maker.asked == [(f"{BIND_SCENE}123456", 30 * 86_400)]
    assert (read(mine).url, read(mine).ticket) == ("http://weixin.qq.com/q/bind_123456", "gQ1")
    assert (read(mine).state, read(mine).made_at) == ("made", world.clock())


@pytest.mark.parametrize(("left", "seconds"), [
    (dt.timedelta(days=90), 30 * 86_400), (dt.timedelta(hours=2), 7200), (dt.timedelta(seconds=5), 60),
])  # fmt: skip
def test_the_picture_lives_as_long_as_the_code_within_the_platforms_limits(make_world, given, now, left, seconds):
    given(expires_at=now + left)
    maker = Maker()
    codes.run(make_world(gateway=maker))
    assert [asked for _, asked in maker.asked] == [seconds]


@pytest.mark.parametrize("facts", [{"used_at": "now"}, {"expires_at": "now"}])
def test_what_nobody_can_use_is_not_asked_for(make_world, given, now, facts):
    given(**{name: value and now for name, value in facts.items()})
    maker = Maker()
    assert codes.run(make_world(gateway=maker)) == 0 and maker.asked == []


@pytest.mark.parametrize(("error", "wait"), [
    (Unreachable(), codes.AGAIN), (Unknown(), codes.AGAIN), (Misconfigured(40164, "ip"), codes.AFTER_MISCONFIGURED),
    (Throttled(45009), dt.timedelta(hours=1)),
])  # fmt: skip
def test_trouble_is_waited_out_and_asked_again(make_world, given, read, clock, error, wait):
    mine = given()
    world = make_world(gateway=Maker(error))
    assert codes.run(world) == 0
    assert (read(mine).state, read(mine).next_try_at) == ("wanted", clock() + wait)
    assert read(mine).reason
    assert codes.run(world) == 0, "not before its time"
    clock.advance(seconds=wait.total_seconds() + 1)
    assert codes.run(world) == 1 and read(mine).url and read(mine).reason == ""


def test_a_clear_no_is_not_asked_again_until_staff_do(make_world, given, read):
    mine, maker = given(), Maker(Refused(40097, "invalid args"))
    world = make_world(gateway=maker)
    codes.run(world)
    assert codes.run(world) == 0 and len(maker.asked) == 1
    assert (read(mine).state, read(mine).reason) == ("failed", "40097 invalid args")


def test_everybodys_trouble_stops_the_run(make_world, given):
    given("111111"), given("222222")
    maker = Maker(Misconfigured(40125, "secret"))
    codes.run(make_world(gateway=maker))
    assert len(maker.asked) == 1


def test_no_transaction_is_open_and_no_other_worker_asks_while_the_platform_is_spoken_to(make_world, given, sessions):
    given()
    maker, other = Maker(), Maker()

    def meanwhile() -> None:
        assert codes.run(make_world(gateway=other)) == 0
        with sessions.begin() as session:  # a writer that would have to wait for an open transaction
            session.scalars(select(QrCode)).one().scans = 3

    maker.before = meanwhile
    assert codes.run(make_world(gateway=maker)) == 1 and other.asked == []


@pytest.fixture
def friend(sessions, now):
    """A follower who asked for their own code."""
    with sessions.begin() as session:
        follower = people.find_or_add(session, "o-friend", now=now)
        return referrals.code_of(session, follower, now=now).id


def test_a_personal_code_is_good_for_ever_and_its_picture_is_promised_once(
    make_world, friend, read, sessions, settings
):
    maker = Maker()
    world = make_world(gateway=maker)
    assert codes.run(world) == 1 and codes.run(world) == 0
    assert maker.asked == [(read(friend).scene, None)]
    with sessions() as session:
        letter = session.scalars(select(Outgoing)).one()
    assert (letter.kind, letter.facts["path"]) == ("image", read(friend).path)
    assert (settings.media_dir / read(friend).path).read_bytes().startswith(b"\x89PNG")


def test_killed_between_call_and_note_the_code_is_made_again_and_shown_once(make_world, friend, read, sessions, clock):
    maker = Maker()
    world = make_world(gateway=maker)
    with pytest.raises(RuntimeError):
        codes.run(make_world(gateway=Dying(maker)))
    assert (read(friend).state, read(friend).url) == ("wanted", "")
    assert codes.run(world) == 0, "the dead worker has it in hand"
    clock.advance(seconds=codes.IN_HAND.total_seconds() + 1)
    assert codes.run(world) == 1
    with sessions() as session:
        assert len(session.scalars(select(Outgoing)).all()) == 1


@pytest.mark.parametrize("state", ["dropped", "made"])
def test_no_picture_is_left_of_a_code_that_is_not_ours_to_write_any_more(make_world, friend, sessions, settings, state):
    maker = Maker()
    world = make_world(gateway=maker)

    def meanwhile() -> None:
        with sessions.begin() as session:
            session.get_one(QrCode, friend).move(state, now=world.clock())

    maker.before = meanwhile
    assert codes.run(world) == 0
    assert [path for path in settings.media_dir.rglob("*") if path.is_file()] == []


class Dying:
    """A platform that made the code, and a worker that did not live to write it down."""

    def __init__(self, maker: Maker) -> None:
        self.maker = maker

    def create_qr(self, scene: str, seconds: int | None = None) -> Qr:
        self.maker.create_qr(scene, seconds)
        raise RuntimeError("killed")
