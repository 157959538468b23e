"""Nobody raises themselves: who may edit roles gives only what they have, and never to their own."""

import re

import pytest
from sqlalchemy import select

from models import AuditEntry, Role

pytestmark = pytest.mark.sqlite_only  # what a form takes does not depend on the database


def change(person, role: Role, *, permissions: list[str], limit: str = "0"):
    """The form of `role` as it is sent, with these ticks."""
    address = f"/admin/roles/edit/?id={role.id}"
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', person.get(address).text)[1]
    return person.post(address, seen=seen, title=role.title, name=role.name, compensation_limit=limit,
                       gift_limit=f"{role.gift_limit / 100}", permissions=permissions)  # fmt: skip


def refusals(look) -> list[list[str]]:
    query = select(AuditEntry.after).where(AuditEntry.action == "role.refused").order_by(AuditEntry.id)
    return [row["permissions"] for row in look(lambda s: s.scalars(query).all())]


@pytest.mark.parametrize(
    ("more", "limit"), [(["complaint.lead"], "0"), (["offer.see"], "1000")], ids=["a permission", "an amount"]
)
def test_nobody_raises_their_own_role(more, limit, as_role, desk, look):
    role = desk.staff["admin"].role
    answer = change(as_role("admin"), role, permissions=[*role.permissions, *more], limit=limit)
    assert answer.status_code == 200 and "自己的角色" in answer.text
    kept = look(lambda s: s.get(Role, role.id))
    assert set(kept.permissions) == set(role.permissions) and kept.compensation_limit == 0
    assert refusals(look) == [[name for name in more if name not in role.permissions]]


def test_the_title_of_ones_own_role_is_no_power(as_role, desk, look):
    role = desk.staff["admin"].role
    role.title = "总管"
    assert change(as_role("admin"), role, permissions=role.permissions).status_code == 302
    assert look(lambda s: s.get(Role, role.id).title) == "总管" and refusals(look) == []


def test_what_one_does_not_have_one_does_not_give(as_role, desk, look):
    admin, role = as_role("admin"), desk.staff["marketing"].role
    answer = change(admin, role, permissions=[*role.permissions, "conversation.see", "crew.see"])
    assert (
        answer.status_code == 200
        and "您自己没有，不能给别人：查看会话" in answer.text
        and "查看工队。" not in answer.text
    )
    assert set(look(lambda s: s.get(Role, role.id).permissions)) == set(role.permissions)
    assert refusals(look) == [["conversation.see"]]
    assert change(admin, role, permissions=[*role.permissions, "crew.see"]).status_code == 302
    # What a role has already stays, whoever edits it, and is taken away by anybody who may edit roles.
    assert set(look(lambda s: s.get(Role, role.id).permissions)) == {*role.permissions, "crew.see"}
    assert change(admin, role, permissions=["campaign.see"]).status_code == 302


def test_a_new_role_has_no_more_than_who_makes_it(as_role, look):
    told = {"title": "组长", "name": "lead", "compensation_limit": "0", "gift_limit": "0", "seen": ""}
    admin = as_role("admin")
    assert "查看会话" in admin.post("/admin/roles/new/", permissions=["conversation.see"], **told).text
    assert look(lambda s: s.scalar(select(Role).where(Role.name == "lead"))) is None
    assert admin.post("/admin/roles/new/", permissions=["crew.see"], **told).status_code == 302
    assert look(lambda s: s.scalar(select(Role).where(Role.name == "lead"))).permissions == ["crew.see"]
    assert refusals(look) == [["conversation.see"]]


def test_who_may_edit_roles_and_has_it_gives_it(as_role, desk, look):
    manager, agent = desk.staff["manager"].role, desk.staff["agent"].role
    assert change(as_role("admin"), manager, permissions=[*manager.permissions, "role.edit"], limit="10000")
    person = as_role("manager")
    assert change(person, agent, permissions=[*agent.permissions, "complaint.lead"], limit="500").status_code == 302
    assert "complaint.lead" in look(lambda s: s.get(Role, agent.id).permissions)
