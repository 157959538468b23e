"""An absence in a real browser: entered with who stands in, what is theirs meanwhile, and what comes back."""

import pytest
from playwright.sync_api import expect

from models import Absence, Callback
from models.desk.callback import callbacks
from models.desk.staff import cover
from tests.admin.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]  # what a browser shows does not depend on the database


def test_somebody_is_away_another_has_their_calls_and_gives_them_back(enter, desk, session, clock, look) -> None:
    agent = desk.staff["agent"]
    call = callbacks.ask(session, "asked", about=desk.conversation, now=clock(), owner=agent)
    call.due_at = call.due_at.replace(hour=3)
    session.commit()
    number, page = call.id, enter("manager")
    page.goto("/admin/absences/")
    page.select_option("#staff", label="小林（客服专员）")
    page.fill("#starts", "2026-11-21T11:00")
    page.fill("#ends", "2026-11-21T10:00")
    page.select_option("#substitute", label="周经理（客服经理）")
    page.fill("#reason", "看病")
    page.click("form.card button.primary")
    expect(page.locator(".field:has(#ends) [role=alert]")).to_be_visible()
    expect(page.locator("#reason")).to_have_value("看病")
    page.fill("#ends", "2026-11-25T18:00")
    page.click("form.card button.primary")
    expect(page.locator("#absences")).to_contain_text("将请假")
    clock.advance(hours=2)
    assert cover.run(session, now=clock()) == 1
    session.commit()
    page.reload()
    expect(page.locator("#absences")).to_contain_text("请假中")
    expect(page.locator("#absences")).to_contain_text("现在归周经理：1 个回访")
    picture(page, "absence_now")
    assert look(lambda s: s.get(Callback, number).owner.name) == "周经理"
    page.click("#absences >> text=提前回来了")
    expect(page.locator("#absences")).to_contain_text("已结束")
    assert cover.run(session, now=clock()) == 1
    session.commit()
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    expect(page.locator("#absences")).to_contain_text("代办过：周经理，1 个回访")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, "absence_over_phone")
    assert look(lambda s: (s.get(Callback, number).owner.name, s.query(Absence).one().reason)) == ("小林", "看病")
