"""The two pages about a price: the household answers one version once, the crew writes one and loses nothing."""

import datetime as dt
import re

import pytest
from sqlalchemy import select

from bot import links
from models.actors import By
from models.desk.repair import quotes, warranty
from models.desk.repair.quotes import Line
from models.houses import Project
from models.outbound import Outgoing
from models.people import Follower
from models.quotes import Quote
from models.work import Repair
from tests.bot.pages.test_pages import read

LINES = [Line("换角阀", 8000, unit="个"), Line("人工", 12000, unit="次")]


def crew_of(house) -> By:
    return By("crew", house.crew, "王师傅")


@pytest.fixture
def offer(sessions, clock, house):
    """The house is old, and a quote is out."""

    def make(lines=LINES) -> int:
        with sessions.begin() as session:
            repair = session.get_one(Repair, house.repair)
            session.get_one(Project, repair.project_id).completed_on = dt.date(2019, 8, 15)
            quote = quotes.make(session, repair, lines, by=crew_of(house), now=clock())
            quotes.send(session, quote, by=crew_of(house), now=clock())
            return quote.id

    return make


@pytest.fixture
def page_of(settings, clock, sessions):
    def make(quote_id: int, openid: str = "W1") -> str:
        with sessions() as session:
            reader = session.scalars(select(Follower).where(Follower.openid == openid)).one()
            ticket = links.Ticket("quote", quote_id, reader_id=reader.id)
        return f"/p/quote/{links.sign(settings.secret_key, ticket, now=clock())}"

    return make


def answer(client, address: str, decision: str, words: str = "", page: str = ""):
    page = page or client.get(address).text
    form = page.split(f'data-step="{decision}"')[1].split("</form>")[0]
    seen = re.search(r'name="seen" value="([^"]+)"', form)[1]
    return client.post(address, data={"seen": seen, "decision": decision, "words": words})


def state_of(sessions, quote_id: int) -> str:
    with sessions() as session:
        return session.get_one(Quote, quote_id).state


def test_the_page_shows_items_total_and_what_pressing_does(client, offer, page_of):
    page = client.get(page_of(offer())).text
    for words in ("换角阀", "1个 × 80元", "200元", "翡翠城8幢1602", "同意，200元", "修好您验过再付", "不修不收费"):
        assert words in page
    assert "138" not in page.replace("13800", "")


def test_agreed_once_however_often_it_is_pressed(client, offer, page_of, sessions, redis):
    address = page_of(quote := offer())
    page = client.get(address).text
    assert [answer(client, address, "agreed", page=page).status_code for _ in range(3)] == [303] * 3
    assert state_of(sessions, quote) == "agreed" and redis.exists("nudge:deliver")
    with sessions() as session:
        told = session.scalars(select(Outgoing).where(Outgoing.text_key == "quote.crew_agreed")).all()
        row = session.get_one(Quote, quote)
        assert len(told) == 1 and (row.answered_by_way, row.answered_by_name) == ("page", "陈先生")
    after = client.get(address).text
    assert "陈先生" in after and "同意了" in after and "data-step" not in after


@pytest.mark.parametrize(("decision", "words"), [("refused", "太贵"), ("haggled", "人工能少点吗")])
def test_no_and_another_price_carry_their_words(client, offer, page_of, sessions, decision, words):
    address = page_of(quote := offer())
    assert answer(client, address, decision, words).status_code == 303
    with sessions() as session:
        row = session.get_one(Quote, quote)
        assert (row.state, row.answer) == (decision, words)


def test_an_old_version_leads_to_the_new_one_and_agrees_to_nothing(client, offer, page_of, sessions):
    old = offer()
    address, page = page_of(old), client.get(page_of(old)).text
    new = offer([Line("全部", 15000)])
    refused = answer(client, address, "agreed", page=page)
    assert refused.status_code == 409 and "有变化" in refused.text and "看新的报价" in refused.text
    assert (state_of(sessions, old), state_of(sessions, new)) == ("superseded", "sent")
    newer = re.search(r'href="(/p/quote/[^"]+)"', client.get(address).text)[1]
    assert "150元" in client.get(newer).text


def test_a_refused_quote_is_not_agreed_by_a_page_from_before(client, offer, page_of, sessions):
    address = page_of(quote := offer())
    page = client.get(address).text
    answer(client, address, "refused")
    assert answer(client, address, "agreed", page=page).status_code == 409
    assert state_of(sessions, quote) == "refused"


def test_only_the_household_and_only_this_page(client, offer, page_of, link, settings, clock, house):
    quote = offer()
    assert client.get(page_of(quote, "W2")).status_code == 404
    assert client.get(page_of(quote, "C-王师傅")).status_code == 404
    assert client.get(page_of(quote + 999)).status_code == 404
    token = page_of(quote).rpartition("/")[2]
    for other in ("crew", "repair"):
        assert client.get(f"/p/{other}/{token}").status_code == 404
    assert client.get(f"/p/quote/{token}/photos/1").status_code == 404
    assert client.get(f"/p/quote/{link().rpartition('/')[2]}").status_code == 404


def test_the_link_outlives_a_national_day_and_ends(client, offer, page_of, clock):
    address = page_of(offer())
    clock.now += dt.timedelta(days=12)
    assert client.get(address).status_code == 200
    clock.now += dt.timedelta(days=12)
    gone = client.get(address)
    assert gone.status_code == 410 and "最新的报价消息" in gone.text


# -- the crew's page


def rows(page: str, *lines: tuple[str, ...], note: str = "") -> dict[str, object]:
    seen = re.search(r'name="seen" value="([^"]+)"', page.split("data-rows")[1])[1]
    names = ("name", "quantity", "unit", "price")
    columns = {name: [line[n] for line in lines] for n, name in enumerate(names)}
    return {"seen": seen, "note": note, **columns}


@pytest.fixture
def accepted(sessions, clock, house):
    with sessions.begin() as session:
        repair = session.get_one(Repair, house.repair)
        repair.move("accepted", by=crew_of(house), now=clock())


def test_a_quote_by_the_page_is_sent_once(client, link, accepted, sessions, house):
    address = f"{link()}/quote"
    assert "去报价" in client.get(link()).text or "先报价" in client.get(link()).text
    page = client.get(address).text
    form = rows(page, ("换角阀", "1", "个", "80"), ("", "", "", ""), ("人工", "", "次", "120"), note="含旧件拆除")
    assert [client.post(address, data=form).status_code for _ in range(2)] == [303, 303]
    with sessions() as session:
        (quote,) = session.scalars(select(Quote))
        assert (quote.state, quote.total, quote.note, quote.made_by) == ("sent", 20000, "含旧件拆除", "crew")
    done = client.get(f"{address}?done=quote").text
    assert "data-done" in done and "等业主答复" in done
    assert "等业主答复" in client.get(link()).text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("换角阀", "1", "个", ""), "第1项"),
        (("", "1", "个", "80"), "第1项"),
        (("换角阀", "一", "个", "80"), "第1项"),
        (("换角阀", "0", "个", "80"), "第1项"),
        (("", "", "", ""), "至少写一项"),
        (("换角阀", "1", "个", "0"), "合计要大于0"),
    ],
)
def test_what_is_no_item_is_named_and_nothing_typed_is_lost(client, link, accepted, sessions, line, words):
    address = f"{link()}/quote"
    answer = client.post(address, data=rows(client.get(address).text, line, note="带材料"))
    assert answer.status_code == 422 and words in answer.text and "带材料" in answer.text
    assert all(f'value="{cell}"' in answer.text for cell in line if cell)
    with sessions() as session:
        assert session.scalars(select(Quote)).all() == []


def test_the_version_before_is_there_to_be_changed(client, link, accepted, offer, sessions):
    offer()
    address = f"{link()}/quote"
    page = client.get(address).text
    assert 'value="换角阀"' in page and 'value="80"' in page and "重新报一份" in page
    client.post(address, data=rows(page, ("换角阀", "1", "个", "70")))
    with sessions() as session:
        assert [quote.version for quote in session.scalars(select(Quote).order_by(Quote.id))] == [1, 2]


def test_a_page_from_before_another_version_is_shown_again(client, link, accepted, offer, sessions):
    address = f"{link()}/quote"
    old = client.get(address).text
    offer()
    answer = client.post(address, data=rows(old, ("别的", "1", "个", "70")))
    assert answer.status_code == 409 and "已经发过一份" in answer.text and 'value="别的"' in answer.text


def test_finishing_paid_work_without_consent_is_refused_on_the_page(client, link, press, offer, sessions, house, clock):
    address = link()
    for step in ("accept", "start", "arrive"):
        press(address, step)
    offer()
    answer = press(address, "finish", "换了角阀")
    assert answer.status_code == 422 and "业主还没同意报价" in answer.text and "换了角阀" in answer.text
    assert read(sessions, house).state == "on_site"


def test_a_covered_job_says_that_it_may_not_charge(client, link, accepted, sessions, house, clock):
    with sessions.begin() as session:
        repair = session.get_one(Repair, house.repair)
        session.get_one(Project, repair.project_id).completed_on = clock().date()
        warranty.judge_repair(session, repair, now=clock())
    address = f"{link()}/quote"
    answer = client.post(address, data=rows(client.get(address).text, ("换角阀", "1", "个", "80")))
    assert answer.status_code == 422 and "在保修期" in answer.text


def test_another_crew_has_no_page(client, link, house):
    assert client.get(f"{link(crew_id=house.other_crew)}/quote").status_code == 410
