"""A sandbox that runs: server thread, snapshot thread, and an orderly end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from .app import create_app
from .config import Config
from .platform import Platform
from .snapshot import load, save

SNAPSHOT_EVERY = 2.0


class QuietHandler(WSGIRequestHandler):
    """The page has its own log; the terminal stays readable."""

    timeout = 60

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: query strings carry tokens."""


def _snapshots(platform: Platform, stop: threading.Event) -> None:
    """Write the state whenever it changed, at most every two seconds, and once at the end."""
    path = platform.config.state
    saved = -1
    while path is not None:
        ended = stop.wait(SNAPSHOT_EVERY)
        if platform.world.revision != saved:
            saved = platform.world.revision
            save(platform.world, path)
        if ended:
            return


@contextmanager
def running(config: Config) -> Iterator[tuple[BaseWSGIServer, Platform]]:
    """The server (not yet serving) and its platform; leaving stops both and writes the state."""
    platform = Platform(config, load(config.state) if config.state else None)
    server = make_server(config.host, config.port, create_app(platform), threaded=True, request_handler=QuietHandler)
    server.daemon_threads = True  # type: ignore[attr-defined]
    stop = threading.Event()
    keeper = threading.Thread(target=_snapshots, args=(platform, stop), name="sandbox-snapshots")
    keeper.start()
    try:
        yield server, platform
    finally:
        server.server_close()
        stop.set()
        keeper.join()
        platform.close()
