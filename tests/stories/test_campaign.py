"""A Saturday lecture: marketing writes, the manager lets it go; who wrote lately reads it at once, the others together.

One of them has had enough, and is not written to again.
"""

import datetime as dt

import pytest
from sqlalchemy import select

from models.actors import By
from models.campaigns import Campaign, MassSend, Recipient
from models.desk.account import people
from models.desk.delivery import terms
from models.desk.marketing import campaigns, reach
from models.desk.marketing.campaigns import Plan
from models.people import Customer
from models.staff import Staff

EVERYBODY = {"groups": [{"conditions": [{"field": "lang", "op": "is", "value": ["zh"]}]}]}
HOUSE = terms.House()


@pytest.fixture
def street(scene, cast):
    """Mrs Lin wrote this morning; three neighbours have followed for weeks and never written."""
    cast.homeowner.says("你好")
    neighbours = [scene.person(f"oStory_neighbour{number}", f"邻居{number}") for number in range(3)]
    with scene.desk() as session:
        for one in neighbours:
            people.find_or_add(session, one.openid, now=scene.now())
        people.find_or_add(session, "oStory_neighbour0", now=scene.now()).customer = Customer(
            name="王芳", form="女士", created_at=scene.now()
        )
    for one in (cast.homeowner, *neighbours):
        one.reads()
    return cast.homeowner, neighbours


@pytest.fixture
def lecture(scene, street):
    """Written by 小林, approved by 周经理, on its way; returns a function that plans another."""

    def plan(name: str = "讲座", words: str = "周六下午展厅有水电避坑讲座。", mass: bool = True) -> None:
        with scene.desk() as session:
            author, boss = (By("staff", one.id, one.name) for one in session.scalars(select(Staff).limit(2)))
            told = Plan(name, body=words, audience=EVERYBODY, mass=mass)
            campaign = campaigns.make(session, told, by=author, now=scene.now())
            found = reach.preview(session, campaign, HOUSE, now=scene.now())
            campaigns.check(campaign, found, by=author, now=scene.now())
            campaigns.approve(campaign, by=boss, now=scene.now())
            campaigns.schedule(campaign, by=author, now=scene.now())

    return plan


def test_a_lecture_reaches_everybody_once_by_the_way_that_is_open(scene, street, lecture):
    lin, neighbours = street
    lecture()
    for _ in range(3):
        scene.run_jobs()
    (told,) = lin.reads()
    assert told.startswith("林女士，周六下午展厅有水电避坑讲座。") and "退订" in told
    for one in neighbours:
        assert [text.splitlines()[0] for text in one.reads()] == ["周六下午展厅有水电避坑讲座。"], "without a name"
    with scene.desk() as session:
        send = session.scalars(select(MassSend)).one()
        assert (send.state, send.size, send.counts["SentCount"]) == ("sent", 3, 3)
        assert session.scalars(select(Campaign)).one().state == "done"


def test_nobody_is_invited_to_a_lecture_while_water_runs_down_the_wall(scene, cast, lecture):
    scene.travel(scene.now() + dt.timedelta(days=3))
    lecture(mass=False)
    scene.run_jobs()
    assert [(row.state, row.reason) for row in scene.letters(purpose="marketing")][0] == ("held", "window_closed")
    cast.homeowner.reads()
    assert "水" in cast.homeowner.says("水管爆了，厨房全是水")
    for _ in range(2):
        scene.run_jobs()
    assert not [text for text in cast.homeowner.reads() if "讲座" in text]
    assert "urgent_open" in {row.reason for row in scene.letters(purpose="marketing")}


def test_who_has_had_enough_is_not_written_to_again(scene, street, lecture):
    lin, neighbours = street
    lecture()
    for _ in range(3):
        scene.run_jobs()
    neighbours[0].says("退订")
    scene.travel(scene.now() + dt.timedelta(days=8))
    for one in (lin, *neighbours):
        one.reads()
    lecture("讲座二", "周日还有一场。")
    for _ in range(3):
        scene.run_jobs()
    assert [bool(one.reads()) for one in (lin, *neighbours)] == [True, False, True, True]
    with scene.desk() as session:
        newest = session.scalars(select(Campaign).order_by(Campaign.id.desc())).first()
        outs = session.scalars(
            select(Recipient.reason).where(Recipient.campaign_id == newest.id, Recipient.reason != "")
        )
        assert list(outs) == ["opted_out"]


def test_two_lectures_on_one_day_are_one_too_many(scene, street, lecture):
    lin, neighbours = street
    lecture()
    lecture("讲座二", "周日还有一场。")
    for _ in range(3):
        scene.run_jobs()
    assert [len(one.reads()) for one in (lin, *neighbours)] == [1, 1, 1, 1]
    scene.travel(scene.now() + dt.timedelta(days=1))
    for _ in range(3):
        scene.run_jobs()
    assert [len(one.reads()) for one in (lin, *neighbours)] == [1, 1, 1, 1]
