"""`cli.py up`: everything on one machine, started in order, watched, and stopped without a remainder.

Order: Redis and the sandbox, then the tables, then web, desk, workers and clock. Output of the programs goes
to var/log; the terminal shows only what is started, how far it is, and what went wrong.
"""

import argparse
import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis.exceptions import RedisError

from ops import house, menu, ready
from ops.development import sandbox_environment
from ops.embedded import NoRedis, connect
from ops.family import Family
from ops.programs import Program, due_program, house_programs, redis_program, sandbox_program
from ops.supervisor import StartFailed, Stopped, Supervisor, answers_http, answers_socket, port_taken
from ops.watcher import GRACE
from settings import ROOT, Settings

VAR = ROOT / "var"


class CannotStart(Exception):
    """Something outside of us is in the way; the text says what and which setting to change."""


def main(arguments: list[str]) -> int:
    """Run until Ctrl-C. Returns 0 after a wanted stop, 1 when something could not be started."""
    options = _options(arguments)
    if options.sandbox:
        os.environ.update(sandbox_environment(os.environ))
    settings = Settings.load()
    try:
        with _only_one() as lock, Family(holding=[lock]) as family:
            supervisor = Supervisor(family, VAR / "log", _environment(), _say)
            supervisor.obey_signals()
            _run(supervisor, settings, options)
    except (CannotStart, NoRedis, StartFailed) as problem:
        print(problem, file=sys.stderr)
        return 1
    except Stopped:
        _say("\n已全部停止 / everything is stopped")
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="cli.py up", description=__doc__)
    parser.add_argument("--sandbox", action="store_true", help="with the sandbox's phones and the demo company")
    parser.add_argument("--host", default="127.0.0.1", help="where bot and panel listen (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="number of workers (default: %(default)s)")
    parser.add_argument("--with-parent", action="store_true", help="stop when the starting process is gone")
    return parser.parse_args(arguments)


def _run(supervisor: Supervisor, settings: Settings, options: argparse.Namespace) -> None:
    parent = os.getppid()
    _say("暖居 Nuanju")
    doors, duties = house_programs(settings, options.host, options.workers)
    if options.sandbox:
        doors.insert(0, sandbox_program(settings, VAR / "sandbox.json"))
        duties.append(due_program())
    _check_ports(doors)
    _redis(supervisor, settings)
    # In a sandbox nobody writes before we say that it is ready, so the doors may load while the tables are made.
    # With a real account a push must never meet yesterday's tables.
    early = doors if options.sandbox else []
    for program in early:
        supervisor.start(program)
    demo = _prepare(supervisor, settings, options.sandbox)
    for program in [] if early else doors:
        supervisor.start(program)
    for program in doors:
        _say(f"  ✓ {program.name:<9} {program.title}  {supervisor.wait(program, answers_http(program)):.1f} s")
    if options.sandbox:
        house.remember(settings)
        _menu(supervisor, settings)
    # Last, so that on a small machine the first person is answered before the jobs have loaded.
    for program in duties:
        supervisor.start(program)
        _say(f"  ✓ {program.name:<9} {program.title}")
    _tell(settings, doors, demo)
    supervisor.watch(lambda: not options.with_parent or os.getppid() == parent)
    raise Stopped


def _prepare(supervisor: Supervisor, settings: Settings, demo: bool) -> str:
    """Bring the tables up to date, plant the demo company where wanted; return what is to be said about log-ins."""
    said = ready.known(settings.database_url) if demo else None
    if said is None:
        _say("  … database  更新数据表 / bringing tables up to date")
        cli = (sys.executable, str(ROOT / "cli.py"))
        said = supervisor.run((*cli, "migrate", *(["--seed"] if demo else [])), "migrate")
        if demo:
            ready.remember(settings.database_url, said)
    _say("  ✓ database")
    return said


def _menu(supervisor: Supervisor, settings: Settings) -> None:
    """Put our menu on the phones, unless it is there since the last run; a failure keeps nothing else from working."""
    if menu.wanted()["button"] in house.answering(settings.wechat_api_base).get("menus", ()):
        return
    try:
        supervisor.run((sys.executable, str(ROOT / "cli.py"), "menu"), "menu", limit=30)
        _say("  ✓ menu      菜单 (menu)")
    except StartFailed as why:
        _say(f"  ! menu      手机上没有菜单，其他一切照常 / the phones have no menu, all else works\n{why}")


def _redis(supervisor: Supervisor, settings: Settings) -> None:
    """Start the embedded Redis, or make sure that the named one answers."""
    if settings.embedded_redis:
        program = redis_program(settings, VAR)
        supervisor.start(program)
        seconds = supervisor.wait(program, answers_socket(settings.redis_url.removeprefix("unix://")))
        _say(f"  ✓ redis     {program.title}  {seconds:.1f} s")
        return
    try:
        with connect(settings.redis_url) as client:
            client.ping()
    except (RedisError, ValueError) as error:
        raise CannotStart(
            "✗ REDIS_URL 指向的 Redis 连不上；去掉这项设置就会用自带的一个。"
            f" / The Redis of REDIS_URL does not answer ({type(error).__name__}); unset it to use the embedded one."
        ) from None
    _say("  ✓ redis     REDIS_URL")


def _check_ports(programs: list[Program]) -> None:
    for program in programs:
        if program.port and port_taken(program.host, program.port):
            name, port = program.port_setting, program.port
            raise CannotStart(
                f"✗ 端口 {port} 已被别的程序占用：请换一个，例如 {name}={port + 1000} make run"
                f"\n  Port {port} is taken by another program: choose another, e.g. {name}={port + 1000} make run"
            )


def _tell(settings: Settings, doors: list[Program], demo: str) -> None:
    """Print the addresses and the demo log-ins."""
    urls = {program.name: program.url for program in doors}
    _say("")
    if "sandbox" in urls:
        _say(f"  手机 phones   {urls['sandbox']}")
    _say(f"  后台 panel    {urls['desk']}")
    _say(f"  机器人 bot    http://127.0.0.1:{settings.web_port}/wechat")
    _say(f"  日志 logs     {VAR / 'log'}")
    if demo.strip():
        _say("\n" + demo.rstrip())
    _say("\n按 Ctrl-C 全部停止，数据保留 / Ctrl-C stops everything and keeps the data")


@contextmanager
def _only_one() -> Iterator[int]:
    """Hold var/up.lock and yield it; a second `up` of this folder is refused in words, not by a busy port.

    The watcher holds it too: after a kill -9 it is free when the last child is gone, which is waited for.
    """
    VAR.mkdir(mode=0o700, exist_ok=True)
    deadline = time.monotonic() + GRACE + 1.5
    with Path(VAR / "up.lock").open("w") as lock:
        while not _locked(lock.fileno()):
            if time.monotonic() > deadline:
                raise CannotStart("✗ 这个目录里的暖居已经在运行 / Nuanju is already running from this folder")
            time.sleep(0.1)
        yield lock.fileno()


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _environment() -> dict[str, str]:
    """The children's environment: ours, output unbuffered so that logs are current, time zone fixed."""
    return dict(os.environ) | {"PYTHONUNBUFFERED": "1", "TZ": "Asia/Shanghai"}


def _say(line: str) -> None:
    print(line, flush=True)
