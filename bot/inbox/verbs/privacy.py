"""Wishes about one's own data, said in chat."""

from bot.inbox.verbs.hand import Args, Hand, Results, Verb
from models.desk.personal import privacy, whose
from models.errors import NotFound
from models.privacy import PrivacyRequest


def _facts(hand: Hand, row: PrivacyRequest) -> Results:
    due = privacy.due_at(hand.session, row)
    known = {"number": row.number, "state": row.state, "wish": row.wish, "due": due.isoformat() if due else None}
    return {name: value for name, value in known.items() if value}


def begin(hand: Hand, args: Args) -> Results:
    """What stands in the way of a deletion; one that was asked before is asked once more on the same record."""
    who = whose.person(hand.session, hand.follower, None)
    known = privacy.standing(hand.session, who, args["wish"])
    if known is not None:
        privacy.ask(hand.session, hand.follower, args["wish"], args["words"], by=hand.by, now=hand.now)
        return _facts(hand, known) | {"again": True}
    cases = [one.number for one in (*whose.open_cases(hand.session, who), *whose.open_slips(hand.session, who))]
    return {"number": "", "cases": cases}


def ask(hand: Hand, args: Args) -> Results:
    """The wish is on record; the same again stays one."""
    row, new = privacy.ask(hand.session, hand.follower, args["wish"], args["words"], by=hand.by, now=hand.now)
    return _facts(hand, row) | {"again": not new}


def withdraw(hand: Hand, args: Args) -> Results:
    """The newest wish is taken back."""
    return _facts(hand, privacy.withdraw(hand.session, hand.follower, args["words"], by=hand.by, now=hand.now))


def look(hand: Hand, _: Args) -> Results:
    """How the newest wish stands; refused where there is none."""
    row = privacy.standing(hand.session, whose.person(hand.session, hand.follower, None))
    if row is None:
        raise NotFound("errors.no_privacy")
    return _facts(hand, row)


VERBS: dict[str, Verb] = {
    "privacy.begin": begin,
    "privacy.ask": ask,
    "privacy.withdraw": withdraw,
    "privacy.look": look,
}
