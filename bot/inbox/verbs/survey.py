"""Answers to satisfaction questions."""

from bot.inbox.verbs.hand import Args, Hand, Results, Verb
from models.desk import promises
from models.desk.callback import answers, surveys
from models.errors import NotFound
from models.surveys import Survey


def survey_answer(hand: Hand, args: Args) -> Results:
    """The answers are on file, or further words are added to them."""
    survey = hand.session.get(Survey, args["survey_id"])
    if survey is None or survey.follower_id != hand.follower.id:
        raise NotFound
    if args.get("answers"):
        return _answers(hand, survey, args["answers"])
    words = args.get("words") or ""
    if survey.state == "answered":
        surveys.comment(hand.session, survey, words, by=hand.by, now=hand.now)
        return {"satisfied": None, "number": survey.number, "ask_more": False}
    rating = _rating(args)
    satisfied = surveys.answer(hand.session, survey, rating, by=hand.by, now=hand.now)
    results: Results = {"satisfied": satisfied, "number": survey.number}
    results["ask_more"] = satisfied is not True and not words
    return results | _contact(hand, survey)


def _rating(told: Args) -> surveys.Rating:
    return surveys.Rating(
        told.get("score"), told.get("words") or "", told.get("sentiment") or "", bool(told.get("skipped"))
    )


def _answers(hand: Hand, survey: Survey, told: Args) -> Results:
    """Answers question by question; by when somebody is in touch where one of them was not content."""
    ratings = {
        key: surveys.Rating(
            one.get("score"), one.get("words") or "", one.get("sentiment") or "", bool(one.get("skipped"))
        )
        for key, one in told.items()
    }
    landed = answers.record(hand.session, survey, ratings, by=hand.by, now=hand.now)
    results: Results = {"number": survey.number, "satisfied": landed.satisfied}
    return results | ({} if landed.satisfied else _contact(hand, survey))


def _contact(hand: Hand, survey: Survey) -> Results:
    """By when somebody is in touch with whoever is not content."""
    about = answers.about_of(survey)
    slip = answers.slip_about(hand.session, survey)
    promise = promises.find(hand.session, "repair.dissatisfied", survey.ticket) if survey.ticket is not None else None
    if promise is None and about is not None and slip is not None:
        promise = promises.find(hand.session, "slip.answer", slip)
    return {"contact_by": promise.due_at.isoformat()} if promise else {}


def survey_amend(hand: Hand, args: Args) -> Results:
    """Another verdict in the place of the one that was given."""
    survey = hand.session.get(Survey, args["survey_id"])
    if survey is None or survey.follower_id != hand.follower.id:
        raise NotFound
    question = str(args.get("question") or "")
    satisfied = surveys.amend(hand.session, survey, _rating(args), by=hand.by, now=hand.now, question=question)
    results: Results = {"satisfied": satisfied, "number": survey.number, "score": args.get("score")}
    return results | ({} if satisfied else _contact(hand, survey))


VERBS: dict[str, Verb] = {"survey.answer": survey_answer, "survey.amend": survey_amend}
