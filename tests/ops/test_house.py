"""Another terminal finds the house that runs from this folder, and no other one."""

import fcntl
import json
import stat
import threading
from contextlib import closing

import pytest

from bot.wechat import Gateway
from ops import house, menu
from ops.replay_live import LiveStage, NoSandbox
from sandbox.config import Config
from sandbox.people import put
from sandbox.server import running as serving
from settings import SettingsError

PORTS = {"web_port": 9100, "desk_port": 9101, "sandbox_port": 9102}


@pytest.fixture
def place(tmp_path):
    return {"file": tmp_path / "house.json", "lock": tmp_path / "up.lock"}


@pytest.fixture
def running(place, tmp_path, make_settings):
    """A house on other ports runs here, or seems to: its lock is held."""

    def start(**more):
        values = {"wechat_api_base": "http://127.0.0.1:9102", "public_url": "http://127.0.0.1:9100", **PORTS}
        settings = make_settings(**(values | {"redis_url": f"unix://{tmp_path}/r.sock"} | more))
        house.remember(settings, place["file"])
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
        return settings

    with place["lock"].open("w") as lock:
        yield start


@pytest.fixture
def said(make_settings, monkeypatch):
    """Another terminal's environment: the account, and what is given."""

    def say(**more):
        settings = make_settings().model_dump(include={"wechat_app_id", "wechat_app_secret", "wechat_token",
                                                       "wechat_encoding_aes_key", "secret_key"})  # fmt: skip
        for name, value in (settings | more).items():
            monkeypatch.setenv(name.upper(), str(value))

    return say


def test_what_the_running_house_was_given_is_known(place, running, said):
    settings = running()
    said()
    found = house.load_settings(**place)
    for name in house.TOLD:
        assert getattr(found, name.lower()) == getattr(settings, name.lower()), name


def test_what_somebody_says_wins_and_a_port_means_its_sandbox(place, running, said):
    running()
    said(sandbox_port=9202)
    assert house.load_settings(**place).wechat_api_base == "http://127.0.0.1:9202"
    said(wechat_api_base="http://127.0.0.1:9302")
    found = house.load_settings(**place)
    assert (found.wechat_api_base, found.web_port) == ("http://127.0.0.1:9302", 9100)


@pytest.mark.parametrize("name", ["database_url", "redis_url"])
def test_records_of_another_house_are_refused_by_name(place, running, said, tmp_path, name):
    running()
    said(**{name: {"database_url": f"sqlite:///{tmp_path}/other.db", "redis_url": "redis://127.0.0.1:7/1"}[name]})
    with pytest.raises(SettingsError, match=rf"^{name.upper()} .*running from this folder"):
        house.load_settings(**place)


def test_a_house_that_has_ended_counts_no_more(place, running, said):
    running()
    said()
    with place["lock"].open() as another:
        fcntl.flock(another.fileno(), fcntl.LOCK_UN)
    place["lock"].unlink()
    assert house.load_settings(**place).web_port == 8000
    place["lock"].touch()
    assert house.load_settings(**place).web_port == 8000


def test_a_real_account_is_not_led_to_a_sandbox_by_a_port(place, said):
    said(sandbox_port=9202)
    assert not house.load_settings(**place).sandboxed


def test_no_secret_is_written_down(place, running, make_settings):
    settings = running(database_url="postgresql://nuanju:hush-hush@127.0.0.1/nuanju")
    text = place["file"].read_text()
    secrets = (settings.wechat_app_secret, settings.wechat_token, settings.wechat_encoding_aes_key, settings.secret_key)
    assert not any(secret in text for secret in (*secrets, "hush-hush"))
    assert stat.S_IMODE(place["file"].stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"settings": {}, "marks": {}})])
def test_a_broken_file_is_as_none(place, running, said, text):
    running()
    said()
    place["file"].write_text(text)
    assert house.load_settings(**place).web_port == 8000


@pytest.fixture
def sandbox(settings, tmp_path):
    """A real sandbox of these settings' account; yields its address."""
    codes = {"app_id": settings.wechat_app_id, "secret": settings.wechat_app_secret, "token": settings.wechat_token}
    aes_key = settings.wechat_encoding_aes_key
    config = Config(**codes, aes_key=aes_key, webhook="http://127.0.0.1:1/wechat", port=0,
                    clock_file=tmp_path / "clock.json")  # fmt: skip
    with serving(config) as (server, platform):
        put(platform, {"openid": "oNuanju_W1", "name": "陈先生", "kind": "homeowner"})
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        thread.join()


def test_the_sandbox_says_whose_it_is_and_which_menu_its_phones_have(sandbox, make_settings):
    ours = make_settings(wechat_api_base=sandbox)
    told = house.answering(sandbox)
    assert told["app_id"] == ours.wechat_app_id and menu.wanted()["button"] not in told["menus"]
    Gateway(ours, None).create_menu(menu.wanted())
    assert menu.wanted()["button"] in house.answering(sandbox)["menus"]


@pytest.mark.sqlite_only  # refused before the database is asked
def test_nothing_is_played_in_the_sandbox_of_another_account(sandbox, make_settings, engine):
    with pytest.raises(NoSandbox, match="另一个 AppID.*another app id"):
        LiveStage(make_settings(wechat_api_base=sandbox, wechat_app_id="wxanother0000001"), engine)
    with closing(LiveStage(make_settings(wechat_api_base=sandbox), engine)) as stage:
        assert stage.now()


def test_nobody_and_somebody_else_are_known_at_once():
    assert house.answering("http://127.0.0.1:1") == {}
