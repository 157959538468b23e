"""A company in a database, a platform in the process, and the world that a duty works with."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from clock import Frozen
from jobs import campaigns as campaign_duty
from jobs.outbox import deliver
from jobs.rate import Rate
from jobs.world import World
from models.campaigns import Campaign
from models.desk.delivery import outbox
from models.outbound import Outgoing
from models.people import Follower
from models.work import Repair
from settings import Settings
from templates import Texts
from tests.jobs.campaign_cast import crowd, scheduled
from tests.jobs.fakes import Platform

NOTICE = """[hello]
text = "您好{% if name %}，{{ name }}{% endif %}"
example = { name = "陈先生" }
[offer]
text = "新单 {{ number }}{% if link %} {{ link }}{% endif %}"
example = { number = "BX1", link = "https://x.example/p" }
[plain]
text = "到了 {{ number }}"
example = { number = "BX1" }
[broken]
text = "{{ nothing }}"
example = { nothing = "x" }
[page_link]
text = "<a href=\\"{{ link }}\\">看 {{ number }}</a>"
example = { link = "https://x.example/p", number = "BX1" }
"""


LETTER = """[letter]
text = \"\"\"
{% if call %}{{ call }}，{% endif %}{{ words }}

不想再收到，回“退订”就好。\"\"\"
example = { call = "陈先生", words = "周六有讲座" }
"""


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    """A small catalogue of the tests' own, so that the wording of ours may change."""
    folder: Path = tmp_path_factory.mktemp("chat")
    for lang in ("zh", "en"):
        (folder / lang).mkdir()
        (folder / lang / "campaign.toml").write_text(LETTER, "utf-8")
    (folder / "zh" / "notice.toml").write_text(NOTICE, "utf-8")
    (folder / "en" / "notice.toml").write_text(NOTICE.replace("您好", "Hello"), "utf-8")
    return Texts(folder)


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def quick() -> Rate:
    """A pace that never makes a test wait."""
    return Rate(None, per_second=1e9)


@pytest.fixture
def make_world(
    engine: Engine,
    sessions: sessionmaker[Session],
    clock: Frozen,
    platform: Platform,
    catalogue: Texts,
    settings: Settings,
) -> Callable[..., World]:
    def make(**other: object) -> World:
        parts = {
            "settings": settings, "engine": engine, "sessions": sessions, "redis": None,
            "gateway": platform, "clock": clock, "texts": catalogue,
        }  # fmt: skip
        return World(**(parts | other))

    return make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


@pytest.fixture
def person(sessions: sessionmaker[Session], now: dt.datetime) -> Callable[..., int]:
    """Adds a follower who wrote an hour ago, unless the test says otherwise; returns their row's id."""

    def add(openid: str, **facts: object) -> int:
        values = {
            "subscribed": True, "reply_until": now + dt.timedelta(hours=47), "reply_left": 5, "burst_left": 0,
            "last_heard_at": now - dt.timedelta(hours=1), "created_at": now, "lang": "zh", "unreachable": "",
        }  # fmt: skip
        with sessions.begin() as session:
            row = Follower(openid=openid, **(values | facts))
            session.add(row)
            session.flush()
            return row.id

    return add


@pytest.fixture
def promise(sessions: sessionmaker[Session], clock: Frozen) -> Callable[..., int]:
    """Promises one message to a follower; returns the row's id."""
    count = iter(range(1, 1_000_000))

    def post(follower_id: int, body: str = "", **more: object) -> int:
        with sessions.begin() as session:
            follower = session.get(Follower, follower_id)
            letter = outbox.Letter(
                body=body,
                **{name: more.pop(name) for name in ("text_key", "facts", "choices", "page") if name in more},
            )
            key = str(more.pop("key", f"test:{next(count)}"))
            row = outbox.post(session, key, to=follower, letter=letter, now=clock(), **more)
            session.flush()
            return row.id

    return post


@pytest.fixture
def row(sessions: sessionmaker[Session]) -> Callable[[int], Outgoing]:
    """Reads one outgoing row as it stands."""

    def read(row_id: int) -> Outgoing:
        with sessions() as session:
            return session.get(Outgoing, row_id)

    return read


@pytest.fixture
def follower(sessions: sessionmaker[Session]) -> Callable[[int], Follower]:
    """Reads one follower as they stand."""

    def read(row_id: int) -> Follower:
        with sessions() as session:
            return session.get(Follower, row_id)

    return read


@pytest.fixture
def repair(sessions, now) -> int:
    """A case to which messages belong."""
    with sessions.begin() as session:
        case = Repair(number="BX20261121-0007", opened_at=now, round=1, chased=0, problem="漏水")
        session.add(case)
        session.flush()
        return case.id


@pytest.fixture
def launch(sessions, now):
    """A scheduled campaign to so many people; returns its id."""

    def start(count: int, *, open_=lambda n: True, **plan) -> int:
        with sessions.begin() as session:
            crowd(session, count, now, open_=open_)
            return scheduled(session, now, **plan).id

    return start


@pytest.fixture
def run(world, quick):
    """The duties run until nothing more happens; returns how many messages left one by one."""

    def go(rounds: int = 4) -> int:
        sent = 0
        for _ in range(rounds):
            campaign_duty.run(world, rate=quick)
            sent += deliver(world, rate=quick)
        return sent

    return go


@pytest.fixture
def states(sessions):
    def read(campaign_id: int) -> Counter:
        with sessions() as session:
            rows = session.scalars(select(Outgoing).where(Outgoing.campaign_id == campaign_id))
            return Counter(f"{row.state} {row.reason}".strip() for row in rows)

    return read


@pytest.fixture
def campaign_of(sessions):
    def read(campaign_id: int) -> Campaign:
        with sessions() as session:
            found = session.get(Campaign, campaign_id)
            _ = found.events
            return found

    return read
