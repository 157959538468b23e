"""What a crew's page holds besides the steps: faults left, materials, another time, a later day, where it is."""

import pytest
from sqlalchemy import select

from bot.pages import fields
from models.desk.repair import items
from models.desk.repair.items import Fault
from models.outbound import Outgoing
from models.work import Repair
from tests.bot.pages.forms import read


@pytest.fixture
def on_site(press, link, sessions, house) -> str:
    """The crew stands at the door of a job of two faults."""
    with sessions.begin() as session:
        items.name(session.get(Repair, house.repair), [Fault("厨房漏水"), Fault("卧室门关不上")])
    for step in ("accept", "start", "arrive"):
        press(link(), step)
    return link()


def told(sessions) -> list[str]:
    with sessions() as session:
        return list(session.scalars(select(Outgoing.text_key).where(Outgoing.purpose == "service")))


def case(sessions, house):
    with sessions() as session:
        repair = session.get(Repair, house.repair)
        return repair.state, [(i.state, i.note) for i in repair.items], [v.materials for v in repair.visits]


def test_one_fault_is_left_with_its_reason_and_materials_are_lines(client, press, on_site, sessions, house) -> None:
    page = client.get(on_site).text
    assert "1. 厨房漏水" in page and "2. 卧室门关不上" in page
    form = {"item-1": "done", "item-2": "left", "why-2": "等合页", "materials": "角阀1个\r\n\r\n生料带1卷"}
    answers = [press(on_site, "finish", "换了角阀", page=page, **form).status_code for _ in range(2)]
    assert answers == [303, 303], "pressed twice is done once"
    assert case(sessions, house) == ("accepted", [("done", ""), ("left", "等合页")], [["角阀1个", "生料带1卷"]])
    assert told(sessions).count("notice.items_left") == 1
    again = client.get(on_site).text
    assert "没修" in again and "等合页" in again and "现在出发" in again


def test_a_fault_left_without_a_reason_is_said_and_everything_typed_is_still_there(press, on_site) -> None:
    answer = press(on_site, "finish", "换了角阀", **{"item-2": "left", "why-2": " ", "materials": "角阀1个"})
    assert answer.status_code == 422 and "没修的那一项还差原因" in answer.text
    assert "换了角阀</textarea>" in answer.text and "角阀1个</textarea>" in answer.text


def test_another_time_is_asked_of_the_owner_once_and_moves_nothing(press, on_site, client, sessions, house) -> None:
    page = client.get(on_site).text
    form = {"day": "2026-12-05", "part": "morning"}
    assert [press(on_site, "ask_time", "等配件", page=page, **form).status_code for _ in range(2)] == [303, 303]
    assert told(sessions).count("notice.ask_time") == 1
    assert read(sessions, house).state == "on_site"
    assert "在问业主" in client.get(on_site).text


def test_a_delay_is_told_once_with_its_day(press, on_site, client, sessions) -> None:
    page = client.get(on_site).text
    assert [press(on_site, "delay", "缺货", page=page, day="2026-12-05").status_code for _ in range(2)] == [303, 303]
    assert told(sessions).count("notice.delayed") == 1
    assert "12月5日" in client.get(on_site).text


@pytest.mark.parametrize(
    ("step", "words", "form", "said"),
    [
        ("ask_time", "", {}, "还差日期"),
        ("ask_time", "", {"day": "2020-01-01", "part": "morning"}, "已经过了"),
        ("ask_time", "", {"day": "2026-12-05", "part": "midnight"}, "还差日期"),
        ("delay", "缺货", {"day": "yesterday"}, "还差日期"),
        ("delay", " ", {"day": "2026-12-05"}, "还差原因"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(press, on_site, sessions, step, words, form, said) -> None:
    before = told(sessions)
    answer = press(on_site, step, words, **form)
    assert answer.status_code == 422 and said in answer.text
    assert told(sessions) == before


def test_the_place_goes_with_the_arrival(press, link, sessions, house) -> None:
    press(link(), "accept")
    press(link(), "arrive", lat="30.2741", lon="120.1551")
    with sessions() as session:
        (visit,) = session.get(Repair, house.repair).visits
        assert (visit.lat, visit.lon) == (30.2741, 120.1551)


@pytest.mark.parametrize("form", [{"lat": "x", "lon": "1"}, {"lat": "1"}, {"item-x": "left"}, {"item-²": "left"}])
def test_nonsense_is_as_if_it_were_not_there(form) -> None:
    assert fields.read(form) == fields.Fields()


def test_a_place_that_is_none_on_earth_is_refused(press, link, sessions, house) -> None:
    press(link(), "accept")
    assert press(link(), "arrive", lat="999", lon="0").status_code == 422
    assert read(sessions, house).state == "accepted"


def test_the_owner_sees_which_fault_is_mended(client, press, on_site, link) -> None:
    press(on_site, "finish", "换了角阀", **{"item-2": "left", "why-2": "等合页"})
    page = client.get(link("repair")).text
    assert "修好了" in page and "还没修" in page and "等合页" in page
