"""Quotes on the desk: made and sent by crew or office, answered by anybody of the household, reminded of, lapsed.

No paid work before consent: `need_consent` stands in front of every step that would finish it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import SYSTEM, By
from models.desk import escalations, promises
from models.desk.numbers import next_number
from models.desk.repair import quote_letters, warranty
from models.errors import DomainError, IllegalMove, Missing, Stale
from models.people import Follower
from models.quotes import OPEN, QUOTE_STATES, Quote, QuoteItem, amount_of, total_of
from models.work import Repair, Ticket

#: The promise that runs while the customer thinks: its warning is the reminder, its end the phone task.
ANSWER = "quote.answer"
#: A quote can be made from acceptance until the work is done.
QUOTABLE = frozenset({"reported", "assigned", "handed_back", "accepted", "on_the_way", "on_site", "reopened"})
MOST_ITEMS = 20
#: 分; what costs more is no repair any more and goes through a contract.
MOST = 100_000_00
DECISIONS = ("agreed", "refused", "haggled")


class ConsentNeeded(DomainError):
    """The customer pays for this repair and has not agreed to a price; `state` says where the quote stands."""

    key = "errors.consent_needed"


class Covered(DomainError):
    """The warranty covers it: nothing may be charged while that verdict stands."""

    key = "errors.covered"


@dataclass(frozen=True)
class Line:
    """One item as somebody writes it: name, quantity in hundredths, unit, 分 for one."""

    name: str
    price: int
    hundredths: int = 100
    unit: str = ""

    @property
    def amount(self) -> int:
        """分 for the line."""
        return amount_of(self.hundredths, self.price)


@dataclass(frozen=True)
class Answer:
    """What the customer said: agreed, refused or haggled, in which words, by which way and which WeChat."""

    decision: str
    words: str = ""
    way: str = "chat"
    follower: Follower | None = None
    name: str = ""


def newest(session: Session, repair: Repair) -> Quote | None:
    """The newest version, whatever its state."""
    query = select(Quote).where(Quote.ticket_id == repair.id).order_by(Quote.version.desc()).limit(1)
    return session.scalars(query).first()


def waiting(session: Session, repair: Repair) -> Quote | None:
    """The version that the customer is being asked about; None while none is."""
    query = select(Quote).where(Quote.ticket_id == repair.id, Quote.state.in_(("sent", "haggled")))
    return session.scalars(query).one_or_none()


def _hold(session: Session, repair: Repair) -> None:
    """One at a time: whoever comes second sees what the first one did. On SQLite writers queue by themselves."""
    session.flush()
    session.execute(select(Ticket.id).where(Ticket.id == repair.id).with_for_update())


def all_of(session: Session, repair: Repair) -> Sequence[Quote]:
    """Every version, the newest first."""
    return session.scalars(select(Quote).where(Quote.ticket_id == repair.id).order_by(Quote.version.desc())).all()


def check(lines: Sequence[Line]) -> int:
    """The total in 分; refused without items, with too many, without a name, and for sums that are none of a repair."""
    if not lines:
        raise Missing("errors.quote_empty")
    if len(lines) > MOST_ITEMS:
        raise Missing("errors.quote_long", limit=MOST_ITEMS)
    for line in lines:
        if not line.name.strip() or line.hundredths <= 0 or line.price < 0:
            raise Missing("errors.quote_item", name=line.name.strip())
    total = total_of([(line.hundredths, line.price) for line in lines])
    if not 0 < total <= MOST:
        raise Missing("errors.quote_sum")
    return total


def make(session: Session, repair: Repair, lines: Sequence[Line], *, by: By, now: dt.datetime, note: str = "") -> Quote:
    """A draft of the next version; an unsent draft before it is superseded. Nobody outside is told yet.

    Refused where the warranty covers the work (Covered), once the work is done, and for what `check` refuses.
    """
    total = check(lines)
    _hold(session, repair)
    if repair.state not in QUOTABLE:
        raise IllegalMove(number=repair.number, state=repair.state_name, to=QUOTE_STATES["sent"])
    verdict = warranty.of(session, repair)
    if verdict is not None and verdict.verdict == "in":
        raise Covered(number=repair.number, rule=verdict.rule, rule_en=verdict.english)
    before = newest(session, repair)
    if before is not None and before.state == "draft":
        before.move("superseded", by=by, now=now)
        session.flush()
    quote = Quote(
        number=before.number if before else next_number(session, "BJ", now=now),
        version=before.version + 1 if before else 1,
        repair=repair, total=total, note=note.strip()[:500], made_by=by.kind, made_by_name=by.name, created_at=now,
        _state="draft", answer="", answered_by_way="", answered_by_name="",
    )  # fmt: skip
    quote.items = [
        QuoteItem(
            position=n, name=line.name.strip()[:60], hundredths=line.hundredths, unit=line.unit[:8], price=line.price
        )
        for n, line in enumerate(lines, 1)
    ]
    session.add(quote)
    session.flush()
    repair.tell("quote_draft", by=by, now=now, quote=quote.number, version=quote.version, total=total)
    return quote


def send(session: Session, quote: Quote, *, by: By, now: dt.datetime) -> int:
    """The household has it and two working days to answer; older versions count no more. Returns how many were told.

    Where nobody of the household is on WeChat, somebody has to call: that is a phone task from this moment.
    """
    repair = quote.repair
    _hold(session, repair)
    for other in all_of(session, repair):
        if other.id != quote.id and other.state in ("draft", "sent", "haggled", "agreed"):
            other.move("superseded", by=by, now=now)
            quote_letters.call_back(session, other, now=now)
    session.flush()
    quote.move("sent", by=by, now=now)
    quote.sent_at = now
    promises.drop(session, promises.find(session, ANSWER, repair), now=now)
    quote.lapses_at = promises.make(session, ANSWER, repair, now=now, urgent=repair.urgent).due_at
    escalations.settle(session, repair, "quote_haggled", words=str(quote), by=by, now=now)
    told = quote_letters.offer(session, quote, now=now)
    if not told:
        _call(session, quote, now=now)
    return told


def answer(session: Session, quote: Quote, said: Answer, *, by: By, now: dt.datetime) -> bool:
    """The customer's word stands, by whom and how, and the crew knows at once. False: the same was said before.

    Stale when a newer version was sent meanwhile: nobody agrees to a price they have not seen. IllegalMove when it was
    answered otherwise before, or withdrawn.
    """
    _hold(session, quote.repair)
    session.refresh(quote)
    last = newest(session, quote.repair)
    if quote.state == "superseded" or last is None or (last.id != quote.id and last.state != "draft"):
        raise Stale("errors.quote_replaced", number=quote.number)
    if said.decision not in DECISIONS:
        raise Missing(field="decision")
    if quote.state == said.decision:
        if said.decision == "haggled":
            _again(session, quote, said, by=by, now=now)
        return False
    quote.move(said.decision, by=by, now=now, reason=said.words)
    quote.answered_at, quote.answer, quote.answered_by_way = now, said.words, said.way
    quote.answered_by_id = said.follower.id if said.follower else None
    quote.answered_by_name = said.name or by.name
    promises.meet(session, promises.find(session, ANSWER, quote.repair), now=now)
    for kind in ("quote_lapsed", "quote_refused", "quote_haggled"):
        if kind != f"quote_{said.decision}":
            escalations.settle(session, quote.repair, kind, words=QUOTE_STATES[said.decision], by=by, now=now)
    quote_letters.call_back(session, quote, now=now)
    quote_letters.answered(session, quote, now=now)
    _look_after(session, quote, said, now=now)
    return True


def _look_after(session: Session, quote: Quote, said: Answer, *, now: dt.datetime) -> None:
    """What only a person can go on with has an owner: another price, or the end of the case."""
    words = said.words or QUOTE_STATES[said.decision]
    if said.decision == "haggled":
        escalations.raise_(session, "quote_haggled", quote.repair, words=words, now=now, cause=str(quote.version))
    if said.decision == "refused":
        escalations.raise_(session, "quote_refused", quote.repair, words=words, now=now, cause=str(quote.version))


def _again(session: Session, quote: Quote, said: Answer, *, by: By, now: dt.datetime) -> None:
    """More words about the price while we owe another one: on the case, nobody is told twice."""
    if said.words and said.words not in quote.answer:
        quote.answer = "；".join(filter(None, (quote.answer, said.words)))
        quote.repair.tell("quote_haggled", by=by, now=now, reason=said.words, quote=quote.number, version=quote.version)


def ask(session: Session, quote: Quote, words: str, *, by: By, now: dt.datetime) -> None:
    """A question about an item is on the case and with the crew; the clock runs on, because nothing was answered."""
    quote.repair.tell("quote_asked", by=by, now=now, reason=words, quote=quote.number, version=quote.version)
    times = sum(event.name == "quote_asked" for event in quote.repair.events)
    quote_letters.asked(session, quote, words, times, now=now)


def remind(session: Session, repair: Repair, *, now: dt.datetime) -> None:
    """Half of the time is over: the household is asked once more, never a second time about one version."""
    quote = waiting(session, repair)
    if quote is None or quote.state != "sent" or quote.reminded_at is not None:
        return
    quote.reminded_at = now
    repair.tell("quote_reminded", by=SYSTEM, now=now, quote=quote.number, version=quote.version)
    quote_letters.reminder(session, quote, now=now)


def lapse(session: Session, repair: Repair, *, now: dt.datetime) -> None:
    """Nobody answered in time: somebody calls. A late answer still counts."""
    quote = waiting(session, repair)
    if quote is None or quote.state != "sent":
        return
    quote.move("lapsed", by=SYSTEM, now=now)
    _call(session, quote, now=now)


def _call(session: Session, quote: Quote, *, now: dt.datetime) -> None:
    words = quote_letters.summary(quote)
    escalations.raise_(session, "quote_lapsed", quote.repair, words=words, now=now, cause=str(quote.version))


def withdraw(session: Session, repair: Repair, *, by: By, now: dt.datetime) -> None:
    """The case is over: what nobody has answered is not asked any more."""
    for quote in all_of(session, repair):
        if quote.state in ("draft", *OPEN):
            quote.move("withdrawn", by=by, now=now)
            quote_letters.call_back(session, quote, now=now)


def need_consent(session: Session, repair: Repair) -> None:
    """ConsentNeeded while the customer pays for this repair, or is being asked to, and has not agreed to a price."""
    verdict, asked = warranty.of(session, repair), waiting(session, repair)
    if asked is None and (verdict is None or not verdict.is_paid):
        return
    sent = [quote for quote in all_of(session, repair) if quote.state != "draft"]
    if asked is not None or not any(quote.state == "agreed" for quote in sent):
        raise ConsentNeeded(number=repair.number, quote=sent[0].state if sent else "none")


def wanted(session: Session, repair: Repair) -> bool:
    """Whether the crew has to quote before it works: the customer pays, and nothing is asked or agreed yet."""
    verdict = warranty.of(session, repair)
    live = any(quote.state in ("sent", "haggled", "agreed") for quote in all_of(session, repair))
    return verdict is not None and verdict.is_paid and not live


def may_answer(session: Session, quote: Quote, follower: Follower) -> bool:
    """Whether this WeChat speaks for the case: who reported it, and every bound member of the house's household."""
    return any(one.id == follower.id for one in quote_letters.household(session, quote.repair))
