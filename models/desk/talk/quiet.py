"""An agent's conversation in which the agent fell silent: the bot's again, or somebody else's while words wait."""

import datetime as dt

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.actors import SYSTEM
from models.desk import escalations
from models.desk.complaint import sight
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.repair import notices
from models.desk.staff import duty
from models.desk.talk import conversations, replies
from models.promises import Promise
from models.staff import Staff
from models.talk import Conversation

#: So long may the agent who has a conversation be silent, whatever the customer writes meanwhile.
IDLE = dt.timedelta(minutes=30)


def since(conversation: Conversation) -> dt.datetime | None:
    """Since when the agent has been silent: their last words, else since they took it. What customers say is no sign of
    theirs."""
    spoken = [at for at in (conversation.staff_wrote_at, conversation.taken_at) if at is not None]
    return max(spoken, default=None)


def idle(session: Session, *, now: dt.datetime) -> list[Conversation]:
    """Conversations that an agent holds and has neither taken nor written in for the idle time."""
    cut = now - IDLE
    query = select(Conversation).where(
        Conversation.owner == "agent",
        or_(Conversation.staff_wrote_at.is_(None), Conversation.staff_wrote_at < cut),
        or_(Conversation.taken_at.is_(None), Conversation.taken_at < cut),
    )
    return list(session.scalars(query))


def end(session: Session, conversation: Conversation, *, now: dt.datetime) -> None:
    """Nobody is waited for: the bot answers again. Where a reply is owed or words are unread it waits for a person.

    What was promised goes on as it was promised; the customer hears once that it takes longer.
    """
    waiting, gone = replies.unanswered(session, conversation), conversation.staff
    if not (waiting or conversation.unread) or gone is None:
        conversations.give_back(session, conversation, by=SYSTEM, now=now)
        return
    conversations.requeue(session, conversation, gone=gone, now=now, note="unanswered")
    owing = replies.owed(session, conversation)
    assert owing is not None  # whoever waits is promised a reply
    conversation.waiting_since = min(owing.made_at, now)
    _hand_on(session, conversation, owing, gone, now)
    if conversation.follower.subscribed:
        _tell(session, conversation, owing, now)


def _hand_on(session: Session, conversation: Conversation, owing: Promise, gone: Staff, now: dt.datetime) -> None:
    """Somebody else on duty has it now; while nobody else is, it stays with whoever had it, as not taken."""
    shut = {gone.id, *sight.shut_out(session, conversation)}
    heir = duty.pick(session, "agent", now=now, without=shut) or gone
    for row in conversations.open_escalations(session, conversation):
        if row.owner_id in (gone.id, None):
            escalations.hand_on(row, heir)
            notices.tell_owner(session, row, now=now)
    owing.owner = heir


def _tell(session: Session, conversation: Conversation, owing: Promise, now: dt.datetime) -> None:
    """Once per promise, and not in the night: it is no answer."""
    place, opens = conversations.place(session, conversation), conversations.opens(session, now)
    facts = {"open": opens is not None and opens <= now, "position": place, "opens": opens and opens.isoformat()}
    letter = Letter("hand_over.longer", {name: value for name, value in facts.items() if value is not None})
    outbox.post(
        session, f"longer:{owing.id}", to=conversation.follower, letter=letter, now=now, purpose="service",
        not_after=now + IDLE,
    )  # fmt: skip
