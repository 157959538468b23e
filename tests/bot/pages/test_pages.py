"""The phone pages as a browser without scripts meets them: each step once, dead links, wrong photos, strict headers."""

import re

import pytest
from redis import Redis
from sqlalchemy import select

from bot import links
from bot.app import create_app
from bot.links import Ticket
from models.actors import By
from models.desk import care
from models.desk.repair import repairs
from models.houses import Crew
from models.outbound import Outgoing
from models.talk import Attachment
from models.work import Escalation, Repair, TicketEvent
from settings import ROOT
from tests.bot.pages import house as company
from tests.bot.pages.forms import JPEG, read


def test_the_page_shows_the_job_and_the_next_step(client, link):
    page = client.get(link())
    assert page.status_code == 200
    for words in ("翡翠城8幢1602", "厨房水槽下面漏水", "明天下午", "陈先生", 'href="tel:13800138000"', ">接单<"):
        assert words in page.text


def test_the_whole_job_by_the_page(client, link, press, sessions, house, redis):
    address = link()
    for step, state, words in (
        ("accept", "accepted", ""), ("start", "on_the_way", ""), ("arrive", "on_site", ""),
        ("finish", "done", "换了角阀"),
    ):  # fmt: skip
        answer = press(address, step, words, (JPEG,) if step in ("arrive", "finish") else ())
        assert answer.status_code == 303, answer.text
        assert read(sessions, house).state == state
        assert "bar ok" in client.get(answer.location).text
    assert read(sessions, house).finish_note == "换了角阀"
    with sessions() as session:
        photos = session.scalars(select(Attachment).order_by(Attachment.id)).all()
        assert [(photo.stage, photo.content_type, photo.state) for photo in photos] == [
            ("arrival", "image/jpeg", "fetched"), ("finish", "image/jpeg", "fetched"),
        ]  # fmt: skip
        keys = session.scalars(select(Outgoing.text_key).where(Outgoing.purpose == "service")).all()
        assert keys == ["notice.accepted", "notice.on_the_way", "notice.arrived", "notice.finished"]
        by = session.scalars(select(TicketEvent.actor_kind).where(TicketEvent.to_state == "on_site")).all()
        assert by == ["crew"]
    assert redis.exists("nudge:deliver")
    page = client.get(address).text
    assert "tel:" not in page and "不用再操作" in page


def test_a_button_pressed_twice_does_once(client, link, press, sessions):
    address = link()
    page = client.get(address).text
    assert [press(address, "accept", page=page).status_code for _ in range(3)] == [303] * 3
    with sessions() as session:
        events = session.scalars(select(TicketEvent.id).where(TicketEvent.to_state == "accepted")).all()
        told = session.scalars(select(Outgoing.id).where(Outgoing.text_key == "notice.accepted")).all()
    assert len(events) == len(told) == 1


def test_an_old_page_says_that_the_job_has_moved_on(client, link, press, sessions, house, clock):
    address = link()
    old = client.get(address).text
    press(address, "accept")
    press(address, "start")
    press(address, "arrive")
    answer = press(address, "accept", page=old)
    assert answer.status_code == 409 and "有变化" in answer.text
    assert read(sessions, house).state == "on_site"


def test_a_page_from_before_a_reopening_does_not_finish_the_next_round(client, link, press, sessions, house, clock):
    address = link()
    for step in ("accept", "start", "arrive"):
        press(address, step)
    old = client.get(address).text
    press(address, "finish", "好了", page=old)
    with sessions.begin() as session:
        care.reopen(session, session.get(Repair, house.repair), reason="还在滴", by=By("customer", 1), now=clock())
    answer = press(address, "finish", "好了", page=old)
    assert answer.status_code == 409 and read(sessions, house).state == "assigned"


@pytest.mark.parametrize("step", ["finish", "hand_back"])
def test_without_words_it_says_what_is_missing_and_does_nothing(client, link, press, sessions, house, step):
    address = link()
    for name in ("accept", "start", "arrive"):
        press(address, name)
    answer = press(address, step, "   ")
    assert answer.status_code == 422 and "还差" in answer.text
    assert read(sessions, house).state == "on_site"


def test_handing_back_frees_the_job_and_kills_the_link(client, link, press, sessions, house):
    address = link()
    page = client.get(address).text
    assert "已退单" in press(address, "hand_back", "这两天在外地", page=page).text
    assert "已退单" in press(address, "hand_back", "这两天在外地", page=page).text
    assert read(sessions, house).state == "handed_back"
    with sessions() as session:
        assert session.scalars(select(Escalation.kind)).all() == ["handed_back"]
    gone = client.get(address)
    assert gone.status_code == 410 and "13800138000" not in gone.text


def test_a_job_given_to_another_crew_is_no_longer_this_ones(client, link, sessions, house, clock, press):
    address = link()
    page = client.get(address).text
    with sessions.begin() as session:
        repairs.assign(session, session.get(Repair, house.repair), session.get(Crew, house.other_crew),
                       by=By("staff", 1, "赵工"), now=clock())  # fmt: skip
    for answer in (client.get(address), press(address, "accept", page=page)):
        assert answer.status_code == 410 and "不用您管" in answer.text and "陈" not in answer.text


@pytest.mark.parametrize("mine", [False, True])
def test_a_crew_cannot_open_anothers_job(client, link, house, mine):
    address = link(ticket_id=house.repair if mine else house.other_repair)
    assert client.get(address).status_code == (200 if mine else 410)


def test_a_link_expires_and_says_what_to_do(client, link, clock):
    address = link()
    clock.advance(days=3, seconds=1)
    answer = client.get(address)
    assert answer.status_code == 410 and "过期" in answer.text and "接单" in answer.text


def test_a_customers_link_does_not_open_the_crews_page(client, link):
    token = link("repair").rpartition("/")[2]
    answer = client.get(f"/p/crew/{token}")
    assert answer.status_code == 404 and "打不开" in answer.text
    assert client.post(f"/p/crew/{token}", data={"step": "accept"}).status_code == 404


@pytest.mark.parametrize("data", [{}, {"step": "close"}, {"step": "accept"}, {"step": "accept", "seen": "x"}])
def test_a_form_that_is_not_ours_does_nothing(client, link, sessions, house, data):
    assert client.post(link(), data=data).status_code == 404
    assert read(sessions, house).state == "assigned"


def test_the_homeowner_sees_how_it_stands_and_nothing_else(client, link, press, sessions, house, clock):
    crew = link()
    for step in ("accept", "start", "arrive"):
        press(crew, step)
    press(crew, "finish", "换了角阀", (JPEG,))
    with sessions.begin() as session:
        repairs.note(session, session.get(Repair, house.repair), "难缠的客户", by=By("staff", 1), now=clock())
    page = client.get(link("repair"))
    for words in ("修好了", "王师傅", "换了角阀", "师傅接单", "照片"):
        assert words in page.text
    for words in ("难缠", "13800138000", "13900000001", "<form", "赵工"):
        assert words not in page.text


def test_the_homeowner_sees_what_we_promised_and_an_apology_when_it_is_late(client, link, clock):
    assert "前到" in client.get(link("repair")).text
    clock.advance(days=2)
    assert "抱歉" in client.get(link("repair")).text


def test_redis_away_changes_nothing_for_the_crew(settings, engine, clock, link, sessions, house):
    with Redis.from_url("redis://127.0.0.1:1") as away:
        client = create_app(settings, engine=engine, redis=away, clock=clock).test_client()
        page = client.get(link()).text
        seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
        assert client.post(link(), data={"seen": seen, "step": "accept"}).status_code == 303
    assert read(sessions, house).state == "accepted"


def test_pages_are_not_stored_indexed_told_or_framed_and_run_only_our_scripts(client, link):
    for address in (link(), link("repair"), "/p/crew/nonsense", f"{link()}x"):
        answer = client.get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert "Set-Cookie" not in answer.headers
        for script in re.findall(r"<script[^>]*>", answer.text):
            assert re.search(r'nonce="([^"]+)"', script)[1] in policy
        assert not re.search(r"\son\w+=|style=|javascript:|https?://(?!www\.w3)", answer.text)


def test_two_pages_have_two_nonces(client, link):
    policies = {client.get(link()).headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_what_a_customer_typed_is_text(client, sessions, clock, settings):
    with sessions.begin() as session:
        planted = company.plant(
            session, clock(), problem="<img src=x onerror=alert(1)>{{ 7*7 }}，139.0013.9000", name='"><b>'
        )
    ticket = Ticket("crew", planted.repair, planted.crew)
    page = client.get(f"/p/crew/{links.sign(settings.secret_key, ticket, now=clock())}").text
    assert "<img src=x" not in page and "{{ 7*7 }}" in page and "<b>" not in page
    assert "，139****9000" in page and "139.0013" not in page


def test_text_reaches_aaa_on_its_ground():
    css = (ROOT / "templates" / "pages" / "static" / "pages.css").read_text("utf-8")
    colour = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))
    pairs = [("ink", "card"), ("ink", "ground"), ("muted", "card"), ("muted", "ground"), ("on-brand", "brand"),
             ("brand", "card"), ("late", "card"), ("late", "late-soft"), ("near", "near-soft"), ("done", "done-soft"),
             ("info", "info-soft")]  # fmt: skip
    assert {pair: round(contrast(colour[pair[0]], colour[pair[1]]), 1) for pair in pairs
            if contrast(colour[pair[0]], colour[pair[1]]) < 7} == {}  # fmt: skip


def contrast(one: str, other: str) -> float:
    """WCAG 2.1's contrast ratio."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)
