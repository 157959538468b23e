"""Pinyin without tones, spaced or not, back to characters: the cheapest way through a table of words.

The table (data/pinyin.tsv: letters, characters, cost) is made from the labelled texts by
`python -m bot.understanding.train`; data/pinyin.toml has the last word and is for people to extend. A run of letters
is only turned when it is covered whole, so that brand names and English stay as they are.
"""

import re

from bot.understanding.words import DATA, table

#: Letters looked at in one run, and letters of the longest word.
LONGEST, WORD = 160, 24
#: What a word of pinyin.toml costs, whatever its length; a piece of any kind costs at least one.
KNOWN = 4.0
#: Southern keyboards leave out h and g (zhuan as zuan, ling as lin); such a reading costs more.
SLOPPY = 2.5
_SLOPPY = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))
_TONES = re.compile(r"(?<=[a-z])[1-4](?![0-9])")


def sloppy(letters: str) -> str:
    """Return the letters as somebody types them who does not tell zh from z, nor ng from n."""
    for full, short in _SLOPPY:
        letters = letters.replace(full, short)
    return letters


def _load() -> dict[str, tuple[str, float]]:
    found = {}
    for line in (DATA / "pinyin.tsv").read_text("utf-8").splitlines():
        letters, word, cost = line.split("\t")
        found[letters] = (word, float(cost))
    return found | {letters: (word, KNOWN) for letters, word in table("pinyin.toml")["words"].items()}


_WORDS = _load()
_STARTS = frozenset(letters[:size] for letters in _WORDS for size in range(1, len(letters) + 1))
_LOOSE: dict[str, tuple[str, float]] = {}
for _letters, (_word, _cost) in _WORDS.items():
    _short = sloppy(_letters)
    if _short != _letters and _cost + SLOPPY < _LOOSE.get(_short, ("", 1e9))[1]:
        _LOOSE[_short] = (_word, _cost + SLOPPY)
_LOOSE_STARTS = frozenset(letters[:size] for letters in _LOOSE for size in range(1, len(letters) + 1))


def read(text: str) -> str | None:
    """Return the characters of a run of letters, blanks, apostrophes and tone figures; None when it is no pinyin."""
    tokens = re.split(r"[ ']+", _TONES.sub("", text).strip(" '"))
    letters, borders, at = "".join(tokens), set(), 0
    if not letters or len(letters) > LONGEST:
        return None
    for token in tokens:
        at += len(token)
        borders.add(at)
    return _cheapest(letters, borders)


def _cheapest(letters: str, borders: set[int]) -> str | None:
    size = len(letters)
    best: list[tuple[float, int, str] | None] = [None] * (size + 1)
    best[0] = (0.0, 0, "")
    for start in range(size):
        here = best[start]
        if here is None:
            continue
        for end, word, cost in _pieces(letters, start):
            # One character cannot be typed across a blank: xi an is not 线.
            if len(word) == 1 and any(start < border < end for border in borders):
                continue
            known = best[end]
            if known is None or here[0] + cost < known[0]:
                best[end] = (here[0] + cost, start, word)
    return _spell(best, size)


def _pieces(letters: str, start: int):
    exact = loose = True
    for end in range(start + 1, min(len(letters), start + WORD) + 1):
        piece = letters[start:end]
        exact, loose = exact and piece in _STARTS, loose and piece in _LOOSE_STARTS
        if not (exact or loose):
            return
        found = _WORDS.get(piece) or _LOOSE.get(piece)
        if found:
            yield end, *found


def _spell(best: list, at: int) -> str | None:
    if best[at] is None:
        return None
    out = []
    while at:
        _, before, word = best[at]
        out.append(word)
        at = before
    return "".join(reversed(out))
