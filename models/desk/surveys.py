"""Satisfaction: one question per round of a repair, and what an answer leads to."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.actors import By
from models.desk import care, escalations, notices, promises
from models.errors import IllegalMove
from models.outbound import Outgoing
from models.work import Repair, Survey

#: The crew has left and the customer has tried the tap.
ASK_AFTER = dt.timedelta(minutes=10)
#: No answer after this: somebody should call instead.
SILENCE = dt.timedelta(days=2)
GOOD_FROM = 4
BAD_UP_TO = 3


@dataclass(frozen=True)
class Rating:
    """A score from 1 to 5, words, or both; `sentiment` is positive, negative, neutral or empty."""

    score: int | None = None
    words: str = ""
    sentiment: str = ""


def due_for_question(session: Session, *, now: dt.datetime) -> Sequence[Repair]:
    """Finished repairs of people on WeChat whose current round has no question yet."""
    asked = exists().where(Survey.ticket_id == Repair.id, Survey.round == Repair.round)
    query = select(Repair).where(
        Repair.state == "done",
        Repair.finished_at <= now - ASK_AFTER,
        Repair.follower_id.is_not(None),
        ~asked,
    )
    return session.scalars(query.order_by(Repair.finished_at).limit(200)).all()


def plan(session: Session, repair: Repair, *, now: dt.datetime) -> Survey:
    """The question of this round is promised to the outbox; it counts as asked when it was really sent."""
    assert repair.follower is not None
    survey = Survey(
        ticket=repair,
        follower=repair.follower,
        round=repair.round,
        state="planned",
        planned_at=now,
        words="",
    )
    session.add(survey)
    session.flush()
    notices.ask_satisfaction(session, survey, now=now)
    return survey


def note_unsent(session: Session, *, now: dt.datetime) -> int:
    """Questions whose message will never arrive go to the phone list; returns how many."""
    dead = ("refused", "expired", "cancelled")
    query = select(Survey).join(Outgoing, Outgoing.survey_id == Survey.id)
    rows = session.scalars(query.where(Survey.state == "planned", Outgoing.state.in_(dead))).all()
    for survey in rows:
        survey.state = "phone"
    return len(rows)


def give_up(session: Session, *, now: dt.datetime) -> int:
    """Asked long ago and no answer: the phone list has it. A late answer in chat still counts."""
    silent = session.scalars(select(Survey).where(Survey.state == "asked", Survey.asked_at < now - SILENCE)).all()
    for survey in silent:
        survey.state = "phone"
    return len(silent)


def answer(session: Session, survey: Survey, rating: Rating, *, by: By, now: dt.datetime) -> bool | None:
    """The answer is on file. True: satisfied, the case is closed. False: apologised for by a person, reopened.

    None: words from which neither follows; the case waits for a person's look. Refused when it was answered before.
    """
    if survey.state not in ("planned", "asked", "phone"):
        raise IllegalMove("errors.survey_answered")
    survey.state, survey.answered_at = "answered", now
    survey.score, survey.words, survey.sentiment = rating.score, rating.words, rating.sentiment
    repair = survey.ticket
    assert isinstance(repair, Repair)
    repair.tell("rated", by=by, now=now, reason=rating.words, score=rating.score)
    satisfied = _verdict(rating.score, rating.sentiment)
    if satisfied:
        if repair.state == "done":
            care.close(session, repair, reason="客户满意", by=by, now=now)
    else:
        _look_after(session, survey, repair, by=by, now=now)
    return satisfied


def _verdict(score: int | None, sentiment: str) -> bool | None:
    if score is not None:
        return True if score >= GOOD_FROM else False if score < BAD_UP_TO else None
    return {"positive": True, "negative": False}.get(sentiment)


def _look_after(session: Session, survey: Survey, repair: Repair, *, by: By, now: dt.datetime) -> None:
    said = survey.words or (f"{survey.score}分" if survey.score is not None else "")
    cause = str(survey.round)
    if _verdict(survey.score, survey.sentiment) is False and repair.state in ("done", "closed"):
        care.reopen(session, repair, reason=said, by=by, now=now)
    escalations.raise_(session, "dissatisfied", repair, words=said, now=now, cause=cause)
    promises.make(session, "repair.dissatisfied", repair, now=now, urgent=repair.urgent)


def comment(session: Session, survey: Survey, words: str, *, by: By, now: dt.datetime) -> None:
    """Words that follow an answer belong to it and to the case; refused before there is an answer."""
    if survey.state != "answered":
        raise IllegalMove("errors.survey_answered")
    survey.words = "；".join(filter(None, (survey.words, words)))
    survey.ticket.tell("rated", by=by, now=now, reason=words, score=survey.score)
