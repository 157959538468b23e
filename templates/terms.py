"""The house's own Chinese words in English: what records keep in one language is printed in the reader's.

Only what we named ourselves is put into English. Names, addresses and what people wrote stay as they are: nothing here
guesses at a word, and a word that is not in the table is printed as it stands.
"""

import functools
import re
import tomllib
from pathlib import Path

_FILE = Path(__file__).parent / "terms.toml"
_HAN = re.compile(r"[\u3400-\u9fff㎡]")
#: 陈先生, 欧阳女士, Smith先生: a name with its form of address.
_CALLED = re.compile(r"([\u3400-\u9fff]{1,4}|[A-Za-z][A-Za-z'’.-]*)(先生|女士|小姐|太太)")
#: 厨房水槽：the sink leaks: the place in our words before what was said in English, where it stands as well.
_PLACED = re.compile(r"[\u3400-\u9fff]+：(.+)", re.DOTALL)
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?) ?([\u3400-\u9fff]{1,3})")
#: 89㎡现代简约, 预算20万: how an enquiry is named.
_AREA = re.compile(r"(\d+)㎡ ?(.*)")
#: BX20261121-0007 第2次, BJ20261121-0003 第2版: which round or version.
_NTH = {"次": "round", "版": "version"}
_COUNTED = re.compile(r"第(\d+)([次版])")
_BUDGET = re.compile(r"预算(\d+(?:\.\d+)?)万")
_LAYOUT = re.compile(r"([\d一二两三四五六])(?:室|房|居室?)(?:([\d一二两三四])厅)?(?:([\d一二两三四])卫)?")
_DIGITS = {char: str(n) for n, char in enumerate("一二三四五六", 1)} | {"两": "2"}


@functools.cache
def _tables() -> dict[str, dict[str, str]]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@functools.cache
def table() -> dict[str, str]:
    """Every word with its English; ValueError for one that stands in two groups."""
    found: dict[str, str] = {}
    for group, words in _tables().items():
        if group != "unit":
            if twice := found.keys() & words.keys():
                raise ValueError(f"written twice: {sorted(twice)}")
            found |= words
    return found


def is_english(words: object) -> bool:
    """Whether a text holds no Chinese, so that it can stand inside an English sentence."""
    return isinstance(words, str) and not _HAN.search(words)


def english(words: str) -> str:
    """The same as an English text prints it: ours in English, everything else unchanged."""
    if not _HAN.search(words):
        return words
    if (own := table().get(words)) is not None:
        return own
    if called := _CALLED.fullmatch(words):
        return f"{_tables()['form'][called[2]]} {called[1]}"
    if (placed := _PLACED.fullmatch(words)) and not _HAN.search(placed[1]):
        return placed[1]
    return _amount(words) or _layout(words) or _enquiry(words) or _pieces(words) or words


def _amount(words: str) -> str:
    """2米 is 2 m, 3卷 3 rolls; "" for anything else."""
    found = _AMOUNT.fullmatch(words)
    unit = _tables()["unit"].get(found[2]) if found else None
    if found is None or unit is None:
        return ""
    many = "s" if unit.isascii() and len(unit) > 2 and found[1] != "1" else ""
    return f"{found[1]} {unit}{'es' if many and unit.endswith('x') else many}".strip()


def _layout(words: str) -> str:
    """三室两厅 is 3 bedrooms, 2 living rooms; "" for anything else."""
    found = _LAYOUT.fullmatch(words)
    if found is None:
        return ""
    rooms = zip(found.groups(), ("bedroom", "living room", "bathroom"), strict=True)
    counted = ((_DIGITS.get(count, count), room) for count, room in rooms if count)
    return ", ".join(f"{count} {room}{'' if count == '1' else 's'}" for count, room in counted)


def _enquiry(words: str) -> str:
    """89㎡ 现代简约 is 89 m², modern minimalist, 预算20万 a budget of ¥200,000; "" for anything else."""
    if budget := _BUDGET.fullmatch(words):
        return f"a budget of ¥{float(budget[1]) * 10_000:,.0f}"
    if (found := _AREA.fullmatch(words)) is None:
        return ""
    return ", ".join([f"{found[1]} m²", *(english(part) for part in found[2].split(" ") if part)])


def _pieces(words: str) -> str:
    """量房 周一 09:00–17:00, 面积已知，留了电话: several words of which every one is ours; "" where one is not."""
    between, joint = ("，", ", ") if "，" in words else (" ", " ")
    known = [table().get(piece) or _nth(piece) for piece in words.split(between)]
    said = joint.join(known) if len(known) > 1 else ""
    return "" if _HAN.search(said) else said


def _nth(piece: str) -> str:
    found = _COUNTED.fullmatch(piece)
    return f"{_NTH[found[2]]} {found[1]}" if found else piece
