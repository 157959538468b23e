"""A building and room without an estate lead no crew anywhere: of somebody whose house is unknown the estate is asked.

It is asked once. Whoever cannot name it gets the crew's call instead of the same question.
"""

import re

from bot.scripts.script import Answers
from bot.scripts.turn import Turn
from bot.understanding import acts

#: A house that begins with its building: 8幢1602, 八栋302, 3-802, A座1201.
BARE = re.compile(r"^(?:[A-Za-z]?\d|[A-Za-z](?=座|栋|幢)|[一二三四五六七八九十]{1,3}(?=幢|栋|座|号|单元|杠))")
#: Words around the name.
AROUND = re.compile(
    r"^(?:小区)?(?:就?是|在|叫|名字?叫?)?(?:我们?家?)?(?:住在?|在)?"
    r"|(?:小区)?(?:里面?|这边|那边)?(?:的|吧|啊|呀)*[。.!！]*$"
)
#: The number of the building and of the room inside an address as people write it.
BUILDING = re.compile(r"[0-9A-Za-z一二三四五六七八九十]+(?=幢|栋|号楼|座)|(?<![\d-])\d{1,3}(?=-\d)")
ROOM = re.compile(r"(?<!\d)\d{3,4}(?=\D*$)")
LONGEST = 12
#: An estate's name in Latin letters before the number, and the words that are none: Jade City 3-1201.
LATIN = re.compile(r"((?:[A-Za-z][A-Za-z'’.&-]*[ ,]*){1,6})$")
NO_NAME = re.compile(
    r"\b(?:i|we|it|live|lives|is|are|in|at|the|a|an|my|our|address|home|house|flat|apartment|building|block|tower|room|unit|no"
    r"|number|here|there|please|come|to|and|with|of|for|leak(?:s|ing)?|water|pipe|burst|kitchen|bathroom|broken|urgent|sorry"
    r"|s|m|hello|hi)\b|[,.]",
    re.IGNORECASE,
)


def missing(turn: Turn, whole: str) -> bool:
    """Whether the words are the first that name a building, without an estate, of a house that nobody knows."""
    return not turn.facts.houses and "house_room" not in turn.state.answers and bool(BARE.match(whole))


def completed(turn: Turn, said: str) -> str:
    """The whole address once its estate is named after the building, or in Latin letters; otherwise as it is."""
    before = turn.text[: turn.text.find(said)] if BARE.match(said) and said in turn.text else ""
    if found := LATIN.search(before.rstrip()):
        name = " ".join(NO_NAME.sub(" ", found[1]).split())
        return f"{name} {said}" if len(name) >= 3 else said
    room = turn.state.answers.get("house_room", "")
    alone = room and BARE.match(room) and not (turn.slots.building or turn.slots.room) and not re.search(r"\d", said)
    return f"{said}{room}" if alone else said


def told(turn: Turn, free: str) -> Answers | None:
    """The estate in any short words when it was asked; “不知道” leaves the building alone."""
    room, slots = turn.state.answers.get("house_room", ""), turn.slots
    if not room or not free or turn.intent == "repair" or slots.problem or slots.time or slots.phone:
        return None
    if acts.says("estate_unknown", free):
        return {"project_id": None, "house": room}
    name = AROUND.sub("", free)
    if name.isascii():
        name = " ".join(NO_NAME.sub(" ", name).split())
        return {"project_id": None, "house": f"{name} {room}"} if 3 <= len(name) <= 3 * LONGEST else None
    return {"project_id": None, "house": f"{name}{room}"} if 2 <= len(name) <= LONGEST else None


def with_estate(before: str, said: str) -> str:
    """A building and room said alone, in the estate of the address that was given before."""
    start = BUILDING.search(before)
    alone = BUILDING.match(said) and start is not None and start.start() >= 2
    return f"{before[: start.start()]}{said}" if alone and start else said


def mended(turn: Turn) -> str:
    """The address given before with another building or another room in it; "" when the words are a whole address."""
    slots, before = turn.slots, turn.state.answers.get("house") or ""
    if not before or slots.estate or not (slots.building or slots.room):
        return ""
    if slots.building and slots.room:
        start = BUILDING.search(before)
        return f"{before[: start.start()]}{slots.house}" if start and start.start() >= 2 and slots.house else ""
    part, new = (BUILDING, slots.building) if slots.building else (ROOM, slots.room)
    mended, count = part.subn(lambda _: new or "", before)
    return mended if count == 1 else ""
