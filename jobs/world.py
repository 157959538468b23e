"""What a duty works with: settings, database, Redis, the platform and the clock, built once per process.

RQ forks a child for each job. Database and network connections must not be shared with the parent, so a world
belongs to one process id; settings and texts never change and are read once, before the fork.
"""

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis import Redis
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from bot.wechat import Gateway
from clock import Clock
from models.db import make_engine, make_sessions
from settings import Settings
from templates import Texts

#: Seconds: a Redis that does not answer must not hold up what only needs the database.
REDIS_PATIENCE = 5.0


@dataclass(frozen=True)
class World:
    """Everything outside that a duty may touch. Tests build their own, with fakes where the network would be."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    redis: "Redis | None"
    gateway: Any
    clock: Callable[[], datetime]
    texts: Any


@functools.cache
def settings() -> Settings:
    """The settings of this process and of every child it forks."""
    return Settings.load()


@functools.cache
def texts() -> Texts:
    """The chat texts, compiled once and shared with forked children."""
    return Texts()


def connect(url: str) -> Redis:
    """A Redis client with time limits; it connects when first used."""
    return Redis.from_url(url, socket_timeout=REDIS_PATIENCE, socket_connect_timeout=REDIS_PATIENCE)


def build(settings: Settings, texts: Any) -> World:
    """A world on real components, nothing connected yet."""
    engine = make_engine(settings.database_url)
    redis = connect(settings.redis_url)
    return World(
        settings=settings,
        engine=engine,
        sessions=make_sessions(engine),
        redis=redis,
        gateway=Gateway(settings, redis),
        clock=Clock(settings.clock_file),
        texts=texts,
    )


_built: dict[int, World] = {}


def world() -> World:
    """The world of this process. What a parent built before the fork is let go without closing the parent's side."""
    pid = os.getpid()
    if pid not in _built:
        for inherited in _built.values():
            inherited.engine.dispose(close=False)
        _built.clear()
        _built[pid] = build(settings(), texts())
    return _built[pid]
