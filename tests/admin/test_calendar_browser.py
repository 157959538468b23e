"""Office hours and days off in a real browser: what an edit would move is seen before it is saved, and on the board."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from models import Calendar, CalendarDay, Escalation, Promise
from models.desk import promises
from models.desk.callback import calls
from models.worktime import SHANGHAI
from tests.admin.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]  # what a browser shows does not depend on the database


def day(page: Page, date: str, works: bool, note: str, *, save: bool) -> None:
    page.fill("[name=day]", date)
    page.set_checked("[name=works]", works)
    page.fill("[name=note]", note)
    page.click("form.card button.primary" if save else "button[name=try]")


def due_of(look, number: int) -> dt.datetime:
    return look(lambda session: session.get(Promise, number).due_at)


def test_a_day_off_is_tried_then_kept_and_the_board_follows(enter, desk, session, now, look) -> None:
    owed = promises.make(session, "suggestion.answer", desk.repair, now=now)
    named = dt.datetime(2026, 11, 24, 10, tzinfo=SHANGHAI).astimezone(dt.UTC)
    wish = calls.Wish(start=named, words="量房的事")
    call = calls.arrange(session, desk.conversation, wish, now=now)
    session.commit()
    number, due = owed.id, owed.due_at
    page = enter("manager")
    page.goto("/admin/calendar/")
    page.click("text=添加日期 >> nth=0")
    day(page, "2026-11-24", False, "盘点", save=False)
    expect(page.locator("#moves")).to_contain_text("存了会移动")
    expect(page.locator("#moves")).to_contain_text("1 个和客户约好的时间会没人在")
    expect(page.locator("#moves li")).to_contain_text(call.number)
    expect(page.locator("[name=note]")).to_have_value("盘点")
    picture(page, "calendar_day_tried")
    assert due_of(look, number) == due and look(lambda s: s.query(CalendarDay).count()) == 0
    day(page, "2026-11-24", False, "盘点", save=True)
    expect(page.locator(".flash.success >> nth=0")).to_be_visible()
    expect(page.locator(".flashes")).to_contain_text("已移动")
    expect(page.locator(".flashes")).to_contain_text("已列入待处理事项")
    picture(page, "calendar_day_kept")
    assert due_of(look, number) > due
    assert look(lambda s: s.query(Escalation).filter_by(kind="told_then_shut").count()) == 1
    page.goto("/admin/due/")
    local = due_of(look, number).astimezone(SHANGHAI)
    expect(page.locator("#due tr", has_text="建议答复")).to_contain_text(f"{local.month}月{local.day}日")
    made_up(page, look, number)


def made_up(page: Page, look, number: int) -> None:
    """A Saturday of work brings it forward again; on a phone."""
    late = due_of(look, number)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/admin/calendar/new/")
    day(page, "2026-11-22", True, "补班", save=False)
    expect(page.locator("#moves")).to_contain_text("存了会移动")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, "calendar_day_phone")
    day(page, "2026-11-22", True, "补班", save=True)
    expect(page.locator(".flashes")).to_contain_text("已移动")
    assert due_of(look, number) < late


def test_hours_of_several_spans_are_refused_beside_their_day_and_then_kept(enter, desk, session, now, look) -> None:
    page = enter("manager")
    page.goto("/admin/calendar/")
    monday = page.locator(".hours-row", has_text="周一")
    for start, end, sentence in (("17:00", "21:00", "有两段重叠了"), ("20:00", "19:00", "20:00 到 19:00 反了"),
                                 ("19:00", "", "有一段只填了一半")):  # fmt: skip
        page.fill("[name=start_0_2]", start)
        page.fill("[name=end_0_2]", end)
        page.click(".hours button.primary")
        expect(monday.locator("[role=alert]")).to_contain_text(sentence)
        expect(page.locator(".hours [role=alert]")).to_have_count(1)
        assert sorted(page.locator("[name^=start_0]").evaluate_all("all => all.map((one) => one.value)"))[-1] == start
    picture(page, "calendar_wrong")
    page.fill("[name=start_0_2]", "19:00")
    page.fill("[name=end_0_2]", "21:00")
    page.click("text=看看效果")
    expect(page.locator("#ahead")).to_contain_text("09:00–12:00、13:30–18:00、19:00–21:00")
    expect(page.locator("#moves")).to_be_visible()
    picture(page, "calendar_tried")
    assert look(lambda s: s.query(Calendar).count()) == 0
    page.click(".hours button.primary")
    expect(page.locator(".flash.success")).to_contain_text("办公时间已保存")
    assert look(lambda s: s.query(Calendar).one().hours["0"][-1]) == ["19:00", "21:00"]
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/admin/calendar/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, "calendar_phone")
