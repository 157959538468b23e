"""The demo company's department: shifts, this week's and next week's roster, a holiday to come, a note, a notice."""

import datetime as dt

from sqlalchemy.orm import Session

from models.actors import By
from models.desk.staff import absences, announcements, calendar, handovers, roster
from models.desk.staff.absences import Leave
from models.desk.staff.announcements import Notice
from models.roster import Shift
from models.staff import Staff
from models.worktime import at_clock, local_day

#: name, from, to, who is on it from Monday on: "" is nobody.
SHIFTS = (("早班", dt.time(8, 30), dt.time(17, 30)), ("晚班", dt.time(12), dt.time(21)))
WEEK = {"agent": "早晚早晚早", "engineer": "早早早早早", "designer": "晚晚晚晚晚", "manager": "早早早早早"}


def plant(session: Session, staff: dict[str, Staff], now: dt.datetime) -> None:
    """They stand. Nobody is away now, so that every matter of the story keeps its owner."""
    shifts = {name[0]: Shift(name=name, starts=starts, ends=ends) for name, starts, ends in SHIFTS}
    session.add_all(shifts.values())
    session.flush()
    today, office = local_day(now), calendar.office(session)
    first = roster.monday(today)
    for who, week in WEEK.items():
        days = [first + dt.timedelta(days=7 * number + day) for number in (0, 1) for day in range(len(week))]
        wished = {
            (staff[who].id, day): shifts[week[day.weekday()]].id
            for day in days
            if day >= today and not office.shut(day)
        }
        roster.change(session, wished, {}, now=now)
    _away(session, staff, today + dt.timedelta(days=10), now)
    handovers.write(session, staff["agent"], "翡翠城11幢302 的密封胶明天上午到，周阿姨约了下午。", shift=None, now=now)
    notice = Notice("下周起电话回访先在“回访台”里打，话术在左边。", today, today + dt.timedelta(days=7))
    announcements.make(session, notice, staff=staff["manager"], now=now)


def _away(session: Session, staff: dict[str, Staff], day: dt.date, now: dt.datetime) -> None:
    starts, ends = (at_clock(day, at) for at in (dt.time(9), dt.time(18)))
    designer, leave = staff["designer"], Leave(starts, ends, "体检", staff["agent"])
    absences.enter(session, designer, leave, by=By("staff", designer.id, designer.name), now=now)
