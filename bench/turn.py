"""The full dialog turn against a bare echo: the same pushes, the same server, in turns within one run."""

import datetime as dt
import os
import secrets
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.load import Account, Run, prepare, send
from models.base import Base
from models.db import make_engine, make_sessions
from models.desk.demo import company as demo
from ops.family import Family
from settings import ROOT

#: Pushes of one round, connections, and people who write them; a round lasts a few seconds.
MESSAGES, WIDTH, PEOPLE = 1500, 16, 150
ROUNDS = 3
WARM_UP = 200
ECHO, WEB = "bench.echo:create_app()", "ops.doors:web()"


def invented(secure: bool) -> Account:
    """An account's codes, for this run only."""
    return Account("wxbench0123456789", "benchtoken", secrets.token_hex(22)[:42] + "A", secure)


def environment(codes: Account, database_url: str, redis_url: str, folder: Path) -> dict[str, str]:
    """What the processes under test are told."""
    return os.environ | {
        "WECHAT_APP_ID": codes.app_id,
        "WECHAT_APP_SECRET": secrets.token_hex(16),
        "WECHAT_TOKEN": codes.token,
        "WECHAT_ENCODING_AES_KEY": codes.aes_key,
        "WECHAT_MODE": "secure" if codes.secure else "plain",
        "WECHAT_API_BASE": "http://127.0.0.1:9",
        "SECRET_KEY": secrets.token_hex(16),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "MEDIA_DIR": str(folder / "media"),
        "LOG_LEVEL": "ERROR",
    }


def fresh(database_url: str) -> None:
    """The tables and the demo company, nothing else."""
    engine = make_engine(database_url)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with make_sessions(engine).begin() as session:
        demo.plant(session, dt.datetime.now(dt.UTC))
    engine.dispose()


@contextmanager
def serving(app: str, told: dict[str, str]) -> Iterator[int]:
    """gunicorn with two processes of four threads, as in the Procfile; ended afterwards."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", app, "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--workers", "2", "--threads", "4", "--log-level", "error", "--no-control-socket", "--keep-alive", "30",
    ]  # fmt: skip
    with Family() as family:
        family.start(command, cwd=ROOT, env=told)
        until_answering(port)
        yield port


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until_answering(port: int) -> None:
    """Somebody listens on `port`; OSError when nobody does within thirty seconds."""
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def rounds(
    apps: dict[str, str], told: dict[str, str], codes: Account, *, rounds: int = ROUNDS, messages: int = MESSAGES
) -> dict[str, list[Run]]:
    """Each app in turn, so many times, saturated; every round with new messages of new people."""
    measured: dict[str, list[Run]] = {name: [] for name in apps}
    for number in range(rounds):
        for name, app in apps.items():
            with serving(app, told) as port:
                measured[name].append(_one_round(port, codes, f"{name[:3]}{number}", messages))
    return measured


def _one_round(port: int, codes: Account, tag: str, messages: int) -> Run:
    warm_up = prepare(codes, people=20, messages=min(WARM_UP, messages), start=int(time.time()), tag=f"w{tag}")
    send(port, warm_up, width=WIDTH)
    pushes = prepare(codes, people=PEOPLE, messages=messages, start=int(time.time()), tag=tag)
    return send(port, pushes, width=WIDTH)


def ratio(measured: dict[str, list[Run]], name: str) -> tuple[float, float, int]:
    """Best and median rate of `name` as a share of the echo's, and its wrong answers."""
    echo, runs = [run.rate for run in measured["echo"]], measured[name]
    rates = [run.rate for run in runs]
    return max(rates) / max(echo), median(rates) / median(echo), sum(run.errors for run in runs)


def tail(told: dict[str, str], codes: Account, app: str, rate: float) -> float:
    """The 99th percentile in seconds at a steady rate a second."""
    with serving(app, told) as port:
        send(port, prepare(codes, people=20, messages=WARM_UP, start=int(time.time()), tag="pw"), width=WIDTH)
        messages = int(rate * 4)
        pushes = prepare(codes, people=PEOPLE, messages=messages, start=int(time.time()), tag="p")
        return send(port, pushes, width=WIDTH, rate=rate).p99
