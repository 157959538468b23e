"""The story once through the real house: processes, ports, Redis, the sandbox's HTTP, and `cli.py replay` beside it."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys

import pytest

from settings import ROOT, Settings
from tests.conversations import test_conversations as conversations

READY = "Ctrl-C stops everything"
NOT_CODE = shutil.ignore_patterns(".*", "var", "__pycache__", "tests", "node_modules")
STORY = ROOT / "tests" / "conversations" / "story.jsonl"


def free_ports():
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    numbers = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return dict(zip(("WEB_PORT", "DESK_PORT", "SANDBOX_PORT"), map(str, numbers), strict=True))


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of this project with everything running; gives a way to run its cli.py."""
    folder = tmp_path_factory.mktemp("house") / "nuanju"
    shutil.copytree(ROOT, folder, ignore=NOT_CODE)
    clean = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    environment = clean | free_ports()
    command = [sys.executable, "cli.py", "up", "--sandbox", "--workers", "1"]
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    said = []
    for line in process.stdout:
        said.append(line)
        if READY in line:
            break
    else:
        pytest.fail("".join(said))

    def cli(*arguments):
        return subprocess.run(
            [sys.executable, "cli.py", *map(str, arguments)], cwd=folder, env=environment, capture_output=True,
            text=True, timeout=90,
        )  # fmt: skip

    yield cli
    process.terminate()
    process.communicate(timeout=30)


#: In a running house time goes on while the machine works: what falls due is done within the same minutes, not seconds.
SECONDS = re.compile(r"(T\d\d:\d\d):\d\d(?=\+08:00)")


def to_the_minute(document):
    return json.loads(SECONDS.sub(r"\1:00", json.dumps(document, ensure_ascii=False)))


@pytest.mark.timeout(150)
def test_the_story_over_http_ends_as_on_the_scene_and_can_be_told_again(house):
    expected = json.loads(STORY.with_name("story.expect.json").read_text("utf-8"))
    numbers = []
    for _ in range(2):
        ended = house("replay", STORY)
        assert ended.returncode == 0, ended.stderr
        document = to_the_minute(json.loads(ended.stdout))
        assert not list(conversations.problems_of(document, to_the_minute(expected)))
        numbers.append(document["records"]["repairs"][0]["number"])
    assert numbers[0] != numbers[1]


@pytest.mark.timeout(60)
def test_a_bad_file_is_one_sentence_with_its_line(house, tmp_path):
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"from": "W1", "text": "你好"}\n\n{"from": "W1", "sticker": true}\n', "utf-8")
    ended = house("replay", bad)
    assert ended.returncode == 2 and ended.stdout == ""
    assert "第 3 行" in ended.stderr and "Traceback" not in ended.stderr
