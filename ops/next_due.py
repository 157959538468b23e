"""Tells the sandbox what falls due next, for its button 下一个到期: `python -m ops.next_due`. Read only."""

import datetime as dt
import json
import sys
import time
import urllib.request

from sqlalchemy import Engine, select

from clock import Clock
from models.db import make_engine, make_sessions, reading
from models.people import Follower
from ops.replay_due import Due, dues
from settings import Settings

#: Seconds between two looks; a person reads the button, nobody waits for it.
EVERY = 3.0
#: What people read on the button, by the job that has something to do then.
NAMES = {
    "deliver": "要发的消息",
    "sweep": "消息过期",
    "promises": "承诺时限",
    "surveys": "满意度",
    "conversations": "交还机器人",
    "silence": "轻声提醒",
    "media": "取照片",
}


def next_due(engine: Engine, now: dt.datetime) -> Due | None:
    """The first moment after `now` at which a job has something to do, for anybody; None when nothing is planned."""
    with make_sessions(reading(engine))() as session:
        everybody = session.scalars(select(Follower.openid)).all()
        return next((due for due in dues(session, everybody) if due.at > now and due.job), None)


def tell(base: str, due: Due | None) -> bool:
    """The sandbox knows; False when it does not answer."""
    body = {"due": due.at.isoformat() if due else None, "what": NAMES.get(due.job, "") if due else ""}
    request = urllib.request.Request(
        f"{base}/control/time", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        urllib.request.urlopen(request, timeout=5).close()  # noqa: S310 — the settings allow only this machine here
    except OSError:
        return False
    return True


def main() -> int:
    """Look and tell until ended; refuses anything but a sandbox."""
    settings = Settings.load()
    if not settings.sandboxed:
        print("只在沙箱中可用 / for the sandbox only", file=sys.stderr)
        return 2
    engine, clock, told = make_engine(settings.database_url), Clock(settings.clock_file), None
    while True:
        due = next_due(engine, clock())
        if due != told and tell(settings.wechat_api_base, due):
            told = due
        time.sleep(EVERY)


if __name__ == "__main__":
    sys.exit(main())
