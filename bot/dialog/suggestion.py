"""建议: a wish or an idea for the company, without a demand: thanked for and on record in the customer's own words."""

import re

from bot.dialog import form, talk
from bot.heard import Do, Outcome
from bot.scripts.turn import Turn

#: A suggestion that is none yet: 我有个建议.
BARE_SUGGESTION = re.compile(
    r"我|有|个|想|提|条|点|一|些|小|建议|意见|说|跟|给|你们|可以|能不能|吗|呢"
    r"|\b(?:i|we|d|ve|have|got|a|an|one|some|small|suggestions?|ideas?|feedback|for|to|you|make|give|leave|want|would|like|can|may"
    r"|please|just|hello|hi|here|is|there)\b|[\W_]",
    re.IGNORECASE,
)

#: Praise in so many words, for whoever it is: 我要表扬张师傅, 给你们点个赞.
PRAISE = re.compile(r"表扬|点个?赞|送(?:面|个|一面)?锦旗|夸夸|夸一?下|\bkudos\b", re.IGNORECASE)
NO_PRAISE = re.compile(r"投诉|但是?|不过|可惜|没|不(?!错)|怎么|哪")


def praised(turn: Turn) -> Outcome | None:
    """Praise outside a dialog: thanked for, on record in the customer’s words, and a colleague reads it."""
    if not turn.worded or not PRAISE.search(turn.text) or NO_PRAISE.search(turn.text) or turn.slots.problem:
        return None
    if form.script_of(turn) or turn.means("question"):
        return None
    do = Do("suggestion.record", {"words": turn.text[:1000]})
    return form.aside(turn, turn.say("suggestion.praised"), dos=(do,))


def made(turn: Turn) -> Outcome | None:
    """建议: thanked for and recorded in the customer's own words; a bare “我有个建议” is asked for it."""
    top = turn.heard.reading.top
    if top.name != "suggestion" or top.confidence < talk.SURE_ENOUGH:
        return None
    if turn.state.script in ("repair", "urgent") and top.confidence < talk.SURE_IN_A_DRAFT:
        return None
    if len(BARE_SUGGESTION.sub("", turn.text)) < 3:
        return form.begin(turn, "suggestion")
    do = Do("suggestion.record", {"words": turn.text[:1000]})
    return form.aside(turn, turn.say("suggestion.recorded"), dos=(do,))
