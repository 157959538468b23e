"""A copy of what we keep about a person, as plain rows under stable keys; templates/copy.toml says them to people.

Nothing in it is anybody else's: no other member of the household, no phone of a crew or a colleague, no note that
colleagues wrote for each other.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import SYSTEM, By
from models.complaints import Complaint, Suggestion
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.personal import care_rows, privacy, retention, whose
from models.desk.personal.plain import hidden, said
from models.desk.personal.whose import Whose
from models.events import Signup
from models.files import Stored
from models.outbound import Consent
from models.people import Customer, Follower
from models.privacy import PrivacyRequest
from models.quotes import Quote
from models.sales import Appointment, Enquiry
from models.surveys import Survey
from models.talk import Attachment, Conversation, Message
from models.visits import Visit
from models.work import Repair, Ticket

Row = dict[str, Any]


def collect(session: Session, who: Whose) -> dict[str, list[Row]]:
    """Everything about the person, sheet by sheet; a sheet without rows is left out."""
    found = {name: list(rows(session, who)) for name, rows in SHEETS.items()}
    return {name: rows for name, rows in found.items() if rows}


def files(session: Session, who: Whose) -> Sequence[Attachment]:
    """What the person sent us as photo, voice or video and we still have, oldest first."""
    query = select(Attachment).where(whose.of(Attachment.follower_id, who.followers), Attachment.state == "fetched")
    return session.scalars(query.order_by(Attachment.id)).all()


def name_of(row: Attachment) -> str:
    """The file's name in the copy."""
    return f"files/{said(row.created_at)[:10]}-{row.id}.{row.path.rpartition('.')[2]}"


def made(session: Session, request_id: int, stored: Stored, *, now: dt.datetime) -> bool:
    """The copy lies ready: the request is done and the person's own WeChat gets a link that works once.

    False when somebody else was faster, or the person took the request back meanwhile.
    """
    row = session.get(PrivacyRequest, request_id, with_for_update=True, populate_existing=True)
    if row is None or row.wish != "export" or row.state != "approved":
        return False
    row.path, row.size = stored.path, stored.size
    row.expires_at = now + dt.timedelta(days=retention.days(session, "exports"))
    row.move("running", by=SYSTEM, now=now)
    privacy.finish(session, row, by=SYSTEM, now=now)
    if row.follower is not None and row.follower.subscribed:
        letter = Letter(
            "privacy.ready", {"number": row.number, "until": row.expires_at.isoformat()},
            page={"purpose": "copy", "ticket_id": row.id, "reader_id": row.follower_id},
        )  # fmt: skip
        outbox.post(session, f"privacy:{row.id}:ready", to=row.follower, letter=letter, now=now, ticket=row)
    return True


def take(session: Session, request_id: int, reader_id: int, *, now: dt.datetime) -> PrivacyRequest | None:
    """The request whose copy this WeChat may fetch now, marked as fetched; None: not theirs, used, or over."""
    row = session.get(PrivacyRequest, request_id, with_for_update=True, populate_existing=True)
    if not fetchable(row, reader_id, now=now):
        return None
    assert row is not None  # as fetchable says
    row.taken_at = now
    row.tell("taken", by=By("customer", reader_id, ""), now=now)
    return row


def fetchable(row: PrivacyRequest | None, reader_id: int, *, now: dt.datetime) -> bool:
    """Whether the copy is there, for this WeChat, and has not been fetched by it."""
    mine = row is not None and row.follower_id == reader_id and row.follower is not None and row.follower.subscribed
    return bool(mine and row and row.path and row.taken_at is None and row.expires_at and now < row.expires_at)


def _file(session: Session, who: Whose) -> Customer | None:
    return session.get(Customer, who.customer) if who.customer else None


def _person(session: Session, who: Whose) -> Iterable[Row]:
    customer = _file(session, who)
    if customer is not None:
        birthday = f"{customer.birth_month}-{customer.birth_day}" if customer.birth_month else ""
        yield {
            "name": customer.name, "form": customer.form, "phone": customer.phone, "birthday": birthday,
            "source": customer.source, "since": said(customer.created_at),
        }  # fmt: skip


def _wechats(session: Session, who: Whose) -> Iterable[Row]:
    for row in session.scalars(select(Follower).where(Follower.id.in_(who.followers)).order_by(Follower.id)):
        yield {
            "since": said(row.subscribed_at or row.created_at), "follows": row.subscribed, "lang": row.lang,
            "heard": said(row.last_heard_at), "no_marketing": said(row.opted_out_at),
        }  # fmt: skip


def _houses(session: Session, who: Whose) -> Iterable[Row]:
    customer = _file(session, who)
    for member in customer.memberships if customer is not None else ():
        project = member.project
        phases = [[one.name, str(one.actual_on or one.planned_on or "")] for one in project.phases]
        yield {
            "number": project.number, "house": project.label, "role": member.role, "area": project.area,
            "completed": str(project.completed_on or ""), "phases": phases,
        }  # fmt: skip


def _messages(session: Session, who: Whose) -> Iterable[Row]:
    customer = _file(session, who)
    own = customer.phone if customer else ""
    talks = select(Conversation.id).where(whose.of(Conversation.follower_id, who.followers))
    query = select(Message).where(Message.conversation_id.in_(talks), Message.direction != "note")
    for row in session.scalars(query.order_by(Message.id)):
        words = row.text if row.direction == "in" else hidden(row.text, own)
        yield {"at": said(row.created_at), "from": row.author, "kind": row.kind, "words": words}


def _files(session: Session, who: Whose) -> Iterable[Row]:
    for row in files(session, who):
        yield {"at": said(row.created_at), "kind": row.kind, "file": name_of(row)}


def _cases(kind: Any) -> Callable[[Session, Whose], Iterable[Any]]:
    return lambda session, who: session.scalars(select(kind).where(who.cases).order_by(kind.id))


def _of_case(row: Ticket) -> Row:
    return {
        "number": row.number, "house": row.house, "state": row.state_name, "opened": said(row.opened_at),
        "closed": said(row.closed_at),
    }  # fmt: skip


def _repairs(session: Session, who: Whose) -> Iterable[Row]:
    for row in _cases(Repair)(session, who):
        faults = {"category": row.category, "place": row.place, "problem": row.problem, "when": row.when_text}
        yield _of_case(row) | faults | {"phone": row.contact_phone, "finished": said(row.finished_at)}


def _visits(session: Session, who: Whose) -> Iterable[Row]:
    query = select(Visit).join(Repair, Visit.repair_id == Repair.id).where(who.cases).order_by(Visit.id)
    for row in session.scalars(query):
        yield {
            "number": row.repair.number, "crew": row.crew.name, "arrived": said(row.arrived_at),
            "finished": said(row.finished_at), "materials": [[str(one)] for one in row.materials],
        }  # fmt: skip


def _quotes(session: Session, who: Whose) -> Iterable[Row]:
    query = select(Quote).join(Repair, Quote.ticket_id == Repair.id).where(who.cases, Quote.sent_at.is_not(None))
    for row in session.scalars(query.order_by(Quote.id)):
        items = [[one.name, one.quantity, "×", f"{one.price / 100:g}"] for one in row.items]
        yield {
            "number": row.number, "version": row.version, "state": row.state_name, "total": row.total / 100,
            "items": items, "note": hidden(row.note), "sent": said(row.sent_at), "answer": row.answer,
            "answered": said(row.answered_at),
        }  # fmt: skip


def _complaints(session: Session, who: Whose) -> Iterable[Row]:
    for row in _cases(Complaint)(session, who):
        ours = {"explanation": hidden(row.explanation), "proposal": hidden(row.proposal)}
        theirs = {"target": row.target, "problem": row.problem, "demand": row.demand}
        yield _of_case(row) | theirs | ours | {"compensation": row.compensation / 100}


def _suggestions(session: Session, who: Whose) -> Iterable[Row]:
    for row in _cases(Suggestion)(session, who):
        yield _of_case(row) | {"words": row.words, "answer": hidden(row.answer)}


def _enquiries(session: Session, who: Whose) -> Iterable[Row]:
    for row in _cases(Enquiry)(session, who):
        wish = {"asked": row.asked, "area": row.area, "layout": row.layout, "style": row.style, "keys": row.keys_text}
        budget = [part / 100 for part in (row.budget_low, row.budget_high) if part]
        yield _of_case(row) | wish | {"budget": "–".join(f"{part:g}" for part in budget), "phone": row.contact_phone}


def _appointments(session: Session, who: Whose) -> Iterable[Row]:
    for row in _cases(Appointment)(session, who):
        yield _of_case(row) | {"visit": row.visit, "start": said(row.start_at), "end": said(row.end_at)}


def _requests(session: Session, who: Whose) -> Iterable[Row]:
    for row in _cases(PrivacyRequest)(session, who):
        yield _of_case(row) | {"wish": row.wish, "words": row.words}


def _surveys(session: Session, who: Whose) -> Iterable[Row]:
    for row in session.scalars(select(Survey).where(whose.of(Survey.follower_id, who.followers)).order_by(Survey.id)):
        answers = [[one.question, str(one.score or ""), one.words] for one in row.answers]
        yield {
            "number": row.number, "about": row.label, "asked": said(row.asked_at), "answered": said(row.answered_at),
            "score": row.score, "words": row.words, "answers": answers,
        }  # fmt: skip


def _consents(session: Session, who: Whose) -> Iterable[Row]:
    for row in session.scalars(select(Consent).where(whose.of(Consent.follower_id, who.followers))):
        yield {"at": said(row.at), "purpose": row.purpose, "given": row.given, "words": row.words}


def _signups(session: Session, who: Whose) -> Iterable[Row]:
    for row in session.scalars(select(Signup).where(whose.of(Signup.follower_id, who.followers)).order_by(Signup.id)):
        yield {"event": row.event.title, "starts": said(row.event.starts_at), "people": row.people, "state": row.state}


#: Sheet -> its rows; the names are those of templates/copy.toml.
SHEETS: dict[str, Callable[[Session, Whose], Iterable[Row]]] = {
    "person": _person,
    "wechats": _wechats,
    "houses": _houses,
    "messages": _messages,
    "files": _files,
    "repairs": _repairs,
    "visits": _visits,
    "quotes": _quotes,
    "complaints": _complaints,
    "suggestions": _suggestions,
    "enquiries": _enquiries,
    "appointments": _appointments,
    "surveys": _surveys,
    "callbacks": care_rows.callbacks,
    "slips": care_rows.slips,
    "gifts": care_rows.gifts,
    "consents": _consents,
    "events": _signups,
    "requests": _requests,
}
