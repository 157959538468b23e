"""How people come to the demo company: an event with a place taken, a code for its showroom, a tag."""

import datetime as dt

from sqlalchemy.orm import Session

from models.actors import SYSTEM, By
from models.desk.account import codes, tags
from models.desk.marketing import events
from models.people import Follower
from models.worktime import at_clock, local_day


def plant(session: Session, guest: Follower, *, now: dt.datetime) -> None:
    """They stand; what the platform has to make waits for the first worker."""
    day = local_day(now) + dt.timedelta(days=12)
    starts = at_clock(day, dt.time(14))
    plan = events.Plan("水电改造讲座", starts, place="城西展厅", text="工程师带着样板讲哪些管线该换", capacity=30)
    event = events.make(session, plan, by=SYSTEM, now=now)
    event.move("open", by=SYSTEM, now=now)
    events.sign_up(session, guest, event.id, 2, by=By("customer", guest.id, str(guest)), now=now)
    codes.want(session, "event", f"event_{event.id}", title=event.title, now=now)
    codes.for_channel(session, "城西展厅门口", now=now)
    tags.put(session, tags.make(session, "来过展厅", now=now), [guest], now=now)
