"""Makes data/pinyin.tsv: which characters a run of pinyin most likely stands for in what people write to us.

Words are the runs of one to six characters that the labelled texts hold more than once and the words of our lexicons;
readings come from data/readings.txt. A word costs the surprise of its count, so longer known words win.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product

from bot.understanding.words import DATA, table

LONGEST, OFTEN, MOST_READINGS = 6, 4, 4
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_LEXICONS = ("faults.toml", "replies.toml", "opinions.toml", "spelling.toml")
#: A character that our texts never use costs this much more than one that was used once.
RARE = 3.0


def readings() -> dict[str, list[str]]:
    """Return the toneless readings of each character."""
    found: dict[str, list[str]] = {}
    for line in (DATA / "readings.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            letters, characters = line.split(" ")
            for character in characters:
                found.setdefault(character, []).append(letters)
    return found


def counted(texts: Iterable[str]) -> Counter:
    """Return how often each run of characters stands in the texts; words of the lexicons count as seen often."""
    counts: Counter = Counter()
    for text in texts:
        for run in _CHINESE.findall(text):
            for size in range(1, LONGEST + 1):
                counts.update(run[at : at + size] for at in range(len(run) - size + 1))
    for name in _LEXICONS:
        counts.update({word: OFTEN for word in _strings(table(name)) if _CHINESE.fullmatch(word)})
    return counts


def _strings(value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (each for part in value.values() for each in _strings(part))
    elif isinstance(value, list):
        yield from (each for part in value for each in _strings(part))


def lines(texts: Iterable[str]) -> list[str]:
    """Return the table: the likeliest characters per spelling with their cost, one spelling a line."""
    known, counts = readings(), counted(texts)
    total = sum(count for word, count in counts.items() if len(word) == 1)
    best: dict[str, tuple[float, str]] = {}
    for at, character in enumerate(known):
        _offer(best, known, character, math.log(total) + RARE + at / 1e4)
    for word, count in counts.items():
        if count >= OFTEN or len(word) == 1:
            _offer(best, known, word, math.log(total / count))
    return [f"{letters}\t{word}\t{cost:.2f}\n" for letters, (cost, word) in sorted(best.items())]


def _offer(best: dict, known: dict[str, list[str]], word: str, cost: float) -> None:
    spelled = [known.get(character, ()) for character in word]
    if not all(spelled):
        return
    for number, way in enumerate(product(*spelled)):
        letters = "".join(way)
        if number >= MOST_READINGS:
            return
        # Rarer readings of a character (of 行: hang) are a little less likely.
        if (cost + 0.5 * number, word) < best.get(letters, (math.inf, "")):
            best[letters] = (cost + 0.5 * number, word)
