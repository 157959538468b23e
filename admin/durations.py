"""Lengths of time as people say and type them: 30分钟, 2小时, 3天, 3个工作日. The tables keep minutes.

Where only office hours count, a day is a working day: as many minutes as the office is open on most weekdays. A number
alone is refused: nobody can say whether 3 means minutes or days.
"""

import functools
import re
import statistics
import unicodedata
from typing import Any

from wtforms import StringField, ValidationError

from admin import place
from admin.words import t
from models.desk.staff import calendar

DAY, HOUR = 24 * 60, 60
#: No limit is longer.
MOST = 60 * DAY
_NUMBER = r"(\d+(?:\.\d+)?|半)"
_UNITS = (
    ("work", r"个?\s*工作日|(?:working|work|office)\s*days?"),
    ("day", r"天|日|days?|d"),
    ("hour", r"个?\s*(?:小时|钟头)|hours?|hrs?|h|时"),
    ("minute", r"分钟?|minutes?|mins?|m"),
)
_PART = re.compile(_NUMBER + r"\s*个?\s*(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _UNITS) + ")")
_JOINTS = re.compile(r"[\s,，、和零]+|and")


def working_day() -> int:
    """How many minutes a working day has: what the office is open on most weekdays."""
    office = calendar.office(place.session())
    lengths = [
        sum(_minute(end) - _minute(start) for start, end in office.hours.get(str(day), ()))
        for day in range(7)
        if office.hours.get(str(day))
    ]
    return statistics.mode(lengths) if lengths else DAY


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def said(minutes: int, *, day: int = DAY) -> str:
    """So many minutes in the largest units that say them exactly; a `day` shorter than 24 hours is a working day."""
    days, rest = divmod(minutes, day)
    if days and day != DAY and rest:
        days, rest = 0, minutes  # 1个工作日30分钟 nobody reads as eight hours
    hours, rest = divmod(rest, HOUR)
    parts = (("days" if day == DAY else "working_days", days), ("hours", hours), ("minutes", rest))
    named = (t(f"length.{name}" + "_one" * (n == 1), n=n) for name, n in parts if n)
    return functools.reduce(lambda first, then: t("length.and", first=first, then=then), named)


def read(text: str, *, day: int = DAY) -> int | None:
    """The minutes that `text` says, 半小时 and 1.5天 too; None where it says no length, or working days without any."""
    plain = unicodedata.normalize("NFKC", text).lower().strip()
    minutes, at = 0.0, 0
    for part in _PART.finditer(plain):
        if _JOINTS.sub("", plain[at : part.start()]):
            return None
        if part["work"] and day == DAY:
            return None
        worth = {"work": day, "day": day, "hour": HOUR, "minute": 1}[part.lastgroup or ""]
        minutes += worth * (0.5 if part[1] == "半" else float(part[1]))
        at = part.end()
    whole = round(minutes)
    return whole if at and not _JOINTS.sub("", plain[at:]) and abs(minutes - whole) < 1e-6 else None


class LengthField(StringField):
    """A length of time as it is said; minutes in the table. What cannot be read stays in the field, with a sentence."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """`working` names the field of the same form that says whether only office hours count."""
        self._working = kwargs.pop("working", "working_time")
        super().__init__(*args, **kwargs)

    def process_data(self, value: Any) -> None:
        """Remember the minutes; they are said when the form is shown, by what the other field says then."""
        self.data = value
        self.on_file = value

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return said(self.on_file, day=self._day(self.form_working)) if self.on_file else ""

    #: Whether the record counts office hours only; the form says so before it is shown.
    form_working = False

    def process_formdata(self, valuelist: list[str]) -> None:
        """What was typed; read when every field of the form is known."""
        self.data = valuelist[0] if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        """Refused with how to write it: a number alone, words that say no length, nothing, more than sixty days."""
        working = bool(form[self._working].data)
        minutes = read(str(self.data or ""), day=self._day(working))
        if minutes is None:
            only = not working and read(str(self.data or ""), day=HOUR) is not None
            raise ValidationError(t("form.length_office" if only else "form.length_wrong"))
        if not 1 <= minutes <= MOST:
            raise ValidationError(t("form.length_range", most=said(MOST, day=self._day(working))))
        self.data = minutes

    def _day(self, working: bool) -> int:
        return working_day() if working else DAY
