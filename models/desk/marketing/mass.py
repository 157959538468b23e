"""Mass sends: one call for 2–10 000 people whose window is shut, within the four a month that the platform allows each.

People join in small steps, and are judged again before every call until one may have been carried out. From then on
the list is bound to its key, which makes repeating harmless for a day. After that, or when the platform's word stays
away, a person decides: nothing is sent again blindly.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from models.campaigns import Campaign, MassSend
from models.desk.delivery import ladder, outbox, terms
from models.desk.marketing import quota
from models.outbound import Outgoing
from models.people import Follower

#: What the platform takes in one call.
FEWEST, MOST = 2, 10_000
#: Rows handled in one transaction: a writer on SQLite keeps everybody else waiting as long.
STEP = 500
#: A list that was never handed over within this time is made anew: who is on it may have said no since.
FRESH = dt.timedelta(minutes=15)
#: Whoever was judged so lately need not be judged again before the call.
JUDGED_FOR = dt.timedelta(minutes=2)
#: What becomes of a row that may not go with many. One whose campaign was cancelled at this very moment rests until
#: jobs/campaigns.py cancels it with the others.
BECOMES = {
    "send": "queued", "wait": "queued", "hold": "held", "cancel": "held", "refuse": "refused", "expire": "expired",
}  # fmt: skip


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
    known, joined, moved = terms.load(session, rows, house, now=now), [], 0
    for row, verdict in _judged(session, rows, known, now):
        if verdict.reason == "awaits_mass":
            known.touch(row)
            joined.append(row)
        elif verdict.reason != "quiet_hours":
            _elsewhere(row, verdict, now)
            moved += 1
    if joined:
        _join(session, send or _begin(session, campaign, lang, now), joined, now)
    return len(joined) + moved


def _judged(
    session: Session, rows: Sequence[Outgoing], known: terms.Knowledge, now: dt.datetime
) -> Iterator[tuple[Outgoing, ladder.Verdict]]:
    """Each row with what the ladder says of it now; left out is whose household another worker holds."""
    people = select(Follower).where(Follower.id.in_([row.follower_id for row in rows]))
    by_id = {one.id: one for one in session.scalars(people)}
    for row in rows:
        if row.follower_id not in known.elsewhere:
            yield row, ladder.judge(row, by_id[row.follower_id], known.terms(row), now=now)


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
    to = BECOMES[verdict.do]
    if row.state == to == "held":
        row.reason = verdict.reason
        return
    outbox.move(row, to, reason=verdict.reason, now=now)
    row.next_try_at, row.mass_id, row.rung = verdict.until or now, None, ""


def _join(session: Session, send: MassSend, rows: Sequence[Outgoing], now: dt.datetime) -> None:
    for row in rows:
        outbox.move(row, "sending", now=now)
        row.rung, row.claim, row.claimed_at, row.mass_id = "mass", _mark(send), now, send.id
    send.size += len(rows)
    quota.count(session, [row.follower_id for row in rows], quota.month_of(now), 1)
    if send.size >= MOST:
        send.state, send.next_try_at = "ready", now


def _close(send: MassSend, now: dt.datetime) -> None:
    if send.size >= FEWEST:
        send.state, send.next_try_at = "ready", now
    else:
        send.state, send.reason = "refused", "alone"


def judge_again(session: Session, house: terms.House, *, now: dt.datetime) -> int:
    """Some of those whose call was surely never carried out are judged again before the next; 0 when all are.

    Who may not get it any more drops out and has the month's place back. A send whose campaign is over, or that lay
    here for too long, is given up, and so is one of whom fewer than two are left.
    """
    for send in _before_their_call(session, now):
        if why := given_up(send, house, now):
            send.state, send.reason = "refused", why
            return 1
        if looked := _look_again(session, send, house, now):
            return looked
    return 0


def _before_their_call(session: Session, now: dt.datetime) -> Sequence[MassSend]:
    query = (
        select(MassSend)
        .join(Campaign)
        .where(MassSend.state == "ready", MassSend.first_at.is_(None), MassSend.next_try_at <= now)
        .where(Campaign.state == "running")
        .order_by(MassSend.next_try_at, MassSend.id)
        .limit(20)
        .with_for_update(of=MassSend, skip_locked=True)
    )
    return session.scalars(query).all()


def given_up(send: MassSend, house: terms.House, now: dt.datetime) -> str:
    """Why a send that nobody has got yet is not handed over any more; empty while it may be."""
    if send.campaign.ends_at is not None and send.campaign.ends_at <= now:
        return "too_late"
    # At night and after a long pause people may have written meanwhile, and get it in their own window.
    old = send.next_try_at < now - FRESH or ladder.quiet_until(now, house.quiet) is not None
    return "too_old" if old else ""


def unjudged(send: MassSend, now: dt.datetime) -> ColumnElement[bool]:
    """Those of its people who were not judged for the call that comes next, or not lately, or in another month."""
    since = max(now - JUDGED_FOR, quota.month_began(now))
    return and_(
        Outgoing.mass_id == send.id, Outgoing.state == "sending",
        or_(Outgoing.claim != _mark(send), Outgoing.claimed_at < since),
    )  # fmt: skip


def _mark(send: MassSend) -> str:
    """What a row says that was judged for the send's next call."""
    return f"{send.key[:24]}:{send.attempts}"


def _look_again(session: Session, send: MassSend, house: terms.House, now: dt.datetime) -> int:
    query = select(Outgoing).where(unjudged(send, now)).order_by(Outgoing.id).limit(STEP)
    rows = session.scalars(query.with_for_update()).all()
    known = terms.load(session, rows, house, now=now)
    for row in rows:
        known.forget(row)
    staying, leaving = [], []
    for row, verdict in _judged(session, rows, known, now):
        if verdict.reason == "awaits_mass":
            known.touch(row)
            row.claim = _mark(send)
            staying.append(row)
        else:
            leaving.append((row, verdict))
    quota.give_back(session, [row for row, _ in leaving])
    quota.renew(session, staying, now)
    for row, verdict in leaving:
        _elsewhere(row, verdict, now)
    send.size -= len(leaving)
    if send.size < FEWEST:
        send.state, send.reason = "refused", "alone" if send.size else "nobody"
    return len(staying) + len(leaving)


def call_off(session: Session, campaign: Campaign) -> int:
    """Sends of a cancelled campaign that surely never went out are given up; one in doubt stays bound to its key."""
    query = select(MassSend).where(
        MassSend.campaign_id == campaign.id, MassSend.state.in_(("forming", "ready")), MassSend.first_at.is_(None)
    )
    sends = session.scalars(query.with_for_update()).all()
    for send in sends:
        send.state, send.reason = "refused", "campaign_cancelled"
    return len(sends)
