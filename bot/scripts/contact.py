"""Whose number it is: only one's own is written down as one's own."""

import re

from bot.scripts.turn import Turn

#: No number is given, whatever was asked.
WITHHELD = re.compile(
    r"不(?:想|愿意?|方便|太想|打算)?(?:留|给|说|透露|告诉)[^，。]{0,4}(?:电话|号码|手机|联系方式)|(?:电话|号码|手机)[^，。]{0,4}(?:不留|不给|先不|就不|不方便|算了)"
    r"|(?:不要|别|不想)(?:给我)?打电话|\bno phone\b|don['’]?t (?:want to )?(?:call|give (?:you )?my)",
    re.IGNORECASE,
)


def own_phone(turn: Turn) -> str | None:
    """The number that the words give for the writer; “我朋友想装修，他电话138…” gives somebody else's."""
    return None if turn.means("anothers_number") else turn.slots.phone


def withheld(turn: Turn) -> bool:
    """Whether the writer will not give a number: it is not asked for, nor asked again."""
    return bool(WITHHELD.search(turn.text)) and not turn.slots.phone
