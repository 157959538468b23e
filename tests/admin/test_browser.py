"""The panel in a real browser, under its real policy: log in, open the case, assign it, see news without reloading."""

import threading

import pytest
from playwright.sync_api import expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from models import Disclosure, Repair
from tests.admin import builders

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]  # what a browser shows does not depend on the database


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
def page(chromium, address, desk):
    """A browser that is logged in as 小林; a mistake of script or policy on any page fails the test."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium)
        page = browser.new_page(base_url=address, viewport={"width": 1440, "height": 900}, locale="zh-CN")
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto("/admin/login")
        page.fill("#username", "agent")
        page.fill("#password", builders.PASSWORD)
        page.click("button.primary")
        page.wait_for_url("**/admin/")
        yield page
        browser.close()
    assert complaints == []


def test_a_case_is_found_opened_and_assigned(page, desk, look):
    page.click(".rail >> text=报修")
    page.click(f"text={desk.repair.number}")
    page.click("#verbs >> text=改派")
    page.select_option("#crew", label="李师傅")
    page.click("dialog[open] >> button:has-text('派单')")
    expect(page.locator(".flash.success")).to_contain_text("已派给李师傅")
    assert look(lambda session: session.get(Repair, desk.repair.id)).crew_id == desk.other_crew.id


def test_news_appears_within_three_seconds_and_typing_is_kept(page, desk, session, now):
    page.goto(f"/admin/conversations/{desk.conversation.id}")
    page.fill("form[data-form=reply] textarea", "正在写")
    builders.heard(session, desk.follower, "水越来越大了", now)
    session.commit()
    expect(page.locator("#messages")).to_contain_text("水越来越大了", timeout=4000)
    expect(page.locator("form[data-form=reply] textarea")).to_have_value("正在写")


def test_a_note_and_an_answer_cannot_be_mixed_up(page, desk):
    page.goto(f"/admin/conversations/{desk.conversation.id}")
    expect(page.locator("form[data-form=note]")).to_be_hidden()
    page.click("button[data-mode=note]")
    expect(page.locator("form[data-form=reply]")).to_be_hidden()
    page.fill("form[data-form=note] textarea", "客户脾气急")
    page.click("text=保存备注")
    expect(page.locator(".bubble.note").last).to_contain_text("客户脾气急")


def test_a_number_is_shown_after_a_click_that_is_recorded(page, desk, look):
    page.goto(f"/admin/customers/details/?id={desk.customer.id}")
    expect(page.locator("dd .secret")).to_contain_text("138****8000")
    page.click("dd .secret button")
    expect(page.locator("dd .secret")).to_contain_text(builders.PHONE)
    assert look(lambda session: session.scalars(select(Disclosure)).one()).staff_id == desk.staff["agent"].id


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_no_page_is_wider_than_its_screen(page, desk, width, height):
    page.set_viewport_size({"width": width, "height": height})
    for path in (
        "", "repairs/", f"repairs/{desk.repair.number}", "conversations/", f"conversations/{desk.conversation.id}",
        "escalations/", "customers/", "customers/edit/?id=1", "outgoing/", "projects/details/?id=1", "texts/",
    ):  # fmt: skip
        page.goto(f"/admin/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
