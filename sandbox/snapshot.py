"""The world in a file, so that phones survive a restart.

Media lie in a folder beside it. A broken snapshot is set aside, never fatal.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from .windows import Window
from .world import Bubble, Medium, Person, World

_PLAIN = ("templates", "menu", "conditional", "tickets", "once", "speed", "cleared", "due", "serial")


def _folder(path: Path) -> Path:
    return path.with_name(path.name + ".media")


def save(world: World, path: Path) -> None:
    """Replace the snapshot by what is now."""
    with world.lock:
        told = {name: getattr(world, name) for name in _PLAIN}
        told["tags"] = {str(number): name for number, name in world.tags.items()}
        told["masses"] = {str(number): mass for number, mass in world.masses.items()}
        told["people"] = [asdict(person) for person in world.people.values()]
        told["bubbles"] = [asdict(bubble) for bubble in world.bubbles]
        told["media"] = [asdict(medium) for medium in world.media.values()]
        text = json.dumps(told, ensure_ascii=False)
        files = dict(world.files)
    folder = _folder(path)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        if not (folder / name).exists():
            (folder / name).write_bytes(data)
    half = path.with_name(path.name + ".new")
    half.write_text(text, "utf-8")
    os.replace(half, path)


def load(path: Path) -> World:
    """The world of the last run; an empty one when there was none or it cannot be read (then it is kept as .broken)."""
    if not path.exists():
        return World()
    try:
        return _read(path)
    except (ValueError, KeyError, TypeError, OSError):
        os.replace(path, path.with_name(path.name + ".broken"))
        return World()


def _read(path: Path) -> World:
    told = json.loads(path.read_text("utf-8"))
    world = World(**{name: told[name] for name in _PLAIN})
    world.tags = {int(number): name for number, name in told["tags"].items()}
    world.masses = {int(number): mass for number, mass in told["masses"].items()}
    for raw in told["people"]:
        raw["windows"] = [Window(**window) for window in raw["windows"]]
        world.people[raw["openid"]] = Person(**raw)
    world.bubbles = [Bubble(**raw) for raw in told["bubbles"]]
    for raw in told["media"]:
        file = _folder(path) / raw["id"]
        if file.exists():
            world.media[raw["id"]] = Medium(**raw)
            world.files[raw["id"]] = file.read_bytes()
    return world
