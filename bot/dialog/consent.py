"""退订 and 恢复: at once only where what we send is refused beyond doubt; what only sounds like it is asked once.

An opt-out that nobody meant costs us every word to that person, so a guess never acts.
"""

import re

from bot.dialog import form, talk
from bot.heard import Do, Outcome
from bot.scripts.turn import Turn
from bot.understanding import normalise, optout

#: What we send by ourselves.
OURS = re.compile(
    r"广告|推送|别推|推广|营销|推销|活动|优惠|促销|群发|订阅|退订|拒收|消息|短信|通知|信息(?!.{0,3}删)|公众号|打扰|骚扰|轰炸|拉黑|取关"
    r"|烦我|吵我|联系我|找我|问候|祝福|名单|回访(?!了|过)|^(?:回?复?)?(?:td|t)$|stop|unsub|text|messag",
    re.IGNORECASE,
)
#: What people put between two words when they are fed up: 别他妈再发广告了.
SWEARS = re.compile(r"[他她]?妈的|他妈|特么|尼玛|tmd")


def said(turn: Turn) -> Outcome | None:
    """Refused beyond doubt, or wanted again: done at once, in any dialog, without a question."""
    if turn.text and (
        turn.means("denies_opt_out")
        or (_sounds(turn) and turn.means("messages_wanted_still"))
        or (_sounds(turn) and "订" in turn.text and _of_another(turn))
    ):
        return form.aside(turn, turn.say("consent.still", out=turn.facts.opted_out))
    if plain(turn):
        return form.aside(turn, turn.say("consent.out"), dos=(Do("person.opt_out", {"words": turn.text}),))
    if turn.means("opts_in") and (turn.facts.opted_out or not turn.state.script):
        return form.aside(turn, turn.say("consent.back"), dos=(Do("person.opt_in", {"words": turn.text}),))
    return None


def _sounds(turn: Turn) -> bool:
    return turn.intent == "unsubscribe" and turn.worded


def _of_another(turn: Turn) -> bool:
    return turn.means("hearsay")


def plain(turn: Turn) -> bool:
    """Whether the words refuse what we send, and nothing and nobody else."""
    if not _sounds(turn):
        return False
    flat = SWEARS.sub("", normalise.dense(normalise.flat(turn.text)))
    ours = OURS.search(turn.text) or OURS.search(flat)
    if not ours or not optout.wanted(flat):
        return False
    return not (turn.means("not_our_messages", "booked_thing", "kin") or _of_another(turn))


def likely(turn: Turn) -> Outcome | None:
    """What only sounds like an opt-out and is nobody else's matter: asked once; a colleague puts things right."""
    if not _sounds(turn) or turn.means("fed_up_with_delay") or (turn.facts.tickets and turn.means("no_calls")):
        return None
    if turn.means("kin") or turn.slots.phone or turn.means("put_right_by_hand"):
        return talk.hand_over(turn, "asked")
    if form.script_of(turn) or turn.means("booked_thing"):
        return None
    return form.begin(turn, "opt_out", answers={"words": turn.text[:200]})
