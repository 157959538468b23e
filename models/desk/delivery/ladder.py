"""What may be sent to whom at this moment, by which rung. Decided when it is sent, never when it was planned. Pure.

Windows: a person's message allows 5 customer-service messages within 48 h; a follow, scan or menu tap allows 3 within
one minute and does not open the 48 h (developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage).
"""

import datetime as dt
from dataclasses import dataclass

from models.outbound import PRESSING, TOUCHES, Outgoing
from models.people import Follower
from models.worktime import SHANGHAI, at_clock

MESSAGE_WINDOW = dt.timedelta(hours=48)
MESSAGE_COUNT = 5
BURST_WINDOW = dt.timedelta(minutes=1)
BURST_COUNT = 3
#: Mass messages that a follower of a service account gets in a calendar month at most.
MASS_A_MONTH = 4
#: Somebody who wrote so recently is awake: quiet hours do not apply to what answers them.
AWAKE = dt.timedelta(minutes=30)
#: Whoever wrote so recently is in the middle of something, and did not write to hear what we have to say beside it.
STILL_WRITING = dt.timedelta(hours=3)
#: A complaint is looked at again so often; how long a talk with a person is left alone.
LOOK_AGAIN, TALK_LASTS = dt.timedelta(hours=6), dt.timedelta(hours=2)
#: Why a queued touch stands there that the person's own message released: models/desk/delivery/outbox.py.
RELEASED = "is_writing"
#: Waits that end by themselves on a day that is known: room under the caps again.
TILL_ANOTHER_DAY = frozenset({"touched_lately", "day_kept"})
#: What may use up a person's yes to a subscription notice.
NOTICED = frozenset({"service", "staff", "survey"})
Quiet = tuple[dt.time, dt.time]


@dataclass(frozen=True)
class Terms:
    """What is known at this moment beside the row and the person (models/desk/delivery/terms.py)."""

    quiet: Quiet | None = None
    #: A service notice template is set up and has quota left.
    template: bool = False
    #: Subscription notices that this person still allows.
    notices: int = 0
    #: Somebody of the household has an open complaint.
    complaint: bool = False
    #: A person of ours is talking with them, or they wait for one.
    talking: bool = False
    #: A dialog of theirs is open; somebody of the household has an urgent case.
    in_dialog: bool = False
    urgent: bool = False
    #: The campaign it belongs to is paused, or was cancelled.
    paused: bool = False
    cancelled: bool = False
    #: Somebody of the household has had it, or signed up for what it invites to; the person wants no wishes.
    household: bool = False
    guest: bool = False
    wishless: bool = False
    #: Mass messages that this person may still get this month; None where it must not go to many.
    mass_left: int | None = None
    #: Until when the household's touches are used up.
    touched_until: dt.datetime | None = None
    #: Until when their last place is kept for a wish that is bound to this day.
    kept_until: dt.datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """`do` is send, hold, wait, refuse, expire or cancel; `rung` for send, `until` for wait, else `reason`."""

    do: str
    reason: str = ""
    rung: str = ""
    until: dt.datetime | None = None


def window(follower: Follower, now: dt.datetime) -> tuple[int, dt.datetime] | None:
    """How many customer-service messages are left and until when; None when the window is shut or used up."""
    if follower.reply_until and follower.reply_until > now and follower.reply_left > 0:
        return follower.reply_left, follower.reply_until
    if follower.burst_until and follower.burst_until > now and follower.burst_left > 0:
        return follower.burst_left, follower.burst_until
    return None


def spend(follower: Follower, now: dt.datetime) -> None:
    """One message of the window is used; the short window is used first because it shuts first."""
    if follower.burst_until and follower.burst_until > now and follower.burst_left > 0:
        follower.burst_left -= 1
    elif follower.reply_left > 0:
        follower.reply_left -= 1


def give_back(follower: Follower, now: dt.datetime) -> None:
    """A message that surely never left returns its place in the 48 h window."""
    if follower.reply_until and follower.reply_until > now:
        follower.reply_left = min(MESSAGE_COUNT, follower.reply_left + 1)


def quiet_until(now: dt.datetime, quiet: Quiet | None) -> dt.datetime | None:
    """When the quiet hours that contain `now` end; None outside them. Beijing time, may span midnight."""
    if quiet is None or quiet[0] == quiet[1]:
        return None
    start, end = quiet
    local = now.astimezone(SHANGHAI)
    clock = local.time()
    inside = start <= clock < end if start < end else clock >= start or clock < end
    if not inside:
        return None
    day = local.date() if clock < end else local.date() + dt.timedelta(days=1)
    return at_clock(day, end)


def judge(row: Outgoing, follower: Follower, terms: Terms, *, now: dt.datetime) -> Verdict:
    """Whether and how `row` goes out now; every answer but `send` has its reason."""
    if row.not_after is not None and row.not_after < now:
        return Verdict("expire", "too_late")
    if (never := _never(row, follower, terms)) is not None:
        return never
    if terms.paused:
        return Verdict("hold", "campaign_paused")
    if follower.unreachable:
        return Verdict("hold", "unreachable")
    waits = _unwelcome(row, follower, terms, now) or _asleep(row, follower, terms, now)
    if waits is not None:
        return waits
    if window(follower, now) is not None:
        return Verdict("send", rung="custom")
    return _notice(row, terms) or _with_many(terms) or Verdict("hold", "window_closed")


def _never(row: Outgoing, follower: Follower, terms: Terms) -> Verdict | None:
    """What no waiting mends, whatever was so when they were chosen."""
    if not follower.subscribed:
        return Verdict("refuse", "not_following")
    if row.purpose in TOUCHES and follower.opted_out_at is not None:
        return Verdict("refuse", "opted_out")
    if terms.cancelled:
        return Verdict("cancel", "campaign_cancelled")
    if terms.wishless:
        return Verdict("refuse", "no_greetings")
    if terms.guest:
        return Verdict("refuse", "signed_up")
    return Verdict("refuse", "household") if terms.household else None


def _unwelcome(row: Outgoing, follower: Follower, terms: Terms, now: dt.datetime) -> Verdict | None:
    """Touches wait while the household has other cares, or has had enough of them."""
    if row.purpose not in TOUCHES:
        return None
    if terms.complaint:
        return Verdict("wait", "complaint_open", until=now + LOOK_AGAIN)
    if terms.talking:
        return Verdict("wait", "in_conversation", until=now + TALK_LASTS)
    if row.purpose in PRESSING:
        return None
    if terms.urgent:
        return Verdict("wait", "urgent_open", until=now + LOOK_AGAIN)
    heard = follower.last_heard_at
    if heard is not None and now - heard < STILL_WRITING and (terms.in_dialog or row.reason == RELEASED):
        return Verdict("wait", "is_writing", until=heard + STILL_WRITING)
    if terms.touched_until is not None:
        return Verdict("wait", "touched_lately", until=terms.touched_until)
    if terms.kept_until is not None:
        return Verdict("wait", "day_kept", until=terms.kept_until)
    return None


def _asleep(row: Outgoing, follower: Follower, terms: Terms, now: dt.datetime) -> Verdict | None:
    """What is not urgent waits for the morning, unless the person is awake and it answers them."""
    if row.urgent or row.purpose not in TOUCHES | {"service"}:
        return None
    ends = quiet_until(now, terms.quiet)
    awake = follower.last_heard_at is not None and now - follower.last_heard_at < AWAKE
    if ends is None or (awake and row.purpose == "service"):
        return None
    return Verdict("wait", "quiet_hours", until=ends)


def _notice(row: Outgoing, terms: Terms) -> Verdict | None:
    """A rung for a shut window: a notice they asked for, else one about what they started. Never promotion."""
    if row.kind != "text" or not row.text_key:
        return None
    if terms.notices and row.purpose in NOTICED:
        return Verdict("send", rung="subscribe")
    if terms.template and (row.purpose == "staff" or (row.purpose == "service" and row.ticket_id is not None)):
        return Verdict("send", rung="template")
    return None


def _with_many(terms: Terms) -> Verdict | None:
    """It waits to go out with others as one of the person's four mass messages of the month."""
    if terms.mass_left is None:
        return None
    return Verdict("hold", "awaits_mass" if terms.mass_left > 0 else "mass_quota")
