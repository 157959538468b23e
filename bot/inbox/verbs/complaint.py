"""What customers do with their complaints and suggestions."""

from bot.inbox.verbs.hand import Args, Hand, Results, Verb, own_house
from models.complaints import Complaint
from models.desk import promises
from models.desk.complaint import aims, complaints, suggestions
from models.desk.complaint.aims import Meant
from models.desk.complaint.complaints import Grievance
from models.errors import NotFound
from models.work import OPEN_STATES, Repair


def _own(hand: Hand, args: Args) -> Complaint:
    """The person's own complaint; NotFound for anybody else's, existing or not."""
    found = hand.session.get(Complaint, args.get("complaint_id") or 0)
    if found is None or found.follower_id != hand.follower.id:
        raise NotFound
    return found


def _facts(complaint: Complaint) -> Results:
    return {"complaint_id": complaint.id, "complaint": complaint.number}


def complaint_open(hand: Hand, args: Args) -> Results:
    """A complaint is registered and its head told; its number and the hours until it is explained."""
    told = Grievance(
        problem=args["problem"], target=args.get("target") or "其他", demand=args.get("demand") or "",
        project=own_house(hand, args.get("project_id")), confidential=bool(args.get("confidential")),
        angry=bool(args.get("angry")), phone=args.get("phone") or "", media=tuple(args.get("media") or ()),
    )  # fmt: skip
    complaint = complaints.register(hand.session, hand.follower, told, by=hand.by, now=hand.now)
    if args.get("of_repair") and (repair := newest_repair(hand)) is not None:
        complaints.link_repair(hand.session, complaint, repair, by=hand.by, now=hand.now)
    promise = promises.find(hand.session, "complaint.explain", complaint)
    minutes = promise.policy.minutes if promise is not None else 0
    hours = {"explain_hours": minutes // 60 if minutes % 60 == 0 else round(minutes / 60, 1)} if minutes else {}
    return _facts(complaint) | hours


def newest_repair(hand: Hand) -> Repair | None:
    """The repair that this person reported last and still waits for."""
    query = hand.session.query(Repair).filter(Repair.follower_id == hand.follower.id, Repair.state.in_(OPEN_STATES))
    return query.order_by(Repair.id.desc()).first()


def complaint_add(hand: Hand, args: Args) -> Results:
    """Further words, a demand, or the wish that it stays confidential are on the complaint."""
    complaint = _own(hand, args)
    if args.get("confidential"):
        complaints.keep_secret(hand.session, complaint, by=hand.by, now=hand.now)
    words, demand = args.get("more") or "", args.get("demand") or ""
    if words or demand:
        complaints.add(hand.session, complaint, words, by=hand.by, now=hand.now, demand=demand)
    return _facts(complaint)


def complaint_aim(hand: Hand, args: Args) -> Results:
    """It is about somebody else after all."""
    complaint = _own(hand, args)
    meant = Meant(args.get("target") or "", args.get("words") or "", args.get("named") or "")
    aims.aim(hand.session, complaint, meant, by=hand.by, now=hand.now)
    return _facts(complaint)


def complaint_attach(hand: Hand, args: Args) -> Results:
    """Photos belong to the complaint."""
    complaint = _own(hand, args)
    complaints.photos(hand.session, complaint, args.get("media") or (), sender=hand.follower, now=hand.now)
    return _facts(complaint)


def complaint_chase(hand: Hand, args: Args) -> Results:
    """Asked again: on the record, and how often it was."""
    complaint = _own(hand, args)
    times = complaints.chase(hand.session, complaint, args.get("words") or "", by=hand.by, now=hand.now)
    return _facts(complaint) | {"times": times}


def complaint_agree(hand: Hand, args: Args) -> Results:
    """The customer agrees to what was proposed."""
    complaints.agree(hand.session, own := _own(hand, args), args.get("words") or "同意", by=hand.by, now=hand.now)
    return _facts(own)


def complaint_decline(hand: Hand, args: Args) -> Results:
    """The customer wants something else."""
    complaints.decline(hand.session, own := _own(hand, args), args.get("words") or "不同意", by=hand.by, now=hand.now)
    return _facts(own)


def complaint_withdraw(hand: Hand, args: Args) -> Results:
    """The customer takes it back."""
    complaints.withdraw(hand.session, own := _own(hand, args), args["reason"], by=hand.by, now=hand.now)
    return _facts(own)


def complaint_restore(hand: Hand, args: Args) -> Results:
    """It was taken back by mistake."""
    complaints.restore(hand.session, own := _own(hand, args), args.get("words") or "", by=hand.by, now=hand.now)
    return _facts(own)


def suggestion_record(hand: Hand, args: Args) -> Results:
    """A suggestion is recorded in the customer's own words."""
    row = suggestions.record(hand.session, hand.follower, args["words"], by=hand.by, now=hand.now)
    return {"suggestion": row.number}


VERBS: dict[str, Verb] = {
    "complaint.open": complaint_open,
    "complaint.add": complaint_add,
    "complaint.aim": complaint_aim,
    "complaint.attach": complaint_attach,
    "complaint.chase": complaint_chase,
    "complaint.agree": complaint_agree,
    "complaint.decline": complaint_decline,
    "complaint.withdraw": complaint_withdraw,
    "complaint.restore": complaint_restore,
    "suggestion.record": suggestion_record,
}
