"""“没修好”, “还是漏” while the case is open: its crew reads it, and there is no second report."""

import re

from bot.dialog import form
from bot.heard import Do, Outcome
from bot.scripts.turn import Turn

NOT_MENDED = re.compile(
    r"^(?:师傅|来|看|过|修|弄|走|完|了|现在|刚才?|怎么|，|,| )*"
    r"(?:没(?:有)?(?:修|弄|搞)好|修不好|还是(?:漏|滴|堵|坏|不行|老样子)|还在(?:漏|滴)|又(?:漏|滴|堵|坏))水?[了的啊呀。.!！]*$"
)


def told(turn: Turn) -> Outcome | None:
    """The words are on the case, for the crew that is there or that comes; that it is not over is said."""
    if form.script_of(turn) or not turn.worded or not NOT_MENDED.search(turn.text):
        return None
    open_ones = [ticket for ticket in turn.facts.tickets if ticket.state != "done"]
    there = [ticket for ticket in open_ones if ticket.state == "on_site"] or open_ones
    if len(there) != 1:
        return None
    do = Do("repair.add", {"ticket_id": there[0].id, "words": turn.text[:500]})
    return form.aside(turn, turn.say("ticket.not_mended", number=there[0].number), dos=(do,))
