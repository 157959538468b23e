"""`make pictures`: the README's pictures, taken by Chromium from a fresh house with the demo company.

Phones and the crew's page are taken at double sharpness, the panel as 1440 × 900. Nothing is drawn by hand: whoever
changes a page runs this again and looks at what came out.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from ops.embedded import NoRedis
from ops.supervisor import StartFailed
from ops.trial import House, house
from settings import ROOT

FOLDER = ROOT / "docs" / "pictures"
#: Bytes that all pictures together may have: they are read in a README.
MOST = 3_000_000
#: Milliseconds until something must have appeared.
PATIENCE = 45_000
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
HOUSE = "翡翠城8幢1602"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
NO_BROWSER = "没有找到 Chromium：apt-get install chromium fonts-noto-cjk / no Chromium found"


def main() -> int:
    """Take every picture; 1 with a sentence when something is missing or the pictures are too heavy."""
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        print(NO_BROWSER, file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE)
    try:
        with tempfile.TemporaryDirectory() as folder, house(Path(folder)) as running, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium)
            _story(browser, running)
            browser.close()
    except (NoRedis, StartFailed) as problem:
        print(problem, file=sys.stderr)
        return 1
    weight = sum(picture.stat().st_size for picture in FOLDER.glob("*.png"))
    print(f"{FOLDER}: {weight / 1e6:.1f} MB")
    if weight > MOST:
        print(f"pictures may have {MOST / 1e6:.0f} MB together", file=sys.stderr)
    return int(weight > MOST)


def _story(browser: Browser, running: House) -> None:
    """One repair from the first word to the dissatisfied answer; a picture wherever something is worth seeing."""
    with _window(browser, {"width": 1180, "height": 900}, sharpness=2) as phones, _window(browser, DESK) as desk:
        phones.goto(running.phones)
        chen, wang = _phone(phones, "陈先生"), _phone(phones, "王师傅")
        _reported(phones, chen)
        _settled(phones)
        chen.screenshot(path=FOLDER / "phone-story.png")
        _job(browser, wang)
        expect(chen.get_by_text("试水不漏")).to_be_visible()
        _settled(phones)
        wang.screenshot(path=FOLDER / "phone-crew.png")
        phones.get_by_role("button", name="+1 小时").click()
        expect(chen.get_by_text("还满意吗")).to_be_visible()
        _says(chen, "2 还在滴", "抱歉没修好")
        _panel(desk, running)
    with _window(browser, DESK) as desk:
        _department(desk, running)


def _reported(page: Page, chen: Locator) -> None:
    chen.get_by_role("button", name="关注公众号").click()
    expect(chen.get_by_text("这里是暖居")).to_be_visible()
    _says(chen, "厨房水槽下面漏水，明天下午在家，13800138000", "是哪一套")
    chen.get_by_label("更多发送方式").click()
    chen.get_by_text("照片", exact=True).click()
    page.get_by_role("button", name="水槽下漏水").click()
    expect(chen.get_by_text("照片收到")).to_be_visible()
    _says(chen, HOUSE, "对的话回")
    _says(chen, "是的", "登记好了")


def _job(browser: Browser, wang: Locator) -> None:
    """王师傅 writes once, so that texts reach him, and does the job on the page behind the link."""
    notice = wang.locator("article.form").filter(has_text="新单").get_by_role("link")
    address = notice.get_attribute("href") or ""
    with _window(browser, PHONE, sharpness=2) as page:
        page.goto(address)
        _press(page, "接单", "accept")
        page.screenshot(path=FOLDER / "crew-page.png")
        _says(wang, "我的单", "手上")
        _press(page, "我出发了", "start")
        page.locator("input[type=file]").set_input_files(ROOT / "sandbox" / "samples" / "leak.jpg")
        expect(page.locator("[data-thumbs] .say")).to_have_text("已上传")
        _press(page, "我到了", "arrive")
        page.get_by_label("做了什么").fill("换了角阀，试水不漏")
        _press(page, "完工", "finish")


def _panel(page: Page, running: House) -> None:
    page.goto(f"{running.panel}/login")
    _shot(page, "panel-login")
    _enter(page, running, "agent")
    expect(page.locator("#matters article").filter(has_text="还在滴")).to_be_visible()
    _shot(page, "panel-home")
    page.goto(f"{running.panel}/repairs/?view=all")
    _shot(page, "panel-repairs")
    page.locator("#board tr").filter(has_text=HOUSE).first.get_by_role("link").click()
    expect(page.locator("#story .bubble").first).to_be_visible()
    _shot(page, "panel-repair")
    page.get_by_role("link", name="看完整会话").click()
    expect(page.locator("#messages .bubble").first).to_be_visible()
    _shot(page, "panel-conversations")


def _department(page: Page, running: House) -> None:
    """The pages of what happens by the clock, as the manager sees them."""
    page.goto(f"{running.panel}/login")
    _enter(page, running, "manager")
    expect(page.locator("#matters")).to_be_visible()
    for name, path, sign in (
        ("promises", "due/", "承诺看板"), ("planner", "planner/", "关怀日历"),
        ("roster", "roster/?week=2026-11-23", "排班"), ("knowledge", "articles/report", "知识库报告"),
    ):  # fmt: skip
        page.goto(f"{running.panel}/{path}")
        expect(page.get_by_role("heading", level=1)).to_contain_text(sign)
        _shot(page, f"panel-{name}")
    for name, path, link, sign in (
        ("callbacks", "callbacks/?view=open", "td a.num", "回访台"),
        ("follow-up", "sequences/", "main >> text=交房前问候", "交房前问候"),
        ("campaign", "campaigns/", "main >> text=11月水电避坑讲座", "11月水电避坑讲座"),
    ):
        page.goto(f"{running.panel}/{path}")
        _open(page, link, sign)
        _shot(page, f"panel-{name}")
    _slip(page, running)
    _calendar(page, running)


def _slip(page: Page, running: House) -> None:
    """What somebody is not content with, after it was written down what is done about it."""
    page.goto(f"{running.panel}/slips/")
    _open(page, "td a.num", "待答复")
    page.locator("#verbs").get_by_role("button", name="写措施").click()
    page.locator("#measures").fill("换整个角阀，师傅留下试水一小时")
    page.locator("#promised_at").fill("2026-11-23T18:00")
    page.locator("dialog[open] button.primary").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("待回访")
    _shot(page, "panel-slip")


def _calendar(page: Page, running: House) -> None:
    """A day off, tried before it is saved."""
    page.goto(f"{running.panel}/calendar/new/")
    page.get_by_label("日期").fill("2026-11-24")
    page.get_by_label("备注").fill("盘点")
    page.get_by_role("button", name="看看效果").click()
    expect(page.locator("#moves")).to_be_visible()
    _shot(page, "panel-calendar")


def _open(page: Page, link: str, sign: str) -> None:
    """Press it and be on the page of that name: a click does not wait for the page that it opens."""
    page.locator(link).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(sign)


def _enter(page: Page, running: House, name: str) -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(running.password)
    page.get_by_role("button", name="登录", exact=True).click()


@contextmanager
def _window(browser: Browser, size: dict[str, int], *, sharpness: float = 1) -> Iterator[Page]:
    context = browser.new_context(viewport=size, device_scale_factor=sharpness, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def _phone(page: Page, name: str) -> Locator:
    found = page.get_by_role("article", name=f"{name}的手机")
    expect(found).to_be_visible()
    return found


def _says(phone: Locator, words: str, answer: str) -> None:
    phone.locator("input[name=text]").fill(words)
    phone.locator("input[name=text]").press("Enter")
    # Something else may arrive meanwhile: the answer need not be the last thing on the phone.
    expect(phone.locator(".msg.account").filter(has_text=answer).last).to_be_visible()


def _press(page: Page, button: str, step: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator(f"[data-done={step}]")).to_be_visible()
    _settled(page)


def _settled(page: Page) -> None:
    """The page has come, every picture on it is there, and no field wears the ring of the keyboard."""
    page.wait_for_load_state("load")
    page.evaluate("document.activeElement?.blur()")
    page.wait_for_function("[...document.images].every((one) => one.complete || one.loading === 'lazy')")


def _shot(page: Page, name: str) -> None:
    _settled(page)
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
