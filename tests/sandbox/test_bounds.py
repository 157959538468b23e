"""The sandbox touches nothing but this machine, imports nothing of ours, and keeps its phones over a restart."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from sandbox.config import Config, ConfigError, is_loopback
from sandbox.people import plant
from sandbox.platform import Platform
from sandbox.snapshot import load
from sandbox.world import World
from tests.sandbox.conftest import AES_KEY, APP_ID, SECRET, TOKEN, text_reply

ROOT = Path(__file__).resolve().parents[2]
GOOD = {"app_id": APP_ID, "secret": SECRET, "token": TOKEN, "aes_key": AES_KEY, "webhook": "http://127.0.0.1:1/wechat"}
W2 = "oNuanju_W2"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"host": "0.0.0.0"}, "--host"),
        ({"host": "192.168.1.4"}, "--host"),
        ({"webhook": "http://example.com/wechat"}, "--webhook"),
        ({"webhook": "http://127.0.0.1.example.com/"}, "--webhook"),
        ({"webhook": "http://localhost@example.com/"}, "--webhook"),
        ({"webhook": "file:///etc/passwd"}, "--webhook"),
        ({"mode": "open"}, "--mode"),
        ({"token": ""}, "--token"),
        ({"secret": ""}, "--secret"),
        ({"aes_key": "short"}, "--aes-key"),
        ({"aes_key": "!" * 43}, "--aes-key"),
    ],
)
def test_nonsense_is_refused_by_the_name_of_its_option(change, named):
    with pytest.raises(ConfigError, match=named):
        Config(**{**GOOD, **change})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_is_accepted(host):
    assert is_loopback(host)
    assert Config(**GOOD, host=host).host == host


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
def test_other_sites_may_not_call(desk, headers):
    assert desk.http.get(f"{desk.base}/control/people", headers=headers).status_code == 403


def test_it_imports_nothing_of_ours():
    ours = {"models", "bot", "jobs", "admin", "templates", "settings", "clock", "cli", "wsgi"}
    for path in (ROOT / "sandbox").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            assert not ours & {name.split(".")[0] for name in names}, path


def test_phones_survive_a_restart(start, hook, tmp_path):
    hook.answer = lambda push: text_reply(push, "收到")
    state = tmp_path / "sandbox.json"
    first = start(state=state)
    first.push(W2, text="在吗")
    first.push(W2, "image", sample="leak")
    media_url = first.phone(W2)[2]["media_url"]
    before = first.phone(W2)
    first.wait_for(lambda: state.exists() and len(json.loads(state.read_text())["bubbles"]) == 4, 5)
    second = start(state=state)
    assert second.phone(W2) == before
    assert second.http.get(second.base + media_url).content[:3] == b"\xff\xd8\xff"
    assert second.say(W2, "还在")["errcode"] == 0, "windows are kept too"
    assert second.phone(W2)[-1]["n"] > before[-1]["n"]


def test_a_broken_snapshot_is_set_aside(tmp_path):
    path = tmp_path / "sandbox.json"
    path.write_text("{half")
    assert load(path).bubbles == []
    assert (tmp_path / "sandbox.json.broken").read_text() == "{half"


def test_people_are_planted_once_and_added_by_hand(desk):
    plant(desk.platform, ROOT / "sandbox" / "people.json")
    names = {p["name"]: (p["kind"], p["following"]) for p in desk.control("people")["people"]}
    assert names["陈先生"] == ("homeowner", False)
    assert names["王师傅"] == ("crew", True)
    assert len(names) == 6
    added = desk.control("people", {"name": "赵先生"})
    assert added["openid"].startswith("o")
    assert added["following"] is False
    assert desk.control("people", {"openid": added["openid"], "name": "赵工", "kind": "staff"})["name"] == "赵工"
    assert desk.control("people", {"name": "x", "kind": "ghost"})["http"] == 400
    assert desk.control("people", {"openid": "no spaces!", "name": "x"})["http"] == 400


def test_reset_empties_phones_and_keeps_people(desk):
    desk.push(W2, text="在吗")
    desk.control("time", {"advance": 60})
    desk.control("faults", {"name": "ip"})
    era = desk.control("feed")["era"]
    desk.control("reset", {})
    feed = desk.control("feed")
    assert (feed["bubbles"], feed["log"], feed["faults"], feed["time"]["offset"]) == ([], [], [], 0)
    assert feed["era"] != era
    assert len(feed["people"]) == 2
    desk.control("reset", {"people": True})
    assert desk.control("people")["people"] == []


def test_a_feed_waits_for_news_and_brings_only_those(desk):
    feed = desk.control("feed")
    began = time.monotonic()
    same = desk.control("feed", seen=feed["revision"], after=feed["last"], era=feed["era"], wait=0.2)
    assert time.monotonic() - began >= 0.2
    assert same["bubbles"] == []
    desk.push(W2, text="在吗")
    news = desk.control("feed", seen=feed["revision"], after=feed["last"], era=feed["era"])
    assert [b["text"] for b in news["bubbles"]] == ["在吗"]
    assert [(e["direction"], e["kind"], e["good"]) for e in news["log"]] == [("push", "text", True)]
    assert "<Content><![CDATA[在吗]]></Content>" in news["log"][0]["request"]


class SlowCounter(World):
    """A world that dawdles after giving out a number, so that whoever may look in between does."""

    def next(self) -> int:
        number = super().next()
        time.sleep(0.02)
        return number


def test_a_poll_never_sees_a_number_before_its_bubble():
    world = SlowCounter()
    platform = Platform(Config(**GOOD), world)
    speaker = threading.Thread(
        target=lambda: [platform.bubble(W2, "account", "custom", ("text", {"text": "在"})) for _ in range(5)]
    )
    looks = []
    speaker.start()
    while speaker.is_alive():
        with world.lock:  # a poll takes its `last` and its bubbles under this lock
            looks.append(world.serial - len(world.bubbles))
        time.sleep(0.001)
    platform.close()
    assert len(world.bubbles) == 5
    assert set(looks) == {0}


def test_the_console_check_asks_for_the_echo(desk, hook):
    hook.answer = lambda push: push.query["echostr"]
    assert desk.control("verify", {})["ok"] is True
    assert hook.pushes[-1].method == "GET"
    hook.answer = lambda _push: "something else"
    assert desk.control("verify", {})["ok"] is False


def command(*more: str) -> list[str]:
    told = ["--port", "0", "--app-id", APP_ID, "--secret", SECRET, "--token", TOKEN, "--aes-key", AES_KEY]
    return [sys.executable, "-m", "sandbox", *told, "--webhook", "http://127.0.0.1:9/wechat", *more]


def test_the_command_serves_until_it_is_told_to_stop(tmp_path):
    state = tmp_path / "state.json"
    options = {"cwd": ROOT, "text": True, "stdout": subprocess.PIPE, "env": {**os.environ, "PYTHONUNBUFFERED": "1"}}
    with subprocess.Popen(command("--state", str(state), "--template", "T9"), **options) as process:
        base = process.stdout.readline().split("：", 1)[1].split(" ")[0]
        try:
            with requests.Session() as http:
                assert len(http.get(base + "control/people", timeout=5).json()["people"]) == 6
                assert "沙箱微信" in http.get(base, timeout=5).content.decode()
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert "T9" in json.loads(state.read_text())["templates"]


def test_the_command_says_what_is_wrong_in_one_sentence():
    done = subprocess.run(command("--host", "0.0.0.0"), cwd=ROOT, text=True, capture_output=True, timeout=20)
    assert done.returncode == 2
    assert "--host" in done.stderr
    assert "Traceback" not in done.stderr
