"""One port for both doors: who gets which path."""

import logging
import re
import threading

import pytest
from redis import Redis
from sqlalchemy import select
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client
from werkzeug.wrappers import Response

import admin
import bot
from models import AuditEntry
from models.db import make_engine
from ops import doors
from ops.doors import behind, joined


def saying(name):
    """An app that answers with its name and the path it saw."""

    def app(environ, start_response):
        return Response(f"{name} {environ['SCRIPT_NAME']}{environ['PATH_INFO']}")(environ, start_response)

    return app


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/wechat", "web"),
        ("/", "web"),
        ("/healthz", "web"),
        ("/admin", "desk"),
        ("/admin/", "desk"),
        ("/admin/repairs/?page=2", "desk"),
        ("/administrator", "web"),
        ("/p/admin/", "web"),
    ],
)
def test_the_path_decides_and_nothing_of_it_is_cut_off(path, door):
    assert Client(joined(saying("web"), saying("desk"))).get(path).text == f"{door} {path.split('?')[0]}"


@pytest.mark.parametrize("create_app", [bot.create_app, admin.create_app], ids=["bot", "admin"])
def test_a_door_connects_to_nothing_before_it_is_asked(create_app, settings):
    """A server may load it once and fork: a database connection shared by two processes would tear."""
    engine = make_engine(settings.database_url)
    before = set(threading.enumerate())
    create_app(settings, engine=engine, redis=Redis(unix_socket_path="/nowhere"))
    assert engine.pool.checkedin() == engine.pool.checkedout() == 0
    assert set(threading.enumerate()) <= before  # threads of earlier tests may end meanwhile
    engine.dispose()


def told_address(environ, start_response):
    """An app that answers with the client's address and scheme as it sees them."""
    said = f"{environ['REMOTE_ADDR']} {environ['wsgi.url_scheme']} {environ['HTTP_HOST']}"
    return Response(said)(environ, start_response)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "203.0.113.9", "10.0.0.1 http desk.example"),
        (1, "203.0.113.9", "203.0.113.9 https desk.example"),
        (1, "198.51.100.6, 203.0.113.9", "203.0.113.9 https desk.example"),
        (2, "198.51.100.6, 203.0.113.9, 10.0.0.2", "203.0.113.9 https desk.example"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(proxies, forwarded, seen):
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"}
    headers["X-Forwarded-Proto"] = ", ".join(["https"] * max(1, proxies))
    client = Client(behind(told_address, proxies))
    answer = client.get("/", base_url="http://desk.example", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.1"})
    assert answer.text == seen


@pytest.mark.parametrize(("proxies", "origin"), [(0, "10.0.0.1"), (1, "203.0.113.9")])
def test_the_audit_log_holds_the_address_that_the_proxy_saw(settings, engine, redis, sessions, proxies, origin):
    client = Client(behind(admin.create_app(settings, engine=engine, redis=redis), proxies))
    asked = {"headers": {"X-Forwarded-For": "1.2.3.4, 203.0.113.9"}, "environ_base": {"REMOTE_ADDR": "10.0.0.1"}}
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get("/admin/login", **asked).text).group(1)
    form = {"csrf_token": token, "username": "boss", "password": "wrong"}
    assert client.post("/admin/login", data=form, **asked).status_code == 401
    with sessions() as session:
        assert [row.origin for row in session.scalars(select(AuditEntry))] == [origin]


@pytest.fixture
def own_logging():
    """A door sets up its process's logging; afterwards it is the tests' again."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize("door", [doors.web, doors.desk])
@pytest.mark.parametrize("proxies", [0, 2])
def test_both_doors_follow_the_setting(make_settings, monkeypatch, own_logging, door, proxies):
    for name, value in make_settings(trusted_proxies=proxies).model_dump(exclude_none=True).items():
        monkeypatch.setenv(name.upper(), str(value))
    app = door()
    assert isinstance(app, ProxyFix) is bool(proxies)
    assert (getattr(app, "x_for", 0), getattr(app, "x_proto", 0)) == (proxies, proxies)
