"""How well the reader reads: `python -m bot.understanding.measure [--misses]` prints tables for docs.

Accuracy per intent, confusion, slots, urgency (recall over urgent faults, false alarms over the others) and memory;
how long a reading takes, bench/understanding.py says. Held-out texts that also stand in the training files are not
counted. `--misses` lists wrong readings of the training files only: whoever tunes must not see those of the held-out
files.
"""

import resource
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.understanding import labelled, read
from bot.understanding.reading import Reading, Slots

#: Any fixed moment will do; a Saturday morning in Beijing.
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
#: Slots of which any labelled value is right.
CHOSEN = ("category", "target", "score")


@dataclass
class Result:
    """The counts of one set of texts."""

    rows: int = 0
    right: Counter = field(default_factory=Counter)
    total: Counter = field(default_factory=Counter)
    confusion: Counter = field(default_factory=Counter)
    #: Right or wrong, by what was asked: category, target, score, sentiment, urgent, calm, second, exact.
    flags: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    #: Never shown with the rest: a failing floor prints its result, and nobody may read the held-out texts.
    misses: list[str] = field(default_factory=list, repr=False)

    @property
    def accuracy(self) -> float:
        """The share of texts whose best intent is right."""
        return sum(self.right.values()) / max(1, self.rows)

    def share(self, name: str) -> float:
        """Return the share of true flags, 0 for none at all."""
        flags = self.flags[name]
        return sum(flags) / len(flags) if flags else 0.0


def measure(rows: list[labelled.Row], reader=read) -> Result:
    """Return the counts over the rows."""
    result = Result(rows=len(rows))
    for row in rows:
        judge(result, row, reader(row.text, row.context, NOW))
    return result


def judge(result: Result, row: labelled.Row, reading: Reading) -> None:
    """Add one reading to the counts."""
    main, got = row.either[0], reading.top.name
    right = got in row.either or got in row.intents
    result.total[main or "-"] += 1
    result.right[main or "-"] += right
    if not right:
        result.confusion[f"{main or '-'} read as {got or '-'}"] += 1
        result.misses.append(f"{row.text}\t{main or '-'}→{got or '-'}")
    if len(row.intents) > 1:
        result.flags["second"].append(all(reading.has(name) for name in row.intents))
    _slots(result, row, reading.slots)


def _slots(result: Result, row: labelled.Row, slots: Slots) -> None:
    for name in CHOSEN:
        if wanted := getattr(row, name):
            _mark(result, name, row, wanted, getattr(slots, name))
    if row.sentiment:
        _mark(result, "sentiment", row, row.sentiment, slots.sentiment)
    if row.urgent is not None:
        name = "urgent" if row.urgent else "calm" if row.category else "calm elsewhere"
        _mark(result, name, row, row.urgent, slots.urgent)
    for name, wanted in row.exact.items():
        found = str(getattr(slots, name)).replace(" ", "")
        plain = wanted.replace("_", "")
        _mark(result, "exact", row, plain, plain if plain in found else found)


def _mark(result: Result, name: str, row: labelled.Row, wanted, got) -> None:
    right = got in wanted if isinstance(wanted, tuple) else got == wanted
    result.flags[name].append(right)
    if not right:
        result.misses.append(f"{row.text}\t{name} {wanted}→{got}")


def unseen() -> list[labelled.Row]:
    """Return the held-out rows whose text is not among the training texts."""
    known = {row.text for row in labelled.rows(held_out=False)}
    return [row for row in labelled.rows(held_out=True) if row.text not in known]


#: What is printed of a set, by the name of its flags.
ROWS = {
    "second": "both intents of two", "category": "repair category", "target": "complaint target", "score": "score",
    "sentiment": "sentiment", "urgent": "urgent faults recognised", "calm": "faults that can wait, no alarm",
    "calm elsewhere": "other matters, no alarm", "exact": "phone, house, place, area …",
}  # fmt: skip


def report(title: str, result: Result) -> None:
    """Print the tables of one set as Markdown."""
    print(f"\n### {title}\n\n{result.rows} texts.\n\n| | right | of |\n|---|---|---|")
    print(f"| best intent | {result.accuracy:.1%} | {result.rows} |")
    for name, words in ROWS.items():
        if result.flags[name]:
            print(f"| {words} | {result.share(name):.1%} | {len(result.flags[name])} |")
    print("\n| intent | right | of |\n|---|---|---|")
    for name in sorted(result.total, key=lambda name: result.right[name] / result.total[name]):
        print(f"| {name} | {result.right[name] / result.total[name]:.1%} | {result.total[name]} |")
    print("\n| confused most often | times |\n|---|---|")
    for pair, count in result.confusion.most_common(15):
        print(f"| {pair} | {count} |")


def main() -> None:
    """Print everything."""
    trained = labelled.rows(held_out=False)
    known = measure(trained)
    if "--misses" in sys.argv:
        print("\n".join(known.misses))
    report("Held out", measure(unseen()))
    report("Training texts", known)
    print(f"\n{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB for the whole process.")


if __name__ == "__main__":
    main()
