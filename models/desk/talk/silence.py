"""Silence in the middle of a matter: one gentle reminder, then a kind word that everything is kept; never a third."""

import datetime as dt
from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.people import Follower
from models.talk import Conversation, Dialog

#: After so long without a word: the reminder, and the end. The draft stays and is offered on return.
STEPS = ((dt.timedelta(minutes=20), "form.waiting"), (dt.timedelta(hours=2), "form.rests"))
#: A word that is later than this would come out of nowhere.
LIVES = dt.timedelta(minutes=40)


def key(dialog: Dialog, text: str) -> str:
    """One word of each kind per silence: it begins anew with whatever the person says next."""
    return f"silence:{dialog.follower_id}:{int(dialog.updated_at.timestamp())}:{text}"


def open_drafts(session: Session, scripts: Collection[str], *, since: dt.datetime) -> list[tuple[Dialog, Follower]]:
    """Drafts of these scripts that customers left open, touched after `since`, nobody of staff being in the talk."""
    query = (
        select(Dialog, Follower)
        .join(Follower, Follower.id == Dialog.follower_id)
        .join(Conversation, Conversation.follower_id == Follower.id)
        .where(Dialog.script != "", Dialog.script.in_(scripts), Dialog.updated_at > since)
        .where(
            Follower.subscribed, Follower.crew_id.is_(None), Follower.staff_id.is_(None), Conversation.owner == "bot"
        )
    )
    return [(dialog, follower) for dialog, follower in session.execute(query.order_by(Dialog.updated_at))]


def due(dialog: Dialog) -> Iterator[tuple[dt.datetime, str]]:
    """When which word is due for a draft."""
    for after, text in STEPS:
        yield dialog.updated_at + after, text


def speak(session: Session, scripts: Collection[str], *, now: dt.datetime) -> int:
    """Every word that is due has been promised once; returns how many were new."""
    latest = max(after for after, _ in STEPS) + LIVES
    said = 0
    for dialog, follower in open_drafts(session, scripts, since=now - latest):
        for at, text in due(dialog):
            if at <= now < at + LIVES:
                letter, end = Letter(text), at + LIVES
                row = outbox.post(session, key(dialog, text), to=follower, letter=letter, now=now, not_after=end)
                said += row is not None
    return said
