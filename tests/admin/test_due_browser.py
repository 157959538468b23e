"""The promises board in a real browser: what is missed first, a pause with its agreement, and the moment it moves."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from models import Promise, Repair
from models.desk import promises
from tests.admin.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]  # what a browser shows does not depend on the database


def rows(page: Page) -> list[str]:
    return page.locator("#due tbody tr td:nth-child(2)").all_inner_texts()


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_promise_is_paused_by_agreement_and_moves_on_the_board(enter, desk, session, clock, look, now) -> None:
    promises.make(session, "suggestion.answer", desk.repair, now=now)
    session.commit()
    page, number = enter("manager"), desk.repair.number
    clock.advance(minutes=40)  # accepting is late, being on site is not
    page.goto("/admin/due/")
    assert rows(page)[:2] == ["师傅接单", "上门"], "what is missed, then what is owed earliest"
    late, calm = page.locator("#due .chip.due.late").first, page.locator("#due .chip.due:not(.late):not(.near)").first
    expect(late).to_contain_text("超时")
    expect(late.locator("svg")).to_be_visible()
    expect(calm).to_contain_text("剩")
    assert fits(page)
    picture(page, "due")
    on_site = page.locator("#due tr", has_text="上门")
    on_site.locator("td").first.click()
    page.wait_for_url(f"**/repairs/{number}")
    before = look(lambda s: {row.id: row.due_at for row in s.query(Promise).filter_by(ticket_id=desk.repair.id)})
    page.click("#verbs >> text=暂停")
    page.fill("dialog[open] [name=until]", "2026-11-25T09:00")
    page.fill("dialog[open] [name=words]", "电话里说好周三回来再修")
    page.click("dialog[open] button.primary")
    expect(page.locator("#verbs")).to_contain_text("恢复计时")
    page.goto("/admin/due/?view=paused")
    expect(page.locator("#due .chip.due.paused").first).to_contain_text("暂停")
    expect(page.locator("#due")).to_contain_text("电话里说好周三回来再修")
    picture(page, "due_paused")
    clock.advance(hours=20)
    page.goto("/admin/due/")
    assert page.locator("#due tbody tr .chip.due").evaluate_all(
        "chips => chips.map((chip) => chip.classList.contains('late')).every((late, n, all) => late || !all[n + 1])"
    ), "what is missed stands before everything else, paused or not"
    resumed(page, number)
    after = look(lambda s: {row.id: row.due_at for row in s.query(Promise).filter_by(ticket_id=desk.repair.id)})
    moved = {key for key, due_at in after.items() if due_at - before.get(key, due_at) >= dt.timedelta(hours=20)}
    assert moved
    assert look(lambda s: s.get(Repair, desk.repair.id).state) != "paused"
    filtered(page, number)


def resumed(page: Page, number: str) -> None:
    page.goto(f"/admin/repairs/{number}")
    page.click("#verbs >> text=恢复计时")
    page.click("dialog[open] button.primary")
    expect(page.locator("#verbs")).to_contain_text("暂停")
    page.goto("/admin/due/?view=paused")
    expect(page.locator(".empty")).to_be_visible()


def filtered(page: Page, number: str) -> None:
    """By owner and kind, each a chip that is taken off by a click; on a phone the same, and a row opens the case."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/admin/due/")
    assert fits(page)
    picture(page, "due_phone")
    page.select_option("[name=owner]", label="赵工")
    expect(page.locator(".filters .chip")).to_contain_text("赵工 ×")
    assert "人工首次回复" not in " ".join(rows(page))
    page.click(".filters .chip")
    expect(page.locator(".filters .chip")).to_have_count(0)
    page.locator("#due tr", has_text="上门").locator("td").first.click()
    page.wait_for_url(f"**/repairs/{number}")
