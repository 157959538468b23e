"""Whose number it is: only one's own is written down as one's own."""

import re

from bot.scripts.turn import Turn

#: A number that is said to be somebody else's.
ANOTHERS = re.compile(
    r"(?:[他她](?!的?家)|物业(?:那边|公司|的人)?|保安|管家|门卫|朋友|邻居|同事|亲戚|同学|闺蜜|\bhis\b|\bher\b|friend(?:['’]s)?|neighbou?r(?:['’]s)?)的?\s*(?:联系)?"
    r"(?:电话|手机|号码|方式|phone|number|mobile)?(?:号码?| number)?(?:是|为| is)?[\s:：，,]*\+?\d[\d -]{6,}",
    re.IGNORECASE,
)


def own_phone(turn: Turn) -> str | None:
    """The number that the words give for the writer; “我朋友想装修，他电话138…” gives somebody else's."""
    return None if ANOTHERS.search(turn.text) else turn.slots.phone
