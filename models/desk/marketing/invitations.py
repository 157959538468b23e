"""Invitations to events and what is said after them: suggested in time as a campaign, let go by a second person.

An event has one invitation. It follows the event while nobody has had it: another date or place makes a draft of it
again, an event that is called off takes it along. Once some have had it, another date or place ends it, and a new draft
says what has changed. An event that is closed or full invites nobody.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models.actors import SYSTEM
from models.campaigns import Campaign
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.marketing import campaigns, events
from models.desk.marketing.campaigns import Plan
from models.desk.marketing.events import facts_of
from models.desk.marketing.occasions import OWNERS
from models.desk.staff import duty
from models.events import Event, Signup
from models.states import CAMPAIGN
from models.worktime import at_clock, local_day

#: So long before the event people are invited; so much earlier the words are ready to be read and approved.
AHEAD, READ_FOR = dt.timedelta(days=14), dt.timedelta(days=4)
#: When invitations and thanks go out, Beijing time.
AT = dt.time(10)
#: Later than this nobody is invited, or thanked, any more.
TOO_LATE, THANKS_LIVE = dt.timedelta(days=1), dt.timedelta(days=4)
MOST = 200
#: States in which nobody has had it.
UNSENT = ("draft", "checked", "approved", "scheduled")
#: States from which it goes out by itself, or could: a second person has read it, or is about to.
LET_GO = ("checked", "approved", "scheduled", "running")
#: States that end by being cancelled.
OPEN = tuple(state for state, after in CAMPAIGN.items() if "cancelled" in after)
INVITE = "events.invitation"
#: Key, facts and language -> the house's words.
Words = Callable[[str, dict[str, Any], str], str]


def run(session: Session, words: Words, *, now: dt.datetime) -> int:
    """Every event has its invitation in time, true to its date and place; guests have heard from us the day after."""
    return _suggest(session, words, now) + _follow(session, words, now) + _after(session, now)


def _suggest(session: Session, words: Words, now: dt.datetime) -> int:
    query = select(Event).where(
        Event.state == "open", Event.campaign_id.is_(None),
        Event.starts_at.between(now + TOO_LATE, now + AHEAD + READ_FOR),
    )  # fmt: skip
    rows = session.scalars(query.order_by(Event.starts_at).limit(MOST).with_for_update(skip_locked=True)).all()
    for event in rows:
        event.campaign = campaigns.make(session, _plan(event, words, OWNERS, now), by=SYSTEM, now=now)
        event.invited_for = event.starts_at
        _tell_marketing(session, event, now)
    return len(rows)


def _plan(
    event: Event, words: Words, audience: dict[str, Any], now: dt.datetime, *, mass: bool = False, key: str = INVITE
) -> Plan:
    known = {"title": event.title, "starts": event.starts_at.isoformat(), "place": event.place, "text": event.text}
    facts: dict[str, Any] = {name: value for name, value in known.items() if value}
    # Whoever reads it reads it on another day: the date is said in full, never as “tomorrow”.
    facts["now"] = event.starts_at - dt.timedelta(days=60)
    starts = _at_ten(local_day(event.starts_at - AHEAD))
    return Plan(
        f"邀请：{event.title}", body=words(key, facts, "zh"),
        body_en=words(key, facts, "en"), audience=audience, mass=mass,
        starts_at=starts if starts > now else None, ends_at=event.ends_sign_up,
    )  # fmt: skip


def _at_ten(day: dt.date) -> dt.datetime:
    return at_clock(day, AT)


def _tell_marketing(session: Session, event: Event, now: dt.datetime) -> None:
    """Whoever writes campaigns is told that one waits to be read, once for each date of the event."""
    campaign = event.campaign
    assert campaign is not None  # it has just been made or changed
    person = duty.pick_able(session, "marketing", "campaign.make", now=now)
    facts = {"title": campaign.name, "when": (campaign.starts_at or now).isoformat()}
    key = f"campaign:{campaign.id}:invites:{event.starts_at:%Y%m%d%H%M}"
    outbox.to_staff(session, key, staff=person, letter=Letter("staff.greeting_suggested", facts), now=now)


def _follow(session: Session, words: Words, now: dt.datetime) -> int:
    """What nobody has had yet says the event's present date and place; to what is called off, closed or full nobody is
    invited, and who was invited to another day hears of this one, once marketing lets it go."""
    changed = 0
    for event in _theirs(session, OPEN, Event.state == "cancelled"):
        campaigns.cancel(event.campaign, by=SYSTEM, now=now)
        changed += 1
    for event in _theirs(session, LET_GO, Event.state == "closed"):
        changed += _halt(event.campaign, "event_closed", now)
    for event in _theirs(session, LET_GO, Event.state == "open", Event.capacity.is_not(None)):
        if events.left(session, event) == 0 and not any(one.reason == "event_full" for one in event.campaign.events):
            changed += _halt(event.campaign, "event_full", now)
    for event in _theirs(session, ("paused",), Event.state == "open", Campaign.reason == "event_closed"):
        campaigns.resume(event.campaign, by=SYSTEM, now=now)
        changed += 1
    stale = or_(Event.invited_for.is_(None), Event.invited_for != Event.starts_at)
    for event in _theirs(session, (*OPEN, "done"), Event.state == "open", Event.starts_at > now, stale):
        _rewrite(session, event, words, now)
        changed += 1
    return changed


def _theirs(session: Session, states: Sequence[str], *conditions: ColumnElement[bool]) -> Iterator[Event]:
    """Events whose invitation is in one of these states, held; what another worker holds, or has just seen to, is
    left to it."""
    query = (
        select(Event).join(Campaign, Campaign.id == Event.campaign_id).where(Campaign.state.in_(states), *conditions)
    )
    held = query.order_by(Event.id).with_for_update(of=Event, skip_locked=True)
    for event in session.scalars(held.execution_options(populate_existing=True)).all():
        campaign = event.campaign
        if campaign is not None:
            session.refresh(campaign, with_for_update=True)
        if campaign is not None and campaign.state in states:
            yield event


def _halt(campaign: Campaign, why: str, now: dt.datetime) -> int:
    """Nothing more of it goes out: what runs is paused, what was let go is a draft again. Whoever lets it go anew after
    it was full has seen that."""
    if campaign.state == "running":
        campaigns.pause(campaign, by=SYSTEM, now=now, reason=why)
    else:
        campaigns.send_back(campaign, reason=why, by=SYSTEM, now=now)
    return 1


def _rewrite(session: Session, event: Event, words: Words, now: dt.datetime) -> None:
    """Unsent, it is a draft with the present date and place. Some had it already: that one is over, and another draft
    says what has changed, while there is still time."""
    old = event.campaign
    assert old is not None  # the query says so
    event.invited_for = event.starts_at
    if old.state in UNSENT:
        campaigns.edit(session, old, _plan(event, words, old.audience, now, mass=old.mass), by=SYSTEM, now=now)
        _tell_marketing(session, event, now)
        return
    if old.state in ("running", "paused"):
        campaigns.cancel(old, by=SYSTEM, now=now)
    event.campaign = None
    if event.starts_at <= now + AHEAD + READ_FOR and event.starts_at >= now + TOO_LATE:
        plan = _plan(event, words, old.audience, now, mass=old.mass, key="events.invitation_moved")
        event.campaign = campaigns.make(session, plan, by=SYSTEM, now=now)
        session.flush()
        _tell_marketing(session, event, now)


def _after(session: Session, now: dt.datetime) -> int:
    """The day after, guests are thanked and those who stayed away are not lost; once the door said who came."""
    posted = 0
    for signup in _guests(session, now):
        morning = _at_ten(local_day(signup.event.starts_at) + dt.timedelta(days=1))
        if now < morning:
            continue
        key = "events.came" if signup.attended else "events.stayed_away"
        row = outbox.post(
            session, f"event:{signup.event_id}:{signup.id}:after", to=signup.follower, now=now, purpose="follow_up",
            letter=Letter(key, facts_of(signup)), not_after=morning + THANKS_LIVE,
        )  # fmt: skip
        posted += row is not None
    return posted


def _guests(session: Session, now: dt.datetime) -> Iterator[Signup]:
    query = (
        select(Signup)
        .join(Event)
        .where(Event.state.in_(("open", "closed")), Event.starts_at.between(now - THANKS_LIVE, now))
        .where(Signup.state == "signed", Signup.attended.is_not(None))
    )
    yield from session.scalars(query.order_by(Signup.id)).all()
