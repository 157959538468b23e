"""What somebody does by saying it: asks, agrees, puts off, calls off, presses, slips. The one home of such words.

An act is a table of data/acts.toml: when it is meant, and patterns on the words as they were written, in any case.
`{name}` stands for the words of another act, so that what two acts share is written once. What follows from an act is
the dialog's (bot/dialog, bot/scripts); which matter a message is about is the reader's.
"""

import re
from functools import lru_cache

from bot.understanding.words import table

_data = table("acts.toml")
_ANOTHER = re.compile(r"\{([a-z][a-z_]+)\}")


def _source(act: str) -> str:
    return _ANOTHER.sub(lambda hit: f"(?:{_source(hit[1])})", "|".join(_data[act]["patterns"]))


_PATTERNS = {act: re.compile(_source(act), re.IGNORECASE) for act in _data}


def pattern(act: str) -> re.Pattern[str]:
    """The words of an act, for taking a text apart at them; a KeyError for an act that nobody wrote down."""
    return _PATTERNS[act]


@lru_cache(4096)
def says(act: str, text: str) -> bool:
    """Whether the text does it. Asked by many rules about one text, it is looked for once."""
    return _PATTERNS[act].search(text) is not None
