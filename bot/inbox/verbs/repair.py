"""What homeowners do with their repairs: open, correct, chase, cancel, add photos."""

from typing import Any

from bot.inbox.verbs.hand import Args, Hand, Results, Verb, family_repair, moment, own_house, own_repair
from bot.scripts import estates
from models.desk import care, promises
from models.desk.complaint import complaints
from models.desk.repair import postponing, repairs, visits, warranty, watchers
from models.desk.repair.items import Fault
from models.promises import Promise
from models.work import STATE_NAMES, Repair


def _report(hand: Hand, args: Args) -> dict[str, Any]:
    """The fields of a Report that the dialog knows."""
    plain = ("house_text", "category", "place", "problem", "urgent", "when_text", "phone", "name")
    known = {name: args[name] for name in plain if args.get(name) not in (None, "")}
    for name in ("when_start", "when_end"):
        if at := moment(args.get(name)):
            known[name] = at
    if project := own_house(hand, args.get("project_id")):
        known["project"] = project
    known.update({name: known[name][:width] for name, width in _WIDTHS.items() if name in known})
    if args.get("items"):
        known["items"] = tuple(Fault(**item) for item in args["items"])
    return known


#: What the columns hold; the whole words stay in the conversation.
_WIDTHS = {"house_text": 120, "place": 40, "when_text": 60, "name": 40, "category": 10}


def repair_open(hand: Hand, args: Args) -> Results:
    """A repair is recorded and the crew told; the number, the promise and who comes."""
    known = _report(hand, args)
    known.setdefault("problem", known.get("category", "报修"))
    if args.get("earlier_id"):
        known["earlier"] = family_repair(hand, args["earlier_id"])
    report = repairs.Report(**known, media=tuple(args.get("media") or ()))
    repair = repairs.open_repair(hand.session, hand.follower, report, by=hand.by, now=hand.now)
    if args.get("of_complaint") and (complaint := complaints.own(hand.session, hand.follower)) is not None:
        complaints.link_repair(hand.session, complaint, repair, by=hand.by, now=hand.now)
    promise = _on_site(hand, repair)
    results: Results = {"ticket_id": repair.id, "number": repair.number, "house": repair.house}
    if promise is not None:
        minutes = promise.policy.urgent_minutes if repair.urgent else promise.policy.minutes
        results |= {"hours": minutes // 60 if minutes % 60 == 0 else round(minutes / 60, 1)}
        results |= {"on_site_by": promise.due_at.isoformat()}
    if repair.crew is not None:
        results["crew"] = repair.crew.name
    return results | warranty.facts_of(warranty.of(hand.session, repair))


def _on_site(hand: Hand, repair: Repair) -> Promise | None:
    return promises.find(hand.session, "repair.on_site", repair)


def repair_update(hand: Hand, args: Args) -> Results:
    """The later words are on the case."""
    repair = family_repair(hand, args["ticket_id"])
    report = _report(hand, args)
    if said := report.get("house_text"):
        report["house_text"] = estates.with_estate(repair.house, said)
    repairs.update_repair(hand.session, repair, report, by=hand.by, now=hand.now)
    photos(hand, repair, args)
    results: Results = {"number": repair.number, "house": repair.house}
    promise = _on_site(hand, repair)
    return results | ({"on_site_by": promise.due_at.isoformat()} if promise else {})


def repair_chase(hand: Hand, args: Args) -> Results:
    """Asked again: recorded, and how it stands."""
    repair = family_repair(hand, args["ticket_id"])
    times = repairs.chase(hand.session, repair, args.get("words", ""), by=hand.by, now=hand.now)
    results: Results = {"number": repair.number, "times": times, "state_zh": STATE_NAMES[repair.state]}
    if repair.crew is not None:
        results["crew"] = repair.crew.name
    if repair.next_due_at is not None:
        results["due"] = repair.next_due_at.isoformat()
    return results


def repair_add(hand: Hand, args: Args) -> Results:
    """What the customer adds is on the case, and its crew reads it."""
    repair = family_repair(hand, args["ticket_id"])
    repairs.add_words(hand.session, repair, args.get("words") or "", by=hand.by, now=hand.now)
    return {"number": repair.number}


def repair_look(hand: Hand, args: Args) -> Results:
    """By when somebody is promised to be there, of each of these cases where that is still to come."""
    due = visits.expected(hand.session, args["numbers"], now=hand.now)
    return {"by": {number: at.isoformat() for number, at in due.items()}}


def repair_join(hand: Hand, args: Args) -> Results:
    """The person hears of every step of their household's case, and what they saw is on it; urgent makes it so."""
    repair = family_repair(hand, args["ticket_id"])
    words = args.get("words") or ""
    watchers.join(hand.session, repair, hand.follower, words=words, by=hand.by, now=hand.now)
    if args.get("urgent") and not repair.urgent:
        repairs.update_repair(hand.session, repair, {"urgent": True}, by=hand.by, now=hand.now)
    photos(hand, repair, args)
    return _standing(hand, repair)


def repair_reopen(hand: Hand, args: Args) -> Results:
    """What was mended broke again: the same case, its next round. One that somebody reopened meanwhile is joined."""
    repair = family_repair(hand, args["ticket_id"])
    words = args.get("words") or "又坏了"
    if repair.is_open and repair.state != "done":
        watchers.join(hand.session, repair, hand.follower, words=words, by=hand.by, now=hand.now)
        return _standing(hand, repair)
    repair.urgent = repair.urgent or bool(args.get("urgent"))
    care.reopen(hand.session, repair, reason=words, by=hand.by, now=hand.now)
    watchers.join(hand.session, repair, hand.follower, words=words, by=hand.by, now=hand.now)
    if later := {name: value for name, value in _report(hand, args).items() if name != "urgent"}:
        repairs.update_repair(hand.session, repair, later, by=hand.by, now=hand.now)
    photos(hand, repair, args)
    return _standing(hand, repair)


def repair_answer_time(hand: Hand, args: Args) -> Results:
    """The customer's yes or no to the time that the crew asked for."""
    repair = own_repair(hand, args["ticket_id"])
    row = postponing.answer(
        hand.session, repair, agreed=bool(args.get("agreed")), words=args.get("words") or "", by=hand.by, now=hand.now
    )
    return {**_standing(hand, repair), "start": row.start.isoformat(), "end": row.end.isoformat()}


def _standing(hand: Hand, repair: Repair) -> Results:
    """Where a case stands, as facts for the texts that follow."""
    results: Results = {"ticket_id": repair.id, "number": repair.number, "state": repair.state}
    if repair.crew is not None:
        results["crew"] = repair.crew.name
    promise = _on_site(hand, repair)
    if promise is not None and promise.due_at > hand.now:
        results["on_site_by"] = promise.due_at.isoformat()
    if repair.when_start is not None and repair.when_end is not None and repair.when_end > hand.now:
        results |= {"when_start": repair.when_start.isoformat(), "when_end": repair.when_end.isoformat()}
    return results


def repair_cancel(hand: Hand, args: Args) -> Results:
    """The customer needs nobody any more."""
    repair = own_repair(hand, args["ticket_id"])
    care.cancel(hand.session, repair, reason=args.get("reason") or "客户取消", by=hand.by, now=hand.now)
    return {"number": repair.number}


def repair_restore(hand: Hand, args: Args) -> Results:
    """It was cancelled by mistake: the new case, as facts for the texts that follow."""
    again = care.restore(hand.session, own_repair(hand, args["ticket_id"]), by=hand.by, now=hand.now)
    return _standing(hand, again)


def repair_attach(hand: Hand, args: Args) -> Results:
    """Photos that came later belong to the case: the customer's of the fault, the crew's of its arrival or its work."""
    repair = job(hand, args) if hand.crew is not None else family_repair(hand, args["ticket_id"])
    photos(hand, repair, args)
    return {"number": repair.number}


def job(hand: Hand, args: Args) -> Repair:
    """The crew's own job; NotYours for every other."""
    return visits.own_job(hand.session, hand.crew, args["ticket_id"])


def photos(hand: Hand, repair: Repair, args: Args) -> None:
    """What came with the words is the case's, at the stage it is in."""
    crew = hand.crew is not None
    stage = "before" if not crew else "finish" if repair.finished_at else "arrival"
    repairs.attach(hand.session, repair, args.get("media") or (), sender=hand.follower, stage=stage)


VERBS: dict[str, Verb] = {
    "repair.open": repair_open,
    "repair.update": repair_update,
    "repair.chase": repair_chase,
    "repair.add": repair_add,
    "repair.look": repair_look,
    "repair.join": repair_join,
    "repair.reopen": repair_reopen,
    "repair.answer_time": repair_answer_time,
    "repair.cancel": repair_cancel,
    "repair.restore": repair_restore,
    "repair.attach": repair_attach,
}
