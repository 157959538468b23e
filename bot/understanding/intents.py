"""Which intents a text carries: one logistic score per intent over the features, from a shipped table of weights.

The table (data/weights.tsv) is made by `python -m bot.understanding.train`; a line is a feature and its weights as
index:hundredths. One-vs-rest, so that a message with two matters carries two intents.
"""

import math

from bot.understanding import features
from bot.understanding.reading import INTENTS, Context, Intent
from bot.understanding.words import DATA

#: An intent is reported from this confidence on; the best one already from the lower bar, and lower still when
#: nothing is under way: then a guess costs one question, while an open case must not be led astray by it.
SECOND, FIRST, FRESH = 0.35, 0.12, 0.06
#: While an answer is awaited a vague guess must not lead away from the question; nor may a person be called on a hunch.
AWAITED, CALLED = 0.4, 0.5
#: A clause of a longer message must be surer than the message as a whole.
CLAUSE_PENALTY = 0.3
#: The feature under which the bias stands.
BIAS = "⊥"


def load(lines) -> dict[str, tuple[tuple[int, float], ...]]:
    """Return the weights per feature from the lines of a table."""
    weights = {}
    for line in lines:
        feature, _, rest = line.rstrip("\n").partition("\t")
        pairs = (pair.split(":") for pair in rest.split(" "))
        weights[feature] = tuple((int(index), int(hundredths) / 100) for index, hundredths in pairs)
    return weights


with (DATA / "weights.tsv").open(encoding="utf-8") as _source:
    _WEIGHTS = load(_source)


def scores(text: str, signs: frozenset[str], context: Context, weights=None) -> list[float]:
    """Return the raw score per intent, in the order of INTENTS."""
    table = _WEIGHTS if weights is None else weights
    found = features.of(text, signs, context)
    # Longer texts have more features; without this their scores would run away.
    scale = 4.0 / math.sqrt(len(found) + 8.0)
    totals = [0.0] * len(INTENTS)
    for feature in found:
        for index, weight in table.get(feature, ()):
            totals[index] += weight
    bias = dict(table.get(BIAS, ()))
    return [bias.get(index, 0.0) + scale * total for index, total in enumerate(totals)]


def confidence(score: float) -> float:
    """Return the score as a probability between 0 and 1."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


def read(text: str, signs: frozenset[str], pieces: list[tuple[str, frozenset[str]]], context: Context) -> list[Intent]:
    """Return the intents of a text and of its clauses, best first; empty when nothing is likely."""
    best = scores(text, signs, context)
    for piece, its_signs in pieces:
        for index, score in enumerate(scores(piece, its_signs, context)):
            best[index] = max(best[index], score - CLAUSE_PENALTY)
    rated = sorted(zip(map(confidence, best), INTENTS, strict=True), key=lambda pair: -pair[0])
    rated = [(sure, name) for sure, name in rated if name != "human" or sure >= CALLED]
    if rated[0][0] < _bar(context):
        return []
    return [Intent(name, sure) for at, (sure, name) in enumerate(rated) if at == 0 or sure >= SECOND]


def _bar(context: Context) -> float:
    if context.asking:
        return AWAITED
    return FIRST if any(getattr(context, flag) for flag in features.FLAGS) else FRESH
