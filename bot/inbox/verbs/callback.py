"""Calls that customers ask for."""

import datetime as dt

from bot.inbox.verbs.hand import Args, Hand, Results, Verb, moment
from models.desk.account.people import clean_phone
from models.desk.callback import calls
from models.desk.talk import conversations


def callback_ask(hand: Hand, args: Args) -> Results:
    """Somebody will call at the wished time, or when the office next opens: the number, and the moment promised."""
    conversation = conversations.of(hand.session, hand.follower)
    start, end = moment(args.get("when_start")), moment(args.get("when_end"))
    wish = calls.Wish(
        start if start is not None and start > hand.now else hand.now, end, str(args.get("words") or ""),
        clean_phone(str(args.get("phone") or "")),
    )  # fmt: skip
    call = calls.arrange(hand.session, conversation, wish, now=hand.now)
    at = call.from_at or call.due_at
    moved = start is not None and at - start > dt.timedelta(minutes=1)
    return {"number": call.number, "at": at.isoformat(), "moved": moved}


def callback_forgo(hand: Hand, args: Args) -> Results:
    """The call that they asked for is not wished for any more; refused when there is none."""
    conversation = conversations.of(hand.session, hand.follower)
    call = calls.forgo(hand.session, conversation, str(args.get("words") or ""), by=hand.by, now=hand.now)
    return {"number": call.number}


VERBS: dict[str, Verb] = {"callback.ask": callback_ask, "callback.forgo": callback_forgo}
