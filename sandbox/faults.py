"""Trouble on command: what the API does wrong, on which path, how many times."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass

#: name -> what people read on the control strip
KINDS = {
    "slow": "迟迟不答",
    "5xx": "服务器错误",
    "cut_before": "没办就断线",
    "cut_after_accept": "办了才断线",
    "wrong_token": "令牌失效 40001",
    "throttle": "太频繁 45011",
    "quota": "当日用尽 45009",
    "window": "超出时限 45015",
    "ip": "IP 不在白名单 40164",
    "busy": "系统繁忙 -1",
}
#: faults that are nothing but an error code
CODES = {"wrong_token": 40001, "throttle": 45011, "quota": 45009, "window": 45015, "ip": 40164, "busy": -1}


@dataclass
class Fault:
    """One kind of trouble on one path ("*" = every path), `count` times more; `seconds` is for slow."""

    name: str
    path: str
    count: int
    seconds: float = 6.0


class Faults:
    """The trouble that is still to come."""

    def __init__(self) -> None:
        """All well."""
        self._lock = threading.Lock()
        self._list: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Plan trouble; a count of 0 takes that kind off that path."""
        if fault.name not in KINDS:
            raise ValueError(f"没有这种故障：{fault.name}")
        with self._lock:
            self._list = [f for f in self._list if (f.name, f.path) != (fault.name, fault.path)]
            if fault.count > 0:
                self._list.append(fault)

    def take(self, path: str) -> Fault | None:
        """The first trouble planned for this path, counted down; None when all is well."""
        with self._lock:
            for fault in self._list:
                if fault.path in ("*", path):
                    fault.count -= 1
                    self._list = [f for f in self._list if f.count > 0]
                    return fault
            return None

    def clear(self) -> None:
        """All well again."""
        with self._lock:
            self._list = []

    def listed(self) -> list[dict]:
        """What is still planned."""
        with self._lock:
            return [asdict(fault) for fault in self._list]
