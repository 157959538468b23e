"""What came of a conversation: the records of its people and of nobody else, as plain JSON. Read only.

Phones are printed whole: they are the file's own inventions, and a test must be able to tell two of them apart.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.outbound import Consent, Outgoing
from models.people import Follower
from models.promises import Promise
from models.surveys import Survey
from models.talk import Attachment, Conversation, Dialog
from models.visits import Visit
from models.work import Escalation, Repair, Ticket
from models.worktime import SHANGHAI
from ops import replay_care, replay_cases, replay_comers, replay_follow, replay_money
from ops.replay_cast import Cast
from ops.replay_sales import appointments_of, enquiries_of

Row = dict[str, Any]


def records_of(session: Session, cast: Cast) -> dict[str, list[Row]]:
    """Everything that the replay's people have caused, each list in the order in which it came to be."""
    return Records(session, cast).all()


def said_at(moment: dt.datetime | None) -> str | None:
    """A moment as the file writes it: Beijing time, whole seconds."""
    return moment.astimezone(SHANGHAI).replace(microsecond=0).isoformat() if moment else None


class Records:
    """The records of one replay's people."""

    def __init__(self, session: Session, cast: Cast) -> None:
        """Find the followers; the rest is read when it is asked for."""
        self._session, self._cast = session, cast
        query = select(Follower).where(Follower.openid.in_(list(cast.openids.values()))).order_by(Follower.id)
        self._followers = list(session.scalars(query))
        self._ids = [row.id for row in self._followers]
        self._who = {row.id: cast.who(row.openid) for row in self._followers}

    def all(self) -> dict[str, list[Row]]:
        """Each family of records under its name."""
        query = select(Repair).where(Repair.follower_id.in_(self._ids)).order_by(Repair.id)
        repairs = list(self._session.scalars(query))
        threads = list(self._rows(Conversation))
        cases = select(Ticket).where(Ticket.follower_id.in_(self._ids))
        about = {case.id: case.number for case in self._session.scalars(cases)}
        return {
            "repairs": [self._repair(repair) for repair in repairs],
            "enquiries": enquiries_of(self._session, self._who),
            "appointments": appointments_of(self._session, self._ids, self._who),
            "follow_ups": replay_follow.records_of(self._session, self._who),
            "surveys": [self._survey(row) for row in self._rows(Survey)],
            "escalations": self._escalations(about, threads),
            "promises": [self._promise(row) for row in self._promises(threads)],
            "outgoing": [self._outgoing(row, about) for row in self._rows(Outgoing)],
            "conversations": [self._conversation(row) for row in threads],
            "followers": [self._follower(row) for row in self._followers],
            "consents": [
                {"who": self._who[row.follower_id], "purpose": row.purpose, "given": row.given, "words": row.words}
                for row in self._rows(Consent)
            ],
            "attachments": [self._attachment(row, about) for row in self._rows(Attachment)],
            "drafts": self._drafts(),
            **replay_cases.families(self._session, self._who),
            **replay_care.records_of(self._session, self._who),
            **replay_money.families(self._session, self._who),
            **replay_comers.families(self._session, self._who),
        }

    def _rows(self, model: Any) -> Sequence[Any]:
        query = select(model).where(model.follower_id.in_(self._ids)).order_by(model.id)
        return self._session.scalars(query).all()

    def _repair(self, row: Repair) -> Row:
        owed = self._session.scalars(select(Promise).where(Promise.ticket_id == row.id).order_by(Promise.id))
        return {
            "number": row.number, "who": self._who[row.follower_id or 0], "state": row.state,
            "category": row.category, "place": row.place, "problem": row.problem, "urgent": row.urgent,
            "house": row.house, "bound": row.project_id is not None, "crew": row.crew.name if row.crew else None,
            "name": row.contact_name, "phone": row.contact_phone, "when": row.when_text,
            "when_start": said_at(row.when_start), "when_end": said_at(row.when_end), "round": row.round,
            "chased": row.chased, "note": row.finish_note, "close_reason": row.close_reason,
            "opened_at": said_at(row.opened_at), "next_due_at": said_at(row.next_due_at),
            "promises": [self._promise(promise) for promise in owed],
            "earlier": row.earlier.number if row.earlier else None, "late_reason": row.late_reason,
            "late_until": row.late_until.isoformat() if row.late_until else None,
            "items": [
                {"problem": i.problem, "category": i.category, "urgent": i.urgent, "state": i.state, "note": i.note}
                for i in row.items
            ],
            "visits": [self._visit(visit) for visit in row.visits],
            "watchers": [self._who.get(one.follower_id) for one in row.watchers],
            "times": [{"when": q.when_text, "state": q.state, "answer": q.answer} for q in row.postponements],
            "events": [
                {"name": e.name, "by": e.actor_kind, "at": said_at(e.at), "reason": e.reason} for e in row.events
            ],
        }  # fmt: skip

    def _visit(self, row: Visit) -> Row:
        return {
            "crew": row.crew.name, "round": row.round, "outcome": row.outcome, "note": row.note,
            "materials": row.materials, "set_out_at": said_at(row.set_out_at), "arrived_at": said_at(row.arrived_at),
            "placed": row.lat is not None, "metres_off": row.metres_off,
        }  # fmt: skip

    def _promises(self, threads: Sequence[Conversation]) -> Sequence[Promise]:
        ids = [thread.id for thread in threads]
        return self._session.scalars(select(Promise).where(Promise.conversation_id.in_(ids)).order_by(Promise.id)).all()

    def _promise(self, row: Promise) -> Row:
        return {
            "name": row.policy.name, "state": row.state, "kept": row.kept, "made_at": said_at(row.made_at),
            "due_at": said_at(row.due_at), "met_at": said_at(row.met_at), "missed_at": said_at(row.missed_at),
            "warned_at": said_at(row.warned_at), "agreement": row.agreement, "level": row.level,
        }  # fmt: skip

    def _survey(self, row: Survey) -> Row:
        return {
            "number": row.number, "form": row.form.name if row.form else "", "round": row.round,
            "state": row.state, "score": row.score,
            "words": row.words, "sentiment": row.sentiment, "asked_at": said_at(row.asked_at),
            "answers": {
                one.question: one.score if one.score is not None else one.words or None for one in row.answers
            },
        }  # fmt: skip

    def _escalations(self, about: dict[int, str], threads: Sequence[Conversation]) -> list[Row]:
        of = {thread.id: self._who[thread.follower_id] for thread in threads}
        slips, calls = replay_care.ids(self._session, self._ids)
        query = select(Escalation).where(
            Escalation.ticket_id.in_(about) | Escalation.conversation_id.in_(of)
            | Escalation.slip_id.in_(slips) | Escalation.callback_id.in_(calls)
        )  # fmt: skip
        return [
            {
                "kind": row.kind, "number": about.get(row.ticket_id or 0), "who": of.get(row.conversation_id or 0),
                "owner": row.owner.name if row.owner else None, "state": row.state, "level": row.level,
                "words": row.words, "resolution": row.resolution,
            }
            for row in self._session.scalars(query.order_by(Escalation.id))
        ]  # fmt: skip

    def _outgoing(self, row: Outgoing, about: dict[int, str]) -> Row:
        return {
            "to": self._who[row.follower_id], "text_key": row.text_key, "purpose": row.purpose, "state": row.state,
            "reason": row.reason, "rung": row.rung, "number": about.get(row.ticket_id or 0), "text": row.sent_text,
            "attempts": row.attempts,
        }  # fmt: skip

    def _conversation(self, row: Conversation) -> Row:
        staff = row.staff.name if row.staff else None
        return {"who": self._who[row.follower_id], "owner": row.owner, "staff": staff, "reason": row.reason}

    def _follower(self, row: Follower) -> Row:
        customer = row.customer
        return {
            "who": self._who[row.id], "subscribed": row.subscribed, "opted_out": row.opted_out_at is not None,
            "name": customer.name if customer else "", "phone": customer.phone if customer else "",
            "houses": [member.project.label for member in customer.memberships] if customer else [],
            "crew": row.crew.name if row.crew else None, "staff": row.staff.name if row.staff else None,
            "scene": row.scene, "reply_left": row.reply_left,
        }  # fmt: skip

    def _attachment(self, row: Attachment, about: dict[int, str]) -> Row:
        return {
            "who": self._who[row.follower_id or 0], "kind": row.kind, "state": row.state, "stage": row.stage,
            "number": about.get(row.ticket_id or 0), "content_type": row.content_type,
        }  # fmt: skip

    def _drafts(self) -> list[Row]:
        query = select(Dialog).where(Dialog.follower_id.in_(self._ids), Dialog.script != "")
        rows = self._session.scalars(query.order_by(Dialog.follower_id))
        return [{"who": self._who[row.follower_id], "script": row.script, "step": row.step} for row in rows]
