"""Linear scores over features, from a shipped table of weights; several outputs share one table.

A line is a feature and its weights as index:hundredths. The tables (data/weights.tsv, data/choices.tsv) are made by
`python -m bot.understanding.train`.
"""

import math
import struct
from collections.abc import Iterable, Mapping, Set

from bot.understanding.words import DATA

#: The feature under which the biases stand.
BIAS = "⊥"
#: The outputs of a feature stand beside each other in one whole number, so that one addition adds all of them.
_BITS = 32
#: Lifts every output above zero before they are taken apart again: 21 million, where a text sums to some thousands.
_LIFT = 1 << (_BITS - 1)


class Table(dict[str, int]):
    """Weights per feature, each read from its line when it is first asked for: most never are.

    So a process starts in a fraction of the time and is a third smaller. `lines` holds what there is to ask for.
    """

    def __init__(self, lines: Mapping[str, str], outputs: int) -> None:
        """Weights of so many outputs, counted from 0."""
        super().__init__()
        self.lines, self.outputs = lines, outputs
        self._lift = sum(_LIFT << (_BITS * at) for at in range(outputs))
        self._apart = struct.Struct(f"<{outputs}I")
        self._bias = self._weights(self[BIAS] if BIAS in lines else 0)

    def __missing__(self, feature: str) -> int:
        """Its weights, read now; KeyError when the table has no such feature."""
        pairs = (pair.split(":") for pair in self.lines[feature].split(" "))
        self[feature] = found = sum(int(hundredths) << (_BITS * int(index)) for index, hundredths in pairs)
        return found

    def total(self, found: Set[str]) -> int:
        """Return the sum of these features' weights, for `scores`; totals of disjoint sets may be added."""
        return sum(map(self.__getitem__, found & self.lines.keys()))

    def scores(self, total: int, features: int) -> list[float]:
        """Return the raw score of each output for a text of so many features whose weights sum to the total."""
        scale = scale_of(features)
        return [bias + scale * sum_ for bias, sum_ in zip(self._bias, self._weights(total), strict=True)]

    def _weights(self, total: int) -> list[float]:
        lifted = (total + self._lift).to_bytes(self._apart.size, "little")
        return [(each - _LIFT) / 100 for each in self._apart.unpack(lifted)]


def load(name: str, outputs: int) -> Table:
    """Return a table by its file name."""
    with (DATA / name).open(encoding="utf-8") as lines:
        return parse(lines, outputs)


def parse(lines: Iterable[str], outputs: int) -> Table:
    """Return the table that these lines are."""
    return Table(dict(line.rstrip("\n").split("\t", 1) for line in lines), outputs)


def scale_of(features: int) -> float:
    """Return what a weight counts in a text of so many features: without it the scores of long texts run away."""
    return 4.0 / math.sqrt(features + 8.0)


def confidence(score: float) -> float:
    """Return the score as a probability between 0 and 1."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))
