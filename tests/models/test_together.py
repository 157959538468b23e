"""What one call can settle: several repairs of one household are dialled once, each with its own form and story."""

import datetime as dt

import pytest

from models import Customer, ProjectMember
from models.desk import promises
from models.desk.callback import callbacks, slips, together
from models.desk.callback.callbacks import Try
from models.errors import Missing
from models.worktime import SHANGHAI
from tests.models.builders import house, repair

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def now() -> dt.datetime:
    """Monday, ten in the morning."""
    return dt.datetime(2026, 11, 23, 10, tzinfo=SHANGHAI).astimezone(dt.UTC)


@pytest.fixture
def who(session, now):
    return house(session, now)


def owed(session, who, now, what: str, **more):
    case = repair(session, who, now, problem=what, category="", place="")
    return callbacks.ask(session, "repair_done", about=case, now=now, due_at=now + 2 * HOUR, **more)


@pytest.fixture
def three(session, who, now):
    return [owed(session, who, now, what) for what in ("水槽漏水", "卧室门关不上", "插座没电")]


def test_the_others_of_the_household_that_may_be_made_now_stand_beside_it(session, who, now, three):
    wife = Customer(name="李芳", phone="13800138009", created_at=now)
    session.add(ProjectMember(project=who.project, customer=wife))
    session.flush()
    owed(session, who, now, "地板响", customer=wife, phone=wife.phone)  # another telephone
    owed(session, who, now, "窗", from_at=now + 3 * HOUR)  # not yet
    slip = slips.raise_(session, who.project, "慢", by=who.by_staff, now=now)
    slips.answer(session, slip, "加人", promised_at=now + HOUR, by=who.by_staff, now=now)  # not taken yet
    tomorrow = owed(session, who, now, "灯")
    callbacks.reschedule(session, tomorrow, now + 24 * HOUR, by=who.by_staff, now=now)
    promised = owed(session, who, now, "墙")
    callbacks.attempt(session, promised, Try("later", next_at=now + 5 * HOUR), by=who.by_staff, now=now)
    callbacks.drop(session, owed(session, who, now, "门铃"), reason="没事了", by=who.by_staff, now=now)
    assert list(together.of(session, three[0], now=now)) == [*three[1:], tomorrow]
    assert promised in together.of(session, three[0], now=now + 5 * HOUR), "their moment has come"


@pytest.mark.sqlite_only  # plain rows
@pytest.mark.parametrize(("outcome", "hours"), [("no_answer", 5), ("off", None), ("later", 4)])
def test_dialled_once_it_is_on_file_with_all_of_them(session, who, now, three, outcome, hours):
    moment = now + hours * HOUR if hours else None
    said = together.tried(
        session, three[0], together.of(session, three[0], now=now), Try(outcome, moment, "没人"), by=who.by_staff,
        now=now,
    )  # fmt: skip
    assert list(said) == three[1:]
    for call in three:
        assert [(one.outcome, one.words, one.staff_id) for one in call.attempts] == [(outcome, "没人", who.agent.id)]
        assert call.due_at == three[0].due_at and promises.find(session, callbacks.DUE, call).due_at == call.due_at
    assert not together.of(session, three[0], now=now), "their moment is named"


@pytest.mark.sqlite_only  # plain rows
def test_a_refusal_is_of_that_call_alone_and_a_wrong_one_leaves_nothing(session, who, now, three):
    others = together.of(session, three[0], now=now)
    with pytest.raises(Missing):
        together.tried(session, three[0], others, Try("later"), by=who.by_staff, now=now)
    assert [call.attempts for call in three] == [[], [], []]
    assert together.tried(session, three[0], others, Try("refused", words="别打了"), by=who.by_staff, now=now) == ()
    assert [call.state for call in three] == ["dropped", "open", "open"]
