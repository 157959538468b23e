"""The care calendar in a real browser: a rule approved by two people stands in the month, an agenda on a phone."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models import GreetingRule
from models.desk.marketing import greeting_rules
from templates import Texts
from tests.admin.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]  # what a browser shows does not depend on the database
TEXTS = Texts()


def seen(page, path: str, name: str) -> None:
    """Nothing sticks out on a desk or a phone; a picture of each for who wants one."""
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
        picture(page, f"{name}_{width}")


def test_a_rule_is_submitted_approved_and_stands_in_the_month(enter, session, desk, now):
    greeting_rules.ensure(session, lambda key, lang: TEXTS.render(key, {}, lang), now=now)
    desk.customer.birth_month, desk.customer.birth_day = 11, 28
    number = session.scalars(select(GreetingRule.id).where(GreetingRule.key == "birthday")).one()
    session.commit()
    writer, boss = enter("marketing"), enter("manager")
    for page in (writer, boss):
        page.on("dialog", lambda asked: asked.accept())
    writer.goto("/admin/planner/")
    writer.click("text=关怀规则")
    writer.click("table >> text=生日祝福")
    writer.fill("#body", "生日快乐，家里一切都好。")
    writer.click("form.card >> text=保存")
    expect(writer.locator(".wx-bubble")).to_contain_text("陈先生，生日快乐，家里一切都好。")
    writer.click("text=提交审批")
    expect(writer.locator("h1")).to_contain_text("待审批")
    boss.goto(f"/admin/greetingrules/{number}")
    boss.click(".verbs >> text=批准")
    expect(boss.locator("h1")).to_contain_text("启用")
    boss.goto("/admin/planner/")
    expect(boss.locator(".month td:not(.out):has(b:text-is('28'))")).to_contain_text("生日祝福")
    boss.set_viewport_size({"width": 390, "height": 844})
    expect(boss.locator(".month td:visible")).to_have_count(2)  # today, and the day that has something
    pages = {
        "planner": "planner/?month=2027-02", "greeting_rules": "greetingrules/",
        "greeting_rule": f"greetingrules/{number}", "weather": "planner/warning",
    }  # fmt: skip
    for name, path in pages.items():
        seen(writer, f"/admin/{path}", name)
