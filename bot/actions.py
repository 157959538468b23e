"""The verbs a dialog may ask for: each turns the dialog's plain arguments into one verb of the desk.

A verb that the desk refuses raises DomainError; the inbox says that text instead and the dialog stays where it was.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bot.person import said_opening
from models.actors import By
from models.desk import care, conversations, people, promises, repairs, surveys, visits
from models.desk.people import mask_phone
from models.errors import NotFound, TooManyTries, WrongCode
from models.houses import Project
from models.people import Follower
from models.promises import Promise
from models.work import STATE_NAMES, Repair, Survey


@dataclass(frozen=True)
class Hand:
    """Who acts and when, inside the turn's own transaction."""

    session: Session
    follower: Follower
    now: dt.datetime

    @property
    def by(self) -> By:
        """The actor as event rows name it."""
        follower = self.follower
        if follower.crew is not None:
            return By("crew", follower.crew.id, follower.crew.name)
        return By("customer", follower.id, follower.customer.call if follower.customer else "")


Args = Mapping[str, Any]
Results = dict[str, Any]


def _moment(value: Any) -> dt.datetime | None:
    return dt.datetime.fromisoformat(value) if isinstance(value, str) and value else value or None


def _project(hand: Hand, project_id: Any) -> Project | None:
    """One of the person's own houses; anybody else's is as if it were not there."""
    if not project_id:
        return None
    return next((p for p in people.houses_of(hand.session, hand.follower.customer) if p.id == project_id), None)


def _own_repair(hand: Hand, ticket_id: Any) -> Repair:
    repair = hand.session.get(Repair, ticket_id)
    if repair is None or repair.follower_id != hand.follower.id:
        raise NotFound
    return repair


def _report(hand: Hand, args: Args) -> dict[str, Any]:
    """The fields of a Report that the dialog knows."""
    plain = ("house_text", "category", "place", "problem", "urgent", "when_text", "phone", "name")
    known = {name: args[name] for name in plain if args.get(name) not in (None, "")}
    for name in ("when_start", "when_end"):
        if moment := _moment(args.get(name)):
            known[name] = moment
    if project := _project(hand, args.get("project_id")):
        known["project"] = project
    known.update({name: known[name][:width] for name, width in _WIDTHS.items() if name in known})
    return known


#: What the columns hold; the whole words stay in the conversation.
_WIDTHS = {"house_text": 120, "place": 40, "when_text": 60, "name": 40, "category": 10}


def repair_open(hand: Hand, args: Args) -> Results:
    """A repair is recorded and the crew told; the number, the promise and who comes."""
    known = _report(hand, args)
    known.setdefault("problem", known.get("category", "报修"))
    report = repairs.Report(**known, media=tuple(args.get("media") or ()))
    repair = repairs.open_repair(hand.session, hand.follower, report, by=hand.by, now=hand.now)
    promise = _on_site(hand, repair)
    results: Results = {"ticket_id": repair.id, "number": repair.number, "house": repair.house}
    if promise is not None:
        minutes = promise.policy.urgent_minutes if repair.urgent else promise.policy.minutes
        results |= {"hours": minutes // 60 if minutes % 60 == 0 else round(minutes / 60, 1)}
        results |= {"on_site_by": promise.due_at.isoformat()}
    if repair.crew is not None:
        results["crew"] = repair.crew.name
    return results


def _on_site(hand: Hand, repair: Repair) -> Promise | None:
    return promises.find(hand.session, "repair.on_site", repair)


def repair_update(hand: Hand, args: Args) -> Results:
    """The later words are on the case."""
    repair = _own_repair(hand, args["ticket_id"])
    repairs.update_repair(hand.session, repair, _report(hand, args), by=hand.by, now=hand.now)
    _photos(hand, repair, args)
    results: Results = {"number": repair.number, "house": repair.house}
    promise = _on_site(hand, repair)
    return results | ({"on_site_by": promise.due_at.isoformat()} if promise else {})


def repair_chase(hand: Hand, args: Args) -> Results:
    """Asked again: recorded, and how it stands."""
    repair = _own_repair(hand, args["ticket_id"])
    times = repairs.chase(hand.session, repair, args.get("words", ""), by=hand.by, now=hand.now)
    results: Results = {"number": repair.number, "times": times, "state_zh": STATE_NAMES[repair.state]}
    if repair.crew is not None:
        results["crew"] = repair.crew.name
    if repair.next_due_at is not None:
        results["due"] = repair.next_due_at.isoformat()
    return results


def repair_cancel(hand: Hand, args: Args) -> Results:
    """The customer needs nobody any more."""
    repair = _own_repair(hand, args["ticket_id"])
    care.cancel(hand.session, repair, reason=args.get("reason") or "客户取消", by=hand.by, now=hand.now)
    return {"number": repair.number}


def repair_attach(hand: Hand, args: Args) -> Results:
    """Photos that came later belong to the case: the customer's of the fault, the crew's of its arrival or its work."""
    repair = _job(hand, args) if hand.follower.crew is not None else _own_repair(hand, args["ticket_id"])
    _photos(hand, repair, args)
    return {"number": repair.number}


def _photos(hand: Hand, repair: Repair, args: Args) -> None:
    crew = hand.follower.crew is not None
    stage = "before" if not crew else "finish" if repair.finished_at else "arrival"
    repairs.attach(hand.session, repair, args.get("media") or (), sender=hand.follower, stage=stage)


def survey_answer(hand: Hand, args: Args) -> Results:
    """The answer is on file, or further words are added to it."""
    survey = hand.session.get(Survey, args["survey_id"])
    if survey is None or survey.follower_id != hand.follower.id:
        raise NotFound
    words = args.get("words") or ""
    if survey.state == "answered":
        surveys.comment(hand.session, survey, words, by=hand.by, now=hand.now)
        return {"satisfied": None, "number": survey.ticket.number, "ask_more": False}
    rating = surveys.Rating(args.get("score"), words, args.get("sentiment") or "")
    satisfied = surveys.answer(hand.session, survey, rating, by=hand.by, now=hand.now)
    results: Results = {"satisfied": satisfied, "number": survey.ticket.number}
    results["ask_more"] = satisfied is not True and not words
    promise = promises.find(hand.session, "repair.dissatisfied", survey.ticket)
    return results | ({"contact_by": promise.due_at.isoformat()} if promise else {})


def _job(hand: Hand, args: Args) -> Repair:
    return visits.own_job(hand.session, hand.follower.crew, args["ticket_id"])


def _job_facts(repair: Repair) -> Results:
    facts = {
        "number": repair.number,
        "house": repair.house,
        "what": repair.what,
        "customer": repair.contact_name,
        "when": repair.when_text,
        "phone_masked": mask_phone(repair.contact_phone),
    }
    return {name: value for name, value in facts.items() if value}


def crew_accept(hand: Hand, args: Args) -> Results:
    """The crew takes the job."""
    visits.accept(hand.session, job := _job(hand, args), by=hand.by, now=hand.now)
    return _job_facts(job)


def crew_start(hand: Hand, args: Args) -> Results:
    """The crew is on its way."""
    visits.start(hand.session, job := _job(hand, args), by=hand.by, now=hand.now)
    return _job_facts(job)


def crew_arrive(hand: Hand, args: Args) -> Results:
    """The crew is at the door."""
    visits.arrive(hand.session, job := _job(hand, args), by=hand.by, now=hand.now)
    _photos(hand, job, args)
    return _job_facts(job)


def crew_finish(hand: Hand, args: Args) -> Results:
    """The work is done, with a note."""
    job = _job(hand, args)
    visits.finish(hand.session, job, note=args.get("note") or "", by=hand.by, now=hand.now)
    _photos(hand, job, args)
    return _job_facts(job)


def crew_hand_back(hand: Hand, args: Args) -> Results:
    """The crew cannot do it; the dispatcher owns it."""
    job = _job(hand, args)
    facts = _job_facts(job)
    visits.hand_back(hand.session, job, reason=args.get("reason") or "", by=hand.by, now=hand.now)
    return facts


def hand_over(hand: Hand, args: Args) -> Results:
    """The conversation waits for a person: the place in the queue, or when the office opens."""
    conversation = conversations.of(hand.session, hand.follower)
    place, opens = conversations.hand_over(
        hand.session, conversation, reason=args.get("reason") or "asked", words=args.get("words") or "", now=hand.now
    )
    promise = conversations.first_reply_due(hand.session, conversation)
    minutes = promise.policy.minutes if promise else conversations.MINUTES_EACH
    is_open = opens is not None and opens <= hand.now
    return {
        "position": place,
        "open": is_open,
        "next": "" if is_open else said_opening(opens, hand.now),
        "minutes": max(minutes, place * conversations.MINUTES_EACH),
    }


def person_bind(hand: Hand, args: Args) -> Results:
    """Bound by code; a wrong code is an answer, not a refusal, because the try must be counted."""
    try:
        code = people.bind(hand.session, hand.follower, str(args.get("code", "")).strip(), now=hand.now)
    except WrongCode as wrong:
        return {"what": "", "label": "", "tries_left": wrong.facts["tries_left"]}
    except TooManyTries:
        return {"what": "", "label": "", "tries_left": 0}
    hand.session.flush()
    if code.crew is not None:
        return {"what": "crew", "label": code.crew.name, "tries_left": people.TRIES_A_DAY}
    if code.staff is not None:
        return {"what": "staff", "label": code.staff.name, "tries_left": people.TRIES_A_DAY}
    return {"what": "project", "label": code.project.label if code.project else "", "tries_left": people.TRIES_A_DAY}


def opt_out(hand: Hand, args: Args) -> Results:
    """No marketing from now on."""
    people.opt_out(hand.session, hand.follower, words=args.get("words") or "退订", now=hand.now)
    return {}


def opt_in(hand: Hand, args: Args) -> Results:
    """Marketing is allowed again."""
    people.opt_in(hand.session, hand.follower, words=args.get("words") or "恢复", now=hand.now)
    return {}


#: The names are the dialog engine's API; a test holds that every name a script uses is here.
VERBS: dict[str, Callable[[Hand, Args], Results]] = {
    "repair.open": repair_open,
    "repair.update": repair_update,
    "repair.chase": repair_chase,
    "repair.cancel": repair_cancel,
    "repair.attach": repair_attach,
    "survey.answer": survey_answer,
    "crew.accept": crew_accept,
    "crew.start": crew_start,
    "crew.arrive": crew_arrive,
    "crew.finish": crew_finish,
    "crew.hand_back": crew_hand_back,
    "conversation.hand_over": hand_over,
    "person.bind": person_bind,
    "person.opt_out": opt_out,
    "person.opt_in": opt_in,
}
