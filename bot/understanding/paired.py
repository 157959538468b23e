"""Messages of two matters, made of two labelled texts each, for training alone: people write few, and write them so.

Without them a wish drowns beside another one, and an emergency beside a question about the showroom. Each text meets
one of its own author's, so that leaving an author out leaves out all that he wrote.
"""

import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from bot.understanding import labelled
from bot.understanding.labelled import Row
from bot.understanding.reading import Context

#: How many for each text, and the seed: the same texts give the same messages.
SHARE, SEED = 0.15, 11
#: How two matters are put one after the other.
JOINTS = ("，还有", "。另外", "，顺便问一下", "。", " ", "，对了", "；", "，然后", "。再就是", "，")
#: What accompanies every wish is no second matter.
_POLITE = frozenset({"greeting", "thanks_bye", "satisfaction_reply", "out_of_scope"})
_SHORTEST, _LONGEST = 4, 45
#: Which kinds of texts meet: an emergency and another wish, a calm fault and another wish, two wishes, two faults.
_MEET = (("urgent", "wish"), ("calm", "wish"), ("wish", "wish"), ("fault", "calm"))


def messages(files: Iterable[Path]) -> list[Row]:
    """Return the made messages for all files."""
    return [row for path in files for row in of(list(labelled.read(path)))]


def of(rows: list[Row]) -> list[Row]:
    """Return the messages made of one author's texts; none where he wrote nothing that fits."""
    kinds = _kinds([row for row in rows if _fits(row)])
    chance = random.Random(SEED)  # noqa: S311 - which texts meet, no secret
    made = []
    for at in range(int(len(rows) * SHARE)):
        first, second = (kinds[kind] for kind in _MEET[at % len(_MEET)])
        if not first or not second:
            continue
        pair = [chance.choice(first), chance.choice(second)]
        chance.shuffle(pair)
        if pair[0].intents != pair[1].intents or at % len(_MEET) == len(_MEET) - 1:
            made.append(joined(*pair, chance.choice(JOINTS)))
    return made


def joined(one: Row, other: Row, joint: str) -> Row:
    """Return one message that says both, with the labels of both: either wish may lead it."""
    intents = tuple(dict.fromkeys(one.intents + other.intents))
    doubted = None in (one.urgent, other.urgent)
    return replace(
        one,
        text=one.text.rstrip("。！？!?，, ") + joint + other.text,
        intents=intents,
        either=intents,
        urgent=True if one.urgent or other.urgent else None if doubted else False,
        category=tuple(dict.fromkeys(one.category + other.category)),
        target=() if one.target and other.target else one.target or other.target,
    )


def _fits(row: Row) -> bool:
    """Tell whether the text has one wish, no history, and a length to be joined."""
    alone = len(row.intents) == 1 == len(row.either) and row.context == Context()
    return (
        alone and _POLITE.isdisjoint(row.intents) and _SHORTEST <= len(row.text) <= _LONGEST and not row.text.isascii()
    )


def _kinds(rows: list[Row]) -> dict[str, list[Row]]:
    urgent = [row for row in rows if row.urgent]
    calm = [row for row in rows if row.category and row.urgent is False]
    wish = [row for row in rows if not row.category and not row.urgent]
    return {"urgent": urgent, "calm": calm, "wish": wish, "fault": urgent + calm}
