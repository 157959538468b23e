"""How a copy of a person's data says moments and words of ours: nobody's phone but their own."""

import datetime as dt
import re

import phones
from models.worktime import SHANGHAI

#: What of a link in our texts is said; its address opens a page of one person.
_LINK = re.compile(r"<a\b[^>]*>(.*?)</a>", re.DOTALL)


def hidden(words: str, own: str = "") -> str:
    """Our own words without anybody's phone but the person's."""
    return phones.hide(_LINK.sub(r"\1", words), lambda digits: digits if own and digits == own else "***")


def said(at: dt.datetime | None) -> str:
    """2026-11-23 10:05 on Beijing's clock; empty for none."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""
