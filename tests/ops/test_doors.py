"""One port for both doors: who gets which path."""

import threading

import pytest
from redis import Redis
from werkzeug.test import Client
from werkzeug.wrappers import Response

import admin
import bot
from models.db import make_engine
from ops.doors import joined


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
    threads = threading.active_count()
    create_app(settings, engine=engine, redis=Redis(unix_socket_path="/nowhere"))
    assert engine.pool.checkedin() == engine.pool.checkedout() == 0 and threading.active_count() == threads
    engine.dispose()
