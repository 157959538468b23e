"""The household's answer to a quote where one message did not say it all: which quote, and what about it."""

import re
from typing import Any

from bot.heard import Do, Facts, Outcome, QuoteRef
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn

AGREE = re.compile(
    r"同意|接受(?!不了)|认可|按(?:这个|报价|你们说的|这样).{0,4}(?:修|做|来|弄)"
    r"|(?:就|那)?(?:修|做|动工|开工)吧[。.!！]*$|没意见|\bagreed?\b|go ahead",
    re.IGNORECASE,
)
REFUSE = re.compile(
    r"不同意|不接受|接受不了|不认可|拒绝|不(?:用|想|要|打算)?(?:再)?修了?|不做了|贵.{0,6}(?:算了|不要了)"
    r"|^(?:那?还是)?算了|自己(?:修|找人|弄|搞)|找别人|no,? thanks|too expensive.{0,10}\bno\b",
    re.IGNORECASE,
)
HAGGLE = re.compile(
    r"改(?:个|一下)?价|便宜|优惠|少(?:点|一点|算|收|些|个?[\d一两二三四五六七八九十百]+)|打(?:个)?折|太?贵|抹(?:个|掉)?零"
    r"|降(?:点|一点|价|些)|抢钱|宰人|坑人|黑心|让(?:点|一点|利)|讲价|还价|cheaper|discount|expensive",
    re.IGNORECASE,
)
#: No refusal, though one stands inside: 不是不同意，就是贵.
DOUBLED = re.compile(
    r"(?:倒|也)?(?:不是|没有?|没说)(?:说)?(?:不同意|不接受|不认可|拒绝|不(?:想|要|打算)?修)了?"
    r"|not that I (?:do not|don't) agree",
    re.IGNORECASE,
)
#: Nothing is agreed to by a question or by a condition.
IF = re.compile(r"[?？]|[吗么嘛]|如果|要是|的话|先|再|但|不过|if\b", re.IGNORECASE)
#: A short answer without words of its own: 1, 好的, 不.
BARE = 6
DECISIONS = ("agreed", "refused", "haggled")


def plain(text: str) -> str | None:
    """What the words say in so many words; None when they do not, or say two things at once."""
    text, doubled = DOUBLED.subn("", text)
    if REFUSE.search(text):
        return "refused"
    agrees, haggles = bool(AGREE.search(text)) and not doubled, bool(HAGGLE.search(text))
    if agrees and not haggles and not IF.search(text):
        return "agreed"
    return "haggled" if haggles and not agrees else None


def bare(turn: Turn) -> str | None:
    """What a number or a short yes or no says, right after the quote."""
    option, yes = turn.slots.option, turn.slots.yes
    if option in (1, 2, 3) and len(turn.text) <= BARE:
        return DECISIONS[option - 1]
    if yes is not None and len(turn.text) <= BARE and not IF.search(turn.text):
        return "agreed" if yes else "refused"
    return None


def read_which(turn: Turn) -> Answers | None:
    """One of the listed quotes, by its place in the list or by words of what it is for."""
    listed = [row for row in turn.state.answers.get("quotes", ()) if isinstance(row, list | tuple) and len(row) == 4]
    option = turn.slots.option
    if option and option <= len(listed):
        return {"quote_id": listed[option - 1][0], "label": listed[option - 1][2], "total": listed[option - 1][3]}
    fit = [row for row in listed if len(turn.text) > 1 and (turn.text in row[2] or turn.text.upper() in row[1])]
    return {"quote_id": fit[0][0], "label": fit[0][2], "total": fit[0][3]} if len(fit) == 1 else None


def read_decision(turn: Turn) -> Answers | None:
    """Agreed, refused or another price."""
    said = plain(turn.text) or bare(turn)
    return {"decision": said, "words": _words(turn)} if said else None


def _words(turn: Turn) -> str:
    return turn.text[:300]


def row_of(quote: QuoteRef) -> list[Any]:
    """A quote as the question lists it."""
    return [quote.id, quote.number, quote.label, quote.total]


def about(quote: QuoteRef) -> dict[str, Any]:
    """A quote as the answers of the dialog hold it."""
    return {"quote_id": quote.id, "label": quote.label, "total": quote.total}


def finish(turn: Turn) -> Outcome:
    """The answer is given, once."""
    answers = turn.state.answers
    args = {"quote_id": answers["quote_id"], "decision": answers["decision"], "words": answers.get("words", "")}
    return turn.leave(turn.say("quote.result"), dos=(Do("quote.answer", args),))


def _several(answers: Answers, _: Facts) -> bool:
    return "quote_id" not in answers


SCRIPT = Script(
    "quote",
    start="which",
    steps={
        "which": Ask(
            "quote.ask_which", read_which, "decision", ("quote_id",), needed=_several, numbered=True,
            facts=lambda turn: {"quotes": turn.state.answers.get("quotes", [])},
        ),
        "decision": Ask(
            "quote.ask_decision", read_decision, None, ("decision",), numbered=True,
            facts=lambda turn: {name: turn.state.answers.get(name) for name in ("label", "total")},
        ),
    },
    finish=finish,
    takes_media=False,
    light=True,
)  # fmt: skip
