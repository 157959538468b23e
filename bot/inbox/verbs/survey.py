"""Answers to satisfaction questions."""

from bot.inbox.verbs.hand import Args, Hand, Results, Verb
from models.desk import promises, surveys
from models.errors import NotFound
from models.work import Survey


def survey_answer(hand: Hand, args: Args) -> Results:
    """The answer is on file, or further words are added to it."""
    survey = hand.session.get(Survey, args["survey_id"])
    if survey is None or survey.follower_id != hand.follower.id:
        raise NotFound
    words = args.get("words") or ""
    if survey.state == "answered":
        surveys.comment(hand.session, survey, words, by=hand.by, now=hand.now)
        return {"satisfied": None, "number": survey.ticket.number, "ask_more": False}
    rating = surveys.Rating(args.get("score"), words, args.get("sentiment") or "")
    satisfied = surveys.answer(hand.session, survey, rating, by=hand.by, now=hand.now)
    results: Results = {"satisfied": satisfied, "number": survey.ticket.number}
    results["ask_more"] = satisfied is not True and not words
    promise = promises.find(hand.session, "repair.dissatisfied", survey.ticket)
    return results | ({"contact_by": promise.due_at.isoformat()} if promise else {})


VERBS: dict[str, Verb] = {"survey.answer": survey_answer}
