"""A campaign in a real browser from the try to its report: tried on oneself, paused, resumed, cancelled, counted."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models import Follower, Outgoing
from models.actors import SYSTEM
from models.campaigns import Campaign
from tests.admin import builders
from tests.admin.pictures import picture
from tests.admin.test_campaigns_browser import checked, street

__all__ = ["checked", "street"]
pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]  # what a browser shows does not depend on the database


def started(session, now) -> Campaign:
    """It runs: three are sent, five wait."""
    campaign = session.scalars(select(Campaign)).one()
    session.refresh(campaign)
    campaign.move("running", by=SYSTEM, now=now)
    campaign.started_at = campaign.expanded_at = now
    session.add_all(
        Outgoing(dedupe_key=f"c{n}", follower_id=n + 2, campaign_id=campaign.id, purpose="marketing", not_before=now,
                 next_try_at=now, created_at=now, state="sent" if n < 3 else "queued", settled_at=now,
                 rung="custom" if n < 3 else "")
        for n in range(8)
    )  # fmt: skip
    session.commit()
    return campaign


def test_a_campaign_is_tried_paused_resumed_cancelled_and_reported(enter, checked, desk, session, now, look) -> None:
    own = builders.follower(session, None, now, openid="oXu")
    session.get(Follower, own.id).staff = session.merge(desk.staff["marketing"])
    session.commit()
    page, boss = checked, enter("manager")
    for window in (page, boss):
        window.on("dialog", lambda asked: asked.accept())
    expect(page.locator("#people")).to_contain_text("会发")
    page.click("#people >> text=不发")
    page.wait_for_url("**people=out**")
    picture(page, "campaign_out")
    page.click("#verbs >> text=试发给自己")
    expect(page.locator(".flash.success")).to_be_visible()
    tried = look(lambda s: s.query(Outgoing).filter(Outgoing.follower_id == own.id).one())
    assert (tried.state, tried.purpose) == ("queued", "staff"), "to oneself, outside the campaign's figures"
    boss.goto(page.url)
    boss.click("#verbs >> text=批准")
    expect(boss.locator("h1")).to_contain_text("已批准")
    page.reload()
    page.click("#verbs >> text=马上开始")
    expect(page.locator("h1")).to_contain_text("已排期")
    campaign = started(session, now)
    page.reload()
    page.click("#verbs >> text=暂停")
    expect(page.locator("h1")).to_contain_text("已暂停")
    expect(page.locator("#verbs")).not_to_contain_text("恢复")  # whoever approves resumes
    boss.reload()
    boss.click("#verbs >> text=恢复")
    expect(boss.locator("h1")).to_contain_text("发送中")
    page.reload()
    page.click("#verbs >> text=取消活动")
    expect(page.locator("h1")).to_contain_text("已取消")
    expect(page.locator("#progress .figures")).to_contain_text("3/8")
    expect(page.locator("#story")).to_contain_text("小许")
    picture(page, "campaign_cancelled")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert look(lambda s: s.get(Campaign, campaign.id).state) == "cancelled"
