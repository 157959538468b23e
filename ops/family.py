"""Child processes that never outlive us: one process group, with a watcher that outlives our kill -9.

PR_SET_PDEATHSIG would do half of it: it exists on Linux only, reaches direct children only (not gunicorn's or
RQ's own children) and follows the death of a thread. A pipe that closes needs none of that.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

WATCHER = Path(__file__).with_name("watcher.py")


class Family:
    """Start children with `start`, end them all with `stop`; use it as a context manager."""

    def __init__(self, *, holding: Sequence[int] = ()) -> None:
        """Start the watcher, whose process group all children join.

        `holding` are file descriptors that stay open until the last child is gone, a lock's for example.
        """
        self._watcher = subprocess.Popen(
            [sys.executable, "-I", "-S", str(WATCHER)], stdin=subprocess.PIPE, process_group=0, pass_fds=holding
        )
        self.children: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        """Return the family itself."""
        return self

    def __exit__(self, *_: Any) -> None:
        """Stop everybody, whatever happened."""
        self.stop()

    def start(self, command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
        """Start one child in the group; `options` are Popen's. It cannot read the terminal."""
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=self._watcher.pid, **options)
        self.children.append(child)
        return child

    def stop(self, grace: float = 8.0) -> None:
        """Ask every child to end, the youngest first, then kill whatever is left in the group.

        `grace` is in seconds and for all of them together; gunicorn and RQ pass the request on to theirs.
        """
        deadline = time.monotonic() + grace
        for child in reversed(self.children):
            if child.poll() is None:
                child.terminate()
        for child in self.children:
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(self._watcher.pid, signal.SIGKILL)
        for child in [*self.children, self._watcher]:
            child.wait()
        if self._watcher.stdin:
            self._watcher.stdin.close()
        self.children.clear()
