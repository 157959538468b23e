"""Mass sends on their way: formed of those who wait, sent by key, written down, asked about. One step, one transaction.

A call is never repeated but by the same key, which the platform carries out once; what it does not answer within the
key's life a person decides.
"""

import datetime as dt
import logging
import time
import uuid
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.errors import GatewayError, MassSpent, Misconfigured, Refused, Throttled, Unknown, Unreachable
from bot.gateway import Sent
from jobs.letters import edited_by_staff
from jobs.rate import Rate
from jobs.world import World
from models.actors import SYSTEM
from models.campaigns import Campaign, MassSend
from models.desk.delivery import ladder, terms
from models.desk.marketing import campaigns, mass, mass_calls, mass_results
from models.desk.marketing.mass_calls import Parcel
from models.outbound import Outgoing

log = logging.getLogger(__name__)
#: After a call without an answer: the platform refuses the same key within a minute (45066).
ASK_AGAIN = dt.timedelta(seconds=90)
#: The platform's code for a key that it was given a moment ago: what became of that call is not known.
SAME_KEY_TOO_SOON = 45066
#: The platform's word for a mass send that failed or was deleted.
FAILED = frozenset({"SEND_FAIL", "DELETE"})


def run(world: World, house: terms.House, *, until: float, rate: Rate | None = None) -> int:
    """Every mass send has come as far as it can; returns how many steps were taken. `until` is a monotonic moment."""
    steps = _form(world, house, until)
    # The platform takes 60 calls a minute; a second apiece is as good.
    pace = rate or Rate(world.redis, per_second=1.0, key="rate:mass")
    while time.monotonic() < until and "mass" not in pace.full():
        while time.monotonic() < until and _judge(world, house):
            steps += 1
        if not _send(world, house, pace):
            break
        steps += 1
    return steps + _spread(world, until) + _ask(world)


def _form(world: World, house: terms.House, until: float) -> int:
    steps = 0
    with world.sessions() as session:
        query = select(Campaign.id, Campaign.body_en).where(
            Campaign.state == "running", Campaign.expanded_at.is_not(None), Campaign.mass
        )
        wanted = [
            (one, lang) for one, english in session.execute(query) for lang in (("zh", "en") if english else ("zh",))
        ]
    if wanted and ladder.quiet_until(world.clock(), house.quiet) is not None:
        return 0  # who writes before the morning gets it in their own window, without using up one of the four
    for campaign_id, lang in wanted:
        while time.monotonic() < until and _form_step(world, campaign_id, lang, house):
            steps += 1
    return steps


def _form_step(world: World, campaign_id: int, lang: str, house: terms.House) -> int:
    with world.sessions.begin() as session:
        campaign = _mine(session, campaign_id)
        if campaign is None or campaign.state != "running":
            return 0
        return mass.form(session, campaign, lang, house, now=world.clock())


def _mine(session: Session, campaign_id: int) -> Campaign | None:
    """The campaign, locked; None while another worker holds it."""
    query = select(Campaign).where(Campaign.id == campaign_id).with_for_update(skip_locked=True)
    return session.scalars(query).one_or_none()


def _judge(world: World, house: terms.House) -> int:
    """Some of those who are about to be handed over have been judged again; 0 when all have."""
    with world.sessions.begin() as session:
        return mass.judge_again(session, house, now=world.clock())


def _send(world: World, house: terms.House, pace: Rate) -> bool:
    """One mass send has gone to the platform and its answer is written down; False when none may go now."""
    with world.sessions.begin() as session:
        parcel = mass_calls.claim(session, str(uuid.uuid4()), house, now=world.clock())
        text = _words(world, session, parcel.send) if parcel else ""
    if parcel is None:
        return False
    pace.wait(1, {"mass": 1})
    if parcel.tag is not None and not _still_the_same(world, parcel):
        parcel = replace(parcel, tag=None)
    try:
        answer = _call(world, parcel, text)
    except GatewayError as error:
        return _failed(world, parcel, error)
    with world.sessions.begin() as session:
        mass_calls.settle(session, parcel, "sent", now=world.clock(), msg_id=answer.platform_id or "", reason="")
    return True


def _still_the_same(world: World, parcel: Parcel) -> bool:
    """Whether the platform itself gives the tag to these very people: staff may tag in its console behind our back."""
    try:
        return set(world.gateway.tagged(parcel.tag.platform_id)) == set(parcel.openids)
    except GatewayError as why:
        log.warning("tag %s cannot be looked at, its people are listed: %s", parcel.tag.id, why)
        return False


def _call(world: World, parcel: Parcel, text: str) -> Sent:
    """One call by one key: should it be made again, by tag or by list, the platform carries it out once."""
    if parcel.tag is not None:
        return world.gateway.send_to_tag(parcel.tag.platform_id, text, parcel.send.key)
    return world.gateway.send_mass(parcel.openids, text, parcel.send.key)


def _words(world: World, session: Session, send: MassSend) -> str:
    """What everybody of it reads, in the staff's wording if they have one; without a name, since it is for many."""
    letter = campaigns.letter(send.campaign, send.lang, "")
    edited = edited_by_staff(session, [Outgoing(text_key=letter.text_key)])
    facts = {**letter.facts, "now": world.clock()}
    return world.texts.render(letter.text_key, facts, send.lang, edited.get((letter.text_key, send.lang)))


def _failed(world: World, parcel: Parcel, error: GatewayError) -> bool:
    """What to do next, by the error's name. False stops this round of mass sends."""
    facts = {"errcode": error.code or None, "error": error.message[:200], "rid": error.rid[:64]}
    with world.sessions.begin() as session:
        now = world.clock()
        match error:
            case MassSpent():
                return mass_calls.settle(session, parcel, "refused", now=now, reason="mass_quota", **facts)
            case Refused():
                return mass_calls.settle(session, parcel, "refused", now=now, reason="refused", **facts)
            case Throttled() if error.code != SAME_KEY_TOO_SOON:
                later = now + dt.timedelta(seconds=error.retry_after)
                mass_calls.settle(session, parcel, "ready", now=now, reason="throttled", next_try_at=later, **facts)
            case Unreachable() | Unknown() | Throttled():
                # Perhaps carried out: only the same key may ask again, and the platform then names the same job.
                mass_calls.settle(
                    session, parcel, "ready", now=now, reason="no_answer", next_try_at=now + ASK_AGAIN, **facts
                )
            case Misconfigured() | _:
                mass_calls.settle(session, parcel, "ready", now=now, reason="misconfigured", next_try_at=now, **facts)
                campaign = session.get_one(Campaign, parcel.campaign.id, with_for_update=True)
                if campaign.state == "running":
                    campaigns.pause(campaign, by=SYSTEM, now=now, reason="misconfigured")
                log.error("campaign %s is paused: %s %s", campaign.id, error.code, error.message)
    return False


def _spread(world: World, until: float) -> int:
    """The messages of decided sends say what became of them."""
    steps = 0
    with world.sessions() as session:
        ids = [send.id for send in mass_results.decided(session)]
    for send_id in ids:
        while time.monotonic() < until and _spread_step(world, send_id):
            steps += 1
    return steps


def _spread_step(world: World, send_id: int) -> int:
    with world.sessions.begin() as session:
        query = select(MassSend).where(MassSend.id == send_id).with_for_update(skip_locked=True)
        send = session.scalars(query).one_or_none()
        if send is None or send.settled_at is not None or send.state not in ("sent", "refused", "unknown"):
            return 0
        words = _words(world, session, send) if send.state == "sent" else ""
        return mass_results.spread(session, send, words, now=world.clock())


def _ask(world: World) -> int:
    """Where the platform's report stays away we ask how it went."""
    with world.sessions() as session:
        waiting = [(send.id, send.msg_id) for send in mass_results.unreported(session, now=world.clock())]
    for send_id, msg_id in waiting:
        try:
            status = world.gateway.mass_status(msg_id)
        except GatewayError as why:
            log.warning("mass send %s cannot be asked about: %s", send_id, why)
            continue
        with world.sessions.begin() as session:
            send = session.get_one(MassSend, send_id, with_for_update=True)
            send.next_try_at = world.clock() + mass_calls.ASK_AFTER
            if status == "SEND_SUCCESS" or status in FAILED:
                send.reported_at = world.clock()
                send.reason = "not_delivered" if status in FAILED else ""
    return len(waiting)
