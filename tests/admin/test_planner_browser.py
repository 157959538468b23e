"""The care calendar in a real browser: a plan's steps in the month, who gets what when, another text, switched off."""

import pytest
from playwright.sync_api import expect

from models import Enrolment, Sequence
from tests.admin.pictures import picture
from tests.admin.test_sequences import followed

__all__ = ["followed"]
pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]  # what a browser shows does not depend on the database


def test_a_plan_is_found_in_the_month_changed_and_switched_off(enter, followed, look) -> None:
    page, number = enter("manager"), followed.id
    page.on("dialog", lambda asked: asked.accept())
    page.goto("/admin/planner/")
    step = page.locator(".month td:not(.out) .planned", has_text="咨询后跟进")
    expect(step.first).to_contain_text("1人")
    many = step.count()
    assert many > 1, "the steps of this month, each on its day"
    picture(page, "planner_plan")
    step.first.click()
    expect(page.locator("h1")).to_contain_text("咨询后跟进")
    coming = page.locator("section.card.flat .list")
    expect(coming).to_contain_text("陈先生")
    expect(page.locator(".story")).to_contain_text("不想再收到")
    page.click("text=改方案")
    page.select_option("[name=channel_2]", "text")
    page.select_option("[name=text_2]", "follow.asked_7")
    page.click("text=保存为新的一版")
    expect(page.locator(".flash.success")).to_be_visible()
    picture(page, "plan_changed")
    page.click(".verbs >> text=停用")
    expect(page.locator(".flash.success")).to_contain_text("1 位停止跟进")
    expect(page.locator("h1")).to_contain_text("停用")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/admin/planner/")
    expect(page.locator(".planned", has_text="咨询后跟进").and_(page.locator(".scheduled"))).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert look(lambda s: s.get(Enrolment, number).state) == "stopped"
    assert look(lambda s: [row.active for row in s.query(Sequence).filter_by(series="enquiry", current=True)]) == [
        False
    ]
