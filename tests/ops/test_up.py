"""`cli.py up` as a person meets it: started in a copy of this project, used, stopped, killed and started again."""

import http.client
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


def test_it_says_what_it_starts_serves_and_stops_without_a_remainder(up, house, ports):
    process = up()
    said = until_ready(process)
    assert all(f"✓ {name}" in said for name in ("redis", "database", "sandbox", "web", "desk", "worker-1", "clock"))
    assert all(f"http://127.0.0.1:{port}/" in said for port in ports.values())
    assert re.search(r"admin +\S+ +\S", said)
    assert status(ports["WEB_PORT"], "/healthz") == 200 and status(ports["SANDBOX_PORT"], "/") == 200
    assert status(ports["DESK_PORT"], "/admin/") in (200, 302)
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
    assert READY in until_ready(again) and not alive(family)
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
