"""The labelled texts that the reader is trained on and measured by: tab-separated, one text a line.

Columns: intents, slots, context, text; `.` means nothing. Intents: the first is the main one; `a|b` both are there;
`a/b` either is right; `-` none. Slots: `urgent` (`urgent?` where readers would differ), `category=水/防水` with the
main one first and others equally right, likewise target and score, sentiment, and exact values (`room=1602`). A line
break in a text is written \\n. Files in `heldout` are never trained on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.understanding.reading import Context

FOLDER = Path(__file__).parents[2] / "tests" / "understanding" / "labelled"
HELD_OUT = "heldout"
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled text."""

    text: str
    #: All that are there.
    intents: tuple[str, ...] = ()
    #: Any of these may come first; "" among them means that hearing nothing is right as well.
    either: tuple[str, ...] = ()
    #: None where readers would differ.
    urgent: bool | None = False
    #: What the slots may be, the best reading first; empty where nothing was said about them.
    category: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    score: tuple[int, ...] = ()
    sentiment: str | None = None
    #: Slots with one right value, as text.
    exact: dict[str, str] = field(default_factory=dict)
    context: Context = Context()


def rows(folder: Path = FOLDER, *, held_out: bool) -> list[Row]:
    """Return the rows of the training files, or of the held-out files."""
    return [row for path in files(folder, held_out=held_out) for row in read(path)]


def files(folder: Path = FOLDER, *, held_out: bool) -> list[Path]:
    """Return the training files, or the held-out ones, in order of their names."""
    return sorted((folder / HELD_OUT if held_out else folder).glob("*.tsv"))


def read(path: Path) -> Iterator[Row]:
    """Yield the rows of one file."""
    for line in path.read_text("utf-8").split("\n"):
        if line.strip() and not line.startswith("# "):
            yield parse(line)


def parse(line: str) -> Row:
    """Return the row of one line; a line with other than four columns raises ValueError."""
    label, slots, context, text = line.split("\t")
    first, *others = label.split("|")
    either = tuple("" if name == NOTHING else name for name in first.split("/"))
    intents = tuple(name for name in (either[0], *others) if name)
    return replace(_slotted(slots), text=text.replace("\\n", "\n"), intents=intents, either=either,
                   context=_context(context))  # fmt: skip


def _slotted(words: str) -> Row:
    known: dict = {}
    exact = {}
    for word in words.split(" ") if words != "." else ():
        name, _, value = word.partition("=")
        if name in ("urgent", "urgent?"):
            known["urgent"] = True if name == "urgent" else None
        elif name in ("category", "target"):
            known[name] = tuple(value.split("/"))
        elif name == "score":
            known[name] = tuple(int(each) for each in value.split("/"))
        elif name == "sentiment":
            known[name] = value
        else:
            exact[name] = value
    return Row("", exact=exact, **known)


def _context(words: str) -> Context:
    context = Context()
    for word in words.split(",") if words != "." else ():
        name, _, value = word.partition("=")
        context = replace(context, **{name: value or True})
    return context
