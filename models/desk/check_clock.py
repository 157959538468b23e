"""The nightly checks of what the clock and the verbs must have left: nothing open without a time, nothing half begun.

As in models/desk/check_rows.py: a check that finds what a rule of the house allows is worse than none.
"""

import datetime as dt

from sqlalchemy import and_, exists, or_

from models.callbacks import Callback, Slip
from models.campaigns import Campaign
from models.desk.check_rows import DAY, HOUR, Check, Wrong
from models.gifts import GiftApplication
from models.outbound import Outgoing
from models.privacy import PrivacyRequest
from models.promises import Promise
from models.roster import Absence
from models.work import TicketEvent


def _still_owed() -> Wrong:
    return and_(Promise.met_at.is_(None), Promise.state != "dropped")


def _call_unpromised(now: dt.datetime) -> Wrong:
    """A call is late and nothing is owed: nobody will be warned of it, and it never climbs."""
    owed = exists().where(Promise.callback_id == Callback.id, _still_owed())
    return and_(Callback.state == "open", Callback.due_at < now - 2 * HOUR, ~owed)


def _slip_unpromised(now: dt.datetime) -> Wrong:
    """A customer waits for an answer, and no time runs."""
    owed = exists().where(Promise.slip_id == Slip.id, _still_owed())
    return and_(Slip.state != "closed", Slip.opened_at < now - HOUR, ~owed)


def _absence_unseen(now: dt.datetime) -> Wrong:
    """Somebody is away since an hour and what they had open is with nobody, or they are back and it is not theirs."""
    begun = and_(Absence.covered_at.is_(None), Absence.starts_at < now - HOUR, Absence.ends_at > now)
    back = and_(Absence.covered_at.is_not(None), Absence.returned_at.is_(None), Absence.ends_at < now - HOUR)
    return and_(Absence.dropped_at.is_(None), or_(begun, back))


def _campaign_unbegun(now: dt.datetime) -> Wrong:
    """Let go for a moment that was an hour ago, and it has not begun."""
    return and_(Campaign.state == "scheduled", Campaign.starts_at < now - HOUR)


def _letter_orphaned(_now: dt.datetime) -> Wrong:
    """It waits for a campaign that is over: nobody sends it, and nobody cancels it."""
    over = exists().where(Campaign.id == Outgoing.campaign_id, Campaign.finished_at.is_not(None))
    return and_(Outgoing.campaign_id.is_not(None), Outgoing.state.in_(("queued", "held")), over)


def _gift_uncounted(_now: dt.datetime) -> Wrong:
    """Money is spent and in no month's budget, or it is not and the budget lacks it."""
    spent = GiftApplication.state.in_(("approved", "handed"))
    return or_(and_(spent, GiftApplication.month == ""), and_(~spent, GiftApplication.month != ""))


def _erasing_stuck(now: dt.datetime) -> Wrong:
    """Somebody's data is being erased since yesterday: half of it stands."""
    since = exists().where(
        TicketEvent.ticket_id == PrivacyRequest.id, TicketEvent.to_state == "running", TicketEvent.at < now - DAY
    )
    return and_(PrivacyRequest.state == "running", since)


#: In the order in which one would mend them.
CHECKS = (
    Check("call_unpromised", Callback, _call_unpromised),
    Check("slip_unpromised", Slip, _slip_unpromised),
    Check("absence_unseen", Absence, _absence_unseen),
    Check("campaign_unbegun", Campaign, _campaign_unbegun),
    Check("letter_orphaned", Outgoing, _letter_orphaned),
    Check("gift_uncounted", GiftApplication, _gift_uncounted),
    Check("erasing_stuck", PrivacyRequest, _erasing_stuck),
)
