"""The set-up script: what it installs, when it does nothing, and what it says where Python will not do."""

import os
import subprocess

import pytest

from settings import ROOT

#: Stands for an interpreter: makes a virtual environment with itself in it, and writes down what pip was told.
PYTHON = """#!/bin/sh
case "$*" in
  *-V*) echo "Python 3.12.0" ;;
  *"-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
  *"-m pip"*) echo "$*" >> pip.log; [ ! -e no-network ] ;;
esac
"""
OLD_PYTHON = "#!/bin/sh\nexit 1\n"
TOOLS = ("sh", "dirname", "cmp", "cp", "rm", "mkdir", "cat", "env")


@pytest.fixture
def house(tmp_path):
    """A copy of the script in an empty project, and a PATH that holds nothing but a few tools."""
    (tmp_path / "ops").mkdir()
    (tmp_path / "bin").mkdir()
    script = tmp_path / "ops" / "bootstrap.sh"
    script.write_text((ROOT / "ops" / "bootstrap.sh").read_text())
    script.chmod(0o755)
    (tmp_path / "requirements.lock").write_text("flask==1 --hash=sha256:0\n")
    (tmp_path / "requirements-dev.lock").write_text("flask==1 --hash=sha256:0\npytest==1 --hash=sha256:1\n")
    for tool in TOOLS:
        place = next(f"{folder}/{tool}" for folder in ("/bin", "/usr/bin") if os.path.exists(f"{folder}/{tool}"))
        (tmp_path / "bin" / tool).symlink_to(place)
    return tmp_path


def install(house, name, text):
    (house / "bin" / name).write_text(text)
    (house / "bin" / name).chmod(0o755)


def run(house, lock="requirements.lock"):
    return subprocess.run(
        [house / "ops" / "bootstrap.sh", lock], env={"PATH": str(house / "bin")}, capture_output=True, text=True
    )


def pip_runs(house):
    log = house / "pip.log"
    return log.read_text().splitlines() if log.exists() else []


def test_the_first_run_installs_and_the_second_does_nothing(house):
    install(house, "python3", PYTHON)
    assert run(house).returncode == 0
    (said,) = pip_runs(house)
    assert "--require-hashes -r requirements.lock" in said
    again = run(house)
    assert (again.returncode, again.stdout, len(pip_runs(house))) == (0, "", 1)


def test_a_changed_lock_is_installed(house):
    install(house, "python3", PYTHON)
    run(house)
    (house / "requirements.lock").write_text("flask==2 --hash=sha256:2\n")
    assert run(house).returncode == 0 and len(pip_runs(house)) == 2


def test_what_the_tests_need_covers_what_running_needs_but_not_the_other_way_round(house):
    install(house, "python3", PYTHON)
    run(house)
    run(house, "requirements-dev.lock")
    run(house)
    assert ["dev" in line for line in pip_runs(house)] == [False, True]


@pytest.mark.parametrize("installed", [None, OLD_PYTHON])
def test_a_missing_or_old_python_is_one_clear_sentence(house, installed):
    if installed:
        install(house, "python3", installed)
    refused = run(house)
    assert refused.returncode == 1 and not (house / ".venv").exists()
    assert "需要 Python 3.11" in refused.stderr and "Python 3.11 or newer is needed" in refused.stderr


def test_a_failed_installation_is_said_and_tried_again(house):
    install(house, "python3", PYTHON)
    (house / "no-network").touch()
    refused = run(house)
    assert refused.returncode == 1 and "could not be installed" in refused.stderr
    (house / "no-network").unlink()
    assert run(house).returncode == 0 and len(pip_runs(house)) == 2


def test_a_broken_environment_is_made_anew(house):
    install(house, "python3", PYTHON)
    run(house)
    (house / ".venv" / "bin" / "python").write_text("#!/no/such/interpreter\n")
    assert run(house).returncode == 0 and len(pip_runs(house)) == 2
