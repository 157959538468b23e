"""How the house is, in figures: the panel's system page, `/healthz` and `/metrics` read the same ones here.

Looking changes nothing. What cannot be asked (Redis away, never happened) is None, never a guess.
"""

import hashlib
import os
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.job import Job
from rq.registry import FailedJobRegistry
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.campaigns import MassQuota
from models.outbound import Outgoing
from models.talk import Inbound
from models.upkeep import Backup, CheckRun, Finding
from models.worktime import SHANGHAI
from settings import ROOT, Settings

#: The queue; which clock has ticked when; which job was last done when (real seconds of Redis).
QUEUE, TICK, DONE = "nuanju", "clock:tick", "jobs:done"
#: Seconds after which a worker that is not heard of is dead: three of its heartbeats.
ALIVE = 90
#: Calls a day, by rung (platform page "API call limits"); subscription notices have no published number.
PER_DAY = {"custom": 500_000, "template": 100_000, "mass": 100}
#: Mass messages that one person may get in a month.
PER_MONTH = 4
MINUTE, HOUR, DAY = 60, 3600, 86_400

Figures = dict[str, Any]

#: Figure -> how bad its value is: "late" (now), "near" (today) or "" (well).
JUDGES: dict[str, Callable[[Any], str]] = {
    "database": lambda up: "" if up else "late",
    "redis": lambda up: "" if up else "late",
    "workers": lambda count: "late" if count == 0 else "",
    "clock": lambda ago: _over(ago, 30, 2 * MINUTE, never="late"),
    "queued": lambda count: _over(count, 100, 1000),
    "oldest": lambda ago: _over(ago, MINUTE, 10 * MINUTE),
    "failed": lambda count: _over(count, 0, 50),
    "letters_waited": lambda ago: _over(ago, 2 * MINUTE, 15 * MINUTE),
    "custom": lambda used: _over(used, 0.8 * PER_DAY["custom"], 0.95 * PER_DAY["custom"]),
    "template": lambda used: _over(used, 0.8 * PER_DAY["template"], 0.95 * PER_DAY["template"]),
    "mass": lambda used: _over(used, 0.8 * PER_DAY["mass"], 0.95 * PER_DAY["mass"]),
    "disk": lambda free: "late" if free < 100 * 2**20 else "near" if free < 500 * 2**20 else "",
    "backup": lambda ago: _over(ago, 26 * HOUR, 3 * DAY, never="near"),
    "rehearsal": lambda ago: _over(ago, 35 * DAY, 90 * DAY, never="near"),
    "migrations": lambda count: _over(count, 0, 0),
    "findings": lambda count: _over(count, 0, 1000),
}


def _over(value: float | None, near: float, late: float, never: str = "") -> str:
    if value is None:
        return never
    return "late" if value > late or (value > near and near == late) else "near" if value > near else ""


def take(session: Session, redis: Any, settings: Settings, *, now: datetime) -> Figures:
    """Every figure by name: counts, bytes, and seconds since (or, of the token, until). One look costs a few queries.

    Raises what the database raises when it is away.
    """
    figures = {"database": 1, **records(session, now), **machine(settings)}
    return figures | queue(redis, settings)


def troubles(figures: Figures) -> dict[str, str]:
    """Figure -> near or late, for those that are not well; what depends on Redis is not blamed while it is away."""
    found = {name: judge(figures[name]) for name, judge in JUDGES.items() if name in figures}
    if not figures.get("redis"):
        found |= dict.fromkeys(("workers", "clock"), "")
    return {name: tone for name, tone in found.items() if tone}


def records(session: Session, now: datetime) -> Figures:
    """What the database knows."""
    due = (Outgoing.state == "queued", Outgoing.next_try_at <= now)
    month = f"{now.astimezone(SHANGHAI):%Y-%m}"
    wanted = {
        "inbound": select(Inbound.received_at).order_by(Inbound.received_at.desc()).limit(1),
        "pushes": select(func.count(Inbound.id)).where(Inbound.received_at > _minute_before(now)),
        "letters": select(func.count(Outgoing.id)).where(*due),
        "letters_waited": select(func.min(Outgoing.next_try_at)).where(*due),
        "unknown": select(func.count(Outgoing.id)).where(Outgoing.state == "unknown"),
        "mass_month": select(func.count()).select_from(MassQuota).where(
            MassQuota.month == month, MassQuota.used >= PER_MONTH
        ),
        "findings": select(func.count(Finding.id)).where(Finding.resolved_at.is_(None)),
        "checked": select(func.min(CheckRun.ran_at)),
        "backup": _last("backup"),
        "rehearsal": _last("rehearsal"),
    }  # fmt: skip
    found = {name: session.scalar(query) for name, query in wanted.items()}
    ages = {name: _age(now, value) if isinstance(value, datetime) else value for name, value in found.items()}
    return ages | {"size": _size(session), "migrations": len(pending(session)), "version": version()}


def _minute_before(now: datetime) -> datetime:
    return datetime.fromtimestamp(now.timestamp() - MINUTE, UTC)


def _last(kind: str) -> Any:
    return select(func.max(Backup.ended_at)).where(Backup.kind == kind, Backup.state == "done")


def _age(now: datetime, then: datetime) -> int:
    return max(0, int((now - then).total_seconds()))


def _size(session: Session) -> int:
    """Bytes of the database, of a SQLite file with what is written beside it."""
    engine = session.get_bind()
    if engine.dialect.name == "postgresql":
        return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    file = str(engine.engine.url.database)
    return sum(Path(name).stat().st_size for name in (file, f"{file}-wal") if Path(name).exists())


def pending(session: Session) -> list[str]:
    """Migrations that this database still lacks, by their numbers; what no migration made lacks none."""
    if not session.connection().dialect.has_table(session.connection(), "alembic_version"):
        return []
    present = session.scalar(text("SELECT version_num FROM alembic_version")) or ""
    return [number for number in known() if number > present]


@cache
def known() -> tuple[str, ...]:
    """The numbers of the migrations that this release brings."""
    return tuple(sorted(path.name[:4] for path in (ROOT / "migrations" / "versions").glob("[0-9]*_*.py")))


@cache
def version() -> str:
    """The release, as pyproject.toml has it."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def machine(settings: Settings) -> Figures:
    """What this machine knows: room for photos, in bytes."""
    folder = next(path for path in (settings.media_dir, *settings.media_dir.parents) if path.exists())
    space = os.statvfs(folder)
    return {"disk": space.f_bavail * space.f_frsize}


#: What only Redis knows.
_QUEUE = ("workers", "clock", "queued", "oldest", "failed", "token", *PER_DAY)


def queue(redis: Any, settings: Settings) -> Figures:
    """What Redis knows; with Redis away every figure is None but `redis` itself."""
    if not redis:
        return {"redis": 0, **dict.fromkeys(_QUEUE), "jobs": {}}
    try:
        return {"redis": 1, **_asked(redis, settings)}
    except (RedisError, OSError):
        return {"redis": 0, **dict.fromkeys(_QUEUE), "jobs": {}}


def _asked(redis: Any, settings: Settings) -> Figures:
    seconds = redis.time()[0]
    day = datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI)
    waiting = Queue(QUEUE, connection=redis)
    tick, used = redis.get(TICK), redis.mget([calls_key(rung, day) for rung in PER_DAY])
    left = redis.ttl(token_key(settings))
    return {
        "workers": _alive(redis, seconds),
        "clock": max(0, seconds - int(tick)) if tick else None,
        "queued": waiting.count,
        "oldest": _oldest(waiting, seconds),
        "failed": FailedJobRegistry(QUEUE, connection=redis).get_job_count(cleanup=False),
        "token": left if left > 0 else None,
        **{rung: int(count or 0) for rung, count in zip(PER_DAY, used, strict=True)},
        "jobs": {name.decode(): max(0, seconds - int(at)) for name, at in sorted(redis.hgetall(DONE).items())},
    }


def _alive(redis: Any, seconds: int) -> int:
    seen = [worker.last_heartbeat for worker in Worker.all(connection=redis)]
    return sum(at is not None and seconds - at.replace(tzinfo=UTC).timestamp() < ALIVE for at in seen)


def _oldest(waiting: Queue, seconds: int) -> int | None:
    """Seconds for which the job that comes next has waited."""
    first = next(iter(waiting.get_job_ids(0, 1)), None)
    job = next(iter(Job.fetch_many([first], connection=waiting.connection)), None) if first else None
    at = job.enqueued_at if job is not None else None
    return max(0, seconds - int(at.replace(tzinfo=at.tzinfo or UTC).timestamp())) if at else None


def calls_key(rung: str, day: datetime) -> str:
    """Where the calls of one day, Beijing's, are counted in Redis."""
    return f"rate:{rung}:{day:%Y%m%d}"


def token_key(settings: Settings) -> str:
    """Where the account's access token stands in Redis; accounts and platforms are told apart, neither is named."""
    account = f"{settings.wechat_app_id} {settings.wechat_api_base}"
    return f"wechat:token:{hashlib.sha256(account.encode()).hexdigest()[:16]}"


def ticked(redis: Any) -> None:
    """A clock has looked at the timetable just now."""
    redis.set(TICK, redis.time()[0], ex=DAY)


def done(redis: Any, name: str) -> None:
    """This job was done just now; losing the note harms nothing."""
    try:
        redis.hset(DONE, name, redis.time()[0])
    except (RedisError, OSError):
        return
