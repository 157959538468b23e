"""The nightly checks: conditions that no row should meet, whatever happened and whoever was killed.

Each is a name, a table and a condition; add one here and its words in the panel (`check.NAME`). A check that finds what
a rule of the house allows is worse than none: people stop looking.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from models import states
from models.callbacks import Callback, Slip
from models.campaigns import Campaign, MassSend
from models.houses import Crew
from models.outbound import Outgoing
from models.promises import Policy, Promise
from models.quotes import Quote
from models.sales import Appointment
from models.sequences import Enrolment, Touch
from models.staff import Staff
from models.surveys import Survey
from models.talk import Attachment, Conversation, Dialog
from models.upkeep import Backup
from models.work import Escalation, Repair, Ticket, TicketEvent

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
#: Nobody comes back to such a case; answered and finished ones may still be spoken about.
OVER = ("closed", "cancelled", "withdrawn", "lost", "refused")
#: Promises that outlive the case: somebody who is not content is called although it was closed.
OUTLIVE = ("repair.dissatisfied",)
#: A crew has such a repair in hand.
IN_HAND = ("assigned", "accepted", "on_the_way", "on_site")

Wrong = ColumnElement[bool]


@dataclass(frozen=True)
class Check:
    """`wrong(now)` says which rows of `table` should not be."""

    name: str
    table: Any
    wrong: Callable[[dt.datetime], Wrong]

    @property
    def key(self) -> Any:
        """The column that names a row; a dialog is its follower's."""
        return self.table.follower_id if self.table is Dialog else self.table.id


def _owed() -> Wrong:
    return and_(Promise.met_at.is_(None), Promise.state.in_(("open", "paused", "missed")))


def _gone(column: Any) -> Wrong:
    """Nobody, or somebody whose log-in was switched off."""
    return or_(column.is_(None), exists().where(Staff.id == column, Staff.active.is_(False)))


def _promise_over(_now: dt.datetime) -> Wrong:
    """Something is still owed although what it was about is over."""
    outlives = exists().where(Policy.id == Promise.policy_id, Policy.name.in_(OUTLIVE))
    case = exists().where(Ticket.id == Promise.ticket_id, Ticket.state.in_(OVER))
    call = exists().where(Callback.id == Promise.callback_id, Callback.state != "open")
    slip = exists().where(Slip.id == Promise.slip_id, Slip.state == "closed")
    return and_(Promise.met_at.is_(None), Promise.state.in_(("open", "paused")), ~outlives, or_(case, call, slip))


def _promise_ownerless(now: dt.datetime) -> Wrong:
    """It is due, and neither it nor an escalation about it has anybody."""
    helped = exists().where(
        Escalation.state != "resolved", Escalation.owner_id.is_not(None),
        or_(Escalation.ticket_id == Promise.ticket_id, Escalation.conversation_id == Promise.conversation_id,
            Escalation.callback_id == Promise.callback_id, Escalation.slip_id == Promise.slip_id),
    )  # fmt: skip
    return and_(_owed(), Promise.state != "paused", Promise.due_at < now, _gone(Promise.owner_id), ~helped)


def _promise_unwatched(now: dt.datetime) -> Wrong:
    """It ran out an hour ago and nobody has marked it: the watch does not run."""
    return and_(Promise.state == "open", Promise.met_at.is_(None), Promise.due_at < now - HOUR)


def _due_astray(_now: dt.datetime) -> Wrong:
    """Lists sort the case by a promise that is no longer owed."""
    return and_(Ticket.next_due_at.is_not(None), ~exists().where(Promise.ticket_id == Ticket.id, _owed()))


def _case_silent(_now: dt.datetime) -> Wrong:
    """A case without a story."""
    return ~exists().where(TicketEvent.ticket_id == Ticket.id)


def _case_untold(_now: dt.datetime) -> Wrong:
    """The state is not the one that the story ends with."""
    told = (
        select(TicketEvent.to_state)
        .where(TicketEvent.ticket_id == Ticket.id, TicketEvent.to_state != "")
        .order_by(TicketEvent.id.desc())
        .limit(1)
        .correlate(Ticket)
        .scalar_subquery()
    )
    return told != Ticket.state


def _case_ownerless(now: dt.datetime) -> Wrong:
    """Something about an open case is late, and whoever answers for it has left."""
    left = exists().where(Staff.id == Ticket.owner_id, Staff.active.is_(False))
    return and_(Ticket.state.not_in(states.FINAL), Ticket.next_due_at < now, left)


def _repair_crewless(_now: dt.datetime) -> Wrong:
    """Somebody is on it, and it is nobody."""
    gone = exists().where(Crew.id == Repair.crew_id, Crew.active.is_(False))
    return and_(Repair.state.in_(IN_HAND), or_(Repair.crew_id.is_(None), gone))


def _appointment_past(now: dt.datetime) -> Wrong:
    """It was yesterday, and nobody has said whether they met."""
    return and_(Appointment.state == "booked", Appointment.end_at < now - DAY)


def _quote_over(_now: dt.datetime) -> Wrong:
    """A quote waits for an answer about a repair that is over."""
    over = exists().where(Ticket.id == Quote.ticket_id, Ticket.state.in_(("closed", "cancelled")))
    return and_(Quote.state.in_(("sent", "haggled")), over)


def _survey_twice(_now: dt.datetime) -> Wrong:
    """An earlier round of the same case is still being asked beside a later one."""
    later = aliased(Survey)
    beside = exists().where(
        later.ticket_id == Survey.ticket_id, later.round > Survey.round, later.state.in_(("planned", "asked"))
    )  # fmt: skip
    return and_(Survey.state.in_(("planned", "asked")), beside)


def _unasked_since(now: dt.datetime) -> Wrong:
    """Each further question of a survey begins its time anew."""
    return or_(Survey.asked_at.is_(None), Survey.asked_at < now - 7 * DAY)


def _survey_stuck(now: dt.datetime) -> Wrong:
    """A week without an answer, and nobody was asked to call."""
    return and_(Survey.state.in_(("planned", "asked")), Survey.planned_at < now - 7 * DAY, _unasked_since(now))


def _talk_nobodys(_now: dt.datetime) -> Wrong:
    """The bot is silent for a person who is not there, or somebody waits since no moment at all."""
    agent = and_(Conversation.owner == "agent", _gone(Conversation.staff_id))
    return or_(agent, and_(Conversation.owner == "queue", Conversation.waiting_since.is_(None)))


def _talk_unpromised(_now: dt.datetime) -> Wrong:
    """Somebody waits for a person, and no first reply is owed."""
    owed = exists().where(Promise.conversation_id == Conversation.id, _owed())
    return and_(Conversation.owner == "queue", ~owed)


def _escalation_nobodys(_now: dt.datetime) -> Wrong:
    """A person must look after it, and none does."""
    return and_(Escalation.state.in_(("open", "taken")), _gone(Escalation.owner_id))


def _call_nobodys(now: dt.datetime) -> Wrong:
    """A call is late and nobody owes it."""
    return and_(Callback.state == "open", Callback.due_at < now, _gone(Callback.owner_id))


def _slip_nobodys(_now: dt.datetime) -> Wrong:
    """A customer waits for an answer that nobody owes."""
    return and_(Slip.state != "closed", _gone(Slip.owner_id))


def _letter_unclaimed(now: dt.datetime) -> Wrong:
    """Being sent by nobody, or for longer than a worker lives."""
    lost = and_(Outgoing.mass_id.is_(None), Outgoing.claimed_at < now - HOUR)
    nobody = or_(Outgoing.claim == "", Outgoing.claimed_at.is_(None))
    return and_(Outgoing.state == "sending", or_(lost, nobody))


def _letter_stuck(now: dt.datetime) -> Wrong:
    """Due for hours and untouched: no worker takes it."""
    return and_(Outgoing.state == "queued", Outgoing.next_try_at < now - 2 * HOUR)


def _letter_blank(_now: dt.datetime) -> Wrong:
    """Neither words nor a text, and it waits to be sent."""
    return and_(
        Outgoing.state.in_(("queued", "held")), Outgoing.text_key == "", Outgoing.body == "", Outgoing.kind == "text"
    )


def _photo_late(now: dt.datetime) -> Wrong:
    """Waiting for longer than the platform keeps it: nobody fetches."""
    return and_(Attachment.state == "waiting", Attachment.created_at < now - 3 * DAY - HOUR)


def _dialog_torn(_now: dt.datetime) -> Wrong:
    """A draft says that it is open and holds nothing."""
    return and_(Dialog.script != "", Dialog.state == "")


def _campaign_stuck(now: dt.datetime) -> Wrong:
    """Under way for a day and its people still not gone through, or past its end by a day."""
    people = and_(Campaign.expanded_at.is_(None), Campaign.started_at < now - DAY)
    return and_(Campaign.state == "running", or_(people, Campaign.ends_at < now - DAY))


def _mass_stuck(now: dt.datetime) -> Wrong:
    """Half sent for more than a day, beyond the life of its key; people stand in it and get nothing."""
    held = exists().where(Campaign.id == MassSend.campaign_id, Campaign.state == "paused")
    return and_(MassSend.state.in_(("forming", "ready", "sending")), MassSend.next_try_at < now - 2 * DAY, ~held)


def _follow_up_stuck(now: dt.datetime) -> Wrong:
    """A step is due since yesterday, or waits for somebody who is not followed up any more."""
    over = exists().where(Enrolment.id == Touch.enrolment_id, Enrolment.state != "running")
    return and_(Touch.state == "planned", or_(Touch.due_at < now - DAY, over))


def _follow_up_empty(_now: dt.datetime) -> Wrong:
    """It runs, and no step is left."""
    return and_(
        Enrolment.state == "running",
        ~exists().where(Touch.enrolment_id == Enrolment.id, Touch.state == "planned"),
    )  # fmt: skip


def _backup_failed(_now: dt.datetime) -> Wrong:
    """The last try to make a backup, or to rehearse one, did not succeed."""
    later = aliased(Backup)
    return and_(Backup.state == "failed", ~exists().where(later.kind == Backup.kind, later.id > Backup.id))


#: In the order in which one would mend them.
CHECKS = (
    Check("promise_unwatched", Promise, _promise_unwatched),
    Check("letter_stuck", Outgoing, _letter_stuck),
    Check("letter_unclaimed", Outgoing, _letter_unclaimed),
    Check("letter_blank", Outgoing, _letter_blank),
    Check("photo_late", Attachment, _photo_late),
    Check("talk_nobodys", Conversation, _talk_nobodys),
    Check("talk_unpromised", Conversation, _talk_unpromised),
    Check("escalation_nobodys", Escalation, _escalation_nobodys),
    Check("promise_ownerless", Promise, _promise_ownerless),
    Check("call_nobodys", Callback, _call_nobodys),
    Check("slip_nobodys", Slip, _slip_nobodys),
    Check("case_ownerless", Ticket, _case_ownerless),
    Check("repair_crewless", Repair, _repair_crewless),
    Check("promise_over", Promise, _promise_over),
    Check("due_astray", Ticket, _due_astray),
    Check("case_silent", Ticket, _case_silent),
    Check("case_untold", Ticket, _case_untold),
    Check("appointment_past", Appointment, _appointment_past),
    Check("quote_over", Quote, _quote_over),
    Check("survey_twice", Survey, _survey_twice),
    Check("survey_stuck", Survey, _survey_stuck),
    Check("dialog_torn", Dialog, _dialog_torn),
    Check("campaign_stuck", Campaign, _campaign_stuck),
    Check("mass_stuck", MassSend, _mass_stuck),
    Check("follow_up_stuck", Touch, _follow_up_stuck),
    Check("follow_up_empty", Enrolment, _follow_up_empty),
    Check("backup_failed", Backup, _backup_failed),
)
