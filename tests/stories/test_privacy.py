"""Somebody asks to be forgotten while a repair goes on, and comes back as a stranger; somebody else just leaves."""

import datetime as dt

import pytest
from sqlalchemy import select

from jobs import privacy as carried_out
from jobs import retention
from models.actors import By
from models.desk import care
from models.desk.personal import privacy
from models.people import Customer, Follower
from models.privacy import PrivacyRequest
from models.staff import Role, Staff
from models.work import Repair

pytestmark = pytest.mark.sqlite_only  # the erasing itself is tested on both databases in tests/models


def second(session) -> list[Staff]:
    """Two colleagues who may see to it."""
    role = session.scalars(select(Role).where(Role.name == "manager")).one()
    session.add_all(Staff(username=f"m{n}", name=f"经理{n}", role=role) for n in (1, 2))
    session.flush()
    return list(session.scalars(select(Staff).where(Staff.username.in_(("m1", "m2"))).order_by(Staff.id)))


def test_forgotten_once_the_repair_is_over_and_a_stranger_afterwards(scene, cast):
    who = cast.homeowner
    who.says("厨房水龙头滴水，明天上午在家")
    number = who.says("是的") and scene.repair().number
    assert number in who.says("删除我的信息")
    asked = who.says("确定")
    with scene.desk() as session:
        row = session.scalars(select(PrivacyRequest)).one()
        assert row.number in asked
        one, two = second(session)
        privacy.check(session, row, one, "回电核对过", now=scene.now())
        privacy.approve(session, row, two, now=scene.now())
    scene.run_jobs()
    assert any(f"{number} 办完就删" in text for text in who.reads())
    with scene.desk() as session:
        assert session.scalars(select(PrivacyRequest)).one().state != "done"
        repair = session.scalars(select(Repair)).one()
        care.cancel(session, repair, reason="不修了", by=By("customer", repair.follower_id, ""), now=scene.now())
    scene.travels(hours=2)
    with scene.sessions() as session:
        assert session.scalars(select(PrivacyRequest)).one().state == "done"
    # The same phone writes again: nobody knows it, and nothing of before is said.
    answer = who.says("我家的报修到哪了")
    assert number not in answer and "翡翠城" not in answer
    assert "没有在办的资料申请" in who.says("我的资料删了吗")
    with scene.sessions() as session:
        assert session.query(Follower).filter_by(openid=who.openid).one().customer is None
        assert not session.scalars(select(Customer).where(Customer.name == "陈明")).all()
        assert session.scalars(select(Repair)).one().number == number


def test_who_leaves_without_a_contract_is_forgotten_after_a_month(scene, cast):
    passer = scene.person("oStory_passer", "路人")
    passer.says("你好")
    passer.leaves()
    cast.homeowner.leaves()
    scene.travel(scene.now() + dt.timedelta(days=31))
    assert retention.run(scene.world) > 0 and carried_out.run(scene.world) == 1
    with scene.sessions() as session:
        row = session.scalars(select(PrivacyRequest)).one()
        assert (row.cause, row.state, row.owner) == ("left", "done", None)
        assert session.query(Follower).filter_by(openid=passer.openid).one_or_none() is None
        # A contract binds the other one.
        assert session.query(Follower).filter_by(openid=cast.homeowner.openid).one().customer.name
