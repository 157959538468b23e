"""After an answer from the house's articles: did it help? Or: which question was meant? Both asked in passing."""

from bot.heard import Do, Outcome
from bot.scripts import readers
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn
from bot.understanding import acts


def read_helped(turn: Turn) -> Answers | None:
    """A short yes, thanks or no; anything longer is a matter of its own."""
    slots, text = turn.slots, turn.text
    if slots.command == "cancel":
        return None
    if acts.says("not_helped", text) or slots.yes is False:
        return {"helped": False}
    if acts.says("helped", text) or (slots.yes is True or turn.intent == "thanks_bye") and len(text) <= 8:
        return {"helped": True}
    return None


def rated(turn: Turn) -> Outcome:
    """It is on the article's record; whoever was not helped gets a person, with the question."""
    answers = turn.state.answers
    about = {"article_id": answers.get("article_id"), "helped": bool(answers["helped"])}
    if answers["helped"]:
        return turn.leave(turn.say("knowledge.glad"), dos=(Do("knowledge.rate", about),))
    rate = Do("knowledge.rate", {**about, "words": answers.get("question", "")})
    ask = Do("conversation.hand_over", {"reason": "question", "words": answers.get("question", "")})
    return turn.leave(turn.say("hand_over.question"), turn.say("hand_over.wait"), dos=(rate, ask))


def read_which(turn: Turn) -> Answers | None:
    """One of the offered questions by number or by its words; or none of them."""
    offered, option = turn.state.answers.get("offered", ()), turn.slots.option
    if option and option <= len(offered):
        return {"chosen": offered[option - 1]}
    if turn.means("none_of_them") or readers.refuses(turn):
        return {"chosen": None}
    if len(offered) == 1 and readers.agrees(turn):
        return {"chosen": offered[0]}
    fit = [one for one in offered if len(turn.text) > 1 and turn.text in one[1]]
    return {"chosen": fit[0]} if len(fit) == 1 else None


def chosen(turn: Turn) -> Outcome:
    """The chosen question's answer; for none of them a person, and the question is on the list of unanswered ones."""
    answers = turn.state.answers
    if answers["chosen"] is None:
        words = {"words": answers.get("question", "")}
        missed = Do("knowledge.miss", words)
        ask = Do("conversation.hand_over", {"reason": "question", **words})
        return turn.leave(turn.say("hand_over.question"), turn.say("hand_over.wait"), dos=(missed, ask))
    article_id, _ = answers["chosen"]
    kept = {"article_id": article_id, "question": answers.get("question", "")}
    told = turn.start("answered", "helped", kept)
    says = (turn.say("knowledge.answer"), turn.say("knowledge.helped"))
    return told.stay(*says, dos=(Do("knowledge.say", {"article_id": article_id}),))


ANSWERED = Script(
    "answered",
    start="helped",
    steps={"helped": Ask("knowledge.helped", read_helped, None, ("helped",))},
    finish=rated,
    takes_media=False,
    light=True,
    passing=True,
)
WHICH = Script(
    "which_question",
    start="which",
    steps={
        "which": Ask(
            "knowledge.which", read_which, None, ("chosen",), numbered=True,
            facts=lambda turn: {"questions": [one[1] for one in turn.state.answers.get("offered", ())]},
        ),
    },
    finish=chosen,
    takes_media=False,
    light=True,
    passing=True,
)  # fmt: skip
