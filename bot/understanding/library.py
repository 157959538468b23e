"""Finding the answer to a question among the house's articles by shared characters and pairs, the rare ones most.

A question is compared with every way in which an article is asked (docs/decisions/knowledge-search.md). Pure; built
once per change of the articles, asked in a few milliseconds for thousands of them (bench/knowledge.py).
"""

import heapq
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.understanding import normalise

#: From SURE on an article answers; from ALONE on it does when no other comes near; from LIKELY on it is offered.
SURE, ALONE, LIKELY = 0.62, 0.42, 0.36
#: A second article so close to the best one makes both uncertain; the best one is alone above twice the second.
APART, FAR = 0.06, 0.5
#: Questions offered at once.
MOST = 3
#: Words that every question has and none is about.
_COMMON = re.compile(
    r"请问(?:一下)?|我(?:想|要)(?:问|知道|了解)(?:一下)?|想问(?:一下)?|问(?:一?下)?|麻烦|你们?(?:家|公司|这边|那边|这里|那里)?|咱们?"
    r"|我们?家?|一下|能不能|可不可以|可以|[吗呢吧啊呀嘛么哦哈的了是有]|[^\w\u4e00-\u9fff]"
)
_SAME = ((re.compile(r"(?:要|花|得)?(?:多少|几)钱|什么价[位格]?|怎么收费|价格|收费|费用"), "价"),
         (re.compile(r"(?:要|得|需要)?(?:多久|多长时间|几天|多少天|几个月)"), "久"),
         (re.compile(r"哪里|哪儿|在哪|什么地方|地址|位置"), "哪"),
         (re.compile(r"怎么|怎样|如何|咋"), "怎"),
         (re.compile(r"什么时候|几点|啥时候"), "时"),
         (re.compile(r"什么|啥|哪些|哪个"), "啥"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as the search sees it."""

    id: int
    question: str
    asked_as: tuple[str, ...]
    answer: str
    answer_en: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """An article and how well it fits, 0 to 1."""

    entry: Entry
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the library says to a question: one article, or a few among which the person may choose, or nothing."""

    sure: Entry | None = None
    likely: tuple[Entry, ...] = ()


class Library:
    """The house's articles, ready to be asked."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Take every way of asking apart; an article that asks nothing can never be found."""
        self._asked: list[tuple[Entry, frozenset[str]]] = []
        for entry in entries:
            self._asked += [(entry, signs) for words in entry.asked_as if (signs := signs_of(words))]
        known = Counter(sign for _, signs in self._asked for sign in signs)
        total = len(self._asked) + 1
        self._weights = {sign: math.log(1 + total / count) for sign, count in known.items()}
        #: A sign that no article has says that the question is about something else.
        self._strange = math.log(1 + total)
        self._own = [self._weight(signs) for _, signs in self._asked]
        self._having: dict[str, list[int]] = {}
        for at, (_, signs) in enumerate(self._asked):
            for sign in signs:
                self._having.setdefault(sign, []).append(at)

    def search(self, question: str, most: int = MOST) -> list[Found]:
        """The articles that fit best, each once, best first; empty when nothing is shared."""
        signs = signs_of(question)
        shared: dict[int, float] = {}
        for sign in signs:
            weight = self._weights.get(sign, 0.0)
            for at in self._having.get(sign, ()):
                shared[at] = shared.get(at, 0.0) + weight
        own, asked, theirs = self._weight(signs), self._asked, self._own
        best: dict[int, tuple[float, Entry]] = {}
        for at, weight in shared.items():
            entry = asked[at][0]
            score = 2 * weight / (own + theirs[at])
            if entry.id not in best or score > best[entry.id][0]:
                best[entry.id] = score, entry
        ranked = heapq.nsmallest(most, best.values(), key=lambda found: (-found[0], found[1].id))
        return [Found(entry, score) for score, entry in ranked]

    def answer(self, question: str) -> Answer:
        """One article when it clearly fits best, else those that may be meant."""
        found = self.search(question)
        best = found[0].score if found else 0.0
        second = found[1].score if len(found) > 1 else 0.0
        if (best >= SURE and best - second >= APART) or (best >= ALONE and second <= best * FAR):
            return Answer(sure=found[0].entry)
        return Answer(likely=tuple(one.entry for one in found if one.score >= LIKELY))

    def _weight(self, signs: frozenset[str]) -> float:
        return sum(self._weights.get(sign, self._strange) for sign in signs)


def signs_of(words: str) -> frozenset[str]:
    """The characters and pairs that make a question this question."""
    text = normalise.dense(normalise.flat(words))
    for pattern, sign in _SAME:
        text = pattern.sub(sign, text)
    bare = _COMMON.sub("", text)
    return frozenset(bare) | {bare[at : at + 2] for at in range(len(bare) - 1)}


def key_of(words: str) -> str:
    """The question in one spelling: the same for “电视墙能做吗？” and “请问电视墙能做吗”."""
    return _COMMON.sub("", normalise.dense(normalise.flat(words)))[:200]
