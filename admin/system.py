"""The system page: how the house is, which jobs failed, what the nightly checks found, and what to do about each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job
from rq.registry import FailedJobRegistry
from sqlalchemy import func, select

import vitals
from admin import base, faces, frame, hidden, place
from admin.words import lazy, t
from models import Backup, CheckRun, Finding, Ticket
from models.desk import checks
from models.desk.trust import Deed

#: The figures by card, in the order in which one would read them.
CARDS = {
    "running": ("database", "redis", "workers", "clock", "queued", "oldest", "failed"),
    "sending": ("token", "inbound", "pushes", "letters", "unknown", "custom", "template", "mass", "mass_month"),
    "keeping": ("version", "migrations", "backup", "rehearsal", "size", "disk"),
}
#: Figures that are seconds since something, and those that are bytes.
AGES, BYTES = ("clock", "inbound", "backup", "rehearsal"), ("size", "disk")
#: Findings of one check that the page lists; failed jobs that it lists; findings that have gone lately.
LISTED, FAILED, GONE = 8, 20, 8
#: Our own jobs say duty, kind and place; of any other failure only its kind is shown: its words may hold a customer's.
SPOKEN = "jobs.work.DutyFailed: "


@dataclass(frozen=True)
class Line:
    """One figure as people read it."""

    name: str
    value: str
    tone: str


@dataclass(frozen=True)
class Failed:
    """A job that failed: its key in the queue, its name, when and why."""

    id: str
    name: str
    at: datetime | None
    why: str


class SystemView(base.Guarded):
    """How the house is."""

    see = "system.see"
    needs = {"retry": "system.act", "check": "system.act"}

    @classmethod
    def build(cls, _sessions: Any) -> "SystemView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.system"), endpoint="system", url="system")

    @expose("/")
    def index_view(self) -> str:
        """Everything on one page."""
        session, desk = place.session(), place.desk()
        figures = vitals.take(session, desk.redis, desk.settings, now=place.now())
        troubles = vitals.troubles(figures)
        cards = {card: [line(name, figures, troubles) for name in names] for card, names in CARDS.items()}
        gone = select(Finding).where(Finding.resolved_at.is_not(None)).order_by(Finding.resolved_at.desc()).limit(GONE)
        return self.render(
            "admin/system.html", cards=cards, troubles={n: tone for n, tone in troubles.items() if n != "findings"},
            failed=failed_jobs(desk.redis), jobs={name: ago(seconds) for name, seconds in figures["jobs"].items()},
            findings=standing(), gone=session.scalars(gone).all(), count=len(checks.NAMES),
            last=session.scalar(select(func.min(CheckRun.ran_at))) if not checking() else None, many=checks.MOST,
            named=named,
        )  # fmt: skip

    @expose("/retry", methods=("POST",))
    def retry(self) -> Any:
        """The failed job, or every one, is queued again; jobs may run twice, so pressing twice does no harm."""
        wanted = request.form.get("job", "")
        try:
            names = again(place.desk().redis, wanted)
        except (RedisError, OSError):
            flash(t("system.redis_away"), "error")
            return redirect(self.get_url(".index_view"))
        if not names:
            flash(t("system.retried_none"), "error")
            return redirect(self.get_url(".index_view"))
        deed = Deed("system.retry", "job", "", after={"jobs": sorted(set(names)), "count": len(names)})
        base.commit(deed, t("system.retried", n=len(names)))
        return redirect(self.get_url(".index_view"))

    @expose("/check", methods=("POST",))
    def check(self) -> Any:
        """Every check looks again as soon as a worker is free."""
        checks.again(place.session())
        base.commit(Deed("system.check", "job"), t("system.checked"))
        _soon(place.desk().redis, "jobs.work.checks")
        return redirect(self.get_url(".index_view"))


def line(name: str, figures: vitals.Figures, troubles: dict[str, str]) -> Line:
    """A figure with its unit; what is not known says so."""
    return Line(name, _said(name, figures.get(name)), troubles.get(name, ""))


def _said(name: str, value: Any) -> str:
    if name in ("backup", "rehearsal", "inbound") and value is None:
        return t("system.never")
    if name == "oldest" and value is None:
        return "—"
    if value is None:
        return t("system.unknown")
    if name in ("database", "redis"):
        return t("system.up" if value else "system.down")
    if name in vitals.PER_DAY:
        return t("system.used", n=f"{value:,}", all=f"{vitals.PER_DAY[name]:,}")
    said: Callable[[Any], str] = (
        ago if name in AGES
        else size if name in BYTES
        else (lambda seconds: t("system.left", span=span(seconds))) if name == "token"
        else span if name == "oldest"
        else str
    )  # fmt: skip
    return said(value)


def span(seconds: int) -> str:
    """2分钟; below a minute in seconds."""
    return t("system.seconds", n=seconds) if seconds < 60 else faces.lasting(timedelta(seconds=seconds))


def ago(seconds: int) -> str:
    """3分钟前."""
    return t("system.ago", span=span(seconds))


def size(count: int) -> str:
    """1.5 GB."""
    value, unit = float(count), "B"
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if value < 1024 or unit == "TB":
            break
        value /= 1024
    return f"{value:.1f} {unit}" if value < 10 and unit != "B" else f"{value:.0f} {unit}"


def failed_jobs(redis: Any) -> list[Failed]:
    """The latest failures, newest first; none while Redis is away, which has a line of its own."""
    if not redis:
        return []
    try:
        registry = FailedJobRegistry(vitals.QUEUE, connection=redis)
        ids = registry.get_job_ids(-FAILED, -1, cleanup=False)
        jobs = Job.fetch_many(ids, connection=redis)
        return [_failed(job) for job in reversed(jobs) if job is not None]
    except (RedisError, OSError):
        return []


def _failed(job: Job) -> Failed:
    result = job.latest_result()
    why = reason((result.exc_string if result is not None else "") or "")
    at = job.ended_at
    return Failed(job.id, job.func_name.rpartition(".")[2], at.replace(tzinfo=at.tzinfo or UTC) if at else None, why)


def reason(trace: str) -> str:
    """Why a job failed, of its last line what holds nobody's words."""
    last = trace.strip().rpartition("\n")[2]
    return last.removeprefix(SPOKEN) if last.startswith(SPOKEN) else last.partition(":")[0]


def again(redis: Any, wanted: str) -> list[str]:
    """The names of the jobs that were queued again: the wanted one, or all for ""; gone ones are passed over."""
    if not redis:
        raise RedisError
    registry = FailedJobRegistry(vitals.QUEUE, connection=redis)
    names = []
    for job_id in [wanted] if wanted else registry.get_job_ids(cleanup=False):
        try:
            names.append(registry.requeue(job_id).func_name.rpartition(".")[2])
        except (NoSuchJobError, InvalidJobOperation):
            continue
    return names


def _soon(redis: Any, job: str) -> None:
    """Put on the queue now; without Redis the timetable does it when it is back."""
    if not redis:
        return
    try:
        Queue(vitals.QUEUE, connection=redis).enqueue(job)
    except (RedisError, OSError):
        return


def checking() -> bool:
    """Whether a check has never looked, or is to look again."""
    ran = place.session().scalar(select(func.count()).select_from(CheckRun))
    return (ran or 0) < len(checks.NAMES)


def standing() -> list[tuple[str, list[Finding], int]]:
    """(check, its oldest findings, how many stand) of every check that found something, in the checks' order."""
    session = place.session()
    counts = select(Finding.rule, func.count()).where(Finding.resolved_at.is_(None)).group_by(Finding.rule)
    found = {rule: count for rule, count in session.execute(counts)}
    groups = []
    for rule in (name for name in checks.NAMES if name in found):
        mine = select(Finding).where(Finding.rule == rule, Finding.resolved_at.is_(None)).order_by(Finding.id)
        groups.append((rule, list(session.scalars(mine.limit(LISTED))), found[rule]))
    return groups


#: Table -> (page, argument, what opens it), for records whose page goes by their key.
PAGES = {
    "outgoing": ("outgoing.details_view", "id", "outgoing.see"),
    "promise": ("promises.details_view", "id", "promise.see"),
    "conversation": ("conversations.thread", "number", "conversation.see"),
    "callback": ("callbacks.desk", "at", "callback.call"),
    "campaign": ("campaigns.one", "number", "campaign.see"),
    "survey": ("surveys.details_view", "id", "survey.see"),
    "audit_entry": ("audit.details_view", "id", "audit.see"),
    "quote": ("quotes.details_view", "id", "quote.see"),
    "gift_application": ("giftapplications.details_view", "id", "gift.see"),
}
#: Tables whose rows are named by a number that people know.
NUMBERED: dict[str, Any] = dict.fromkeys(("ticket", "repair", "appointment", "enquiry", "privacy_request"), Ticket)


def named(findings: Sequence[Finding]) -> list[tuple[Finding, str, str]]:
    """(finding, what people call the record, its page); the page is "" where the person may not open it.

    Numbers of cases are told only to those who may know of the case.
    """
    numbers: dict[int, str] = {}
    cases = [row.record_id for row in findings if row.record_type in NUMBERED]
    if cases:
        query = select(Ticket.id, Ticket.number).where(Ticket.id.in_(cases), hidden.cases(Ticket.id))
        numbers = {key: number for key, number in place.session().execute(query)}
    tries = [row.record_id for row in findings if row.record_type == "backup"]
    said = {row.id: f"{row.place} {row.words}" for row in place.session().scalars(
        select(Backup).where(Backup.id.in_(tries)))} if tries else {}  # fmt: skip
    return [(row, *_named(row, numbers, said)) for row in findings]


def _named(row: Finding, numbers: dict[int, str], tries: dict[int, str]) -> tuple[str, str]:
    if row.record_type == "backup" and row.record_id in tries:
        return tries[row.record_id], ""
    if row.record_type in NUMBERED and (number := numbers.get(row.record_id)):
        return number, frame.case_at(number)
    page, argument, see = PAGES.get(row.record_type, ("", "", None))
    where = url_for(page, **{argument: row.record_id}) if page and base.allowed(see) else ""
    return f"#{row.record_id}", where
