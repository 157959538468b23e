"""Erasing a person out of the demo company: nothing of theirs is left anywhere, nothing of anybody else is touched."""

import datetime as dt
import json

import pytest
from sqlalchemy import JSON, String, Text, select

from models import AuditEntry, Customer, Follower, LockedRecord, Message, PrivacyRequest, Project, Quote, Repair
from models.actors import By
from models.base import Base
from models.desk import escalations, trust, watch
from models.desk.account import binding, people
from models.desk.callback import callbacks
from models.desk.demo import company as demo
from models.desk.marketing import gifts
from models.desk.marketing.gifts import Wish
from models.desk.personal import erasing, locking, privacy, traces, whose
from models.desk.repair import notices, repairs
from models.desk.repair.repairs import Report
from models.desk.talk import conversations
from models.outbound import Outgoing
from models.personal import NOBODY, REASONS, RULES
from models.promises import Promise
from models.staff import Staff
from models.talk import Attachment, Inbound
from models.work import Escalation, Ticket
from models.worktime import local_day

NOW = dt.datetime(2026, 11, 23, 6, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=2)
TABLES = Base.metadata.tables
WORDY = String | Text | JSON


@pytest.mark.sqlite_only  # the rule knows no database
def test_every_column_of_words_has_been_decided():
    """Add the column to models/personal.py: RULES when a person may stand in it, else NOBODY."""
    undecided = []
    for name, table in TABLES.items():
        known = RULES[name].named if name in RULES else NOBODY.get(name, ("", ""))[1].split()
        undecided += [f"{name}.{c.name}" for c in table.columns if isinstance(c.type, WORDY) and c.name not in known]
    assert not undecided


@pytest.mark.sqlite_only  # the rule knows no database
def test_nothing_is_decided_twice_or_for_nothing():
    for name, rule in RULES.items():
        assert len(rule.named) == len(set(rule.named)), name
        assert set(rule.named) <= set(TABLES[name].columns.keys()), name
        assert set(rule.keep) <= set(REASONS), name
    for name, (reason, columns) in NOBODY.items():
        assert reason in REASONS and set(columns.split()) <= set(TABLES[name].columns.keys()), name
    assert not RULES.keys() & NOBODY.keys() and set(RULES) == set(traces.WHERE)


@pytest.mark.sqlite_only  # keys are spelled alike everywhere; the statements run on both below
def test_what_colleagues_were_told_of_a_talk_a_call_or_a_gift_goes_too(session, company):
    lin = company["lin"]
    boss = people.find_or_add(session, "o-boss", now=NOW)
    boss.staff = company["manager"]
    mine, other = conversations.of(session, boss), conversations.of(session, company["zhou"])
    gift = Wish("visit", local_day(NOW), "林晓介绍了一户", what="果篮", value=90_000)
    gifts.ask(session, lin.customer, gift, staff=staff(session, "agent"), now=NOW)
    for talk, words in ((conversations.of(session, lin), "我是林晓，找人"), (other, "我是周桂芳")):
        callbacks.ask(session, "asked", about=talk, now=NOW, owner=company["manager"])
        escalations.raise_(session, "promise_missed", talk, words=words, now=NOW, cause="t").owner = company["manager"]
    for row in session.scalars(select(Escalation).where(Escalation.cause_key.endswith(":t"))):
        notices.tell_owner(session, row, now=NOW)
    watch.run(session, now=NOW + dt.timedelta(hours=24))
    told = session.scalars(select(Outgoing).where(Outgoing.follower_id == boss.id, Outgoing.ticket_id.is_(None))).all()
    assert {row.text_key for row in told} >= {"staff.gift_asked", "staff.promise_missed", "staff.promise_near"}
    for row in told:
        said = json.dumps(row.facts, ensure_ascii=False)
        session.add(
            Message(conversation=mine, direction="out", author="bot", text=said, outgoing_id=row.id, created_at=NOW)
        )
    over(session, lin)
    erase(session, approved(session, company, lin))
    for name in ("outgoing", "message"):
        spelled = json.dumps(everything(session)[name], default=str, ensure_ascii=False)
        assert "林晓" not in spelled and "林女士" not in spelled and "我是周桂芳" in spelled, name
    late = select(Promise).where(
        Promise.state == "missed", Promise.met_at.is_(None), Promise.next_level_at.is_not(None)
    )
    assert not [row for row in session.scalars(late) if row.about is conversations.of(session, lin)]


@pytest.mark.sqlite_only  # what belongs to whom
def test_the_file_of_a_first_talk_goes_with_the_one_that_took_its_place(session, company):
    lin, zhou = company["lin"], company["zhou"].customer
    record, lin.customer = lin.customer, None
    repairs.open_repair(
        session, lin, Report("滴水", name="小晓", phone="13712345678"), by=By("customer", lin.id), now=NOW
    )
    first = lin.customer
    binding.by_contract(session, lin, "13700137002", "HT-2025-007", now=NOW)
    assert lin.customer is record and whose.person(session, lin, None).left == (first.id,)
    over(session, lin)
    erase(session, approved(session, company, lin))
    session.expire_all()
    assert [(one.name, one.phone, one.stage) for one in (first, record)] == [("", "", "erased")] * 2
    assert zhou.name == "周桂芳" and "13712345678" not in json.dumps(everything(session), default=str)


@pytest.fixture
def company(session):
    """The demo company with a push, a photo and an edit in the audit log of the one who will go."""
    demo.plant(session, NOW)
    lin = session.scalars(select(Follower).where(Follower.openid == "oNuanju_W2")).one()
    zhou = session.scalars(select(Follower).where(Follower.openid == "oNuanju_W3")).one()
    for who in (lin, zhou):
        push = Inbound(
            dedupe_key=f"{who.openid}1CLICK", openid=who.openid, kind="event", fields={"FromUserName": who.openid},
            reply=f"{who.customer.call}好", received_at=NOW,
        )  # fmt: skip
        photo = Attachment(
            follower_id=who.id, kind="image", media_id=f"M{who.id}", state="fetched", path=f"2026/11/{who.id}.jpg",
            created_at=NOW,
        )  # fmt: skip
        words = f"我是{who.customer.call}，电话{who.customer.phone}"
        said = Message(
            conversation=conversations.of(session, who), direction="in", author="customer", text=words, created_at=NOW,
        )  # fmt: skip
        said.conversation.last_text = words
        session.add_all([push, photo, said])
    session.flush()
    return {"lin": lin, "zhou": zhou, "manager": staff(session, "manager"), "admin": staff(session, "admin")}


def staff(session, username) -> Staff:
    return session.scalars(select(Staff).where(Staff.username == username)).one()


def over(session, follower):
    """Whatever goes on for this person is finished, without asking anybody."""
    who = whose.person(session, follower, None)
    for case in whose.open_cases(session, who):
        if case.kind != "privacy":
            case._state = "closed" if case.kind != "appointment" else "done"
        elif case.wish == "export":
            case._state = "done"
    for slip in whose.open_slips(session, who):
        slip._state = "closed"
    session.flush()


def approved(session, company, follower) -> PrivacyRequest:
    by = By("customer", follower.id, "林女士")
    row, _ = privacy.ask(session, follower, "delete", "林晓要删除", by=by, now=NOW)
    if row.state == "open":
        privacy.check(session, row, company["manager"], "林晓本人", now=NOW)
    privacy.approve(session, row, company["admin"], now=NOW)
    session.flush()
    return row


def everything(session) -> dict[str, list[dict]]:
    """Every row of every table, as plain values."""
    session.flush()
    return {name: [dict(row) for row in session.execute(select(t)).mappings()] for name, t in TABLES.items()}


def erase(session, row, *, batch=erasing.BATCH, now=LATER) -> list[str]:
    """As the job does; returns the files that were removed."""
    gone: list[str] = []
    while not erasing.advance(session, row.id, forget=gone.append, now=now, batch=batch):
        session.flush()
    return gone


def test_nothing_of_the_person_is_left_and_nothing_of_others_is_touched(session, company):
    lin, others = company["lin"], []
    over(session, lin)
    row = approved(session, company, lin)
    who = whose.person(session, lin, None)
    number = session.scalars(select(Repair).where(Repair.follower_id == lin.id)).first().number
    theirs = {name: {r[0] for r in session.execute(select(next(iter(TABLES[name].primary_key.columns))).where(
        traces.rows(name, who, NOW)))} for name in RULES}  # fmt: skip
    before = everything(session)
    gone = erase(session, row)
    after = everything(session)
    assert row.state == "done" and gone == [f"2026/11/{lin.id}.jpg"]
    for name, rows in after.items():
        key = next(iter(TABLES[name].primary_key.columns)).name
        for one in rows:
            spelled = json.dumps(one, default=str, ensure_ascii=False)
            if name != "locked_record":
                assert not [word for word in ("林晓", "林女士", "13700137002", "oNuanju_W2") if word in spelled], (
                    name, spelled,
                )  # fmt: skip
            if name in RULES and one[key] not in theirs[name]:
                others.append((name, one))
    untouched = [(name, one) for name, rows in before.items() for one in rows]
    same = [pair for pair in others if pair[0] not in ("locked_record", "outgoing", "ticket_event", "project")]
    assert len(same) > 60 and all(pair in untouched for pair in same)
    assert trust.verify(session) is None
    what_the_law_keeps_is_locked_and_each_reading_is_on_record(session, company)
    whoever_writes_again_is_a_stranger(session, lin.id, number)


def what_the_law_keeps_is_locked_and_each_reading_is_on_record(session, company):
    contract = session.scalars(select(LockedRecord).where(LockedRecord.kind == "contract")).one()
    assert contract.facts["name"] == "林晓" and contract.facts["phone"] == "13700137002"
    assert contract.until == dt.date(2036, 11, 20)
    house = session.scalars(select(Project).where(Project.number == contract.number)).one()
    assert house.locked_at and house.label == "城西公馆（已封存）" and not house.members
    locking.read(session, contract.id, company["manager"], origin="10.0.0.1", now=LATER)
    seen = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (seen.action, seen.record_type, seen.record_id) == ("reveal", "locked", str(contract.id))
    assert locking.expire(session, now=LATER + dt.timedelta(days=3660), limit=10) >= 1


def whoever_writes_again_is_a_stranger(session, old, number):
    again = people.find_or_add(session, "oNuanju_W2", now=LATER)
    assert again.id != old and again.customer is None and not people.houses_of(session, again.customer)
    case = session.scalars(select(Ticket).where(Ticket.number == number)).one()
    assert case.opened_at and case.what in ("洁具", "水", "卫生间：洁具", "厨房：水") and not case.contact_name


@pytest.mark.sqlite_only  # the rule knows no database
def test_a_household_that_stays_keeps_its_contract(session, company):
    lin, wife = company["lin"], Customer(name="小林的家人", created_at=NOW)
    house = lin.customer.memberships[0].project
    session.add_all([wife, Follower(openid="o9", customer=wife, created_at=NOW)])
    session.flush()
    house.members.append(type(house.members[0])(project=house, customer=wife, role="family"))
    over(session, lin)
    erase(session, approved(session, company, lin))
    session.refresh(house)
    assert house.locked_at is None and [one.customer.name for one in house.members] == ["小林的家人"]
    assert session.scalars(select(LockedRecord).where(LockedRecord.kind == "contract")).one().facts["name"] == "林晓"


@pytest.mark.sqlite_only  # the rule knows no database
def test_a_quote_loses_whom_it_was_made_with_but_no_amount(session, company):
    zhou = company["zhou"]
    over(session, zhou)
    quote = session.scalars(select(Quote)).first()
    total = quote.total
    erase(session, approved(session, company, zhou))
    session.refresh(quote)
    assert (quote.total, quote.note, quote.answer, quote.answered_by_name) == (total, "", "", "")
    assert quote.locked_at and quote.items
    assert session.scalars(select(LockedRecord).where(LockedRecord.kind == "quote")).first().facts["total"]


def test_killed_between_any_two_batches_it_ends_the_same(session, company):
    lin = company["lin"]
    over(session, lin)
    row = approved(session, company, lin)
    session.commit()
    gone: list[str] = []
    for turn in range(400):
        finished = erasing.advance(session, row.id, forget=gone.append, now=LATER, batch=3)
        if turn % 2:  # killed before the commit
            session.rollback()
            continue
        session.commit()
        if finished:
            break
    assert row.state == "done" and set(gone) == {f"2026/11/{lin.id}.jpg"}
    assert session.scalars(select(Message.text).where(Message.text.contains("林女士"))).first() is None
    counts = dict(row.counts)
    assert erasing.advance(session, row.id, forget=gone.append, now=LATER) and row.counts == counts
    assert [e.name for e in row.events].count("running") == 1 and counts["message"] > 0


@pytest.mark.sqlite_only  # the rule knows no database
def test_nobody_waits_for_somebody_who_is_gone(session, company):
    zhou = company["zhou"]
    over(session, zhou)
    mine = traces.rows("escalation", whose.person(session, zhou, None), NOW)
    waits = select(Escalation.id).where(mine, Escalation.state != "resolved")
    assert session.scalars(waits).all()
    wish = Wish("visit", local_day(NOW), "上门探望", what="水果", value=4_000)
    gift = gifts.ask(session, zhou.customer, wish, staff=company["manager"], now=NOW)
    row = approved(session, company, zhou)
    erase(session, row)
    assert not session.scalars(waits).all()
    session.refresh(gift)
    assert (gift.state, gift.month) == ("cancelled", ""), "nobody is there to have it, and the money is back"
    # Its own promise is the one that was kept.
    assert [one.state for one in row.promises] == ["met"]


@pytest.mark.sqlite_only  # the rule knows no database
def test_nothing_begins_while_work_goes_on_or_a_message_is_being_sent(session, company):
    lin = company["lin"]
    counts = erasing.preview(session, whose.person(session, lin, None), NOW)
    assert counts["customer"] == 1 and counts["inbound"] == 1 and counts["attachment"] == 1
    assert counts["project"] == 1 and counts["message"] > 0 and "complaint" not in counts
    row = approved(session, company, lin)
    assert privacy.owed_first(session, row) and not erasing.ready(session, row, now=LATER)
    over(session, lin)
    # The letter about it has not left yet: it gets an hour.
    assert not erasing.ready(session, row, now=NOW)
    assert erase(session, row, now=NOW) == [] and row.state == "approved"
    assert erasing.ready(session, row, now=NOW + dt.timedelta(days=2))
