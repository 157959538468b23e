"""The one engine of promises: made, met, missed, paused by recorded agreement, dropped.

Every change recomputes the case's `next_due_at`, so lists never sort by a promise that is no longer owed.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.callbacks import Callback, Slip
from models.db import insert_into
from models.desk.complaint import sight
from models.desk.staff import calendar, duty
from models.errors import DomainError, Missing
from models.promises import Policy, Promise
from models.staff import Staff
from models.talk import Conversation
from models.work import Ticket

#: name, title, minutes, urgent minutes, working time. Managers change the numbers in the panel.
POLICIES: tuple[tuple[str, str, int, int, bool], ...] = (
    ("repair.accept", "师傅接单", 30, 10, False),
    ("repair.on_site", "上门", 480, 120, False),
    # By the number of faults: 3, 7 and 15 days of seven and a half office hours.
    ("repair.finish", "修完（1项）", 1350, 1350, True),
    ("repair.finish_few", "修完（2到3项）", 3150, 3150, True),
    ("repair.finish_many", "修完（4项以上）", 6750, 6750, True),
    # No promise but a number: what breaks again within so many minutes after it was mended is the same case.
    ("repair.redo", "返修期", 43200, 43200, False),
    ("conversation.first_reply", "人工首次回复", 10, 5, True),
    ("conversation.next_reply", "人工接着回复", 10, 5, True),
    ("repair.dissatisfied", "不满意当日联系", 480, 120, True),
    ("callback.due", "回访", 480, 60, True),
    ("slip.answer", "联系单答复", 450, 120, True),
    # Two days: what is not settled by then is the manager's.
    ("slip.due", "联系单办结", 2880, 1440, False),
    ("enquiry.contact", "咨询首次联系", 240, 120, True),
    # No promise but a number: a lead that nobody touched for so many minutes loses a grade.
    ("enquiry.cooling", "没人联系就降一级", 20160, 20160, False),
    # The customer's turn, two working days of office time: no miss of ours, but somebody calls when it is over.
    ("quote.answer", "客户答复报价", 900, 900, True),
    ("complaint.first_contact", "投诉首次联系", 60, 30, True),
    ("complaint.explain", "投诉书面说明", 480, 480, False),
    ("suggestion.answer", "建议答复", 2250, 2250, True),
    # Fifteen working days of seven and a half hours.
    ("privacy.answer", "隐私申请办结", 6750, 6750, True),
)
#: Where the default share of the time is not the right one: half of two working days is the reminder after one.
WARN_PERCENT = {"quote.answer": 50}
#: What a promise may be about (models/matters.py).
Matter = Ticket | Conversation | Callback | Slip
#: After a miss the next person is told when this has passed without it being met.
CLIMB = dt.timedelta(minutes=30)
#: How long before a named moment its owner hears of it at the latest.
SHORTLY = dt.timedelta(minutes=30)
#: A repair that is not finished in time is not finished in half an hour either.
CLIMB_SLOWLY = dt.timedelta(days=1)
TOP_LEVEL = 3


class NothingToPause(DomainError):
    """No open promise of this kind can be paused."""

    key = "errors.nothing_to_pause"


def ensure_policies(session: Session) -> None:
    """Every policy of POLICIES exists afterwards; numbers that a manager changed stay. Safe on two workers at once."""
    session.flush()
    known = set(session.scalars(select(Policy.name)))
    missing = [
        {"name": name, "title": title, "minutes": minutes, "urgent_minutes": urgent, "working_time": working,
         "warn_percent": WARN_PERCENT.get(name, 75)}
        for name, title, minutes, urgent, working in POLICIES
        if name not in known
    ]  # fmt: skip
    if missing:
        session.execute(insert_into(session, Policy).values(missing).on_conflict_do_nothing(index_elements=["name"]))


def policy(session: Session, name: str) -> Policy:
    """The policy `name`, read once a session; created with its default numbers when the table does not have it yet."""
    known: dict[str, Policy] = session.info.setdefault("policies", {})
    if name not in known or known[name] not in session:
        known |= {row.name: row for row in session.scalars(select(Policy))}
    if name not in known or known[name] not in session:
        ensure_policies(session)
        known |= {row.name: row for row in session.scalars(select(Policy))}
    return known[name]


def climb_after(promise: Promise) -> dt.timedelta:
    """How long a miss waits before the next person is told of it."""
    return CLIMB_SLOWLY if promise.policy.name.startswith("repair.finish") else CLIMB


def make(
    session: Session,
    name: str,
    about: Matter,
    *,
    now: dt.datetime,
    urgent: bool = False,
    due_at: dt.datetime | None = None,
) -> Promise:
    """Promise `name` about a case, a conversation, a callback or a slip from `now` on; its owner is told first.

    Due at `due_at` where that moment was named, else by the policy. A promise of the same kind that is still owed
    is returned instead.
    """
    rule = policy(session, name)
    known = find(session, name, about)
    if known is not None:
        return known
    due_at, warn_at = (
        _clock(session, rule, now, urgent) if due_at is None else (due_at, _warn_before(rule, now, due_at))
    )
    promise = Promise(
        policy=rule,
        **{about.matter: about},
        urgent=urgent,
        owner=first_told(session, about, now),
        made_at=now,
        due_at=due_at,
        warn_at=warn_at,
        state="open",
        level=0,
        agreement="",
    )
    session.add(promise)
    _refresh(promise)
    return promise


def add(session: Session, name: str, calls: Sequence[tuple[Callback, Staff | None]], *, now: dt.datetime) -> None:
    """Promise `name` for the moments of calls that have just been asked for, each with who is told first.

    Nothing is owed on them yet. One statement, however many.
    """
    rule = policy(session, name)
    plain = {"policy_id": rule.id, "urgent": False, "made_at": now, "state": "open", "level": 0, "agreement": ""}
    rows = [
        plain | {"callback_id": call.id, "owner_id": owner.id if owner is not None else None, "due_at": call.due_at,
                 "warn_at": _warn_before(rule, now, call.due_at)}
        for call, owner in calls
    ]  # fmt: skip
    session.execute(insert(Promise), rows)


def first_told(session: Session, about: Matter, now: dt.datetime) -> Staff | None:
    """The matter's owner, while they are away whoever stands in and may know of it."""
    if isinstance(about, Conversation):
        return None
    there = duty.present(session, about.owner, now=now, without=sight.shut_out(session, about))
    return there if there is not None and sight.fits(there, about) else about.owner


def _clock(session: Session, rule: Policy, now: dt.datetime, urgent: bool) -> tuple[dt.datetime, dt.datetime]:
    """When the policy makes it due, and when it warns."""
    minutes = rule.urgent_minutes if urgent else rule.minutes
    warn = warn_minutes(rule, minutes)
    if rule.working_time:
        office = calendar.office(session)
        return office.add(now, minutes), office.add(now, warn)
    return now + dt.timedelta(minutes=minutes), now + dt.timedelta(minutes=warn)


def warn_minutes(rule: Policy, minutes: int) -> int:
    """After so many of these minutes people are warned."""
    return max(1, minutes * rule.warn_percent // 100)


def redate(promise: Promise, due_at: dt.datetime, warn_at: dt.datetime) -> None:
    """It is due at another moment, because the office's calendar is another one or it may not be later than one before;
    the case sorts by it.
    """
    promise.due_at, promise.warn_at = due_at, warn_at if promise.warned_at is None else promise.warn_at
    _refresh(promise)


def name_anew(promise: Promise, due_at: dt.datetime, *, now: dt.datetime) -> None:
    """Another moment is named for it; people are warned shortly before that one, unless they were already."""
    redate(promise, due_at, _warn_before(promise.policy, max(promise.made_at, now), due_at))


def _warn_before(rule: Policy, now: dt.datetime, due_at: dt.datetime) -> dt.datetime:
    """Of a moment that was named people are warned shortly before, not half a week ahead."""
    return max(now + (due_at - now) * rule.warn_percent / 100, due_at - SHORTLY)


def find(session: Session, name: str, about: Matter) -> Promise | None:
    """The promise of this kind that is still owed on the matter."""
    if isinstance(about, Ticket):
        found = [row for row in owed(session, about) if row.policy.name == name]
        return found[-1] if found else None
    query = (
        select(Promise).join(Policy).where(Policy.name == name, Promise.met_at.is_(None), Promise.state != "dropped")
    )
    mine = getattr(Promise, f"{about.matter}_id") == about.id
    return session.scalars(query.where(mine).order_by(Promise.id.desc())).first()


def owed(_session: Session | None, ticket: Ticket) -> list[Promise]:
    """All promises of a case that are not met and not dropped, the earliest first."""
    rows = [row for row in ticket.promises if row.met_at is None and row.state != "dropped"]
    return sorted(rows, key=lambda row: row.due_at)


def meet(session: Session, promise: Promise | None, *, now: dt.datetime) -> None:
    """Kept at `now`. Past the due moment it counts as missed as well, even when no sweep has seen it yet."""
    if promise is None or promise.met_at is not None:
        return
    promise.met_at = now
    if promise.missed_at is None and now > promise.due_at:
        promise.missed_at = promise.due_at
    promise.state = "missed" if promise.missed_at else "met"
    promise.next_level_at = promise.paused_until = None
    _refresh(promise)


def drop(session: Session, promise: Promise | None, *, now: dt.datetime) -> None:
    """No longer owed, for example because the case was cancelled. A missed one keeps its mark."""
    if promise is None or promise.met_at is not None or promise.state == "dropped":
        return
    promise.state, promise.dropped_at = "dropped", now
    promise.next_level_at = promise.paused_until = None
    _refresh(promise)


def pause(
    session: Session,
    promise: Promise | None,
    *,
    until: dt.datetime,
    words: str,
    now: dt.datetime,
    due: dt.datetime | None = None,
) -> Promise:
    """The clock stands still from `now` to `until` because the customer said `words`.

    The due moment moves by the pause, or to `due` (the end of the time the customer named). Refused without the
    customer's words, for a moment that is past, and when nothing is owed or the promise is already missed.
    """
    if promise is None or promise.state not in ("open", "paused"):
        raise NothingToPause
    if not words.strip():
        raise Missing(field="words")
    if until <= now:
        raise Missing("errors.past_time", field="until")
    if promise.state == "paused":
        resume(session, promise, now=now)
    shift = _shift(session, promise, until, now)
    promise.seconds_left = max(0, int((promise.due_at - now).total_seconds()))
    if promise.warned_at is None:
        promise.warn_at = max(promise.warn_at, now) + shift
    if due is not None and due > until:
        # A window that the customer named is warned of inside it, however much of the first clock was used.
        inside = until + (due - until) * promise.policy.warn_percent / 100
        promise.due_at, promise.warn_at = due, promise.warn_at if promise.warned_at else inside
    else:
        promise.due_at += shift
    promise.warn_at = min(promise.warn_at, promise.due_at)
    promise.state, promise.paused_at, promise.paused_until = "paused", now, until
    promise.agreement = words.strip()
    _refresh(promise)
    return promise


def _shift(session: Session, promise: Promise, until: dt.datetime, now: dt.datetime) -> dt.timedelta:
    """How far a pause moves what is due: on a clock of office hours by the office hours that it takes."""
    if not promise.policy.working_time or promise.due_at <= now:
        return until - now
    office = calendar.office(session)
    return office.add(until, office.minutes(now, promise.due_at)) - promise.due_at


def resume(session: Session, promise: Promise, *, now: dt.datetime) -> None:
    """The clock runs again. Before the agreed moment it goes on with what was left of it when it was stopped."""
    if promise.state != "paused" or promise.paused_until is None:
        raise NothingToPause
    if now < promise.paused_until:
        left = dt.timedelta(seconds=promise.seconds_left or 0)
        if promise.policy.working_time:
            office = calendar.office(session)
            left = office.add(now, office.minutes(promise.paused_at or now, (promise.paused_at or now) + left)) - now
        promise.due_at = now + left
        promise.warn_at = min(promise.warn_at, now + left * promise.policy.warn_percent / 100)
    promise.state, promise.paused_until = "open", None
    _refresh(promise)


def _refresh(promise: Promise) -> None:
    ticket = promise.ticket
    if ticket is not None:
        ticket.next_due_at = min((row.due_at for row in owed(None, ticket)), default=None)
