"""Where a request stands: the desk's parts, its session, its moment, and who asks.

One session serves one request. A GET reads without waiting for writers; a POST is a writer from its first
statement (see models/db.py) and commits once, at the end, in the view.
"""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, has_request_context, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from models.actors import By
from models.db import reading
from models.staff import Staff
from models.worktime import local_day
from settings import Settings
from templates import Texts


class Sessions(scoped_session[Session]):
    """The request's session: a reading one for GET, a writing one for everything else.

    Flask-Admin wants an object with `.session`: it is that object itself.
    """

    session = property(lambda self: self)

    def __init__(self, engine: Engine) -> None:
        """Nothing is opened before the first request."""
        self.serve(engine)
        super().__init__(self._make, scopefunc=lambda: id(g._get_current_object()) if g else 0)

    def serve(self, engine: Engine) -> None:
        """From the next request on the rows are those of `engine`."""
        self._readers = sessionmaker(reading(engine), expire_on_commit=False)
        self._writers = sessionmaker(engine, expire_on_commit=False)

    def _make(self) -> Session:
        reads = has_request_context() and request.method in ("GET", "HEAD")
        return self._readers() if reads else self._writers()


@dataclass(frozen=True)
class Desk:
    """What the panel is made of; hangs on the app as `extensions["desk"]`."""

    settings: Settings
    sessions: Sessions
    redis: Any
    clock: Callable[[], dt.datetime]
    texts: Texts
    #: Real time in seconds, for the age of log-ins: it does not travel with the sandbox's clock.
    wall: Callable[[], float] = time.time


def desk() -> Desk:
    """The parts of the running panel."""
    return current_app.extensions["desk"]


def session() -> Session:
    """The session of this request."""
    return desk().sessions()


def now() -> dt.datetime:
    """The moment of this request: read once, the same for all that the request does."""
    if "now" not in g:
        g.now = desk().clock()
    return g.now


def today() -> dt.date:
    """The day of this request on Beijing's calendar."""
    return local_day(now())


def staff() -> Staff | None:
    """Who is logged in, or None."""
    return g.get("staff") if has_request_context() else None


def may(permission: str | None) -> bool:
    """Whether the person who asks has `permission`; nobody has None, and nobody has anything outside a request."""
    person = staff()
    return bool(person and permission and person.may(permission))


def by() -> By:
    """The person who asks, as the actor of what is done."""
    person = staff()
    assert person is not None, "only views behind the log-in act"
    return By("staff", person.id, person.name)


def origin() -> str:
    """The address the request came from, for the audit log."""
    return (request.remote_addr or "")[:64]
