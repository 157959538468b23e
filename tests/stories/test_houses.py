"""A house is built: nobody has to ask. Once each, on two workers, late, and after a worker that died."""

import datetime as dt
import threading

import pytest
from sqlalchemy import select

from jobs import houses
from models.actors import By
from models.callbacks import Callback
from models.desk.house import building
from models.desk.house.phases import Dates
from models.houses import Phase, Project
from models.outbound import Outgoing
from tests.stories.conftest import make_scene, scene, texts

__all__ = ["make_scene", "scene", "texts"]
STAFF = By("staff", 1, "赵工")


@pytest.fixture
def site(scene, reported):
    """The house of the story is being built: one phase is done today, the next one is planned in two days."""
    with scene.desk() as session:
        project = session.scalars(select(Project).limit(1)).one()
        project.stage, today = "building", scene.now().date()
        project.phases += [
            Phase(position=1, name="材料进场", actual_on=today),
            Phase(position=2, name="中期验收", planned_on=today + dt.timedelta(days=2)),
        ]
    return reported


def at_once(world, workers: int = 3) -> None:
    start = threading.Barrier(workers)

    def work() -> None:
        start.wait()
        houses.run(world)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def test_three_workers_owe_one_call_and_tell_once(scene, site):
    at_once(scene.world)
    houses.run(scene.world)
    with scene.sessions() as session:
        purposes = session.scalars(select(Callback.purpose)).all()
        told = session.scalars(select(Outgoing.text_key).where(Outgoing.text_key.startswith("building."))).all()
    assert (purposes, told) == (["control_point"], ["building.acceptance"])


@pytest.mark.sqlite_only  # what the owner reads does not depend on the database
def test_the_owner_is_asked_told_ahead_and_told_of_what_is_late(scene, site):
    site.homeowner.reads()
    scene.travels(minutes=15)
    told = "\n".join(site.homeowner.reads())
    assert "材料进场做完了" in told and "中期验收定在" in told
    site.homeowner.says("都5分")
    scene.travels(days=2, hours=12)
    site.homeowner.says("在吗")
    scene.run_jobs()
    scene.travels(hours=18)
    assert sum("没能按计划" in text for text in site.homeowner.reads()) == 1
    with scene.desk() as session:
        phase = session.scalars(select(Phase).where(Phase.position == 2)).one()
        later = Dates(scene.now().date() + dt.timedelta(days=9))
        building.record(session, phase, later, by=STAFF, now=scene.now(), reason="瓷砖没到货")
    scene.travels(minutes=30)
    assert "瓷砖没到货" in site.homeowner.reads()[-1]
