"""Conversations between a customer and a person: queued, taken, answered, given back to the bot."""

import datetime as dt
import math

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.actors import SYSTEM, By
from models.desk import escalations, promises
from models.desk.complaint import sight
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.staff import calendar
from models.desk.talk import replies
from models.errors import IllegalMove, Missing, NotFound, TakenAlready
from models.outbound import Outgoing
from models.people import Follower
from models.promises import Policy, Promise
from models.staff import Staff
from models.talk import Conversation, Message
from models.work import Escalation, Ticket

#: Minutes that one waiting conversation is expected to take before the next one's turn.
MINUTES_EACH = 5
#: Waits of how long ago, how many of them, and how few are too few to speak of.
RECENT, LOOKED_AT, FEWEST = dt.timedelta(hours=8), 10, 3
#: No promise is shorter than this, minutes.
LEAST = 3


def of(session: Session, follower: Follower) -> Conversation:
    """The follower's one conversation; made on first use."""
    found = session.scalar(select(Conversation).where(Conversation.follower_id == follower.id))
    if found is None:
        found = Conversation(follower=follower, owner="bot", unread=0)
        session.add(found)
        session.flush()
    return found


def hand_over(
    session: Session, conversation: Conversation, *, reason: str, words: str, now: dt.datetime
) -> tuple[int, dt.datetime | None]:
    """The conversation waits for a person, with an owner and a promised first reply.

    Returns its place in the queue (1 is next) and when the office opens (`now` while it is open). Asking again keeps
    the place.
    """
    if conversation.owner == "bot":
        conversation.owner, conversation.waiting_since, conversation.reason = "queue", now, reason[:30]
        session.flush()
        promise = promises.make(session, replies.FIRST, conversation, now=now, urgent=reason == "anger")
        cause = str(session.scalar(select(func.max(Message.id)).where(Message.conversation_id == conversation.id)) or 0)
        row = escalations.raise_(session, "human", conversation, words=words, now=now, cause=cause)
        promise.owner = row.owner
    return place(session, conversation), opens(session, now)


def opens(session: Session, now: dt.datetime) -> dt.datetime | None:
    """When the office opens next; `now` while it is open."""
    return calendar.office(session).next_open(now)


def requeue(
    session: Session, conversation: Conversation, *, gone: Staff, now: dt.datetime, note: str = "requeued"
) -> None:
    """It waits for somebody else, because whoever served it has gone or fell silent; the thread says so by `note`.

    A reply that is owed goes on as it was promised, else one is promised anew.
    """
    conversation.owner, conversation.staff_id, conversation.waiting_since = "queue", None, now
    line = Message(
        conversation=conversation, direction="note", author="system", kind=note, text=gone.name, created_at=now
    )
    session.add(line)
    session.flush()
    if not replies.unanswered(session, conversation):
        promises.make(session, replies.FIRST, conversation, now=now)
    waits = open_escalations(session, conversation)
    words = conversation.last_text
    row = (
        waits[0]
        if waits
        else escalations.raise_(session, "human", conversation, words=words, now=now, cause=f"gone{line.id}")
    )
    replies.hand_to(session, conversation, row.owner)


def place(session: Session, conversation: Conversation) -> int:
    """How many wait before this one, plus one; 0 when it does not wait."""
    if conversation.owner != "queue" or conversation.waiting_since is None:
        return 0
    before = select(func.count()).where(
        Conversation.owner == "queue", Conversation.waiting_since < conversation.waiting_since
    )
    return (session.scalar(before) or 0) + 1


def wait(session: Session, position: int, *, now: dt.datetime) -> int | None:
    """Minutes that somebody at this place may expect to wait, from how long the last ones took; None without any.

    Counted in office time, never less than LEAST.
    """
    recent = (
        select(Promise.made_at, Promise.met_at)
        .join(Policy)
        .where(Policy.name == replies.FIRST, Promise.met_at > now - RECENT)
        .order_by(Promise.met_at.desc())
        .limit(LOOKED_AT)
    )
    office = calendar.office(session)
    spans = sorted(office.between(made, met) for made, met in session.execute(recent))
    if len(spans) < FEWEST:
        return None
    return max(LEAST, math.ceil(spans[len(spans) // 2] / dt.timedelta(minutes=1)) * max(position, 1))


def leave_queue(session: Session, conversation: Conversation, *, words: str, now: dt.datetime) -> None:
    """Nobody is waited for in chat any more because a call was arranged; one whom a person serves stays with them."""
    if conversation.owner == "queue":
        _release(session, conversation, by=SYSTEM, words=words, now=now)


def take(
    session: Session, conversation: Conversation, staff: Staff, *, now: dt.datetime, seen: int | None = None
) -> None:
    """`staff` talks with the customer and the bot is silent; a colleague's conversation may be taken over.

    Knowingly: `seen` is the id of whoever had it on the page (0 for nobody; None: as the row in hand says). Whoever
    took it since keeps it, and the second is told who. What reply is owed is theirs to give: taking it is none. For
    whomever this customer complained about it is not there.
    """
    if staff.id in sight.shut_out(session, conversation):
        raise NotFound
    _hold(session, conversation, staff, conversation.staff_id if seen is None else seen)
    if conversation.owner != "agent" or conversation.staff_id != staff.id:
        conversation.taken_at = now
    conversation.owner, conversation.staff, conversation.unread = "agent", staff, 0
    conversation.waiting_since = None
    replies.hand_to(session, conversation, staff)
    for row in open_escalations(session, conversation):
        if row.state == "open" or row.owner_id != staff.id:
            escalations.take(session, row, staff, now=now)


def _hold(session: Session, conversation: Conversation, staff: Staff, seen: int | None) -> None:
    """The row is ours until the transaction ends, and as it is now; refused when a colleague was faster."""
    session.flush()
    session.refresh(conversation, with_for_update={"of": Conversation.__table__})
    holder = conversation.staff
    if holder is not None and holder.id not in (staff.id, seen):
        raise TakenAlready(name=holder.name)


def say(
    session: Session,
    conversation: Conversation,
    staff: Staff,
    words: str,
    *,
    now: dt.datetime,
    ticket: Ticket | None = None,
) -> Outgoing:
    """The words are in the thread and promised to the customer; the conversation is the agent's from now on.

    What was promised is kept when they arrive, and when they cannot, somebody calls. Refused when empty and for
    somebody who does not follow any more.
    """
    words = words.strip()
    if not words:
        raise Missing(field="words")
    follower = conversation.follower
    if not follower.subscribed:
        raise IllegalMove("errors.not_following")
    if conversation.owner != "agent" or conversation.staff_id != staff.id:
        take(session, conversation, staff, now=now)
    message = Message(
        conversation=conversation,
        direction="out",
        author="staff",
        staff_id=staff.id,
        text=words,
        created_at=now,
        kind="text",
        ticket_id=ticket.id if ticket else None,
    )
    session.add(message)
    session.flush()
    letter = Letter(body=words)
    row = outbox.post(
        session,
        f"say:{message.id}",
        to=follower,
        letter=letter,
        now=now,
        purpose="reply",
        urgent=True,
        or_call=True,
        staff=staff,
        ticket=ticket,
    )
    assert row is not None  # the key holds the message's own id
    message.outgoing_id = row.id
    conversation.staff_wrote_at, conversation.last_message_at = now, now
    conversation.last_text, conversation.unread = words[:120], 0
    return row


def note(session: Session, conversation: Conversation, staff: Staff, words: str, *, now: dt.datetime) -> Message:
    """An internal note in the thread; it is never sent, whatever becomes of the conversation."""
    if not words.strip():
        raise Missing(field="words")
    message = Message(
        conversation=conversation,
        direction="note",
        author="staff",
        staff_id=staff.id,
        text=words.strip(),
        kind="text",
        created_at=now,
    )
    session.add(message)
    session.flush()
    return message


def read(session: Session, conversation: Conversation) -> None:
    """Everything in it has been seen by a member of staff."""
    conversation.unread = 0


def give_back(session: Session, conversation: Conversation, *, by: By, now: dt.datetime) -> None:
    """The bot answers again; what reply was promised is dropped, escalations about it are resolved."""
    if conversation.owner == "bot":
        raise IllegalMove("errors.bot_already")
    served = conversation.owner == "agent" and by.kind == "staff"
    _release(session, conversation, by=by, words="交还机器人", now=now)
    if served and conversation.follower.subscribed:
        # Whoever was talking with a person hears who answers from here on; after an idle hour nobody is woken for it.
        key, letter = f"given_back:{conversation.id}:{now.isoformat()}", Letter("hand_over.back", {"name": by.name})
        outbox.post(session, key, to=conversation.follower, letter=letter, now=now, purpose="reply", urgent=True)


def _release(session: Session, conversation: Conversation, *, by: By, words: str, now: dt.datetime) -> None:
    """The bot's again; the thread shows that and by whom."""
    conversation.owner, conversation.staff_id, conversation.waiting_since = "bot", None, None
    conversation.reason = ""
    replies.drop(session, conversation, now=now)
    for row in open_escalations(session, conversation):
        escalations.resolve(session, row, by=by, words=words, now=now)
    session.add(
        Message(
            conversation=conversation, direction="note", author="system", kind="given_back", text=by.name,
            staff_id=by.id if by.kind == "staff" else None, created_at=now,
        )
    )  # fmt: skip


def open_escalations(session: Session, conversation: Conversation) -> list[Escalation]:
    """What somebody must look after in it."""
    query = select(Escalation).where(Escalation.conversation_id == conversation.id, Escalation.state != "resolved")
    return list(session.scalars(query))
