"""How far a house is, with its photos; and the photos that a crew sends from the site."""

import datetime as dt
from typing import Any

from sqlalchemy import select

from bot.inbox.person import said_opening
from bot.inbox.verbs.hand import Args, Hand, Results, Verb, own_house
from models import states
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.house import phases, site
from models.desk.talk import conversations, replies
from models.errors import DomainError, NotFound
from models.houses import Project
from models.talk import Attachment
from models.work import Repair
from models.worktime import local_day

#: A link about today's site is old news later.
LINK_LIVES = dt.timedelta(days=1)


def progress(hand: Hand, args: Args) -> Results:
    """How far the house is; the newest photo and the page with all of them are promised.

    Where the records hold no phases a colleague is asked, and the answer says so.
    """
    project = own_house(hand, args.get("project_id"))
    if project is None:
        raise NotFound
    rows = phases.of(hand.session, project)
    results: Results = {"house": project.label, "cases": _cases(hand, project), "known": bool(rows)}
    if not rows:
        return results | _ask_colleague(hand, str(args.get("words") or "装修进度"))
    at = phases.standing(rows, local_day(hand.now))
    facts = {
        "done": at.done.name if at.done else None,
        "done_on": at.done.actual_on if at.done else None,
        "upcoming": at.upcoming.name if at.upcoming else None,
        "planned": at.upcoming.planned_on if at.upcoming else None,
        "late": at.late,
    }
    results |= {name: _plain(value) for name, value in facts.items() if value}
    return results | {"photos": _show(hand, project)}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _cases(hand: Hand, project: Project) -> list[dict[str, str]]:
    """Open repairs of this house, whoever of the household reported them."""
    query = select(Repair).where(Repair.project_id == project.id, Repair.state.not_in(states.FINAL))
    rows = hand.session.scalars(query.order_by(Repair.id))
    return [{"number": row.number, "label": row.what, "state": row.state_name} for row in rows]


def _show(hand: Hand, project: Project) -> int:
    """The newest picture, then the page with every phase; returns how many pictures there are."""
    follower, shown = hand.follower, site.latest(hand.session, project.id)
    key, ends = f"progress:{project.id}:f{follower.id}:{follower.turn}", hand.now + LINK_LIVES
    more: dict[str, Any] = {"to": follower, "now": hand.now, "urgent": True, "not_after": ends}
    if shown:
        facts = {"path": shown[0].path, "content_type": shown[0].content_type}
        outbox.post(hand.session, f"{key}:photo", letter=Letter(facts=facts), kind="image", **more)
    link = {"purpose": "house", "ticket_id": project.id, "reader_id": follower.id}
    letter = Letter("progress.page", {"house": project.label, "photos": len(shown)}, page=link)
    outbox.post(hand.session, f"{key}:page", letter=letter, **more)
    return len(shown)


def _ask_colleague(hand: Hand, words: str) -> Results:
    conversation = conversations.of(hand.session, hand.follower)
    _, opens = conversations.hand_over(hand.session, conversation, reason="progress", words=words, now=hand.now)
    promise = replies.owed(hand.session, conversation)
    is_open = opens is not None and opens <= hand.now
    minutes = promise.policy.minutes if promise else conversations.MINUTES_EACH
    return {
        "open": is_open,
        "opens": "" if is_open else said_opening(opens, hand.now, hand.lang),
        "minutes": minutes,
    }


def sites(hand: Hand, _: Args) -> Results:
    """The houses that the crew builds now: [[id, label], …]; refused where there are none."""
    found = site.of_crew(hand.session, hand.crew) if hand.crew else []
    if not found:
        raise DomainError("errors.no_site")
    return {"sites": [[one.id, one.label] for one in found]}


def photo(hand: Hand, args: Args) -> Results:
    """What the crew just sent shows this house."""
    project = hand.session.get(Project, args.get("project_id") or 0)
    if project is None:
        raise NotFound
    media = [str(one) for one in args.get("media") or ()]
    site.receive(hand.session, project, media, sender=hand.follower, by=hand.by, now=hand.now)
    count = select(Attachment.id).where(Attachment.project_id == project.id)
    return {"house": project.label, "photos": len(hand.session.scalars(count).all())}


VERBS: dict[str, Verb] = {"house.progress": progress, "site.list": sites, "site.photo": photo}
