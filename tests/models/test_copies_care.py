"""The copy of a person's data holds their calls, slips and gifts, and nothing of anybody else's."""

import json

import pytest

from models.callbacks import OUTCOMES, Slip, SlipRound
from models.desk.callback import callbacks
from models.desk.marketing import gifts
from models.desk.marketing.gifts import Wish
from models.desk.personal import copies, whose
from models.people import Customer
from models.worktime import local_day
from templates import terms
from tests.models.builders import house

pytestmark = pytest.mark.sqlite_only  # which rows, nothing of the database


def test_calls_slips_and_gifts_are_in_the_copy_and_nobody_elses(session, now):
    who = house(session, now)
    other = Customer(name="别人", phone="13600136001", created_at=now)
    session.add(other)
    for customer, follower, said in ((who.customer, who.homeowner, "漆面起皮"), (other, None, "别人的事")):
        call = callbacks.ask(
            session, "building", about=who.project, now=now, customer=customer, follower=follower, key=said, words=said
        )
        call.result = f"{said}，王师傅 13900139000"
        rounds = [SlipRound(number=1, opened_at=now, problem=said, measures="周五重刷")]
        facts = {"number": f"LX-{said}", "key": said, "problem": said, "opened_at": now, "rounds": rounds}
        session.add(Slip(customer=customer, follower=follower, project=who.project, **facts))
        wish = Wish("visit", local_day(now), "同事的备注", what="果篮" if follower else "月饼", value=9_000)
        gifts.ask(session, customer, wish, staff=who.agent, now=now)
    session.flush()
    found = copies.collect(session, whose.person(session, who.homeowner, None))
    assert [row["words"] for row in found["callbacks"]] == ["漆面起皮"]
    assert [row["rounds"] for row in found["slips"]] == [[["漆面起皮", "周五重刷", ""]]]
    assert [(row["what"], row["total"], row["state"]) for row in found["gifts"]] == [("果篮", 90, "asked")]
    told = json.dumps(found, ensure_ascii=False)
    assert not any(words in told for words in ("别人", "月饼", "13900139000", "同事的备注"))


def test_how_a_try_ended_is_said_in_english_too():
    assert [name for name in OUTCOMES.values() if not terms.english(name).isascii()] == []
