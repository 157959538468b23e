"""Panel and crew's page on a phone: nothing sticks out, the keyboard shows where it is, everything has its name."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Desk, Phones

AUDIT = (Path(__file__).parent / "audit.js").read_text("utf-8")
#: Every transition has ended, or a second has passed.
SETTLED = """() => Promise.race([
  Promise.all(document.getAnimations().map(one => one.finished.catch(() => null))).then(() => null),
  new Promise(done => setTimeout(done, 1000)),
])"""
SIZES = pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 640)], ids=["390", "320"])
#: Page -> how one gets there from the panel's address.
PAGES = {
    "home": "/",
    "repairs": "/repairs/?view=all",
    "conversations": "/conversations/?view=all",
    "escalations": "/escalations/",
    "outgoing": "/outgoing/",
    "customers": "/customers/",
}
STICKS_OUT = """() => {
  const edge = document.documentElement.clientWidth;
  return document.documentElement.scrollWidth <= edge ? [] : [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > edge + 1)
    .map((one) => `${one.outerHTML.slice(0, 90)} ends at ${Math.round(one.getBoundingClientRect().right)} of ${edge}`);
}"""
#: The ring round the focused element: its style, or what has changed since before the focus came.
RING = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return "nobody";
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  const seen = box.width > 0 && box.height > 0;
  return ring && seen ? "shown" : `hidden: ${one.outerHTML.slice(0, 90)}`;
}"""


def fits(page: Page) -> None:
    """Nothing needs scrolling sideways."""
    assert page.evaluate(STICKS_OUT) == []
    page.evaluate("window.scrollTo(500, 0)")
    assert page.evaluate("window.scrollX") == 0


def is_sound(page: Page) -> None:
    """Names, labels, contrast, once colours have stopped changing."""
    page.evaluate(SETTLED)
    assert page.evaluate(AUDIT) == []


def shows_focus(page: Page, presses: int = 12) -> None:
    """Tab through the page's first stops; each is on screen with a ring."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        assert page.evaluate(RING) == "shown"


@pytest.fixture
def desk(house, visit, width, height):
    found = Desk(visit(width, height), house)
    found.logs_in("manager")
    return found


@SIZES
@pytest.mark.parametrize("name", PAGES)
def test_a_list_fits_the_phone_and_is_sound(house, desk, name):
    desk.page.goto(house.panel + PAGES[name])
    fits(desk.page)
    is_sound(desk.page)
    shows_focus(desk.page)


@SIZES
def test_a_repair_and_its_dialogs_fit_the_phone(house, desk):
    desk.page.goto(f"{house.panel}/repairs/?view=all")
    desk.page.locator("#board a.num").first.click()
    expect(desk.page.locator("#case")).to_be_visible()
    fits(desk.page)
    is_sound(desk.page)
    shows_focus(desk.page)
    for verb in desk.page.locator("#verbs button").all():
        verb.click()
        dialog = desk.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        fits(desk.page)
        dialog.get_by_role("button", name="取消", exact=True).last.click()
        expect(dialog).to_have_count(0)


@SIZES
def test_a_conversation_fits_the_phone(house, desk):
    desk.page.goto(f"{house.panel}/conversations/?view=all")
    desk.page.locator("#talks a.talk").first.click()
    expect(desk.page.locator("#messages")).to_be_visible()
    fits(desk.page)
    is_sound(desk.page)
    shows_focus(desk.page)
    desk.page.get_by_role("button", name="内部备注").click()
    expect(desk.page.get_by_role("button", name="保存备注")).to_be_visible()
    fits(desk.page)


@SIZES
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_log_in_fits_the_phone_in_both_languages(house, visit, width, height, language):
    page = visit(width, height).new_page()
    page.goto(f"{house.panel}/login")
    if language == "en":
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    fits(page)
    is_sound(page)


@SIZES
def test_the_crews_page_fits_the_phone(house, visit, width, height):
    """The job that the demo has for 李师傅 from the start, by the link in the notice on his phone."""
    li = Phones(visit(1680, 1000), house).of("李师傅")
    notice = li.box.locator("article.form").first
    job = li.opens_link(notice)
    job.set_viewport_size({"width": width, "height": height})
    expect(job.get_by_role("heading", level=1)).to_contain_text("翡翠城")
    fits(job)
    is_sound(job)
    shows_focus(job, presses=3)
    job.get_by_text("来不了，退单").click()
    expect(job.locator("#reason")).to_be_visible()
    fits(job)
    is_sound(job)


BAD = """<title>x</title><body style="background: #fff"><h1 id=a style="color: #999">灰</h1><p id=a>两个</p>
<img src="data:,"><input name=q><a href="/x"></a><p style="width: 9999px">宽</p></body>"""


def test_the_checks_find_what_is_wrong(browser):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.set_content(BAD)
    found = "\n".join(page.evaluate(AUDIT))
    for fault in ("no alt", "no label", "no name", "no language", "not exactly one main", "called a", "contrast 2.85"):
        assert fault in found
    assert any("9999px" in fault for fault in page.evaluate(STICKS_OUT))
    page.close()
