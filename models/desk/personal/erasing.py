"""Erasing: table by table, in bounded batches, each in a transaction of its own together with the mark behind it.

Killed at any line it goes on where it stood; on two workers at once they take turns on the request's row; done twice it
changes nothing. Who somebody is goes first: whoever writes meanwhile is already a stranger.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Integer, String, Text, case, delete, func, select, update
from sqlalchemy.orm import Session

from models.actors import SYSTEM
from models.callbacks import Callback
from models.desk import trust
from models.desk.account import tags
from models.desk.callback import callbacks
from models.desk.delivery import outbox
from models.desk.followup import enrolments
from models.desk.marketing import events, gifts
from models.desk.personal import locking, privacy, traces, whose
from models.desk.personal.whose import Whose
from models.desk.trust import Deed
from models.events import Event, Signup
from models.menus import Tagging
from models.outbound import Outgoing
from models.personal import RULES
from models.privacy import PrivacyRequest
from models.sequences import Enrolment

#: Rows that one transaction touches at most.
BATCH = 500
#: The platform gets so long to take its tags off; a message about the deletion so long to leave.
TAGS_WAIT, LETTER_WAIT = dt.timedelta(days=1), dt.timedelta(hours=1)
#: Removes a file below the media folder; one that is gone already is no trouble.
Forget = Callable[[str], None]
#: Why a call is moot.
GONE = "资料已删除"
STEPS = tuple(name for name, rule in RULES.items() if rule.erased or rule.drop)


@dataclass(frozen=True)
class _Work:
    """What one batch works with."""

    session: Session
    who: Whose
    now: dt.datetime
    forget: Forget


def preview(session: Session, who: Whose, now: dt.datetime) -> dict[str, int]:
    """How many rows of each table are the person's; tables without any are left out."""
    counts = {}
    for name in RULES:
        found = select(func.count()).select_from(traces.table(name)).where(traces.rows(name, who, now))
        if count := session.scalar(found):
            counts[name] = count
    return counts


def ready(session: Session, row: PrivacyRequest, *, now: dt.datetime) -> bool:
    """Whether it may begin: nothing goes on for the person, their letter has left, the platform's tags are off."""
    if row.state != "approved" or privacy.owed_first(session, row):
        return False
    who, since = whose.person(session, row.follower, row.customer), now - (row.approved_at or row.opened_at)
    if row.cause == "left" and whose.follows(session, who):
        privacy.taken_back(session, row, by=SYSTEM, now=now)
        return False
    busy = select(Outgoing.id).where(whose.of(Outgoing.follower_id, who.followers), Outgoing.state == "sending")
    if session.scalar(busy.limit(1)) is not None:
        return False
    waits = select(Outgoing.id).where(Outgoing.ticket_id == row.id, Outgoing.state.in_(("queued", "sending")))
    if since < LETTER_WAIT and session.scalar(waits.limit(1)) is not None:
        return False
    return _untagged(session, who, now) or since > TAGS_WAIT


def _untagged(session: Session, who: Whose, now: dt.datetime) -> bool:
    held = select(Tagging).where(whose.of(Tagging.follower_id, who.followers), Tagging.state.in_(tags.HELD))
    waits = False
    for tagging in session.scalars(held).all():
        if tagging.state != "unwanted":
            tags.take_off(session, tagging, now=now)
        waits = waits or tagging.state == "unwanted"
    return not waits


def advance(session: Session, request_id: int, *, forget: Forget, now: dt.datetime, batch: int = BATCH) -> bool:
    """One batch more is erased; True once there is nothing left to do here. The caller commits after each call."""
    row = session.get(PrivacyRequest, request_id, with_for_update=True, populate_existing=True)
    if row is None or row.wish != "delete" or row.state not in ("approved", "running"):
        return True
    if row.state == "approved":
        if not ready(session, row, now=now):
            return True
        _begin(session, row, now)
    work = _Work(session, Whose.from_json(row.progress["of"]), now, forget)
    step, after, counts, left = row.progress["step"], row.progress["after"], dict(row.counts), batch
    while step < len(STEPS) and left > 0:
        done, after = _erase(work, STEPS[step], after, left)
        counts[STEPS[step]], left = counts.get(STEPS[step], 0) + done, left - done
        if left > 0:
            step, after = step + 1, 0
    row.counts = {name: count for name, count in counts.items() if count}
    row.progress = {"of": work.who.to_json(), "step": step, "after": after}
    if step == len(STEPS):
        _end(session, row, work.who, now)
    return step == len(STEPS)


#: What nobody has to see to any more: table, the states in which it waits, and how it ends.
ENDS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("escalation", ("open", "taken"), "resolved", "resolved_at"),
    ("promise", ("open", "paused", "missed"), "dropped", "dropped_at"),
    ("survey", ("planned", "asked", "phone"), "dropped", ""),
    ("signup", ("signed", "waiting"), "cancelled", ""),
)


def _nobody_waits(session: Session, row: PrivacyRequest, who: Whose, now: dt.datetime) -> None:
    """Questions, matters and places of the person are over; what this very request owes stays owed."""
    for name, waits, end, stamp in ENDS:
        table = traces.table(name)
        mine = update(table).where(traces.rows(name, who, now), table.c.state.in_(waits))
        if name == "promise":
            mine = mine.where(table.c.ticket_id.is_distinct_from(row.id), table.c.met_at.is_(None))
        session.execute(mine.values({"state": end} | ({stamp: now} if stamp else {})))


def _places(session: Session, who: Whose, now: dt.datetime) -> Sequence[int]:
    """The events to come at which the person has a place."""
    query = select(Signup.event_id).join(Event).where(whose.of(Signup.follower_id, who.followers))
    return session.scalars(query.where(Signup.state == "signed", Event.starts_at > now).distinct()).all()


def _begin(session: Session, row: PrivacyRequest, now: dt.datetime) -> None:
    """From here on there is no way back. What waited for the person is cancelled, what the law keeps is locked away."""
    who = whose.person(session, row.follower, row.customer)
    row.move("running", by=SYSTEM, now=now)
    outbox.withdraw(session, whose.of(Outgoing.follower_id, who.followers), reason="erased", now=now)
    mine = traces.rows("callback", who, now)
    for call in session.scalars(select(Callback).where(mine, Callback.state == "open")).all():
        callbacks.drop(session, call, by=SYSTEM, now=now, reason=GONE)
    followed = traces.rows("enrolment", who, now)
    for enrolment in session.scalars(select(Enrolment).where(followed, Enrolment.state == "running")).all():
        enrolments.stop(session, enrolment, by=SYSTEM, now=now, why="erased")
    gifts.moot(session, who.files, reason=GONE, by=SYSTEM, now=now)
    places = _places(session, who, now)
    _nobody_waits(session, row, who, now)
    for event_id in places:
        events.fill(session, event_id, now=now)
    row.counts = {"locked_record": locking.lock(session, row, who, now=now)}
    row.progress = {"of": who.to_json(), "step": 0, "after": 0}
    trust.record(session, None, Deed("privacy.begin", "privacy", row.number), origin="job", now=now)
    session.flush()


def _end(session: Session, row: PrivacyRequest, who: Whose, now: dt.datetime) -> None:
    row.progress = {"of": Whose(who.customer, who.followers).to_json(), "step": len(STEPS), "after": 0}
    privacy.finish(session, row, by=SYSTEM, now=now)
    deed = Deed("privacy.erased", "privacy", row.number, after=dict(row.counts))
    trust.record(session, None, deed, origin="job", now=now)


def _erase(work: _Work, name: str, after: int, most: int) -> tuple[int, int]:
    """At most so many rows of one table behind the row `after`; how many that were, and the last of them."""
    session, table, rule = work.session, traces.table(name), RULES[name]
    session.flush()
    key = next(iter(table.primary_key.columns))
    found = select(key).where(traces.rows(name, work.who, work.now), key > after).order_by(key).limit(most)
    keys = list(session.scalars(found))
    if not keys:
        return 0, after
    if "path" in rule.erased:
        for path in session.scalars(select(table.c.path).where(key.in_(keys), table.c.path != "")):
            work.forget(path)
    if rule.drop:
        session.execute(delete(table).where(key.in_(keys)))
    else:
        session.execute(update(table).where(key.in_(keys)).values(_blank(name)))
    session.expire_all()
    return len(keys), keys[-1]


def _blank(name: str) -> Mapping[str, Any]:
    """What stands in the emptied columns."""
    table, values = traces.table(name), {}
    for column in RULES[name].erased:
        values[column] = _nothing(table.c[column])
    return values | {column: make(table) for column, make in OTHERWISE.get(name, {}).items()}


def _nothing(column: Any) -> Any:
    if column.nullable:
        return None
    if isinstance(column.type, JSON):
        return column.default.arg(None)
    return "" if isinstance(column.type, String | Text) else 0 if isinstance(column.type, Integer) else None


def _gone(table: Any) -> Any:
    return privacy.erased_key(next(iter(table.primary_key.columns)))


def _unless_ours(table: Any) -> Any:
    """The name of a customer goes, that of a colleague or a crew stays: it says who worked."""
    return case((table.c.actor_kind == "customer", ""), else_=table.c.actor_name)


#: Columns that cannot simply be empty, and marks that go with it.
OTHERWISE: dict[str, dict[str, Callable[[Any], Any]]] = {
    "follower": {
        # An answer under way compares the turn, finds another one, and meets a stranger.
        "openid": _gone, "turn": lambda table: table.c.turn + 1, "subscribed": lambda _: False,
        "unreachable": lambda _: "erased", "customer_id": lambda _: None, "reply_until": lambda _: None,
        "reply_left": lambda _: 0, "burst_until": lambda _: None, "burst_left": lambda _: 0,
    },
    # No list, audience or figure counts the empty file.
    "customer": {"stage": lambda _: "erased"},
    "binding_code": {"code": _gone},
    "qr_code": {"scene": _gone, "state": lambda _: "dropped"},
    "inbound": {"dedupe_key": _gone},
    "outgoing": {"dedupe_key": _gone},
    "attachment": {"state": lambda _: "erased"},
    "conversation": {
        "owner": lambda _: "bot", "staff_id": lambda _: None, "waiting_since": lambda _: None, "unread": lambda _: 0,
        # Lists go by the last message: it is in none of them any more.
        "last_message_at": lambda _: None,
    },
    "ticket_event": {"actor_name": _unless_ours},
    "care_event": {"actor_name": _unless_ours},
    "house_event": {"actor_name": _unless_ours},
    "event_step": {"actor_name": _unless_ours},
}  # fmt: skip
