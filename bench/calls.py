"""The clock's calls in a large house: so many customers, of whom some are owed a call this morning.

Seconds of the processor for a thousand calls, statements a call, and the memory that the process grew by.
"""

import datetime as dt
import time
from pathlib import Path

from sqlalchemy import event, func, insert, select

from bench.campaign import megabytes
from bench.turn import fresh
from clock import frozen
from jobs import houses as duty
from jobs.world import World
from models import Callback, Customer, Estate, Follower, Project, ProjectMember
from models.db import make_engine, make_sessions
from settings import Settings
from templates import Texts

DUE = 1_000
#: A Thursday, ten in the morning in China; a month before it the houses were finished whose call is due.
NOW = dt.datetime(2026, 11, 26, 2, tzinfo=dt.UTC)
DONE, LONG_AGO = dt.date(2026, 10, 26), dt.date(2015, 1, 10)
STEP = 5_000


def town(database_url: str, people: int, due: int = DUE) -> None:
    """So many finished houses with an owner on WeChat each; the last `due` of them are owed their first call."""
    fresh(database_url)
    engine = make_engine(database_url)
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        estate = Estate(name="bench")
        session.add(estate)
        session.flush()
        where = {"estate_id": estate.id, "building": "1", "stage": "in_warranty", "created_at": NOW}
        first = (session.scalar(select(func.max(Project.id))) or 0) + 1
        person = (session.scalar(select(func.max(Customer.id))) or 0) + 1
    for start in range(0, people, STEP):
        numbers = range(start, min(people, start + STEP))
        with sessions.begin() as session:
            session.execute(insert(Customer), [
                {"id": person + n, "name": f"王{n}", "phone": "13800138000", "stage": "in_warranty", "created_at": NOW}
                for n in numbers
            ])  # fmt: skip
            session.execute(insert(Project), [
                where | {"id": first + n, "number": f"bench{n}", "room": str(n),
                         "completed_on": DONE if n >= people - due else LONG_AGO}
                for n in numbers
            ])  # fmt: skip
            members = [{"project_id": first + n, "customer_id": person + n, "role": "owner"} for n in numbers]
            session.execute(insert(ProjectMember), members)
            followers = [
                {"openid": f"bench{n}", "customer_id": person + n, "subscribed": True, "created_at": NOW}
                for n in numbers
            ]
            session.execute(insert(Follower), followers)
    engine.dispose()


def measure(database_url: str, folder: Path) -> tuple[float, float, int, float]:
    """In a town: (seconds a thousand calls, statements a call, calls made, megabytes grown by)."""
    engine, seen = make_engine(database_url), [0]
    sessions = make_sessions(engine)

    def count(*_: object) -> None:
        seen[0] += 1

    settings = Settings.load(
        env_files=(), database_url=database_url, media_dir=folder / "media", wechat_app_id="wx0000000000000000",
        wechat_app_secret="0" * 32, wechat_token="benchtoken", wechat_encoding_aes_key="0" * 42 + "A",
        secret_key="0" * 32,
    )  # fmt: skip
    world = World(settings, engine, sessions, None, None, frozen(NOW), Texts())
    event.listen(engine, "before_cursor_execute", count)
    before, started = megabytes(), time.process_time()
    while duty.run(world):
        pass
    spent = time.process_time() - started
    with sessions() as session:
        ours = select(func.count(Callback.id)).join(Project, Project.id == Callback.project_id)
        made = session.scalar(ours.where(Project.number.startswith("bench"))) or 0
    engine.dispose()
    return spent * 1000 / max(1, made), seen[0] / max(1, made), made, megabytes() - before
