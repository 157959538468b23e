"""The grade of a lead: from what is known to a letter and its cause, one row per case."""

import datetime as dt

import pytest

from models.desk.sales import leads
from models.desk.sales.leads import Signs

TODAY = dt.date(2026, 11, 21)


def days(number: int) -> dt.date:
    return TODAY + dt.timedelta(days=number)


@pytest.mark.parametrize(
    ("known", "letter"),
    [
        ({}, "D"),
        ({"area": True}, "C"),
        ({"budget": True}, "C"),
        ({"phone": True}, "C"),
        ({"keys_on": days(400)}, "C"),
        ({"area": True, "phone": True}, "C"),
        ({"keys_on": days(30)}, "C"),
        ({"keys_on": days(30), "area": True}, "B"),
        ({"keys_on": days(-100), "area": True}, "B"),  # they have had the keys for long
        ({"keys_on": days(90), "area": True}, "B"),
        ({"keys_on": days(91), "area": True}, "C"),
        ({"keys_on": days(91), "area": True, "phone": True}, "B"),
        ({"keys_on": days(240), "area": True, "budget": True}, "B"),
        ({"keys_on": days(241), "area": True, "budget": True}, "C"),
        ({"area": True, "budget": True, "phone": True}, "B"),
        ({"decided": True}, "B"),
        ({"decided": True, "area": True}, "A"),
        ({"keys_on": days(30), "area": True, "budget": True, "phone": True}, "A"),
        ({"visit_booked": True}, "A"),
    ],
)
def test_what_is_known_makes_the_grade(known: dict, letter: str) -> None:
    assert leads.grade(Signs(TODAY, **known))[0] == letter


def test_a_fact_more_never_makes_a_lead_worse() -> None:
    facts = {"area": True, "budget": True, "phone": True, "visit_booked": True, "decided": True, "keys_on": days(20)}
    for name, value in facts.items():
        rest = {key: other for key, other in facts.items() if key != name}
        for known in ({}, rest, {"area": True}, {"phone": True, "keys_on": days(200)}):
            without = {key: other for key, other in known.items() if key != name}
            before, after = (
                leads.grade(Signs(TODAY, **without))[0],
                leads.grade(Signs(TODAY, **without, **{name: value}))[0],
            )
            assert not leads.better(before, after), (without, name)


def test_the_cause_is_told_in_words() -> None:
    known = Signs(TODAY, area=True, keys_on=days(30), visit_booked=True)
    assert leads.grade(known) == ("A", "已约量房或到店，三个月内拿房，面积已知")
    assert leads.grade(Signs(TODAY)) == ("D", "只问了一句")
