"""The labelled texts that the reader is trained on and measured by: tab-separated, one text a line.

Columns: intents, urgent, category, context, text; `.` means not given. Intents: the first is the main one; `a|b`
both are there; `a/b` either is right; `-` none. The file heldout.tsv is never trained on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.understanding.reading import Context

FOLDER = Path(__file__).parents[2] / "tests" / "understanding" / "labelled"
HELD_OUT = "heldout.tsv"


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled text."""

    text: str
    #: All that are there.
    intents: tuple[str, ...]
    #: Any of these may come first.
    either: tuple[str, ...]
    urgent: bool
    category: str | None
    context: Context


def rows(folder: Path = FOLDER, *, held_out: bool) -> list[Row]:
    """Return the rows of the training files, or of the held-out file."""
    files = [folder / HELD_OUT] if held_out else sorted(p for p in folder.glob("*.tsv") if p.name != HELD_OUT)
    return [row for path in files for row in _read(path)]


def _read(path: Path) -> Iterator[Row]:
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("# "):
            yield parse(line)


def parse(line: str) -> Row:
    """Return the row of one line; a line with other than five columns raises ValueError."""
    label, urgent, category, context, text = line.split("\t")
    either = () if label == "-" else tuple(label.split("|")[0].split("/"))
    intents = () if label == "-" else (either[0], *label.split("|")[1:])
    return Row(text, intents, either, urgent == "1", None if category == "." else category, _context(context))


def _context(words: str) -> Context:
    context = Context()
    for word in words.split(",") if words != "." else ():
        name, _, value = word.partition("=")
        context = replace(context, **{name: value or True})
    return context
