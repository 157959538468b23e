"""Mass sends: one call for 2–10 000 people whose window is shut, within the four a month that the platform allows each.

People join in small steps; from then on they are in the send's hands and its key makes repeating harmless for a day.
After that, or when the platform's word stays away, a person decides: nothing is sent again blindly.
"""

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, exists, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.actors import By
from models.campaigns import Campaign, MassQuota, MassSend
from models.desk.delivery import ladder, outbox, reports, terms
from models.desk.marketing import by_tag
from models.errors import DomainError
from models.menus import Tag
from models.outbound import Outgoing
from models.people import Follower
from models.talk import Conversation, Message
from models.worktime import SHANGHAI

#: What the platform takes in one call.
FEWEST, MOST = 2, 10_000
#: Rows handled in one transaction: a writer on SQLite keeps everybody else waiting as long.
STEP = 500
#: The key protects for 24 hours; an hour before that we stop asking again.
KEY_LIVES = dt.timedelta(hours=23)
#: A list that was never handed over within this time is made anew: who is on it may have said no since.
FRESH = dt.timedelta(minutes=15)
#: A worker that has not settled its call by then is dead.
ABANDONED = dt.timedelta(minutes=3)
#: Without a report we ask ourselves, and again as often.
ASK_AFTER = dt.timedelta(minutes=30)


#: Why nothing was sent -> what its people wait for now.
BACK = {"alone": "window_closed", "mass_quota": "mass_quota", "too_old": "awaits_mass"}


def month_of(now: dt.datetime) -> str:
    """The month whose quota counts: a calendar month in China."""
    return f"{now.astimezone(SHANGHAI):%Y-%m}"


def form(session: Session, campaign: Campaign, lang: str, house: terms.House, *, now: dt.datetime) -> int:
    """Some of those who wait for a mass send join the one that is forming; 0 when nobody waits any more.

    Each is judged anew. Who may not get it now goes where the ladder says. The last step makes the send ready; one
    that found a single person dissolves, because the platform takes no fewer than two.
    """
    send = _forming(session, campaign, lang)
    rows = _waiting(session, campaign, lang, min(STEP, MOST - (send.size if send else 0)))
    if not rows:
        if send is not None:
            _close(send, now)
        return 0
    people = select(Follower).where(Follower.id.in_([row.follower_id for row in rows]))
    by_id = {one.id: one for one in session.scalars(people)}
    known, joined, moved = terms.load(session, rows, house, now=now), [], 0
    for row in rows:
        if row.follower_id in known.elsewhere:
            continue
        verdict = ladder.judge(row, by_id[row.follower_id], known.terms(row), now=now)
        if verdict.reason == "awaits_mass":
            known.touch(row)
            joined.append(row)
        elif verdict.reason != "quiet_hours":
            _elsewhere(row, verdict, now)
            moved += 1
    if joined:
        _join(session, send or _begin(session, campaign, lang, now), joined, now)
    return len(joined) + moved


def _forming(session: Session, campaign: Campaign, lang: str) -> MassSend | None:
    query = select(MassSend).where(
        MassSend.campaign_id == campaign.id, MassSend.lang == lang, MassSend.state == "forming"
    )
    return session.scalars(query).first()


def _begin(session: Session, campaign: Campaign, lang: str, now: dt.datetime) -> MassSend:
    """A new send; its key is the same for the same send, whoever begins it and however often."""
    before = session.scalar(select(func.count()).where(MassSend.campaign_id == campaign.id))
    key = hashlib.sha256(f"campaign:{campaign.id}:{lang}:{before}".encode()).hexdigest()[:32]
    send = MassSend(campaign=campaign, lang=lang, key=key, state="forming", size=0, next_try_at=now, attempts=0)
    session.add(send)
    session.flush()
    return send


def _waiting(session: Session, campaign: Campaign, lang: str, limit: int) -> Sequence[Outgoing]:
    if limit <= 0:
        return ()
    query = (
        select(Outgoing)
        .join(Follower, Follower.id == Outgoing.follower_id)
        .where(Outgoing.campaign_id == campaign.id, Outgoing.state == "held", Outgoing.reason == "awaits_mass")
        .order_by(Outgoing.id)
        .limit(limit)
        .with_for_update(of=Outgoing, skip_locked=True)
    )
    if campaign.body_en:
        query = query.where((Follower.lang == "en") if lang == "en" else (Follower.lang != "en"))
    return session.scalars(query).all()


def _elsewhere(row: Outgoing, verdict: ladder.Verdict, now: dt.datetime) -> None:
    """It may not go with many: back to the queue or to rest, as the ladder says."""
    to = {"send": "queued", "wait": "queued", "hold": "held", "refuse": "refused", "expire": "expired"}
    if row.state == "held" and to[verdict.do] == "held":
        row.reason = verdict.reason
        return
    outbox.move(row, to[verdict.do], reason=verdict.reason, now=now)
    row.next_try_at = verdict.until or now


def _join(session: Session, send: MassSend, rows: Sequence[Outgoing], now: dt.datetime) -> None:
    for row in rows:
        outbox.move(row, "sending", now=now)
        row.rung, row.claim, row.claimed_at, row.mass_id = "mass", send.key, now, send.id
    send.size += len(rows)
    count(session, [row.follower_id for row in rows], month_of(now), 1)
    if send.size >= MOST:
        send.state, send.next_try_at = "ready", now


def _close(send: MassSend, now: dt.datetime) -> None:
    if send.size >= FEWEST:
        send.state, send.next_try_at = "ready", now
    else:
        send.state, send.reason = "refused", "alone"


def count(session: Session, ids: Collection[int], month: str, by: int) -> None:
    """Each of these followers has had so many mass messages more this month."""
    if not ids:
        return
    kind = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [{"follower_id": one, "month": month, "used": max(by, 0)} for one in sorted(ids)]
    statement = kind(MassQuota).values(rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["follower_id", "month"], set_={"used": MassQuota.used + by}
        ).execution_options(synchronize_session=False)
    )


@dataclass(frozen=True)
class Parcel:
    """A claimed mass send: whom it goes to, by which key, and the tag that names the very same people. Read only."""

    send: MassSend
    campaign: Campaign
    openids: Sequence[str]
    claim: str
    tag: Tag | None = None


def claim(session: Session, mark: str, house: terms.House, *, now: dt.datetime) -> Parcel | None:
    """The next mass send that may go out now, marked as ours; None when there is none.

    One whose worker died, or whose answer got lost, is taken up again by the same key. Past the key's life it is
    `unknown`: a person looks into the console. A list that lay here for long, paused or over night, and was never
    handed over is given up, and its people are judged anew.
    """
    abandoned = (MassSend.state == "sending") & (MassSend.claimed_at < now - ABANDONED)
    due = (MassSend.state == "ready") & (MassSend.next_try_at <= now)
    query = (
        select(MassSend)
        .join(Campaign)
        .where(due | abandoned, Campaign.state == "running")
        .order_by(MassSend.next_try_at, MassSend.id)
        .limit(1)
        .with_for_update(of=MassSend, skip_locked=True)
    )
    send = session.scalars(query).first()
    if send is None:
        return None
    if send.first_at is not None and send.first_at < now - KEY_LIVES:
        send.state, send.reason = "unknown", "no_answer"
        return None
    if send.first_at is None and send.next_try_at < now - FRESH:
        send.state, send.reason = "refused", "too_old"
        return None
    if (ends := ladder.quiet_until(now, house.quiet)) is not None:
        send.state, send.next_try_at = "ready", ends
        if send.first_at is None:
            send.state, send.reason = "refused", "too_old"
        return None
    send.state, send.claim, send.claimed_at = "sending", mark, now
    send.first_at, send.attempts = send.first_at or now, send.attempts + 1
    whom = select(Follower.openid).join(Outgoing, Outgoing.follower_id == Follower.id)
    whom = whom.where(Outgoing.mass_id == send.id, Outgoing.state == "sending").order_by(Outgoing.id)
    openids = session.scalars(whom).all()
    tag = by_tag.of_exactly(session, send.campaign, openids)
    send.tag_id = tag.id if tag else None
    return Parcel(send, send.campaign, openids, mark, tag)


def settle(session: Session, parcel: Parcel, to: str, *, now: dt.datetime, **facts: object) -> bool:
    """What the platform said is written down; False when it is no longer ours. Its messages follow by `spread`."""
    query = select(MassSend).where(MassSend.id == parcel.send.id).with_for_update()
    send = session.scalars(query).one()
    if send.state != "sending" or send.claim != parcel.claim:
        return False
    send.state, send.tag_id = to, parcel.tag.id if parcel.tag else None
    for name, value in facts.items():
        setattr(send, name, value)
    if to == "sent":
        send.sent_at, send.next_try_at = now, now + ASK_AFTER
        reports.match_mass(session, send, now=now)
    return True


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
    to, reason = {
        "unknown": ("unknown", "no_answer"), "refused": ("refused", "refused"),
    }[send.state]  # fmt: skip
    if send.reason in BACK:
        to, reason = "held", BACK[send.reason]
    for row in rows:
        doubtful = row.state == "unknown"
        outbox.move(row, "queued" if doubtful else to, reason="" if doubtful else reason, now=now)
        row.errcode, row.error, row.rid = send.errcode, send.error, send.rid
        if row.state in ("held", "queued"):
            row.mass_id, row.rung, row.next_try_at = None, "", now
    if send.state == "refused":
        month = month_of(send.first_at or now)
        count(session, [row.follower_id for row in rows], month, -1)


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


def forget(session: Session, month: str) -> int:
    """Counts of months before this one are gone; returns how many."""
    return session.execute(delete(MassQuota).where(MassQuota.month < month)).rowcount
