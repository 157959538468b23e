"""What people are told about a quote, once each: keys name the version, so no version is ever sent twice."""

import datetime as dt
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.repair import notices, warranty
from models.outbound import Outgoing
from models.people import Follower, ProjectMember
from models.quotes import Quote
from models.work import Repair
from phones import hide

#: Buttons under an offer; a tap comes back with the decision and the very version that it stood under.
BUTTONS = (("同意", "agreed"), ("不同意", "refused"), ("改价", "haggled"))


def household(session: Session, repair: Repair) -> list[Follower]:
    """Every WeChat that speaks for the case: who reported it, and the bound members of the house."""
    members = select(ProjectMember.customer_id).where(ProjectMember.project_id == repair.project_id)
    theirs = or_(Follower.id == repair.follower_id, Follower.customer_id.in_(members))
    query = select(Follower).where(theirs, Follower.crew_id.is_(None), Follower.staff_id.is_(None))
    return list(session.scalars(query.order_by(Follower.id)))


def facts_of(quote: Quote) -> dict[str, Any]:
    """The facts that texts about a quote may name. Money in 元."""
    repair = quote.repair
    facts = {
        "number": quote.number,
        "repair": repair.number,
        "version": quote.version,
        "house": repair.house,
        "what": repair.what,
        "crew": repair.crew.name if repair.crew else "",
        "items": [
            {"name": item.name, "quantity": item.quantity, "price": item.price / 100, "amount": item.amount / 100}
            for item in quote.items
        ],
        "total": quote.total / 100,
        "note": hide(quote.note),
        "state": quote.state,
        "words": hide(quote.answer),
        "who": quote.answered_by_name,
        "lapses": quote.lapses_at.isoformat() if quote.lapses_at else "",
    }
    return {name: value for name, value in facts.items() if value not in ("", None, [])}


def summary(quote: Quote) -> str:
    """The quote in one line for whoever has to call: BJ… 换角阀、人工 共200元."""
    names = "、".join(item.name for item in quote.items)
    yuan = f"{quote.total / 100:,.2f}".removesuffix(".00")
    return f"{quote} {names} 共{yuan}元"


def _buttons(quote: Quote) -> tuple[tuple[str, str], ...]:
    return tuple((label, f"qt:{quote.id}:{decision}") for label, decision in BUTTONS)


def _page(quote: Quote, reader: Follower) -> dict[str, Any]:
    return {"purpose": "quote", "ticket_id": quote.id, "reader_id": reader.id}


def _tell_household(session: Session, quote: Quote, step: str, letter: Letter, *, now: dt.datetime) -> int:
    """Everybody of the household who follows is told, once each by version; returns how many that are."""
    told = [reader for reader in household(session, quote.repair) if reader.subscribed]
    for reader in told:
        own = Letter(letter.text_key, letter.facts, choices=letter.choices, page=_page(quote, reader))
        outbox.post(
            session, f"quote:{quote.id}:{step}:f{reader.id}", to=reader, letter=own, now=now, ticket=quote.repair,
            urgent=quote.repair.urgent,
        )  # fmt: skip
    return len(told)


def offer(session: Session, quote: Quote, *, now: dt.datetime) -> int:
    """The items, the total and three ways to answer, with the page; returns how many people were told."""
    facts = facts_of(quote) | warranty.facts_of(warranty.of(session, quote.repair))
    return _tell_household(session, quote, "offer", Letter("quote.offer", facts, choices=_buttons(quote)), now=now)


def reminder(session: Session, quote: Quote, *, now: dt.datetime) -> int:
    """One gentle question more."""
    return _tell_household(
        session, quote, "reminder", Letter("quote.reminder", facts_of(quote), choices=_buttons(quote)), now=now
    )


def answered(session: Session, quote: Quote, *, now: dt.datetime) -> None:
    """The crew knows at once; the others of the household, who were asked too, know that it is answered."""
    letter = Letter(f"quote.crew_{quote.state}", facts_of(quote))
    tell_crew(session, quote, f"{quote.state}", letter, now=now)
    if quote.state == "haggled":
        return
    others = [one for one in household(session, quote.repair) if one.subscribed and one.id != quote.answered_by_id]
    # An answer by phone is confirmed to everybody who was asked in writing.
    for reader in others:
        letter = Letter("quote.answered", facts_of(quote), page=_page(quote, reader))
        outbox.post(
            session, f"quote:{quote.id}:{quote.state}:f{reader.id}", to=reader, letter=letter, now=now,
            ticket=quote.repair,
        )  # fmt: skip


def asked(session: Session, quote: Quote, words: str, times: int, *, now: dt.datetime) -> None:
    """The crew hears the customer's question."""
    letter = Letter("quote.crew_asked", facts_of(quote) | {"words": words[:200]})
    tell_crew(session, quote, f"asked{times}", letter, now=now)


def tell_crew(session: Session, quote: Quote, step: str, letter: Letter, *, now: dt.datetime) -> list[Outgoing]:
    """Every WeChat of the repair's crew is told, once each; the letter opens the job's page."""
    repair = quote.repair
    if repair.crew is None:
        return []
    page = {"purpose": "crew", "ticket_id": repair.id, "crew_id": repair.crew.id}
    posted = (
        outbox.post(
            session, f"quote:{quote.id}:{step}:f{person.id}", to=person, now=now, purpose="staff", ticket=repair,
            letter=Letter(letter.text_key, letter.facts, page=page), urgent=repair.urgent,
        )
        for person in notices.crew_people(session, repair.crew)
    )  # fmt: skip
    return [row for row in posted if row is not None]


def call_back(session: Session, quote: Quote, *, now: dt.datetime) -> None:
    """What still waits to be sent about this version is not sent: it would ask what nobody asks any more."""
    asks = Outgoing.text_key.in_(("quote.offer", "quote.reminder"))
    own = Outgoing.dedupe_key.startswith(f"quote:{quote.id}:", autoescape=True)
    outbox.withdraw(session, Outgoing.ticket_id == quote.ticket_id, asks, own, reason="quote_overtaken", now=now)
