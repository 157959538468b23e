"""The repair's machine: every arrow that is allowed, and every one that is not."""

import datetime as dt

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models import Repair, states
from models.actors import SYSTEM
from models.errors import IllegalMove
from models.work import MOVES, OPEN_STATES, STATE_NAMES, Ticket
from tests.models.builders import house, repair

PAIRS = [(frm, to) for frm in MOVES for to in MOVES]


def a_repair(state: str) -> Repair:
    return Repair(number="BX1", kind="repair", _state=state)


@pytest.mark.parametrize(("frm", "to"), [pair for pair in PAIRS if pair[1] in MOVES[pair[0]]])
def test_an_allowed_arrow_changes_the_state_and_writes_who_and_why(frm: str, to: str, now: dt.datetime) -> None:
    case = a_repair(frm)
    event = case.move(to, by=SYSTEM, now=now, reason="因为")
    assert (case.state, event.from_state, event.to_state) == (to, frm, to)
    assert (event.actor_name, event.at, event.reason) == ("系统", now, "因为")


@pytest.mark.parametrize(("frm", "to"), [pair for pair in PAIRS if pair[1] not in MOVES[pair[0]]])
def test_any_other_arrow_is_refused_and_leaves_no_event(frm: str, to: str, now: dt.datetime) -> None:
    case = a_repair(frm)
    with pytest.raises(IllegalMove) as refusal:
        case.move(to, by=SYSTEM, now=now)
    assert refusal.value.facts["state"] == STATE_NAMES[frm]
    assert case.state == frm and not case.events


@pytest.mark.parametrize("machine", [states.REPAIR, states.COMPLAINT, states.TASK])
def test_every_state_of_a_machine_can_be_reached_and_leads_to_states_it_knows(machine: states.Machine) -> None:
    assert set().union(*machine.values()) | {next(iter(machine))} == set(machine)


def test_every_state_has_a_name_for_people() -> None:
    kinds = [mapper.class_ for mapper in Ticket.__mapper__.self_and_descendants]
    for kind in kinds:
        assert set(kind.moves) <= set(kind.names), kind
    assert set().union(*(kind.moves for kind in kinds)) == set(states.EVERY)
    assert {"done", "closed", "cancelled"}.isdisjoint(OPEN_STATES)


def test_nobody_can_set_the_state_past_the_machine() -> None:
    with pytest.raises(AttributeError):
        a_repair("reported").state = "closed"  # type: ignore[misc]


def test_the_database_refuses_a_state_that_does_not_exist(session: Session, now: dt.datetime) -> None:
    case = repair(session, house(session, now), now)
    case._state = "vanished"
    with pytest.raises(IntegrityError):
        session.flush()


def test_two_people_on_one_case_cannot_overwrite_each_other(session: Session, now: dt.datetime) -> None:
    case = repair(session, house(session, now), now)
    session.flush()
    seen = case.version
    case.tell("note", by=SYSTEM, now=now)
    case.contact_name = "陈太太"
    session.flush()
    assert case.version == seen + 1
    session.connection().exec_driver_sql(f"UPDATE ticket SET version = version + 1 WHERE id = {case.id}")
    case.contact_name = "别人"
    with pytest.raises(StaleDataError):
        session.flush()
