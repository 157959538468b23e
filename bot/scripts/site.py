"""How far a house is, and the crew's photos of a site: short dialogs that lose nothing by being dropped."""

import re
from typing import Any

from bot.heard import Do, Outcome
from bot.scripts import houses
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn

ENOUGH = re.compile(r"^(?:发|传|拍)?(?:完|好|没|够)(?:了|啦|毕)?[。.!！]*$|没有了|就这些|done", re.IGNORECASE)


def shown(turn: Turn) -> Outcome:
    """The house's progress is looked up and told."""
    project_id, house = houses.of(turn)
    do = Do("house.progress", {"project_id": project_id, "words": turn.text[:200]})
    return turn.leave(turn.say("progress.house", house=house), dos=(do,))


def offered(turn: Turn) -> list[list[Any]]:
    """The crew's sites as they were listed."""
    kept = turn.state.answers.get("sites")
    return [one for one in kept if isinstance(one, list | tuple) and len(one) == 2] if isinstance(kept, list) else []


def chosen(turn: Turn) -> list[Any] | None:
    """The site that is meant: the one chosen before, named or numbered now, or the only one."""
    listed, option, before = offered(turn), turn.slots.option, turn.state.answers.get("project_id")
    if option and option <= len(listed):
        return listed[option - 1]
    named = [one for one in listed if turn.text and houses.common(turn.text, str(one[1])) >= houses.ENOUGH]
    if len(named) == 1:
        return named[0]
    kept = [one for one in listed if one[0] == before]
    return kept[0] if kept else listed[0] if len(listed) == 1 else None


def _nothing(_: Turn) -> Answers | None:
    return None


PROGRESS = Script(
    "progress", start="house", steps={"house": houses.ask("progress.ask_which", None)}, finish=shown,
    takes_media=False, light=True,
)  # fmt: skip
#: Its turns are taken by bot.dialog.site: a crew's messages do not go through forms.
PHOTOS = Script(
    "site_photos", start="photos", steps={"photos": Ask("progress.ask_photos", _nothing, None, ("done",))},
    finish=lambda turn: turn.leave(turn.say("progress.photos_done")), takes_media=False, light=True,
)  # fmt: skip
