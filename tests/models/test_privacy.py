"""Privacy requests: one owner, two colleagues, one promise, no way back once it runs; every other arrow is refused."""

import datetime as dt

import pytest
from sqlalchemy import select

from models.actors import SYSTEM, By
from models.desk import care, promises
from models.desk.marketing import events
from models.desk.personal import erasing, privacy, whose
from models.desk.repair import repairs
from models.desk.repair.repairs import Report
from models.desk.staff import roles
from models.errors import IllegalMove, Missing, NotFound
from models.outbound import Outgoing
from models.people import Customer, Follower
from models.privacy import PrivacyRequest
from models.staff import Staff
from models.states import PRIVACY

NOW = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def people(session):
    """A person with two WeChats, a stranger, a manager and an administrator."""
    by_name = roles.plant(session)
    chen = Customer(name="陈明", form="先生", phone="13800138000", created_at=NOW)
    found = {
        "chen": Follower(openid="o1", customer=chen, created_at=NOW),
        "chens_second": Follower(openid="o2", customer=chen, created_at=NOW),
        "stranger": Follower(openid="o3", created_at=NOW),
        "manager": Staff(username="m", name="周经理", role=by_name["manager"]),
        "admin": Staff(username="a", name="管理员", role=by_name["admin"]),
    }
    session.add_all(found.values())
    session.flush()
    return found


def by(follower):
    return By("customer", follower.id, "")


def ask(session, follower, wish="delete", now=NOW):
    return privacy.ask(session, follower, wish, "删除我的资料", by=by(follower), now=now)[0]


def told(session):
    return [row.text_key for row in session.scalars(select(Outgoing).order_by(Outgoing.id))]


def test_it_has_a_number_an_owner_and_fifteen_working_days(session, people):
    row = ask(session, people["chen"])
    assert row.number == "YS20261123-0001" and row.owner is people["manager"] and row.proof == "wechat"
    # Monday the 23rd and fifteen working days: Monday the 14th of December, at ten as it was asked.
    assert privacy.due_at(session, row) == dt.datetime(2026, 12, 14, 2, 0, tzinfo=dt.UTC)


def test_the_same_again_from_any_wechat_of_the_person_is_the_same_one(session, people):
    first = ask(session, people["chen"])
    again, new = privacy.ask(session, people["chens_second"], "delete", "还没删", by=by(people["chen"]), now=NOW)
    assert again is first and not new and first.chased == 1 and first.events[-1].name == "asked_again"
    other = ask(session, people["stranger"])
    export, new = privacy.ask(session, people["chen"], "export", "导出", by=by(people["chen"]), now=NOW)
    assert other is not first and export is not first and new


def test_a_place_at_an_event_is_somebody_elses_when_it_begins(session, people):
    plan = events.Plan("家装讲座", NOW + dt.timedelta(days=5), place="城西展厅", capacity=2)
    event = events.make(session, plan, by=SYSTEM, now=NOW)
    event.move("open", by=SYSTEM, now=NOW)
    session.flush()
    chen, stranger = (
        events.sign_up(session, people[name], event.id, 2, by=by(people[name]), now=NOW)
        for name in ("chen", "stranger")
    )
    row = ask(session, people["chen"])
    privacy.check(session, row, people["manager"], "本人", now=NOW)
    privacy.approve(session, row, people["admin"], now=NOW)
    session.flush()
    erasing.advance(session, row.id, forget=lambda _: None, now=NOW + dt.timedelta(hours=2), batch=1)
    session.expire_all()
    assert (row.state, chen.state, stranger.state) == ("running", "cancelled", "signed")
    assert "events.moved_up" in told(session)


def test_a_deletion_needs_two_colleagues_and_the_person_hears_of_it(session, people):
    row = ask(session, people["chen"])
    with pytest.raises(IllegalMove):
        privacy.approve(session, row, people["admin"], now=NOW)
    with pytest.raises(Missing):
        privacy.check(session, row, people["manager"], " ", now=NOW)
    privacy.check(session, row, people["manager"], "合同和电话对上了", now=NOW)
    with pytest.raises(privacy.SecondPerson):
        privacy.approve(session, row, people["manager"], now=NOW)
    privacy.approve(session, row, people["admin"], now=NOW)
    assert row.state == "approved" and "privacy.approved" in told(session)
    assert list(privacy.carried_out(session, "delete")) == [row] and not privacy.carried_out(session, "export")


def test_sent_back_it_is_looked_at_again(session, people):
    row = ask(session, people["chen"])
    privacy.check(session, row, people["manager"], "看过", now=NOW)
    privacy.send_back(session, row, people["admin"], "电话对不上", now=NOW)
    assert row.state == "open" and row.checked_by is None
    with pytest.raises(IllegalMove):
        privacy.send_back(session, row, people["admin"], "再看", now=NOW)


def test_refused_with_a_reason_that_the_person_reads(session, people):
    row = ask(session, people["chen"])
    privacy.refuse(session, row, people["manager"], "请先用合同号绑定。", now=NOW)
    assert row.state == "refused" and not row.is_open and told(session)[-1] == "privacy.refused"
    assert promises.find(session, privacy.ANSWER, row) is None


def test_taken_back_until_it_runs(session, people):
    with pytest.raises(NotFound):
        privacy.withdraw(session, people["stranger"], "撤回", by=by(people["stranger"]), now=NOW)
    row = ask(session, people["chen"])
    assert privacy.withdraw(session, people["chens_second"], "撤回", by=by(people["chen"]), now=NOW) is row
    assert row.state == "withdrawn" and promises.find(session, privacy.ANSWER, row) is None
    row = ask(session, people["chen"])
    privacy.check(session, row, people["manager"], "看过", now=NOW)
    privacy.approve(session, row, people["admin"], now=NOW)
    row.move("running", by=by(people["chen"]), now=NOW)
    with pytest.raises(privacy.TooLate):
        privacy.withdraw(session, people["chen"], "撤回", by=by(people["chen"]), now=NOW)


def test_what_goes_on_is_named_and_nobody_elses(session, people):
    who, other = people["chen"], people["stranger"]
    mine = repairs.open_repair(session, who, Report(problem="厨房漏水"), by=by(who), now=NOW)
    repairs.open_repair(session, other, Report(problem="门坏了"), by=by(other), now=NOW)
    row = ask(session, people["chens_second"])
    assert privacy.owed_first(session, row) == [mine.number]
    care.cancel(session, mine, reason="好了", by=by(who), now=NOW)
    assert privacy.owed_first(session, row) == []


def test_a_crews_and_a_colleagues_wechat_are_no_customers(session, people):
    people["chens_second"].staff = people["manager"]
    session.flush()
    assert whose.person(session, people["chen"], None).openids == ("o1",)


@pytest.mark.sqlite_only  # the machine knows no database
@pytest.mark.parametrize("state", PRIVACY)
@pytest.mark.parametrize("to", PRIVACY)
def test_every_arrow_and_no_other(session, people, state, to):
    row = PrivacyRequest(number="YS1", wish="delete", _state=state, opened_at=NOW)
    session.add(row)
    session.flush()
    if to in PRIVACY[state]:
        row.move(to, by=by(people["chen"]), now=NOW)
        assert (row.state, row.events[-1].name) == (to, to)
    else:
        with pytest.raises(IllegalMove):
            row.move(to, by=by(people["chen"]), now=NOW)
        assert row.state == state
