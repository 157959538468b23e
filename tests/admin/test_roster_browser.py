"""The roster's grid with the keyboard alone, in a real browser under the panel's own policy."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from models import RosterEntry, Shift

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]  # what a browser shows does not depend on the database


def test_a_week_is_planned_without_a_mouse(enter, desk, session, look):
    shifts = [
        Shift(name="早班", starts=dt.time(9), ends=dt.time(14)),
        Shift(name="晚班", starts=dt.time(14), ends=dt.time(22)),
    ]
    session.add_all(shifts)
    session.commit()
    page, agent = enter("manager"), desk.staff["agent"].id
    page.goto("/admin/roster/?week=2026-11-23")
    page.locator(f"[name=c_{agent}_20261123]").focus()
    for key in ("1", "ArrowRight", "2", "ArrowRight", "1", "0", "ArrowRight", "9", "ArrowDown", "ArrowUp", "2"):
        page.keyboard.press(key)
    expect(page.locator("[data-moved]")).to_have_text("改了 3 格，还没保存")
    expect(page.locator(f"[name=c_{agent}_20261124]")).to_have_class("moved")
    page.keyboard.press("Control+s")
    expect(page.locator(".flash.success")).to_contain_text("排班已保存，改了 3 格")
    kept = look(lambda s: {(row.staff_id, row.day.day): row.shift_id for row in s.query(RosterEntry)})
    early, late = (row.id for row in shifts)
    assert kept == {(agent, 23): early, (agent, 24): late, (agent, 26): late}
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
