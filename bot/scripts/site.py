"""How far a house is, and the crew's photos of a site: short dialogs that lose nothing by being dropped."""

from typing import Any

from bot.heard import Do, House, Outcome
from bot.scripts import houses
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn

#: Longer words ask about something of their own.
LONGEST = 12


def shown(turn: Turn) -> Outcome:
    """The house's progress is looked up and told."""
    project_id, house = houses.of(turn)
    return told(turn, House(project_id, house))


def told(turn: Turn, house: House) -> Outcome:
    """This house's progress; of several the next one may be asked about by “另一套呢”."""
    do = Do("house.progress", {"project_id": house.id, "words": turn.text[:200]})
    said = turn.say("progress.house", house=house.label)
    if len(turn.facts.houses) < 2:
        return turn.leave(said, dos=(do,))
    return turn.start("progress_more", "house", {"told": house.id}).stay(said, dos=(do,))


def read_next(turn: Turn) -> Answers | None:
    """“另一套呢”, “城西的呢”: another house than the one just told, and no other matter."""
    if len(turn.text) > LONGEST or turn.slots.problem or turn.slots.phone:
        return None
    before = turn.state.answers.get("told")
    rest = [one for one in turn.facts.houses if one.id != before]
    named = houses.meant(turn)
    house = (
        named if named and named.id != before else rest[0] if len(rest) == 1 and turn.means("the_other_house") else None
    )
    return {"project_id": house.id, "house": house.label} if house else None


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


#: After one house's progress: the next one. Nothing is asked.
MORE = Script(
    "progress_more", start="house", steps={"house": Ask("progress.ask_which", read_next, None, ("project_id",))},
    finish=shown, takes_media=False, light=True, passing=True,
)  # fmt: skip
PROGRESS = Script(
    "progress", start="house", steps={"house": houses.ask("progress.ask_which", None)}, finish=shown,
    takes_media=False, light=True,
)  # fmt: skip
#: Its turns are taken by bot.dialog.site: a crew's messages do not go through forms.
PHOTOS = Script(
    "site_photos", start="photos", steps={"photos": Ask("progress.ask_photos", _nothing, None, ("done",))},
    finish=lambda turn: turn.leave(turn.say("progress.photos_done")), takes_media=False, light=True,
)  # fmt: skip
