"""QRs of binding codes: made once by the platform, outside any transaction, and tried again while that can help."""

import datetime as dt

import pytest
from sqlalchemy import select

from bot.errors import Misconfigured, Refused, Throttled, Unknown, Unreachable
from bot.inbox import BIND_SCENE
from jobs import codes
from models.people import BindingCode


class Maker:
    """A platform that makes QRs; answers the errors it was given first."""

    def __init__(self, *errors: Exception) -> None:
        self.asked: list[tuple[str, int]] = []
        self.errors = list(errors)
        self.before = lambda: None

    def create_qr(self, scene: str, seconds: int | None = None) -> str:
        self.before()
        self.asked.append((scene, seconds))
        if self.errors:
            raise self.errors.pop(0)
        return f"http://weixin.qq.com/q/{scene}"


@pytest.fixture
def given(sessions, now):
    """A code that staff gave out; returns its row's id."""

    def add(code: str = "123456", **facts: object) -> int:
        values = {"created_at": now, "expires_at": now + dt.timedelta(days=30), "qr_asked_at": now}
        with sessions.begin() as session:
            row = BindingCode(code=code, **(values | facts))
            session.add(row)
            session.flush()
            return row.id

    return add


@pytest.fixture
def read(sessions):
    def one(row_id: int) -> BindingCode:
        with sessions() as session:
            return session.get(BindingCode, row_id)

    return one


def test_a_code_gets_the_scene_that_the_inbox_understands_once(make_world, given, read):
    mine, maker = given(), Maker()
    world = make_world(gateway=maker)
    assert codes.run(world) == 1 and codes.run(world) == 0
    assert maker.asked == [(f"{BIND_SCENE}123456", 30 * 86_400)]
    assert (read(mine).qr_url, read(mine).qr_asked_at) == ("http://weixin.qq.com/q/bind_123456", None)


@pytest.mark.parametrize(("left", "seconds"), [
    (dt.timedelta(days=90), 30 * 86_400), (dt.timedelta(hours=2), 7200), (dt.timedelta(seconds=5), 60),
])  # fmt: skip
def test_the_picture_lives_as_long_as_the_code_within_the_platforms_limits(make_world, given, now, left, seconds):
    given(expires_at=now + left)
    maker = Maker()
    codes.run(make_world(gateway=maker))
    assert [asked for _, asked in maker.asked] == [seconds]


@pytest.mark.parametrize("facts", [{"qr_asked_at": None}, {"used_at": "now"}, {"expires_at": "now"}])
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
    assert read(mine).qr_asked_at == clock() + wait
    assert codes.run(world) == 0, "not before its time"
    clock.advance(seconds=wait.total_seconds() + 1)
    assert codes.run(world) == 1 and read(mine).qr_url


def test_a_clear_no_is_not_asked_again_until_staff_do(make_world, given, read):
    mine, maker = given(), Maker(Refused(40097, "invalid args"))
    world = make_world(gateway=maker)
    codes.run(world)
    assert codes.run(world) == 0 and len(maker.asked) == 1
    assert (read(mine).qr_url, read(mine).qr_asked_at) == ("", None)


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
            session.scalars(select(BindingCode)).one().customer_id = None

    maker.before = meanwhile
    assert codes.run(make_world(gateway=maker)) == 1 and other.asked == []
