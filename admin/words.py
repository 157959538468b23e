"""Every word of the panel by key, in Chinese and English: `t("repairs.title")`.

The catalogues are admin/text/*.toml. A key that is missing is a mistake of ours and raises; a test reads all keys
that code and pages use and finds both languages complete.
"""

import functools
import tomllib
from pathlib import Path
from typing import Any

from flask import has_request_context, request, session
from flask_babel.speaklater import LazyString

from admin import place

LANGS = ("zh", "en")
#: Our language -> the locale of Flask-Admin's and WTForms' own texts.
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
_FOLDER = Path(__file__).parent / "text"


@functools.cache
def catalogue(lang: str) -> dict[str, str]:
    """All texts of one language by dotted key."""
    found: dict[str, str] = {}
    for path in sorted((_FOLDER / lang).glob("*.toml")):
        _flatten("", tomllib.loads(path.read_text("utf-8")), found)
    return found


def _flatten(prefix: str, table: dict[str, Any], found: dict[str, str]) -> None:
    for key, value in table.items():
        if isinstance(value, dict):
            _flatten(f"{prefix}{key}.", value, found)
        elif f"{prefix}{key}" in found:
            raise ValueError(f"{prefix}{key} is written twice")
        else:
            found[f"{prefix}{key}"] = value


def lang() -> str:
    """zh or en: the person's choice, before the log-in the browser's session, else Chinese."""
    if not has_request_context():
        return "zh"
    person = place.staff()
    chosen = person.lang if person else session.get("lang", "zh")
    return chosen if chosen in LANGS else "zh"


def locale() -> str:
    """The locale for Flask-Babel."""
    return LOCALES[lang()]


def t(key: str, /, **facts: Any) -> str:
    """The text of `key` with its facts; KeyError when there is none."""
    text = catalogue(lang())[key]
    return text.format_map(facts) if facts else text


def known(key: str) -> bool:
    """Whether there is a text with this key; for names that come from records."""
    return key in catalogue("zh")


def name_of(group: str, value: Any) -> str:
    """The name of a value out of a group (`state`, `stage`, …); the value itself when nobody has named it."""
    key = f"{group}.{value}"
    return t(key) if known(key) else str(value or "")


def lazy(key: str) -> LazyString:
    """The text of `key`, found when it is shown: for what is set up before anybody asks."""
    return LazyString(t, key)


def wanted() -> str:
    """The path and query to come back to after an errand such as the change of language."""
    return request.full_path.rstrip("?")
