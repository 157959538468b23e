"""The warranty in chat: what the rules say of a house and in general, and that somebody does not accept it."""

from typing import Any

from bot.inbox.verbs.hand import Args, Hand, Results, Verb, own_house, own_repair
from models.desk.repair import warranty
from models.errors import NotFound
from models.worktime import local_day


def look(hand: Hand, args: Args) -> Results:
    """The rules that may be meant, each with its last day, for one of the person's own houses."""
    project = own_house(hand, args.get("project_id"))
    if project is None or project.completed_on is None:
        raise NotFound
    found = warranty.lines_of(hand.session, project, args.get("categories") or [], args.get("place") or "")
    day = local_day(hand.now)
    lines: list[dict[str, Any]] = [
        {"rule": one.rule, "rule_en": one.english, "until": one.until.isoformat(), "covered": day <= one.until}
        for one in found
    ]
    return {
        "house": project.label,
        "completed": project.completed_on.isoformat(),
        "lines": lines,
        "paid": any(not line["covered"] for line in lines),
    }


def general(hand: Hand, args: Args) -> Results:
    """The company's rules, without a word about anybody's house."""
    kinds = args.get("categories") or [""]
    found = [term for kind in kinds for term in warranty.general(hand.session, kind, args.get("place") or "")]
    rules = {term.rule: term.english for term in found}
    return {"rules": list(rules), "rules_en": list(rules.values())}


def dispute(hand: Hand, args: Args) -> Results:
    """The manager has it."""
    repair = own_repair(hand, args["ticket_id"])
    warranty.dispute(hand.session, repair, args.get("words") or "", by=hand.by, now=hand.now)
    return {"number": repair.number}


VERBS: dict[str, Verb] = {"warranty.look": look, "warranty.general": general, "warranty.dispute": dispute}
