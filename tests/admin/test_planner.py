"""The planner: festivals, the moon, days off and everything that is planned, in one month."""

import datetime as dt
import re

import pytest

from models.campaigns import Campaign
from models.desk.staff import calendar
from models.worktime import SHANGHAI
from tests.jobs.campaign_cast import EVERYBODY, crowd, scheduled

pytestmark = pytest.mark.sqlite_only  # pages; verbs run on both databases in tests/models and tests/jobs


def month(person, asked: str = "") -> str:
    answer = person.get(f"/admin/planner/?month={asked}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def square(page: str, day: int) -> str:
    """The words of one day of the month that is shown."""
    cells = re.findall(r'<td class="([^"]*)">(.*?)</td>', page, re.DOTALL)
    inside = [words for names, words in cells if "out" not in names.split()]
    return " ".join(re.sub(r"<[^>]*>", " ", inside[day - 1]).split())


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(dt.UTC)


def test_a_month_names_festivals_lunar_days_days_off_and_make_up_workdays(as_role):
    writer = as_role("marketing")
    shown = month(writer, "2026-02")
    assert square(shown, 17).startswith("17 周二 正月 休 春节")
    assert "除夕" in square(shown, 16) and "廿九" in square(shown, 16)
    assert "班" in square(shown, 14) and "情人" not in square(shown, 14)
    assert "放假调休还没公布" not in shown
    assert "闰六月" in square(month(writer, "2025-07"), 25)
    assert "2031年的放假调休还没公布" in month(writer, "2031-10")
    assert "这个月还没有安排" in shown
    for asked in ("", "2026-13", "0001-01", "9999-01", "x", "2026-02-01"):
        assert "关怀日历 2026年11月" in month(writer, asked), asked


def test_what_staff_changed_in_the_office_calendar_wins(as_role, session, desk):
    calendar.set_day(session, dt.date(2026, 11, 28), works=True)
    calendar.set_day(session, dt.date(2026, 11, 27), works=False)
    session.commit()
    shown = month(as_role("manager"), "2026-11")
    assert "班" in square(shown, 28) and "休" in square(shown, 27)


def test_campaigns_stand_on_the_day_they_start_by_beijings_clock(as_role, session, desk, now):
    crowd(session, 3, now)
    # 00:30 on the 2nd in Beijing is still the 1st by UTC.
    one = scheduled(session, now, name="开放日", starts_at=at("2026-12-02 00:30"), ends_at=at("2026-12-02 20:00"))
    session.add(Campaign(name="没定时间", audience=EVERYBODY, created_at=now))
    session.commit()
    shown = month(as_role("marketing"), "2026-12")
    assert square(shown, 2).endswith("开放日 已排期 00:30 4人") and "开放日" not in square(shown, 1)
    assert f"/admin/campaigns/{one.id}" in shown and "没定时间" not in shown


def test_what_waits_stands_above_the_month_and_more_than_three_on_a_day_fold(as_role, session, desk, now):
    for name, state in (("讲座", "checked"), ("旧的", "cancelled"), ("一", "draft"), ("二", "draft"), ("三", "draft")):
        row = Campaign(name=name, audience=EVERYBODY, created_at=now, starts_at=at("2026-12-05 09:00"))
        row._state = state
        session.add(row)
    session.commit()
    shown = month(as_role("manager"), "2026-12")
    above = shown.split('<table class="month">')[0]
    assert "讲座" in above and "待审批" in above and "旧的" not in above
    assert "还有2项" in square(shown, 5)
    above = month(as_role("manager")).split('<table class="month">')[0]
    assert "讲座" in above, "this month's page looks ahead"


def test_it_speaks_english(as_role, session, desk):
    desk.staff["manager"].lang = "en"
    session.commit()
    main = month(as_role("manager"), "2026-02").split("<main")[1]
    assert "Spring Festival" in main and not re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<[^>]*>", "", main))
