"""Articles, questions without an answer, and own words."""

import datetime as dt
from threading import Thread

import pytest
from sqlalchemy import select

from models import Article, DomainWord, Unanswered
from models.desk.demo import articles
from models.desk.talk import knowledge
from models.errors import DomainError, Missing


def article(session, now, **more):
    facts = {"question": "装修要多久", "answer": "90天上下", "updated_at": now, "active": True} | more
    row = Article(**facts)
    session.add(row)
    session.flush()
    return row


def test_only_what_is_true_today_is_said(session, now):
    day = dt.date(2026, 11, 21)
    open_end = article(session, now, valid_from=day)
    last_day = article(session, now, question="b", valid_to=day)
    article(session, now, question="over", valid_to=day - dt.timedelta(1))
    article(session, now, question="not yet", valid_from=day + dt.timedelta(1))
    article(session, now, question="off", active=False)
    assert knowledge.valid(session, day) == [open_end, last_day]


def test_the_same_question_counts_up_and_a_dropped_one_stays_dropped(session, now):
    for _ in range(3):
        knowledge.missed(session, "电视墙能做", "电视墙能做吗", now=now)
    row = session.scalars(select(Unanswered)).one()
    session.refresh(row)
    assert (row.times, row.state, row.words) == (3, "open", "电视墙能做吗")
    knowledge.drop(row)
    session.flush()
    knowledge.missed(session, "电视墙能做", "电视墙能做吗", now=now)
    session.refresh(row)
    assert (row.times, row.state) == (4, "dropped")
    with pytest.raises(DomainError):
        knowledge.drop(row)


def test_too_short_a_question_is_not_kept(session, now):
    knowledge.missed(session, "啊", "啊", now=now)
    assert session.scalars(select(Unanswered)).all() == []


def test_two_at_once_count_two(sessions, now):
    def ask():
        with sessions.begin() as session:
            knowledge.missed(session, "能做地暖", "能做地暖吗", now=now)

    threads = [Thread(target=ask) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    with sessions() as session:
        assert session.scalars(select(Unanswered.times)).one() == 4


def test_an_article_learns_the_question_once(session, now):
    row, known = (
        article(session, now),
        Unanswered(key="几天", words="几天装完", first_at=now, last_at=now, state="open"),
    )
    session.add(known)
    session.flush()
    knowledge.answered_by(session, known, row, now=now)
    assert row.asked_as() == ["装修要多久", "几天装完"] and known.article_id == row.id
    with pytest.raises(DomainError):
        knowledge.answered_by(session, known, row, now=now)


def test_counts_survive_each_other(session, now):
    row = article(session, now, shown=0, helped=0, unhelpful=0)
    knowledge.said(session, row.id)
    knowledge.said(session, row.id)
    knowledge.rated(session, row.id, True)
    knowledge.rated(session, row.id, False)
    knowledge.said(session, 999)
    session.refresh(row)
    assert (row.shown, row.helped, row.unhelpful) == (2, 1, 1)


def test_what_too_often_did_not_help_is_reported_with_its_questions(session, now):
    bad = article(session, now, question="装修要多久", shown=20, helped=3, unhelpful=6)
    worse = article(session, now, question="合同里会有增项吗", shown=9, helped=1, unhelpful=2)
    article(session, now, question="两个人没说清", shown=9, helped=0, unhelpful=2)  # too few replies to say so
    article(session, now, question="多数说清了", shown=9, helped=7, unhelpful=2)
    article(session, now, question="停用的", shown=9, helped=0, unhelpful=9, active=False)
    for words in ("几天", "过年前能装完吗", "几天能装完", "过年前能装完吗"):
        knowledge.unfit(session, bad.id, words, words, now=now)
    knowledge.unfit(session, 999, "没有这条", "没有这条", now=now)
    assert [row.id for row in knowledge.unhelpful(session, 9)] == [bad.id, worse.id]
    asked = knowledge.misfits(session, [bad, worse], 1)
    assert {key: [(row.words, row.times) for row in rows] for key, rows in asked.items()} == {
        bad.id: [("过年前能装完吗", 2)]
    }


@pytest.mark.parametrize("facts", [{"question": " "}, {"answer": ""}])
def test_an_article_must_ask_and_say_something(facts, now):
    with pytest.raises(Missing):
        knowledge.check(Article(**({"question": "问", "answer": "答"} | facts)))


def test_days_in_the_wrong_order_are_refused():
    late, early = dt.date(2026, 12, 2), dt.date(2026, 12, 1)
    with pytest.raises(DomainError):
        knowledge.check(Article(question="问", answer="答", valid_from=late, valid_to=early))


@pytest.mark.parametrize("word, means", [("水", "水管"), ("龙头", "水龙头"), ("鼻子", " ")])
def test_a_word_that_would_do_harm_is_refused(word, means):
    with pytest.raises(DomainError):
        knowledge.check_word(DomainWord(word=word, means=means))


def test_the_demo_company_knows_its_answers_once(session, now):
    articles.plant(session, now)
    session.flush()
    count = len(session.scalars(select(Article)).all())
    articles.plant(session, now)
    assert count == len(session.scalars(select(Article)).all()) > 10
