"""The people of a browser story and what they can do, in their words: through real pages only."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, expect

from ops.trial import House
from settings import ROOT

#: Milliseconds: the timetable looks every ten seconds, and two busy cores take their time.
PATIENCE = 30_000
PHOTO = ROOT / "sandbox" / "samples" / "tile.jpg"
NUMBER = re.compile(r"BX\d{8}-\d{4}")


class Phones:
    """The sandbox's desk with everybody's phones, its time and its log."""

    def __init__(self, context: BrowserContext, house: House) -> None:
        self.page = context.new_page()
        self.page.goto(house.phones)

    def of(self, name: str) -> Phone:
        """Somebody's phone, laid on the desk if it is not there yet."""
        found = self.page.get_by_role("article", name=f"{name}的手机")
        button = self.page.get_by_role("toolbar").get_by_role("button", name=name)
        expect(button).to_be_visible()
        if button.get_attribute("aria-pressed") == "false":
            button.click()
        expect(found).to_be_visible()
        return Phone(self.page, found)

    def travel(self, button: str) -> None:
        """Press one of the strip's buttons; the clock in the corner has moved afterwards."""
        before = self.page.locator("#offset").inner_text()
        self.page.get_by_role("button", name=button, exact=True).click()
        expect(self.page.locator("#offset")).not_to_have_text(before)


class Phone:
    """One person's chat with the account."""

    def __init__(self, page: Page, box: Locator) -> None:
        self.page, self.box = page, box
        # What the account said: bubbles, and outside of every window the service notice.
        self.heard = box.locator(".msg.account .bub, article.form")

    def follows(self) -> None:
        self.box.get_by_role("button", name="关注公众号").click()

    def says(self, words: str) -> None:
        self.box.locator("input[name=text]").fill(words)
        self.box.locator("input[name=text]").press("Enter")
        expect(self.box.locator(".msg.person .bub").last).to_have_text(words)

    def photographs(self, sample: str) -> None:
        self.box.get_by_label("更多发送方式").click()
        self.box.get_by_text("照片", exact=True).click()
        self.page.get_by_role("button", name=sample).click()

    def reads(self, *words: str, times: int = 1) -> Locator:
        """The bubble with all these words; so many of them have come, no more and no fewer."""
        found = self.heard
        for each in words:
            found = found.filter(has_text=each)
        try:
            expect(found).to_have_count(times)
        except AssertionError as missing:
            missing.add_note(f"on the phone: {self.heard.all_inner_texts()}")
            raise
        return found.last

    def opens_link(self, bubble: Locator) -> Page:
        """Tap the link in a bubble; its page, as wide as a phone."""
        with self.page.expect_popup() as popup:
            bubble.get_by_role("link").click()
        popup.value.set_viewport_size({"width": 390, "height": 844})
        return popup.value


class JobPage:
    """The crew's phone page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def presses(self, button: str, then: str) -> None:
        """Press the big button; the page says `then`."""
        self.page.get_by_role("button", name=button, exact=True).click()
        expect(self.page.get_by_role("status")).to_contain_text(then)

    def photographs(self, photo: Path = PHOTO) -> None:
        self.page.locator("input[type=file]").set_input_files(photo)
        expect(self.page.locator("[data-thumbs] .say")).to_have_text("已上传")


class Desk:
    """Somebody's panel."""

    def __init__(self, context: BrowserContext, house: House) -> None:
        self.house = house
        self.page = context.new_page()

    def logs_in(self, username: str) -> None:
        self.page.goto(f"{self.house.panel}/")
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码").fill(self.house.password)
        self.page.get_by_role("button", name="登录", exact=True).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("需要我现在处理")

    def goes_to(self, name: str) -> None:
        """By the rail on the left, whose group is unfolded first where it is not."""
        rail = self.page.get_by_role("navigation", name="主导航").first
        group = rail.locator("details", has=self.page.locator("a", has_text=name))
        if group.get_attribute("open") is None:
            group.locator("summary").click()
        rail.get_by_role("link", name=name).click()
        expect(self.page.get_by_role("heading", level=1).first).to_contain_text(name)

    def does(self, verb: str, button: str, **fields: str) -> None:
        """Open a verb's dialog, fill it in by label, and press its button; the page says that it is done."""
        self.page.locator("#verbs").get_by_role("button", name=verb).click()
        dialog = self.page.get_by_role("dialog")
        for label, value in fields.items():
            control = dialog.get_by_label(label)
            if control.evaluate("one => one.tagName") == "SELECT":
                control.select_option(control.locator("option").filter(has_text=value).get_attribute("value"))
            else:
                control.fill(value)
        dialog.get_by_role("button", name=button, exact=True).click()
        expect(self.page.locator(".flash:not(.error)")).to_be_visible()
