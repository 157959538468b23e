"""Questions that the house's articles answer: said at once when one fits, offered when several may be meant."""

import re

from bot.dialog import form
from bot.heard import Do, Outcome
from bot.scripts.turn import Turn
from bot.understanding import read

#: Whatever else these say, the words may be a question.
ASKS = frozenset({
    "enquiry_price", "enquiry_design", "enquiry_process", "enquiry_material", "enquiry_showroom", "warranty_question",
    "gift_activity", "out_of_scope", "",
})  # fmt: skip
#: Matters of their own that only a question in so many words leaves for an answer.
ELSE = frozenset({"appointment", "repair", "complaint", "progress"})
#: A question has so many letters at least; a message of more clauses is a story.
LEAST, CLAUSES = 3, 6
CLAUSE = re.compile(r"[，,。；;！!？?\n]+|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")


def _may_be_asked(turn: Turn) -> bool:
    if not turn.worded or not turn.text or turn.slots.problem or turn.slots.anger:
        return False
    if turn.intent in ASKS:
        return not turn.state.script or _asks(turn)
    return turn.intent in ELSE and _asks(turn)


def _asks(turn: Turn) -> bool:
    return turn.means("question")


def known(turn: Turn) -> Outcome | None:
    """The answer, when one article clearly fits; an open dialog asks its question again, else: did it help?"""
    if not _may_be_asked(turn):
        return None
    article = turn.facts.find_answer(turn.text).sure
    if article is None:
        return None
    say = Do("knowledge.say", {"article_id": article.id})
    if form.script_of(turn):
        return form.aside(turn, turn.say("knowledge.answer"), dos=(say,))
    kept = {"article_id": article.id, "question": turn.text[:200]}
    told = turn.start("answered", "helped", kept)
    return told.stay(turn.say("knowledge.answer"), turn.say("knowledge.helped"), dos=(say,))


def beside(turn: Turn) -> Outcome | None:
    """“98平多少钱，工期多久”: the answer to what is asked beside the price, in no dialog of its own."""
    clauses = [one for one in CLAUSE.split(turn.text) if len(one) >= LEAST]
    for clause in clauses if 1 < len(clauses) <= CLAUSES else ():
        heard = read(clause, now=turn.facts.now)
        priced = heard.top.name == "enquiry_price" or heard.slots.area or heard.slots.style
        article = None if priced else turn.facts.find_answer(clause).sure
        if article:
            return Outcome(None, (turn.say("knowledge.answer"),), (Do("knowledge.say", {"article_id": article.id}),))
    return None


def likely(turn: Turn) -> Outcome | None:
    """A few questions to choose from, when no dialog is open and no other rule knew better."""
    if form.script_of(turn) or turn.intent not in ASKS or not _may_be_asked(turn):
        return None
    offered = [[one.id, one.question] for one in turn.facts.find_answer(turn.text).likely]
    if not offered:
        return None
    return form.proceed(turn.start("which_question", "which", {"offered": offered, "question": turn.text[:200]}))
