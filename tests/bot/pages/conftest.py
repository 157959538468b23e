"""The app on a real database and Redis, a planted company, its links, and buttons to press."""

import re

import pytest

from bot import links
from bot.app import create_app
from bot.links import Ticket
from tests.bot.pages import house as company
from tests.bot.pages.forms import form_of


@pytest.fixture
def app(settings, engine, redis, clock):
    app = create_app(settings, engine=engine, redis=redis, clock=clock)
    app.testing = True
    return app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def house(sessions, clock) -> company.House:
    with sessions.begin() as session:
        return company.plant(session, clock())


@pytest.fixture
def link(settings, clock, house):
    def make(purpose: str = "crew", ticket_id: int | None = None, crew_id: int | None = None) -> str:
        ticket = Ticket(purpose, ticket_id or house.repair, crew_id or house.crew)
        return f"/p/{purpose}/{links.sign(settings.secret_key, ticket, now=clock())}"

    return make


@pytest.fixture
def press(client):
    """Presses a button as a page shows it: its hidden fields, what was typed, the photos chosen."""

    def send(address: str, step: str, words: str = "", photos: tuple = (), page: str | None = None, **more: str):
        page = page or client.get(address).text
        form = page.split(f'data-step="{step}"')[1].split("</form>")[0]
        seen = re.search(r'name="seen" value="([^"]+)"', form)[1]
        return client.post(address, **form_of({"seen": seen, "step": step, "words": words, **more}, photos))

    return send
