"""Looking at processes from outside, for the tests that kill them."""

import subprocess
import time
from collections.abc import Callable, Iterable


def alive(pids: Iterable[int]) -> set[int]:
    """Return those that still run; one that only waits to be reaped by init does not."""
    wanted = ",".join(map(str, pids))
    said = subprocess.run(["ps", "-o", "pid=,stat=", "-p", wanted], capture_output=True, text=True).stdout
    rows = [line.split() for line in said.splitlines()]
    return {int(pid) for pid, state in rows if not state.startswith("Z")}


def descendants(pid: int) -> set[int]:
    """Return all children of a process, and theirs."""
    said = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in said.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found, todo = set(), [pid]
    while todo:
        for child in children.get(todo.pop(), []):
            found.add(child)
            todo.append(child)
    return found


def within(seconds: float, true: Callable[[], object]) -> bool:
    """Wait until something is true; return whether it became so in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
