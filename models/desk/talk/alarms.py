"""An emergency in an agent's conversation: the agent hears of it, whatever the bot has recorded and answered."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.talk import Conversation
from models.visits import TicketWatcher
from models.work import OPEN_STATES, Repair


def tell(session: Session, conversation: Conversation, *, now: dt.datetime) -> None:
    """The agent hears of the emergency in their conversation on their own WeChat, once per case; engineering has it."""
    watched = select(TicketWatcher.ticket_id).where(TicketWatcher.follower_id == conversation.follower_id)
    query = select(Repair).where(Repair.urgent, Repair.state.in_(OPEN_STATES))
    query = query.where((Repair.follower_id == conversation.follower_id) | Repair.id.in_(watched))
    case = session.scalars(query.order_by(Repair.id.desc())).first()
    staff = conversation.staff
    if staff is None or case is None:
        return
    known = {"number": case.number, "house": case.house, "what": case.what}
    letter = Letter("staff.alarm", {name: value for name, value in known.items() if value})
    key = f"alarm:{conversation.id}:{case.id}:{staff.id}"
    outbox.to_staff(session, key, staff=staff, letter=letter, now=now, ticket=case, urgent=True)
