"""The menu and tags in the panel: previewed, refused by name, published, put back; tags made and put on people."""

import pytest
from sqlalchemy import select

from models import Customer, MenuVersion, Tag, Tagging
from models.desk.account import menus
from tests.admin.builders import PHONE
from tests.admin.test_work import text

pytestmark = pytest.mark.sqlite_only  # the verbs are tested on both databases

FORM = {
    "b0_name": "我要报修", "b0_does": "MENU_REPAIR", "b1_name": "更多",
    "b1_0_name": "推荐朋友", "b1_0_does": "MENU_REFER", "b1_1_name": "官网", "b1_1_does": "url", "b1_1_url": "https://nuanju.example",
}  # fmt: skip


def test_a_menu_is_previewed_as_it_is_typed(as_role):
    person = as_role("marketing")
    shown = person.post("/admin/menus/preview", **FORM).json
    assert "▍我要报修（报修）" in shown["words"] and "· 官网（https://nuanju.example）" in shown["words"]
    wrong = person.post("/admin/menus/preview", **(FORM | {"b0_name": "我要马上报修吧"})).json
    assert "“我要马上报修吧”太长，最多5个汉字" in wrong["problem"]
    assert "没选点了做什么" in person.post("/admin/menus/preview", b0_name="空").json["problem"]


def test_a_menu_is_published_and_an_older_one_put_back(as_role, session, look, now):
    person = as_role("manager")
    assert "还没有菜单" in text(person.get("/admin/menus/"))
    person.post("/admin/menus/save", publish="1", **FORM)
    row = look(lambda s: s.scalars(select(MenuVersion)).one())
    assert (row.state, row.staff_id is not None, len(row.buttons)) == ("wanted", True, 2)
    menus.published(session, session.get(MenuVersion, row.id), now=now)
    session.commit()
    person.post("/admin/menus/save", publish="0", b0_name="报修", b0_does="MENU_REPAIR")
    draft = look(lambda s: s.scalars(select(MenuVersion).order_by(MenuVersion.id.desc())).first())
    assert draft.state == "draft"
    person.post(f"/admin/menus/{draft.id}/publish")
    menus.published(session, session.get(MenuVersion, draft.id, populate_existing=True), now=now)
    session.commit()
    assert "换回这一版" in text(person.get("/admin/menus/"))
    person.post(f"/admin/menus/{row.id}/publish")
    assert look(lambda s: s.get(MenuVersion, row.id)).state == "wanted"
    assert "推荐朋友" in text(person.get(f"/admin/menus/?version={row.id}"))


def test_what_the_platform_would_refuse_is_not_kept(as_role, look):
    answer = as_role("manager").post("/admin/menus/save", publish="1", b0_name="空")
    assert "没选点了做什么" in text(answer)
    assert look(lambda s: s.scalars(select(MenuVersion)).all()) == []


def test_what_is_no_number_puts_a_tag_on_nobody(as_role, session, look):
    """A name in the field for the phone must not mean everybody whose phone nobody knows."""
    person = as_role("agent")
    person.post("/admin/tags/new/", name="样板房")
    tag = look(lambda s: s.scalars(select(Tag)).one())
    for customer in session.scalars(select(Customer)):
        customer.phone = ""
    session.commit()
    assert "电话号码不对" in text(person.post(f"/admin/tags/{tag.id}/put", phone="陈先生"))
    assert look(lambda s: s.scalars(select(Tagging)).all()) == []


def test_a_tag_is_made_put_on_a_customer_and_taken_off(as_role, desk, look):
    person = as_role("agent")
    person.post("/admin/tags/new/", name="样板房")
    tag = look(lambda s: s.scalars(select(Tag)).one())
    person.post(f"/admin/tags/{tag.id}/put", phone=f"+86 {PHONE[:3]} {PHONE[3:7]}-{PHONE[7:]}")
    row = look(lambda s: s.scalars(select(Tagging)).one())
    assert (row.state, row.follower_id) == ("wanted", desk.follower.id)
    page = text(person.get(f"/admin/tags/details/?id={tag.id}"))
    assert "待添加" in page and PHONE not in page
    person.post(f"/admin/tags/{tag.id}/off/{row.id}")
    assert look(lambda s: s.get(Tagging, row.id)).state == "off"
    assert "没有关注" in text(person.post(f"/admin/tags/{tag.id}/put", phone="13911112222"))
    person.post("/admin/tags/new/", name="样板房")
    assert len(look(lambda s: s.scalars(select(Tag)).all())) == 1
