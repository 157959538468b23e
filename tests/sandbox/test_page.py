"""The phones in a real browser: follow, write, photograph, tap, travel, without an error in the console."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from sandbox.people import plant
from tests.sandbox.conftest import text_reply
from tests.sandbox.test_bounds import ROOT

W1 = "oNuanju_W1"
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: the phones are NOT tested")


@pytest.fixture(scope="module")
def browser(playwright):
    found = playwright.chromium.launch(executable_path=CHROMIUM)
    yield found
    found.close()


@pytest.fixture(params=[(1440, 900), (390, 844)], ids=["wide", "phone"])
def page(browser, request, desk, hook) -> Iterator[Page]:
    """The desk opened in a window of that size; the test fails if the browser complained."""
    hook.answer = lambda push: push.query["echostr"] if push.method == "GET" else text_reply(push, "好的，记下了。")
    plant(desk.platform, ROOT / "sandbox" / "people.json")
    width, height = request.param
    opened = browser.new_page(viewport={"width": width, "height": height})
    complaints: list[str] = []
    opened.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    opened.on("pageerror", lambda e: complaints.append(str(e)))
    opened.set_default_timeout(5000)
    opened.goto(desk.base)
    yield opened
    opened.close()
    assert complaints == []


def phone(page: Page, openid: str = W1):
    return page.locator(f".phone[data-openid={openid}]")


def follow(page: Page) -> None:
    phone(page).get_by_role("button", name="关注公众号").click()
    expect(phone(page).locator(".msg.account")).to_have_count(1)


def test_a_newcomer_follows_writes_and_is_answered(page, hook):
    follow(page)
    phone(page).locator("input[name=text]").fill("厨房<b>漏水</b>")
    phone(page).get_by_role("button", name="发送", exact=True).click()
    expect(phone(page).locator(".msg.person .bub")).to_have_text("厨房<b>漏水</b>")
    expect(phone(page).locator(".msg.account .bub").last).to_have_text("好的，记下了。")
    assert [p["Event"] or p["Content"] for p in hook.pushes if p.method == "POST"] == ["subscribe", "厨房<b>漏水</b>"]


def test_a_sample_photo_is_sent_and_seen(page, hook):
    follow(page)
    phone(page).get_by_label("更多发送方式").click()
    phone(page).get_by_text("照片", exact=True).click()
    page.get_by_role("button", name="墙面渗水").click()
    picture = phone(page).locator(".msg.person img")
    expect(picture).to_be_visible()
    page.wait_for_function("document.querySelector('.msg.person img').naturalWidth > 100")
    assert hook.pushes[-1]["MsgType"] == "image"


def test_menu_and_message_buttons_are_tapped(page, desk, hook):
    desk.api(
        "cgi-bin/menu/create",
        {"button": [{"name": "我的", "sub_button": [{"name": "进度", "type": "click", "key": "p"}]}]},
    )
    follow(page)
    phone(page).get_by_role("button", name="我的").click()
    phone(page).get_by_role("button", name="进度").click()
    expect(phone(page).locator(".line").last).to_have_text("点了菜单「进度」")
    part = {"head_content": "满意吗？", "list": [{"id": "s5", "content": "很满意"}], "tail_content": ""}
    desk.api("cgi-bin/message/custom/send", {"touser": W1, "msgtype": "msgmenu", "msgmenu": part})
    phone(page).get_by_role("button", name="很满意").click()
    expect(phone(page).locator(".msg.person .bub").last).to_have_text("很满意")
    desk.wait_for(lambda: hook.pushes[-1]["bizmsgmenuid"] == "s5")


def test_links_open_elsewhere_and_scripts_never_run(page, desk):
    follow(page)
    text = '看<a href="http://127.0.0.1:9/p">这里</a><img src=x onerror=alert(1)><a href="javascript:alert(1)">坏</a>'
    desk.say(W1, text)
    bubble = phone(page).locator(".msg.account .bub").last
    link = bubble.locator("a")
    expect(link).to_have_count(1)
    assert link.get_attribute("href") == "http://127.0.0.1:9/p"
    assert link.get_attribute("rel") == "noopener noreferrer"
    expect(bubble.locator("img")).to_have_count(0)


def test_the_strip_travels_plans_trouble_and_shows_the_log(page, desk, hook):
    follow(page)
    small = page.viewport_size["width"] < 820
    if small:
        page.get_by_role("button", name="时间和故障", exact=True).click()
    page.get_by_role("button", name="+1 天").click()
    expect(page.locator("#travel")).to_have_text("快1天")
    page.get_by_label("怎么坏").select_option("throttle")
    page.get_by_role("button", name="安排故障").click()
    expect(page.locator("#faults li")).to_have_text(["客服消息：太频繁 45011 ×1×"])
    assert desk.say(W1, "一")["errcode"] == 45011
    expect(page.locator("#faults li")).to_have_count(0)
    if small:
        page.get_by_role("button", name="记录", exact=True).click()
    expect(page.locator("#lines li").first).to_contain_text("45011")
    page.locator("#lines li").last.locator("summary").click()
    expect(page.locator("#lines pre").first).to_contain_text("<Event><![CDATA[subscribe]]></Event>")


def test_a_new_person_gets_a_phone_and_nothing_sticks_out(page):
    page.get_by_role("button", name="＋ 添一个人").click()
    page.get_by_label("怎么称呼").fill("赵先生")
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.get_by_label("赵先生的手机")).to_be_visible()
    width, height = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert width <= page.viewport_size["width"]
    assert height <= page.viewport_size["height"]
    box = page.locator("main").bounding_box()
    assert box["y"] + box["height"] >= page.viewport_size["height"] - 1, "the desk fills the window"
