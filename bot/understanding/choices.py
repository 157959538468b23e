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


#: Where the values of each slot stand among the outputs of the table.
_AT: dict[str, slice] = {}
for _slot, _values in VALUES.items():
    _first = max((each.stop for each in _AT.values()), default=0)
    _AT[_slot] = slice(_first, _first + len(_values))
_TABLE = linear.load("choices.tsv", sum(map(len, VALUES.values())))


def evidence(slot: str, flat: str, context: Context) -> set[str]:
    """Return what the rules for this slot saw in the text, as features."""
    if slot in ("sentiment", "score"):
        return score.evidence(flat, context.survey_open or context.asking == "score")
    return {"category": faults.evidence, "target": targets.evidence, "urgent": urgency.evidence}[slot](flat)


class Choices:
    """The scores of the slots for one text; the evidence for a slot is only gathered when the slot is asked for."""

    def __init__(self, whole: set[str], flat: str, context: Context):
        """Sum the text's own features, which every slot shares."""
        self._whole, self._flat, self._context = whole, flat, context
        self._total = _TABLE.total(whole)

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
        more = evidence(slot, self._flat, self._context) - self._whole
        scores = _TABLE.scores(self._total + _TABLE.total(more), len(self._whole) + len(more))
        return [linear.confidence(each) for each in scores[_AT[slot]]]
