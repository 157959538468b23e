"""How well the reader reads: `python -m bot.understanding.measure [--misses]` prints a table.

Accuracy per intent, confusion, category, urgency (recall and false alarms), microseconds a message, memory. Held-out
texts that also stand in the training files are not counted. `--misses` lists wrong readings of the training
files only: whoever tunes must not see those of the held-out file.
"""

import resource
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.understanding import labelled, read
from bot.understanding.reading import Reading

#: Any fixed moment will do; a Saturday morning in Beijing.
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


@dataclass
class Result:
    """The counts of one set of texts."""

    rows: int = 0
    right: Counter = field(default_factory=Counter)
    total: Counter = field(default_factory=Counter)
    confusion: Counter = field(default_factory=Counter)
    second: list[bool] = field(default_factory=list)
    category: list[bool] = field(default_factory=list)
    urgent: list[bool] = field(default_factory=list)
    alarms: list[bool] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)

    @property
    def accuracy(self) -> float:
        """The share of texts whose best intent is right."""
        return sum(self.right.values()) / max(1, self.rows)


def share(flags: list[bool]) -> float:
    """Return the share of true ones, 0 for none at all."""
    return sum(flags) / len(flags) if flags else 0.0


def measure(rows: list[labelled.Row], reader=read) -> Result:
    """Return the counts over the rows."""
    result = Result(rows=len(rows))
    for row in rows:
        judge(result, row, reader(row.text, row.context, NOW))
    return result


def judge(result: Result, row: labelled.Row, reading: Reading) -> None:
    """Add one reading to the counts."""
    main, got = (row.either[0] if row.either else "-"), reading.top.name or "-"
    right = got in (row.either or ("-",)) or got in row.intents
    result.total[main] += 1
    result.right[main] += right
    if not right:
        result.confusion[f"{main} read as {got}"] += 1
    if len(row.intents) > 1:
        result.second.append(all(reading.has(name) for name in row.intents))
    if row.category:
        result.category.append(reading.slots.category == row.category)
    (result.urgent if row.urgent else result.alarms).append(reading.slots.urgent)
    if not right or reading.slots.urgent != row.urgent or (row.category and not result.category[-1]):
        slots = reading.slots
        result.misses.append(f"{row.text}\t{main}→{got} {row.category}→{slots.category} {row.urgent}→{slots.urgent}")


def unseen() -> list[labelled.Row]:
    """Return the held-out rows whose text is not among the training texts."""
    known = {row.text for row in labelled.rows(held_out=False)}
    return [row for row in labelled.rows(held_out=True) if row.text not in known]


def report(title: str, result: Result) -> None:
    """Print the table of one set."""
    print(f"\n{title}: {result.rows} texts, best intent right {result.accuracy:.1%}")
    for name in sorted(result.total):
        right, total = result.right[name], result.total[name]
        print(f"  {name:20} {right:4}/{total:<4} {right / total:7.1%}")
    print(f"  both intents of two  {share(result.second):7.1%} of {len(result.second)}")
    print(f"  repair category      {share(result.category):7.1%} of {len(result.category)}")
    print(f"  urgency recall       {share(result.urgent):7.1%} of {len(result.urgent)}")
    print(f"  urgency false alarms {share(result.alarms):7.1%} of {len(result.alarms)}")
    for pair, count in result.confusion.most_common(12):
        print(f"    {count:3} {pair}")


def speed(rows: list[labelled.Row]) -> tuple[float, float]:
    """Return the median and the 99th percentile of one reading, in microseconds of this thread's processor time.

    Not wall time: on a shared machine the tail of that tells of the neighbours.
    """
    for row in rows[:50]:
        read(row.text, row.context, NOW)
    taken = []
    for row in rows:
        start = time.thread_time()
        read(row.text, row.context, NOW)
        taken.append((time.thread_time() - start) * 1e6)
    return statistics.median(taken), statistics.quantiles(taken, n=100)[98]


def main() -> None:
    """Print everything."""
    trained = labelled.rows(held_out=False)
    known = measure(trained)
    report("training texts", known)
    if "--misses" in sys.argv:
        print("\n".join(known.misses))
    report("held out", measure(unseen()))
    median, slow = speed(trained)
    print(f"\nspeed: median {median:.0f} µs, p99 {slow:.0f} µs a message")
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most, the whole process")


if __name__ == "__main__":
    main()
