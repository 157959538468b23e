"""Reach: of the people that a campaign means, who gets it and how, and who does not and why.

The same judgement serves the planner's preview and the start: what a person is shown is what will happen.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models.campaigns import Campaign, Recipient
from models.desk.delivery import ladder, terms
from models.desk.delivery.ladder import Verdict
from models.desk.marketing import audience, by_tag
from models.outbound import Outgoing
from models.people import Customer, Follower

#: People judged at once: a flat number of queries and little memory each.
BATCH = 500
#: What a preview while typing looks through at most; the rest is reckoned from it.
SAMPLE = 4000
#: Reasons that a queued or held row may still outlive; every other no is final.
PASSES = frozenset({
    "in_conversation", "is_writing", "urgent_open", "quiet_hours", "window_closed", "awaits_mass", "mass_quota",
})  # fmt: skip
COLUMNS = (
    Follower.id, Follower.lang, Follower.subscribed, Follower.opted_out_at, Follower.unreachable,
    Follower.last_heard_at, Follower.reply_until, Follower.reply_left, Follower.burst_until, Follower.burst_left,
    select(Customer.wants_greetings).where(Customer.id == Follower.customer_id).scalar_subquery()
    .label("wants_greetings"),
)  # fmt: skip


@dataclass(frozen=True)
class Lot:
    """What the campaign means for one person: `reason` says why they are out; empty: `verdict` is what happens now."""

    follower_id: int
    reason: str
    verdict: Verdict
    #: Mass messages of this month that are left to them; None where the campaign may use none.
    left: int | None = None

    @property
    def way(self) -> str:
        """window, mass, later (it waits for a time), or wait (for the person's next message)."""
        if self.verdict.do == "send":
            return "window"
        if self.verdict.do == "wait":
            return "later"
        return "mass" if self.verdict.reason == "awaits_mass" else "wait"


@dataclass
class Preview:
    """How many are meant, get it by which way, or are out and why; `looked` of `meant` were really looked at."""

    meant: int = 0
    looked: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    out: Counter[str] = field(default_factory=Counter)
    #: Of those whose window is shut: how many have so many mass messages left this month.
    left: Counter[int] = field(default_factory=Counter)
    #: The tag by which the mass send would go; empty where it goes by list.
    tag: str = ""

    def add(self, lot: Lot) -> None:
        """One more was looked at."""
        self.looked += 1
        if lot.reason:
            self.out[lot.reason] += 1
            return
        self.ways[lot.way] += 1
        if lot.left is not None and lot.way in ("mass", "wait"):
            self.left[lot.left] += 1

    @property
    def whole(self) -> bool:
        """Whether the figures are counted and not reckoned."""
        return self.looked >= self.meant

    @property
    def reached(self) -> int:
        """How many get it, by any way."""
        return sum(self.ways.values())

    def scaled(self) -> "Preview":
        """The figures of the sample brought up to everybody."""
        if self.whole or not self.looked:
            return self
        share = self.meant / self.looked
        grown = (
            Counter({name: round(n * share) for name, n in one.items()}) for one in (self.ways, self.out, self.left)
        )
        return Preview(self.meant, self.looked, *grown, self.tag)


def people(session: Session, campaign: Campaign, *, after: int, limit: int, now: dt.datetime) -> Sequence[Row[Any]]:
    """The next of the people meant, by id, as plain rows; gone through by key, so each page costs the same."""
    meant = audience.condition(campaign.audience, now)
    query = select(*COLUMNS).where(Follower.id > after, meant).order_by(Follower.id).limit(limit)
    return session.execute(query).all()


def judge(
    session: Session,
    campaign: Campaign,
    rows: Sequence[Row[Any]],
    house: terms.House,
    *,
    now: dt.datetime,
    taken: set[int] | None = None,
) -> list[Lot]:
    """The lots of these people. `taken` holds who is in already, for previews that write nothing down."""  # fmt: skip
    drafts = {row.id: _draft(campaign, row.id) for row in rows}
    # Nothing is sent here: households are counted, not locked.
    known = terms.load(session, list(drafts.values()), house, now=now, lock=False)
    # As the plan says, which need not be what is stored yet.
    known.campaigns = {campaign.id or 0: ("running", bool(campaign.mass))}
    known.mass_used = terms.mass_used(session, list(drafts), now) if campaign.mass else {}
    already = _taken(session, campaign, known) if taken is None else taken
    lots = []
    for row in rows:
        if no := _unwanted(row, campaign, known.circles.get(row.id, {row.id}), already):
            lots.append(Lot(row.id, no.reason, no))
            continue
        told = known.terms(drafts[row.id])
        verdict = ladder.judge(drafts[row.id], row, told, now=now)
        lot = Lot(row.id, _out(verdict, campaign), verdict, told.mass_left)
        if not lot.reason:
            already.add(row.id)
        lots.append(lot)
    return lots


def _unwanted(row: Row[Any], campaign: Campaign, circle: set[int], already: set[int]) -> Verdict | None:
    """No wishes for who wants none, and one message for a household, whatever the ladder says."""
    if campaign.kind == "greeting" and row.wants_greetings is False:
        return Verdict("refuse", "no_greetings")
    return None if circle.isdisjoint(already) else Verdict("refuse", "household")


def _draft(campaign: Campaign, follower_id: int) -> Outgoing:
    """The message as it would be, tied to no session."""
    return Outgoing(
        follower_id=follower_id, purpose=campaign.purpose, kind="text", text_key="campaign.letter", urgent=False,
        campaign_id=campaign.id, not_after=campaign.ends_at,
    )  # fmt: skip


def _taken(session: Session, campaign: Campaign, known: terms.Knowledge) -> set[int]:
    everybody = set().union(*known.circles.values()) if known.circles else set()
    query = select(Recipient.follower_id).where(
        Recipient.campaign_id == campaign.id, Recipient.follower_id.in_(everybody), Recipient.reason == ""
    )
    return set(session.scalars(query))


def _out(verdict: Verdict, campaign: Campaign) -> str:
    """Why somebody is out; empty for who is in, now or at a later moment before the end."""
    if verdict.do == "send" or verdict.reason in PASSES:
        return ""
    in_time = verdict.until is not None and campaign.ends_at is not None and verdict.until < campaign.ends_at
    return "" if verdict.reason in ladder.TILL_ANOTHER_DAY and in_time else verdict.reason


def lots(
    session: Session, campaign: Campaign, house: terms.House, *, now: dt.datetime, most: int
) -> Iterator[tuple[Row[Any], Lot]]:
    """Up to `most` of the people meant, each with their lot; quiet hours are left out of account."""
    taken: set[int] = set()
    after = looked = 0
    awake = replace(house, quiet=None)
    while looked < most:
        rows = people(session, campaign, after=after, limit=min(BATCH, most - looked), now=now)
        if not rows:
            return
        yield from zip(rows, judge(session, campaign, rows, awake, now=now, taken=taken), strict=True)
        after, looked = rows[-1].id, looked + len(rows)


def preview(
    session: Session,
    campaign: Campaign,
    house: terms.House,
    *,
    now: dt.datetime,
    most: int = SAMPLE,
    enough: Callable[[Preview], bool] = lambda found: False,
) -> Preview:
    """What would happen if it started now, by up to `most` people, or as many as are `enough` to know."""
    found = Preview(meant=audience.size(session, campaign.audience, now=now))
    for _row, lot in lots(session, campaign, house, now=now, most=most):
        found.add(lot)
        if found.looked % BATCH == 0 and enough(found):
            break
    if found.whole and found.ways["mass"] == found.meant:
        found.tag = by_tag.foreseen(session, campaign, found.meant)
    return found
