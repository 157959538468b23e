"""Limits are said and typed as people do: 2小时, 3天, 3个工作日; what cannot be read is refused with a way."""

import pytest

from admin.durations import DAY, read
from models import Policy, Staff
from tests.admin.test_roster import page

pytestmark = pytest.mark.sqlite_only  # what a page does does not depend on the database
#: A working day of seven and a half hours.
OFFICE = 450


@pytest.mark.parametrize(
    ("typed", "day", "minutes"),
    [
        ("30分钟", DAY, 30), ("30 分", DAY, 30), ("2小时", DAY, 120), ("2 个小时", DAY, 120), ("两小时", DAY, None),
        ("1小时30分", DAY, 90), ("1.5小时", DAY, 90), ("半小时", DAY, 30), ("半天", OFFICE, 225), ("3天", DAY, 4320),
        ("3天", OFFICE, 1350), ("3个工作日", OFFICE, 1350), ("3 工作日", OFFICE, 1350), ("3个工作日", DAY, None),
        ("２小时", DAY, 120), ("2 hours", DAY, 120), ("1 h 30 min", DAY, 90), ("3 days", DAY, 4320),
        ("1 day and 2 hours", DAY, 1560), ("5 working days", OFFICE, 2250), ("480", DAY, None), ("", DAY, None),
        ("三天", DAY, None), ("2小时吧", DAY, None), ("约2小时", DAY, None), ("-2小时", DAY, None),
        ("1.333分钟", DAY, None), ("0小时", DAY, 0), ("2小时3", DAY, None),
    ],
)  # fmt: skip
def test_what_is_typed_is_a_length_or_none(typed, day, minutes):
    assert read(typed, day=day) == minutes


@pytest.mark.parametrize(
    ("lang", "shown"),
    [("zh", ("3个工作日", "8小时", "30分钟", "30天")), ("en", ("3 working days", "8 hours", "2 days", "1 hour<"))],
)
def test_every_limit_of_the_house_is_said_in_both_languages(as_role, desk, session, lang, shown):
    session.get(Staff, desk.staff["manager"].id).lang = lang
    session.commit()
    body = page(as_role("manager"), "policies/")
    assert [one for one in shown if one not in body.replace("\n", "").replace(" <", "<")] == []


def test_limits_are_typed_with_their_unit_and_refused_with_a_sentence(as_role, desk, look):
    manager, (rule, title) = as_role("manager"), look(lambda s: one(s, "repair.finish"))
    address = f"policies/edit/?id={rule}"
    shown = page(manager, address)
    assert 'value="3个工作日"' in shown and "例如 30分钟、2小时、3天" in shown
    seen = shown.split('name="seen"')[1].split('value="')[1].split('"')[0]
    told = {"title": title, "working_time": "y", "warn_percent": "75", "seen": seen, "urgent_minutes": "1.5小时"}

    def send(told=told, **fields):
        return manager.post(f"/admin/{address}", **(told | fields)).get_data(as_text=True)

    unit, clock = "数字后面带上单位", {name: value for name, value in told.items() if name != "working_time"}
    for wrong, why in (("480", unit), ("200天", "最长192个工作日"), ("0分钟", "最短1分钟"), ("", "必填")):
        body = send(minutes=wrong)
        assert why in body and 'value="1.5小时"' in body, "what was typed stays"
    assert "按钟点算请写“天”" in send(clock, minutes="3个工作日")
    assert look(lambda s: s.get(Policy, rule).minutes) == 1350
    send(minutes="2天")
    assert look(lambda s: (s.get(Policy, rule).minutes, s.get(Policy, rule).urgent_minutes)) == (900, 90)
    assert "2个工作日" in page(manager, "policies/") and "1小时30分钟" in page(manager, "policies/")


def one(session, name):
    row = session.query(Policy).filter_by(name=name).one()
    return row.id, row.title
