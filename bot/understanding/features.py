"""What the linear model sees of a text: character n-grams, signs of the lexicon, and the state of the talk.

Training (`train.py`) and reading use this one function, so that they can never differ.
"""

import re

from bot.understanding.reading import Context
from bot.understanding.words import Words, table

_PATTERNS = {
    intent: [(re.compile(pattern), weight) for pattern, weight in group.items()]
    for intent, group in table("patterns.toml").items()
}
_DENY = re.compile(
    r"(?:不是|不想|不要|没想|没有要|不打算|别|并非|不)(?:要|来|为了|想|准备)?(投诉|报修|预约|装修|退订|"
    r"找人工|转人工|人工|绑定|催)"
)
_DIGITS = re.compile(r"\d+")
#: A character, or a word of letters as one unit: what an English text keeps after its gloss.
_UNIT = re.compile(r"[a-z]{2,}|[^ ]| (?=[a-z])")
_CLASSES = Words((word, name) for name, group in table("classes.toml").items() for word in group["words"])
#: The states of a conversation that the model knows.
FLAGS = ("survey_open", "visit_booked", "ticket_open", "repair_ticket_open", "complaint_open",
          "repair_quote_pending", "binding", "crew")  # fmt: skip
#: Longer texts are read by their pieces; this is what one view of a text may hold.
VIEW = 160
_LONGEST = 3


def masked(text: str) -> str:
    """Return the text as the n-grams see it: figures become 0, denied wishes (不是投诉) disappear."""
    return _DIGITS.sub("0", _DENY.sub("∅", text))[:VIEW]


def patterns(text: str) -> dict[str, float]:
    """Return the summed pattern weight per intent, for those that match at all."""
    text = _DENY.sub("∅", text)
    found = {}
    for intent, group in _PATTERNS.items():
        total = sum(weight for pattern, weight in group if pattern.search(text))
        if total:
            found[intent] = total
    return found


def classes(text: str) -> list[str]:
    """Return the kinds of words in the text, each once, in order of the name (data/classes.toml)."""
    return sorted({str(hit.value) for hit in _CLASSES.find(text)})


def of(text: str, signs: frozenset[str], context: Context) -> set[str]:
    """Return the features of one text; `signs` are facts that the slot readers found."""
    seen = _UNIT.findall(f"^{masked(text)}$")
    out = {"".join(seen[at : at + size]) for size in range(1, _LONGEST + 1) for at in range(len(seen) - size + 1)}
    kinds = classes(_DENY.sub("∅", text))
    out.update(f"k:{kind}" for kind in kinds)
    # Two kinds together carry the wish (refusal and adverts), in whichever words they come.
    out.update(f"k:{one}&{other}" for at, one in enumerate(kinds) for other in kinds[at + 1 :])
    guessed = patterns(text)
    out.update(f"p:{intent}{min(int(total), 6) // 2}" for intent, total in guessed.items())
    out.update(signs)
    state = [flag for flag in FLAGS if getattr(context, flag)]
    out.update(f"c:{flag}" for flag in state)
    # The same word means another thing while a survey is open: cross the few signs that depend on it.
    out.update(f"c:{flag}&{sign}" for flag in state for sign in signs)
    out.update(f"c:{flag}&p:{intent}" for flag in state for intent in guessed)
    return out
