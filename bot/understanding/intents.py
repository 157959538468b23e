"""Which intents a text carries: one logistic score per intent over the features, from a shipped table of weights.

The table is data/weights.tsv. One-vs-rest, so that a message with two matters carries two intents.
"""

from bot.understanding import features, linear
from bot.understanding.reading import INTENTS, Context, Intent

#: An intent is reported from this confidence on; the best one already from the lower bar, and lower still when
#: nothing is under way: then a guess costs one question, while an open case must not be led astray by it.
SECOND, FIRST, FRESH = 0.35, 0.12, 0.06
#: While an answer is awaited a vague guess must not lead away from the question; nor may a person be called on a hunch.
AWAITED, CALLED = 0.4, 0.5
#: A clause of a longer message must be surer than the message as a whole: a little to be heard beside its main wish,
#: more to be the main wish.
ALSO, INSTEAD = 0.3, 3.0
_TABLE = linear.load("weights.tsv", len(INTENTS))


def scores(found: set[str], table: linear.Table = _TABLE) -> list[float]:
    """Return the raw score per intent, in the order of INTENTS."""
    return table.scores(table.total(found), len(found))


def rate(whole: set[str], pieces: list[set[str]]) -> list[Intent]:
    """Return every intent for a text and its clauses, given by their features, with its confidence, best first."""
    alone = scores(whole)
    clauses = [scores(piece) for piece in pieces]
    told = [max(column) for column in zip(*clauses, strict=True)] if clauses else alone
    first = [max(score, clause - INSTEAD) for score, clause in zip(alone, told, strict=True)]
    also = [max(score, clause - ALSO) for score, clause in zip(alone, told, strict=True)]
    main = max(range(len(INTENTS)), key=first.__getitem__)
    rated = [Intent(name, linear.confidence(min(score, also[main]))) for name, score in zip(INTENTS, also, strict=True)]
    return sorted(rated, key=lambda intent: (-intent.confidence, intent.name != INTENTS[main]))


def heard(rated: list[Intent], context: Context) -> list[Intent]:
    """Return those that are likely enough to be reported; none when nothing is."""
    likely = [intent for intent in rated if intent.name != "human" or intent.confidence >= CALLED]
    if likely[0].confidence < _bar(context):
        return []
    return likely[:1] + [intent for intent in likely[1:] if intent.confidence >= SECOND]


def _bar(context: Context) -> float:
    if context.asking:
        return AWAITED
    return FIRST if any(getattr(context, flag) for flag in features.FLAGS) else FRESH
