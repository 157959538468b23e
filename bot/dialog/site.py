"""进度 of a house that the records know, and photos that a crew sends from its site."""

import re

from bot.dialog import form
from bot.heard import Do, House, Outcome
from bot.scripts import crew as jobs
from bot.scripts import houses
from bot.scripts import site as script
from bot.scripts.turn import Turn

#: Words about building, not about a repair under way.
BUILDING = re.compile(
    r"装修|工地|施工|水电|隐蔽|验收|材料进场|进场|开工|第?[几哪]一?步|阶段|竣工|工期|照片|泥工|泥瓦|木工|油漆|贴砖|进展|进度",
    re.IGNORECASE,
)
#: When it will all be done: of a home that is being built, not of a repair.
ENDS = re.compile(r"完工|延期|拖期|按时|按期|做(?:到|完)|交(?:房|付)|入住|怎么样了")
#: A home of one's own that is being built, whoever asks; a bare 进度 may be about anything.
HOME = re.compile(r"装修|工地|施工|水电|隐蔽|开工|竣工|工期|泥工|泥瓦|木工|油漆|贴砖|完工|延期|哪一?步")
#: Somebody is on the way: the repair.
CREW = re.compile(r"师傅|上门|报修|维修|来|修到|修好|修完")
#: What asks how things stand; other words are only guessed to, and a guess reads no dates to anybody.
ASKS = re.compile(
    r"进[度展行]|到哪|哪[了一步]|怎么样|咋样|如何|情况|状态|[装弄做干修]到|几时|多久|什么时候.{0,8}[好完能装住修做来交]|工人|师傅.*[到来]|今天|明天|动静|消息"
    r"|开始|还没.{0,4}[装做干来好完]|停工|慢|拖|progress|status|how (?:far|is)|when|house",
    re.IGNORECASE,
)
#: One of several houses and no more: 城西那套.
ALONE = re.compile(r"^(?:那|还有)?.{2,6}(?:[那这](?:套|边|个)|的)呢?[?？]?$")
PHOTOS = re.compile(
    r"(?:工地|施工|现场|进度)(?:的)?(?:照片|图片|图)|(?:发|传|拍).{0,4}(?:工地|现场)|site photos?", re.IGNORECASE
)


def progress(turn: Turn) -> Outcome | None:
    """“翡翠城那套装修到哪了”: told at once for the house that is meant, asked where it may be several."""
    clicked = turn.heard.event == "click" and turn.heard.key == "MENU_PROGRESS"
    if not (turn.intent == "progress" or clicked):
        return None
    named = [one for one in (ASKS, BUILDING, ENDS, HOME) if one.search(turn.text)] or houses.meant(turn)
    if not (clicked or named):
        return None
    if not turn.facts.houses:
        unknown = HOME.search(turn.text) and not (turn.facts.tickets or form.script_of(turn))
        return form.aside(turn, turn.say("household.none")) if unknown else None
    if turn.facts.tickets and not (_of_building(turn) or (ALONE.match(turn.text) and houses.meant(turn))):
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
    if BUILDING.search(turn.text):
        return True
    named = houses.meant(turn)
    built = named.stage == "building" if named else any(one.stage == "building" for one in turn.facts.houses)
    return built and not CREW.search(turn.text) and bool(named or ENDS.search(turn.text))


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
        return _begin(turn) if PHOTOS.search(turn.text) and turn.worded else None
    site = script.chosen(turn)
    if turn.media:
        if site is None:
            return turn.stay(turn.say("progress.ask_photos", sites=script.offered(turn)))
        do = Do("site.photo", {"project_id": site[0], "media": list(turn.media)})
        return turn.stay(turn.say("progress.photo_kept"), dos=(do,))
    if script.ENOUGH.search(turn.text):
        return turn.leave(turn.say("progress.photos_done"))
    if site is not None and (turn.slots.option or houses.common(turn.text, str(site[1])) >= houses.ENOUGH):
        chosen = turn.become(answers={**turn.state.answers, "project_id": site[0]})
        return chosen.stay(turn.say("progress.send_photos", house=site[1]))
    return jobs.take(turn.become(script="", step="", answers={}))


def _begin(turn: Turn) -> Outcome:
    begun = turn.start(script.PHOTOS.name, "photos")
    return begun.stay(turn.say("progress.ask_photos"), dos=(Do("site.list", keep=("sites",)),))
