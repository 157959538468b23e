"""GET /healthz: whether pushes can be answered, in words. 503 only when they cannot.

Without Redis the webhook answers as before and nothing is lost, so a balancer must not take this process away for it:
that is 200 with a problem named, for the alarm.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, current_app
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

import vitals
from bot import metrics
from bot.away import is_away
from models import Inbound
from models.db import reading

blueprint = Blueprint("health", __name__)

WORDS = {
    "database": "数据库连不上，收到的消息存不下来 (the database is away: pushes cannot be stored)",
    "tables": "数据库里没有表，请先运行 python cli.py migrate (the tables are missing: run python cli.py migrate)",
    "redis": "Redis 连不上，消息要等补扫才发出 (Redis is away: messages wait for the sweep)",
}


@blueprint.get("/healthz")
def health() -> Response:
    """What works, what does not, and how many seconds ago WeChat last reached us (null: never).

    Whoever brings METRICS_TOKEN reads every figure of the house beside it.
    """
    door = current_app.extensions["nuanju"]
    problems: list[str] = []
    received_at: datetime | None = None
    try:
        received_at = _last_inbound(door.engine)
    except SQLAlchemyError as trouble:
        problems.append("database" if is_away(trouble) else "tables")
    serving = not problems
    try:
        door.redis.ping()
    except RedisError:
        problems.append("redis")
    facts: dict[str, Any] = {
        "status": "ok" if not problems else "degraded" if serving else "down",
        "database": "ok" if serving else WORDS[problems[0]],
        "redis": WORDS["redis"] if "redis" in problems else "ok",
        "last_inbound_seconds": _seconds(door.clock(), received_at),
        "problems": [WORDS[problem] for problem in problems],
    }
    if metrics.allowed():
        figures = metrics.figures()
        facts["details"] = figures | {"troubles": vitals.troubles(figures)}
    response = Response(json.dumps(facts, ensure_ascii=False), 200 if serving else 503, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _last_inbound(engine: Any) -> datetime | None:
    newest = select(Inbound.received_at).order_by(Inbound.received_at.desc()).limit(1)
    with reading(engine).begin() as connection:  # a ROLLBACK would cost the turns what is prepared on it
        return connection.scalar(newest)


def _seconds(now: datetime, then: datetime | None) -> int | None:
    if then is None:
        return None
    return max(int((now - then.replace(tzinfo=then.tzinfo or UTC)).total_seconds()), 0)
