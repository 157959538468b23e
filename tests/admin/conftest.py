"""The panel over a real database, and people who sit before it."""

import dataclasses
import re
import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.serving import make_server

from admin import create_app
from tests.admin import builders


class Person:
    """Somebody with a browser: sends forms with the page's token, as a page would."""

    def __init__(self, client: FlaskClient):
        self.client = client
        self._token = ""

    def get(self, path: str, **more):
        return self.client.get(path, **more)

    def post(self, path: str, **data):
        return self.client.post(path, data={"csrf_token": self.token(), **data})

    def token(self) -> str:
        """The token of the session, from the head of a page."""
        if not self._token:
            page = self.client.get("/admin/login", follow_redirects=True).get_data(as_text=True)
            self._token = re.search(r'name="csrf" content="([^"]+)"', page)[1]
        return self._token

    def log_in(self, username: str, password: str = builders.PASSWORD):
        answer = self.post("/admin/login", username=username, password=password)
        self._token = ""
        return answer


@pytest.fixture(scope="session")
def panels() -> list[Flask]:
    """The panel of this run, once somebody has asked for it: making one takes longer than most of its pages."""
    return []


@pytest.fixture
def app(panels: list[Flask], settings, engine: Engine, clock) -> Iterator[Flask]:
    """The panel over this test's database, settings and clock, and as it was made in everything else."""
    if not panels:
        panels.append(create_app(settings, engine=engine, redis=False, clock=clock))
        panels[0].testing = True
        panels[0].config["PROPAGATE_EXCEPTIONS"] = False  # error pages are part of what is tested
    app = panels[0]
    made = app.extensions["desk"]
    made.sessions.serve(engine)
    app.extensions["desk"] = dataclasses.replace(made, settings=settings, clock=clock)
    yield app
    made.sessions.remove()
    app.extensions["desk"] = made


@pytest.fixture
def desk(session: Session, now) -> builders.Desk:
    desk = builders.plant(session, now)
    session.commit()
    return desk


@pytest.fixture
def stranger(app: Flask) -> Person:
    """Nobody in particular, not logged in."""
    return Person(app.test_client())


@pytest.fixture
def as_role(app: Flask, desk: builders.Desk) -> Callable[[str], Person]:
    """`as_role("agent")` is a person logged in with that role."""

    def enter(role: str) -> Person:
        person = Person(app.test_client())
        assert person.log_in(role).status_code == 302
        return person

    return enter


@pytest.fixture
def look(sessions: sessionmaker[Session]) -> Callable:
    """`look(fn)` runs `fn(session)` in a fresh session: what is really in the database."""

    def run(ask: Callable[[Session], object]) -> object:
        with sessions() as session:
            return ask(session)

    return run


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The panel on a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def enter(browser: Browser, address: str, desk: builders.Desk) -> Iterator[Callable[..., Page]]:
    """`enter("marketing")` is a page of somebody logged in; a mistake of script or policy on it fails the test."""
    windows: list[BrowserContext] = []
    complaints: list[str] = []

    def log_in(role: str, **more: object) -> Page:
        window = browser.new_context(
            base_url=address, locale="zh-CN", **({"viewport": {"width": 1440, "height": 900}} | more)
        )
        windows.append(window)
        page = window.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto("/admin/login")
        page.fill("#username", role)
        page.fill("#password", builders.PASSWORD)
        page.click("button.primary")
        page.wait_for_url("**/admin/")
        return page

    yield log_in
    for window in windows:
        window.close()
    assert complaints == []
