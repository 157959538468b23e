"""The panel in a real browser, under its real policy: log in, open the case, assign it, see news without reloading."""

import base64
import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models import Disclosure, Repair
from models.desk.callback import callbacks
from models.desk.talk import conversations
from tests.admin import builders

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]  # what a browser shows does not depend on the database


@pytest.fixture
def page(enter):
    """A browser in which 小林 is logged in."""
    return enter("agent")


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


def test_j_and_k_walk_through_conversations_but_not_while_somebody_types(page, desk, session, now):
    other = builders.follower(session, None, now, openid="oSecond")
    builders.heard(session, other, "在吗", now)
    second = conversations.of(session, other)
    session.commit()
    page.goto("/admin/conversations/?view=all")
    page.keyboard.press("j")
    page.wait_for_url(re.compile(r"/conversations/\d"))
    first = page.url
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != first)
    assert {first.split("?")[0][-1], page.url.split("?")[0][-1]} == {str(desk.conversation.id), str(second.id)}
    page.keyboard.press("k")
    page.wait_for_url(first)
    page.fill("form[data-form=reply] textarea", "")
    page.locator("form[data-form=reply] textarea").press_sequentially("jk?")
    expect(page.locator("form[data-form=reply] textarea")).to_have_value("jk?")
    expect(page.locator("#keys")).to_be_hidden()
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', isComposing: true, bubbles: true}))"
    )
    assert page.url == first, "an input method is choosing a word"


def test_a_question_mark_lists_the_keys(page, desk):
    page.goto(f"/admin/conversations/{desk.conversation.id}")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("下一个会话")
    page.keyboard.press("j")
    assert page.url.endswith(str(desk.conversation.id)), "a dialog is open"
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_a_photo_of_the_case_opens_large_on_the_page(page, desk, session, settings):
    settings.media_dir.mkdir(parents=True, exist_ok=True)
    picture = base64.b64decode(PIXEL)
    (settings.media_dir / "leak.png").write_bytes(picture)
    desk.photo.state, desk.photo.path, desk.photo.content_type = "fetched", "leak.png", "image/png"
    session.commit()
    page.goto(f"/admin/repairs/{desk.repair.number}")
    page.click("#story .photos a")
    expect(page.locator("#photo img")).to_be_visible()
    assert page.locator("#photo img").get_attribute("src").endswith(f"/media/{desk.photo.id}")
    page.keyboard.press("Escape")
    expect(page.locator("#photo")).to_be_hidden()
    assert page.url.endswith(desk.repair.number)


def test_on_a_phone_the_verbs_lie_under_the_thumb(page, desk):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/admin/repairs/{desk.repair.number}")
    for button in page.locator("#verbs button").all():
        box = button.bounding_box()
        assert box["y"] > 844 * 0.75 and box["height"] >= 44
    page.click("#verbs >> text=结案")
    expect(page.locator("dialog#close")).to_be_visible()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_no_page_is_wider_than_its_screen(page, desk, session, width, height, lang):
    desk.staff["agent"].lang, desk.repair.round = lang, 2
    session.commit()
    page.set_viewport_size({"width": width, "height": height})
    for path in (
        "", "repairs/", f"repairs/{desk.repair.number}", "conversations/", f"conversations/{desk.conversation.id}",
        "escalations/", "customers/", "customers/edit/?id=1", "outgoing/", "projects/details/?id=1", "texts/",
    ):  # fmt: skip
        page.goto(f"/admin/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


#: No head of a table lies over its first row.
HEADS = """[...document.querySelectorAll("table.list")].every((table) => {
  const head = table.querySelector("th"), cell = table.querySelector("td");
  const [above, below] = [head, cell].map((one) => one?.getBoundingClientRect());
  return !head?.offsetParent || !cell || above.bottom <= below.top + 1;
})"""


def test_every_page_of_the_rail_fits_a_screen_and_a_phone(page, desk, session, now):
    callbacks.ask(session, "asked", about=desk.conversation, now=now, follower=desk.follower)
    desk.staff["agent"].role = desk.staff["manager"].role
    session.commit()
    page.goto("/admin/")
    paths = page.locator(".rail li a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    assert len(paths) > 30
    for path in paths:
        page.goto(path)
        for width, height in ((1440, 900), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            assert page.evaluate(HEADS), (path, width)


def test_a_group_of_the_rail_stays_as_it_was_left_and_opens_round_its_page(page, desk):
    people, link = page.locator("[data-group=people]"), page.get_by_role("link", name="客户", exact=True)
    expect(link).to_be_hidden()
    people.locator("summary").click()
    expect(link).to_be_visible()
    page.reload()
    link.click()
    page.wait_for_url("**/customers/")
    people.locator("summary").click()
    page.goto("/admin/")
    expect(link).to_be_hidden()
    page.goto("/admin/customers/")
    expect(link).to_be_visible()


def test_a_search_by_keyboard_leaves_no_word_in_the_address(page, desk):
    page.keyboard.press("Control+k")
    page.keyboard.type(builders.PHONE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/search?q=*")
    found = page.locator("main >> text=陈大明").first
    expect(found).to_be_visible()
    assert builders.PHONE not in page.url
    page.click(".rail >> text=报修")
    page.wait_for_url("**/admin/repairs/")
    page.fill(".filters input[type=search]", builders.PHONE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/repairs/?*")
    expect(page.locator(f"text={desk.repair.number}").first).to_be_visible()
    assert builders.PHONE not in page.url
    page.go_back()
    page.go_back()
    expect(found).to_be_visible()
    expect(page.locator("#find")).to_have_value(builders.PHONE)
    page.go_forward()
    page.wait_for_url("**/admin/repairs/")
