"""Keeps programs running: starts them, waits until they answer, restarts what dies, and says what it does.

Single-threaded on purpose: a signal sets a flag, the loop looks at it five times a second.
"""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from ops.family import Family
from ops.programs import Program

TICK = 0.1
#: Seconds before a died program is started again; the last one repeats.
BACK_OFF = (1, 2, 4, 8, 15, 30)
#: A program that lived this long, in seconds, starts its back-off anew.
SETTLED = 60
#: Bytes of a log before it is put aside; with the one put aside, twice as much per program is the most on the disk.
LOG_KEPT = 5_000_000
#: Seconds between two looks at the sizes of the logs.
LOG_LOOK = 5.0


class Stopped(Exception):
    """Somebody asked us to stop: Ctrl-C, SIGTERM, or the terminal is gone."""


class StartFailed(Exception):
    """A program died or stayed silent while it was being started; the text says which and shows its log."""


@dataclass
class _Running:
    child: "subprocess.Popen[bytes]"
    since: float
    deaths: int = 0
    again_at: float | None = None


class Supervisor:
    """Owns the running programs of one `up`; `say` prints one line for people."""

    def __init__(self, family: Family, logs: Path, environment: Mapping[str, str], say: Callable[[str], None]):
        """Prepare the folder of logs; nothing is started yet."""
        self._family, self._logs, self._environment, self._say = family, logs, environment, say
        self._running: dict[Program, _Running] = {}
        self._logs_seen = time.monotonic()
        self._stopping = False
        logs.mkdir(parents=True, exist_ok=True)

    def obey_signals(self) -> None:
        """From now on Ctrl-C, SIGTERM and SIGHUP end the loops below with Stopped."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def start(self, program: Program) -> None:
        """Start one program, its output going to its log."""
        self._running[program] = _Running(self._spawn(program), time.monotonic())

    def run(self, command: tuple[str, ...], name: str, limit: float = 120) -> str:
        """Run a command to its end and return what it printed, or raise StartFailed with its log."""
        path = self._log(name)
        with path.open("ab") as log:
            start = log.tell()
            child = self._family.start(command, stdout=log, stderr=log, env=dict(self._environment))
        self._until(lambda: child.poll() is not None, limit, name)
        with path.open("rb") as log:
            log.seek(start)
            said = log.read().decode("utf-8", "replace")
        if child.returncode:
            raise StartFailed(f"✗ {name}\n{said}")
        return said

    def wait(self, program: Program, answers: Callable[[], bool], limit: float = 120) -> float:
        """Return the seconds until `answers()`; raise StartFailed when it dies or stays silent before."""
        running = self._running[program]

        def ready() -> bool:
            if running.child.poll() is not None:
                raise StartFailed(self._died(program))
            return answers()

        self._until(ready, limit, program.name)
        return time.monotonic() - running.since

    def watch(self, goes_on: Callable[[], bool]) -> None:
        """Restart what dies, with growing pauses, until told to stop or `goes_on()` is false. Logs stay bounded."""
        while goes_on():
            if time.monotonic() - self._logs_seen > LOG_LOOK:
                shorten(self._logs)
                self._logs_seen = time.monotonic()
            for program, running in self._running.items():
                self._look_after(program, running)
            self._pause()

    def _look_after(self, program: Program, running: _Running) -> None:
        moment = time.monotonic()
        if running.again_at is not None:
            if moment >= running.again_at:
                running.child, running.since, running.again_at = self._spawn(program), moment, None
        elif running.child.poll() is not None:
            running.deaths = 1 if moment - running.since > SETTLED else running.deaths + 1
            pause = BACK_OFF[min(running.deaths, len(BACK_OFF)) - 1]
            running.again_at = moment + pause
            self._say(f"{self._died(program)}\n  ↻ {program.name} {pause} 秒后重启 / restarting in {pause} s")

    def _spawn(self, program: Program) -> "subprocess.Popen[bytes]":
        with self._log(program.name).open("ab") as log:
            return self._family.start(program.command, stdout=log, stderr=log, env=dict(self._environment))

    def _died(self, program: Program) -> str:
        path = self._log(program.name)
        tail = path.read_text("utf-8", "replace").splitlines()[-15:]
        lines = "\n".join(f"      {line}" for line in tail)
        code = self._running[program].child.returncode
        return f"  ✗ {program.name} 意外退出，代码 {code} / ended, code {code}; {path}\n{lines}"

    def _log(self, name: str) -> Path:
        path = self._logs / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_KEPT:
            path.replace(path.with_suffix(".log.1"))
        return path

    def _until(self, done: Callable[[], bool], limit: float, name: str) -> None:
        deadline = time.monotonic() + limit
        while not done():
            if time.monotonic() > deadline:
                raise StartFailed(f"  ✗ {name} {limit:.0f} 秒内没有就绪 / not ready within {limit:.0f} s")
            self._pause()

    def _pause(self) -> None:
        time.sleep(TICK)
        if self._stopping:
            raise Stopped

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True


def shorten(folder: Path, kept: int = LOG_KEPT) -> None:
    """Every log longer than `kept` bytes is empty again, its words in NAME.log.1, while its program writes on.

    The programs hold their logs open in append mode, so what they write next stands at the beginning. Without room for
    the copy the old words are lost: a full disk must not stop the house.
    """
    for log in folder.glob("*.log"):
        if log.stat().st_size <= kept:
            continue
        with log.open("r+b") as full, suppress(OSError), log.with_suffix(".log.1").open("wb") as aside:
            # A program that writes faster than we copy is not caught up with: the end is what counts.
            full.seek(-min(kept, log.stat().st_size), os.SEEK_END)
            shutil.copyfileobj(full, aside)
        os.truncate(log, 0)


def answers_http(program: Program) -> Callable[[], bool]:
    """Return a question: does this program answer HTTP by now, with anything but a server error?"""
    host = "127.0.0.1" if program.host == "0.0.0.0" else program.host

    def ask() -> bool:
        connection = http.client.HTTPConnection(host, program.port, timeout=5)
        try:
            connection.request("GET", program.path)
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()

    return ask


def answers_socket(path: str) -> Callable[[], bool]:
    """Return a question: does a Redis on this Unix socket answer PING by now?"""

    def ask() -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            try:
                client.connect(path)
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    return ask


def port_taken(host: str, port: int) -> bool:
    """Whether somebody listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
