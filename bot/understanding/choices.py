"""Which of a few values a slot has, by linear scores: category, target, urgency, sentiment, score in words.

The rules (faults, targets, urgency, score) are evidence here: each says what it saw, the weights say what it is worth.
What must never fail stays with the rules, see reader.py.
"""

from bot.understanding import faults, linear, score, targets, urgency
from bot.understanding.reading import Context

#: The values of each slot that is read this way.
VALUES: dict[str, tuple[str, ...]] = {
    "category": ("水", "电", "防水", "墙面", "木作", "门窗", "瓷砖", "洁具", "地板", "五金", "其他"),
    "target": ("设计师", "工队", "监理", "材料", "客服", "价格", "工期", "其他"),
    "urgent": ("urgent",),
    "sentiment": ("positive", "neutral", "negative"),
    "score": ("1", "2", "3", "4", "5"),
}
#: Where the values of a slot begin in the list of all outputs.
BEGINS: dict[str, int] = {}
OUTPUTS = 0
for _slot, _values in VALUES.items():
    BEGINS[_slot] = OUTPUTS
    OUTPUTS += len(_values)

_TABLE = linear.load("choices.tsv")


def evidence(flat: str, context: Context) -> set[str]:
    """Return what the rules saw in the text, as features."""
    asked = context.survey_open or context.asking == "score"
    return faults.evidence(flat) | targets.evidence(flat) | urgency.evidence(flat) | score.evidence(flat, asked)


class Choices:
    """The scores of every slot for one text."""

    def __init__(self, found: set[str], table: linear.Table | None = None):
        """Score the features, among them the evidence."""
        self._scores = linear.scores(found, _TABLE if table is None else table, OUTPUTS)

    def mark(self) -> tuple[int, float]:
        """Return the score from 1 to 5 that words give, with the mood behind it, and its confidence."""
        marks, moods = self._sure("score"), self._sure("sentiment")
        mood = [moods[2], moods[2], moods[1], moods[0], moods[0]]
        at = max(range(5), key=lambda each: marks[each] * mood[each])
        return at + 1, marks[at]

    def best(self, slot: str) -> tuple[str, float]:
        """Return the likeliest value of the slot and its confidence."""
        rated = self._sure(slot)
        at = max(range(len(rated)), key=rated.__getitem__)
        return VALUES[slot][at], rated[at]

    def _sure(self, slot: str) -> list[float]:
        begin = BEGINS[slot]
        return [linear.confidence(score) for score in self._scores[begin : begin + len(VALUES[slot])]]
