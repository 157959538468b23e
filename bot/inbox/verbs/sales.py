"""What people do before they sign: ask, look at packages, book a visit, move it, call it off."""

import datetime as dt
from typing import Any

from bot.inbox.verbs.hand import Args, Hand, Results, Verb, moment
from models.desk import promises
from models.desk.repair import repairs
from models.desk.sales import appointments, enquiries, offers
from models.errors import NotFound
from models.sales import Appointment, Enquiry

#: Plain argument -> fact of the wish, where the two differ.
NAMES = {"house": "house_text", "keys": "keys_text"}


def _wish(args: Args) -> enquiries.Wish:
    told: dict[str, Any] = {NAMES.get(name, name): value for name, value in args.items()}
    if budget := told.pop("budget", None):
        told |= {"budget_high": budget * 100, "budget_low": (told.get("budget_low") or budget) * 100}
    if day := told.get("keys_on"):
        told["keys_on"] = dt.date.fromisoformat(day)
    return enquiries.wish_of(told)


def enquiry_learn(hand: Hand, args: Args) -> Results:
    """What was said is on the person's enquiry, which the first word opens; who is in touch until when."""
    enquiry = enquiries.ask(hand.session, hand.follower, _wish(args), by=hand.by, now=hand.now)
    repairs.attach(hand.session, enquiry, args.get("media") or (), sender=hand.follower)
    return _told(hand, enquiry)


def _told(hand: Hand, enquiry: Enquiry) -> Results:
    promise = promises.find(hand.session, "enquiry.contact", enquiry)
    results: Results = {"enquiry": enquiry.number}
    if promise is not None and promise.missed_at is None and enquiry.contact_phone:
        results["contact_by"] = promise.due_at.isoformat()
    return results


def package_show(hand: Hand, args: Args) -> Results:
    """The packages are promised to the person as cards with a picture, each once."""
    enquiry = enquiries.of(hand.session, hand.follower)
    cards = offers.show(
        hand.session, hand.follower, enquiry, args.get("ids") or (), area=args.get("area") or 0, now=hand.now
    )
    return {"cards": len(cards)}


def _enquiry(hand: Hand) -> Enquiry:
    found = enquiries.of(hand.session, hand.follower)
    return found or enquiries.ask(hand.session, hand.follower, enquiries.Wish(), by=hand.by, now=hand.now)


def appointment_book(hand: Hand, args: Args) -> Results:
    """A visit is booked on the person's enquiry; its number, and whether a reminder comes."""
    start = moment(args["start"])
    assert start is not None  # a slot always has a beginning
    meeting = appointments.Meeting(
        args["visit"], start, args.get("house") or "", args.get("phone") or "", args.get("name") or ""
    )
    made = appointments.book(hand.session, _enquiry(hand), meeting, by=hand.by, now=hand.now)
    return _facts(made, hand.now)


def appointment_move(hand: Hand, args: Args) -> Results:
    """The person's visit begins at another time."""
    own, start = _own(hand, args), moment(args["start"])
    assert start is not None  # a slot always has a beginning
    appointments.move(hand.session, own, start, by=hand.by, now=hand.now)
    return _facts(own, hand.now)


def appointment_cancel(hand: Hand, args: Args) -> Results:
    """The person's visit is called off."""
    own = _own(hand, args)
    appointments.cancel(hand.session, own, reason=args.get("reason") or "", by=hand.by, now=hand.now)
    return {"number": own.number}


def appointment_tell(hand: Hand, args: Args) -> Results:
    """What the person says about their visit is with whoever they meet there."""
    own = _own(hand, args)
    appointments.remark(hand.session, own, str(args.get("words") or ""), by=hand.by, now=hand.now)
    return {"number": own.number}


def _own(hand: Hand, args: Args) -> Appointment:
    found = appointments.own(hand.session, hand.follower.id, args["appointment_id"])
    if found is None:
        raise NotFound
    return found


def _facts(made: Appointment, now: dt.datetime) -> Results:
    facts: Results = {"number": made.number, "reminds": appointments.remind_at(made) > now}
    return facts | ({"where": made.where} if made.where else {})


VERBS: dict[str, Verb] = {
    "enquiry.learn": enquiry_learn,
    "package.show": package_show,
    "appointment.book": appointment_book,
    "appointment.move": appointment_move,
    "appointment.cancel": appointment_cancel,
    "appointment.tell": appointment_tell,
}
