"""Suggestions 建议: thanked for, with an owner who answers in words."""

import datetime as dt

from sqlalchemy.orm import Session

from models.actors import By
from models.complaints import Suggestion
from models.desk import promises
from models.desk.account import people
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.numbers import next_number
from models.desk.staff import duty
from models.errors import Missing
from models.people import Follower
from models.staff import Staff


def record(session: Session, follower: Follower, words: str, *, by: By, now: dt.datetime) -> Suggestion:
    """A numbered suggestion with an owner, who is told, and a promised answer. Missing without words."""
    if not words.strip():
        raise Missing(field="words")
    customer = people.know(session, follower, now=now)
    houses = people.houses_of(session, customer)
    row = Suggestion(
        number=next_number(session, "JY", now=now), follower=follower, customer=customer, words=words.strip(),
        project=houses[0] if len(houses) == 1 else None, contact_name=customer.call, contact_phone=customer.phone,
        owner=duty.pick(session, "agent", now=now), opened_at=now, answer="",
    )  # fmt: skip
    session.add(row)
    session.flush()
    row.tell("suggested", by=by, now=now, reason=words.strip())
    promises.make(session, "suggestion.answer", row, now=now)
    letter = Letter("staff.suggestion", {"number": row.number, "words": words.strip()[:200]})
    outbox.to_staff(session, f"suggestion:{row.id}:owner", staff=row.owner, letter=letter, now=now, ticket=row)
    return row


def answer(session: Session, row: Suggestion, staff: Staff, words: str, *, now: dt.datetime) -> None:
    """The answer is with the customer, in the colleague's words; the promise is kept. Needs words."""
    words = words.strip()
    if not words:
        raise Missing(field="words")
    row.move("answered", by=By("staff", staff.id, staff.name), now=now, reason=words)
    row.answer, row.answered_at = words, now
    promises.meet(session, promises.find(session, "suggestion.answer", row), now=now)
    if row.follower is not None:
        times = sum(event.to_state == "answered" for event in row.events)
        letter = Letter("suggestion.answered", {"number": row.number, "words": words})
        key = f"suggestion:{row.id}:answered:{times}"
        outbox.post(session, key, to=row.follower, letter=letter, now=now, ticket=row)
