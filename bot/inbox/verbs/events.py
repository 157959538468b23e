"""Places at events: taken, looked up, given back."""

from bot.inbox.verbs.hand import Args, Hand, Results, Verb
from models.desk.marketing import events
from models.errors import DomainError, NotFound
from models.events import Signup


def sign_up(hand: Hand, args: Args) -> Results:
    """A place, or a wait for one; the text says which."""
    event_id, people = int(args.get("event_id") or 0), int(args.get("people") or 0)
    signup = events.sign_up(hand.session, hand.follower, event_id, people, by=hand.by, now=hand.now)
    return events.facts_of(signup) | {"state": signup.state}


def sign_up_all(hand: Hand, args: Args) -> Results:
    """A place at each of them that has room for so many; those that have not are named, and nobody waits there."""
    people, signed, full = int(args.get("people") or 0), [], []
    for event_id in sorted(args.get("event_ids") or ()):  # in one order for everybody, so that nobody waits in a circle
        if events.has_room(hand.session, hand.follower, int(event_id), people):
            signup = events.sign_up(hand.session, hand.follower, int(event_id), people, by=hand.by, now=hand.now)
            signed.append(events.facts_of(signup))
        else:
            full.append(events.title_of(hand.session, int(event_id)))
    return {"signed": signed, "full": full, "people": people}


def cannot_come(hand: Hand, args: Args) -> Results:
    """The place is given back where only one can be meant; of several it is asked which, of none it is said."""
    found = events.own(hand.session, hand.follower, now=hand.now)
    meant = [one for one in found if one.event_id == args.get("event_id")] or found
    if len(meant) == 1:
        events.withdraw(hand.session, meant[0], by=hand.by, now=hand.now)
        return {"title": meant[0].event.title, "places": []}
    return {"places": [[one.id, one.event.title] for one in meant]}


def own(hand: Hand, _: Args) -> Results:
    """The person's own places at events to come; refused where there are none."""
    found = events.own(hand.session, hand.follower, now=hand.now)
    if not found:
        raise DomainError("errors.no_signup")
    return {"places": [[one.id, one.event.title] for one in found]}


def withdraw(hand: Hand, args: Args) -> Results:
    """The person's own place is free again; anybody else's is as if it were not there."""
    signup = hand.session.get(Signup, args.get("signup_id") or 0)
    if signup is None or signup.follower_id != hand.follower.id:
        raise NotFound
    events.withdraw(hand.session, signup, by=hand.by, now=hand.now)
    return {"title": signup.event.title}


VERBS: dict[str, Verb] = {
    "event.sign_up": sign_up,
    "event.sign_up_all": sign_up_all,
    "event.cannot_come": cannot_come,
    "event.own": own,
    "event.withdraw": withdraw,
}
