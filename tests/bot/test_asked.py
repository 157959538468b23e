"""What waits for this person's answer is known to the turn: a call, a deletion, another time that a crew asked for."""

import datetime as dt

import pytest
from sqlalchemy import Engine, select

from bot.inbox import Inbox
from models import Callback, Message, Outgoing, PrivacyRequest, Survey
from models.desk.callback import surveys
from models.desk.complaint import complaints, verdicts
from models.desk.complaint.complaints import Grievance
from models.desk.complaint.verdicts import Offer
from models.desk.delivery import arrivals
from models.desk.repair import postponing, visits
from models.desk.repair.postponing import Window
from models.desk.talk import conversations
from tests.bot.test_inbox import TEXTS, a_push
from tests.models.builders import house, repair
from tests.models.test_surveys import asked, served

H, D, M = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(minutes=1)


@pytest.fixture
def box(engine: Engine) -> Inbox:
    return Inbox(engine, TEXTS)


def test_a_call_is_arranged_by_a_yes_moved_and_called_off_and_nothing_meets_silence(box, sessions, now) -> None:
    night = now + 12 * H
    with sessions.begin() as session:
        openid = house(session, now).homeowner.openid

    def say(words: str, after: int) -> str:
        return box.answer(a_push(night + after * M, words, who=openid), now=night + after * M).reply or ""

    assert "要不要约个回电" in say("人工", 0)
    assert "几点方便" in say("方便", 1)
    assert "要不要约个回电" in say("随便哪天", 2) and say("随便哪天吧", 2), "we asked, so we answer"
    assert "HF" in say("后天上午10点", 3)
    assert "几点方便" in say("改时间", 4)
    assert "11点" in say("后天上午11点", 4)
    assert "不打了" in say("不用打了", 5)
    with sessions() as session:
        call = session.scalars(select(Callback)).one()
        assert (call.state, call.result) == ("dropped", "不用打了")


def test_a_second_thought_takes_back_a_deletion_that_waits_and_nothing_else(box, sessions, now) -> None:
    with sessions.begin() as session:
        openid = house(session, now).homeowner.openid
    for step, words in enumerate(("我后悔了，别删", "把我的资料都删掉", "确定", "我后悔了，别删")):
        said = box.answer(a_push(now + step * M, words, who=openid), now=now + step * M).reply or ""
        assert ("撤回了" in said) is (step == 3), said
    with sessions() as session:
        assert session.scalars(select(PrivacyRequest)).one().state == "withdrawn"


@pytest.mark.parametrize("last", [True, False])
def test_a_bare_yes_moves_the_visit_only_as_an_answer_to_the_crew(box, sessions, now, last) -> None:
    with sessions.begin() as session:
        who = house(session, now)
        openid, case = who.homeowner.openid, repair(session, who, now)
        visits.accept(session, case, by=who.by_crew, now=now)
        window = Window(now + 7 * D, now + 7 * D + 3 * H, "周六上午")
        row = postponing.ask(session, case, window, words="要等配件", by=who.by_crew, now=now)
        asked = session.scalars(select(Outgoing).where(Outgoing.dedupe_key == f"postponement:{row.id}:ask")).one()
        thread = conversations.of(session, who.homeowner)
        for outgoing in (asked,) if last else (asked, None):
            said = Message(
                conversation=thread, direction="out", author="bot", kind="text", text="…",
                outgoing_id=outgoing.id if outgoing else None, created_at=now,
            )  # fmt: skip
            session.add(said)
            session.flush()
    said = box.answer(a_push(now + M, "好的", who=openid), now=now + M).reply
    assert ("师傅那边也说了" in said) is last and ("同意改时间" in said) is not last
    if not last:
        agreed = box.answer(a_push(now + 2 * M, "同意改时间", who=openid), now=now + 2 * M).reply
        assert "师傅那边也说了" in agreed


def test_a_score_given_by_mistake_is_another_one_by_words_or_by_another_button(box, sessions, now) -> None:
    with sessions.begin() as session:
        who = house(session, now)
        openid, survey = who.homeowner.openid, asked(session, served(session, who, now), now + 3 * H)
        survey_id = survey.id

    def say(words: str, after: int, **fields: str) -> str:
        at = now + 4 * H + after * M
        return box.answer(a_push(at, words, who=openid, **fields), now=at).reply or ""

    assert "就结了" in say("5", 0)
    assert "记1分" in say("按错了，是1", 1)
    with sessions() as session:
        survey = session.get_one(Survey, survey_id)
        assert (survey.score, survey.ticket.state) == (1, "assigned")
    assert "记3分" in say("3", 2, bizmsgmenuid=f"sv:{survey_id}:score:3")
    with sessions() as session:
        assert session.get_one(Survey, survey_id).score == 3


@pytest.mark.parametrize("last", [True, False])
def test_a_bare_yes_agrees_to_a_proposal_only_as_an_answer_to_it(box, sessions, now, last) -> None:
    """The proposal before it, and one that has not arrived, are not what stands on the phone."""
    with sessions.begin() as session:
        who = house(session, now)
        openid = who.homeowner.openid
        case = complaints.register(session, who.homeowner, Grievance("墙刷得不平"), by=who.by_customer, now=now)
        conversations.of(session, who.homeowner)
        verdicts.judge(session, case, case.owner, stands=True, reason="属实", now=now)
        verdicts.explain(session, case, case.owner, "师傅没有打磨", now=now)
        verdicts.propose(session, case, case.owner, Offer("重刷一遍"), now=now)
        row = session.scalars(select(Outgoing).where(Outgoing.text_key == "complaint.proposed")).one()
        if last:
            row.state, row.sent_text = "sent", "…"
            arrivals.happened(session, row, now=now)
    said = box.answer(a_push(now + M, "好的", who=openid), now=now + M).reply
    assert ("就按这个方案办" in said) is last


def test_an_answer_counts_that_comes_before_we_have_written_down_that_we_asked(box, sessions, now) -> None:
    """The platform has delivered the question; the worker is slow, or dead, with saying so."""
    with sessions.begin() as session:
        who = house(session, now)
        survey = surveys.plan(session, served(session, who, now), now=now + 3 * H)
        row = session.scalars(select(Outgoing).where(Outgoing.survey_id == survey.id)).one()
        row.state, row.claim, row.claimed_at = "sending", "worker", now + 5 * H
        openid, asking, letter = who.homeowner.openid, survey.id, row.id
    later = now + 5 * H + dt.timedelta(seconds=2)
    assert "抱歉没修好" in (box.answer(a_push(later, "2 还在滴", who=openid), now=later).reply or "")
    with sessions.begin() as session:
        arrivals.happened(session, session.get_one(Outgoing, letter), now=later + M)
        assert session.get_one(Survey, asking).state == "answered", "what is answered is not asked any more"
