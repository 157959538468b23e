"""The department in the panel: who leaves, who is away, who works when, what shifts tell one another."""

import datetime as dt
import re

import pytest

from models import (
    Absence,
    Announcement,
    AuditEntry,
    Calendar,
    CalendarDay,
    Callback,
    Escalation,
    HandoverNote,
    Promise,
    Repair,
    RosterEntry,
    Shift,
    Staff,
)
from models.desk import promises
from models.desk.callback import callbacks
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


MONDAY_AT_TEN = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
MONDAY, TUESDAY = dt.date(2026, 11, 23), dt.date(2026, 11, 24)


@pytest.fixture
def shifts(session, desk) -> list[Shift]:
    rows = [
        Shift(name="早班", starts=dt.time(9), ends=dt.time(14)),
        Shift(name="夜班", starts=dt.time(22), ends=dt.time(6)),
    ]
    session.add_all(rows)
    session.commit()
    return rows


def seen_in(shown: str) -> str:
    return re.search(r'name="seen" value="([^"]*)"', shown)[1]


def rostered(look) -> dict:
    return look(lambda s: {(row.staff_id, row.day): row.shift_id for row in s.query(RosterEntry)})


def test_a_week_is_planned_in_the_grid_and_copied_to_the_next(as_role, desk, shifts, look, session):
    manager, agent = as_role("manager"), desk.staff["agent"].id
    shown = page(manager, "roster/?week=2026-11-25")
    assert "早班" in shown and "次日" in shown and "现在当班" in shown
    cells = {f"c_{agent}_20261123": str(shifts[0].id), f"c_{agent}_20261124": str(shifts[1].id)}
    assert manager.post("/admin/roster/save", week="2026-11-23", seen=seen_in(shown), **cells).status_code == 302
    assert rostered(look) == {(agent, MONDAY): shifts[0].id, (agent, TUESDAY): shifts[1].id}
    assert "已保存，改了 2 格" in page(manager, "roster/")
    session.add(CalendarDay(day=dt.date(2026, 12, 1), works=False, note="盘点"))
    session.commit()
    manager.post("/admin/roster/copy", week="2026-11-30")
    assert rostered(look)[agent, dt.date(2026, 11, 30)] == shifts[0].id
    assert (agent, dt.date(2026, 12, 1)) not in rostered(look), "the house is shut"
    assert "没什么可抄的" in manager.post("/admin/roster/copy", week="2027-01-11").get_data(as_text=True)


def test_calls_follow_the_roster_and_a_shifts_hours_and_the_page_says_so(as_role, desk, shifts, look, session, now):
    agent, second = desk.staff["agent"], Staff(username="second", name="钱工", role=desk.staff["agent"].role)
    call = callbacks.ask(session, "x", about=desk.repair, now=now, due_at=MONDAY_AT_TEN, owner=agent)
    session.add(second)
    session.commit()
    manager, mine, hers = as_role("manager"), f"c_{agent.id}_20261123", f"c_{second.id}_20261123"
    first = {"week": "2026-11-23", mine: str(shifts[0].id)}
    manager.post("/admin/roster/save", seen="", **first)
    manager.post("/admin/roster/save", seen=f"{mine}={shifts[0].id}", **(first | {mine: "", hers: str(shifts[0].id)}))
    assert look(lambda s: s.get(Callback, call.id).owner_id) == second.id
    assert "1 个回访转给了当班的同事" in page(manager, "roster/")
    shown = page(manager, f"shifts/edit/?id={shifts[0].id}")
    seen = shown.split('name="seen"')[1].split('value="')[1].split('"')[0]
    told = {"name": "早班", "starts": "11:00", "ends": "14:00", "active": "y", "seen": seen}
    assert manager.post(f"/admin/shifts/edit/?id={shifts[0].id}", **told).status_code == 302
    assert look(lambda s: s.get(Callback, call.id).due_at) == MONDAY_AT_TEN + dt.timedelta(hours=1)
    assert "1 个回访挪到了有人的时间" in page(manager, "shifts/")


def test_two_who_plan_the_same_week_keep_each_others_cells_and_meet_only_in_the_same_one(as_role, desk, shifts, look):
    manager, admin = as_role("manager"), as_role("admin")
    agent, engineer = desk.staff["agent"].id, desk.staff["engineer"].id
    seen = seen_in(page(manager, "roster/?week=2026-11-23"))
    first = {"week": "2026-11-23", "seen": seen}
    admin.post("/admin/roster/save", **first, **{f"c_{agent}_20261123": str(shifts[0].id)})
    manager.post(
        "/admin/roster/save", **first, **{f"c_{engineer}_20261123": str(shifts[1].id), f"c_{agent}_20261123": ""}
    )
    assert rostered(look) == {(agent, MONDAY): shifts[0].id, (engineer, MONDAY): shifts[1].id}
    answer = manager.post("/admin/roster/save", **first, **{f"c_{agent}_20261123": str(shifts[1].id)})
    assert answer.status_code == 409 and "早班" in answer.get_data(as_text=True)
    assert rostered(look)[agent, MONDAY] == shifts[0].id


@pytest.mark.parametrize("cell", ["c_{agent}_20261120", "c_99999_20261123"])
def test_the_past_and_who_is_not_there_cannot_be_planned(as_role, desk, shifts, look, cell):
    name = cell.format(agent=desk.staff["agent"].id)
    assert as_role("manager").post("/admin/roster/save", seen="", **{name: str(shifts[0].id)}).status_code == 409
    assert rostered(look) == {}


def test_who_may_only_look_sees_no_field(as_role, desk, shifts):
    shown = page(as_role("designer"), "roster/")
    assert "早班" in shown and "<select" not in shown and "保存排班" not in shown


def test_one_enters_ones_own_absence_and_only_planners_that_of_others(as_role, desk, shifts, look):
    agent, told = as_role("agent"), {"starts": "2026-11-21T12:00", "ends": "2026-11-21T18:00", "reason": "看病"}
    assert agent.post("/admin/absences/add", staff=str(desk.staff["engineer"].id), **told).status_code == 403
    wrong = agent.post("/admin/absences/add", **(told | {"ends": "2026-11-21T11:00"}))
    shown = wrong.get_data(as_text=True)
    assert "结束要晚于开始" in shown and 'value="看病"' in shown
    assert "完整的日期" in agent.post("/admin/absences/add", starts="x", ends="").get_data(as_text=True)
    assert agent.post("/admin/absences/add", substitute=str(desk.staff["manager"].id), **told).status_code == 302
    row = look(lambda s: s.query(Absence).one())
    assert (row.staff_id, row.substitute_id) == (desk.staff["agent"].id, desk.staff["manager"].id)
    shown = page(as_role("engineer"), "absences/")
    assert "看病" in shown and "不请了" not in shown
    assert as_role("engineer").post(f"/admin/absences/{row.id}/end").status_code == 403
    assert "→ 周经理" in page(as_role("engineer"), "roster/")
    agent.post(f"/admin/absences/{row.id}/end")
    assert look(lambda s: s.query(Absence).one().dropped_at) is not None
    actions = look(lambda s: [deed.action for deed in s.query(AuditEntry).order_by(AuditEntry.id)])
    assert {"absence.enter", "absence.end"} <= set(actions)


@pytest.mark.parametrize("path", ["roster/", "absences/", "shifts/"])
def test_empty_pages_say_what_would_stand_there_in_both_languages(as_role, desk, session, path):
    assert "还没有班次" in page(as_role("manager"), path) or "没有人请假" in page(as_role("manager"), path)
    desk.staff["manager"].lang = "en"
    session.commit()
    shown = page(as_role("manager"), path)
    assert not re.search(r"<h1>[^<]*[一-龥]", shown) and "roster." not in re.sub(r"<[^>]*>", "", shown)


def hours(**changed) -> dict:
    whole = {
        f"{end}_{key}_0": at for key in (*"01234", "workday") for end, at in (("start", "09:00"), ("end", "18:00"))
    }
    return whole | changed


def test_office_hours_are_tried_and_saved_and_nonsense_stays_in_the_form(as_role, desk, look, session, now):
    session.add(CalendarDay(day=dt.date(2026, 11, 24), works=False, note="盘点"))
    promise = promises.make(session, "suggestion.answer", desk.repair, now=now)
    session.commit()
    owed, due = promise.id, promise.due_at
    manager = as_role("manager")
    shown = page(manager, "calendar/")
    assert "往后两周" in shown and "自己定的" in shown and "09:00–12:00" in shown and "13:30–18:00" in shown
    trial = manager.post("/admin/calendar/preview", **hours(end_0_0="20:00")).get_data(as_text=True)
    assert "09:00–20:00" in trial and "还没保存" in trial
    assert look(lambda s: s.query(Calendar).count()) == 0
    wrong = manager.post("/admin/calendar/hours", **hours(start_3_1="19:00", end_3_1="17:00"))
    shown = wrong.get_data(as_text=True)
    assert "19:00 到 17:00 反了" in shown and 'value="19:00"' in shown
    assert manager.post("/admin/calendar/hours", **hours(start_0_1="19:00", end_0_1="21:00")).status_code == 302
    kept = look(lambda s: s.query(Calendar).one().hours)
    assert kept["0"] == [["09:00", "18:00"], ["19:00", "21:00"]] and kept["5"] == []
    deed = look(lambda s: s.query(AuditEntry).filter_by(action="calendar.hours").one())
    assert deed.after["0"] == kept["0"] and deed.before["0"] == [["09:00", "12:00"], ["13:30", "18:00"]]
    assert look(lambda s: s.get(Promise, owed).due_at) < due, "hours more a day: what nobody was told is due sooner"
    sooner = look(lambda s: s.get(Promise, owed).due_at)
    assert manager.post("/admin/calendar/new/", day="2026-11-23", note="台风").status_code == 302
    later = look(lambda s: s.get(Promise, owed).due_at)
    assert manager.post("/admin/calendar/delete/", id="2026-11-23").status_code == 302
    assert later > sooner == look(lambda s: s.get(Promise, owed).due_at)
    assert 'type="time"' not in page(as_role("agent"), "calendar/")


def test_a_year_without_holidays_is_warned_of_at_home_and_beside_the_hours(as_role, desk, clock):
    clock.advance(days=33)
    for path in ("", "calendar/"):
        assert "2027年的放假和调休还没有装入" in page(as_role("manager"), path)
    assert "还没有装入" not in page(as_role("agent"), "")


def test_what_is_owed_stands_by_due_time_and_opens_its_record(as_role, desk, session, clock):
    engineer, manager = as_role("engineer"), as_role("manager")
    shown = page(manager, "due/")
    assert f"/admin/repairs/{desk.repair.number}" in shown and "接单" in shown and "人工首次回复" in shown
    assert f"/admin/conversations/{desk.conversation.id}" in shown
    assert f"/admin/conversations/{desk.conversation.id}" not in page(engineer, "due/")
    assert "没有超时的" in page(manager, "due/?view=late")
    near = page(manager, "due/?view=near")
    assert "师傅接单" in near.split('id="due"')[1] and "人工首次回复" not in near.split('id="due"')[1]
    chosen = page(manager, f"due/?owner={desk.staff['engineer'].id}&policy=repair.accept")
    assert "赵工 ×" in chosen and "师傅接单 ×" in chosen and "人工首次回复" not in chosen.split('id="due"')[1]
    clock.advance(hours=1)
    assert "师傅接单" in page(manager, "due/?view=late").split('id="due"')[1]
    assert page(manager, "due/?view=nonsense&owner=x&after=y").count("<tr") == shown.count("<tr")


def test_the_board_goes_on_after_the_last_row(as_role, desk, session):
    manager = as_role("manager")
    rows = session.query(Promise).filter(Promise.met_at.is_(None)).order_by(Promise.due_at, Promise.id).all()
    last = f"1~{rows[1].due_at.isoformat()}~{rows[1].id}".replace("+", "%2B")
    assert page(manager, f"due/?after={last}").split('id="due"')[1].count("<tr") == len(rows) - 2 + 1  # and the head


def test_a_note_is_written_shown_at_home_and_signed_by_another(as_role, desk, look):
    agent, engineer = as_role("agent"), as_role("engineer")
    assert agent.post("/admin/handovers/write", words="1602 的配件明天到\n<b>别忘</b>").status_code == 302
    note = look(lambda s: s.query(HandoverNote).one())
    assert "1602 的配件明天到" not in page(agent, "")
    shown = page(engineer, "")
    assert "交接班待签" in shown and "&lt;b&gt;别忘" in shown
    assert agent.post(f"/admin/handovers/{note.id}/sign").status_code == 409
    assert engineer.post(f"/admin/handovers/{note.id}/sign", home="1").location.endswith("/admin/")
    assert "赵工 已签" in page(agent, "handovers/") and "待签" not in page(as_role("manager"), "")
    assert look(lambda s: s.query(AuditEntry).filter_by(action="handover.sign").count()) == 1


def test_an_announcement_is_confirmed_at_home_by_everybody_it_is_for(as_role, desk, look):
    manager, designer = as_role("manager"), as_role("designer")
    told = {"words": "周六停电，提前充电", "first": "2026-11-21", "last": "2026-11-22"}
    wrong = manager.post("/admin/announcements/make", **(told | {"last": "2026-11-20"}))
    assert wrong.status_code == 409 and "周六停电" in wrong.get_data(as_text=True)
    assert manager.post("/admin/announcements/make", **told).status_code == 302
    row = look(lambda s: s.query(Announcement).one())
    assert "周六停电" in page(designer, "") and "我看过了" in page(designer, "")
    assert designer.post(f"/admin/confirm/{row.id}").status_code == 302
    assert "周六停电" not in page(designer, "")
    shown = page(manager, "announcements/")
    assert (
        "1人已确认" in shown and "小林" in shown.split("还没确认：")[1] and "林设计" not in shown.split("还没确认：")[1]
    )
    manager.post(f"/admin/announcements/{row.id}/withdraw")
    assert "周六停电" not in page(as_role("agent"), "")
    assert as_role("agent").post(f"/admin/confirm/{row.id}").status_code == 409


def test_the_top_bar_says_whether_one_is_on_duty(as_role, desk, shifts, session, clock):
    agent = as_role("agent")
    assert "当班到" not in page(agent, "") and "下一班" not in page(agent, "")
    who = desk.staff["agent"].id
    for day, shift in ((21, shifts[0]), (22, shifts[1])):
        session.add(RosterEntry(day=dt.date(2026, 11, day), staff_id=who, shift_id=shift.id))
    session.commit()
    assert "当班到今天 14:00" in page(agent, "account/")
    clock.advance(hours=5)
    assert "下一班 明天 22:00" in page(agent, "")
    clock.advance(hours=36)  # three at night: the shift of the evening before
    assert "当班到今天 06:00" in page(agent, "")
    away = {"starts": "2026-11-23T00:00", "ends": "2026-11-23T12:00"}
    assert agent.post("/admin/absences/add", **away).status_code == 302
    assert "请假到今天 12:00" in page(agent, "")
