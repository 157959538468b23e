"""Children end with their parent, however it ends."""

import signal
import subprocess
import sys

import pytest

from ops.family import Family
from ops.watcher import GRACE
from settings import ROOT
from tests.ops.living import alive, descendants, within

#: A child that has a child of its own, as gunicorn and RQ do.
NESTED = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)']); "
PARENT = f"""
import sys, time
from ops.family import Family
family = Family()
family.start([sys.executable, "-c", {NESTED + "time.sleep(99)"!r}])
family.start([sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(99)"])
print("started", flush=True)
time.sleep(99)
"""


@pytest.fixture
def parent():
    process = subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE)
    with process:
        assert process.stdout.readline() == b"started\n"
        yield process
        process.kill()


def test_kill_minus_nine_of_the_parent_leaves_nothing(parent):
    assert within(5, lambda: len(descendants(parent.pid)) == 4)
    family = descendants(parent.pid)
    parent.send_signal(signal.SIGKILL)
    assert within(GRACE + 3, lambda: not alive(family))


def test_stop_ends_children_grandchildren_and_the_watcher():
    with Family() as family:
        family.start([sys.executable, "-c", NESTED + "time.sleep(99)"])
        deaf = (
            "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(99)"
        )
        child = family.start([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
        assert child.stdout.readline() == b"1\n"
        pids = {member.pid for member in family.children}
        family.stop(grace=0.3)
        child.stdout.close()
    assert within(2, lambda: not alive(pids))
    assert child.returncode == -signal.SIGKILL


def test_a_family_that_failed_half_way_is_stopped():
    with pytest.raises(FileNotFoundError), Family() as family:
        child = family.start([sys.executable, "-c", "import time; time.sleep(99)"])
        family.start(["/no/such/program"])
    assert child.returncode == -signal.SIGTERM
