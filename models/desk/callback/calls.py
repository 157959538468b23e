"""Calls between customer and desk: arranged by the customer in chat, answered to on the telephone."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import SYSTEM, By
from models.callbacks import Callback
from models.desk.callback import answers, callbacks, forms, surveys
from models.desk.callback.answers import Rating
from models.desk.callback.callbacks import Try
from models.desk.delivery import arrivals, undelivered
from models.desk.talk import conversations
from models.errors import Missing, NotFound
from models.surveys import Survey, SurveyForm
from models.talk import Conversation

#: The purpose of calls that customers wish for.
ASKED = "asked_by_customer"
#: A moment that was named is kept when somebody dials within this.
GRACE = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class Wish:
    """When somebody wishes to be called, about what, on which number; without one, the number on file."""

    start: dt.datetime
    end: dt.datetime | None = None
    words: str = ""
    phone: str = ""


def arrange(session: Session, conversation: Conversation, wish: Wish, *, now: dt.datetime) -> Callback:
    """The customer will be called at the wished time, moved into office hours; they wait for nobody in chat any more.

    Asking again moves the call that is open already.
    """
    start = callbacks.in_office(session, max(wish.start, now))
    due_at = callbacks.in_office(session, max(start + GRACE, min(wish.end or start, start + 2 * GRACE)))
    known = waiting(session, conversation)
    if known is not None:
        callbacks.reschedule(session, known, due_at, by=SYSTEM, now=now, reason=wish.words)
        call = known
    else:
        more = {"phone": wish.phone} if wish.phone else {}
        key = f"{ASKED}:{conversation.id}:{now.isoformat()}"
        call = callbacks.ask(
            session, ASKED, about=conversation, due_at=due_at, now=now, key=key, words=wish.words, **more
        )
    call.from_at, call.phone = start, wish.phone or call.phone
    conversations.leave_queue(session, conversation, words=call.number, now=now)
    return call


def waiting(session: Session, conversation: Conversation) -> Callback | None:
    """The call that the customer asked for and that is still to come."""
    query = select(Callback).where(
        Callback.conversation_id == conversation.id, Callback.purpose == ASKED, Callback.state == "open"
    )
    return session.scalars(query).first()


def forgo(session: Session, conversation: Conversation, words: str, *, by: By, now: dt.datetime) -> Callback:
    """Nobody calls any more, in the customer's words; NotFound when no call is to come."""
    call = waiting(session, conversation)
    if call is None:
        raise NotFound("errors.no_call")
    callbacks.drop(session, call, by=by, now=now, reason=words.strip() or "客户取消")
    return call


def form_of(session: Session, callback: Callback, *, now: dt.datetime) -> SurveyForm | None:
    """The form of this call: the version that was begun in chat, else the one that its occasion asks now."""
    begun = session.scalar(select(Survey).where(Survey.callback_id == callback.id))
    if begun is not None and begun.form is not None:
        return begun.form
    return forms.current(session, callback.purpose, now=now)


def answered(
    session: Session, callback: Callback, ratings: Mapping[str, Rating], *, words: str, by: By, now: dt.datetime
) -> None:
    """Reached, and the answers are on the callback's form; a call without a form is done with its words.

    Words of an agent that could not be delivered have now been said. Refused once the callback is closed, and without
    an answer where the form asks for one.
    """
    form = form_of(session, callback, now=now)
    if form is not None and not ratings:
        raise Missing("errors.no_answers")
    callbacks.attempt(session, callback, Try("reached", words=words), by=by, now=now)
    if form is not None:
        answers.record(session, surveys.of_callback(session, callback, now=now), ratings, by=by, now=now)
    if callback.is_open:
        callbacks.done(session, callback, words=words, by=by, now=now)
    if (row := undelivered.message_of(session, callback)) is not None:
        arrivals.keep_word(session, row, now=now)
