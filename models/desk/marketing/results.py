"""What became of a campaign: how many by which way, who not and why, who answered and who had enough."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Interval, func, literal, select
from sqlalchemy.orm import Session

from models.campaigns import Campaign, Recipient
from models.outbound import Consent, Outgoing
from models.talk import Conversation, Message

#: An answer or an opt-out within this time belongs to the campaign.
HOURS = 48
#: States in which a message has still to leave.
UNDER_WAY = ("queued", "sending")
NOT_SENT = ("refused", "expired", "unknown", "cancelled")


@dataclass
class Results:
    """Figures of one moment. `states` counts messages; `reasons` why those that did not go or wait stand there."""

    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)
    out: Counter[str] = field(default_factory=Counter)
    replies: int = 0
    opt_outs: int = 0

    @property
    def total(self) -> int:
        """How many people are in."""
        return sum(self.states.values())

    @property
    def sent(self) -> int:
        """How many messages the platform took."""
        return self.states["sent"]

    @property
    def under_way(self) -> int:
        """How many are about to leave."""
        return sum(self.states[state] for state in UNDER_WAY)

    @property
    def waiting(self) -> int:
        """How many wait for something: the person's next message, or to go out with others."""
        return self.states["held"]

    @property
    def lost(self) -> int:
        """How many did not go and will not by themselves."""
        return sum(self.states[state] for state in NOT_SENT)


def of(session: Session, campaign: Campaign) -> Results:
    """The figures of a campaign, whatever it stands at."""
    found = Results()
    rows = (
        select(Outgoing.state, Outgoing.reason, Outgoing.rung, func.count())
        .where(Outgoing.campaign_id == campaign.id)
        .group_by(Outgoing.state, Outgoing.reason, Outgoing.rung)
    )
    for state, reason, rung, count in session.execute(rows):
        found.states[state] += count
        if state == "sent":
            found.ways[rung] += count
        if reason:
            found.reasons[state, reason] += count
    outs = select(Recipient.reason, func.count()).where(Recipient.campaign_id == campaign.id, Recipient.reason != "")
    found.out.update({reason: count for reason, count in session.execute(outs.group_by(Recipient.reason))})
    found.replies, found.opt_outs = _replies(session, campaign), _opt_outs(session, campaign)
    return found


def progress(session: Session, ids: Collection[int]) -> dict[int, Results]:
    """How many messages of each of these campaigns stand in which state, and no other figure; one query for all."""
    rows = (
        select(Outgoing.campaign_id, Outgoing.state, func.count())
        .where(Outgoing.campaign_id.in_(ids))
        .group_by(Outgoing.campaign_id, Outgoing.state)
    )
    found: dict[int, Results] = {one: Results() for one in ids}
    for campaign_id, state, count in session.execute(rows):
        if campaign_id is not None:
            found[campaign_id].states[state] = count
    return found


def _replies(session: Session, campaign: Campaign) -> int:
    """How many people wrote within two days of getting it."""
    query = (
        select(func.count(func.distinct(Outgoing.follower_id)))
        .join(Conversation, Conversation.follower_id == Outgoing.follower_id)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(
            Outgoing.campaign_id == campaign.id, Outgoing.state == "sent", Message.direction == "in",
            *_soon(session, Message.created_at),
        )
    )  # fmt: skip
    return session.scalar(query) or 0


def _opt_outs(session: Session, campaign: Campaign) -> int:
    """How many people refused more of it within two days of getting it."""
    query = (
        select(func.count(func.distinct(Outgoing.follower_id)))
        .join(Consent, Consent.follower_id == Outgoing.follower_id)
        .where(
            Outgoing.campaign_id == campaign.id, Outgoing.state == "sent", Consent.given.is_(False),
            *_soon(session, Consent.at),
        )
    )  # fmt: skip
    return session.scalar(query) or 0


def _soon(session: Session, moment: ColumnElement[dt.datetime]) -> tuple[ColumnElement[bool], ...]:
    """`moment` lies within two days after the message was sent; each database adds hours in its own way."""
    if session.get_bind().dialect.name == "postgresql":
        end: ColumnElement[dt.datetime] = Outgoing.settled_at + literal(dt.timedelta(hours=HOURS), Interval())
    else:
        end = func.strftime("%Y-%m-%d %H:%M:%f", Outgoing.settled_at, f"+{HOURS} hours")
    return moment >= Outgoing.settled_at, moment <= end
