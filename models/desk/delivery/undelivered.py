"""What cannot be delivered and must be known: somebody calls. The call is moot once the message arrives after all."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import SYSTEM
from models.callbacks import Callback
from models.desk.callback import callbacks
from models.outbound import Outgoing
from models.talk import Conversation

PURPOSE = "message_undelivered"
#: What the person who calls reads of the message.
WORDS = 200
#: Why a call is moot.
ARRIVED = "消息已送到"


def call(session: Session, row: Outgoing, *, now: dt.datetime) -> Callback | None:
    """Somebody will call about this message, once, when the row asks for that; None when it does not."""
    if not row.or_call or row.purpose == "staff":
        return None
    about = row.ticket or _talk(session, row)
    words = row.sent_text or row.body or ""
    return callbacks.ask(
        session, PURPOSE, about=about, now=now, key=_key(row), follower=row.follower, customer=row.follower.customer,
        words=words[:WORDS], urgent=row.urgent, script=row.text_key,
    )  # fmt: skip


def arrived(session: Session, row: Outgoing, *, now: dt.datetime) -> None:
    """The message is there: a call that nobody has made yet is not owed any more."""
    if not row.or_call:
        return
    owed = session.scalar(select(Callback).where(Callback.key == _key(row)))
    if owed is not None and owed.is_open and not owed.attempts:
        callbacks.drop(session, owed, by=SYSTEM, now=now, reason=ARRIVED)


def message_of(session: Session, call_made: Callback) -> Outgoing | None:
    """The message that this call stands for; None for a call about anything else."""
    head, _, number = call_made.key.rpartition(":")
    known = call_made.purpose == PURPOSE and head == f"{PURPOSE}:outgoing" and number.isdigit()
    return session.get(Outgoing, int(number)) if known else None


def _talk(session: Session, row: Outgoing) -> Conversation:
    found = session.scalar(select(Conversation).where(Conversation.follower_id == row.follower_id))
    if found is None:
        found = Conversation(follower=row.follower, owner="bot", unread=0)
        session.add(found)
        session.flush()
    return found


def _key(row: Outgoing) -> str:
    return f"{PURPOSE}:outgoing:{row.id}"
