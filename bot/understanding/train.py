"""Makes the tables of weights from the labelled texts: `python -m bot.understanding.train`. Standard library only.

One logistic regression per output, AdaGrad with L2, features seen at least twice, from the labelled texts and from
pairs of them joined into messages of two matters (paired.py). The order of the examples is seeded, so the same texts
give the same tables: data/weights.tsv for the intents, data/choices.tsv for the slots.
"""

import math
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.understanding import choices, features, labelled, linear, normalise, paired, pinyin_table, reader, rules
from bot.understanding.reading import INTENTS
from bot.understanding.words import DATA

EPOCHS, RATE, L2, RARE = 16, 0.35, 0.004, 2
#: Every so many rounds all examples are looked at; between them only those that were not told this well.
EVERY, EASY = 4, 0.005
#: Squares start here, so that a feature's first step is no leap; the bias starts at "no".
DAMPED, DOUBT = 0.1, -2.0
#: Weights below this are left out of the table.
SMALLEST = 0.1
#: Times are resolved while training as they are while reading; which moment does not matter.
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)

#: What one output learns from: features, their scale, yes or no.
Example = tuple[list[str], float, bool]


@dataclass(frozen=True, slots=True)
class Seen:
    """The features of one labelled text: for the intents, and with the evidence of the rules for the slots."""

    row: labelled.Row
    whole: list[str]
    evidence: dict[str, list[str]]


def seen(row: labelled.Row) -> Seen:
    """Return what the models see of a row, as they see it while reading."""
    flat = normalise.dense(normalise.flat(row.text))
    slots = reader.slots_of(row.text, flat, row.context, NOW)
    masked = reader.view(flat, slots)
    whole = features.of(masked, rules.signs(masked, slots, row.context), row.context)
    told = {slot: sorted(whole | choices.evidence(slot, flat, row.context)) for slot in choices.VALUES}
    return Seen(row, sorted(whole), told)


def wanted_intent(row: labelled.Row, name: str) -> bool | None:
    """Tell whether the row has the intent; None where either is right."""
    return True if name in row.intents else None if name in row.either else False


def wanted_choice(row: labelled.Row, slot: str, value: str) -> bool | None:
    """Tell whether the slot has the value; None where either is right, or nothing is known of it."""
    if slot == "urgent":
        return row.urgent
    given = (row.sentiment,) if slot == "sentiment" else tuple(map(str, getattr(row, slot)))
    if not given or given == (None,):
        return None
    if value in given:
        return True if value == given[0] else None
    return False


def fit(examples: list[Example], seed: int = 7) -> dict[str, float]:
    """Return the weights per feature for one output; the bias stands under its own sign."""
    counts = Counter(feature for found, _, _ in examples for feature in found)
    number = {feature: at for at, feature in enumerate(f for f, count in counts.items() if count >= RARE)}
    kept = [([number[f] for f in found if f in number], scale, want) for found, scale, want in examples]
    weights, squares, bias = [0.0] * len(number), [DAMPED] * len(number), DOUBT
    shuffle = random.Random(seed)  # noqa: S311 - the order of examples, no secret
    hard: list = []
    for epoch in range(EPOCHS):
        everything = epoch % EVERY == 0
        learnt = kept if everything else hard
        shuffle.shuffle(learnt)
        hard = [] if everything else hard
        for example in learnt:
            ids, scale, want = example
            error = linear.confidence(bias + scale * sum(map(weights.__getitem__, ids))) - want
            if everything and abs(error) > EASY:
                hard.append(example)
            if -0.01 < error < 0.01:
                continue
            bias -= 0.01 * error
            for at in ids:
                gradient = scale * error + L2 * weights[at]
                squares[at] += gradient * gradient
                weights[at] -= RATE * gradient / math.sqrt(squares[at])
    return {linear.BIAS: bias} | {feature: weights[at] for feature, at in number.items()}


def outputs(texts: list[Seen]) -> tuple[list[list[Example]], list[list[Example]]]:
    """Return what each intent and each value of each slot learns from."""
    of_intents = [
        [(text.whole, linear.scale_of(len(text.whole)), want) for text in texts
         if (want := wanted_intent(text.row, name)) is not None] for name in INTENTS
    ]  # fmt: skip
    of_choices = [
        [(text.evidence[slot], linear.scale_of(len(text.evidence[slot])), want) for text in texts
         if (want := wanted_choice(text.row, slot, value)) is not None]
        for slot, values in choices.VALUES.items() for value in values
    ]  # fmt: skip
    return of_intents, of_choices


def train(sets: list[list[Example]]) -> list[str]:
    """Return the table of these outputs as text, one feature a line, small weights left out."""
    table: dict[str, list[str]] = {}
    with ProcessPoolExecutor() as pool:
        for at, weights in enumerate(pool.map(fit, sets)):
            for feature, weight in weights.items():
                if abs(weight) >= SMALLEST or feature == linear.BIAS:
                    table.setdefault(feature, []).append(f"{at}:{round(weight * 100)}")
    return [f"{feature}\t{' '.join(table[feature])}\n" for feature in sorted(table)]


def main() -> None:
    """Write the tables."""
    rows = labelled.rows(held_out=False)
    joined = paired.messages(labelled.files(held_out=False))
    spelled = pinyin_table.lines(normalise.flat(row.text) for row in rows)
    (DATA / "pinyin.tsv").write_text("".join(spelled), "utf-8")
    of_intents, of_choices = outputs([seen(row) for row in (*rows, *joined)])
    for name, sets in (("weights.tsv", of_intents), ("choices.tsv", of_choices)):
        table = train(sets)
        (DATA / name).write_text("".join(table), "utf-8")
        print(f"{name}: {len(rows)} texts, {len(joined)} pairs, {len(table)} features")


if __name__ == "__main__":
    main()
