"""Whether a message asks us to stop writing: a bare TD, or a refusal of what we send, in whichever words.

退订 among other words (定金怎么退订) is none, nor is a refusal beside a fault: then the fault is what matters, and
nobody loses notices about it by accident. The words stand in data/replies.toml and data/optout.toml.
"""

import re

from bot.understanding import replies
from bot.understanding.words import table

_BARE = frozenset(table("replies.toml")["opt_out"]["words"])
_data = table("optout.toml")
_REFUSES, _KEEPS, _STILL, _OTHER, _SENT = (
    re.compile("|".join(_data[name]["patterns"])) for name in ("refuses", "keeps", "still", "other", "sent")
)
_GAPS = str.maketrans("", "", " ，。！")
#: A refusal is short; longer texts have another matter.
LONGEST = 60


def wanted(flat: str) -> bool:
    """Tell whether the message is an opt-out."""
    whole = replies.bare(flat)
    if whole.translate(_GAPS) in _BARE:
        return True
    text = whole.replace(" ", "")
    if len(text) > LONGEST or not _REFUSES.search(text):
        return False
    return not _KEEPS.search(text) or bool(_STILL.search(text))


def another(flat: str) -> bool:
    """Tell whether it is a question about opting out, or something else is taken back (定金能退订吗)."""
    return bool(_OTHER.search(flat))


def sent(flat: str) -> bool:
    """Tell whether something that we send is named, or the list that it is sent by."""
    return bool(_SENT.search(flat))
