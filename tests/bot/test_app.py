"""The web process is put together from real parts, and refuses to start where it would answer wrongly."""

import subprocess
import sys

import pytest

import bot
from bot.errors import Misconfigured
from models import Inbound
from settings import ROOT
from tests.bot.door import WeChat
from tests.bot.test_read import xml


def test_a_message_goes_through_the_whole_house(make_settings, database_url, engine, redis, clock, session):
    settings = make_settings(database_url=database_url)
    app = bot.create_app(settings, engine=engine, redis=redis, clock=clock)
    wechat = WeChat(settings, app.test_client(), clock)
    assert "<Content>" in wechat.opened(wechat.post(xml(Content="厨房水槽下面漏水", MsgId="1")))
    assert session.query(Inbound).one().kind == "text"
    assert wechat.client.get("/healthz").json["status"] == "ok"


@pytest.mark.sqlite_only("which database it is makes no difference to what is built")
def test_what_is_not_given_is_built_from_the_settings(make_settings, database_url, redis_url):
    app = bot.create_app(make_settings(database_url=database_url, redis_url=redis_url))
    door = app.extensions["nuanju"]
    assert app.test_client().get("/healthz").json["status"] == "ok"
    door.redis.close()
    door.engine.dispose()


def test_an_empty_token_stops_the_start(make_settings, redis):
    careless = make_settings().model_copy(update={"wechat_token": ""})
    with pytest.raises(Misconfigured):
        bot.create_app(careless, redis=redis)


def test_a_part_of_the_package_does_not_load_the_web():
    """Jobs and command-line tools import parts of bot; each would pay for Flask and every script."""
    code = "import sys, bot.errors; sys.exit('flask' in sys.modules or 'bot.inbox' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_nothing_else_hides_in_the_package():
    with pytest.raises(AttributeError, match="create_ap"):
        bot.create_ap  # noqa: B018 — reading it is the test
