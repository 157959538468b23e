"""`cli.py up` as a person meets it: started in a copy of this project, used, stopped, killed and started again."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys

import pytest

from settings import ROOT, Settings
from tests.ops.living import alive, descendants, within

READY = "Ctrl-C stops everything"
NOT_CODE = shutil.ignore_patterns(".*", "var", "__pycache__", "tests", "node_modules")
pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the code with nothing set up: no database, no secrets, no logs."""
    folder = tmp_path_factory.mktemp("house") / "nuanju"
    shutil.copytree(ROOT, folder, ignore=NOT_CODE)
    return folder


@pytest.fixture(scope="module")
def ports():
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    numbers = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return dict(zip(("WEB_PORT", "DESK_PORT", "SANDBOX_PORT"), numbers, strict=True))


@pytest.fixture
def up(house, ports):
    """Start `cli.py up --sandbox`; every process of it is gone afterwards."""
    started = []

    def start():
        clean = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
        process = subprocess.Popen(
            [sys.executable, "cli.py", "up", "--sandbox", "--workers", "1"],
            cwd=house, env=clean | {name: str(port) for name, port in ports.items()},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def until_ready(process):
    """Everything that was printed up to the line that says how to stop."""
    said = []
    for line in process.stdout:
        said.append(line)
        if READY in line:
            return "".join(said)
    raise AssertionError("".join(said))


def status(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def answered(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return json.dumps(json.loads(connection.getresponse().read()), ensure_ascii=False)
    finally:
        connection.close()


def from_another_terminal(house, ports):
    """Doctor and replay find this house although nobody tells them its ports; another port is not this house."""
    clean = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}

    def cli(*words, **more):
        command = [sys.executable, "cli.py", *words]
        return subprocess.run(command, cwd=house, env=clean | more, capture_output=True, text=True, timeout=60,
                              input='{"from": "W1", "text": "你好"}\n')  # fmt: skip

    doctor = cli("doctor")
    assert f"沙箱，http://127.0.0.1:{ports['WEB_PORT']}\n" in doctor.stdout, doctor.stdout + doctor.stderr
    assert "✓ 微信接口" in doctor.stdout and "✓ Redis" in doctor.stdout
    played = cli("replay", "-")
    assert played.returncode == 0 and json.loads(played.stdout)["turns"][0]["replies"], played.stderr
    elsewhere = cli("replay", "-", SANDBOX_PORT="9")
    assert elsewhere.returncode == 1 and "127.0.0.1:9/" in elsewhere.stderr


def test_it_says_what_it_starts_serves_and_stops_without_a_remainder(up, house, ports):
    process = up()
    said = until_ready(process)
    assert all(f"✓ {name}" in said for name in ("redis", "database", "sandbox", "web", "desk", "worker-1", "clock"))
    assert all(f"http://127.0.0.1:{port}/" in said for port in ports.values())
    assert re.search(r"admin +\S+ +\S", said)
    assert status(ports["WEB_PORT"], "/healthz") == 200 and status(ports["SANDBOX_PORT"], "/") == 200
    assert status(ports["DESK_PORT"], "/admin/") in (200, 302)
    assert "✓ menu" in said and "我要报修" in answered(ports["SANDBOX_PORT"], "/control/feed")
    from_another_terminal(house, ports)
    family = descendants(process.pid)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=20)
    assert process.returncode == 0 and "已全部停止" in rest
    assert within(2, lambda: not alive(family)) and len(family) >= 7
    assert (house / "var" / "nuanju.db").exists() and (house / "var" / "dev.env").stat().st_mode & 0o077 == 0


def test_kill_minus_nine_leaves_nothing_and_the_next_start_keeps_the_data(up, house):
    killed = up()
    until_ready(killed)
    secrets, family = (house / "var" / "dev.env").read_text(), descendants(killed.pid)
    killed.kill()
    again = up()
    said = until_ready(again)
    assert not alive(family) and re.search(r"admin +\S+ +\S", said)
    # What stood last time is neither migrated, planted nor published again.
    assert "bringing tables up to date" not in said and "✓ menu" not in said
    assert (house / "var" / "dev.env").read_text() == secrets
    beside = up()
    said, _ = beside.communicate(timeout=20)
    assert beside.returncode == 1 and "already running" in said and again.poll() is None
    again.terminate()
    again.communicate(timeout=20)
    assert again.returncode == 0


@pytest.mark.parametrize("setting", ["WEB_PORT", "DESK_PORT", "SANDBOX_PORT"])
def test_a_taken_port_is_one_sentence_with_the_setting_to_change(up, ports, setting):
    with socket.create_server(("127.0.0.1", ports[setting])):
        process = up()
        said, _ = process.communicate(timeout=20)
    assert process.returncode == 1 and "Traceback" not in said
    assert f"端口 {ports[setting]} 已被别的程序占用" in said and f"{setting}=" in said
