"""Plans of follow-up in a real browser: read, changed, and one person stopped, at a desk and on a phone."""

import pytest

from models.desk.followup import joining, sequences
from models.houses import Building
from tests.admin.pictures import picture
from tests.admin.test_sequences import followed

__all__ = ["followed"]
pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]  # what a browser shows does not depend on the database


def fits_a_phone(enter, session, desk) -> None:
    """In both languages; the reader has English from then on."""
    phone = enter("manager", viewport={"width": 390, "height": 844})
    for path, name in (("sequences/", "list"), ("sequences/enquiry", "one"), ("sequences/enquiry/edit", "form"),
                       ("buildings/details/?id=1", "building"), ("planner/", "planner")):  # fmt: skip
        phone.goto(f"/admin/{path}")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, path
        picture(phone, f"phone_{name}")
    desk.staff["manager"].lang = "en"
    session.commit()
    for path in (
        "sequences/",
        "sequences/enquiry",
        "sequences/new?trigger=handover",
        f"enquiries/{desk.enquiry.number}",
    ):
        phone.goto(f"/admin/{path}")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, path
        picture(phone, f"en_{path.partition('?')[0].replace('/', '_')}")


def test_a_plan_is_read_changed_and_stopped_for_one(enter, followed, session, desk, now) -> None:
    session.add(
        Building(estate=desk.project.estate, name=desk.project.building, handover_on=now.date().replace(month=12))
    )
    session.flush()
    joining.run(session, sequences.current(session, "handover"), now=now)
    session.commit()
    page = enter("manager")
    page.click(".rail >> text=跟进方案")
    picture(page, "sequences")
    page.click("text=咨询后跟进")
    assert "问问还在看哪几家" in page.inner_text("main")
    picture(page, "sequence")
    page.click("text=改方案")
    # A call needs no text of the house; the form asks only for what the way needs.
    assert not page.is_visible("[name=text_2]") and page.is_visible("[name=words_2]")
    page.select_option("[name=channel_2]", "text")
    assert page.is_visible("[name=text_2]") and not page.is_visible("[name=words_2]")
    page.select_option("[name=text_2]", "follow.asked_7")
    picture(page, "sequence_form")
    page.click("text=保存为新的一版")
    assert "第 2 版" in page.inner_text(".flash.success") or "第2版" in page.inner_text("main")
    page.goto(f"/admin/enquiries/{desk.enquiry.number}")
    picture(page, "lead_followed")
    page.click("#follow >> text=停止跟进 >> nth=0")
    page.fill("dialog[open] input[name=reason]", "客户说年后再联系")
    page.click("dialog[open] button.danger")
    page.wait_for_selector("#follow >> text=客户说年后再联系", state="attached")
    fits_a_phone(enter, session, desk)
    page.goto("/admin/sequences/visit")
    assert page.inner_text("h1").startswith("After a visit"), "our own names are said in the reader's language"
    picture(page, "en_desk")
