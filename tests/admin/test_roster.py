"""The department in the panel: who leaves, who is away, who works when, what shifts tell one another."""

import pytest

from models import AuditEntry, Escalation, Repair, Staff
from tests.admin import builders

pytestmark = pytest.mark.sqlite_only  # what pages do does not depend on the database


def page(person, path: str) -> str:
    return person.get(f"/admin/{path}").get_data(as_text=True)


def staff_form(person, row: Staff, **changed):
    shown = page(person, f"staff/edit/?id={row.id}")
    seen = shown.split('name="seen"')[1].split('value="')[1].split('"')[0]
    told = {"name": row.name, "username": row.username, "phone": "", "role": str(row.role_id), "seen": seen}
    return person.post(f"/admin/staff/edit/?id={row.id}", **(told | changed))


def test_switching_off_a_log_in_hands_on_what_they_had_open(as_role, session, desk, look, now):
    heir = Staff(username="second", name="钱工", role=desk.staff["engineer"].role, password_hash=builders.HASH)
    session.add(heir)
    session.commit()
    admin = as_role("admin")
    assert staff_form(admin, desk.staff["engineer"]).status_code == 302
    engineer, second = desk.staff["engineer"].id, heir.id
    assert look(lambda s: s.get(Repair, desk.repair.id).owner_id) == second
    assert look(lambda s: s.get(Staff, engineer).active) is False
    assert look(lambda s: s.query(Escalation).filter_by(owner_id=engineer).count()) == 0
    deeds = look(lambda s: s.query(AuditEntry).order_by(AuditEntry.id).all())
    left = next(deed for deed in deeds if deed.action == "staff.leave")
    assert left.after["cases"] == 1 and any(deed.after.get("active") is False for deed in deeds)
    assert "已转给当班同事" in page(admin, "staff/")


def test_a_refused_change_hands_nothing_on(as_role, desk, look):
    admin = as_role("admin")
    staff_form(admin, desk.staff["engineer"], seen="stale")
    staff_form(admin, desk.staff["admin"])
    assert look(lambda s: s.get(Repair, desk.repair.id).owner_id) == desk.staff["engineer"].id
    assert look(lambda s: s.query(AuditEntry).filter_by(action="staff.leave").count()) == 0
