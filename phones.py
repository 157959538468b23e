"""How phone numbers and names are found, kept and shown. Pure; used wherever a person is spoken of.

What `find` calls a number is what understanding reads and what masking hides: nothing is read as somebody's phone and
shown in clear. Numbering of mainland China: mobile numbers are 1[3-9] and nine digits, landlines have an area code
(工信部《电信网编号计划》). 400 and 800 numbers are a company's, no person's.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

#: Digits that people spell, in either script.
SPELLED = {
    "零": "0", "〇": "0", "○": "0", "一": "1", "幺": "1", "么": "1", "壹": "1", "二": "2", "两": "2", "兩": "2",
    "贰": "2", "貳": "2", "俩": "2", "三": "3", "叁": "3", "參": "3", "仨": "3", "四": "4", "肆": "4", "五": "5",
    "伍": "5", "六": "6", "陆": "6", "陸": "6", "七": "7", "柒": "7", "八": "8", "捌": "8", "九": "9", "玖": "9",
}  # fmt: skip
#: Anything that may stand for a digit; a text with less of them than the shortest number has is not looked at.
_DIGIT = re.compile(rf"[\d{''.join(SPELLED)}\u2460-\u2473\u24ea-\u24ff\u2776-\u2793²³¹\u2070-\u2089]")
SHORTEST = 10
#: Groups are set apart by blanks, hyphens, dots …; single digits by one blank or hyphen.
_BETWEEN, _GAP = r"[ .-]+", r"(?: +|-)?"
_COUNTRY = r"(?:(?:\+|00)?86[ .-]*)?"
_MOBILES = tuple(
    re.compile(rf"(?<!\d){_COUNTRY}({number})(?!\d)")
    for number in (
        r"1[3-9]\d{9}",
        rf"1[3-9]\d{_BETWEEN}\d{{4}}{_BETWEEN}\d{{4}}",
        rf"1{_GAP}[3-9](?:{_GAP}\d){{9}}",
    )
)
#: A compact date is no local number.
_LOCAL = r"(?!20[0-3]\d(?:0[1-9]|1[0-2])[0-3]\d)[2-9](?:\d{6,7}|\d{2,3}[ .-]\d{4})(?!\d)"
_LANDLINE = re.compile(rf"(?<!\d)(?<!bx)((?:010|02\d|0[3-9]\d\d)[ .-]*{_LOCAL})")
_ABROAD = re.compile(rf"(?<!\d)(?:\+|00)86[ .-]*((?:10|2\d|[3-9]\d\d)[ .-]*{_LOCAL})")
#: Dates and the numbers of our records.
_NO_PHONE = re.compile(
    r"(?<!\d)(?:19|20)\d\d([-.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?!\d)|(?<!\d)20\d{6}-\d{4}(?!\d)"
)
_BLANKS = frozenset("~～·…\u3000")
_DOTS = frozenset(".．・•_()（）")


#: Whether 一 is a digit, and ①: “周一 138…” is no twelve digits, so figures by themselves come first.
_READINGS = ((False, False), (False, True), (True, False), (True, True))


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: where it stands, its digits (landlines with area code), and whether it is a mobile's."""

    start: int
    end: int
    digits: str
    mobile: bool


def find(text: str) -> list[Number]:
    """Every phone number of the text in its order, whatever width, script or grouping it is written in."""
    if len(_DIGIT.findall(text)) < SHORTEST:
        return []
    found: list[Number] = []
    for reading in _READINGS:
        signs, at = _signs(text, *reading)
        taken = {index for number in found for index in range(number.start, number.end)}
        seen = "".join("x" if index in taken else sign for sign, index in zip(signs, at, strict=True))
        at.append(len(text))  # what nobody sees behind the last figure goes with it
        for start, end, digits, mobile in _numbers(seen):
            found.append(Number(at[start], max(at[end - 1] + 1, at[end]), digits, mobile))
    return sorted(found, key=lambda number: number.start)


def hide(text: str, show: Callable[[str], str] | None = None) -> str:
    """The text with every phone number in it masked; `show` may say what stands in its place."""
    show, parts, last = show or mask_phone, [], 0
    for number in find(text):
        parts += [text[last : number.start], show(number.digits)]
        last = number.end
    return "".join((*parts, text[last:]))


def restore(typed: str, before: str) -> str:
    """What somebody made of `hide(before)`, with every number that they left standing in it as it was."""
    for number in find(before):
        typed = typed.replace(mask_phone(number.digits), before[number.start : number.end], 1)
    return typed


def hide_all(value: Any) -> Any:
    """Facts as JSON holds them, with every phone number in their words masked."""
    match value:
        case str():
            return hide(value)
        case dict():
            return {name: hide_all(one) for name, one in value.items()}
        case list() | tuple():
            return [hide_all(one) for one in value]
    return value


def _numbers(seen: str) -> Iterator[tuple[int, int, str, bool]]:
    seen = _NO_PHONE.sub(lambda other: "x" * len(other[0]), seen)
    for pattern in (*_MOBILES, _ABROAD, _LANDLINE):
        for hit in pattern.finditer(seen):
            digits = re.sub(r"\D", "", hit[1])
            yield hit.start(), hit.end(), f"0{digits}" if pattern is _ABROAD else digits, pattern in _MOBILES
        seen = pattern.sub(lambda hit: "x" * len(hit[0]), seen)


def _signs(text: str, spelled: bool, composed: bool) -> tuple[str, list[int]]:
    """The text as plain signs, and where in the text each of them stands."""
    signs: list[str] = []
    at: list[int] = []
    for index, char in enumerate(text):
        plain = _plain(char, spelled, composed)
        signs.append(plain)
        at += [index] * len(plain)
    return "".join(signs), at


@lru_cache(4096)
def _plain(char: str, spelled: bool, composed: bool) -> str:
    """A digit, a blank, a hyphen, a dot or one letter for everything else; nothing for what nobody sees."""
    if char.isascii() and char.isalnum():
        return char.lower()
    if char in "+＋":
        return "+"
    if char in _DOTS:
        return "."
    if char in _BLANKS or char.isspace():
        return " "
    if (figure := unicodedata.decimal(char, None)) is not None:
        return str(figure)
    if spelled and char in SPELLED:
        return SPELLED[char]
    kind = unicodedata.category(char)
    if kind == "Pd" or char == "−":
        return "-"
    if kind in ("Cf", "Cc", "Mn", "Me", "Sk"):
        return ""
    return _composed(char) if composed and kind == "No" else "x"


def _composed(char: str) -> str:
    """The figures of ², ① and ⑩; those in circles stand apart, as options do."""
    figures = unicodedata.normalize("NFKC", char)
    if not (figures.isascii() and figures.isdigit()):
        return "x"
    circled = "CIRCLED" in unicodedata.name(char, "")
    return f" {figures} " if circled else figures


def clean_phone(phone: str) -> str:
    """Digits only, without +86; empty stays empty."""
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", phone))
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits[:20]


def mask_phone(phone: str) -> str:
    """138****8000; short numbers keep their last two digits."""
    if not phone:
        return ""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else f"***{phone[-2:]}"


#: Surnames of two signs.
DOUBLE = (
    "欧阳", "上官", "司马", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "端木", "南宫",
)  # fmt: skip


def surname(name: str) -> str:
    """陈 of 陈明, 欧阳 of 欧阳娜, Smith of John Smith; empty stays empty."""
    if name[:1].isascii():
        return name.split()[-1] if name.strip() else ""
    return name[:2] if name.startswith(DOUBLE) else name[:1]


def called(name: str, form: str) -> str:
    """How a person is addressed, 陈先生; the name alone without a form, empty when unknown."""
    return surname(name) + form if name and form else name


def mask_name(name: str) -> str:
    """陈**: the first sign and no more; empty stays empty."""
    return f"{name[:1]}**" if name else ""
