"""`python -m sandbox`: one WeChat account on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from . import people
from .config import Config, ConfigError
from .server import running

_PEOPLE = Path(__file__).parent / "people.json"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="一台机器上的微信 / a WeChat for one machine"
    )
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--host", default="127.0.0.1", help="只能是本机 / loopback only")
    parser.add_argument("--app-id", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--aes-key", required=True)
    parser.add_argument("--webhook", required=True, help="推送地址，只能是本机 / loopback only")
    parser.add_argument("--mode", default="secure", choices=("secure", "compatible", "plain"))
    parser.add_argument("--clock-file", type=Path, help="时间旅行写到这里，其他进程从这里读")
    parser.add_argument("--state", type=Path, help="手机内容的快照，重启后还在")
    parser.add_argument("--people", type=Path, default=_PEOPLE, help="谁拿着手机（JSON）")
    parser.add_argument("--name", default="暖居", help="公众号的名字")
    parser.add_argument("--template", action="append", default=[], metavar="ID", help="再认一个服务通知模板，可多次")
    return parser


def _config(args: argparse.Namespace) -> Config:
    return Config(
        app_id=args.app_id,
        secret=args.secret,
        token=args.token,
        aes_key=args.aes_key,
        webhook=args.webhook,
        mode=args.mode,
        host=args.host,
        port=args.port,
        clock_file=args.clock_file,
        state=args.state,
        name=args.name,
    )


def main(argv: list[str] | None = None) -> int:
    """Serve until interrupted; 2 with one sentence when the options or the port will not do."""
    args = _parser().parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with running(_config(args)) as (server, platform):
            people.plant(platform, args.people)
            for template in args.template:
                platform.world.templates.setdefault(template, dict(platform.world.templates["SANDBOX-SERVICE-NOTICE"]))
            print(
                f"沙箱微信：http://{args.host}:{server.port}/  推送到 {args.webhook}（{args.mode}）",
                flush=True,
            )
            server.serve_forever()  # comes back on Ctrl-C and SIGTERM
            print("沙箱微信已停止。", flush=True)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"端口 {args.port} 用不了 / cannot listen: {error.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
