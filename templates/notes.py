"""What a colleague reads beside a customer's words: `note("house", house="翡翠城8幢1602")`, from notes.toml."""

import functools
import tomllib
from pathlib import Path

_FILE = Path(__file__).parent / "notes.toml"


@functools.cache
def _notes() -> dict[str, str]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def note(key: str, **facts: object) -> str:
    """The finished words; a KeyError for a note that is not written, or a fact that is missing. Facts are data."""
    return _notes()[key].format_map(facts)
