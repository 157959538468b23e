"""The ground on which the other tests stand: real servers, a database per test, and a closed network."""

import socket
import urllib.request

import pytest
from sqlalchemy import text

from models import Estate
from tests import conftest


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_has_an_empty_database_of_its_own(engine, turn):
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE only_mine (id INTEGER)"))


def test_what_one_session_commits_another_sees(sessions):
    with sessions.begin() as session:
        before = session.query(Estate).count()
        session.add(Estate(name="暖居花园"))
    with sessions() as session:
        assert (before, session.query(Estate).count()) == (0, 1)


@pytest.mark.parametrize("turn", [1, 2])
def test_redis_is_empty_and_real(redis, turn):
    assert redis.dbsize() == 0
    assert redis.eval("return redis.call('SET', KEYS[1], ARGV[1])", 1, "left", "behind") == b"OK"


def test_the_frozen_moment_is_ten_in_beijing(now, clock):
    assert now.isoformat() == "2026-11-21T02:00:00+00:00" == clock().isoformat()


@pytest.mark.parametrize(
    "reach",
    [
        lambda: urllib.request.urlopen("http://api.weixin.qq.com/"),
        lambda: socket.create_connection(("192.0.2.1", 80), timeout=0.1),
        lambda: socket.getaddrinfo("nuanju.example", 443),
    ],
)
def test_nobody_reaches_another_machine(reach):
    with pytest.raises(conftest.Outside, match="this machine"):
        reach()
    conftest._reached.clear()
