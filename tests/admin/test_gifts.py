"""Gifts in the panel: asked for from the customer's page, decided by another, handed over with a photo."""

import datetime as dt
import io

import pytest
from sqlalchemy import select

from models import Gift, GiftApplication
from tests.admin.test_houses import PICTURE, files_of
from tests.admin.test_work import text

pytestmark = pytest.mark.sqlite_only  # the verbs are tested on both databases


def version(look) -> int:
    return look(lambda s: s.scalars(select(GiftApplication)).one()).version


def test_from_the_customers_page_to_the_receipt(as_role, desk, look, now, settings):
    as_role("marketing").post("/admin/gifts/new/", name="月饼礼盒", value="268", stock="3", active="y", seen="")
    gift = look(lambda s: s.scalars(select(Gift)).one())
    assert gift.value == 26_800
    agent = as_role("agent")
    assert "申请礼品" in text(agent.get(f"/admin/customers/details/?id={desk.customer.id}"))
    page = text(agent.get(f"/admin/giftapplications/ask?customer={desk.customer.id}"))
    assert "中秋节" in page and "月饼礼盒（268元，剩 3）" in page and "50元" in page
    told = {"customer": desk.customer.id, "occasion": "mid_autumn", "gift": gift.id, "reason": "介绍两户"}
    told["due_on"] = (now.date() + dt.timedelta(days=3)).isoformat()
    refused = agent.post("/admin/giftapplications/keep", **told | {"reason": ""})
    assert refused.status_code == 200 and "月饼礼盒" in text(refused)
    agent.post("/admin/giftapplications/keep", **told)
    row = look(lambda s: s.scalars(select(GiftApplication)).one())
    address = f"/admin/giftapplications/{row.id}"
    manager = as_role("manager")
    assert "待审批" in text(manager.get("/admin/giftapplications/?state=asked"))
    detail = text(manager.get(f"/admin/giftapplications/details/?id={row.id}"))
    assert "本月还剩 1,000元" in detail and "批准" in detail
    stale = manager.post(f"{address}/approve", version=row.version + 1)
    assert "改过" in text(stale)
    manager.post(f"{address}/approve", version=version(look))
    assert look(lambda s: s.get(Gift, gift.id)).stock == 2
    data = {"csrf_token": agent.token(), "version": version(look), "received_by": "陈太太"}
    data |= {"on": now.date().isoformat(), "photo": [(io.BytesIO(PICTURE), "r.jpg")]}
    tomorrow = {"on": (now.date() + dt.timedelta(days=1)).isoformat(), "photo": [(io.BytesIO(PICTURE), "r.jpg")]}
    assert agent.client.post(f"{address}/hand-over", data=data | tomorrow).status_code == 409
    # A photo whose step was refused leaves no file.
    assert files_of(settings) == []
    shown = agent.client.post(f"{address}/hand-over", data=data, follow_redirects=True)
    assert "签收已记下" in text(shown) and "陈太太" in text(shown)
    photo = look(lambda s: s.scalars(select(GiftApplication)).one()).photo_id
    with as_role("finance").get(f"/admin/media/{photo}") as picture:
        assert picture.data == PICTURE
    assert as_role("engineer").get(f"/admin/media/{photo}").status_code == 404
    again = agent.post("/admin/giftapplications/keep", **told)
    assert "一户一节只送一份" in text(again)
