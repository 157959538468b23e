"""Complaints that stand before a replay begins, brought as far as the file says by the desk's own verbs."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from models.actors import By
from models.desk.complaint import complaints, verdicts
from models.desk.complaint.complaints import Grievance
from models.desk.complaint.verdicts import Offer
from models.errors import DomainError
from models.people import Follower
from ops.replay_file import BadFile

#: How far a complaint can be brought.
STATES = ("registered", "upheld", "explained", "proposed")


def plant(session: Session, follower: Follower, one: Mapping[str, Any], now: dt.datetime) -> None:
    """One complaint of `follower` in its state; BadFile for a state that no head could bring it to."""
    state = str(one.get("state") or "registered")
    if state not in STATES:
        raise BadFile(1, f"complaints 的 state 不认识 {state}；可以是 {'、'.join(STATES)}")
    told = Grievance(str(one.get("problem") or "约好没来"), str(one.get("target") or "其他"))
    complaint = complaints.register(session, follower, told, by=By("customer", follower.id), now=now)
    head = complaint.owner
    if head is None:
        raise BadFile(1, "complaints 要有人负责：staff 里先加一位 manager")
    try:
        if state != "registered":
            verdicts.judge(session, complaint, head, stands=True, reason="属实", now=now)
        if state in ("explained", "proposed"):
            verdicts.explain(session, complaint, head, "那天没有提前告诉您，是我们的错。", now=now)
        if state == "proposed":
            offer = Offer(str(one.get("proposal") or "换一位师傅重做"), int(one.get("money") or 0) * 100)
            verdicts.propose(session, complaint, head, offer, now=now)
    except DomainError as refusal:
        raise BadFile(1, f"complaints 做不到 {state}：{refusal.key}") from None
