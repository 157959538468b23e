"""Who is bound to a house: by contract, by an owner's code, no more."""

from typing import Any

from bot.inbox.verbs.hand import Args, Hand, Results, Verb, own_house
from models.desk.account import binding, household, people
from models.errors import DomainError, NotFound, TooManyTries
from models.houses import Project
from phones import mask_name
from templates import terms


def bind_contract(hand: Hand, args: Args) -> Results:
    """Bound by phone and contract; a wrong pair is an answer, not a refusal, because the try must be counted."""
    phone, contract = str(args.get("phone", "")), str(args.get("contract", ""))
    try:
        project = binding.by_contract(hand.session, hand.follower, phone, contract, now=hand.now)
    except binding.WrongPair as wrong:
        return {"label": "", "tries_left": wrong.facts["tries_left"]}
    except TooManyTries:
        return {"label": "", "tries_left": 0}
    return {"label": project.label, "tries_left": people.TRIES_A_DAY}


def invite(hand: Hand, args: Args) -> Results:
    """A code for one more person of the household."""
    label = str(args.get("label") or "")
    code = binding.invite(hand.session, hand.follower, _house(hand, args), label=label, now=hand.now)
    return {"code": code.code, "until": code.expires_at.isoformat()}


def listed(hand: Hand, args: Args) -> Results:
    """Everybody else who belongs to the house, masked: [[membership, 老婆], …]; refused where there is nobody."""
    project = _house(hand, args)
    household.owns(hand.session, hand.follower, project)
    words = household.labels(hand.session, project)
    others = [one for one in household.household(hand.session, project) if one.customer_id != hand.follower.customer_id]
    if not others:
        raise DomainError("errors.nobody_else", house=project.label)
    return {"members": [[one.id, _said(one, words.get(one.customer_id, ""), hand.lang)] for one in others]}


def _said(member: Any, label: str, lang: str) -> str:
    """老婆 周** 尾号8000: what tells this person from the others, and no more; in English wife 周** …8000."""
    last = member.customer.phone[-4:] if member.customer.phone else ""
    tail = (f"…{last}" if lang == "en" else f"尾号{last}") if last else ""
    own = terms.english if lang == "en" else str
    parts = [part for part in (own(label), mask_name(member.customer.name), tail) if part]
    return " ".join(parts) or own("业主" if member.role == "owner" else "家人")


def leave(hand: Hand, args: Args) -> Results:
    """This WeChat is not bound to the house any more."""
    household.leave(hand.session, hand.follower, _house(hand, args), now=hand.now)
    return {}


def remove(hand: Hand, args: Args) -> Results:
    """Somebody of the household is taken out by an owner."""
    project = _house(hand, args)
    household.owns(hand.session, hand.follower, project)
    member = next((m for m in household.household(hand.session, project) if m.id == args.get("member_id")), None)
    if member is None or member.customer_id == hand.follower.customer_id:
        raise NotFound
    household.take_out(hand.session, member, by=hand.by, now=hand.now)
    return {}


def _house(hand: Hand, args: Args) -> Project:
    project = own_house(hand, args.get("project_id"))
    if project is None:
        raise NotFound
    return project


VERBS: dict[str, Verb] = {
    "person.bind_contract": bind_contract,
    "household.invite": invite,
    "household.list": listed,
    "household.leave": leave,
    "household.remove": remove,
}
