"""The knowledge base in the panel: one store, tried before it is said; questions become articles in one click."""

import pytest
from sqlalchemy import select

from models import Article, AuditEntry, DomainWord, Unanswered
from models.desk.demo import articles
from models.desk.talk import knowledge

pytestmark = pytest.mark.sqlite_only  # pages; the verbs run on both databases in tests/models


@pytest.fixture
def agent(as_role, session, now):
    articles.plant(session, now)
    session.add(Unanswered(key="电视墙能做", words="电视墙能做吗", times=3, first_at=now, last_at=now, state="open"))
    session.commit()
    return as_role("agent")


def rows(look, table):
    return look(lambda session: session.scalars(select(table)).all())


def test_a_question_is_tried_and_shows_what_the_bot_would_say(agent):
    found = agent.post("/admin/articles/ask", q="钱分几次给").get_json()["found"]
    assert found[0]["said"] and found[0]["question"] == "付款方式是怎样的" and "四次" in found[0]["answer"]
    assert agent.post("/admin/articles/ask", q="").get_json() == {"found": []}
    assert agent.post("/admin/articles/ask", q="今天天气").get_json()["found"] == []


def test_a_question_becomes_an_article_in_one_click(agent, look):
    question = rows(look, Unanswered)[0]
    page = agent.get(f"/admin/articles/new/?question={question.id}").get_data(as_text=True)
    assert "电视墙能做吗" in page
    answer = agent.post(
        f"/admin/articles/new/?question={question.id}", question="电视墙能做吗", answer="能做，岩板和木饰面都有。",
        category="design", active="y", variants="", answer_en="",
    )  # fmt: skip
    assert answer.status_code == 302
    after = rows(look, Unanswered)[0]
    assert after.state == "answered" and after.article_id
    assert agent.post("/admin/articles/ask", q="电视墙可以做吗").get_json()["found"][0]["said"]


def test_a_question_joins_an_article_that_lacked_only_this_wording(agent, look):
    question = rows(look, Unanswered)[0]
    article = rows(look, Article)[0]
    agent.post(f"/admin/unanswered/{question.id}/attach", article=article.id)
    assert "电视墙能做吗" in look(lambda session: session.get(Article, article.id)).asked_as()
    again = agent.post(f"/admin/unanswered/{question.id}/attach", article=article.id)
    assert "已经处理过" in again.get_data(as_text=True) or again.status_code in (302, 409, 422)
    deeds = [row.action for row in rows(look, AuditEntry)]
    assert deeds.count("unanswered.attach") == 1


def test_an_article_that_says_nothing_is_refused_beside_what_was_typed(agent, look):
    before = len(rows(look, Article))
    page = agent.post("/admin/articles/new/", question="", answer="答案在这", category="other", active="y")
    assert page.status_code in (200, 422) and "答案在这" in page.get_data(as_text=True)
    assert len(rows(look, Article)) == before


def test_the_effect_of_a_word_is_seen_and_nothing_is_kept(agent, look):
    said = agent.post("/admin/words/effect", word="龙鼻头", means="水龙头", **{"try": "厨房龙鼻头一直滴水"}).get_json()
    assert "现在：" in said["words"] and "之后：" in said["words"] and "最近" in said["words"]
    assert rows(look, DomainWord) == []
    assert "problem" in agent.post("/admin/words/effect", word="水", means="水管").get_json()


def test_a_word_is_kept_with_who_kept_it(agent, look):
    answer = agent.post("/admin/words/new/", word="龙鼻头", means="水龙头", note="老客户的叫法", active="y")
    assert answer.status_code == 302
    assert [(row.word, row.means) for row in rows(look, DomainWord)] == [("龙鼻头", "水龙头")]
    assert "create" in [row.action for row in rows(look, AuditEntry)]


def test_pages_have_words_when_they_are_empty(as_role):
    person = as_role("marketing")
    for name, words in (
        ("articles", "还没有条目"),
        ("unanswered", "没有答不上来的问题"),
        ("words", "还没有自己的叫法"),
    ):
        assert words in person.get(f"/admin/{name}/").get_data(as_text=True)


@pytest.mark.parametrize(("lang", "words"), [("zh", "67% 没说清（4/6）"), ("en", "67% not helped (4 of 6)")])
def test_the_report_names_poor_answers_with_their_questions_beside_what_has_none(
    agent, desk, session, now, lang, words
):
    row = session.scalars(select(Article).where(Article.question == "装修要多久")).one()
    row.shown, row.helped, row.unhelpful = 30, 2, 4
    desk.staff["agent"].lang = lang
    session.flush()
    knowledge.unfit(session, row.id, "过年前能装完吗", "过年前能装完吗 13800138000", now=now)
    session.commit()
    page = agent.get("/admin/articles/report").get_data(as_text=True)
    poor, missed = page.split('id="poor"')[1].split('id="missed"')
    assert words in poor and "过年前能装完吗" in poor and f"/admin/articles/edit/?id={row.id}" in poor
    assert "13800138000" not in page and "电视墙能做吗" in missed and "× 3" in missed
    assert "付款方式是怎样的" not in poor, "nobody said anything about it"


def test_an_empty_report_says_what_would_stand_there(as_role, desk):
    page = as_role("engineer").get("/admin/articles/report").get_data(as_text=True)
    assert "至少有 3 个人回过话才算" in page and "没有答不上来的问题" in page
