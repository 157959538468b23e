"""Who is there at a moment: turns of the roster, absences, substitutes of substitutes. Pure.

A substitute answers while they are there themselves, else their own substitute; a circle of them ends with nobody.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from models.worktime import at_clock, local_day


@dataclass(frozen=True)
class Turn:
    """Somebody's shift on a day, as moments."""

    staff_id: int
    day: dt.date
    starts: dt.datetime
    ends: dt.datetime


@dataclass(frozen=True)
class Away:
    """Somebody's absence, as moments."""

    staff_id: int
    starts: dt.datetime
    ends: dt.datetime
    substitute_id: int | None = None


def window(day: dt.date, starts: dt.time, ends: dt.time) -> tuple[dt.datetime, dt.datetime]:
    """The moments between which a shift of `day` lasts, in UTC; one that ends no later than it begins ends next day."""
    last = day + dt.timedelta(days=ends <= starts)
    return at_clock(day, starts), at_clock(last, ends)


@dataclass(frozen=True)
class Rota:
    """The turns of one role and the absences of everybody. `fit` are the ids of those who may be asked at all."""

    turns: Collection[Turn] = ()
    aways: Collection[Away] = ()
    fit: Collection[int] = ()

    def away(self, staff_id: int, at: dt.datetime) -> Away | None:
        """The absence in which somebody is at that moment."""
        return next((one for one in self.aways if one.staff_id == staff_id and one.starts <= at < one.ends), None)

    def stand_in(self, staff_id: int, at: dt.datetime) -> int | None:
        """Who answers for somebody at that moment: themselves while they are there; None when nobody does."""
        seen: set[int] = set()
        current: int | None = staff_id
        while current is not None and current not in seen:
            seen.add(current)
            gone = self.away(current, at)
            if gone is None:
                return current if current in self.fit else None
            current = gone.substitute_id
        return None

    def stand_ins(self, people: Collection[int], at: dt.datetime) -> set[int]:
        """Everybody who answers for one of these people."""
        return {one for person in people if (one := self.stand_in(person, at)) is not None}

    def on_duty(self, members: Collection[int], at: dt.datetime) -> set[int]:
        """Whose matter it is at that moment, of a role with these members; empty: the stand-in role's.

        Whoever is on a shift now; on a day for which nobody was put on the roster everybody; between two shifts
        whoever is on the next one.
        """
        if any(turn.starts <= at < turn.ends for turn in self.turns):
            return self.on_shift(at)
        if not any(turn.day == local_day(at) for turn in self.turns):
            return self.stand_ins(members, at)
        return self.next_on_duty(at) or self.stand_ins(members, at)

    def there(self, members: Collection[int], at: dt.datetime) -> set[int]:
        """Who is really there at that moment: whoever is on a shift; on a day without a roster everybody."""
        rostered = any(turn.day == local_day(at) or turn.starts <= at < turn.ends for turn in self.turns)
        return self.on_shift(at) if rostered else self.stand_ins(members, at)

    def on_shift(self, at: dt.datetime) -> set[int]:
        """Who is on a shift at that moment, each replaced by whoever stands in for them."""
        return self.stand_ins([turn.staff_id for turn in self.turns if turn.starts <= at < turn.ends], at)

    def next_on_duty(self, at: dt.datetime) -> set[int]:
        """Who is on the first shift after that moment for which anybody is there."""
        for starts in sorted({turn.starts for turn in self.turns if turn.starts > at}):
            found = self.stand_ins([turn.staff_id for turn in self.turns if turn.starts == starts], starts)
            if found:
                return found
        return set()
