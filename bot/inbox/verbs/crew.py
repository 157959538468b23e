"""What a crew does with its jobs."""

from bot.inbox.verbs.hand import Args, Hand, Results, Verb
from bot.inbox.verbs.repair import job, photos
from models.desk import quotes, visits
from models.desk.people import mask_phone
from models.work import Repair


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
    visits.accept(hand.session, own := job(hand, args), by=hand.by, now=hand.now)
    return _job_facts(own)


def crew_start(hand: Hand, args: Args) -> Results:
    """The crew is on its way."""
    visits.start(hand.session, own := job(hand, args), by=hand.by, now=hand.now)
    return _job_facts(own)


def crew_arrive(hand: Hand, args: Args) -> Results:
    """The crew is at the door."""
    visits.arrive(hand.session, own := job(hand, args), by=hand.by, now=hand.now)
    photos(hand, own, args)
    return _job_facts(own) | {"quote_first": quotes.wanted(hand.session, own)}


def crew_finish(hand: Hand, args: Args) -> Results:
    """The work is done, with a note."""
    own = job(hand, args)
    visits.finish(hand.session, own, note=args.get("note") or "", by=hand.by, now=hand.now)
    photos(hand, own, args)
    return _job_facts(own)


def crew_hand_back(hand: Hand, args: Args) -> Results:
    """The crew cannot do it; the dispatcher owns it."""
    own = job(hand, args)
    facts = _job_facts(own)
    visits.hand_back(hand.session, own, reason=args.get("reason") or "", by=hand.by, now=hand.now)
    return facts


VERBS: dict[str, Verb] = {
    "crew.accept": crew_accept,
    "crew.start": crew_start,
    "crew.arrive": crew_arrive,
    "crew.finish": crew_finish,
    "crew.hand_back": crew_hand_back,
}
