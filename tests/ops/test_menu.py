"""The menu: what is published is what the bot understands, and a refusal is told in words."""

import re

import pytest
from sqlalchemy import select

from models import MenuVersion
from models.desk.account import menus
from ops import menu
from settings import ROOT
from tests.fakes_wechat import TOKEN_PATH, Platform, refusal

CREATE = "/cgi-bin/menu/create"


@pytest.fixture
def platform():
    with Platform() as running:
        yield running


@pytest.fixture
def deployed(platform, tmp_path, make_settings, monkeypatch):
    """A deployment with this platform, and no Redis, as on the day before the house first starts."""
    settings = make_settings(wechat_api_base=platform.base, redis_url=f"unix://{tmp_path}/nobody.sock")
    for name, value in settings.model_dump(exclude_none=True).items():
        monkeypatch.setenv(name.upper(), str(value))


def test_the_menu_goes_to_the_platform_and_is_told(deployed, platform, capsys):
    assert menu.main([]) == 0
    (call,) = platform.of(CREATE)
    said = capsys.readouterr().out
    assert call.json == menu.wanted() and "我要报修" in said and "MENU_REPAIR" in said and "五分钟" in said


def test_the_bot_understands_every_button_and_every_key_has_one():
    code = "\n".join(
        (ROOT / "bot" / name).read_text("utf-8") for name in ("dialog/desk.py", "dialog/report.py", "dialog/talk.py")
    )
    keys = {button["key"] for button in menu.wanted()["button"]}
    assert keys == set(re.findall(r"\"(MENU_\w+)\"", code))


def test_it_keeps_the_platforms_limits():
    buttons = menu.wanted()["button"]
    assert 1 <= len(buttons) <= 3 and all(len(button["name"].encode()) <= 16 for button in buttons)


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        (CREATE, 40018, "错误码 40018"),
        (CREATE, 48001, "核对账号和权限"),
        (TOKEN_PATH, 40164, "白名单"),
        (TOKEN_PATH, 40125, "WECHAT_APP_SECRET"),
    ],
)
def test_a_refusal_is_told_in_words(deployed, platform, capsys, path, code, words):
    platform.script(path, refusal(code))
    assert menu.main([]) == 1
    said = capsys.readouterr()
    assert (
        said.out == "" and said.err.startswith("✗ 菜单没有发布") and words in said.err and "Traceback" not in said.err
    )


def test_it_publishes_what_the_panel_holds_and_is_its_newest_version(
    deployed, platform, engine, sessions, now, capsys, monkeypatch
):
    monkeypatch.setenv("DATABASE_URL", engine.url.render_as_string(hide_password=False))
    own = [{"name": "活动", "type": "click", "key": "MENU_EVENTS"}]
    with sessions.begin() as session:
        row = menus.draft(session, own, staff=None, now=now)
        menus.publish(session, row, now=now)
        menus.published(session, row, now=now)
    assert menu.main([]) == 0 and "MENU_EVENTS" in capsys.readouterr().out
    assert platform.of(CREATE)[0].json == {"button": own}
    with sessions() as session:
        assert len(session.scalars(select(MenuVersion)).all()) == 1


def test_the_first_menu_it_publishes_stands_in_the_panel(deployed, platform, engine, sessions, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", engine.url.render_as_string(hide_password=False))
    assert menu.main([]) == 0
    with sessions() as session:
        assert menus.current(session).buttons == menu.wanted()["button"]
