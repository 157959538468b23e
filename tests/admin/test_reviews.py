"""The review of what is overdue: by China's days, with a new date for the customer, on the days it is held."""

import datetime as dt

import pytest

from models import Outgoing, Repair, Review, ReviewDay

pytestmark = pytest.mark.sqlite_only  # the verbs are tested on both databases


def page(person, path: str) -> str:
    return person.get(f"/admin/{path}").get_data(as_text=True)


def test_a_day_that_is_over_in_china_is_over_at_night_too(as_role, desk, session, clock):
    clock.advance(days=8, hours=15)
    desk.repair.late_until = dt.date(2026, 11, 29)
    session.commit()
    assert clock().date() == dt.date(2026, 11, 29), "while China writes the 30th"
    shown = page(as_role("manager"), "reviews/")
    assert desk.repair.number in shown and "又过了" in shown


def test_an_overdue_case_is_reviewed_with_a_new_date_for_the_customer(as_role, desk, look, clock):
    clock.advance(days=9)
    manager, repair = as_role("manager"), desk.repair
    shown = page(manager, "reviews/")
    assert repair.number in shown and "还没告诉客户" in shown and "还有 1/1 张没看" in shown
    refused = manager.post(f"/admin/reviews/{repair.id}/hold", words="等配件", until="2026-11-01", reason="缺货")
    assert refused.status_code == 409 and look(lambda s: s.query(Review).count()) == 0
    told = {"words": "换李师傅", "until": "2026-12-03", "reason": "等配件"}
    assert manager.post(f"/admin/reviews/{repair.id}/hold", **told).status_code == 302
    assert look(lambda s: s.get(Repair, repair.id).late_until) == dt.date(2026, 12, 3)
    assert look(lambda s: s.query(Outgoing).filter_by(text_key="notice.delayed").count()) == 1
    shown = page(manager, "reviews/")
    assert "已复核" in shown and "换李师傅" in shown and "还有 0/1 张没看" in shown
    assert manager.post(f"/admin/reviews/{repair.id}/hold", words="再定").status_code == 409
    assert "超期复核" in page(manager, f"repairs/{repair.number}")
    assert manager.post("/admin/reviews/days", day_1="1", who_1=str(desk.staff["engineer"].id)).status_code == 302
    assert look(lambda s: {row.weekday: row.reviewer_id for row in s.query(ReviewDay)}) == {
        1: desk.staff["engineer"].id
    }
    assert manager.post("/admin/reviews/days").status_code == 409
