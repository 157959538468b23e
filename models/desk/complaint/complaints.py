"""Complaints as the customer meets them: registered, added to, chased, agreed to, withdrawn.

What the responsible head does with one is in `verdicts`. Whom it is about neither owns it nor hears of it.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.actors import By
from models.complaints import TARGETS, Complaint
from models.desk import escalations, promises
from models.desk.account import people
from models.desk.complaint import accused, severity, sight
from models.desk.complaint import letters as complaint_letters
from models.desk.numbers import next_number
from models.desk.repair.repairs import attach
from models.desk.staff import duty
from models.errors import IllegalMove, Missing
from models.houses import Crew, Project
from models.people import Customer, Follower
from models.staff import Staff
from models.work import Escalation, Repair

#: Target -> the role whose department explains it. What is about the office itself is explained by its manager.
HEAD_OF = {
    "工队": "engineer", "监理": "engineer", "材料": "engineer", "工期": "engineer", "设计师": "manager",
    "客服": "manager", "价格": "manager", "其他": "agent",
}  # fmt: skip
#: Another complaint within this is told to the manager at once.
REPEATED_WITHIN = dt.timedelta(days=30)
OPEN_STATES = frozenset(Complaint.moves) - {"closed", "withdrawn"}


@dataclass(frozen=True)
class Grievance:
    """What a customer complains of. Only what happened is needed; everything else may come later."""

    problem: str
    target: str = "其他"
    demand: str = ""
    project: Project | None = None
    house_text: str = ""
    confidential: bool = False
    #: The customer was angry when they said it.
    angry: bool = False
    phone: str = ""
    name: str = ""
    #: Whom a colleague wrote down as meant; without it words and records are asked.
    staff: Staff | None = None
    crew: Crew | None = None
    media: tuple[str, ...] = field(default=())


def register(session: Session, who: Follower | Customer, told: Grievance, *, by: By, now: dt.datetime) -> Complaint:
    """A numbered complaint with its two promises and an owner who is not the person complained about.

    The manager is told at once when it is severe, repeated, or about whoever would have handled it. Missing without a
    word of what happened.
    """
    if not told.problem.strip():
        raise Missing(field="problem")
    follower = who if isinstance(who, Follower) else None
    if follower is not None:
        customer = people.know(session, follower, now=now, name=told.name, phone=told.phone)
    else:
        customer = who
    houses = people.houses_of(session, customer)
    project = told.project or (houses[0] if len(houses) == 1 else None)
    target = told.target if told.target in TARGETS else "其他"
    words = f"{told.problem}\n{told.demand}"
    found = accused.accused(session, follower, project, target, words)
    complaint = Complaint(
        number=next_number(session, "TS", now=now), follower=follower, customer=customer, project=project,
        house_text=told.house_text, contact_name=told.name or customer.call, target=target,
        contact_phone=people.clean_phone(told.phone) or customer.phone, problem=told.problem.strip(),
        demand=told.demand.strip(), confidential=told.confidential, about_staff=told.staff or found[0],
        about_crew=told.crew or found[1], opened_at=now, severity="ordinary", severe_by=[], compensation=0,
        round=1, chased=0,
    )  # fmt: skip
    session.add(complaint)
    session.flush()
    complaint.repeated = _again(session, complaint)
    complaint.tell("registered", by=by, now=now, reason=told.problem.strip())
    entrust(session, complaint, now=now)
    if follower is not None:
        attach(session, complaint, told.media, sender=follower)
    weigh(session, complaint, words, angry=told.angry, now=now)
    _promise(session, complaint, now)
    complaint_letters.tell_owner(session, complaint, "new", now=now, words=complaint.problem)
    return complaint


def _promise(session: Session, complaint: Complaint, now: dt.datetime) -> None:
    for name in ("complaint.first_contact", "complaint.explain"):
        promises.make(session, name, complaint, now=now, urgent=complaint.severe)


def _again(session: Session, complaint: Complaint) -> bool:
    """Whether the same person or house complained within 30 days before."""
    same = [Complaint.customer_id == complaint.customer_id]
    if complaint.project_id is not None:
        same.append(Complaint.project_id == complaint.project_id)
    query = select(Complaint.id).where(
        or_(*same), Complaint.id != complaint.id, Complaint.opened_at > complaint.opened_at - REPEATED_WITHIN
    )
    return session.scalars(query.limit(1)).first() is not None


def entrust(session: Session, complaint: Complaint, *, without: Collection[int] = (), now: dt.datetime) -> None:
    """The head of the department that is meant owns it, or the manager where that head is the one complained about.

    A head whom it cannot go to for that reason is reason enough to tell the manager at once.
    """
    shut = sight.shut_out(session, complaint) | frozenset(without)
    role = HEAD_OF[complaint.target]
    meant = complaint.about_staff
    touched = meant is not None and meant.role.name == role
    complaint.owner = duty.pick_able(session, "manager" if touched else role, sight.SEE, now=now, without=shut)
    session.flush()
    if touched:
        escalate(session, complaint, "handler", now=now)


def weigh(session: Session, complaint: Complaint, words: str, *, angry: bool = False, now: dt.datetime) -> None:
    """Severe from now on if the words meet a rule; the manager hears of what is severe or repeated, once each.

    Money is severe when it is more than the owner may offer alone; anger when it is not the first complaint.
    """
    rules = severity.rules_met(words)
    owner = complaint.owner
    if severity.money_asked(words) > (owner.role.compensation_limit if owner is not None else 0):
        rules.append("money")
    if angry and complaint.repeated:
        rules.append("anger")
    new = [rule for rule in rules if rule not in complaint.severe_by]
    if new:
        complaint.severe_by = [*complaint.severe_by, *new]
        complaint.severity = "severe"
    if complaint.severe:
        escalate(session, complaint, "severe", now=now)
    elif complaint.repeated:
        escalate(session, complaint, "repeated", now=now)


def escalate(session: Session, complaint: Complaint, why: str, *, now: dt.datetime) -> Escalation:
    """The manager knows of it; once for each reason and round."""
    return escalations.raise_(
        session, "complaint", complaint, words=complaint.problem, now=now, cause=f"{why}:{complaint.round}"
    )


def own(session: Session, follower: Follower) -> Complaint | None:
    """The newest complaint of this person that is still open."""
    query = select(Complaint).where(Complaint.follower_id == follower.id, Complaint.state.in_(sorted(OPEN_STATES)))
    return session.scalars(query.order_by(Complaint.id.desc()).limit(1)).first()


def add(session: Session, complaint: Complaint, words: str, *, by: By, now: dt.datetime, demand: str = "") -> None:
    """Further words of the customer are on the case; they may make it severe, and its owner hears of them.

    `demand` joins what they asked for before. Refused once it is over, and without words.
    """
    if complaint.state not in OPEN_STATES:
        raise IllegalMove(number=complaint.number, state=complaint.state_name, to="补充")
    if not words.strip() and not demand.strip():
        raise Missing(field="words")
    if demand.strip() and demand.strip() not in complaint.demand:
        complaint.demand = "；".join(filter(None, (complaint.demand, demand.strip())))
    said = words.strip() or demand.strip()
    complaint.tell("said", by=by, now=now, reason=said)
    weigh(session, complaint, said, now=now)
    _tell_more(session, complaint, said, now)


def _tell_more(session: Session, complaint: Complaint, said: str, now: dt.datetime) -> None:
    """Its owner hears of further words and photos, once an hour."""
    complaint_letters.tell_owner(session, complaint, "more", now=now, mark=f"{now:%Y%m%d%H}", words=said)


def keep_secret(session: Session, complaint: Complaint, *, by: By, now: dt.datetime) -> None:
    """From now on only its owner and those who lead may see it; asking twice changes nothing."""
    if not complaint.confidential:
        complaint.confidential = True
        complaint.tell("confidential", by=by, now=now)


def chase(session: Session, complaint: Complaint, words: str, *, by: By, now: dt.datetime) -> int:
    """The customer asked how it stands: on record; the second time the manager is told, and whenever that was settled
    and they ask once more. Returns how often it was.
    """
    complaint.chased += 1
    complaint.tell("chased", by=by, now=now, reason=words)
    if complaint.chased >= 2:
        cause = escalations.again(session, complaint, "complaint", f"chased:{complaint.round}")
        escalations.raise_(session, "complaint", complaint, words=complaint.problem, now=now, cause=cause)
    return complaint.chased


def photos(session: Session, complaint: Complaint, media: Sequence[str], *, sender: Follower, now: dt.datetime) -> int:
    """Photos of the person who complained belong to the complaint; returns how many. Nobody else's are taken."""
    count = attach(session, complaint, media, sender=sender)
    if count:
        _tell_more(session, complaint, "照片", now)
    return count


def link_repair(session: Session, complaint: Complaint, repair: Repair, *, by: By, now: dt.datetime) -> None:
    """The repair that was hidden in the complaint is known to it; the first one stays."""
    if complaint.repair is None:
        complaint.repair = repair
        complaint.tell("repair", by=by, now=now, reason=repair.number)


def agree(session: Session, complaint: Complaint, words: str, *, by: By, now: dt.datetime) -> None:
    """The customer agrees to the proposal, in chat or on the phone; its owner hears of it. Refused without one."""
    complaint.move("agreed", by=by, now=now, reason=words)
    complaint.agreed_at = now
    complaint_letters.tell_owner(session, complaint, "agreed", now=now, mark=_step(complaint, "proposed"), words=words)


def decline(session: Session, complaint: Complaint, words: str, *, by: By, now: dt.datetime) -> None:
    """The customer does not agree: their words are the new demand, the manager is told; a new proposal is owed."""
    if complaint.state != "proposed":
        raise IllegalMove(number=complaint.number, state=complaint.state_name, to="不同意方案")
    complaint.tell("declined", by=by, now=now, reason=words)
    complaint.demand = "；".join(filter(None, (complaint.demand, words.strip())))
    weigh(session, complaint, words, now=now)
    escalations.raise_(
        session, "complaint", complaint, words=words, now=now,
        cause=f"declined:{complaint.round}:{_step(complaint, 'proposed')}",
    )  # fmt: skip
    complaint_letters.tell_owner(
        session, complaint, "declined", now=now, mark=_step(complaint, "proposed"), words=words
    )


def _step(complaint: Complaint, state: str) -> int:
    """How often it came to this state: each time is told anew."""
    return sum(event.to_state == state for event in complaint.events)


def withdraw(session: Session, complaint: Complaint, reason: str, *, by: By, now: dt.datetime) -> None:
    """The customer takes it back; nothing is owed any more, and its owner hears why. Needs a reason."""
    if not reason.strip():
        raise Missing(field="reason")
    complaint.move("withdrawn", by=by, now=now, reason=reason.strip())
    complaint.closed_at, complaint.close_reason = now, reason.strip()[:200]
    complaint_letters.tell_owner(session, complaint, "withdrawn", now=now, words=reason.strip())
    if by.kind == "staff":
        complaint_letters.write(session, complaint, "withdrawn", now=now)
    let_go(session, complaint, by=by, now=now)


def restore(session: Session, complaint: Complaint, words: str, *, by: By, now: dt.datetime) -> None:
    """Taken back by mistake: it is owed as before, with new promises, and its owner hears of it. Refused otherwise."""
    if complaint.state != "withdrawn":
        raise IllegalMove(number=complaint.number, state=complaint.state_name, to="恢复")
    complaint.move("registered", by=by, now=now, reason=words.strip())
    complaint.stands, complaint.closed_at, complaint.close_reason = None, None, ""
    _promise(session, complaint, now)
    if complaint.owner is None or not complaint.owner.active:
        entrust(session, complaint, now=now)
    complaint_letters.tell_owner(
        session, complaint, "new", now=now, mark=_step(complaint, "registered"), words=words.strip()
    )


def let_go(session: Session, complaint: Complaint, *, by: By, now: dt.datetime) -> None:
    """Promises and matters about it end with it."""
    for promise in promises.owed(session, complaint):
        promises.drop(session, promise, now=now)
    open_ones = select(Escalation).where(Escalation.ticket_id == complaint.id, Escalation.state != "resolved")
    for row in session.scalars(open_ones):
        escalations.resolve(session, row, by=by, words=complaint.close_reason or complaint.state_name, now=now)
