"""Signings in the panel: from a lead or by hand; what was typed survives a refusal."""

import pytest
from sqlalchemy import select

from models import AuditEntry, Enquiry, Project, Signing
from tests.admin.test_work import text

pytestmark = pytest.mark.sqlite_only  # the verb is tested on both databases

TOLD = {
    "number": "HT-77", "estate": "江南里", "building": "5幢", "room": "301", "area": "118", "amount": "186,000",
    "first_payment": "55800元",
}  # fmt: skip


def test_a_lead_becomes_a_contract(as_role, desk, look, now):
    manager, day = as_role("manager"), now.date().isoformat()
    assert "登记签约" in text(manager.get(f"/admin/enquiries/{desk.enquiry.number}"))
    address = f"/admin/signings/sign?enquiry={desk.enquiry.id}"
    page = text(manager.get(address))
    assert "138****8000" in page and "13800138000" not in page
    told = TOLD | {"enquiry": desk.enquiry.id, "signed_on": day, "paid_on": day}
    poor = manager.post("/admin/signings/keep", **told | {"first_payment": "0"})
    assert "首付要大于 0" in text(poor) and "江南里" in text(poor)
    assert look(lambda s: s.scalars(select(Signing)).all()) == []
    assert "赵工" in page and "小钱" not in page  # who may look after a house
    strange = manager.post("/admin/signings/keep", **told | {"supervisor": desk.staff["finance"].id})
    assert look(lambda s: s.scalars(select(Signing)).all()) == [] and "江南里" in text(strange)
    answer = manager.post("/admin/signings/keep", **told)
    assert "江南里5幢301" in text(manager.get(answer.location))
    row = look(lambda s: s.scalars(select(Signing)).one())
    assert (row.amount, row.first_payment) == (18_600_000, 5_580_000)
    assert look(lambda s: s.get(Enquiry, desk.enquiry.id)).state == "won"
    assert look(lambda s: s.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc())).first()) == "signing.sign"
    listed = text(manager.get("/admin/signings/"))
    assert "HT-77" in listed and "186,000元" in listed and "回头客" in listed


def test_finance_records_somebody_who_came_past_the_leads(as_role, desk, look, now):
    clerk, day = as_role("finance"), now.date().isoformat()
    told = TOLD | {"name": "孙七", "form": "女士", "phone": "139 0000 0007", "signed_on": day, "paid_on": day}
    clerk.post("/admin/signings/keep", **told)
    project = look(lambda s: s.scalars(select(Project).where(Project.number == "HT-77")).one())
    owner = look(lambda s: s.get(Project, project.id).members[0].customer)
    assert (owner.name, owner.phone, owner.stage) == ("孙七", "13900000007", "signed")
    assert "已经在工地里" in text(clerk.post("/admin/signings/keep", **told))


def test_a_customer_who_comes_again_is_signed_from_their_page(as_role, desk, look, now):
    clerk, day = as_role("finance"), now.date().isoformat()
    assert "登记签约" in text(clerk.get(f"/admin/customers/details/?id={desk.customer.id}"))
    clerk.post("/admin/signings/keep", **TOLD | {"customer": desk.customer.id, "signed_on": day, "paid_on": day})
    row = look(lambda s: s.scalars(select(Signing)).one())
    assert row.came_back and row.customer_id == desk.customer.id and row.enquiry_id is None
