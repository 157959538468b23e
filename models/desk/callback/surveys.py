"""Surveys: planned once per round of a case or per callback, asked in chat, given to the phone list after silence."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from models.actors import SYSTEM, By
from models.callbacks import Callback
from models.desk.callback import answers, callbacks, forms
from models.desk.callback.answers import Rating
from models.desk.delivery import ladder
from models.desk.repair import notices
from models.outbound import Outgoing
from models.people import Follower
from models.surveys import Survey, SurveyForm
from models.talk import Dialog
from models.work import Repair

__all__ = ["Rating"]

#: The crew has left and the customer has tried the tap.
ASK_AFTER = dt.timedelta(minutes=10)
#: No answer after this: somebody should call instead.
SILENCE = dt.timedelta(days=2)
#: Who was asked something else and has been silent for so long is not in the middle of it any more.
CALM = dt.timedelta(minutes=10)
#: How many are planned, or given up, in one transaction.
MOST = 20


def due_for_question(session: Session, *, now: dt.datetime) -> Sequence[Repair]:
    """Finished repairs whose current round has no question yet."""
    asked = exists().where(Survey.ticket_id == Repair.id, Survey.round == Repair.round)
    query = select(Repair).where(Repair.state == "done", Repair.finished_at <= now - ASK_AFTER, ~asked)
    return session.scalars(query.order_by(Repair.finished_at).limit(MOST)).all()


def plan(session: Session, repair: Repair, *, now: dt.datetime) -> Survey:
    """The question of this round is promised to the outbox; it counts as asked when it was really sent.

    Somebody who is not on WeChat is called.
    """
    survey = Survey(
        ticket=repair, follower=repair.follower, round=repair.round, planned_at=now, label=repair.what[:120],
        state="planned", form=forms.current(session, "repair_done", now=now), words="",
    )  # fmt: skip
    session.add(survey)
    session.flush()
    if survey.follower is None:
        _to_phone(session, survey, now=now)
    else:
        notices.ask_satisfaction(session, survey, now=now)
    return survey


def due_callbacks(session: Session, *, now: dt.datetime) -> Sequence[Callback]:
    """Open callbacks that chat can ask first: their occasion has a form for it, the customer is on WeChat, none yet.

    Not while they are in the middle of a question of ours about something else.
    """
    asked = exists().where(Survey.callback_id == Callback.id)
    begun = Callback.from_at.is_(None) | (Callback.from_at <= now)
    in_hand = exists().where(
        Dialog.follower_id == Follower.id, Dialog.script != "", Follower.last_heard_at > now - CALM
    )
    chatty = select(SurveyForm.name).where(SurveyForm.active, SurveyForm.in_chat)
    query = (
        select(Callback)
        .join(Follower, Follower.id == Callback.follower_id)
        .where(Callback.state == "open", Callback.purpose.in_(chatty), begun, ~in_hand, Follower.subscribed, ~asked)
    )
    return session.scalars(query.order_by(Callback.id).limit(MOST)).all()


def plan_for(session: Session, callback: Callback, *, now: dt.datetime) -> Survey:
    """The callback's form is asked in chat; whoever calls meanwhile finds the same form.

    Where chat can ask at once the telephone keeps still for half of the time: silence then is for the phone list.
    """
    survey = of_callback(session, callback, now=now)
    survey.state = "planned"
    if survey.follower is not None and ladder.window(survey.follower, now) and callback.due_at > now:
        callback.from_at = callbacks.in_office(session, now + (callback.due_at - now) / 2)
    notices.ask_satisfaction(session, survey, now=now)
    return survey


def withdraw(session: Session, callback: Callback, *, reason: str, now: dt.datetime) -> None:
    """Nobody asks any more, neither by telephone nor in chat: what it was about has not happened or is over."""
    survey = session.scalar(select(Survey).where(Survey.callback_id == callback.id))
    if survey is not None and survey.state in answers.OPEN:
        survey.state = "dropped"
        answers.take_back(session, survey, now=now)
    callbacks.drop(session, callback, reason=reason, by=SYSTEM, now=now)


def of_callback(session: Session, callback: Callback, *, now: dt.datetime) -> Survey:
    """The one survey of a callback, made on first use, on the phone list until chat asks it."""
    known = session.scalar(select(Survey).where(Survey.callback_id == callback.id))
    if known is not None:
        return known
    # A case's rounds belong to its own questions; what a call asks beside them hangs on the call alone.
    survey = Survey(
        callback=callback, project=callback.project, follower=callback.follower, planned_at=now, state="phone",
        form=forms.current(session, callback.purpose, now=now), label=callback.words[:120], words="",
    )  # fmt: skip
    session.add(survey)
    session.flush()
    return survey


def note_unsent(session: Session, *, now: dt.datetime) -> int:
    """Some of the questions whose message will never arrive go to the phone list; returns how many, 0 at last."""
    dead = ("refused", "expired", "cancelled")
    query = select(Survey).join(Outgoing, Outgoing.survey_id == Survey.id).options(joinedload(Survey.ticket))
    query = query.where(Survey.state == "planned", Outgoing.state.in_(dead)).order_by(Survey.id).limit(MOST)
    rows = session.scalars(query).all()
    for survey in rows:
        _to_phone(session, survey, now=now)
    return len(rows)


def give_up(session: Session, *, now: dt.datetime) -> int:
    """Asked long ago and not answered to the end: the phone list has it. A late answer in chat still counts.

    Some of them at a time; returns how many, 0 at last.
    """
    query = select(Survey).where(Survey.state == "asked", Survey.asked_at < now - SILENCE).order_by(Survey.id)
    silent = session.scalars(query.limit(MOST)).all()
    for survey in silent:
        _to_phone(session, survey, now=now)
    return len(silent)


def _to_phone(session: Session, survey: Survey, *, now: dt.datetime) -> None:
    survey.state = "phone"
    if survey.callback is None and survey.ticket is not None:
        survey.callback = callbacks.ask(
            session, survey.form.name if survey.form else "repair_done", about=survey.ticket, now=now,
            key=f"survey:{survey.id}", words=survey.label,
        )  # fmt: skip


def answer(session: Session, survey: Survey, rating: Rating, *, by: By, now: dt.datetime) -> bool | None:
    """A plain answer is on file. True: satisfied, the case is closed. False: apologised for by a person, reopened.

    None: words from which neither follows; the case waits for a person's look. Refused when it was answered before.
    """
    landed = answers.record(session, survey, {answers.first_of(survey): rating}, by=by, now=now)
    return landed.satisfied


comment = answers.comment
amend = answers.amend
