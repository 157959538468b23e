"""What is typed and what is on screen meanwhile, in a real browser: nothing lost, nothing of somebody else's."""

import pytest
from playwright.sync_api import expect

from models import Message, Repair
from tests.admin import builders

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]  # what a browser shows does not depend on the database
REPLY = "form[data-form=reply] textarea"


def log_in(page, name: str) -> None:
    page.fill("#username", name)
    page.fill("#password", builders.PASSWORD)
    page.click("button.primary")


def test_words_stay_until_they_have_arrived_and_are_nobody_elses(enter, desk, session, look):
    page = enter("agent")
    talk = f"/admin/conversations/{desk.conversation.id}"
    page.goto(talk)
    page.fill(REPLY, "师傅下午两点到")
    desk.staff["agent"].session_salt = "ended elsewhere"
    session.commit()
    page.click("text=发送给客户")
    page.wait_for_url("**/admin/login?*")
    assert look(lambda session: session.query(Message).filter_by(text="师傅下午两点到").count()) == 0
    log_in(page, "agent")
    page.goto(talk)
    expect(page.locator(REPLY)).to_have_value("师傅下午两点到")
    page.click("text=发送给客户")
    expect(page.locator("#messages")).to_contain_text("师傅下午两点到")
    expect(page.locator(REPLY)).to_have_value("")
    page.fill(REPLY, "还没想好")
    page.reload()
    expect(page.locator(REPLY)).to_have_value("还没想好")
    page.click("details.menu summary")
    page.click("text=退出登录")
    log_in(page, "manager")
    page.goto(talk)
    expect(page.locator(REPLY)).to_have_value("")


def test_news_neither_turns_a_job_into_another_nor_hides_the_number_in_its_words(enter, desk, session, now, look):
    other = builders.reported(session, desk.follower, desk.project, now, "门关不严")
    for _ in range(3):  # the first card of the board has another version than the one that is given away
        desk.repair.urgent = not desk.repair.urgent
        session.commit()
    page = enter("agent")
    page.goto("/admin/dispatch/")
    page.click(f"[data-give='{other.id}']")
    page.select_option("#give-crew", label=page.locator("#give-crew option", has_text="李师傅").inner_text())
    with page.expect_response("**/admin/dispatch/", timeout=6000):
        builders.heard(session, desk.follower, "在吗", now)
        session.commit()
    page.wait_for_timeout(200)
    page.click("dialog[open] button.primary")
    expect(page.locator(".flash.success")).to_contain_text("已派给李师傅")
    assert look(lambda session: session.get(Repair, other.id)).crew_id == desk.other_crew.id
    page.goto(f"/admin/repairs/{desk.repair.number}")
    expect(page.locator(".what")).to_contain_text("138****8000")
    page.click(".what button")
    expect(page.locator(".what")).to_contain_text(builders.PHONE)
