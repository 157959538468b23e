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
        self._firsts = frozenset(self._by_first)

    def find(self, text: str) -> list[Hit]:
        """Return the hits in order; none begins inside another."""
        hits: list[Hit] = []
        # Most texts have no beginning of any word: this one look is what they cost.
        if self._firsts.isdisjoint(text):
            return hits
        free, by_first = 0, self._by_first
        for at, char in enumerate(text):
            words = by_first.get(char)
            if words is None or at < free:
                continue
            for word in words:
                if text.startswith(word, at):
                    free = at + len(word)
                    hits.append(Hit(at, free, word, self._values[word]))
                    break
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
