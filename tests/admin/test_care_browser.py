"""The care calendar in a real browser: a rule approved by two people stands in the month, an agenda on a phone."""

import os
import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from werkzeug.serving import make_server

from models import GreetingRule
from models.desk.marketing import greeting_rules
from templates import Texts
from tests.admin import builders

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]  # what a browser shows does not depend on the database
#: Where somebody who wants to look at the pages has them put; nowhere otherwise.
PICTURES = os.environ.get("PICTURES", "")
TEXTS = Texts()


@pytest.fixture
def address(app):
    """The panel on a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def enter(playwright, chromium, address, desk):
    """`enter("marketing")` is a page of somebody logged in; a mistake of script or policy on it fails the test."""
    browser, complaints = playwright.chromium.launch(executable_path=chromium), []

    def log_in(role: str):
        page = browser.new_page(base_url=address, locale="zh-CN", viewport={"width": 1440, "height": 900})
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("dialog", lambda asked: asked.accept())
        page.goto("/admin/login")
        page.fill("#username", role)
        page.fill("#password", builders.PASSWORD)
        page.click("button.primary")
        page.wait_for_url("**/admin/")
        return page

    yield log_in
    browser.close()
    assert complaints == []


def seen(page, path: str, name: str) -> None:
    """Nothing sticks out on a desk or a phone; a picture of each for who wants one."""
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
        if PICTURES:
            page.screenshot(path=str(Path(PICTURES) / f"{name}_{width}.png"), full_page=True)


def test_a_rule_is_submitted_approved_and_stands_in_the_month(enter, session, desk, now):
    greeting_rules.ensure(session, lambda key, lang: TEXTS.render(key, {}, lang), now=now)
    desk.customer.birth_month, desk.customer.birth_day = 11, 28
    number = session.scalars(select(GreetingRule.id).where(GreetingRule.key == "birthday")).one()
    session.commit()
    writer, boss = enter("marketing"), enter("manager")
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
