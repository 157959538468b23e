"""Makes data/weights.tsv from the labelled texts: `python -m bot.understanding.train`. Standard library only.

One logistic regression per intent, AdaGrad with L2, features seen at least twice. The order of the examples is
seeded, so the same texts give the same table.
"""

import math
import random
from collections import Counter
from datetime import UTC, datetime

from bot.understanding import intents, labelled, normalise, pinyin_table, reader, rules
from bot.understanding.features import of
from bot.understanding.reading import INTENTS
from bot.understanding.words import DATA

EPOCHS, RATE, L2, RARE = 16, 0.35, 0.004, 2
#: Squares start here, so that a feature's first step is no leap.
DAMPED = 0.1
#: Times are resolved while training as they are while reading; which moment does not matter.
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
_INDEX = {name: at for at, name in enumerate(INTENTS)}

Example = tuple[list[str], float, list[int | None]]


def example(row: labelled.Row) -> Example:
    """Return the features of a row, their scale, and 1, 0 or None (not judged) per intent."""
    flat = normalise.dense(normalise.flat(row.text))
    slots = reader.slots_of(row.text, flat, row.context, NOW)
    masked = reader.view(flat, slots)
    found = sorted(of(masked, rules.signs(masked, slots, row.context), row.context))
    wanted: list[int | None] = [0] * len(INTENTS)
    for name in row.either:
        wanted[_INDEX[name]] = None
    for name in row.intents:
        wanted[_INDEX[name]] = 1
    return found, 4.0 / math.sqrt(len(found) + 8.0), wanted


def train(examples: list[Example], seed: int = 7) -> dict[str, list[float]]:
    """Return the weights per feature; the bias stands under its own sign."""
    counts = Counter(feature for found, _, _ in examples for feature in found)
    weights = {feature: [0.0] * len(INTENTS) for feature, count in counts.items() if count >= RARE}
    squares = {feature: [DAMPED] * len(INTENTS) for feature in weights}
    bias = [-2.0] * len(INTENTS)
    kept = [([f for f in found if f in weights], scale, wanted) for found, scale, wanted in examples]
    shuffle = random.Random(seed)  # noqa: S311 - the order of examples, no secret
    for _ in range(EPOCHS):
        shuffle.shuffle(kept)
        for found, scale, wanted in kept:
            _step([(weights[f], squares[f]) for f in found], bias, scale, wanted)
    weights[intents.BIAS] = bias
    return weights


def _step(pairs, bias: list[float], scale: float, wanted: list[int | None]) -> None:
    for at, want in enumerate(wanted):
        if want is None:
            continue
        score = bias[at] + scale * sum(weight[at] for weight, _ in pairs)
        error = intents.confidence(score) - want
        if -0.01 < error < 0.01:
            continue
        bias[at] -= 0.01 * error
        for weight, square in pairs:
            gradient = scale * error + L2 * weight[at]
            square[at] += gradient * gradient
            weight[at] -= RATE * gradient / math.sqrt(square[at])


def lines(weights: dict[str, list[float]]) -> list[str]:
    """Return the table of weights as text, one feature a line, small weights left out."""
    out = []
    for feature in sorted(weights):
        pairs = [f"{at}:{round(w * 100)}" for at, w in enumerate(weights[feature]) if abs(w) >= 0.05]
        if pairs:
            out.append(f"{feature}\t{' '.join(pairs)}\n")
    return out


def main() -> None:
    """Write the table."""
    rows = labelled.rows(held_out=False)
    spelled = pinyin_table.lines(normalise.flat(row.text) for row in rows)
    (DATA / "pinyin.tsv").write_text("".join(spelled), "utf-8")
    table = lines(train([example(row) for row in rows]))
    (DATA / "weights.tsv").write_text("".join(table), "utf-8")
    print(f"{len(rows)} texts, {len(table)} features")


if __name__ == "__main__":
    main()
