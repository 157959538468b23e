"""How hopeful a lead is: one pure rule from what we know to a grade and its cause in words."""

import datetime as dt
from dataclasses import dataclass

from models.sales import GRADES

#: Who gets the keys within so many days decides now; within so many more it is worth keeping in touch.
SOON, IN_SIGHT = dt.timedelta(days=90), dt.timedelta(days=240)


@dataclass(frozen=True)
class Signs:
    """What is known of a lead on the day it is graded."""

    today: dt.date
    area: bool = False
    budget: bool = False
    phone: bool = False
    keys_on: dt.date | None = None
    visit_booked: bool = False
    #: Words of decision: 打算签, 什么时候能开工.
    decided: bool = False


def grade(signs: Signs) -> tuple[str, str]:
    """A to D and why. A visit or a decision is worth more than figures, figures more than a question."""
    left = signs.keys_on - signs.today if signs.keys_on else None
    facts = [
        (signs.visit_booked, "已约量房或到店"),
        (signs.decided, "说到要签约或开工"),
        (left is not None and left <= SOON, "三个月内拿房"),
        (left is not None and SOON < left <= IN_SIGHT, "八个月内拿房"),
        (signs.area, "面积已知"),
        (signs.budget, "预算已知"),
        (signs.phone, "留了电话"),
    ]
    cause = "，".join(words for holds, words in facts if holds) or "只问了一句"
    return _letter(signs, left), cause


def _letter(signs: Signs, left: dt.timedelta | None) -> str:
    soon = left is not None and left <= SOON
    figures = signs.area + signs.budget + signs.phone
    if signs.visit_booked or (signs.decided and figures) or (soon and figures == 3):
        return "A"
    if signs.decided or (soon and figures) or (left is not None and left <= IN_SIGHT and figures >= 2) or figures == 3:
        return "B"
    return "C" if figures or left is not None else "D"


def better(new: str, old: str) -> bool:
    """Whether one grade is more hopeful than another."""
    return GRADES.index(new) < GRADES.index(old)
