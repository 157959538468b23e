"""Carries out approved wishes about personal data: what is done stands in models/desk, here are the commits."""

import functools
import logging
from pathlib import Path

from jobs import copies
from jobs.world import World
from models.desk.personal import erasing, privacy

log = logging.getLogger(__name__)
#: Batches of one request in one run: the rest is the next run's, so that no job comes near its time limit.
MOST = 200


def run(world: World) -> int:
    """What may be erased is on its way or gone, copies lie ready; returns how many requests came to their end."""
    with world.sessions() as session:
        due = [row.id for row in privacy.carried_out(session, "delete")]
    return sum(_erase(world, request_id) for request_id in due) + copies.run(world)


def _erase(world: World, request_id: int) -> bool:
    drop = functools.partial(forget, world.settings.media_dir)
    for _ in range(MOST):
        with world.sessions.begin() as session:
            if erasing.advance(session, request_id, forget=drop, now=world.clock()):
                break
    with world.sessions() as session:
        return privacy.is_done(session, request_id)


def forget(folder: Path, path: str) -> None:
    """The file below the media folder is gone; a path that leads out of the folder is left alone."""
    target = (folder / path).resolve()
    if path and target.is_relative_to(folder.resolve()):
        target.unlink(missing_ok=True)
    else:
        log.error("a stored path leads out of the media folder; its file was not touched")
