"""Plain English in the words of the lexicon: "water is coming out of the ceiling" becomes 水涌出天花板.

A gloss, no translation: the longest known phrases are replaced by the Chinese that the readers know, small words
fall away, unknown words stay. Whole-message commands (yes, stop, back) are no entries and stay as they are.
Phrases stand in data/english.toml, to be extended by people; endings (-s, -ed, -ing) need not be listed.
"""

import re

from bot.understanding.words import table

_data = table("english.toml")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[^a-z\s]+")
_DOUBLED = re.compile(r"([b-df-hj-np-rtv-z])\1$")
_SMALL = frozenset(_data["small"]["words"])
_CORRECTS = re.compile(_data["corrects"]["pattern"])
_PARTS = ((18, "晚上"), (13, "下午"), (12, "中午"), (6, "上午"), (0, "凌晨"))
#: 3 pm, 10:30 a.m., at 9 am
CLOCK = re.compile(r"(?:\bat )?\b(1[0-2]|[1-9])(?:[:.]([0-5]\d))? ?([ap])\.?m\b\.?")
#: Words per phrase at most, and words of a text looked at.
LONGEST, MOST = 6, 80


def stem(word: str) -> str:
    """Return the word without its common endings; not a word of English, only the same for all its forms."""
    word = word.removesuffix("'s")
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word.removesuffix(ending)
            break
    return _DOUBLED.sub(r"\1", word) if len(word) > 3 else word


def clock(hit: re.Match) -> str:
    """Return the moment that CLOCK found in Chinese, where the part of the day stands first: 下午3点."""
    hour = int(hit[1]) % 12 + (12 if hit[3] == "p" else 0)
    part = next(word for first, word in _PARTS if hour >= first)
    return f" {part}{hit[1]}点{hit[2] + '分' if hit[2] else ''} "


def words(text: str) -> list[str]:
    """Return words and what stands between them; n't is a word of its own (not)."""
    text = text.replace("’", "'").replace("can't", "can not").replace("cannot", "can not")
    text = text.replace("won't", "will not").replace("n't", " not")
    return _WORD.findall(text)[:MOST]


def _phrases() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase, meaning in _data["phrases"].items():
        stems = tuple(stem(word) for word in words(phrase))
        found.setdefault(stems[0], []).append((stems, meaning))
    return {first: sorted(group, key=lambda entry: -len(entry[0])) for first, group in found.items()}


_PHRASES = _phrases()
_KNOWN = frozenset(part for group in _PHRASES.values() for stems, _ in group for part in stems) | frozenset(
    stem(word) for word in _SMALL
)


def known(text: str) -> float:
    """Return the share of the text's words that are English of our table."""
    found = [word for word in words(text) if word[0].isalpha()]
    return sum(stem(word) in _KNOWN for word in found) / len(found) if found else 0.0


def gloss(text: str) -> str:
    """Return the text with known phrases in Chinese and small words gone; lower-case text is expected."""
    found = words(_CORRECTS.sub("", text))
    stems = [stem(word) for word in found]
    out, at = [], 0
    while at < len(found):
        size, meaning = _longest(stems, at)
        out.append(meaning if size else "" if found[at].removesuffix("'s") in _SMALL else found[at])
        at += size or 1
    glossed = re.sub(r" +(?=[，。！？])", "", " ".join(part for part in out if part))
    return f"不对，是{glossed}" if _CORRECTS.match(text) and glossed else glossed


def _longest(stems: list[str], at: int) -> tuple[int, str]:
    for phrase, meaning in _PHRASES.get(stems[at], ()):
        if len(phrase) <= LONGEST and tuple(stems[at : at + len(phrase)]) == phrase:
            return len(phrase), meaning
    return 0, ""
