"""Who brought whom: the first one, only new followers, thanked once; and codes with their guarded states."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Follower, Outgoing, QrCode, Referral
from models.desk.account import codes, people
from models.desk.sales import referrals
from models.qrcodes import MOVES, CannotMake
from tests.models.builders import House, house


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    return house(session, now)


@pytest.fixture
def newcomer(session: Session, now: dt.datetime) -> Follower:
    return people.find_or_add(session, "o-new", now=now)


def scene_of(session: Session, follower: Follower, now: dt.datetime) -> str:
    return referrals.code_of(session, follower, now=now).scene


def test_a_new_follower_is_put_down_to_who_brought_them_and_thanked_once(session, who, newcomer, now) -> None:
    scene = scene_of(session, who.homeowner, now)
    assert referrals.arrived(session, newcomer, scene, now=now).introducer is who.homeowner
    assert referrals.arrived(session, newcomer, scene, now=now) is None
    letters = session.scalars(select(Outgoing)).all()
    assert [(row.follower_id, row.text_key) for row in letters] == [(who.homeowner.id, "referral.thanks")]


def test_the_first_one_who_brought_somebody_wins(session, who, newcomer, now) -> None:
    first, second = scene_of(session, who.homeowner, now), scene_of(session, who.foreman, now)
    referrals.arrived(session, newcomer, first, now=now)
    assert referrals.arrived(session, newcomer, second, now=now) is None
    assert session.scalars(select(Referral.introducer_id)).all() == [who.homeowner.id]


def test_nobody_brings_themselves_an_old_follower_or_a_customer(session, who, newcomer, now) -> None:
    scene = scene_of(session, newcomer, now)
    assert referrals.arrived(session, newcomer, scene, now=now) is None
    newcomer.turn = 2
    other = scene_of(session, who.homeowner, now)
    assert referrals.arrived(session, newcomer, other, now=now) is None
    assert referrals.arrived(session, who.foreman, "ref_nobody", now=now) is None
    assert referrals.arrived(session, who.homeowner, scene, now=now) is None, "has a file"
    assert session.scalars(select(Referral)).all() == []


def test_somebody_who_was_brought_has_it_on_their_file(session, who, newcomer, now) -> None:
    referrals.arrived(session, newcomer, scene_of(session, who.homeowner, now), now=now)
    assert people.know(session, newcomer, now=now, name="王芳").source == "转介绍"


def test_asking_for_the_code_again_is_the_same_code(session, who, now) -> None:
    assert scene_of(session, who.homeowner, now) == scene_of(session, who.homeowner, now)
    assert len(session.scalars(select(QrCode)).all()) == 1


@pytest.mark.parametrize("state", MOVES)
@pytest.mark.parametrize("to", MOVES)
def test_a_code_moves_along_its_arrows_only(now, state, to) -> None:
    row = QrCode(kind="channel", scene="ch_1", next_try_at=now, created_at=now, _state=state)
    if to in MOVES[state]:
        row.move(to, now=now, reason="x")
        assert row.state == to
    else:
        with pytest.raises(CannotMake):
            row.move(to, now=now)
        assert row.state == state


def test_scans_are_counted_for_scenes_that_are_ours(session, now) -> None:
    row = codes.for_channel(session, "国庆展会", now=now)
    for scene in (row.scene, row.scene, "ch_other", ""):
        codes.scanned(session, scene)
    session.refresh(row)
    assert row.scans == 2


def test_what_the_platform_refused_is_wanted_again_by_the_same_wish(session, now) -> None:
    row = codes.want(session, "event", "event_1", title="讲座", now=now)
    row.move("failed", now=now, reason="40097")
    later = now + dt.timedelta(hours=1)
    assert codes.want(session, "event", "event_1", title="讲座", now=later) is row
    assert (row.state, row.next_try_at, row.reason) == ("wanted", later, "")
