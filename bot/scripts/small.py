"""The short dialogs: why a repair is cancelled, the binding code.

They are light: dropping one loses nothing, so nobody is asked whether to.
"""

import re

from bot.heard import Do, Facts, Outcome
from bot.scripts import houses, over, readers
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn

CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")
#: Longer words without a reason in them are another matter.
LONGEST = 20


def read_ticket(turn: Turn) -> Answers | None:
    """One of the listed repairs, by number in the list, by its own number or by words."""
    listed = [item for item in turn.state.answers.get("tickets", ()) if isinstance(item, list | tuple)]
    option, text = turn.slots.option, turn.text
    if option and option <= len(listed):
        return {"ticket_id": listed[option - 1][0], "number": listed[option - 1][1], "label": listed[option - 1][2]}
    fit = [item for item in listed if len(text) > 1 and (text in item[2] or text.upper() in item[1])]
    if not fit:
        alike = {item[0]: houses.common(text, item[2]) for item in listed}
        best = max(alike.values(), default=0)
        fit = [item for item in listed if best >= houses.ENOUGH and alike[item[0]] == best]
    return {"ticket_id": fit[0][0], "number": fit[0][1], "label": fit[0][2]} if len(fit) == 1 else None


def spot_other(turn: Turn) -> Answers | None:
    """“不对，是厨房那个”, while the reason is asked: another one of the listed repairs."""
    return read_ticket(turn) if turn.slots.correction else None


def read_reason(turn: Turn) -> Answers | None:
    """A reason, a plain yes (the words that asked for it are the reason), or: keep it; so does a fault that goes on."""
    slots = turn.slots
    if spot_other(turn):
        return None
    kept = turn.means("keep") or readers.slipped(turn) or turn.means("mend_after_all")
    if kept or (slots.yes is False and len(turn.text) <= 3 and not turn.means("dear")):
        return {"reason": "", "keep": True}
    if over.goes_on(turn):
        return {"reason": "", "keep": True, "more": turn.text[:500]}
    if readers.agrees(turn) or slots.command == "cancel":
        return {"reason": turn.text if len(turn.text) > 4 else turn.state.answers.get("words", turn.text)}
    mended = turn.means("mended") and turn.intent in ("progress", "complaint")
    other = not mended and turn.intent in ("human", "complaint", "unsubscribe", "bind") or slots.robot
    about = readers.elsewhere(turn) or slots.sentiment == "positive" or len(turn.text) > LONGEST
    other = other or (about and turn.intent not in ("progress", "complaint") and not turn.means("reason"))
    # An address or a number alone answers another question than why nobody needs to come.
    stray = not mended and (slots.house or slots.phone or slots.phone_problem) and slots.yes is None
    asks = bool(turn.means("question") or (turn.intent == "progress" and turn.means("asks_progress")))
    return None if other or asks or stray or len(turn.text) < 2 else {"reason": turn.text[:200]}


def cancelled(turn: Turn) -> Outcome:
    """The repair is cancelled with the customer's reason, or stays."""
    answers = turn.state.answers
    if answers.get("keep"):
        told = {"ticket_id": answers["ticket_id"], "words": answers.get("more")}
        dos = (Do("repair.add", told),) if answers.get("more") else ()
        return turn.leave(turn.say("ticket.kept", number=answers.get("number")), dos=dos)
    do = Do("repair.cancel", {"ticket_id": answers["ticket_id"], "reason": answers["reason"]})
    # What was still asked about it is moot.
    turn = turn.become(
        parked=tuple(one for one in turn.state.parked if one.answers.get("ticket_id") != answers["ticket_id"])
    )
    return turn.leave(turn.say("ticket.cancelled", number=answers.get("number")), dos=(do,))


def read_code(turn: Turn) -> Answers | None:
    """Six digits."""
    match = CODE.search(turn.text) or CODE.search(re.sub(r"(?<=\d)[\s-](?=\d)", "", turn.text))
    return {"code": match[1]} if match else None


def bound(turn: Turn) -> Outcome:
    """The code is tried; the text says what came of it."""
    return turn.leave(turn.say("bind.result"), dos=(Do("person.bind", {"code": turn.state.answers["code"]}),))


def _several(answers: Answers, _: Facts) -> bool:
    return "ticket_id" not in answers


CANCEL = Script(
    "cancel",
    start="ticket",
    steps={
        "ticket": Ask(
            "ticket.ask_which", read_ticket, "reason", ("ticket_id",), spot=spot_other, needed=_several, numbered=True,
            facts=lambda turn: {"tickets": turn.state.answers.get("tickets", [])},
        ),
        "reason": Ask(
            "ticket.ask_reason", read_reason, None, ("reason",),
            facts=lambda turn: {name: turn.state.answers.get(name) for name in ("number", "label")},
        ),
    },
    finish=cancelled,
    takes_media=False,
    light=True,
)  # fmt: skip
BIND = Script(
    "bind",
    start="code",
    steps={"code": Ask("bind.ask_code", read_code, None, ("code",), spot=read_code, asking="code")},
    finish=bound,
    takes_media=False,
    light=True,
)
