"""The call of a mass send: claimed by one worker, made once or again by the same key, its answer written down."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models.campaigns import Campaign, MassSend
from models.desk.delivery import ladder, reports, terms
from models.desk.marketing import by_tag, mass
from models.menus import Tag
from models.outbound import Outgoing
from models.people import Follower

#: The key protects for 24 hours; an hour before that we stop asking again.
KEY_LIVES = dt.timedelta(hours=23)
#: What the platform said of a call that it has surely not carried out.
SURELY_NOT = frozenset({"throttled", "misconfigured"})
#: A worker that has not settled its call by then is dead.
ABANDONED = dt.timedelta(minutes=3)
#: Without a report we ask ourselves, and again as often.
ASK_AFTER = dt.timedelta(minutes=30)


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

    One whose worker died, or whose answer got lost, is taken up again by the same key, even after its campaign was
    cancelled: only so is it known what became of it. Past the key's life it is `unknown`: a person looks into the
    console. One that was surely never carried out goes only when everybody on it has just been judged.
    """
    send = _next(session, now)
    if send is None:
        return None
    if send.first_at is not None and send.first_at < now - KEY_LIVES:
        send.state, send.reason = "unknown", "no_answer"
        return None
    if send.first_at is None and (why := mass.given_up(send, house, now)):
        send.state, send.reason = "refused", why
        return None
    if (ends := ladder.quiet_until(now, house.quiet)) is not None:
        send.state, send.next_try_at = "ready", ends
        return None
    send.state, send.claim, send.claimed_at = "sending", mark, now
    send.first_at, send.attempts = send.first_at or now, send.attempts + 1
    whom = select(Follower.openid).join(Outgoing, Outgoing.follower_id == Follower.id)
    whom = whom.where(Outgoing.mass_id == send.id, Outgoing.state == "sending").order_by(Outgoing.id)
    openids = session.scalars(whom).all()
    tag = by_tag.of_exactly(session, send.campaign, openids)
    send.tag_id = tag.id if tag else None
    return Parcel(send, send.campaign, openids, mark, tag)


def _next(session: Session, now: dt.datetime) -> MassSend | None:
    """The earliest that is due or was left by a dead worker, locked; passed over who is to be judged again first."""
    abandoned = and_(MassSend.state == "sending", MassSend.claimed_at < now - ABANDONED)
    due = and_(MassSend.state == "ready", MassSend.next_try_at <= now)
    in_doubt = and_(Campaign.state == "cancelled", MassSend.first_at.is_not(None))
    query = (
        select(MassSend)
        .join(Campaign)
        .where(or_(due, abandoned), or_(Campaign.state == "running", in_doubt))
        .order_by(MassSend.next_try_at, MassSend.id)
        .limit(20)
        .with_for_update(of=MassSend, skip_locked=True)
    )
    for send in session.scalars(query):
        waits = select(Outgoing.id).where(mass.unjudged(send, now)).limit(1)
        if send.first_at is not None or session.scalar(waits) is None:
            return send
    return None


def settle(session: Session, parcel: Parcel, to: str, *, now: dt.datetime, **facts: object) -> bool:
    """What the platform said is written down; False when it is no longer ours. Its messages follow by `spread`."""
    query = select(MassSend).where(MassSend.id == parcel.send.id).with_for_update()
    send = session.scalars(query).one()
    if send.state != "sending" or send.claim != parcel.claim:
        return False
    send.state, send.tag_id = to, parcel.tag.id if parcel.tag else None
    if facts.get("reason") in SURELY_NOT and send.first_at == send.claimed_at:
        send.first_at = None  # nor was any call before this one: the list is not bound to its key
    for name, value in facts.items():
        setattr(send, name, value)
    if to == "sent":
        send.sent_at, send.next_try_at = now, now + ASK_AFTER
        reports.match_mass(session, send, now=now)
    return True
