"""What the records tell a doctor: messages that wait too long, pushes that could not be read, holidays not known."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models.db import reading
from models.outbound import Outgoing
from models.talk import Inbound
from models.upkeep import Backup
from models.upkeep import Finding as Standing
from models.worktime import local_day, schedule_loaded
from ops.findings import BAD, GOOD, WARNING, Finding

#: A worker takes what is due within seconds; from here on somebody should look, and from there on it is down.
SLOW, STUCK = timedelta(minutes=2), timedelta(minutes=15)
#: A backup is made every night; from here on one is missing.
OLD = timedelta(hours=26)
#: The State Council tells the next year's holidays in October or November.
FIRST_MONTH = 10


def examine(engine: Engine, now: datetime) -> Iterator[Finding]:
    """Yield the findings; none about records while the tables cannot be read, which has a finding of its own."""
    try:
        with Session(reading(engine)) as session:
            found = [_waiting(session, now), _unread(session, now), _backup(session, now), _impossible(session)]
    except SQLAlchemyError:
        found = []
    yield from found
    yield from _holidays(now)


def _waiting(session: Session, now: datetime) -> Finding:
    due = select(func.min(Outgoing.next_try_at), func.count()).where(Outgoing.state == "queued")
    oldest, count = session.execute(due.where(Outgoing.next_try_at <= now)).one()
    if oldest is None or now - oldest < SLOW:
        return Finding(GOOD, "待发消息", f"{count} 条，没有积压")
    minutes = int((now - oldest).total_seconds() // 60)
    words = f"{count} 条到点没有发出，最久的等了 {minutes} 分钟：请看任务进程的日志，和后台“发出的消息”里的原因"
    return Finding(BAD if now - oldest >= STUCK else WARNING, "待发消息", words)


def _unread(session: Session, now: datetime) -> Finding:
    kept = select(func.count(), func.max(Inbound.received_at)).where(Inbound.state == "unreadable")
    count, last = session.execute(kept.where(Inbound.received_at > now - timedelta(days=1))).one()
    if not count:
        return Finding(GOOD, "收到的推送", "最近一天没有读不懂的")
    words = f"最近一天有 {count} 条读不懂，最后一条在 {int((now - last).total_seconds() // 60)} 分钟前："
    words += "多半是消息加解密密钥和公众平台不一致；原文保存在 inbound 表，状态 unreadable，见 docs/runbook.md"
    return Finding(WARNING, "收到的推送", words)


def _backup(session: Session, now: datetime) -> Finding:
    last = session.scalar(select(func.max(Backup.ended_at)).where(Backup.kind == "backup", Backup.state == "done"))
    if last is None:
        return Finding(
            WARNING, "备份", "还没有备份过：任务进程每晚三点后做（沙箱里不做），现在要就运行 python cli.py backup"
        )
    hours = int((now - last).total_seconds() // 3600)
    if now - last > OLD:
        return Finding(
            WARNING,
            "备份",
            f"最近一次在 {hours} 小时前：原因见后台“系统状态”，或现在运行 python cli.py backup",
        )
    return Finding(GOOD, "备份", f"最近一次在 {hours} 小时前")


def _impossible(session: Session) -> Finding:
    count = session.scalar(select(func.count(Standing.id)).where(Standing.resolved_at.is_(None)))
    if not count:
        return Finding(GOOD, "每晚检查", "没有发现不对的地方")
    return Finding(WARNING, "每晚检查", f"有 {count} 处不对：后台“系统状态”里有每一处和怎么办")


def _holidays(now: datetime) -> Iterator[Finding]:
    """This year's schedule always, the next year's from October on; the fallback knows no make-up workdays."""
    today = local_day(now)
    years = [today.year, *([today.year + 1] if today.month >= FIRST_MONTH else [])]
    missing = [str(year) for year in years if not schedule_loaded(year)]
    if missing:
        words = f"还没有 {'、'.join(missing)} 年的放假和调休安排，先按固定节日算：国务院公布后请更新 chinesecalendar，"
        yield Finding(WARNING, "节假日", words + "或在后台“工作日”里逐日填写")
    else:
        yield Finding(GOOD, "节假日", f"{'、'.join(map(str, years))} 年的安排都有")
