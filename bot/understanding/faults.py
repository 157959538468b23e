"""What is broken, where in the house: repair category, place, and several faults of one message apart."""

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.understanding.words import Hit, Words, table

_data = table("faults.toml")
_WEIGHT = {"sure": 5.0, "strong": 3.0, "thing": 2.0, "hint": 1.0}
_CATEGORY: dict[str, list[tuple[str, float]]] = {}
for _name, _groups in _data["categories"].items():
    for _kind, _group in _groups.items():
        for _word in _group:
            _CATEGORY.setdefault(_word, []).append((_name, _WEIGHT[_kind] + 0.15 * len(_word)))
_CATEGORIES = Words(_CATEGORY.items())
_TELLING = [
    (re.compile(pattern), name, float(weight))
    for name, group in _data["telling"].items() for pattern, weight in group.items()
]  # fmt: skip
#: What is said not to be the matter: 不是水管，是…; 柜门没问题，就是…; 门是好的，….
_FINE = re.compile(
    r"(?:不是|不关|并非|不在)(?:那个|这个)?[^，。是吗]{1,7}(?:[，。 ]+|(?=而?是))(?:而)?(?:是)?|"
    r"[^，。]{1,8}?(?:倒|都|也|其实|本身)?(?:没事|没问题|没坏|没毛病|是好的|好好的|正常|还好|修好了|挺好)的?[，。 ]+"
    r"(?:但是?|就是|只是|不过|只有|是)?(?=.{3})"
)
_BROKEN = Words((word, True) for word in _data["broken"]["words"])
_ROOMS = Words((word, room) for room, group in _data["rooms"].items() for word in group)
_THING = "|".join(sorted(_data["spots"]["things"], key=len, reverse=True))
_SIDE = "|".join(sorted(_data["spots"]["sides"], key=len, reverse=True))
_SPOT = re.compile(rf"^(?:里面?的?|里|的|那个|这个|那边|边上的)?((?:{_THING})(?:的)?(?:{_SIDE})?|(?:{_SIDE}))")
_SPOT_ALONE = re.compile(rf"((?:{_THING})(?:的)?(?:{_SIDE}))")
_NOT = re.compile(r"(?:没有?|不再|不会再?|已经?不|不|未|别|无)(?:再|怎么|发现|看到|在)?$")
_DONE = re.compile(
    r"(?:修好|弄好|处理好|搞定|换好|不(?:漏|滴|渗|堵|响|跳|闪|反)|没(?:有)?(?:再)?(?:漏|滴|渗|堵|响|跳|闪|"
    r"反))(?:水|味|闸)?(?:了|啦|啊|$|，|。)|(?:好了|正常了)(?=$|，|。)"
)
_SPLIT = re.compile(
    r"[，。；！？\n]+| (?=[\u4e00-\u9fff])|还有就?是?|另外|以及|同时|顺便|再就是|再有|而且|并且|"
    r"(?<=[了坏漏堵裂掉])和|(?<=了)还(?=有)|[一二三]是(?=[\u4e00-\u9fff]{2})|\d[.)](?=[\u4e00-\u9fff])"
)


#: Clauses looked at one by one; the whole text is always read as well.
MOST = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """What one text says about something broken."""

    category: str | None
    #: How sure the category is: the summed weight of its words.
    weight: float
    place: str | None
    room: str | None
    broken: bool
    #: The fault was only named to say that it is gone.
    gone: bool


@lru_cache(64)
def read(text: str) -> Fault:
    """Return category and place, whether something is broken, whether it is said to be over."""
    named = _BROKEN.find(text)
    broken = [hit for hit in named if not _denied(text, hit)]
    denied = len(named) > len(broken) or bool(_DONE.search(text))
    category, weight = _category(text)
    place, room = place_of(text)
    return Fault(category, weight, place, room, bool(broken), denied and not broken)


def _denied(text: str, hit: Hit) -> bool:
    before = text[max(0, hit.start - 9) : hit.start]
    return bool(_NOT.search(before)) and not before.endswith(("是不", "要不", "会不", "能不"))


def evidence(text: str) -> set[str]:
    """Return what speaks for each category, as features of the linear model."""
    totals = _totals(text)
    ranked = sorted(totals, key=lambda name: -totals[name])
    seen = {f"f{at}:{name}" for at, name in enumerate(ranked[:2])}
    return seen | {f"f:{name}{int(min(total, 9.0)) // 3}" for name, total in totals.items()}


def _category(text: str) -> tuple[str | None, float]:
    totals = _totals(text)
    if not totals:
        return None, 0.0
    best = max(totals, key=lambda name: totals[name])
    return best, totals[best]


def _totals(text: str) -> dict[str, float]:
    text = _FINE.sub("", text)
    totals: dict[str, float] = {}
    for pattern, name, weight in _TELLING:
        if pattern.search(text):
            totals[name] = totals.get(name, 0.0) + weight
    for hit in _CATEGORIES.find(text):
        if hit.word[0] not in "没不断停" and _NOT.search(text[max(0, hit.start - 9) : hit.start]):
            continue
        for name, weight in hit.value:  # type: ignore[attr-defined]
            totals[name] = totals.get(name, 0.0) + weight
    return totals


def place_of(text: str) -> tuple[str | None, str | None]:
    """Return the place as said (厨房水槽下面) and its room (厨房); either may be None."""
    hits = _ROOMS.find(text)
    if not hits:
        alone = _SPOT_ALONE.search(text)
        return (alone.group(1), None) if alone else (None, None)
    hit = hits[0]
    detail = _SPOT.match(text[hit.end :])
    place = hit.word + (detail.group(1) if detail else "")
    return place, str(hit.value)


def pieces(text: str) -> list[str]:
    """Return the clauses of the text in which something may be said on its own."""
    return [piece.strip() for piece in _SPLIT.split(text) if piece and piece.strip()]


def several(text: str) -> list[tuple[str, Fault]]:
    """Return the faults told apart, with their words, when there are two or more of different things."""
    found: list[tuple[str, Fault]] = []
    for piece in pieces(text)[:MOST]:
        fault = read(piece)
        if not fault.category or not fault.broken or fault.weight < 2:
            continue
        if all((fault.category, fault.room) != (other.category, other.room) for _, other in found):
            found.append((piece, fault))
    return found if len(found) > 1 else []
