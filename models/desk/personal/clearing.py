"""Clearing what is older than its time: one batch of one kind at a time, each safe to repeat and to lose.

The caller commits after each batch. The rule's own row is locked meanwhile, so that two workers take turns.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from models import states
from models.actors import SYSTEM
from models.base import Base
from models.desk import trust
from models.desk.numbers import next_number
from models.desk.personal import locking, privacy, retention, whose
from models.desk.trust import Deed
from models.household import BindTry
from models.people import BindingCode, Follower
from models.privacy import PrivacyRequest, Retention
from models.qrcodes import QrCode
from models.talk import Attachment, Dialog, Inbound
from models.warranty import RepairWarranty
from models.work import Ticket
from models.worktime import local_day

#: Rows a batch, and how long a kind rests when nothing of it is left.
BATCH, REST = 500, dt.timedelta(hours=6)
#: People looked at in one batch: letting one go is a request with a number and its story.
AT_ONCE = 50
#: Wrong contract numbers are counted by the day.
TRIES_LIVE = 7
#: A message that may leave at any moment is left alone, and so is what comes after it.
OPEN = ("queued", "sending")
Forget = Callable[[str], None]


def due(session: Session, name: str, *, now: dt.datetime) -> bool:
    """Whether this kind has not been gone through lately."""
    rested = retention.rule(session, name).rested_at
    return rested is None or now - rested >= REST


def waiting(session: Session, *, now: dt.datetime) -> list[str]:
    """The kinds that have not been gone through lately, in their order."""
    resting = set(session.scalars(select(Retention.name).where(Retention.rested_at > now - REST)))
    return [name for name in CLEARS if name not in resting]


def clear(session: Session, name: str, *, forget: Forget, now: dt.datetime, batch: int = BATCH) -> int:
    """One batch of this kind is cleared, counted and in the audit log; when that was the last, it rests."""
    rule = session.scalars(
        select(Retention).where(Retention.name == name).with_for_update().execution_options(populate_existing=True)
    ).one_or_none() or retention.rule(session, name)
    work = _Batch(now - dt.timedelta(days=rule.days), now, batch, forget)
    count = CLEARS[name](session, rule, work)
    over = rule.cursor == 0 if name == "left" else count < batch
    rule.cleared += count
    rule.rested_at = now if over else None
    if count:
        deed = Deed("privacy.retention", "retention", name, after={"rows": count, "days": rule.days})
        trust.record(session, None, deed, origin="job", now=now)
    return count


@dataclass(frozen=True)
class _Batch:
    """What one batch works with: everything before `cut`, so many rows at most."""

    cut: dt.datetime
    now: dt.datetime
    most: int
    forget: Forget


def _in_order(session: Session, rule: Retention, batch: _Batch, query: Select[Any]) -> list[int]:
    """The next ids behind the mark whose time is over; the first that is younger ends it. The mark moves along."""
    ids = []
    for row_id, at, stays in session.execute(query.limit(batch.most)):
        if at >= batch.cut or stays:
            break
        ids.append(row_id)
    rule.cursor = ids[-1] if ids else rule.cursor
    return ids


def _inbound(session: Session, rule: Retention, batch: _Batch) -> int:
    query = select(Inbound.id, Inbound.received_at, Inbound.id < 0).where(Inbound.id > rule.cursor)
    ids = _in_order(session, rule, batch, query.order_by(Inbound.id))
    gone = {"openid": "", "fields": {}, "reply": None, "dedupe_key": _gone("inbound")}
    session.execute(update(Base.metadata.tables["inbound"]).where(_in("inbound", ids)).values(gone))
    return len(ids)


def _sent(session: Session, rule: Retention, batch: _Batch) -> int:
    table = Base.metadata.tables["outgoing"]
    query = select(table.c.id, table.c.created_at, table.c.state.in_(OPEN)).where(table.c.id > rule.cursor)
    ids = _in_order(session, rule, batch, query.order_by(table.c.id))
    # What waits so long for its person is of no use any more.
    late = update(table).where(_in("outgoing", ids), table.c.state == "held")
    session.execute(late.values(state="expired", reason="too_late", settled_at=batch.now))
    gone = {"facts": {}, "body": "", "choices": [], "page": {}, "sent_text": "", "error": ""}
    session.execute(update(table).where(_in("outgoing", ids)).values(gone))
    return len(ids)


def _drafts(session: Session, _: Retention, batch: _Batch) -> int:
    old = select(Dialog.follower_id).where(Dialog.state != "", Dialog.updated_at < batch.cut).limit(batch.most)
    ids = list(session.scalars(old))
    gone = update(Dialog).where(Dialog.follower_id.in_(ids), Dialog.updated_at < batch.cut)
    session.execute(gone.values(script="", step="", state="").execution_options(synchronize_session=False))
    return len(ids)


def _media(session: Session, _: Retention, batch: _Batch) -> int:
    closed = select(Ticket.id).where(Ticket.closed_at < batch.cut, Ticket.state.in_(states.FINAL))
    loose = and_(Attachment.ticket_id.is_(None), Attachment.project_id.is_(None), Attachment.created_at < batch.cut)
    proof = exists().where(RepairWarranty.attachment_id == Attachment.id)
    query = select(Attachment).where(
        Attachment.state == "fetched", ~proof, or_(Attachment.ticket_id.in_(closed), loose)
    )
    rows = session.scalars(query.order_by(Attachment.id).limit(batch.most)).all()
    for row in rows:
        batch.forget(row.path)
        row.state, row.path, row.media_id, row.size = "erased", "", "", 0
    return len(rows)


def _links(session: Session, _: Retention, batch: _Batch) -> int:
    over = or_(BindingCode.used_at < batch.cut, BindingCode.expires_at < batch.cut)
    query = select(BindingCode).where(over, BindingCode.code.not_like("erased-%"))
    rows = session.scalars(query.order_by(BindingCode.id).limit(batch.most)).all()
    for row in rows:
        row.code, row.label = f"erased-{row.id}", ""
        for code in session.scalars(select(QrCode).where(QrCode.code_id == row.id, QrCode.path != "")):
            batch.forget(code.path)
            code.path = ""
    session.execute(delete(BindTry).where(BindTry.day < local_day(batch.now) - dt.timedelta(days=TRIES_LIVE)))
    return len(rows)


def _exports(session: Session, _: Retention, batch: _Batch) -> int:
    query = select(PrivacyRequest).where(PrivacyRequest.path != "", PrivacyRequest.expires_at <= batch.now)
    rows = session.scalars(query.order_by(PrivacyRequest.id).limit(batch.most)).all()
    for row in rows:
        batch.forget(row.path)
        row.path = ""
    return len(rows)


def _locked(session: Session, _: Retention, batch: _Batch) -> int:
    return locking.expire(session, now=batch.now, limit=batch.most)


def _left(session: Session, rule: Retention, batch: _Batch) -> int:
    """People who stopped following so long ago, with nothing open and no contract: the job erases them.

    Following again before it begins takes it back (models/desk/personal/erasing.py). Some are looked at from the mark
    on; behind the last of them it stands at the beginning again.
    """
    most = min(batch.most, AT_ONCE)
    seen = session.scalars(_gone_people(batch.cut).where(Follower.id > rule.cursor).limit(most)).all()
    rule.cursor = seen[-1] if len(seen) == most else 0
    free = select(Follower).where(Follower.id.in_(seen), whose.lets_go(), ~_asked()).order_by(Follower.id)
    # Somebody with two WeChats is one person and one request.
    people = {(one.customer_id or 0, 0 if one.customer_id else one.id): one for one in session.scalars(free)}
    for follower in people.values():
        _let_go(session, follower, batch.now)
    return len(people)


def _gone_people(cut: dt.datetime) -> Select[tuple[int]]:
    query = select(Follower.id).where(
        Follower.subscribed.is_(False), Follower.unsubscribed_at < cut, Follower.crew_id.is_(None),
        Follower.staff_id.is_(None), Follower.openid.not_like("erased-%"),
    )  # fmt: skip
    return query.order_by(Follower.id)


def _asked() -> ColumnElement[bool]:
    """Somebody is at it already, whichever of their WeChats asked."""
    mine = or_(PrivacyRequest.follower_id == Follower.id, PrivacyRequest.customer_id == Follower.customer_id)
    return exists().where(mine, Ticket.id == PrivacyRequest.id, Ticket.state.in_(privacy.OPEN))


def _let_go(session: Session, follower: Follower, now: dt.datetime) -> None:
    row = PrivacyRequest(
        number=next_number(session, "YS", now=now), wish="delete", follower=follower, customer=follower.customer,
        proof="wechat", cause="left", opened_at=now, approved_at=now, words="",
    )  # fmt: skip
    session.add(row)
    session.flush()
    row.move("approved", by=SYSTEM, now=now)


def _gone(name: str) -> Any:
    return privacy.erased_key(Base.metadata.tables[name].c.id)


def _in(name: str, ids: list[int]) -> Any:
    return Base.metadata.tables[name].c.id.in_(ids)


CLEARS: dict[str, Callable[[Session, Retention, _Batch], int]] = {
    "inbound": _inbound,
    "drafts": _drafts,
    "media": _media,
    "sent": _sent,
    "links": _links,
    "left": _left,
    "exports": _exports,
    "locked": _locked,
}
