"""The phone pages in Chromium at phone size: the whole job, without a network in the middle, and with nothing lost."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from bot import links
from bot.app import create_app
from bot.links import Ticket
from models.actors import By
from models.desk.repair import items, visits
from models.desk.repair.items import Fault
from models.houses import Crew
from models.quotes import Quote
from models.talk import Attachment
from models.work import Repair
from settings import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]  # the pages are the same whatever the database is
PHOTO = ROOT / "sandbox" / "samples" / "leak.jpg"


class Quiet(WSGIRequestHandler):
    """A server that prints nothing."""

    def log_request(self, *_args: object) -> None:
        pass


@pytest.fixture
def site(settings, engine, redis, clock) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(settings, engine=engine, redis=redis, clock=clock), threaded=True,
                         request_handler=Quiet)  # fmt: skip
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(5)
    server.server_close()


@pytest.fixture
def phone(browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    yield context.new_page()
    context.close()


def test_a_crew_writes_a_quote_and_loses_nothing(site, phone, house, sessions, settings, clock):
    broken: list[str] = []
    phone.on("console", lambda said: broken.append(said.text) if "Content Security" in said.text else None)
    with sessions.begin() as session:
        repair = session.get_one(Repair, house.repair)
        repair.move("accepted", by=By("crew", house.crew, "王师傅"), now=clock())
    token = links.sign(settings.secret_key, Ticket("crew", house.repair, house.crew), now=clock())
    phone.goto(f"{site}/p/crew/{token}/quote")
    phone.locator("input[name=name]").first.fill("换角阀")
    phone.locator("input[name=price]").first.fill("80")
    phone.get_by_role("button", name="再加一项").click()
    phone.locator("input[name=name]").last.fill("人工")
    phone.locator("input[name=price]").last.fill("120")
    assert phone.locator("[data-sum]").inner_text() == "合计 200元"
    phone.reload()
    assert phone.locator("input[name=name]").last.input_value() == "人工"
    phone.context.set_offline(True)
    phone.locator("button.go").click()
    phone.locator("#offline").wait_for(state="visible")
    phone.context.set_offline(False)
    phone.wait_for_url("**done=quote")
    assert "等业主答复" in phone.locator("main").inner_text()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    assert phone.evaluate("Object.keys(localStorage).filter((key) => key.includes('quote')).length") == 0
    with sessions() as session:
        (quote,) = session.scalars(select(Quote))
        assert (quote.state, quote.total) == ("sent", 20000)
    assert broken == []


def test_a_crew_does_the_job_with_one_thumb_and_a_bad_network(site, phone, house, sessions, settings, clock):
    broken: list[str] = []
    phone.on("pageerror", lambda error: broken.append(str(error)))
    phone.on("console", lambda said: broken.append(said.text) if "Content Security" in said.text else None)
    token = links.sign(settings.secret_key, Ticket("crew", house.repair, house.crew), now=clock())
    phone.goto(f"{site}/p/crew/{token}")
    button = phone.locator("button.go")
    box = button.bounding_box()
    assert box["height"] >= 44 and box["y"] + box["height"] <= 844
    for step in ("accept", "start"):
        button.click()
        phone.wait_for_url(f"**done={step}")
    phone.set_input_files("#photos", PHOTO)
    phone.wait_for_selector("text=已上传")
    button.click()
    phone.wait_for_url("**done=arrive")

    phone.fill("#words", "换了角阀")
    phone.context.set_offline(True)
    button.click()
    phone.wait_for_selector("#offline:visible")
    phone.context.set_offline(False)
    phone.wait_for_url("**done=finish")
    assert phone.evaluate("Object.keys(localStorage).length") == 0
    assert phone.locator("a[href^='tel:']").count() == 0 and broken == []
    with sessions() as session:
        repair = session.get(Repair, house.repair)
        assert (repair.state, repair.finish_note) == ("done", "换了角阀")
        photo = session.query(Attachment).one()
        assert (photo.stage, photo.content_type) == ("arrival", "image/jpeg")


def test_what_was_typed_is_there_again_after_the_page_was_closed(site, phone, house, settings, clock):
    token = links.sign(settings.secret_key, Ticket("crew", house.repair, house.crew), now=clock())
    phone.goto(f"{site}/p/crew/{token}")
    phone.click("summary >> text=来不了，退单")
    phone.fill("#reason", "这两天在外地")
    phone.reload()
    assert phone.input_value("#reason") == "这两天在外地"
    phone.click("button.warn")
    phone.wait_for_selector("text=已退单")
    assert phone.evaluate("Object.keys(localStorage).length") == 0


@pytest.mark.parametrize("purpose", ["crew", "repair"])
@pytest.mark.parametrize("width", [320, 390])
def test_nothing_is_wider_than_the_phone_or_smaller_than_it_can_be_read(
    site, phone, house, settings, clock, purpose, width
):
    phone.set_viewport_size({"width": width, "height": 640})
    token = links.sign(settings.secret_key, Ticket(purpose, house.repair, house.crew), now=clock())
    phone.goto(f"{site}/p/{purpose}/{token}")
    assert phone.evaluate("document.documentElement.scrollWidth") == width
    written = "[...document.querySelectorAll('main *')].filter(e => e.innerText)"
    sizes = phone.evaluate(f"{written}.map(e => parseFloat(getComputedStyle(e).fontSize))")
    assert min(sizes) >= 16


def at_work(sessions, house, clock, *faults: str) -> None:
    """The crew stands at the door of a house with these faults."""
    with sessions.begin() as session:
        repair = session.get(Repair, house.repair)
        items.name(repair, [Fault(fault) for fault in faults])
        crew = session.get(Crew, house.crew)
        visits.arrive(session, repair, by=By("crew", crew.id, crew.name), now=clock())


def test_words_choices_and_photos_survive_a_reload_without_a_network(site, phone, house, sessions, settings, clock):
    at_work(sessions, house, clock, "厨房漏水", "卧室门关不上")
    token = links.sign(settings.secret_key, Ticket("crew", house.repair, house.crew), now=clock())
    phone.goto(f"{site}/p/crew/{token}")
    phone.context.set_offline(True)
    phone.wait_for_selector("#offline:visible")
    phone.fill("#words", "换了角阀")
    phone.fill("#materials", "角阀1个")
    phone.check("input[name='item-2'][value=left]", force=True)
    phone.fill("input[name='why-2']", "等合页")
    phone.set_input_files("#photos", PHOTO)
    phone.wait_for_selector("text=再传一次")
    phone.click("button.go")
    phone.wait_for_selector("#retry:visible")
    phone.context.set_offline(False)
    phone.goto("about:blank")

    phone.goto(f"{site}/p/crew/{token}")
    phone.wait_for_selector("text=已上传")
    assert phone.input_value("#words") == "换了角阀" and phone.input_value("#materials") == "角阀1个"
    assert phone.is_checked("input[name='item-2'][value=left]") and phone.input_value("input[name='why-2']") == "等合页"
    phone.click("button.go")
    phone.wait_for_url("**done=finish")
    assert phone.evaluate("Object.keys(localStorage).length") == 0
    with sessions() as session:
        repair = session.get(Repair, house.repair)
        assert (repair.state, [item.state for item in repair.items]) == ("accepted", ["done", "left"])
        assert (repair.items[1].note, repair.visits[0].materials) == ("等合页", ["角阀1个"])
        assert [photo.stage for photo in session.query(Attachment)] == ["finish"]


@pytest.mark.parametrize("width", [320, 390])
def test_the_whole_form_fits_a_small_phone(site, phone, house, sessions, settings, clock, width):
    at_work(sessions, house, clock, "厨房水槽下面的角阀一直在漏水，地板也湿了一大片", "主卧门关不上")
    phone.set_viewport_size({"width": width, "height": 640})
    token = links.sign(settings.secret_key, Ticket("crew", house.repair, house.crew), now=clock())
    phone.goto(f"{site}/p/crew/{token}")
    phone.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    phone.check("input[name='item-1'][value=left]", force=True)
    assert phone.evaluate("document.documentElement.scrollWidth") == width
    small = "[...document.querySelectorAll('main button, main input[type=text], main input[type=date], .choices span')]"
    heights = phone.evaluate(f"{small}.filter(e => e.offsetParent).map(e => e.getBoundingClientRect().height)")
    assert min(heights) >= 44
