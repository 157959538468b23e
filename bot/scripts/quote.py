"""The household's answer to a quote where one message did not say it all: which quote, and what about it."""

import re
from collections.abc import Sequence
from typing import Any

from bot.heard import Do, Facts, Outcome, QuoteRef
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn
from bot.understanding import acts
from bot.understanding.replies import agreement

#: No refusal, though one stands inside: 不是不同意，就是贵.
DOUBLED = re.compile(
    r"(?:倒|也)?(?:不是|没有?|没说)(?:说)?(?:不同意|不接受|不认可|拒绝|不(?:想|要|打算)?修)了?"
    r"|not that I (?:do not|don't) agree",
    re.IGNORECASE,
)
#: “算了算了，修吧”: the no is to the quarrel.
GIVES_IN = re.compile(r"^(?:那|还是|哎|唉|[，, ])*(?:算了[，, ]*)+(?=.*(?:(?:修|做|弄)吧|同意|就修))")
#: Said before a short yes.
SIGHS = re.compile(r"^(?:那就?|哦|嗯|唉|哎|好吧)[，, ]*")
#: Letters that stand in the name of any fault.
COMMON = "不了水坏漏修室间上下个的关开响动掉断裂堵滴渗有没打松一那这好价钱元"
CLAUSE = re.compile(r"[，,。；;！!\n]+|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
#: A short answer without words of its own: 1, 好的, 不.
BARE = 6
#: A no in more letters than these says something else.
PLAIN_NO = 4
DECISIONS = ("agreed", "refused", "haggled")


def plain(text: str) -> str | None:
    """What the words say in so many words; None when they do not, or say two things at once."""
    text, doubled = DOUBLED.subn("", GIVES_IN.sub("", text))
    if acts.says("agrees_in_part", text):
        return "haggled"  # the crew quotes again for what is wanted
    if acts.says("refuses_quote", text):
        return "refused"
    agrees, haggles = acts.says("agrees_to_quote", text) and not doubled, haggling(text)
    if agrees and not haggles and not acts.says("with_a_condition", text):
        return "agreed"
    return "haggled" if haggles and not agrees else None


def haggling(text: str) -> bool:
    """Whether another price is wanted, for what was quoted: 套餐 and 优惠活动 are other matters."""
    return bool(acts.says("haggles", text) or acts.says("dear", text)) and not acts.says("other_offer", text)


def bare(turn: Turn) -> str | None:
    """What a number or a short yes or no says, right after the quote."""
    option, yes = turn.slots.option, turn.slots.yes
    if yes is None and (relayed := acts.pattern("relayed").match(turn.text)) and relayed.end() > 1:
        yes = agreement(turn.text[relayed.end() :])
        return None if yes is None else "agreed" if yes else "refused"
    if option in (1, 2, 3) and len(turn.text) <= BARE:
        return DECISIONS[option - 1]
    if yes is None and len(turn.text) <= BARE:
        yes = agreement(SIGHS.sub("", turn.text))
    if yes is False and len(turn.text) > PLAIN_NO and not turn.slots.command:
        return None  # “不对，是主卧” corrects, “不是要取消” denies
    if yes is not None and len(turn.text) <= BARE and not turn.means("with_a_condition"):
        return "agreed" if yes else "refused"
    return None


def read_which(turn: Turn) -> Answers | None:
    """One of the listed quotes, by its place in the list or by words of what it is for."""
    listed = [row for row in turn.state.answers.get("quotes", ()) if isinstance(row, list | tuple) and len(row) == 4]
    option = turn.slots.option
    if option and option <= len(listed):
        return {"quote_id": listed[option - 1][0], "label": listed[option - 1][2], "total": listed[option - 1][3]}
    fit = [row for row in listed if len(turn.text) > 1 and (turn.text in row[2] or turn.text.upper() in row[1])]
    fit = fit or [row for row in listed if meant(turn.text, row, listed)]
    return {"quote_id": fit[0][0], "label": fit[0][2], "total": fit[0][3]} if len(fit) == 1 else None


def meant(text: str, row: Sequence[Any], listed: Sequence[Sequence[Any]]) -> bool:
    """Whether the words name this quote and no other: by letters that only it has, or by its sum."""
    others = "".join(other[2] for other in listed if other is not row)
    own = any(char in text for char in row[2] if "\u4e00" <= char <= "\u9fff" and char not in others + COMMON)
    sums = [other[3] for other in listed]
    priced = re.search(rf"(?<![\d.]){row[3]:g}(?![\d.])", text) is not None and sums.count(row[3]) == 1
    return own or priced


def each(text: str, listed: Sequence[Sequence[Any]]) -> list[tuple[Sequence[Any], str]]:
    """What the words decide about several quotes: 门的可以修，水槽的不要; 都修吧; 门150没问题. Empty when doubtful."""
    if acts.says("asks_of_quote", text):
        return []
    if acts.says("all_quotes", text):
        said = (
            "refused"
            if acts.says("not_this_quote", text)
            else plain(text) or ("agreed" if acts.says("this_quote", text) else None)
        )
        return [(row, said) for row in listed] if said in ("agreed", "refused") else []
    out: list[tuple[Sequence[Any], str]] = []
    for clause in filter(None, CLAUSE.split(text)):
        fit = [row for row in listed if meant(clause, row, listed)]
        said = (
            "refused"
            if acts.says("not_this_quote", clause)
            else plain(clause) or ("agreed" if acts.says("this_quote", clause) else None)
        )
        if len(fit) != 1 or said is None or acts.says("with_a_condition", clause) and said == "agreed":
            return []
        out.append((fit[0], said))
    return out


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
