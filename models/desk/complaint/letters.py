"""What people are told about a complaint, once each: the key names the step and the round."""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from models.complaints import Complaint
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.outbound import Outgoing

#: An explanation or a proposal is worth reading for so long; after that a person calls.
LIVES = dt.timedelta(days=3)


def facts_of(complaint: Complaint) -> dict[str, Any]:
    """The facts that texts about a complaint may name, without empty ones. Whom it is about is never among them."""
    facts: dict[str, Any] = {
        "number": complaint.number,
        "target": complaint.target,
        "house": complaint.house,
        "problem": complaint.problem[:120],
        "demand": complaint.demand[:120],
        "verdict": complaint.verdict,
        "explanation": complaint.explanation,
        "proposal": complaint.proposal,
        "money": complaint.compensation / 100 if complaint.compensation else 0,
        "severe": complaint.severe,
    }
    return {name: value for name, value in facts.items() if value not in ("", None, 0, False)}


def write(
    session: Session, complaint: Complaint, step: str, *, now: dt.datetime, mark: object = "", **facts: Any
) -> Outgoing | None:
    """Tell the customer of a step, once per round; None when they have no WeChat or were told before.

    `mark` tells apart what may happen several times in one round.
    """
    if complaint.follower is None:
        return None
    return outbox.post(
        session,
        f"complaint:{complaint.id}:{step}{mark}:{complaint.round}",
        to=complaint.follower,
        letter=Letter(f"complaint.{step}", {**facts_of(complaint), **facts}),
        now=now,
        ticket=complaint,
        not_after=now + LIVES,
    )


def tell_owner(
    session: Session, complaint: Complaint, step: str, *, now: dt.datetime, mark: object = "", words: str = ""
) -> Outgoing | None:
    """Tell the head who answers for it on their WeChat, once; the panel shows it in any case."""
    known = {name: value for name, value in facts_of(complaint).items() if name in ("number", "house", "target")}
    said = {"words": words[:200]} if words else {}
    key = f"complaint:{complaint.id}:owner-{step}{mark}:{complaint.round}:{complaint.owner_id or 0}"
    letter = Letter(f"staff.complaint_{step}", known | said)
    return outbox.to_staff(session, key, staff=complaint.owner, letter=letter, now=now, ticket=complaint)
