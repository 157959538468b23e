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


VERBS: dict[str, Verb] = {"event.sign_up": sign_up, "event.own": own, "event.withdraw": withdraw}
