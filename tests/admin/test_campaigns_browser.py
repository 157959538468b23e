"""A campaign in a real browser: built by clicks with a live count, approved by a colleague, watched live."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models import CustomerTag, Outgoing
from models.actors import SYSTEM
from models.campaigns import Campaign
from tests.admin.pictures import picture
from tests.jobs.campaign_cast import crowd

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]  # what a browser shows does not depend on the database


@pytest.fixture
def street(session, desk, now):
    """Twelve strangers, a third of whom wrote lately, and a tag on the homeowner."""
    crowd(session, 12, now, open_=lambda n: n % 3 == 0)
    session.add(CustomerTag(customer=desk.customer, word="老带新"))
    session.commit()


@pytest.fixture
def checked(enter, street):
    """The writer's page of a campaign that they have built by clicks and had counted."""
    page = enter("marketing")
    page.goto("/admin/campaigns/")  # its group of the rail may be folded
    page.click("text=新建活动群发 >> nth=0")
    page.fill("#name", "水电讲座")
    page.fill("#body", "周六下午两点，展厅有一场水电避坑讲座，欢迎带着户型图来。")
    expect(page.locator("#side .wx-bubble")).to_contain_text("陈先生，周六下午两点")
    page.select_option("[name='g0.c0.field']", "lang")
    page.click(".picks >> text=中文")
    expect(page.locator("#side .figure")).to_have_text("13 人会收到")
    page.check("[name=mass]")
    expect(page.locator("#side .ways")).to_contain_text("群发")
    page.click("text=加一个条件")
    page.select_option("[name='g0.c1.field']", "tag")
    page.click(".picks >> text=老带新")
    expect(page.locator("#side .figure")).to_have_text("1 人会收到")
    expect(page.locator("#body")).to_have_value("周六下午两点，展厅有一场水电避坑讲座，欢迎带着户型图来。")
    picture(page, "campaign_form")
    page.locator(".condition >> nth=1").get_by_text("去掉").click()
    expect(page.locator("#side .figure")).to_have_text("13 人会收到")
    page.click("text=保存草稿")
    expect(page.locator(".flash.success")).to_contain_text("草稿已保存")
    page.click("text=数清楚，提交审批")
    expect(page.locator("h1")).to_contain_text("待审批")
    picture(page, "campaign_checked")
    return page


def test_a_campaign_is_planned_approved_and_watched(enter, checked, session, now):
    page = checked
    boss = enter("manager")
    boss.on("dialog", lambda asked: asked.accept())
    boss.goto(page.url)
    boss.click("#verbs >> text=批准")
    expect(boss.locator("h1")).to_contain_text("已批准")
    # The writer's page hears of it by itself.
    page.on("dialog", lambda asked: asked.accept())
    page.click("#verbs >> text=马上开始", timeout=5000)
    expect(page.locator("h1")).to_contain_text("已排期")
    campaign = session.scalars(select(Campaign)).one()
    session.refresh(campaign)
    campaign.move("running", by=SYSTEM, now=now)
    campaign.started_at = now
    rows = [
        Outgoing(dedupe_key=f"c{n}", follower_id=n + 2, campaign_id=campaign.id, purpose="marketing", not_before=now,
                 next_try_at=now, created_at=now, state="sent" if n < 3 else "queued", settled_at=now,
                 rung="custom" if n < 3 else "")
        for n in range(8)
    ]  # fmt: skip
    session.add_all(rows)
    session.commit()
    expect(page.locator("#progress progress")).to_have_attribute("value", "3", timeout=6000)
    rows[4].state, rows[4].settled_at = "sent", now
    session.commit()
    expect(page.locator("#progress progress")).to_have_attribute("value", "4", timeout=6000)
    picture(page, "campaign_running")


@pytest.mark.parametrize("path", ["", "new", "1"])
def test_on_a_phone_nothing_sticks_out(enter, street, session, now, path):
    session.add(
        Campaign(
            name="端午问候", kind="greeting", body="端午安康。雨季到了，阳台地漏清一清。", audience={}, created_at=now
        )
    )
    session.commit()
    page = enter("marketing", viewport={"width": 390, "height": 844})
    page.goto(f"/admin/campaigns/{path}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, f"phone_campaign_{path or 'list'}")
