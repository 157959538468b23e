"""Fixtures that every test may ask for. Servers are real and start when first asked for; the network is shut.

Without arguments about it, a test that asks for `database_url`, `engine`, `sessions` or `session` runs twice:
on SQLite and on PostgreSQL. The markers `sqlite_only` and `postgresql_only` narrow that, with a reason.
"""

import ipaddress
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, Playwright, sync_playwright
from redis import Redis
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from clock import Frozen, frozen
from models import Ticket
from models.base import Base
from models.db import make_engine, make_sessions
from settings import Settings
from tests import servers
from tests.databases import Databases

FULL = os.environ.get("NUANJU_FULL") == "1"
LACKING = servers.lacking()

# Two noisy cores: how long one example takes says nothing here.
hypothesis_settings.register_profile("nuanju", deadline=None, max_examples=60)
hypothesis_settings.load_profile("nuanju")

# A developer's own settings must not leak into the tests.
for _name in Settings.model_fields:
    os.environ.pop(_name.upper(), None)


class Outside(Exception):
    """A test tried to reach another machine."""


_reached: list[str] = []


def _guard(event: str, arguments: tuple) -> None:
    if event in ("socket.connect", "socket.sendto"):
        host = arguments[1][0] if isinstance(arguments[1], tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    if not _is_here(host):
        _reached.append(f"{event} {host}")
        raise Outside(f"tests stay on this machine, but {event} wanted {host!r}")


def _is_here(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name in (None, "", "localhost", "0.0.0.0"):
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False


sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def _nobody_reaches_outside() -> Iterator[None]:
    """Fail a test that tried to leave this machine even where its code swallowed the refusal."""
    _reached.clear()
    yield
    assert not _reached


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what touches the database on each kind of database."""
    if "database_kind" in metafunc.fixturenames:
        kinds, marked = ["sqlite", "postgresql"], metafunc.definition.get_closest_marker
        narrowed = [kind for kind in kinds if marked(f"{kind}_only")]
        metafunc.parametrize("database_kind", narrowed or kinds, scope="session")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was left out because the machine lacks it."""
    skipped = terminalreporter.stats.get("skipped", [])
    if not LACKING and not skipped:
        return
    write = terminalreporter.write_line
    terminalreporter.section("LEFT OUT / 没有测到", sep="!", red=True, bold=True)
    for what in LACKING:
        write(f"this machine lacks {what}", red=True)
    write(f"{len(skipped)} tests did not run; `.ci/run` installs all of it and runs every one", red=True)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With NUANJU_FULL=1 leaving anything out is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    left_out = LACKING or (reporter and reporter.stats.get("skipped"))
    if FULL and left_out and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _need(name: str) -> None:
    if any(what.startswith(name) for what in LACKING):
        pytest.skip(f"this machine lacks {name}")


@pytest.fixture
def now() -> datetime:
    """Saturday morning, ten o'clock in Beijing, a working week before the frost; in UTC like all of ours."""
    return datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(ZoneInfo("UTC"))


@pytest.fixture
def clock(now: datetime) -> Frozen:
    """A clock that stands at `now` until a test advances it."""
    return frozen(now)


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    """Build Settings for a test; nothing comes from the environment, and nobody listens at the platform."""

    def make(**overrides: object) -> Settings:
        values = {
            "wechat_app_id": "wx0123456789abcdef",
            "wechat_app_secret": "0123456789abcdef0123456789abcdef",
            "wechat_token": "nuanjutoken",
            "wechat_encoding_aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
            "wechat_api_base": "http://127.0.0.1:1",
            "secret_key": "a-secret-key-for-tests-only",
            "database_url": f"sqlite:///{tmp_path}/unused.db",
            "media_dir": tmp_path / "media",
        }
        return Settings.load(env_files=(), **(values | overrides))

    return make


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    """Settings with test codes; `make_settings(name=value)` makes others."""
    return make_settings()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis for the whole run."""
    _need("redis-server")
    with servers.redis_server() as url:
        yield url


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """A client of an empty Redis."""
    with Redis.from_url(redis_url) as client:
        client.flushall()
        yield client


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path."""
    _need("Chromium")
    return servers.find_chromium() or ""


@pytest.fixture(scope="session")
def playwright(chromium: str) -> Iterator[Playwright]:
    """The one driver of the browser: a second one in the same run is refused by Playwright."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """The one Chromium of the run; whoever opens a window in it, with cookies of its own, closes that."""
    found = playwright.chromium.launch(executable_path=chromium)
    yield found
    found.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL for the whole run, its schema ready in the database `template`; a URL with {name}."""
    _need("PostgreSQL")
    with servers.postgres_server() as url:
        with psycopg.connect(_plain(url, "postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE template")
        _build(url.format(name="template"))
        yield url


@pytest.fixture(scope="session")
def databases(postgres: str) -> Databases:
    """What tests with PostgreSQL are lent, one each."""
    return Databases(postgres)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema and no rows, to be copied."""
    path = tmp_path_factory.mktemp("template") / "nuanju.db"
    _build(f"sqlite:///{path}")
    return path


def _build(url: str) -> None:
    assert Ticket.__table__ in Base.metadata.sorted_tables  # importing `models` brings every table
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()


def _plain(url: str, name: str) -> str:
    return url.format(name=name).replace("+psycopg", "")


@pytest.fixture
def database_kind() -> str:
    """`sqlite` or `postgresql`; every test that comes this way runs with both."""
    raise AssertionError("parametrized by pytest_generate_tests")


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of this test alone, with every table and no row."""
    yield from {"sqlite": _sqlite_url, "postgresql": _postgres_url}[database_kind](request)


def _sqlite_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The same address for every test, another file each time: whoever still holds the last one writes into nothing."""
    template = request.getfixturevalue("sqlite_template")
    path = template.with_name("lent.db")
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    yield f"sqlite:///{shutil.copy(template, path)}"


def _postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.getfixturevalue("databases").lend() as url:
        yield url


@pytest.fixture(scope="session")
def engines() -> Iterator[dict[str, Engine]]:
    """Engines by address: what one has learnt of statements (a fifth of a test's time) serves the next test too."""
    known: dict[str, Engine] = {}
    yield known
    for engine in known.values():
        engine.dispose()


@pytest.fixture
def engine(database_url: str, engines: dict[str, Engine]) -> Iterator[Engine]:
    """An engine on this test's database; who listens to it hears nothing of other tests."""
    known = engines[database_url] = engines.get(database_url) or make_engine(database_url)
    engine = known.execution_options()
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """A factory of sessions, as the edges have it."""
    return make_sessions(engine)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One open session; what it did not commit is rolled back."""
    with sessions() as session:
        yield session
