"""What runs on one machine: each process's command, its port and the setting that changes it."""

import sys
from dataclasses import dataclass
from pathlib import Path

from ops.embedded import NONE_FOUND, NoRedis, find_redis, redis_command
from settings import ROOT, Settings

#: Two processes of four threads serve more than one account ever needs; see README's figures.
WEB_PROCESSES, WEB_THREADS = 2, 4
#: Its own process, so that a slow page never delays a reply to WeChat.
DESK_PROCESSES, DESK_THREADS = 1, 8


@dataclass(frozen=True)
class Program:
    """One process to keep running."""

    name: str
    title: str
    command: tuple[str, ...]
    #: Where it answers once it is ready; empty for those that serve nobody.
    path: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    #: The setting that moves its port, for the sentence when the port is taken.
    port_setting: str = ""

    @property
    def url(self) -> str:
        """The address for people on this machine; empty for a program without a port."""
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host
        return f"http://{host}:{self.port}{self.path}" if self.port else ""


def redis_program(settings: Settings, folder: Path) -> Program:
    """Return the embedded Redis, or raise NoRedis where this machine carries none."""
    binary = find_redis()
    if binary is None:
        raise NoRedis(NONE_FOUND)
    socket = Path(settings.redis_url.removeprefix("unix://"))
    return Program("redis", "自带的 Redis (embedded)", tuple(redis_command(binary, socket, folder)))


def sandbox_program(settings: Settings, state: Path) -> Program:
    """Return the WeChat of this machine: the platform's API and the phones in the browser."""
    options = {
        "port": settings.sandbox_port,
        "app-id": settings.wechat_app_id,
        "secret": settings.wechat_app_secret,
        "token": settings.wechat_token,
        "aes-key": settings.wechat_encoding_aes_key,
        "webhook": f"http://127.0.0.1:{settings.web_port}/wechat",
        "clock-file": settings.clock_file or "",
        "mode": settings.wechat_mode,
        "state": state,
    }
    words = [word for name, value in options.items() if value for word in (f"--{name}", str(value))]
    command = (sys.executable, "-m", "sandbox", *words)
    return Program("sandbox", "沙箱微信 (sandbox)", command, "/", port=settings.sandbox_port,
                   port_setting="SANDBOX_PORT")  # fmt: skip


def due_program() -> Program:
    """Return what tells the sandbox's button 下一个到期 where to travel."""
    return Program("due", "下一个到期 (next due)", (sys.executable, "-m", "ops.next_due"))


def house_programs(settings: Settings, host: str, workers: int) -> tuple[list[Program], list[Program]]:
    """Return the doors (web, desk) and the duties (workers, clock), as in the Procfile."""
    doors = [
        Program(
            # Loaded once and forked: it connects to nothing before it is asked (a test holds that).
            "web", "公众号 (bot)",
            (*_gunicorn("web", host, settings.web_port, WEB_PROCESSES, WEB_THREADS), "--preload"),
            "/healthz", host, settings.web_port, "WEB_PORT",
        ),
        Program(
            "desk", "员工后台 (panel)", _gunicorn("desk", host, settings.desk_port, DESK_PROCESSES, DESK_THREADS),
            "/admin/", host, settings.desk_port, "DESK_PORT",
        ),
    ]  # fmt: skip
    cli = (sys.executable, str(ROOT / "cli.py"))
    duties = [Program(f"worker-{number}", "任务进程 (worker)", (*cli, "worker")) for number in range(1, workers + 1)]
    return doors, [*duties, Program("clock", "定时 (clock)", (*cli, "clock"))]


def _gunicorn(door: str, host: str, port: int, processes: int, threads: int) -> tuple[str, ...]:
    return (
        sys.executable, "-m", "gunicorn", f"ops.doors:{door}()", "--bind", f"{host}:{port}",
        "--worker-class", "gthread", "--workers", str(processes), "--threads", str(threads),
        # Its default place is one file in the home folder, which web and desk would fight for.
        "--no-control-socket", "--graceful-timeout", "5", "--log-level", "warning",
    )  # fmt: skip
