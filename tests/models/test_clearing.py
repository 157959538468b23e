"""What is older than its time goes, what is younger or still needed stays; who left with nothing open is forgotten."""

import datetime as dt

import pytest
from sqlalchemy import select

from models import (
    Attachment,
    AuditEntry,
    BindingCode,
    Customer,
    Dialog,
    Follower,
    Inbound,
    Outgoing,
    PrivacyRequest,
    Ticket,
)
from models.actors import By
from models.desk.account import people
from models.desk.personal import clearing, erasing, leaving, privacy, retention
from models.desk.repair import repairs
from models.desk.repair.repairs import Report
from tests.models.builders import house

NOW = dt.datetime(2026, 11, 23, 6, 0, tzinfo=dt.UTC)
OLD, YOUNG = NOW - dt.timedelta(days=1000), NOW - dt.timedelta(days=1)


def clear(session, name, *, now=NOW, batch=2) -> tuple[int, list[str]]:
    """Batch after batch, as the job does; returns how many rows, and the files that went."""
    gone: list[str] = []
    total = 0
    while clearing.due(session, name, now=now):
        total += clearing.clear(session, name, forget=gone.append, now=now, batch=batch)
        session.flush()
    session.expire_all()
    return total, gone


def push(n: int, at: dt.datetime) -> Inbound:
    return Inbound(
        dedupe_key=f"o1 {n}", openid="o1", kind="text", fields={"Content": "我是陈明"}, reply="好", received_at=at
    )


def letter(who: Follower, n: int, at: dt.datetime, state: str) -> Outgoing:
    return Outgoing(
        dedupe_key=f"k{n}", follower=who, purpose="service", text_key="x", facts={"who": "陈明"}, sent_text="陈先生",
        state=state, not_before=at, next_try_at=at, created_at=at,
    )  # fmt: skip


def test_pushes_lose_their_contents_batch_by_batch_and_twice_is_once(session):
    session.add_all([*(push(n, OLD) for n in range(5)), push(9, YOUNG)])
    session.flush()
    assert clear(session, "inbound") == (5, []) and clear(session, "inbound") == (0, [])
    rows = session.scalars(select(Inbound).order_by(Inbound.id)).all()
    assert [(row.openid, row.fields, row.reply) for row in rows[:5]] == [("", {}, None)] * 5
    assert rows[0].dedupe_key == f"erased-{rows[0].id}" and rows[5].openid == "o1" and rows[5].reply == "好"
    deeds = session.scalars(select(AuditEntry.after).where(AuditEntry.action == "privacy.retention")).all()
    assert sum(one["rows"] for one in deeds) == 5 and retention.rule(session, "inbound").cleared == 5
    # It rests, then goes on behind its mark.
    later = NOW + dt.timedelta(days=40)
    assert clear(session, "inbound", now=NOW + dt.timedelta(hours=1)) == (0, [])
    assert clear(session, "inbound", now=later) == (1, [])


def test_messages_lose_what_they_were_made_of_but_never_one_that_may_still_go(session):
    who = house(session, NOW).homeowner
    session.add_all(letter(who, n, OLD, state) for n, state in enumerate(("sent", "held", "queued", "sent")))
    session.add(letter(who, 9, YOUNG, "sent"))
    session.flush()
    assert clear(session, "sent")[0] == 2
    rows = {row.dedupe_key: row for row in session.scalars(select(Outgoing).where(Outgoing.dedupe_key.like("k%")))}
    assert (rows["k0"].state, rows["k0"].facts, rows["k0"].sent_text) == ("sent", {}, "")
    assert (rows["k1"].state, rows["k1"].reason) == ("expired", "too_late")
    # What still waits ends the batch: nothing behind it is passed by.
    assert rows["k2"].facts and rows["k3"].facts and rows["k9"].facts
    rows["k2"].state = "cancelled"
    assert clear(session, "sent", now=NOW + dt.timedelta(hours=7))[0] == 2


@pytest.mark.sqlite_only  # the rules know no database
def test_drafts_media_and_codes(session):
    known = house(session, NOW)
    who = known.homeowner
    case = repairs.open_repair(session, who, Report(problem="漏水"), by=_by(who), now=OLD)
    going = repairs.open_repair(session, who, Report(problem="门坏了"), by=_by(who), now=OLD)
    case._state, case.closed_at = "closed", OLD
    other = Follower(openid="o9", created_at=NOW)
    session.add(other)
    session.flush()
    session.add_all(
        [
            Dialog(follower_id=who.id, script="repair", step="when", state='{"x": 1}', updated_at=OLD),
            Dialog(follower_id=other.id, script="repair", step="when", state='{"x": 1}', updated_at=YOUNG),
            *(
                Attachment(ticket_id=t, kind="image", state="fetched", path=f"{n}.jpg", created_at=OLD)
                for n, t in enumerate((case.id, going.id, None))
            ),
            Attachment(project_id=known.project.id, kind="image", state="fetched", path="site.jpg", created_at=OLD),
            BindingCode(code="111111", project=known.project, expires_at=OLD, created_at=OLD, label="老婆"),
            BindingCode(code="222222", project=known.project, expires_at=NOW, created_at=YOUNG),
        ]
    )
    session.flush()
    assert clear(session, "drafts") == (1, []) and clear(session, "media") == (2, ["0.jpg", "2.jpg"])
    assert session.get_one(Dialog, who.id).state == "" and session.get_one(Dialog, other.id).state
    left = session.scalars(select(Attachment.path).where(Attachment.state == "fetched").order_by(Attachment.id)).all()
    assert left == ["1.jpg", "site.jpg"]
    assert clear(session, "links") == (1, [])
    codes = session.scalars(select(BindingCode).order_by(BindingCode.id)).all()
    assert [one.code for one in codes if one.label == "老婆" or one.code == "222222"] == ["222222"]


def _by(who: Follower):
    return By("customer", who.id, "")


def test_who_left_is_forgotten_after_a_month_and_nobody_else(session):
    known = house(session, NOW)
    people_ = {name: Follower(openid=name, created_at=OLD) for name in ("gone", "back", "waits", "late")}
    people_["gone"].customer = Customer(name="路人", created_at=OLD)
    people_["owner"] = known.homeowner
    session.add_all(people_.values())
    session.flush()
    repairs.open_repair(session, people_["waits"], Report(problem="漏水"), by=_by(people_["waits"]), now=OLD)
    month = NOW - dt.timedelta(days=31)
    for name, one in people_.items():
        people.unfollow(session, one, now=NOW if name == "late" else month)
    assert clear(session, "left") == (2, [])
    rows = session.scalars(select(PrivacyRequest).order_by(PrivacyRequest.id)).all()
    assert [(row.follower.openid, row.cause, row.state) for row in rows] == [
        ("gone", "left", "approved"), ("back", "left", "approved"),
    ]  # fmt: skip
    assert clear(session, "left", now=NOW + dt.timedelta(hours=7)) == (0, [])
    # Following again before it begins takes it back.
    people.follow(session, people_["back"], scene="", now=NOW)
    for row in rows:
        while not erasing.advance(session, row.id, forget=lambda _: None, now=NOW):
            session.flush()
    assert [row.state for row in rows] == ["done", "withdrawn"]
    session.expire_all()
    assert session.scalars(select(Customer).where(Customer.name == "路人")).first() is None
    assert people_["back"].openid == "back" and people_["owner"].customer.name
    assert not privacy.carried_out(session, "delete")


def test_leaving_hurts_no_open_work_and_its_owner_knows(session):
    known = house(session, NOW)
    case = repairs.open_repair(session, known.homeowner, Report(problem="漏水"), by=_by(known.homeowner), now=NOW)
    state, owner = case.state, case.owner
    leaving.leave(session, known.homeowner, now=NOW)
    assert (case.state, case.owner) == (state, owner) and case.events[-1].name == "unfollowed"
    told = session.scalars(select(Outgoing).where(Outgoing.text_key == "staff.unfollowed")).all()
    assert [row.facts["numbers"] for row in told] == ([[case.number]] if owner and people_of(session, owner) else [])
    waiting = select(Outgoing).where(Outgoing.follower_id == known.homeowner.id, Outgoing.state.in_(("queued", "held")))
    assert not session.scalars(waiting).all()
    assert session.get_one(Ticket, case.id).promises


def people_of(session, staff) -> list[Follower]:
    return list(session.scalars(select(Follower).where(Follower.staff_id == staff.id)))
