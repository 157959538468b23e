"""A whole house for a while: every program on free ports, in its own folder, with the demo company, at a chosen time.

Pictures and the browser's tests use it. It shares nothing with a house that runs from this folder.
"""

import datetime as dt
import json
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from models.desk.demo.company import PASSWORD
from ops.development import invented
from ops.family import Family
from ops.programs import Program, house_programs, redis_program, sandbox_program
from ops.supervisor import Supervisor, answers_http, answers_socket
from settings import Settings

#: Saturday morning in Beijing, in nobody's quiet hours.
MORNING = dt.datetime(2026, 11, 21, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@dataclass(frozen=True)
class House:
    """The addresses of a running house, without a closing slash, and the password of its demo log-ins."""

    phones: str
    panel: str
    web: str
    folder: Path
    password: str = PASSWORD


@contextmanager
def house(folder: Path, at: dt.datetime = MORNING) -> Iterator[House]:
    """Everything answers, and it is `at` for every process; afterwards nothing of it runs.

    `folder` keeps database, media and logs. StartFailed says which program did not come up, with its log.
    """
    with tempfile.TemporaryDirectory(prefix="nj") as short, Family() as family:
        # The socket's path must be short, whatever `folder` is.
        ours = _environment(folder, Path(short) / "redis.sock")
        settings = Settings.load(env_files=(), **{name.lower(): value for name, value in ours.items()})
        offset = at.timestamp() - time.time()
        Path(ours["CLOCK_FILE"]).write_text(json.dumps({"offset": offset}), "utf-8")
        supervisor = Supervisor(family, folder / "log", _children(ours), lambda _line: None)
        _start(supervisor, settings, folder)
        ports = (settings.sandbox_port, settings.desk_port, settings.web_port)
        phones, panel, web = (f"http://127.0.0.1:{port}" for port in ports)
        yield House(phones, f"{panel}/admin", web, folder)


def _start(supervisor: Supervisor, settings: Settings, folder: Path) -> None:
    redis = redis_program(settings, folder)
    doors, duties = house_programs(settings, "127.0.0.1", 1)
    doors.insert(0, sandbox_program(settings, folder / "sandbox.json"))
    for program in (redis, *doors):
        supervisor.start(program)
    supervisor.run((*_cli(duties[0]), "migrate", "--seed"), "migrate")
    supervisor.wait(redis, answers_socket(settings.redis_url.removeprefix("unix://")))
    for program in doors:
        supervisor.wait(program, answers_http(program))
    for program in duties:
        supervisor.start(program)


def _cli(duty: Program) -> tuple[str, ...]:
    return duty.command[:-1]


def _environment(folder: Path, redis: Path) -> dict[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    web, desk, phones = free_ports(3)
    return invented() | {
        "DATABASE_URL": f"sqlite:///{folder.resolve() / 'nuanju.db'}",
        "REDIS_URL": f"unix://{redis}",
        "MEDIA_DIR": str(folder.resolve() / "media"),
        "CLOCK_FILE": str(folder.resolve() / "clock.json"),
        "WECHAT_API_BASE": f"http://127.0.0.1:{phones}",
        "WECHAT_TEMPLATE_NOTICE": "SANDBOX-SERVICE-NOTICE",
        "WECHAT_SUBSCRIBE_NOTICE": "SANDBOX-SUBSCRIBE-NOTICE",
        "PUBLIC_URL": f"http://127.0.0.1:{web}",
        "WEB_PORT": str(web),
        "DESK_PORT": str(desk),
        "SANDBOX_PORT": str(phones),
    }


def _children(ours: dict[str, str]) -> dict[str, str]:
    """Our settings and no others, so that a developer's own environment changes nothing."""
    theirs = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    return theirs | ours | {"PYTHONUNBUFFERED": "1", "TZ": "Asia/Shanghai"}


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody listens on at this moment."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    numbers = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return numbers
