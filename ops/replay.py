"""`cli.py replay FILE.jsonl`: play a conversation through the running sandbox and print one JSON document about it.

The file's language and the document's shape are in docs/replay.md; the same files run in the tests without a network.
"""

import argparse
import json
import secrets
import signal
import sys
from contextlib import closing
from types import FrameType
from typing import Any

from redis import Redis

from models.db import make_engine
from ops.house import load_settings
from ops.replay_cast import only_its_own
from ops.replay_file import BadFile, Script, read
from ops.replay_live import LiveStage, NoSandbox
from ops.replay_player import Player
from ops.replay_sales import only_its_offers
from settings import Settings


def main(arguments: list[str]) -> int:
    """Print the document. Returns 1 when there is no sandbox to play in, 2 when the file cannot be played."""
    parser = argparse.ArgumentParser(prog="cli.py replay", description=main.__doc__)
    parser.add_argument("file", help="JSON lines, see docs/replay.md; - is standard input")
    path = parser.parse_args(arguments).file
    try:
        script = _script(path)
        document = perform(script, load_settings())
    except BadFile as why:
        print(f"{path}：{why}", file=sys.stderr)
        return 2
    except NoSandbox as why:
        print(why, file=sys.stderr)
        return 1
    json.dump(document, sys.stdout, ensure_ascii=False, indent=1)
    print()
    return 0


def perform(script: Script, settings: Settings) -> dict[str, Any]:
    """The script has been played in the running house, whose time and crews are as before."""
    engine = make_engine(settings.database_url)
    redis = Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=5)
    signal.signal(signal.SIGTERM, _end)
    try:
        with redis, closing(LiveStage(settings, engine, redis)) as stage:
            player = Player(stage, script, secrets.token_hex(4))
            with only_its_offers(stage.sessions, script.setup):
                player.prepare()
                with only_its_own(stage.sessions, player.cast):
                    return player.play()
    finally:
        engine.dispose()


def _script(path: str) -> Script:
    if path == "-":
        return read(sys.stdin)
    try:
        with open(path, encoding="utf-8") as lines:
            return read(lines)
    except OSError as why:
        raise BadFile(0, f"打不开（{why.strerror}）") from None
    except UnicodeDecodeError:
        raise BadFile(0, "不是 UTF-8 文件") from None


def _end(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends like Ctrl-C, so that time and crews are put back."""
    raise KeyboardInterrupt
