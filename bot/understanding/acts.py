"""What somebody does by saying it: asks, agrees, puts off, calls off, presses, slips. The one home of such words.

An act is a table in a file of data/acts: when it is meant, and patterns on the words as they were written, in any case.
What several rules need stands in common.toml, what one matter needs in the file of that matter; `{name}` stands for the
words of another act, so that what two acts share is written once. What follows from an act is the dialog's (bot/dialog,
bot/scripts); which matter a message is about is the reader's.
"""

import re
from functools import lru_cache

from bot.understanding.words import DATA, table

_ANOTHER = re.compile(r"\{([a-z][a-z_]+)\}")


def _written() -> dict[str, list[str]]:
    """Every act with its patterns; ValueError for one that stands in two files."""
    found: dict[str, list[str]] = {}
    for path in sorted((DATA / "acts").glob("*.toml")):
        acts = table(f"acts/{path.name}")
        if twice := found.keys() & acts.keys():
            raise ValueError(f"written twice: {sorted(twice)}")
        found |= {act: group["patterns"] for act, group in acts.items()}
    return found


_WRITTEN = _written()


def _source(act: str) -> str:
    return _ANOTHER.sub(lambda hit: f"(?:{_source(hit[1])})", "|".join(_WRITTEN[act]))


_PATTERNS = {act: re.compile(_source(act), re.IGNORECASE) for act in _WRITTEN}


def names() -> frozenset[str]:
    """Every act that is written down."""
    return frozenset(_WRITTEN)


def pattern(act: str) -> re.Pattern[str]:
    """The words of an act, for taking a text apart at them; a KeyError for an act that nobody wrote down."""
    return _PATTERNS[act]


@lru_cache(8192)
def says(act: str, text: str) -> bool:
    """Whether the text does it. Asked by many rules about one text, it is looked for once."""
    return _PATTERNS[act].search(text) is not None
