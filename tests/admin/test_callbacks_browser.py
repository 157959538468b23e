"""The callback workbench without a mouse, and the slip that an unhappy answer opens, round after round."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models import Callback, Slip, Survey
from models.actors import SYSTEM
from models.desk.callback import slips
from tests.admin.pictures import picture
from tests.admin.test_callbacks import calls

__all__ = ["calls"]
pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]  # what a browser shows does not depend on the database
#: Whether what has the focus wears a ring that can be seen: itself, or the box that stands for it.
RING = """(() => { const one = document.activeElement, box = one.type === "radio" ? one.nextElementSibling : one;
  return getComputedStyle(box).outlineStyle; })()"""


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_round_of_calls_is_made_without_a_mouse(enter, calls, look, now) -> None:
    page, first, second = enter("agent"), calls[0], calls[1]
    page.goto("/admin/callbacks/")
    page.get_by_role("link", name="开始回访").focus()
    press(page, "Enter")
    expect(page.locator(".call-desk h2")).to_contain_text("陈先生")
    expect(page.locator(".progress-line")).to_contain_text("今天 0/")
    expect(page.locator("#answers kbd:visible").first).to_be_visible()
    press(page, "?")
    expect(page.locator("#keys")).to_contain_text("30分钟后、今晚、明早、自选")
    picture(page, "call_keys")
    press(page, "Escape", "n")
    assert page.evaluate(RING) == "solid"
    page.keyboard.type("说 5 号再去看，qwe")
    press(page, "Control+Enter")
    expect(page.locator("#answers [role=alert]")).to_contain_text("问卷还没填")
    expect(page.locator("#call-words")).to_have_value("说 5 号再去看，qwe")
    picture(page, "call_refused")
    press(page, "Escape", *"55255")
    expect(page.locator("[data-question].current")).to_have_count(0)
    picture(page, "call_filled")
    press(page, "Control+Enter")
    expect(page.locator(".flash.success")).to_contain_text("不满意的已转联系单 LX")
    expect(page.locator(".progress-line")).to_contain_text("今天 1/")
    expect(page.locator(".card .num").first).to_have_text(second.number)
    tried(page)
    expect(page.locator(".empty")).to_contain_text("到点的电话都打完了")
    expect(page.locator(".progress-line")).to_contain_text("今天 2/")
    survey = look(lambda session: session.scalars(select(Survey).where(Survey.callback_id == first.id)).one())
    said = look(lambda session: [(one.outcome, one.words) for one in session.get(Callback, first.id).attempts])
    assert (survey.state, said) == ("answered", [("reached", "说 5 号再去看，qwe")])
    call = look(lambda session: session.get(Callback, second.id))
    assert call.due_at == now + dt.timedelta(hours=9), "tonight at seven"
    last = look(lambda session: [(one.outcome, one.words) for one in session.get(Callback, second.id).attempts])
    assert last == [("later", "在开会")]


def tried(page: Page) -> None:
    """Not reached: an outcome that lacks its moment is refused beside the field, and what was typed is still there."""
    press(page, "m")
    page.keyboard.type("在开会")
    press(page, "Enter", "Escape", "r")
    expect(page.locator("[name=next_at]")).to_be_focused()
    press(page, "Escape", "f")
    expect(page.locator("[name=next_at]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".tried [role=alert]")).to_contain_text("完整的日期")
    expect(page.locator("#tried-words")).to_have_value("在开会")
    picture(page, "call_no_moment")
    press(page, "Escape", "w")
    assert page.evaluate(RING) == "solid"
    expect(page.locator("[name=next_at]")).to_be_hidden()
    press(page, "f")


def test_a_slip_goes_round_until_the_manager_ends_it(enter, desk, session, now, look) -> None:
    slip = slips.raise_(session, session.merge(desk.repair), "还在滴", by=SYSTEM, now=now)
    session.commit()
    page = enter("agent", viewport={"width": 390, "height": 844})
    page.goto("/admin/slips/")
    assert fits(page)
    page.get_by_role("link", name=slip.number).click()
    for number, (measures, unhappy) in enumerate((("换密封圈", "又滴了"), ("换整个龙头", "还是滴")), 1):
        page.click("#verbs >> text=写措施")
        page.fill("#measures", measures)
        page.fill("#promised_at", "2026-11-20T10:00")
        page.eval_on_selector("#promised_at", "field => field.removeAttribute('min')")
        page.click("dialog[open] button.primary")
        expect(page.locator("dialog[open] .field:has(#promised_at) [role=alert]")).to_be_visible()
        expect(page.locator("#measures")).to_have_value(measures)
        page.fill("#promised_at", f"2026-11-2{number + 2}T18:00")
        picture(page, f"slip_answer_{number}")
        page.click("dialog[open] button.primary")
        expect(page.locator("h1")).to_contain_text("待回访")
        page.click("#verbs >> text=记回访结果")
        page.check("dialog[open] [value=no]")
        page.fill("#called-words", unhappy)
        page.click("dialog[open] button.primary")
        expect(page.locator("h1")).to_contain_text(f"第{number + 1}轮")
    expect(page.locator("#verbs")).not_to_contain_text("关闭")
    assert fits(page)
    picture(page, "slip_rounds_phone")
    boss = enter("manager")
    boss.goto(page.url)
    picture(boss, "slip_rounds")
    boss.click("#verbs >> text=关闭")
    boss.click("dialog[open] button.danger")
    expect(boss.locator("dialog[open]")).to_be_visible()
    boss.fill("#reason", "另单换龙头，客户书面同意")
    boss.click("dialog[open] button.danger")
    expect(boss.locator("h1")).to_contain_text("已关闭")
    kept = look(lambda fresh: fresh.scalars(select(Slip)).one())
    assert (kept.state, kept.round, kept.close_reason) == ("closed", 3, "另单换龙头，客户书面同意")
    rounds = look(lambda fresh: [(one.measures, one.result) for one in fresh.scalars(select(Slip)).one().rounds])
    assert rounds == [("换密封圈", "又滴了"), ("换整个龙头", "还是滴"), ("", "")]
