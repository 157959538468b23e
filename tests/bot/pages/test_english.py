"""The homeowner's pages speak the reader's language: nothing Chinese but names, addresses and people's words."""

import datetime as dt
import re

import pytest
from sqlalchemy import select

from bot import links
from bot.links import Ticket
from bot.pages.words import LANGS, catalogue
from models import Customer, Follower, Phase, PrivacyRequest, Project, ProjectMember, Repair
from models.actors import By
from models.desk.repair import quotes, visits, warranty
from models.desk.repair.quotes import Line

pytestmark = pytest.mark.sqlite_only  # what a page says does not depend on the database
HAN = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
#: Names and addresses, and what the household and the crew wrote.
NAMES = ("翡翠城8幢1602", "王师傅", "换角阀", "厨房水槽下面漏水", "明天下午", "Mr 陈", "陈")


def chinese(page: str) -> list[str]:
    """What is left of Chinese on a page without names and scripts."""
    for name in NAMES:
        page = page.replace(name, "")
    return [line.strip() for line in page.splitlines() if HAN.search(line)]


@pytest.fixture
def reader(sessions, house, clock):
    """Mr Chen reads English, owns the house of the repair and has phases, a quote and a copy that waits."""
    with sessions.begin() as session:
        now, case = clock(), session.get_one(Repair, house.repair)
        who = case.follower
        who.lang = "en"
        project = session.scalars(select(Project).where(Project.id == case.project_id)).one()
        chen = Customer(name="陈大明", form="先生", phone="13800138000", stage="in_warranty", created_at=now)
        session.add_all([chen, ProjectMember(project=project, customer=chen, role="owner")])
        session.flush()
        who.customer = chen
        project.completed_on = now.date() - dt.timedelta(days=365 * 7)
        for position, name in enumerate(("水电验收", "中期验收", "竣工验收"), 1):
            day = now.date() - dt.timedelta(days=20 - 9 * position)
            session.add(Phase(project=project, position=position, name=name, planned_on=day))
        crew = By("crew", house.crew, "王师傅")
        visits.accept(session, case, by=crew, now=now)
        warranty.judge_repair(session, case, now=now)
        made = quotes.make(session, case, [Line("换角阀", 8000, unit="个")], by=crew, now=now)
        quotes.send(session, made, by=crew, now=now)
        copy = PrivacyRequest(
            number="YS1", wish="export", follower=who, customer=chen, opened_at=now, path="exports/1.zip", size=2048,
            expires_at=now + dt.timedelta(days=7),
        )  # fmt: skip
        session.add(copy)
        session.flush()
        return who.id, {"repair": case.id, "quote": made.id, "house": project.id, "copy": copy.id}


@pytest.fixture
def opened(settings, clock, client, reader):
    who, pages = reader

    def look(purpose: str, **headers: str) -> str:
        token = links.sign(settings.secret_key, Ticket(purpose, pages[purpose], reader_id=who), now=clock())
        return client.get(f"/p/{purpose}/{token}", headers=headers).text

    return look


def test_every_page_of_a_homeowner_is_in_english(opened):
    told = {purpose: opened(purpose) for purpose in ("repair", "quote", "house", "copy")}
    assert {purpose: chinese(page) for purpose, page in told.items()} == dict.fromkeys(told, [])
    assert "The crew has accepted" in told["repair"] and "5 years on plumbing" in told["quote"]
    assert "Plumbing and wiring acceptance" in told["house"] and "Download (once only)" in told["copy"]
    assert all('<html lang="en">' in page for page in told.values())


def test_an_answer_and_an_old_page_are_said_in_english(opened, settings, clock, client, reader, sessions):
    page = opened("quote")
    token = links.sign(settings.secret_key, Ticket("quote", reader[1]["quote"], reader_id=reader[0]), now=clock())
    seen = re.search(r'data-step="refused".*?name="seen" value="([^"]+)"', page, re.DOTALL)[1]
    done = client.post(f"/p/quote/{token}", data={"seen": seen, "decision": "refused", "words": ""})
    after = client.get(done.location).text
    assert "no work, no charge" in after and chinese(after) == []
    again = client.post(f"/p/quote/{token}", data={"seen": seen, "decision": "agreed", "words": ""})
    assert again.status_code == 409 and "has just changed" in again.text and chinese(again.text) == []


def test_who_reads_chinese_reads_the_same_pages_in_chinese(opened, sessions, reader):
    with sessions.begin() as session:
        session.get_one(Follower, reader[0]).lang = "zh"
    assert "师傅已接单" in opened("repair", **{"Accept-Language": "en"}) and "同意，80元" in opened("quote")
    assert "水电验收" in opened("house") and "下载（只能一次）" in opened("copy")


def test_a_dead_link_is_said_in_the_browsers_language_and_to_crews_in_chinese(client):
    assert "does not open" in client.get("/p/house/x", headers={"Accept-Language": "en-GB,en"}).text
    assert "打不开" in client.get("/p/house/x", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}).text
    assert "打不开" in client.get("/p/crew/x", headers={"Accept-Language": "en"}).text


def test_both_languages_are_whole_and_name_the_same_facts():
    zh, en = (catalogue(lang) for lang in LANGS)
    assert zh.keys() == en.keys()
    facts = {key: [set(re.findall(r"{(\w+)}", text)) for text in (zh[key], en[key])] for key in zh}
    assert {key: found for key, found in facts.items() if found[0] != found[1]} == {}
    assert [text for text in en.values() if HAN.search(text)] == []
