"""Linear scores over features, from a shipped table of weights; several outputs share one table.

A line is a feature and its weights as index:hundredths. The tables (data/weights.tsv, data/choices.tsv) are made by
`python -m bot.understanding.train`.
"""

import math
from collections.abc import Iterable, Mapping

from bot.understanding.words import DATA

#: The feature under which the biases stand.
BIAS = "⊥"


class Table(dict[str, tuple[tuple[int, float], ...]]):
    """Weights per feature, each read from its line when it is first asked for: most never are.

    So a process starts in a fraction of the time and is a third smaller. `lines` holds what there is to ask for.
    """

    def __init__(self, lines: Mapping[str, str], first: int = 0, end: int = 1000) -> None:
        """The outputs from `first` up to `end`, counted from 0."""
        super().__init__()
        self.lines, self._first, self._end = lines, first, end

    def __missing__(self, feature: str) -> tuple[tuple[int, float], ...]:
        """Its weights, read now; KeyError when the table has no such feature."""
        pairs = (pair.split(":") for pair in self.lines[feature].split(" "))
        read = ((int(index), int(hundredths) / 100) for index, hundredths in pairs)
        found = tuple((index - self._first, weight) for index, weight in read if self._first <= index < self._end)
        self[feature] = found
        return found

    def part(self, first: int, count: int) -> "Table":
        """The same table for some outputs alone, which are scored without the others."""
        return Table(self.lines, first, first + count)


def load(name: str) -> Table:
    """Return a table by its file name."""
    with (DATA / name).open(encoding="utf-8") as lines:
        return parse(lines)


def parse(lines: Iterable[str]) -> Table:
    """Return the table that these lines are."""
    return Table(dict(line.rstrip("\n").split("\t", 1) for line in lines))


def scores(found: set[str], table: Table, outputs: int) -> list[float]:
    """Return the raw score of each output for these features."""
    totals = [0.0] * outputs
    for feature in found & table.lines.keys():
        for index, weight in table[feature]:
            totals[index] += weight
    bias = dict(table[BIAS]) if BIAS in table.lines else {}
    scale = scale_of(len(found))
    return [bias.get(index, 0.0) + scale * total for index, total in enumerate(totals)]


def scale_of(features: int) -> float:
    """Return what a weight counts in a text of so many features: without it the scores of long texts run away."""
    return 4.0 / math.sqrt(features + 8.0)


def confidence(score: float) -> float:
    """Return the score as a probability between 0 and 1."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))
