"""Finding many words in a short text at once: longest match at each place, linear in the length of the text."""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Hit:
    """A word of the lexicon at [start, end) of the text, with what the lexicon says about it."""

    start: int
    end: int
    word: str
    value: object


class Words:
    """A fixed set of words with a value each; later words of the same spelling win."""

    def __init__(self, pairs: Iterable[tuple[str, object]]):
        """Index the words by their first character, longest first."""
        self._values = dict(pairs)
        by_first: dict[str, list[str]] = {}
        for word in self._values:
            by_first.setdefault(word[0], []).append(word)
        self._by_first = {first: sorted(group, key=len, reverse=True) for first, group in by_first.items()}

    def find(self, text: str, overlapping: bool = False) -> list[Hit]:
        """Return the hits in order; overlapping ones start inside one another, never at the same place."""
        hits, at, by_first = [], 0, self._by_first
        while at < len(text):
            step = 1
            for word in by_first.get(text[at], ()):
                if text.startswith(word, at):
                    hits.append(Hit(at, at + len(word), word, self._values[word]))
                    step = 1 if overlapping else len(word)
                    break
            at += step
        return hits

    def replace(self, text: str, value: Callable[[Hit], str] = lambda hit: str(hit.value)) -> str:
        """Return the text with every hit replaced; text without hits comes back as it is."""
        hits = self.find(text)
        if not hits:
            return text
        out, at = [], 0
        for hit in hits:
            out += (text[at : hit.start], value(hit))
            at = hit.end
        return "".join(out) + text[at:]

    def whole(self, text: str):
        """Return the value of the text as one word, or None."""
        return self._values.get(text)


def table(name: str) -> dict:
    """Return one of our TOML tables by its file name; a broken file stops the program at import."""
    with (DATA / name).open("rb") as source:
        return tomllib.load(source)
