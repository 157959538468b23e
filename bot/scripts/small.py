"""The short dialogs: what was wrong after a low score, why a repair is cancelled, the binding code.

They are light: dropping one loses nothing, so nobody is asked whether to.
"""

import re

from bot.heard import Do, Facts, Outcome
from bot.scripts import readers
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn

#: The fault is gone or somebody else sees to it: a reason, whatever else it sounds like.
OVER = re.compile(r"好了|修过|找(?:了|到)?(?:别人|人)|物业")
#: Nothing to add.
NOTHING = re.compile(
    r"^(?:没有?(?:了|啥|什么)?|没事了?|没什么(?:了|事)?|算了|不用了?|好的?|行|嗯+|ok)[。.!！～~吧]*$", re.IGNORECASE
)
CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")
KEEP = re.compile(r"留着|(?:不|别|没有?)要?取消|继续|还是修|还要修|keep", re.IGNORECASE)


def read_words(turn: Turn) -> Answers | None:
    """What was not right, in any words; a fault in another room is a repair of its own."""
    room, label = turn.slots.place_room, turn.state.answers.get("label") or ""
    if turn.intent == "repair" and room and room not in label:
        return None
    if NOTHING.match(turn.text) or turn.slots.command == "skip":
        return {"words": ""}
    told = turn.intent in ("progress", "suggestion", "warranty_question") and not turn.slots.command
    asks = readers.QUESTION.search(turn.text) or readers.CHASE.search(turn.text)
    text = turn.text if not readers.elsewhere(turn) or (told and not asks) else ""
    return {"words": text[:500]} if text and turn.heard.kind in ("text", "voice") else None


def words_taken(turn: Turn) -> Outcome:
    """The words are added to the answer that was already counted; none are needed."""
    answers = turn.state.answers
    if not answers["words"]:
        return turn.leave(turn.say("talk.ok"))
    args = {
        "survey_id": answers.get("survey_id"), "score": None, "words": answers["words"],
        "sentiment": turn.slots.sentiment,
    }  # fmt: skip
    return turn.leave(turn.say("survey.words_taken", number=answers.get("number")), dos=(Do("survey.answer", args),))


def read_ticket(turn: Turn) -> Answers | None:
    """One of the listed repairs, by number in the list, by its own number or by words."""
    listed = [item for item in turn.state.answers.get("tickets", ()) if isinstance(item, list | tuple)]
    option, text = turn.slots.option, turn.text
    if option and option <= len(listed):
        return {"ticket_id": listed[option - 1][0], "number": listed[option - 1][1], "label": listed[option - 1][2]}
    fit = [item for item in listed if len(text) > 1 and (text in item[2] or text.upper() in item[1])]
    return {"ticket_id": fit[0][0], "number": fit[0][1], "label": fit[0][2]} if len(fit) == 1 else None


def read_reason(turn: Turn) -> Answers | None:
    """A reason, a plain yes (the words that asked for it are the reason), or: keep it."""
    slots = turn.slots
    if KEEP.search(turn.text) or (slots.yes is False and len(turn.text) <= 3):
        return {"reason": "", "keep": True}
    if readers.agrees(turn) or slots.command == "cancel":
        return {"reason": turn.text if len(turn.text) > 4 else turn.state.answers.get("words", turn.text)}
    over = bool(OVER.search(turn.text)) and turn.intent in ("progress", "complaint")
    other = not over and turn.intent in ("human", "complaint", "unsubscribe", "bind", "progress") or slots.robot
    asks = bool(readers.QUESTION.search(turn.text))
    return None if other or asks or len(turn.text) < 2 else {"reason": turn.text[:200]}


def cancelled(turn: Turn) -> Outcome:
    """The repair is cancelled with the customer's reason, or stays."""
    answers = turn.state.answers
    if answers.get("keep"):
        return turn.leave(turn.say("ticket.kept", number=answers.get("number")))
    do = Do("repair.cancel", {"ticket_id": answers["ticket_id"], "reason": answers["reason"]})
    return turn.leave(turn.say("ticket.cancelled", number=answers.get("number")), dos=(do,))


def read_code(turn: Turn) -> Answers | None:
    """Six digits."""
    match = CODE.search(turn.text)
    return {"code": match[1]} if match else None


def bound(turn: Turn) -> Outcome:
    """The code is tried; the text says what came of it."""
    return turn.leave(turn.say("bind.result"), dos=(Do("person.bind", {"code": turn.state.answers["code"]}),))


def _several(answers: Answers, _: Facts) -> bool:
    return "ticket_id" not in answers


SURVEY = Script(
    "survey",
    start="words",
    steps={"words": Ask("survey.ask_words", read_words, None, ("words",), asking="problem")},
    finish=words_taken,
    takes_media=False,
    light=True,
)
CANCEL = Script(
    "cancel",
    start="ticket",
    steps={
        "ticket": Ask(
            "ticket.ask_which", read_ticket, "reason", ("ticket_id",), needed=_several, numbered=True,
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
