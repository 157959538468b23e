"""A signing cut anywhere: all of it stands or nothing; each is told once, and who brought them is credited once."""

import dataclasses
import datetime as dt
import itertools
import threading
from collections import Counter

import pytest
from sqlalchemy import func, select

from jobs import upkeep
from jobs.outbox import deliver
from models import Callback, Customer, Follower, Outgoing, Project, Referral, Signing, Staff
from models.actors import By
from models.desk.account import people
from models.desk.delivery import outbox
from models.desk.sales import enquiries, signing
from models.desk.sales.enquiries import Wish
from models.desk.sales.signing import Deal
from models.desk.staff import roles
from models.worktime import local_day
from templates import Texts
from tests.jobs.killed import POINTS, Death, Telling, deliver_and_die
from tests.models.builders import House, house
from tests.stories.test_crashes import Killed, Tripwire

#: Three colleagues, the customer and who brought them.
TOLD = {"o-agent", "o-engineer", "o-clerk", "o-new", "o-homeowner"}


@pytest.fixture
def deal(now: dt.datetime) -> Deal:
    today = local_day(now)
    return Deal("HT-9", "江南里", "5幢", "301", 18_600_000, 5_580_000, today, today)


@pytest.fixture
def who(sessions, now) -> House:
    """A newcomer whom the homeowner brought, with an open lead; everybody's window is open."""
    with sessions.begin() as session:
        who = house(session, now)
        clerk = Staff(username="clerk", name="钱会计", role=roles.plant(session)["finance"])
        session.add(clerk)
        for one in (who.agent, who.engineer, clerk):
            people.find_or_add(session, f"o-{one.username}", now=now).staff = one
        newcomer = people.find_or_add(session, "o-new", now=now)
        session.add(Referral(introducer=who.homeowner, newcomer=newcomer, at=now))
        session.flush()
        enquiries.ask(session, newcomer, Wish(asked="118平", name="李雷", form="先生"), by=who.by_staff, now=now)
        # The lead itself is no part of this scene.
        for row in session.scalars(select(Outgoing)):
            outbox.cancel(session, row, by=who.by_staff, now=now)
        for one in session.scalars(select(Follower)):
            one.reply_left, one.reply_until, one.last_heard_at = 5, now + dt.timedelta(hours=40), now
        return who


@pytest.fixture
def sign(sessions, who, deal, now):
    """Signs for the newcomer in one transaction, as the panel does."""

    def once(number: str = "HT-9") -> None:
        with sessions.begin() as session:
            newcomer = session.scalars(select(Follower).where(Follower.openid == "o-new")).one()
            one = dataclasses.replace(deal, number=number)
            signing.sign(session, newcomer.customer, one, by=By("staff", who.agent.id, "小林"), now=now)

    return once


def stands(sessions) -> list[int]:
    kinds = (Signing, Project, Callback, Outgoing)
    with sessions() as session:
        return [session.scalar(select(func.count()).select_from(kind)) for kind in kinds]


def test_cut_at_any_statement_nothing_stands_and_the_next_try_tells_everybody_once(engine, sessions, sign):
    before = stands(sessions)
    with Tripwire(engine) as wire:
        for step in itertools.count(1):
            wire.left = step
            try:
                sign()
            except Killed:
                assert stands(sessions) == before, f"cut at step {step}"
                continue
            break
    assert step > 10
    with pytest.raises(signing.ContractTaken):  # whoever never saw the answer sends the form again
        sign()
    with sessions() as session:
        row = session.scalars(select(Signing)).one()
        assert row.introducer.openid == "o-homeowner"
        letters = session.scalars(select(Outgoing).where(Outgoing.dedupe_key.startswith("signing:"))).all()
        assert Counter(one.follower.openid for one in letters) == dict.fromkeys(TOLD, 1)
        assert session.scalars(select(Callback)).one().purpose == "signed"


@pytest.mark.sqlite_only  # where a worker dies does not depend on the database
@pytest.mark.parametrize(
    ("point", "count"), [(point, count) for point in POINTS for count in ((1, 2, 6) if "commit" in point else (1, 5))]
)
def test_whoever_carries_it_dies_and_each_has_heard_of_it_once(
    engine, database_url, make_world, sessions, sign, clock, quick, tmp_path, point, count
):
    sign()
    heard, texts = tmp_path / "heard", Texts()
    heard.touch()
    engine.dispose()
    assert deliver_and_die(database_url, clock(), heard, texts, Death(point, count)) == 9
    alive = make_world(gateway=Telling(heard, Death("", 1 << 30)), texts=texts)
    clock.advance(minutes=4)
    upkeep.sweep(alive)
    deliver(alive, rate=quick)
    with sessions.begin() as session:  # what is in doubt a person asks about, and sends again what nobody had got
        for row in session.scalars(select(Outgoing).where(Outgoing.state == "unknown")):
            if row.follower.openid not in heard.read_text("utf-8").split():
                outbox.retry(session, row, by=By("staff", 1, "小林"), now=clock())
    deliver(alive, rate=quick)
    told = [line for line in heard.read_text("utf-8").splitlines() if line.startswith("o-")]
    assert Counter(line.split()[0] for line in told) == dict.fromkeys(TOLD, 1)


def test_two_contracts_of_one_newcomer_at_once_credit_and_thank_once(sessions, sign):
    start, crashes = threading.Barrier(2), []

    def one(number: str) -> None:
        start.wait()
        try:
            sign(number)
        except BaseException as crash:
            crashes.append(crash)
            raise

    threads = [threading.Thread(target=one, args=(number,)) for number in ("HT-9", "HT-10")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not crashes
    with sessions() as session:
        rows = session.scalars(select(Signing)).all()
        assert sorted((row.introducer_id is not None, row.came_back) for row in rows) == [(False, True), (True, False)]
        thanks = select(Outgoing).where(Outgoing.text_key == "referral.signed")
        assert len(session.scalars(thanks).all()) == 1
        assert session.scalars(select(Customer).where(Customer.name == "李雷")).one().stage == "signed"
