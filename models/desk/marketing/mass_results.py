"""What became of a mass send: decided by the platform or by a person, then written down person by person, in steps."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import exists, insert, literal, select
from sqlalchemy.orm import Session

from models.actors import By
from models.campaigns import MassSend
from models.desk.delivery import outbox
from models.desk.marketing import quota
from models.errors import DomainError
from models.outbound import Outgoing
from models.talk import Conversation, Message

#: Rows written down in one transaction.
STEP = 500
#: Why nothing was sent -> what becomes of its people, and why.
BACK = {
    "alone": ("held", "window_closed"), "mass_quota": ("held", "mass_quota"), "too_old": ("held", "awaits_mass"),
    "too_late": ("expired", "too_late"), "campaign_cancelled": ("held", "campaign_cancelled"),
}  # fmt: skip


def decide(send: MassSend, *, went_out: bool, by: By, now: dt.datetime) -> None:
    """A person has looked into the console: it went out, or it did not. Refused for what nobody doubts."""
    if send.state != "unknown":
        raise DomainError("errors.mass_clear")
    send.state, send.reason, send.settled_at = ("sent" if went_out else "refused"), "", None
    send.sent_at = send.first_at if went_out else None
    send.campaign.tell("mass_sent" if went_out else "mass_not_sent", by=by, now=now)


def spread(session: Session, send: MassSend, words: str, *, now: dt.datetime) -> int:
    """Some of a decided send's messages become what it became; 0 when all have, and the send is settled then."""
    # A doubtful one that a person has decided on carries its doubtful messages along.
    states = ("sending",) if send.state == "unknown" else ("sending", "unknown")
    ours = select(Outgoing.id).where(Outgoing.mass_id == send.id, Outgoing.state.in_(states))
    rows = session.scalars(select(Outgoing).where(Outgoing.id.in_(ours.limit(STEP))).with_for_update()).all()
    if not rows:
        send.settled_at = now
        return 0
    if send.state == "sent":
        _arrived(session, rows, words, send)
    else:
        _came_back(session, rows, send, now)
    session.flush()
    return len(rows)


def _arrived(session: Session, rows: Sequence[Outgoing], words: str, send: MassSend) -> None:
    at = send.sent_at
    assert at is not None  # a sent one was sent at some time
    for row in rows:
        outbox.move(row, "sent", now=at)
        row.sent_text = words
    ids = [row.id for row in rows]
    said = select(
        Conversation.id, literal("out"), literal("bot"), literal("text"), literal(words), Outgoing.id, literal(at),
    ).join(Outgoing, Outgoing.follower_id == Conversation.follower_id)  # fmt: skip
    said = said.where(Outgoing.id.in_(ids), ~exists(select(Message.id).where(Message.outgoing_id == Outgoing.id)))
    names = ["conversation_id", "direction", "author", "kind", "text", "outgoing_id", "created_at"]
    session.execute(insert(Message).from_select(names, said, include_defaults=False))


def _came_back(session: Session, rows: Sequence[Outgoing], send: MassSend, now: dt.datetime) -> None:
    """Not sent: who can still be reached by writing waits for that, and the month's place is free again."""
    nothing_known = ("unknown", "no_answer") if send.state == "unknown" else ("refused", "refused")
    to, reason = BACK.get(send.reason, nothing_known)
    if send.state == "refused":
        quota.give_back(session, rows)
    for row in rows:
        doubtful = row.state == "unknown"
        outbox.move(row, "queued" if doubtful else to, reason="" if doubtful else reason, now=now)
        row.errcode, row.error, row.rid = send.errcode, send.error, send.rid
        if row.state in ("held", "queued"):
            row.mass_id, row.rung, row.next_try_at = None, "", now


def decided(session: Session) -> Sequence[MassSend]:
    """Those whose messages do not say yet what became of them."""
    query = select(MassSend).where(MassSend.state.in_(("sent", "refused", "unknown")), MassSend.settled_at.is_(None))
    return session.scalars(query.order_by(MassSend.id)).all()


def unreported(session: Session, *, now: dt.datetime) -> Sequence[MassSend]:
    """Sent ones of the last day about which the platform has said nothing for a while: we have to ask."""
    query = select(MassSend).where(
        MassSend.state == "sent", MassSend.reported_at.is_(None), MassSend.msg_id != "", MassSend.next_try_at <= now,
        MassSend.sent_at > now - dt.timedelta(days=1),
    )  # fmt: skip
    return session.scalars(query.order_by(MassSend.id).limit(20)).all()
