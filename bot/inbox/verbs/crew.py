"""What a crew does with its jobs."""

import datetime as dt

from bot.inbox.verbs.hand import Args, Hand, Results, Verb, moment
from bot.inbox.verbs.repair import job, photos
from models.desk.account.people import mask_phone
from models.desk.repair import finishing, items, notices, postponing, quotes, visits
from models.errors import NotYours, OfferOver
from models.work import Repair
from phones import hide


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


def _offered(hand: Hand, args: Args) -> Repair:
    """The crew's own job; when a button was tapped, only while the offer it stood under is the newest."""
    if "offer" not in args:
        return job(hand, args)
    try:
        own = job(hand, args)
    except NotYours:
        raise OfferOver from None
    if notices.offers(own) != args["offer"]:
        raise OfferOver
    return own


def crew_accept(hand: Hand, args: Args) -> Results:
    """The crew takes the job."""
    visits.accept(hand.session, own := _offered(hand, args), by=hand.by, now=hand.now)
    return _job_facts(own)


def crew_start(hand: Hand, args: Args) -> Results:
    """The crew is on its way."""
    visits.start(hand.session, own := job(hand, args), by=hand.by, now=hand.now)
    return _job_facts(own)


def crew_arrive(hand: Hand, args: Args) -> Results:
    """The crew is at the door, and where its phone says that is."""
    own, place = job(hand, args), args.get("place")
    visits.arrive(hand.session, own, by=hand.by, now=hand.now, place=tuple(place) if place else None)
    photos(hand, own, args)
    return _job_facts(own) | {"quote_first": quotes.wanted(hand.session, own)}


def crew_locate(hand: Hand, args: Args) -> Results:
    """Where the crew is stands on its visit."""
    own = job(hand, args)
    visits.locate(hand.session, own, tuple(args["place"]), by=hand.by, now=hand.now)
    return _job_facts(own)


def crew_finish(hand: Hand, args: Args) -> Results:
    """The work is done, with a note, what was used and what stays open."""
    own = job(hand, args)
    work = visits.Work(tuple(args.get("materials") or ()), {int(n): why for n, why in args.get("left") or ()})
    visits.finish(hand.session, own, note=args.get("note") or "", by=hand.by, now=hand.now, work=work)
    photos(hand, own, args)
    left = [{"what": hide(item.problem), "why": item.note} for item in items.waiting(own)]
    return _job_facts(own) | ({"left": left} if left else {}) | _materials(own)


def crew_materials(hand: Hand, args: Args) -> Results:
    """What was used, told after the work, is on its visit."""
    own = job(hand, args)
    visits.use(hand.session, own, tuple(args.get("materials") or ()), by=hand.by, now=hand.now)
    return _job_facts(own)


def _materials(repair: Repair) -> Results:
    used = repair.visits[-1].materials if repair.visits else []
    return {"materials": "、".join(used)} if used else {}


def crew_ask_time(hand: Hand, args: Args) -> Results:
    """The customer is asked whether another time suits them."""
    own, start, end = job(hand, args), moment(args["start"]), moment(args["end"])
    window = postponing.Window(start, end, args.get("text") or "", args.get("why") or "")
    postponing.ask(hand.session, own, window, words=args.get("words") or "", by=hand.by, now=hand.now)
    return _job_facts(own) | {"start": start.isoformat(), "end": end.isoformat()}


def crew_delay(hand: Hand, args: Args) -> Results:
    """It takes longer: the customer reads why, and the new day."""
    own, day = job(hand, args), dt.date.fromisoformat(args["day"])
    finishing.delay(hand.session, own, reason=args.get("reason") or "", until=day, by=hand.by, now=hand.now)
    return _job_facts(own) | {"day": finishing.noon(day).isoformat()}


def crew_hand_back(hand: Hand, args: Args) -> Results:
    """The crew cannot do it; the dispatcher owns it."""
    own = _offered(hand, args)
    facts = _job_facts(own)
    visits.hand_back(hand.session, own, reason=args.get("reason") or "", by=hand.by, now=hand.now)
    return facts


def crew_pass_on(hand: Hand, args: Args) -> Results:
    """The household reads what the crew says on its way."""
    own = job(hand, args)
    visits.pass_on(hand.session, own, str(args.get("words") or ""), by=hand.by, now=hand.now)
    return _job_facts(own)


VERBS: dict[str, Verb] = {
    "crew.accept": crew_accept,
    "crew.start": crew_start,
    "crew.arrive": crew_arrive,
    "crew.locate": crew_locate,
    "crew.finish": crew_finish,
    "crew.materials": crew_materials,
    "crew.ask_time": crew_ask_time,
    "crew.delay": crew_delay,
    "crew.hand_back": crew_hand_back,
    "crew.pass_on": crew_pass_on,
}
