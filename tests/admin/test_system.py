"""The system page: what is wrong stands there with its next step, failed jobs are tried again, numbers stay veiled."""

import datetime as dt

import pytest
from rq import Queue, SimpleWorker
from rq.registry import FailedJobRegistry
from sqlalchemy import select

import vitals
from admin import create_app, system
from models import AuditEntry, Backup, CheckRun, Escalation, Finding
from models.desk import checks
from tests.admin.conftest import Person

pytestmark = pytest.mark.sqlite_only  # the figures are asked on both databases in tests/test_vitals.py


def fails() -> None:
    """A job that breaks with somebody's words in its mouth."""
    raise ValueError("陈先生 13800138000")


def page(person: Person, lang: str = "zh") -> str:
    if lang == "en":
        person.post("/admin/language", lang="en", next="/admin/system/")
    answer = person.get("/admin/system/")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.fixture
def queue(redis) -> Queue:
    return Queue(vitals.QUEUE, connection=redis)


@pytest.fixture
def manager(settings, engine, clock, redis, desk) -> Person:
    """A manager before a panel that has its queue."""
    app = create_app(settings, engine=engine, redis=redis, clock=clock)
    app.testing = True
    person = Person(app.test_client())
    assert person.log_in("manager").status_code == 302
    return person


@pytest.fixture
def broken(queue) -> str:
    """A job of the house that failed; returns its key."""
    job = queue.enqueue(fails)
    SimpleWorker([queue], connection=queue.connection).work(burst=True, logging_level="CRITICAL")
    return job.id


def test_a_failed_job_is_seen_without_anybodys_words_and_tried_again_once(manager, queue, broken, look):
    shown = page(manager)
    assert "fails" in shown and "ValueError" in shown and "13800138000" not in shown and "陈先生" not in shown
    assert manager.post("/admin/system/retry", job=broken).status_code == 302
    assert FailedJobRegistry(vitals.QUEUE, connection=queue.connection).get_job_ids(cleanup=False) == []
    assert queue.job_ids == [broken]
    retried = select(AuditEntry).where(AuditEntry.action == "system.retry")
    deeds = look(lambda session: session.scalars(retried).all())
    assert [row.after for row in deeds] == [{"jobs": ["fails"], "count": 1}]
    manager.post("/admin/system/retry", job=broken)
    assert "没有可以重试的任务" in page(manager) and queue.job_ids == [broken]
    assert len(look(lambda session: session.scalars(retried).all())) == 1


def test_all_failed_jobs_are_tried_again_together(manager, queue, broken):
    other = queue.enqueue(fails)
    SimpleWorker([queue], connection=queue.connection).work(burst=True, logging_level="CRITICAL")
    manager.post("/admin/system/retry", job="")
    assert set(queue.job_ids) == {broken, other.id}
    assert "2 个任务已重新排队" in page(manager)


def test_our_own_failures_say_duty_kind_and_place(queue):
    spoken = "Traceback …\njobs.work.DutyFailed: deliver: KeyError at run:12 < deliver:3"
    assert system.reason(spoken) == "deliver: KeyError at run:12 < deliver:3"
    assert system.reason("Traceback …\nValueError: 陈先生 13800138000") == "ValueError"
    assert system.reason("") == ""


@pytest.fixture
def found(session, now, desk):
    """An escalation of nobody and a case without a story, found last night."""
    orphan = session.scalars(select(Escalation)).first()
    orphan.owner, orphan.state = None, "open"
    session.flush()
    for name in checks.NAMES:
        checks.keep(session, name, checks.look(session, name, now=now), now=now)
    session.add(Finding(rule="case_silent", record_type="ticket", record_id=desk.repair.id, first_seen_at=now,
                        last_seen_at=now))  # fmt: skip
    session.add(Finding(rule="photo_late", record_type="attachment", record_id=7, first_seen_at=now, last_seen_at=now,
                        resolved_at=now))  # fmt: skip
    session.commit()


def test_findings_stand_with_what_they_mean_and_what_to_do(manager, found, desk):
    shown = page(manager)
    for part in ("没人管的待处理事项", "在“待处理事项”里接手", f"/admin/repairs/{desk.repair.number}", "最近消失的"):
        assert part in shown
    assert 'data-count="system"' in shown
    english = page(manager, "en")
    assert "Matters without an owner" in english and "Take it under Matters" in english


def test_an_administrator_reads_of_a_case_without_the_way_to_it(as_role, found, desk):
    shown = page(as_role("admin"))
    assert desk.repair.number in shown and f"/admin/repairs/{desk.repair.number}" not in shown


def test_without_redis_the_page_says_so_and_blames_nobody_else(as_role):
    person = as_role("manager")
    shown = page(person)
    assert "启动 Redis；客户照常有人答" in shown and "启动 python cli.py worker；" not in shown
    person.post("/admin/system/retry", job="")
    assert "任务队列连不上，没有重试" in page(person)


def test_checking_now_makes_every_check_due_and_asks_a_worker(manager, found, queue, session, now, look):
    assert manager.post("/admin/system/check").status_code == 302
    assert look(lambda fresh: fresh.scalars(select(CheckRun)).all()) == []
    assert [job.func_name for job in queue.jobs] == ["jobs.work.checks"]
    shown = page(manager)
    assert "开始检查了" in shown and "还没有查完" in shown and "没人管的待处理事项" in shown


def test_a_backup_is_told_with_its_age_and_none_at_all_as_never(manager, session, now):
    assert page(manager).count("从来没有") == 3
    session.add(Backup(kind="backup", state="done", began_at=now, ended_at=now - dt.timedelta(hours=5), place="x"))
    session.add(Backup(kind="rehearsal", state="failed", began_at=now, ended_at=now, place="x"))
    session.commit()
    shown = page(manager)
    assert "5小时前" in shown and shown.count("从来没有") == 2


def test_a_backup_that_failed_is_told_with_its_reason(manager, session, now):
    row = Backup(
        kind="backup", state="failed", began_at=now, ended_at=now, place="20261121T020000Z", words="没有 pg_dump"
    )
    session.add(row)
    session.flush()
    seen = {"record_type": "backup", "record_id": row.id, "first_seen_at": now, "last_seen_at": now}
    session.add(Finding(rule="backup_failed", **seen))
    session.commit()
    shown = page(manager)
    assert "备份没做成" in shown and "20261121T020000Z 没有 pg_dump" in shown


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KB"), (5 * 2**30, "5.0 GB"), (12 * 2**20, "12 MB")]
)
def test_bytes_as_people_say_them(count, said):
    assert system.size(count) == said
