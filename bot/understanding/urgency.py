"""What cannot wait (domain §4): water that runs, no power, gas or burning, something that may fall, people shut in.

A drip is not urgent, nor is what is over, asked about in general, or told of the past. The words stand in
data/urgent.toml and, for the scores alone, in data/alarms.toml; here is only how they are weighed against each other.
"""

import re
from functools import lru_cache

from bot.understanding.words import table

_data = table("urgent.toml")
#: Not its skin or its small parts: 墙皮, 柜门, 门把手, 玻璃胶.
_HEAVY = f"(?:{'|'.join(_data['heavy']['patterns'])})(?!{'|'.join(_data['light']['patterns'])})"
_IS = {
    name: re.compile("|".join(group["patterns"]).replace("{heavy}", _HEAVY)) for name, group in _data.items()
}  # fmt: skip

_KINDS = {name: re.compile(pattern) for name, pattern in table("alarms.toml").items()}
_SEEN = tuple(name for name in _IS if name not in ("heavy", "light"))


@lru_cache(1024)
def _has(name: str, text: str) -> bool:
    return bool(_IS[name].search(text))


def read(text: str) -> bool:
    """Return whether the text tells of something that cannot wait until the ordinary visit."""
    if _has("calm", text) or (_has("over", text) and not _has("not_over", text)):
        return False
    if _looks_back(text) and not _has("present", text):
        return False
    return _dangerous(text) or _running(text) or _dark(text) or (_has("said", text) and _has("at_home", text))


def under_way(text: str) -> bool:
    """Return whether the text says that it happens now."""
    return _has("present", text)


def evidence(text: str) -> set[str]:
    """Return which lists speak in the text, the verdict, and the kinds of words, as features of the linear model."""
    seen = {f"u:{name}" for name in _SEEN if _has(name, text)}
    kinds = sorted(name for name, pattern in _KINDS.items() if pattern.search(text))
    seen.update(f"v:{kind}" for kind in kinds)
    # Two kinds together tell more than either: held by hand and water, hanging and a bed below.
    seen.update(f"v:{one}&{other}" for at, one in enumerate(kinds) for other in kinds[at + 1 :])
    return seen | {"u=urgent"} if read(text) else seen


def _looks_back(text: str) -> bool:
    if _has("hypothetical", text):
        return True
    return (_has("general", text) or _has("blame", text)) and not _has("lasting", text)


def _dangerous(text: str) -> bool:
    if _has("danger", text) and not _has("no_danger", text):
        return True
    return _has("falling", text) or _has("shut_in", text)


def _running(text: str) -> bool:
    if not _has("running", text) or not _has("water", text):
        return False
    if _has("cistern", text) and not _has("floor", text):
        return False
    return not _has("mild", text) or _has("strong", text)


def _dark(text: str) -> bool:
    return _has("dark", text) and not _has("one_point", text)
