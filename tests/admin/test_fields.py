"""What people type into the panel's forms: money in yuan, times of day as the browser's own field."""

import re

import pytest
from sqlalchemy import select

from models import Role, VisitPlan

pytestmark = pytest.mark.sqlite_only  # what a form shows and takes does not depend on the database


def test_limits_of_a_role_are_typed_in_yuan_and_kept_in_fen(as_role, desk, look):
    admin, role = as_role("admin"), desk.staff["agent"].role
    address = f"/admin/roles/edit/?id={role.id}"
    form = admin.get(address).text
    assert 'value="500.00"' in form and "补偿权限（元）" in form
    told = {
        "seen": re.search(r'name="seen"[^>]*value="([^"]*)"', form)[1], "title": role.title, "name": role.name,
        "compensation_limit": "300.5", "gift_limit": "0", "gift_budget": "", "permissions": role.permissions,
    }  # fmt: skip
    assert admin.post(address, **told).status_code == 302
    kept = look(lambda s: s.get(Role, role.id))
    assert (kept.compensation_limit, kept.gift_limit, kept.gift_budget) == (30050, 0, None)
    assert "300.50元" in admin.get("/admin/roles/").text


def test_a_time_of_day_is_the_browsers_own_field(as_role, desk, look):
    number, visit, weekday = look(lambda s: s.execute(select(VisitPlan.id, VisitPlan.visit, VisitPlan.weekday)).first())
    manager, address = as_role("manager"), f"/admin/visitplans/edit/?id={number}"
    form = manager.get(address).text
    assert len(re.findall(r'<input[^>]*type="time"', form)) == 2
    told = {
        "seen": re.search(r'name="seen"[^>]*value="([^"]*)"', form)[1], "visit": visit, "weekday": weekday,
        "starts": "10:30", "ends": "17:00", "minutes": "60", "seats": "2", "lead_hours": "4", "active": "y",
    }  # fmt: skip
    assert manager.post(address, **told).status_code == 302
    assert look(lambda s: f"{s.get(VisitPlan, number).starts:%H:%M}") == "10:30"
