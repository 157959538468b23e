"""Cards of packages: one article each, with our picture, shown once to an enquiry, and useless when late."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.parcels import Article
from jobs.outbox import deliver
from models.actors import SYSTEM
from models.desk.account import people
from models.desk.sales import enquiries, offers
from models.outbound import Outgoing
from models.people import Follower
from models.sales import Package
from models.talk import Message
from templates import Texts


@pytest.fixture
def world(world):
    """The house with the words that customers really read."""
    return replace(world, texts=Texts())


@pytest.fixture
def package(sessions):
    with sessions.begin() as session:
        row = Package(
            name="暖居·简白", style="现代简约", summary="全屋水电。", price_low=99900, price_high=129900,
            picture="2026/11/abc.jpg", link="",
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def shows(sessions, follower_id, ids, now, **wish):
    """What the chat's verb does: the packages are shown to the person's enquiry."""
    with sessions.begin() as session:
        who = session.get_one(Follower, follower_id)
        enquiry = enquiries.ask(session, who, enquiries.Wish(**wish), by=SYSTEM, now=now)
        return len(offers.show(session, who, enquiry, ids, area=89, now=now))


def test_a_card_has_title_words_picture_and_page(world, person, platform, sessions, quick, package, now, settings):
    chen = person("W1")
    assert shows(sessions, chen, [package], now) == 1
    assert deliver(world, rate=quick) == 1
    picture = f"{settings.public_url}/p/pictures/2026/11/abc.jpg"
    assert platform.cards == [
        Article("暖居·简白", "现代简约，每㎡大约999元到1,299元。全屋水电。", picture, picture),
    ]  # fmt: skip
    with sessions() as session:
        row = session.scalars(select(Outgoing).where(Outgoing.kind == "news")).one()
        assert (row.state, row.sent_text.splitlines()[0]) == ("sent", "暖居·简白")
        assert not session.scalars(select(Message).where(Message.kind == "news")).all()  # nobody has a thread here


def test_a_package_is_shown_once_to_an_enquiry_and_again_to_the_next(
    world, person, platform, sessions, quick, package, now
):
    chen, wang = person("W1"), person("W2")
    assert [shows(sessions, chen, [package, package], now), shows(sessions, chen, [package], now)] == [1, 0]
    assert shows(sessions, wang, [package], now) == 1
    deliver(world, rate=quick)
    assert [kind for kind, _, _ in platform.sent] == ["news", "news"]


def test_what_is_no_longer_offered_is_not_shown(sessions, person, package, now):
    chen = person("W1")
    with sessions.begin() as session:
        session.get_one(Package, package).active = False
    assert shows(sessions, chen, [package, 4711], now) == 0


def test_a_card_without_a_picture_opens_its_own_page(world, person, platform, sessions, quick, package, now):
    with sessions.begin() as session:
        row = session.get_one(Package, package)
        row.picture, row.link = "", "https://nuanju.example/simple"
    shows(sessions, person("W1"), [package], now)
    deliver(world, rate=quick)
    assert (platform.cards[0].picture, platform.cards[0].url) == ("", "https://nuanju.example/simple")


def test_a_card_that_comes_late_is_not_sent(world, person, platform, sessions, quick, package, now, clock):
    shows(sessions, person("W1"), [package], now)
    clock.now = now + dt.timedelta(minutes=31)
    deliver(world, rate=quick)
    assert platform.sent == []


def test_without_an_enquiry_it_is_the_persons(sessions, now, package):
    with sessions.begin() as session:
        who = people.find_or_add(session, "o-new", now=now)
        assert len(offers.show(session, who, None, [package], now=now)) == 1
        assert offers.show(session, who, None, [package], now=now) == []
