"""进度 of a house that the records know, and photos that a crew sends from its site."""

from bot.dialog import form
from bot.heard import Do, House, Outcome
from bot.scripts import crew as jobs
from bot.scripts import houses
from bot.scripts import site as script
from bot.scripts.turn import Turn


def progress(turn: Turn) -> Outcome | None:
    """“翡翠城那套装修到哪了”: told at once for the house that is meant, asked where it may be several."""
    clicked = turn.heard.event == "click" and turn.heard.key == "MENU_PROGRESS"
    if not (turn.intent == "progress" or clicked):
        return None
    named = turn.means("asks_how_far", "about_building", "asks_the_end", "about_own_site")
    named = named or houses.meant(turn)
    if not (clicked or named):
        return None
    if not turn.facts.houses:
        unknown = turn.means("about_own_site") and not (turn.facts.tickets or form.script_of(turn))
        return form.aside(turn, turn.say("household.none")) if unknown else None
    if turn.facts.tickets and not (_of_building(turn) or (turn.means("names_house_alone") and houses.meant(turn))):
        return None
    house = _meant(turn)
    busy = form.script_of(turn)
    if house is not None:
        if len(turn.facts.houses) > 1 and (busy is None or busy.passing):
            return script.told(turn, house)
        do = Do("house.progress", {"project_id": house.id, "words": turn.text[:200]})
        return form.aside(turn, turn.say("progress.house", house=house.label), dos=(do,))
    return None if busy and not busy.light else form.begin(turn, "progress")


def _of_building(turn: Turn) -> bool:
    """Whether a house is asked about although a repair is open: in words of building, or one by name that is built."""
    if turn.means("about_building"):
        return True
    named = houses.meant(turn)
    built = named.stage == "building" if named else any(one.stage == "building" for one in turn.facts.houses)
    return built and not turn.means("about_crew_coming") and bool(named or turn.means("asks_the_end"))


def _meant(turn: Turn) -> House | None:
    """The house that is named, the only one, or the only one that is being built."""
    if (named := houses.meant(turn)) is not None:
        return named
    own = turn.facts.houses
    building = [house for house in own if house.stage == "building"]
    return own[0] if len(own) == 1 else building[0] if len(building) == 1 else None


def photos(turn: Turn) -> Outcome | None:
    """工地照片: which site, then pictures until the crew says that it is done or speaks of a job."""
    if turn.state.script != script.PHOTOS.name:
        return _begin(turn) if turn.means("site_photos") and turn.worded else None
    site = script.chosen(turn)
    if turn.media:
        if site is None:
            return turn.stay(turn.say("progress.ask_photos", sites=script.offered(turn)))
        do = Do("site.photo", {"project_id": site[0], "media": list(turn.media)})
        return turn.stay(turn.say("progress.photo_kept"), dos=(do,))
    if turn.means("photos_done"):
        return turn.leave(turn.say("progress.photos_done"))
    if site is not None and (turn.slots.option or houses.common(turn.text, str(site[1])) >= houses.ENOUGH):
        chosen = turn.become(answers={**turn.state.answers, "project_id": site[0]})
        return chosen.stay(turn.say("progress.send_photos", house=site[1]))
    return jobs.take(turn.become(script="", step="", answers={}))


def _begin(turn: Turn) -> Outcome:
    begun = turn.start(script.PHOTOS.name, "photos")
    return begun.stay(turn.say("progress.ask_photos"), dos=(Do("site.list", keep=("sites",)),))
