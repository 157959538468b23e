"""The web process put together: settings, database, Redis, clock and texts become one Flask app."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import Engine

from bot import health, metrics, pages, webhook
from bot.inbox import Inbox
from bot.nudge import nudge
from bot.webhook import Door
from bot.wechat import Codec
from clock import Clock
from models.db import make_engine, make_sessions
from settings import ROOT, Settings
from templates import Texts

#: Seconds. A customer's answer waits for Redis at most so long, and does without it then.
REDIS_PATIENCE = 0.5
#: Milliseconds. The platform asks again after five seconds; a turn that waits longer would answer nobody.
LOCK_PATIENCE_MS = 3_500


def create_app(
    settings: Settings | None = None,
    engine: Engine | None = None,
    redis: Redis | None = None,
    clock: Callable[[], datetime] | None = None,
) -> Flask:
    """The customer's door, ready to serve; what is not given is built from the settings, connecting when first used.

    SettingsError and Misconfigured stop it here, before a request could be answered wrongly.
    """
    settings = settings or Settings.load()
    engine = engine or make_engine(settings.database_url, patience_ms=LOCK_PATIENCE_MS)
    texts = Texts()
    inbox = Inbox(engine, texts)
    app = Flask("bot", template_folder=str(ROOT / "templates"), static_folder=None)
    app.extensions["nuanju"] = Door(
        settings=settings,
        engine=engine,
        sessions=make_sessions(engine),
        redis=redis or _redis(settings.redis_url),
        clock=clock or Clock(settings.clock_file),
        codec=Codec(settings),
        texts=texts,
        nudge=nudge,
        answer=inbox.answer,
        keep=inbox.keep_unreadable,
    )
    for module in (webhook, health, metrics, pages):
        app.register_blueprint(module.blueprint)
    return app


def _redis(url: str) -> Redis:
    """A client that gives up at once: redis-py's own would retry for seconds, and the platform waits five."""
    patience = {"socket_timeout": REDIS_PATIENCE, "socket_connect_timeout": REDIS_PATIENCE}
    return Redis.from_url(url, retry=Retry(NoBackoff(), 1), health_check_interval=30, **patience)
