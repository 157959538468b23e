"""What colleagues do by a word in their WeChat: see what is theirs, and take a matter over."""

from sqlalchemy import Select, select

from bot.inbox.verbs.hand import Args, Hand, Results, Verb
from models.desk import escalations
from models.errors import NotFound
from models.staff import Staff
from models.work import Escalation, Repair, Ticket
from phones import hide

#: More than this does not fit on a phone; the panel has them all.
MOST = 8


def _me(hand: Hand) -> Staff:
    if hand.follower.staff is None or not hand.follower.staff.active:
        raise NotFound
    return hand.follower.staff


def staff_today(hand: Hand, _: Args) -> Results:
    """The matters that wait for this colleague, and their repairs in the order of what is promised."""
    me = _me(hand)
    matters = hand.session.scalars(_matters(me).limit(MOST)).all()
    mine = select(Repair).where(Repair.owner_id == me.id, Repair.next_due_at.is_not(None)).order_by(Repair.next_due_at)
    repairs = hand.session.scalars(mine.limit(MOST)).all()
    return {
        "matters": [
            {"number": row.ticket.number if row.ticket else "", "words": _said(row)[:40], "taken": row.state == "taken"}
            for row in matters
        ],
        "repairs": [
            {"number": row.number, "house": row.house, "state": row.state, "due": row.next_due_at.isoformat()}
            for row in repairs
            if row.next_due_at is not None
        ],
    }


def staff_take(hand: Hand, args: Args) -> Results:
    """The named matter, else the latest that waits for this colleague, is taken; nothing found is an answer too."""
    me, number = _me(hand), args.get("number") or ""
    query = _matters(me).where(Escalation.state == "open")
    if number:
        query = query.join(Ticket, Ticket.id == Escalation.ticket_id).where(Ticket.number == number)
    row = hand.session.scalars(query.order_by(None).order_by(Escalation.id.desc()).limit(1)).one_or_none()
    if row is None:
        return {"found": False}
    escalations.take(hand.session, row, me, now=hand.now)
    return {"found": True, "number": row.ticket.number if row.ticket else "", "words": _said(row)[:60]}


def _said(row: Escalation) -> str:
    """What it is about. A phone in it is masked: showing one in clear is the panel's, which writes down who saw it."""
    return hide(row.words)


def _matters(me: Staff) -> Select[tuple[Escalation]]:
    return (
        select(Escalation)
        .where(Escalation.owner_id == me.id, Escalation.state.in_(("open", "taken")))
        .order_by(Escalation.id)
    )


VERBS: dict[str, Verb] = {"staff.today": staff_today, "staff.take": staff_take}
