"""What people are told about a repair, once each: the key names the step and the round, so telling twice posts once."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import By
from models.callbacks import Callback, Slip
from models.desk import promises
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.houses import Crew
from models.outbound import Outgoing
from models.people import Follower
from models.questions import of_json
from models.staff import Staff
from models.surveys import Survey
from models.visits import Postponement
from models.work import Escalation, Repair, Ticket
from phones import hide, hide_all, mask_phone

#: A step told later than this would only confuse; it expires, visibly.
STEP_LIVES = dt.timedelta(hours=12)
SURVEY_LIVES = dt.timedelta(days=3)
#: Occasions on which it is us who want to know: the rhythm of care and the phases of a house.
OUR_WISH = frozenset({"aftercare", "building", "control_point", "repair_long"})
#: What whoever reported must hear: when it cannot be delivered, somebody calls.
MUST_KNOW = frozenset({"notice.late"})
#: Buttons under an offer, and their steps.
OFFERED = (("接单", "accept"), ("退单", "hand_back"))
#: A fault of so many letters may stand in the question; a longer story would bury it.
SHORT = 12


def facts_of(repair: Repair) -> dict[str, Any]:
    """The facts that texts about a repair may name; empty ones are left out, texts have a form without them."""
    facts: dict[str, Any] = {
        "number": repair.number,
        "house": repair.house,
        "what": repair.what,
        "category": repair.category,
        "place": repair.place,
        "problem": hide(repair.problem),
        "urgent": repair.urgent,
        "when": repair.when_text,
        "when_start": repair.when_start.isoformat() if repair.when_start else "",
        "when_end": repair.when_end.isoformat() if repair.when_end else "",
        "crew": repair.crew.name if repair.crew else "",
        "customer": repair.contact,
        "phone_masked": mask_phone(repair.contact_phone),
        "note": hide(repair.finish_note),
        "round": repair.round,
    }
    return {name: value for name, value in facts.items() if value not in ("", None)}


def facts_of_care(row: Callback | Slip) -> dict[str, Any]:
    """The facts that texts about a callback or a slip may name; empty ones are left out."""
    facts = {"number": row.number, "house": row.house, "customer": str(row.customer or "")}
    return {name: value for name, value in facts.items() if value}


def case_of(ticket: Ticket) -> dict[str, Any]:
    """The facts that every case has, whatever its kind; empty ones are left out."""
    return {name: value for name, value in (("number", ticket.number), ("house", ticket.house)) if value}


def offers(repair: Repair) -> int:
    """How often the case was given to a crew so far: each time the steps begin anew and are told anew."""
    return sum(event.to_state == "assigned" for event in repair.events)


def tell_customer(
    session: Session, repair: Repair, step: str, *, now: dt.datetime, mark: object = "", **facts: Any
) -> Outgoing | None:
    """Tell the homeowner of a step, and whoever of the household watches; each once per assignment.

    None when nobody reported it by WeChat, or they were told before. `mark` tells apart what may happen several times
    while one crew has the job.
    """
    key, letter = f"repair:{repair.id}:{step}{mark}:{offers(repair)}", _letter(repair, step, facts)
    for person in _watching(repair):
        _tell(session, repair, person, f"{key}:w{person.id}", letter, now)
    return _tell(session, repair, repair.follower, key, letter, now) if repair.follower is not None else None


def tell_household(
    session: Session, repair: Repair, step: str, *, by: By, now: dt.datetime, mark: object = "", **facts: Any
) -> None:
    """Tell the homeowner and the household of a step, except for the one who took it: they read the answer to it."""
    key, letter = f"repair:{repair.id}:{step}{mark}:{offers(repair)}", _letter(repair, step, facts)
    people = [(repair.follower, key), *((one, f"{key}:w{one.id}") for one in _watching(repair))]
    for person, own_key in people:
        if person is not None and (by.kind, by.id) != ("customer", person.id):
            _tell(session, repair, person, own_key, letter, now)


def _watching(repair: Repair) -> list[Follower]:
    """Who else of the household hears of it; whoever watched and has the case by now is not told twice."""
    return [one.follower for one in repair.watchers if one.follower_id != repair.follower_id]


def _letter(repair: Repair, step: str, facts: dict[str, Any]) -> Letter:
    return Letter(f"notice.{step}", {**facts_of(repair), **hide_all(facts)})


def _tell(
    session: Session, repair: Repair, to: Follower, key: str, letter: Letter, now: dt.datetime
) -> Outgoing | None:
    must_know = letter.text_key in MUST_KNOW and to is repair.follower
    return outbox.post(
        session, key, to=to, letter=letter, now=now, ticket=repair, urgent=repair.urgent, not_after=now + STEP_LIVES,
        or_call=must_know,
    )  # fmt: skip


def ask_time(session: Session, row: Postponement, *, now: dt.datetime) -> Outgoing | None:
    """Ask the homeowner whether the time that the crew offers suits them, once."""
    repair = row.repair
    if repair.follower is None:
        return None
    facts = {"start": row.start.isoformat(), "end": row.end.isoformat(), "why": hide(row.words)}
    letter = Letter("notice.ask_time", {**facts_of(repair), **{k: v for k, v in facts.items() if v}})
    return outbox.post(
        session, f"postponement:{row.id}:ask", to=repair.follower, letter=letter, now=now, ticket=repair,
        urgent=repair.urgent, not_after=row.end,
    )  # fmt: skip


def tell_crew(
    session: Session, repair: Repair, step: str, *, now: dt.datetime, mark: object = "", **facts: Any
) -> list[Outgoing]:
    """Tell every WeChat of the repair's crew, once each; the letter links to the phone page of this job.

    `mark` tells apart what may happen several times while one crew has the job.
    """
    if repair.crew is None:
        return []
    choices = _buttons(repair) if step in ("crew_offer", "crew_again") else ()
    promise = promises.find(session, "repair.on_site", repair)
    due = {"due": promise.due_at.isoformat()} if promise else {}
    letter = Letter(
        f"notice.{step}",
        {**facts_of(repair), **due, **facts},
        choices=choices,
        page={"purpose": "crew", "ticket_id": repair.id, "crew_id": repair.crew.id},
    )
    posted = (
        outbox.post(
            session,
            f"repair:{repair.id}:{step}{mark}:{offers(repair)}:f{person.id}",
            to=person,
            letter=letter,
            now=now,
            purpose="staff",
            ticket=repair,
            urgent=repair.urgent,
        )
        for person in crew_people(session, repair.crew)
    )
    return [row for row in posted if row is not None]


def _buttons(repair: Repair) -> tuple[tuple[str, str], ...]:
    """Each says which job it is about and which offer of it: with several open, no word could."""
    return tuple((label, f"job:{repair.id}:{offers(repair)}:{step}") for label, step in OFFERED)


def crew_people(session: Session, crew: Crew) -> Sequence[Follower]:
    """Every WeChat of a crew that still follows."""
    query = select(Follower).where(Follower.crew_id == crew.id, Follower.subscribed).order_by(Follower.id)
    return session.scalars(query).all()


def tell_staff(
    session: Session, staff: Staff | None, key: str, letter: Letter, *, now: dt.datetime, **more: Any
) -> Outgoing | None:
    """Tell a colleague on their WeChat, once by `key`; the panel shows the matter in any case."""
    return outbox.to_staff(session, key, staff=staff, letter=letter, now=now, **more)


def tell_owner(session: Session, escalation: Escalation, *, now: dt.datetime) -> Outgoing | None:
    """Tell the owner of an escalation that it is theirs, once per owner."""
    ticket, about = escalation.ticket, escalation.about
    facts: dict[str, Any] = {"kind": escalation.kind, "words": escalation.words[:200]}
    if ticket is not None:
        facts |= {"number": ticket.number, "house": ticket.house}
    elif isinstance(about, Callback | Slip):
        facts |= facts_of_care(about)
    letter = Letter(f"staff.{escalation.kind}", {name: value for name, value in facts.items() if value})
    key = f"escalation:{escalation.id}:{escalation.owner.id if escalation.owner else 0}:{escalation.level}"
    return tell_staff(session, escalation.owner, key, letter, now=now, ticket=ticket)


def ask_satisfaction(session: Session, survey: Survey, *, now: dt.datetime) -> Outgoing | None:
    """Ask the first question of a survey, once per round or callback; its buttons say which survey and question.

    After the person's own repair or complaint it belongs to that; whatever else we want to know is a touch.
    """
    assert survey.follower is not None
    ours = survey.callback is not None and survey.callback.purpose in OUR_WISH
    return outbox.post(
        session,
        f"survey:{survey.id}",
        to=survey.follower,
        letter=_question(survey, survey.follower.lang),
        now=now,
        purpose="survey" if ours else "service",
        ticket=survey.ticket,
        survey_id=survey.id,
        not_after=now + SURVEY_LIVES,
    )


def _question(survey: Survey, lang: str) -> Letter:
    """The form's own words where staff wrote some, else the house's for this occasion."""
    asked, repair = of_json(survey.form.questions) if survey.form is not None else (), survey.ticket
    facts = {"house": survey.project.label if survey.project else "", "label": survey.label}
    if isinstance(repair, Repair):
        facts = facts_of(repair) | ({"label": repair.what} if len(repair.what) <= SHORT else {})
    facts = {name: value for name, value in facts.items() if value}
    key = asked[0].key if asked else "score"
    choices = tuple((str(score), f"sv:{survey.id}:{key}:{score}") for score in range(5, 0, -1))
    if own := asked[0].text.get(lang) if asked else "":
        return Letter("survey.own", {**facts, "question": own}, choices=choices)
    if survey.form is None or isinstance(repair, Repair):
        return Letter("survey.ask", facts, choices=choices)
    return Letter(f"question.{survey.form.name}", facts, choices=choices)
