"""The personal code of whoever recommends us."""

from bot.inbox.verbs.hand import Args, Hand, Results, Verb
from models.desk.sales import referrals


def code(hand: Hand, _: Args) -> Results:
    """The code is wanted; one that is made already is shown at once."""
    row = referrals.code_of(hand.session, hand.follower, now=hand.now)
    key = f"qr:{row.id}:asked{hand.follower.turn}"
    return {"ready": referrals.show(hand.session, row, key=key, now=hand.now) is not None}


VERBS: dict[str, Verb] = {"referral.code": code}
