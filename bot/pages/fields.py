"""What a crew's form holds besides its words: faults left open, materials, a day, where the phone is. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from models.desk.repair.postponing import Window
from models.worktime import SHANGHAI

#: The parts of a day that a crew may offer: first and last hour.
PARTS = {"morning": ("上午", 9, 12), "afternoon": ("下午", 13, 18), "evening": ("晚上", 18, 20)}
#: Lines of materials are read this far, in letters.
MOST_LETTERS = 2000


@dataclass(frozen=True)
class Fields:
    """The fields of one press; what was not filled in is empty."""

    materials: tuple[str, ...] = ()
    #: Position -> why it stays open; "" where the crew gave no reason.
    left: Mapping[int, str] = field(default_factory=dict)
    day: dt.date | None = None
    part: str = ""
    place: tuple[float, float] | None = None

    def window(self, why: str) -> Window | None:
        """The time that the crew offers; None without a day."""
        if self.day is None or self.part not in PARTS:
            return None
        name, first, last = PARTS[self.part]
        start, end = (dt.datetime.combine(self.day, dt.time(hour), SHANGHAI) for hour in (first, last))
        return Window(start, end, f"{self.day.month}月{self.day.day}日{name}", why)


def read(form: Mapping[str, str]) -> Fields:
    """The fields as sent; nonsense is as if it were not there, the desk refuses what is missing."""
    left = {
        int(name[5:]): form.get(f"why-{name[5:]}", "").strip()[:200]
        for name, value in form.items()
        if name.startswith("item-") and name[5:].isascii() and name[5:].isdigit() and value == "left"
    }
    lines = form.get("materials", "")[:MOST_LETTERS].splitlines()
    materials = tuple(line.strip() for line in lines if line.strip())
    return Fields(materials, left, _day(form.get("day", "")), form.get("part", ""), _place(form))


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _place(form: Mapping[str, str]) -> tuple[float, float] | None:
    try:
        return float(form["lat"]), float(form["lon"])
    except (KeyError, ValueError):
        return None
