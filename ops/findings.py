"""One line of the doctor's report."""

from dataclasses import dataclass

GOOD, WARNING, BAD = "✓", "!", "✗"


@dataclass(frozen=True)
class Finding:
    """How it stands, what was looked at, what it means and what to do."""

    mark: str
    about: str
    words: str
