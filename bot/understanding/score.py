"""How satisfied somebody is: a score from 1 to 5, the sentiment, anger, irony.

Scale: 5 很满意 · 4 满意 · 3 还行 · 2 不满意 · 1 十分不满意. A figure wins over words; words are the longest match.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.understanding import points
from bot.understanding.words import Words, table

_data = table("opinions.toml")
_SCORES = Words((word, int(score)) for score, group in _data["scores"].items() for word in group)
_IRONY = Words((word, True) for word in _data["irony"]["words"])
_BLAME = Words((word, True) for word in _data["irony"]["blame"])
_ANGER = Words((word, True) for word in _data["anger"]["words"])

_PERSISTS = re.compile(
    r"(?:还|仍|又|依然|依旧|照样|还是)(?:在|是|有点|有|会|要)?(?:漏|滴|渗|堵|响|坏|掉|裂|不|没|松|晃|跳|臭|"
    r"味|流|冒|关不|打不|老样子|一样)|没修好|没弄好|没好|没用|没解决|越修越|又来了|反复"
)
_QUESTION = re.compile(r"[吗么呢嘛？]$|怎么样|怎样|行不行|好不好|是不是|能不能|可不可以")
_NOT = re.compile(
    r"(?:不|没|没有|不是|不太|不怎么|谈不上|算不上|说不上|并不|不算|不够|未)(?:是|很|太|能|让人|觉得|感到|算|"
    r"那么|特别|非常)*$"
)
_CONTRAST = re.compile(r"但是?|不过|可是|就是|只是|然而|除了")


@dataclass(frozen=True, slots=True)
class Opinion:
    """The score with the words besides it, and the feeling of the text."""

    score: int | None
    sentiment: str | None
    anger: bool
    #: What was said besides a figure: 2 还在滴 → 还在滴.
    words: str | None
    ironic: bool
    #: The score was a bare figure, which may also be an option.
    figure: bool


@lru_cache(64)
def read(text: str, asked: bool = False) -> Opinion:
    """Return the opinion in the text; bare agreement or repeated figures count only when a score was asked for."""
    anger = _angry(text) or text.count("！") >= 4
    persists = bool(_PERSISTS.search(text))
    ironic = bool(_IRONY.find(text)) and (persists or bool(_BLAME.find(text)) or "呵呵" in text)
    given = points.read(text, asked)
    figure, rest = (given.score, given.rest) if given else (None, None)
    spoken = None if figure is not None else _spoken(text, asked)
    score = figure if figure is not None else spoken
    if figure is None and (ironic or (persists and score is not None and score > 2)):
        score = 1 if anger else 2
    return Opinion(score, _feeling(score, anger, persists or ironic), anger, rest, ironic, figure is not None)


def evidence(text: str, asked: bool = False) -> set[str]:
    """Return the words of praise and blame, and the verdict, as features of the linear model."""
    opinion = read(text, asked)
    seen = set()
    for hit in _SCORES.find(text):
        denied = _NOT.search(text[max(0, hit.start - 12) : hit.start])
        seen.add(f"o:{hit.value}{'-' if denied else ''}")
    told = {
        f"o={opinion.score}": opinion.score is not None, f"o={opinion.sentiment}": opinion.sentiment is not None,
        "o:anger": opinion.anger, "o:irony": opinion.ironic, "o:figure": opinion.figure,
        "o:persists": bool(_PERSISTS.search(text)), "o:but": bool(_CONTRAST.search(text)),
        "o:question": bool(_QUESTION.search(text)),
    }  # fmt: skip
    return seen | {name for name, there in told.items() if there}


#: 管不管修 asks what we do, 到底管不管 asks no more.
_ASKS = re.compile(r"管不管(?=修|保|装|换|做|送|拆|搬)")


def _angry(text: str) -> bool:
    """Whether a word of anger stands there; a hotline's number inside a longer one (13912345678) is none."""
    for hit in _ANGER.find(_ASKS.sub("", text)):
        around = text[max(hit.start - 1, 0) : hit.start] + text[hit.end : hit.end + 1]
        if not (hit.word.isdigit() and any(sign.isdigit() for sign in around)):
            return True
    return False


def _spoken(text: str, asked: bool) -> int | None:
    found = []
    for hit in _SCORES.find(text):
        score = int(hit.value)  # type: ignore[call-overload]
        if score >= 4 and _NOT.search(text[max(0, hit.start - 12) : hit.start]):
            score = 2
        found.append((hit, score))
    if not found or (not asked and _QUESTION.search(text)):
        return None
    scores = [score for _, score in found]
    if min(scores) <= 2 and max(scores) >= 4:
        return _mixed(text, found)
    return min(scores) if max(scores) <= 3 else max(s for s in scores if s >= 3)


def _mixed(text: str, found: list) -> int:
    """Return one score for praise and blame together: what comes after 但是 weighs more."""
    turn = _CONTRAST.search(text)
    after = [score for hit, score in found if turn and hit.start >= turn.end()]
    if after:
        return 3 if min(after) >= 2 and "但" not in turn.group() else min(after)
    return 3 if max(s for _, s in found) == 4 else 2 if min(s for _, s in found) == 1 else 3


def _feeling(score: int | None, anger: bool, blame: bool) -> str | None:
    return "negative" if anger or blame else feeling(score)


def feeling(score: int | None) -> str | None:
    """Return what a score says of the mood; None for none."""
    if score is None:
        return None
    return "positive" if score >= 4 else "neutral" if score == 3 else "negative"
