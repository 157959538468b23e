"""Telephone numbers in a text: what phones finds, and what is wrong with digits that are nearly one."""

import re
from dataclasses import dataclass

import phones
from bot.understanding import numbers

_SPELLED_RUN = re.compile(rf"[{numbers.SPELLED}两](?:[ -]?[{numbers.SPELLED}两]){{6,19}}")
_ALMOST = re.compile(r"(?<![\d-])\+?(\d(?:[ -]?\d){5,17})(?![\d-])")
_ABOUT_PHONE = re.compile(r"电话|手机|号码|联系|打我|拨")
_SEPARATORS = re.compile(r"[ -]")
#: What stands in the text where a number was, so that its digits are not read as something else.
MASK = "☎"


@dataclass(frozen=True, slots=True)
class Found:
    """The number, or what is wrong with it, and the text with the digits masked."""

    phone: str | None
    problem: str | None
    rest: str


def find(text: str, asked: bool = False) -> Found:
    """Return the last valid number of the text (people correct themselves), else why the digits are none."""
    found = phones.find(text)
    if not found:
        return _almost(spell_out(text), asked)
    best = [number for number in found if number.mobile] or found
    return Found(best[-1].digits, None, spell_out(phones.hide(text, _mask)))


def _mask(_: str) -> str:
    return MASK


def spell_out(text: str) -> str:
    """Return the text with runs of seven or more spelled digits (幺三八…) as figures."""
    return _SPELLED_RUN.sub(_figures, text)


def _figures(hit: re.Match) -> str:
    figures = numbers.figures_of(_SEPARATORS.sub("", hit.group()))
    run = hit.group()
    return figures if figures and not run.replace(" ", "").replace("-", "").isascii() else run


def _almost(text: str, asked: bool) -> Found:
    asked = asked or bool(_ABOUT_PHONE.search(text))
    for hit in _ALMOST.finditer(text):
        digits = _SEPARATORS.sub("", hit.group(1))
        mobile = digits[0] == "1" and digits[1] in "3456789" and len(digits) >= 9 and len(set(digits)) > 2
        if not (asked or mobile):
            continue
        rest = text[: hit.start()] + MASK + text[hit.end() :]
        if len(digits) == 11:
            return Found(None, "not_a_number", rest)
        return Found(None, "too_short" if len(digits) < 11 else "too_long", rest)
    return Found(None, None, text)


#: Seven digits and more, however they are grouped: a number of somebody, right or mistyped.
_ANY = re.compile(r"(?<![A-Za-z\d-])(?:\+?86[ -]*)?\d(?:[ -]?\d){6,}")


def without(text: str) -> str:
    """Return the text without anything that may be a phone number, for what strangers to the person will read."""
    return _ANY.sub(MASK, spell_out(phones.hide(text, _mask)))
