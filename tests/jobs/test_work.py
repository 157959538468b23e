"""The names in Redis, their page in the docs, and errors that tell nothing about people."""

import inspect
import re

import pytest

from jobs import work, world
from jobs.schedule import TIMETABLE
from settings import ROOT

JOBS = {
    name
    for name, value in vars(work).items()
    if inspect.isfunction(value) and value.__module__ == "jobs.work" and not name.startswith("_")
}
SECRET = "陈先生 13800138000"


def test_every_job_stands_in_the_docs_with_its_interval():
    page = (ROOT / "docs" / "jobs.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| (\d+) s", page, re.M))
    assert set(told) == JOBS == {entry.name for entry in TIMETABLE}
    assert {name: int(every) for name, every in told.items()} == {entry.name: entry.every for entry in TIMETABLE}


def test_jobs_take_no_arguments_so_that_nothing_about_people_is_in_redis():
    assert all(not inspect.signature(getattr(work, name)).parameters for name in JOBS)


def test_a_failed_duty_says_what_and_where_but_not_the_words(caplog):
    def duty(_world):
        raise ValueError(SECRET)

    with pytest.raises(work.DutyFailed) as failed:
        work._do("deliver", duty, build=lambda: None)
    assert "ValueError at duty:" in str(failed.value)
    chain = [failed.value, failed.value.__cause__, failed.value.__context__]
    assert SECRET not in caplog.text and all(SECRET not in str(error) for error in chain)


def test_a_world_belongs_to_one_process(settings, catalogue, tmp_path):
    built = world.build(settings, catalogue)
    assert built.settings is settings and built.redis is not None
    with built.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    built.engine.dispose()
