"""转介绍: a personal code for whoever wants to recommend us, and a word to those who came by one."""

from bot.dialog import form
from bot.heard import Do, Outcome
from bot.scripts.turn import Turn

SCENE = "ref_"


def wanted(turn: Turn) -> Outcome | None:
    """推荐码, 我要推荐朋友: the code is on its way, from whatever dialog it was asked.

    A friend's number is not taken from somebody else: the friend comes by the code.
    """
    if turn.heard.event == "click" and turn.heard.key == "MENU_REFER":
        return form.aside(turn, turn.say("referral.code"), dos=(Do("referral.code"),))
    told = turn.means("friend_renovates")
    friend = told and turn.means("anothers_number", "friend_only")
    wants = friend or turn.means("wants_referral")
    if not turn.worded or not wants or turn.means("asks_reward"):
        return None
    return form.aside(turn, turn.say("referral.code"), dos=(Do("referral.code"),))


def scanned(turn: Turn) -> Outcome | None:
    """Somebody came by a friend's code: welcomed as such; old followers are told that nothing is needed."""
    if not turn.heard.scene.startswith(SCENE) or turn.heard.event not in ("subscribe", "scan"):
        return None
    return form.aside(turn, turn.say("referral.welcome" if turn.heard.event == "subscribe" else "referral.scanned"))
