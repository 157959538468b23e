"""Subscription notices in real deliveries: one yes, one message; given back, voided, heard, reported on."""

import datetime as dt
import threading

import pytest
from sqlalchemy import select

from bot.errors import NoConsent, Throttled, Unknown, Unreachable
from bot.inbox import Inbox
from bot.push import Push
from jobs import upkeep
from jobs.outbox import deliver
from jobs.rate import Rate
from models import DeliveryReport, NoticeConsent, Outgoing
from models.desk.delivery import consents, reports
from models.people import Follower
from templates import Texts

H = dt.timedelta(hours=1)
TEMPLATE = "NOTICE-1"


@pytest.fixture
def noticing(make_world, make_settings):
    return make_world(settings=make_settings(wechat_subscribe_notice=TEMPLATE, wechat_template_notice="SERVICE-1"))


@pytest.fixture
def allow(sessions, now):
    """A person says yes to so many notices."""

    def give(follower_id: int, count: int = 1, template: str = TEMPLATE) -> None:
        with sessions.begin() as session:
            for _ in range(count):
                consents.allow(session, session.get(Follower, follower_id), template, now=now)

    return give


@pytest.fixture
def ledger(sessions):
    def read() -> list[tuple[str, int | None]]:
        with sessions() as session:
            rows = session.scalars(select(NoticeConsent).order_by(NoticeConsent.id))
            return [(row.state, row.outgoing_id) for row in rows]

    return read


def away(person, openid="W1"):
    return person(openid, reply_until=None, reply_left=0)


def test_one_yes_carries_one_notice_and_the_next_goes_by_template(
    noticing, person, promise, allow, ledger, row, repair, platform, quick
):
    chen = away(person)
    allow(chen)
    allow(away(person, "W2"), 3)
    rows = [promise(chen, text_key="notice.plain", facts={"number": "BX1"}, ticket_id=repair) for _ in range(2)]
    assert deliver(noticing, rate=quick) == 2
    assert [row(one).rung for one in rows] == ["subscribe", "template"]
    assert ledger() == [("spent", rows[0])] + [("free", None)] * 3
    assert platform.notices[0][:2] == ("W1", TEMPLATE)


@pytest.mark.parametrize("error", [Unreachable(message="away"), Throttled(45011, "slower")])
def test_what_never_left_gives_the_yes_back(
    noticing, person, promise, allow, ledger, row, repair, platform, quick, error, clock
):
    chen = away(person)
    allow(chen)
    mine = promise(chen, text_key="notice.plain", facts={"number": "BX1"}, ticket_id=repair)
    platform.errors["W1"] = [error]
    deliver(noticing, rate=quick)
    assert (row(mine).state, ledger()) == ("queued", [("free", None)])
    clock.advance(hours=2)
    deliver(noticing, rate=quick)
    assert (row(mine).rung, ledger()) == ("subscribe", [("spent", mine)])


def test_an_unknown_outcome_keeps_the_yes_used_and_is_never_repeated(
    noticing, person, promise, allow, ledger, row, repair, platform, quick, clock
):
    chen = away(person)
    allow(chen, 2)
    mine = promise(chen, text_key="notice.plain", facts={"number": "BX1"}, ticket_id=repair)
    platform.errors["W1"] = [Unknown(message="cut")]
    deliver(noticing, rate=quick)
    clock.advance(hours=1)
    assert deliver(noticing, rate=quick) == 0
    assert (row(mine).state, ledger()) == ("unknown", [("spent", mine), ("free", None)])


def test_a_yes_that_the_platform_knows_nothing_of_is_void_with_all_others_and_the_next_rung_carries(
    noticing, person, promise, allow, ledger, row, repair, platform, quick
):
    chen = away(person)
    allow(chen, 2)
    mine = promise(chen, text_key="notice.plain", facts={"number": "BX1"}, ticket_id=repair)
    platform.errors["W1"] = [NoConsent(43101, "user refuse to accept the msg")]
    assert deliver(noticing, rate=quick) == 1
    assert [state for state, _ in ledger()] == ["void", "void"]
    assert (row(mine).state, row(mine).rung) == ("sent", "template")


def test_a_no_that_comes_while_the_notice_is_on_its_way_is_not_undone(
    noticing, person, promise, allow, ledger, sessions, repair, platform, quick, now
):
    chen = away(person)
    allow(chen)
    promise(chen, text_key="notice.plain", facts={"number": "BX1"}, ticket_id=repair)

    def changes_their_mind(_openid: str) -> None:
        with sessions.begin() as session:
            consents.forbid(session, chen, TEMPLATE, now=now)

    platform.before = changes_their_mind
    platform.errors["W1"] = [Unreachable(message="away")]
    deliver(noticing, rate=quick)
    assert [state for state, _ in ledger()] == ["void"]


def test_workers_at_once_never_use_one_yes_twice(noticing, person, promise, allow, ledger, repair, platform, row):
    people = [away(person, f"W{number}") for number in range(8)]
    for chen in people:
        allow(chen)
    rows = [
        promise(chen, text_key="notice.plain", facts={"number": "BX1"}, ticket_id=repair)
        for chen in people
        for _ in range(2)
    ]
    threads = [
        threading.Thread(target=deliver, args=(noticing,), kwargs={"rate": Rate(None, per_second=1e9), "batch": 3})
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for _ in range(4):
        noticing.clock.advance(seconds=3)
        deliver(noticing, rate=Rate(None, per_second=1e9))
    assert {row(one).state for one in rows} == {"sent"}
    assert len(platform.notices) == len(people) == len({openid for openid, *_ in platform.notices})
    used = [outgoing for state, outgoing in ledger() if state == "spent"]
    assert len(set(used)) == len(people)


ACCEPT = {"TemplateId": TEMPLATE, "SubscribeStatusString": "accept", "PopupScene": "1"}
REJECT = {"TemplateId": TEMPLATE, "SubscribeStatusString": "reject", "PopupScene": "1"}


@pytest.mark.parametrize(
    ("event", "listed", "free"),
    [
        ("subscribe_msg_popup_event", ACCEPT, 2),
        ("subscribe_msg_popup_event", [ACCEPT], 2),
        ("subscribe_msg_popup_event", [ACCEPT, ACCEPT, {**ACCEPT, "TemplateId": "OTHER"}], 3),
        ("subscribe_msg_popup_event", [REJECT], 1),  # no to one more takes nothing back
        ("subscribe_msg_change_event", [REJECT], 0),
        ("subscribe_msg_change_event", {**REJECT, "TemplateId": "OTHER"}, 1),
        ("subscribe_msg_popup_event", ["nonsense", {}, {"TemplateId": TEMPLATE}], 1),
        ("subscribe_msg_popup_event", "nonsense", 1),
    ],
)
def test_every_shape_of_the_consent_events(sessions, person, allow, now, event, listed, free):
    chen = person("W1")
    allow(chen)
    field = consents.LISTS[event]
    with sessions.begin() as session:
        consents.hear(session, "W1", event, {field: {"List": listed}}, now=now)
        consents.hear(session, "nobody-we-know", event, {field: {"List": listed}}, now=now)
    with sessions() as session:
        left = consents.free(session, {chen}, TEMPLATE)
        assert len(left.get(chen, [])) == free


@pytest.mark.parametrize("first", ["report", "settle"])
def test_a_report_finds_its_message_whichever_came_first(
    noticing, person, promise, row, repair, sessions, platform, quick, now, first
):
    mine = promise(away(person), text_key="notice.plain", facts={"number": "BX1"}, ticket_id=repair)

    def report(_openid: str = "") -> None:
        with sessions.begin() as session:
            fields = {"MsgID": "1", "Status": "failed:user block"}
            reports.hear(session, "templatesendjobfinish", fields, now=now)
            reports.hear(session, "masssendjobfinish", {"MsgID": "1", "Status": "send success"}, now=now)

    if first == "report":
        platform.before = report
    deliver(noticing, rate=quick)
    if first == "settle":
        report()
    assert (row(mine).state, row(mine).reason, row(mine).error) == ("sent", "not_delivered", "failed:user block")
    with sessions() as session:
        told = {one.rung: one.matched_at is not None for one in session.scalars(select(DeliveryReport))}
    assert told == {"template": True, "mass": False}


def test_report_and_message_that_missed_each_other_meet_in_the_sweep(noticing, person, promise, row, sessions, now):
    mine = promise(away(person), "x")
    with sessions.begin() as session:
        reports.hear(session, "subscribe_msg_sent_event", sent_event("9", "20", "reject"), now=now)
        session.get(Outgoing, mine).platform_id, session.get(Outgoing, mine).rung = "9", "subscribe"
    upkeep.sweep(noticing)
    assert (row(mine).reason, row(mine).error) == ("not_delivered", "reject")


def sent_event(number: str, code: str, status: str) -> dict:
    one = {"TemplateId": TEMPLATE, "MsgID": number, "ErrorCode": code, "ErrorStatus": status}
    return {"SubscribeMsgSentEvent": {"List": one}}


def test_the_same_report_twice_is_one(sessions, now):
    fields = {"MsgID": "5", "Status": "send success", "TotalCount": "10", "SentCount": "9", "ErrorCount": "x"}
    for _ in range(2):
        with sessions.begin() as session:
            reports.hear(session, "masssendjobfinish", fields, now=now)
    with sessions() as session:
        (one,) = session.scalars(select(DeliveryReport))
        assert (one.delivered, one.counts) == (True, {"TotalCount": 10, "SentCount": 9})


def test_consents_and_reports_reach_the_ledger_through_the_inbox(engine, sessions, person, now):
    chen = person("W1")
    inbox = Inbox(engine, Texts())
    push = Push(
        dedupe_key="e:1", openid="W1", to="gh", kind="event", event="subscribe_msg_popup_event", created_at=now,
        msg_id="", text="", media_id="", scene="", fields={"SubscribeMsgPopupEvent": {"List": [ACCEPT]}},
    )  # fmt: skip
    for _ in range(2):
        assert inbox.answer(push, now=now).reply is None
    with sessions() as session:
        assert len(consents.free(session, {chen}, TEMPLATE)[chen]) == 1
        assert session.get(Follower, chen).turn in (0, None)  # no sign of life, no turn
