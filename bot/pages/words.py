"""The homeowner's pages in both languages: `say("quote.title", lang, number=…)`, from templates/pages/text."""

import functools
import tomllib
from typing import Any

from settings import ROOT

LANGS = ("zh", "en")
_FOLDER = ROOT / "templates" / "pages" / "text"


@functools.cache
def catalogue(lang: str) -> dict[str, str]:
    """Every sentence of one language by its key."""
    told = tomllib.loads((_FOLDER / f"{lang}.toml").read_text("utf-8"))
    groups = {group: rows for group, rows in told.items() if isinstance(rows, dict)}
    found = {f"{group}.{key}": text for group, rows in groups.items() for key, text in rows.items()}
    return found | {key: text for key, text in told.items() if key not in groups}


def say(key: str, lang: str, **facts: Any) -> str:
    """The sentence with its facts; "" for a key that nobody wrote, so that an unknown name shows nothing."""
    return catalogue(lang).get(key, "").format_map(facts)
