"""Quotes: sent once, answered once, reminded once, lapsed by working days; no paid work before consent."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Customer, Escalation, Outgoing, ProjectMember, Promise, Quote, Repair
from models.desk import care, watch
from models.desk.account import people
from models.desk.repair import quotes, visits, warranty
from models.desk.repair.quotes import Answer, ConsentNeeded, Covered, Line
from models.desk.repair.warranty import Ruling
from models.errors import IllegalMove, Missing, Stale
from models.quotes import MOVES, QUOTE_STATES, amount_of, quantity_text
from tests.models.builders import House, house, repair, told

SHANGHAI = ZoneInfo("Asia/Shanghai")
M = dt.timedelta(minutes=1)
LINES = [Line("换角阀", 8000, unit="个"), Line("人工", 12000, unit="次")]


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    made = house(session, now)
    made.project.completed_on = dt.date(2019, 8, 15)
    return made


@pytest.fixture
def case(session: Session, who: House, now: dt.datetime) -> Repair:
    return repair(session, who, now)


def offered(session: Session, who: House, case: Repair, now: dt.datetime, lines=LINES) -> Quote:
    quote = quotes.make(session, case, lines, by=who.by_crew, now=now)
    quotes.send(session, quote, by=who.by_crew, now=now)
    return quote


def says(session: Session, who: House, quote: Quote, decision: str, now: dt.datetime, words: str = "") -> bool:
    said = Answer(decision, words, follower=who.homeowner, name="陈先生")
    return quotes.answer(session, quote, said, by=who.by_customer, now=now)


def letters(session: Session, key: str) -> list[Outgoing]:
    return list(session.scalars(select(Outgoing).where(Outgoing.text_key == key).order_by(Outgoing.id)))


def open_kinds(session: Session) -> list[str]:
    query = select(Escalation.kind).where(Escalation.state != "resolved").order_by(Escalation.id)
    return [kind for kind in session.scalars(query) if kind.startswith("quote")]


def test_the_household_reads_the_items_and_how_to_answer(session: Session, who: House, case: Repair, now) -> None:
    quote = offered(session, who, case, now)
    assert (quote.number, quote.version, quote.total, quote.state) == ("BJ20261121-0001", 1, 20000, "sent")
    (letter,) = letters(session, "quote.offer")
    assert letter.follower == who.homeowner and letter.facts["total"] == 200
    assert letter.facts["items"][0] == {"name": "换角阀", "quantity": "1个", "price": 80, "amount": 80}
    assert [label for label, _ in letter.choices] == ["同意", "不同意", "改价"]
    assert letter.page == {"purpose": "quote", "ticket_id": quote.id, "reader_id": who.homeowner.id}


def test_every_bound_member_is_asked_and_whoever_answers_is_named(session: Session, who: House, case, now) -> None:
    wife = people.find_or_add(session, "o-wife", now=now)
    wife.customer = Customer(name="林晓", form="女士", created_at=now)
    session.add(ProjectMember(project=who.project, customer=wife.customer, role="family"))
    stranger = people.find_or_add(session, "o-stranger", now=now)
    session.flush()
    quote = offered(session, who, case, now)
    assert {letter.follower for letter in letters(session, "quote.offer")} == {who.homeowner, wife}
    assert quotes.may_answer(session, quote, wife) and not quotes.may_answer(session, quote, stranger)
    quotes.answer(session, quote, Answer("agreed", "同意", follower=wife, name="林女士"), by=who.by_customer, now=now)
    assert (quote.answered_by, quote.answered_by_name, quote.answered_by_way) == (wife, "林女士", "chat")
    (letter,) = letters(session, "quote.answered")
    assert letter.follower == who.homeowner and letter.facts["who"] == "林女士"


def test_no_paid_work_before_consent(session: Session, who: House, case: Repair, now) -> None:
    visits.arrive(session, case, by=who.by_crew, now=now)
    with pytest.raises(ConsentNeeded) as refused:
        visits.finish(session, case, note="换了角阀", by=who.by_crew, now=now)
    assert refused.value.facts["quote"] == "none" and case.state == "on_site"
    quote = offered(session, who, case, now)
    for decision in (None, "haggled", "refused"):
        if decision:
            says(session, who, quote, decision, now)
        with pytest.raises(ConsentNeeded):
            visits.finish(session, case, note="换了角阀", by=who.by_crew, now=now)
    says(session, who, quote, "agreed", now, "算了，还是修吧")
    visits.finish(session, case, note="换了角阀", by=who.by_crew, now=now)
    assert case.state == "done"


def test_an_urgent_crew_may_come_and_stop_the_water_but_not_finish(session: Session, who: House, now) -> None:
    case = repair(session, who, now, urgent=True, problem="水管爆了")
    visits.start(session, case, by=who.by_crew, now=now)
    visits.arrive(session, case, by=who.by_crew, now=now)
    with pytest.raises(ConsentNeeded):
        visits.finish(session, case, note="换了水管", by=who.by_crew, now=now)


def test_a_covered_repair_has_no_quote_until_a_person_says_otherwise(session: Session, who: House, now) -> None:
    who.project.completed_on = now.date() - dt.timedelta(days=100)
    case = repair(session, who, now)
    with pytest.raises(Covered):
        quotes.make(session, case, LINES, by=who.by_crew, now=now)
    ruling = Ruling("excluded", "自己改的", "altered", "后接的软管")
    warranty.decide(session, case, ruling, by=who.by_staff, now=now)
    assert offered(session, who, case, now).state == "sent"


def test_of_an_unknown_warranty_only_what_was_asked_needs_an_answer(session: Session, who: House, now) -> None:
    who.project.completed_on = None
    case = repair(session, who, now)
    visits.arrive(session, case, by=who.by_crew, now=now)
    quotes.need_consent(session, case)
    offered(session, who, case, now)
    with pytest.raises(ConsentNeeded):
        quotes.need_consent(session, case)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [Line("", 100)],
        [Line("人工", -1)],
        [Line("人工", 100, hundredths=0)],
        [Line("人工", 0)],
        [Line("人工", 100_000_01)],
        [Line("人工", 100)] * 21,
    ],
)
def test_what_is_no_quote_is_refused(session: Session, who: House, case: Repair, now, lines) -> None:
    with pytest.raises(Missing):
        quotes.make(session, case, lines, by=who.by_crew, now=now)
    assert session.scalar(select(func.count()).select_from(Quote)) == 0


def test_a_finished_case_takes_no_quote(session: Session, who: House, case: Repair, now) -> None:
    care.close(session, case, reason="客户自己修了", by=who.by_staff, now=now)
    with pytest.raises(IllegalMove):
        quotes.make(session, case, LINES, by=who.by_staff, now=now)


def test_another_price_is_a_new_version_and_the_old_one_counts_no_more(session: Session, who: House, case, now) -> None:
    first = offered(session, who, case, now)
    assert says(session, who, first, "haggled", now, "能便宜点吗")
    assert open_kinds(session) == ["quote_haggled"]
    (letter,) = letters(session, "quote.crew_haggled")
    assert letter.facts["words"] == "能便宜点吗" and letter.follower == who.foreman
    second = offered(session, who, case, now + M, [Line("换角阀加人工", 16000)])
    assert (second.number, second.version, first.state) == (first.number, 2, "superseded")
    assert open_kinds(session) == []
    with pytest.raises(Stale):
        says(session, who, first, "agreed", now)
    assert says(session, who, second, "agreed", now)
    assert [row.state for row in quotes.all_of(session, case)] == ["agreed", "superseded"]


def test_what_was_agreed_counts_until_the_next_version_is_sent(session: Session, who: House, case: Repair, now) -> None:
    says(session, who, first := offered(session, who, case, now), "agreed", now)
    more = quotes.make(session, case, [*LINES, Line("换软管", 5000)], by=who.by_crew, now=now)
    assert first.state == "agreed"
    quotes.need_consent(session, case)
    quotes.send(session, more, by=who.by_crew, now=now)
    assert first.state == "superseded"
    with pytest.raises(ConsentNeeded):
        quotes.need_consent(session, case)


def test_saying_it_twice_changes_nothing(session: Session, who: House, case: Repair, now) -> None:
    quote = offered(session, who, case, now)
    assert says(session, who, quote, "agreed", now)
    before = (told(session, who.homeowner), told(session, who.foreman))
    assert not says(session, who, quote, "agreed", now)
    with pytest.raises(IllegalMove):
        says(session, who, quote, "refused", now)
    assert (told(session, who.homeowner), told(session, who.foreman)) == before


def test_what_still_waits_for_a_window_is_not_sent_after_the_next_version(
    session: Session, who: House, case, now
) -> None:
    first = offered(session, who, case, now)
    (held,) = letters(session, "quote.offer")
    held.state = "held"
    offered(session, who, case, now + M)
    assert (held.state, held.reason) == ("cancelled", "quote_overtaken") and first.state == "superseded"


def local(*when: int) -> dt.datetime:
    return dt.datetime(*when, tzinfo=SHANGHAI).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("sent", "reminded", "lapsed"),
    [
        # A Friday afternoon: Monday and Tuesday afternoon.
        (local(2026, 11, 20, 16), local(2026, 11, 23, 16), local(2026, 11, 24, 16)),
        # A Saturday counts from Monday morning.
        (local(2026, 11, 21, 10), local(2026, 11, 23, 18), local(2026, 11, 24, 18)),
        # Before the National Day of 2026 (1 to 7 October off, Saturday 10 October worked).
        (local(2026, 9, 30, 16), local(2026, 10, 8, 16), local(2026, 10, 9, 16)),
        (local(2026, 10, 9, 16), local(2026, 10, 10, 16), local(2026, 10, 12, 16)),
    ],
)
def test_reminder_after_one_working_day_and_a_call_after_two(
    session: Session, who: House, sent, reminded, lapsed
) -> None:
    case = repair(session, who, sent)
    quote = offered(session, who, case, sent)
    assert quote.lapses_at == lapsed
    for moment, state, reminders in (
        (reminded - M, "sent", 0), (reminded, "sent", 1), (reminded + M, "sent", 1), (lapsed - M, "sent", 1),
        (lapsed, "lapsed", 1), (lapsed + M, "lapsed", 1),
    ):  # fmt: skip
        watch.run(session, now=moment)
        assert (quote.state, len(letters(session, "quote.reminder"))) == (state, reminders), moment
    (row,) = session.scalars(select(Escalation).where(Escalation.kind == "quote_lapsed"))
    assert row.owner == who.agent and row.words == "BJ" + quote.number[2:] + " 换角阀、人工 共200元"


def test_a_lapse_is_no_miss_of_ours_and_a_late_answer_counts(session: Session, who: House, case: Repair, now) -> None:
    quote = offered(session, who, case, now)
    watch.run(session, now=quote.lapses_at)
    mine = [row for row in session.scalars(select(Promise)) if row.policy.name == "quote.answer"]
    assert [(row.state, row.missed_at) for row in mine] == [("dropped", None)]
    assert says(session, who, quote, "agreed", quote.lapses_at + M)
    assert quote.state == "agreed" and open_kinds(session) == []


def test_an_answer_in_time_ends_the_clock(session: Session, who: House, case: Repair, now) -> None:
    quote = offered(session, who, case, now)
    says(session, who, quote, "refused", now + M, "不修了")
    watch.run(session, now=now + dt.timedelta(days=9))
    assert letters(session, "quote.reminder") == [] and open_kinds(session) == ["quote_refused"]


def test_a_household_without_wechat_is_called_at_once(session: Session, who: House, case: Repair, now) -> None:
    who.homeowner.subscribed = False
    quote = offered(session, who, case, now)
    assert quote.state == "sent" and letters(session, "quote.offer") == []
    assert open_kinds(session) == ["quote_lapsed"]
    quotes.answer(session, quote, Answer("agreed", "电话里同意", "phone"), by=who.by_staff, now=now)
    assert open_kinds(session) == [] and quote.answered_by is None and quote.answered_by_way == "phone"


def test_a_cancelled_case_takes_its_quote_along(session: Session, who: House, case: Repair, now) -> None:
    quote = offered(session, who, case, now)
    care.cancel(session, case, reason="不修了", by=who.by_customer, now=now)
    assert quote.state == "withdrawn" and letters(session, "quote.offer")[0].state == "cancelled"
    with pytest.raises(IllegalMove):
        says(session, who, quote, "agreed", now)


@pytest.mark.parametrize("before", MOVES)
@pytest.mark.parametrize("after", MOVES)
def test_every_arrow_and_every_refused_one(session: Session, who: House, case: Repair, now, before, after) -> None:
    quote = quotes.make(session, case, LINES, by=who.by_crew, now=now)
    quote._state = before
    events = len(case.events)
    if after in MOVES[before]:
        quote.move(after, by=who.by_staff, now=now)
        assert quote.state == after and case.events[-1].name == f"quote_{after}"
    else:
        with pytest.raises(IllegalMove):
            quote.move(after, by=who.by_staff, now=now)
        assert quote.state == before and len(case.events) == events


def test_every_state_has_its_machine_and_its_name() -> None:
    assert set(MOVES) == set(QUOTE_STATES)


@pytest.mark.parametrize(
    ("hundredths", "price", "amount", "said"),
    [(100, 8000, 8000, "1"), (250, 1299, 3248, "2.5"), (33, 100, 33, "0.33"), (50, 1, 1, "0.5"), (1000, 5, 50, "10")],
)
def test_sums_are_in_whole_fen(hundredths, price, amount, said) -> None:
    assert (amount_of(hundredths, price), quantity_text(hundredths)) == (amount, said)
