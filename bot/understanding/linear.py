"""Linear scores over features, from a shipped table of weights; several outputs share one table.

A line is a feature and its weights as index:hundredths. The tables (data/weights.tsv, data/choices.tsv) are made by
`python -m bot.understanding.train`.
"""

import math
from collections.abc import Iterable

from bot.understanding.words import DATA

Table = dict[str, tuple[tuple[int, float], ...]]
#: The feature under which the biases stand.
BIAS = "⊥"


def load(name: str) -> Table:
    """Return a table by its file name."""
    with (DATA / name).open(encoding="utf-8") as lines:
        return parse(lines)


def parse(lines: Iterable[str]) -> Table:
    """Return the weights per feature from the lines of a table."""
    weights = {}
    for line in lines:
        feature, _, rest = line.rstrip("\n").partition("\t")
        pairs = (pair.split(":") for pair in rest.split(" "))
        weights[feature] = tuple((int(index), int(hundredths) / 100) for index, hundredths in pairs)
    return weights


def scores(found: set[str], table: Table, outputs: int) -> list[float]:
    """Return the raw score of each output for these features."""
    totals = [0.0] * outputs
    for feature in found & table.keys():
        for index, weight in table[feature]:
            totals[index] += weight
    bias = dict(table.get(BIAS, ()))
    scale = scale_of(len(found))
    return [bias.get(index, 0.0) + scale * total for index, total in enumerate(totals)]


def scale_of(features: int) -> float:
    """Return what a weight counts in a text of so many features: without it the scores of long texts run away."""
    return 4.0 / math.sqrt(features + 8.0)


def confidence(score: float) -> float:
    """Return the score as a probability between 0 and 1."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))
