"""What answers lead to, whoever took them down: chat and telephone land in the same form.

A survey is answered when every question that wants a verdict has one; words may follow. The first verdict that is
not content is looked after at once, by whoever is in the office, whatever else the form still asks.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.actors import By
from models.callbacks import Slip
from models.desk import care, escalations, promises
from models.desk.callback import callbacks, slips
from models.desk.delivery import outbox
from models.errors import IllegalMove, Missing
from models.houses import Project
from models.outbound import Outgoing
from models.questions import Question, felt, of_json, still_open
from models.surveys import Answer, Survey
from models.work import Repair, Ticket

#: States in which an answer still counts: also one that comes after the question went to the phone list.
OPEN = ("planned", "asked", "phone")
GOOD_FROM = 4
BAD_UP_TO = 3
#: Surveys from before there were forms asked these.
PLAIN = (Question("score"), Question("why", "words", at_most=3))


@dataclass(frozen=True)
class Rating:
    """A score from 1 to 5, words, or both; `sentiment` is positive, negative, neutral or empty."""

    score: int | None = None
    words: str = ""
    sentiment: str = ""
    skipped: bool = False


@dataclass(frozen=True)
class Landed:
    """What an answer led to: the verdict on it, and what is still to be asked."""

    satisfied: bool | None
    open: tuple[Question, ...]


def questions_of(survey: Survey) -> tuple[Question, ...]:
    """The questions of the version that this survey asks."""
    return of_json(survey.form.questions) if survey.form is not None else PLAIN


def first_of(survey: Survey) -> str:
    """The question that a plain score answers."""
    return next((one.key for one in questions_of(survey) if one.kind != "words"), "score")


def left(survey: Survey) -> list[Question]:
    """What is still to be asked, in order."""
    figures = {row.question: felt(row.score, row.sentiment) for row in survey.answers}
    return still_open(questions_of(survey), figures, figures)


def verdict(score: int | None, sentiment: str) -> bool | None:
    """True: content. False: not content. None: neither follows from it."""
    if score is not None:
        return True if score >= GOOD_FROM else False if score < BAD_UP_TO else None
    return {"positive": True, "negative": False}.get(sentiment)


def record(session: Session, survey: Survey, ratings: Mapping[str, Rating], *, by: By, now: dt.datetime) -> Landed:
    """The answers are on file and what follows from them has happened. Refused for a survey that is over.

    Keys that the form does not ask are refused too: an answer never lands where nobody asked.
    """
    if survey.state not in OPEN:
        raise IllegalMove("errors.survey_answered")
    kinds = {one.key: one.kind for one in questions_of(survey)}
    if not ratings or ratings.keys() - kinds.keys():
        raise Missing(field="answers")
    for key, rating in ratings.items():
        _write(survey, key, rating, by, now)
    _tell(survey, ratings, by, now)
    found = [
        verdict(one.score, one.sentiment) for key, one in ratings.items() if kinds[key] != "words" and not one.skipped
    ]
    satisfied = False if False in found else None if None in found or not found else True
    session.flush()
    if found and satisfied is not True:
        look_after(session, survey, _said(ratings), satisfied, by=by, now=now)
    rest = left(survey)
    if all(one.kind == "words" for one in rest):
        _finish(session, survey, by=by, now=now)
    else:
        survey.asked_at = now
    return Landed(satisfied, tuple(rest))


def amend(
    session: Session, survey: Survey, rating: Rating, *, by: By, now: dt.datetime, question: str = ""
) -> bool | None:
    """The verdict is another one after all: on file with what follows from it, like the first. Upwards nothing ends
    by itself: whoever looks after it hears it from the case. Without `question` the whole is meant.

    Refused while the survey still asks, and for a question that it never asked.
    """
    if survey.state != "answered":
        raise IllegalMove("errors.survey_answered")
    keys = [one.key for one in questions_of(survey) if one.kind != "words"]
    key = question or ("whole" if "whole" in keys else first_of(survey))
    if key not in keys:
        raise Missing(field="answers")
    words, feeling = survey.words, verdict(rating.score, rating.sentiment)
    _write(survey, key, rating, by, now)
    _tell(survey, {key: rating}, by, now)
    session.flush()
    _sum_up(survey)
    survey.words = "；".join(dict.fromkeys(filter(None, (*words.split("；"), rating.words))))
    if feeling is not True:
        look_after(session, survey, _said({key: rating}), feeling, by=by, now=now)
    return feeling


def _counts(row: Answer, kinds: Mapping[str, str]) -> bool:
    return kinds.get(row.question, "score") != "words" and not row.skipped


def _write(survey: Survey, key: str, rating: Rating, by: By, now: dt.datetime) -> None:
    row = next((one for one in survey.answers if one.question == key), None)
    if row is None:
        row = Answer(question=key)
        survey.answers.append(row)
    row.score, row.words, row.sentiment, row.skipped = rating.score, rating.words, rating.sentiment, rating.skipped
    row.by, row.staff_id = ("phone", by.id) if by.kind == "staff" else ("chat", None)
    row.at = now


def _tell(survey: Survey, ratings: Mapping[str, Rating], by: By, now: dt.datetime) -> None:
    if survey.ticket is None:
        return
    score = min((one.score for one in ratings.values() if one.score is not None), default=None)
    survey.ticket.tell("rated", by=by, now=now, reason="；".join(_words(ratings)), score=score)


def _words(ratings: Mapping[str, Rating]) -> list[str]:
    return list(dict.fromkeys(one.words for one in ratings.values() if one.words))


def _said(ratings: Mapping[str, Rating]) -> str:
    """What was said, for whoever looks after it: the words, else the worst figure."""
    scores = [one.score for one in ratings.values() if one.score is not None]
    return "；".join(_words(ratings)) or (f"{min(scores)}分" if scores else "")


def _finish(session: Session, survey: Survey, *, by: By, now: dt.datetime) -> None:
    """Every verdict is there: the survey is answered, the call that would have asked it is done."""
    rated = _sum_up(survey)
    survey.state, survey.answered_at = "answered", now
    survey.words = "；".join(dict.fromkeys(row.words for row in survey.answers if row.words))
    take_back(session, survey, now=now)
    if survey.callback is not None and survey.callback.is_open:
        callbacks.done(session, survey.callback, words=survey.words, by=by, now=now, valid=bool(rated))
    found = {verdict(row.score, row.sentiment) for row in rated}
    if slip_of(survey) is not None:
        _called(session, survey, found, by=by, now=now)
    elif found == {True}:
        _content(session, survey, by=by, now=now)


def _sum_up(survey: Survey) -> list[Answer]:
    """The score and the feeling as a whole, from the verdicts that count; those verdicts."""
    kinds = {one.key: one.kind for one in questions_of(survey)}
    rated = [row for row in survey.answers if _counts(row, kinds)]
    whole = next((row.score for row in rated if row.question == "whole" and row.score is not None), None)
    scores = [row.score for row in rated if row.score is not None]
    survey.score = whole if whole is not None else min(scores, default=None)
    survey.sentiment = next((row.sentiment for row in sorted(rated, key=_worst_first)), "")
    return rated


def take_back(session: Session, survey: Survey, *, now: dt.datetime) -> None:
    """A question that has not left yet does not leave any more: it was answered on the telephone, or is moot."""
    outbox.withdraw(session, Outgoing.survey_id == survey.id, reason="survey_over", now=now)


def slip_of(survey: Survey) -> Slip | None:
    """The slip whose measures this survey asks about."""
    return survey.callback.slip if survey.callback is not None else None


def about_of(survey: Survey) -> Ticket | Project | None:
    """What a slip about this survey's answers would be about."""
    call = survey.callback
    return survey.ticket or (call.ticket if call is not None else None) or survey.project


def slip_about(session: Session, survey: Survey) -> Slip | None:
    """The open slip about what this survey asks about."""
    about = about_of(survey)
    return slips.open_about(session, about) if about is not None else None


def _called(session: Session, survey: Survey, found: set[bool | None], *, by: By, now: dt.datetime) -> None:
    """The customer has said whether the measures of a slip helped: what is neither yes nor no is no yes."""
    slip = slip_of(survey)
    if slip is not None and slip.state in ("open", "answered") and found:
        slips.called(session, slip, satisfied=found == {True}, words=survey.words, by=by, now=now)


def _worst_first(row: Answer) -> int:
    return felt(row.score, row.sentiment) or 6


def _content(session: Session, survey: Survey, *, by: By, now: dt.datetime) -> None:
    repair = survey.ticket
    if (slip := slip_about(session, survey)) is not None:
        slips.called(session, slip, satisfied=True, words=survey.words, by=by, now=now)
    if isinstance(repair, Repair) and repair.state == "done":
        care.close(session, repair, reason="客户满意", by=by, now=now)


def look_after(
    session: Session, survey: Survey, said: str, satisfied: bool | None, *, by: By, now: dt.datetime
) -> None:
    """Not content: a person owns it today; plainly not content: a slip as well, and a repair goes on."""
    if slip_of(survey) is not None:
        return  # its next round begins when the call is over
    about = about_of(survey)
    ticket = about if isinstance(about, Ticket) else None
    cause = str(survey.round if survey.ticket is not None else f"survey{survey.id}")
    if survey.state == "answered":
        cause += ":amended"  # the first verdict's escalation may be long over
    if isinstance(ticket, Repair) and satisfied is False and ticket.state in ("done", "closed"):
        care.reopen(session, ticket, reason=said, by=by, now=now)
    slip = None
    if about is not None and satisfied is False:
        source = "callback" if by.kind == "staff" else "survey"
        slip = slips.raise_(session, about, said or "客户不满意", by=by, now=now, source=source)
    matter = ticket or slip or survey.callback
    if matter is None:
        return
    escalations.raise_(session, "dissatisfied", matter, words=said, now=now, cause=cause)
    if ticket is not None:
        promises.make(session, "repair.dissatisfied", ticket, now=now, urgent=getattr(ticket, "urgent", False))


def comment(session: Session, survey: Survey, words: str, *, by: By, now: dt.datetime) -> None:
    """Words that follow an answer belong to it and to the case; refused before there is an answer."""
    if survey.state != "answered":
        raise IllegalMove("errors.survey_answered")
    survey.words = "；".join(filter(None, (survey.words, words)))
    asked = next((one.key for one in questions_of(survey) if one.kind == "words"), None)
    if asked is not None:
        known = next((row.words for row in survey.answers if row.question == asked), "")
        _write(survey, asked, Rating(words="；".join(filter(None, (known, words)))), by, now)
    if survey.ticket is not None:
        survey.ticket.tell("rated", by=by, now=now, reason=words, score=survey.score)
    about, slip = about_of(survey), slip_about(session, survey)
    if about is not None and slip is not None and slip.state == "open":
        slips.raise_(session, about, words, by=by, now=now)
