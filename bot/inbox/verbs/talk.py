"""The conversation itself: to a person, who a WeChat is, what it agrees to be sent."""

from sqlalchemy.orm.exc import StaleDataError

from bot.inbox.person import said_opening
from bot.inbox.verbs.hand import Args, Hand, Results, Verb
from models.desk.account import people
from models.desk.talk import alarms, conversations, replies
from models.errors import TooManyTries, WrongCode


def hand_over(hand: Hand, args: Args) -> Results:
    """The conversation waits for a person: the place in the queue, or when the office opens."""
    conversation = conversations.of(hand.session, hand.follower)
    place, opens = conversations.hand_over(
        hand.session, conversation, reason=args.get("reason") or "asked", words=args.get("words") or "", now=hand.now
    )
    promise = replies.owed(hand.session, conversation)
    minutes = promise.policy.minutes if promise else conversations.MINUTES_EACH
    is_open = opens is not None and opens <= hand.now
    expected = conversations.wait(hand.session, place, now=hand.now)
    guess = max(minutes, place * conversations.MINUTES_EACH)
    return {
        "position": place,
        "open": is_open,
        "next": "" if is_open else said_opening(opens, hand.now, hand.lang),
        "minutes": guess if expected is None else expected,
        "measured": expected is not None,
    }


def heard(hand: Hand, args: Args) -> Results:
    """Whoever has the conversation owes a reply, and hears of an emergency in it.

    Given back since the turn was thought about: nobody would answer, so it is thought about again.
    """
    conversation = conversations.of(hand.session, hand.follower)
    if conversation.owner != "agent":
        raise StaleDataError("the conversation changed hands")
    urgent = bool(args.get("urgent"))
    replies.heard(hand.session, conversation, now=hand.now, urgent=urgent)
    if urgent:
        alarms.tell(hand.session, conversation, now=hand.now)
    return {}


def person_bind(hand: Hand, args: Args) -> Results:
    """Bound by code; a wrong code is an answer, not a refusal, because the try must be counted."""
    try:
        code = people.bind(hand.session, hand.follower, str(args.get("code", "")).strip(), now=hand.now)
    except WrongCode as wrong:
        return {"what": "", "label": "", "tries_left": wrong.facts["tries_left"]}
    except TooManyTries:
        return {"what": "", "label": "", "tries_left": 0}
    hand.session.flush()
    if code.crew is not None:
        return {"what": "crew", "label": code.crew.name, "tries_left": people.TRIES_A_DAY}
    if code.staff is not None:
        return {"what": "staff", "label": code.staff.name, "tries_left": people.TRIES_A_DAY}
    return {"what": "project", "label": code.project.label if code.project else "", "tries_left": people.TRIES_A_DAY}


def opt_out(hand: Hand, args: Args) -> Results:
    """No marketing from now on."""
    people.opt_out(hand.session, hand.follower, words=args.get("words") or "退订", now=hand.now)
    return {}


def opt_in(hand: Hand, args: Args) -> Results:
    """Marketing is allowed again."""
    people.opt_in(hand.session, hand.follower, words=args.get("words") or "恢复", now=hand.now)
    return {}


def speak(hand: Hand, args: Args) -> Results:
    """What is sent to them later comes in the language that they write."""
    people.speak(hand.follower, "en" if args["lang"] == "en" else "zh")
    return {}


VERBS: dict[str, Verb] = {
    "conversation.hand_over": hand_over,
    "conversation.heard": heard,
    "person.bind": person_bind,
    "person.opt_out": opt_out,
    "person.opt_in": opt_in,
    "person.speak": speak,
}
