"""The supervisor: what it says, when it gives up, and that it restarts what dies."""

import os
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from ops.family import Family
from ops.programs import Program
from ops.supervisor import (
    LOG_KEPT,
    StartFailed,
    Stopped,
    Supervisor,
    answers_http,
    answers_socket,
    port_taken,
    shorten,
)  # fmt: skip


@pytest.fixture
def said():
    return []


@pytest.fixture
def supervisor(tmp_path, said):
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    with Family() as family:
        yield Supervisor(family, tmp_path / "log", os.environ, said.append)
    for number, handler in before.items():
        signal.signal(number, handler)


def python(name, code, **options):
    return Program(name, name, (sys.executable, "-c", code), **options)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_program_is_ready_when_it_answers(supervisor):
    port = free_port()
    server = Program("web", "web", (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"), "/",
                     port=port)  # fmt: skip
    assert not answers_http(server)()
    supervisor.start(server)
    assert 0 < supervisor.wait(server, answers_http(server), 20) < 20
    assert port_taken("127.0.0.1", port)


def test_a_program_that_dies_at_start_shows_its_last_words(supervisor, tmp_path):
    broken = python("web", "raise SystemExit('the reason')")
    supervisor.start(broken)
    with pytest.raises(StartFailed, match=r"web 意外退出，代码 1(?s:.*)the reason"):
        supervisor.wait(broken, lambda: False)


def test_a_silent_program_is_given_up(supervisor):
    silent = python("web", "import time; time.sleep(99)")
    supervisor.start(silent)
    with pytest.raises(StartFailed, match="没有就绪"):
        supervisor.wait(silent, lambda: False, 0.2)


def test_a_command_returns_what_it_printed_this_time(supervisor):
    for word in ("first", "second"):
        assert supervisor.run((sys.executable, "-c", f"print({word!r})"), "migrate") == f"{word}\n"
    with pytest.raises(StartFailed, match="broken tables"):
        supervisor.run((sys.executable, "-c", "raise SystemExit('broken tables')"), "migrate")


def test_what_dies_is_restarted_after_a_pause_and_it_is_said(supervisor, said, tmp_path):
    starts = tmp_path / "starts"
    supervisor.start(python("worker", f"open({str(starts)!r}, 'a').write('x'); raise SystemExit(3)"))
    supervisor.watch(lambda: not starts.exists() or len(starts.read_text()) < 2)
    assert len([line for line in said if "worker 1 秒后重启" in line and "代码 3" in line]) == 1
    supervisor.watch(lambda: len(said) < 2)
    assert "worker 2 秒后重启" in said[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_watch(supervisor, number):
    supervisor.obey_signals()
    supervisor.start(python("worker", "import time; time.sleep(99)"))

    def somebody_asks():
        os.kill(os.getpid(), number)
        return True

    with pytest.raises(Stopped):
        supervisor.watch(somebody_asks)


def test_an_overgrown_log_is_put_aside(supervisor, tmp_path):
    log = tmp_path / "log" / "web.log"
    log.write_bytes(b"x" * 5_000_001)
    supervisor.start(python("web", "print('fresh')"))
    supervisor.watch(lambda: not log.exists() or log.stat().st_size == 0)
    assert Path(f"{log}.1").stat().st_size == 5_000_001 and log.read_text() == "fresh\n"


def test_a_log_is_shortened_while_its_program_writes_on(supervisor, tmp_path):
    log, stop = tmp_path / "log" / "web.log", tmp_path / "stop"
    code = f"""
import os, time
for number in range(10**9):
    print(f"line {{number:07}}", flush=True)
    time.sleep(0.0005)
    if os.path.exists({str(stop)!r}): time.sleep(99)
"""
    supervisor.start(python("web", code))
    for _turn in range(3):
        supervisor.watch(lambda: not log.exists() or log.stat().st_size < 2400)
        shorten(log.parent, kept=2000)
        assert log.stat().st_size < 2000 and Path(f"{log}.1").stat().st_size >= 2000
    stop.touch()
    supervisor.watch(lambda: b"line" not in log.read_bytes())
    lines = [int(line.split()[1]) for line in log.read_text().splitlines()]
    assert lines == list(range(lines[0], lines[0] + len(lines))) and lines[0] > 100
    aside = Path(f"{log}.1").read_text().splitlines()[1:]
    # What was written between copy and cut may be missing, nothing else.
    assert 0 < lines[0] - int(aside[-1].split()[1]) < 50


def test_small_logs_stay_and_one_that_cannot_be_put_aside_is_emptied_all_the_same(tmp_path):
    small, full = tmp_path / "small.log", tmp_path / "full.log"
    small.write_text("kept")
    full.write_text("x" * 100)
    Path(f"{full}.1").mkdir()
    shorten(tmp_path, kept=50)
    assert (small.read_text(), full.read_text()) == ("kept", "")


def test_the_watch_looks_after_the_logs(supervisor, tmp_path):
    log = tmp_path / "log" / "clock.log"
    log.write_bytes(b"x" * (LOG_KEPT + 1))
    deadline = time.monotonic() + 15
    supervisor.watch(lambda: log.stat().st_size and time.monotonic() < deadline)
    assert log.stat().st_size == 0 and Path(f"{log}.1").stat().st_size == LOG_KEPT


def test_redis_is_asked_on_its_socket(redis_url, tmp_path):
    assert answers_socket(redis_url.removeprefix("unix://"))()
    assert not answers_socket(str(tmp_path / "nobody.sock"))()
