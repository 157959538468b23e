"""The household's answer to a quote where one message did not say it all: which quote, and what about it."""

import re
from collections.abc import Sequence
from typing import Any

from bot.heard import Do, Facts, Outcome, QuoteRef
from bot.scripts.household import KIN
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn
from bot.understanding import acts
from bot.understanding.replies import agreement

AGREE = re.compile(
    r"同意|接受(?!不了)|认可|按(?:这个|报价|你们说的|这样).{0,4}(?:修|做|来|弄)"
    r"|(?:就|那)?(?:修|做|动工|开工)吧[。.!！]*$|那就(?:修|做|换|弄|动工)[了吧。.!！]*$|没意见|\bagreed?\b|go ahead",
    re.IGNORECASE,
)
REFUSE = re.compile(
    r"不同意|不接受|接受不了|不认可|拒绝|(?<!修)(?<!做)不(?:用|想|要|打算)?(?:再)?修了?|不做了|贵.{0,6}(?:算了|不要了)"
    r"|^(?:那?还是)?算了|自己(?:修|找人|弄|搞)|找别人|no,? thanks|too expensive.{0,10}\bno\b",
    re.IGNORECASE,
)
HAGGLE = re.compile(
    r"改(?:个|一下)?价|便宜|优惠|少(?:点|一点|算|收|些|个?[\d一两二三四五六七八九十百]+)|打(?:个)?折|抹(?:个|掉)?零"
    r"|降(?:点|一点|价|些)|抢钱|宰人|坑人|黑心|让(?:点|一点|利)|讲价|还价"
    r"|\d+(?:元|块钱?)?(?:行|可以|好|成|修|做|干)不?(?:行|可以|好|成|修|做|干|吗|么|嘛)|cheaper|discount|expensive",
    re.IGNORECASE,
)
#: A home to be built, an offer to everybody, business between firms.
OTHER_PRICE = re.compile(
    r"套餐|装修|翻新|改造|[全半]包|整装|活动|会员|老带新|推荐|合作|加盟|我们厂|年底|双十一|军人|团购"
)
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
#: Nothing is agreed to by a question or by a condition.
IF = re.compile(r"[?？]|[吗么嘛]|如果|要是|的话|先|再|但|不过|if\b", re.IGNORECASE)
#: Agreed to only if something else is so: 包材料的话就同意, 先修再说.
ON_TERMS = re.compile(
    r"(?:的话|如果|要是|只要).{0,10}(?:就|才)?(?:同意|修|做|可以|行)"
    r"|先修(?:好)?(?:了)?再|修(?:好|完)了?再(?:说|付|给|谈)",
    re.IGNORECASE,
)
#: Somebody of the family has decided: 他说可以.
RELAYED = re.compile(
    rf"^(?:我)?(?:{KIN.pattern}|他们?|她|家里)(?:也|都)?(?:说|讲|觉得|回我)?(?:了)?[，, ]*", re.IGNORECASE
)
#: All of several.
ALL = re.compile(r"(?:两|几|三)?(?:个|份|单|处)?(?:都|全部?)(?!不是)|\b(?:both|all)\b", re.IGNORECASE)
#: Letters that stand in the name of any fault.
COMMON = "不了水坏漏修室间上下个的关开响动掉断裂堵滴渗有没打松一那这好价钱元"
#: Whoever asks about one of several decides nothing.
ASKS_OF_IT = re.compile(
    r"[?？吗么嘛呢]|([能可行好要修做])不\1|可不可以|什么|怎么|多[久少]|几|哪|谁|还没|没(?!问题|意见)"
)
#: Yes and no to one of several, beside its name.
NOT_THIS = re.compile(r"不(?:要|修|用|做|弄|同意|行)|先放|算了|\bno\b")
THIS = re.compile(
    r"(?:可以|行|同意|没问题|好|修|做|弄)(?:吧|的|了|修|做)*[。.!！]*$|\b(?:ok|yes|agree)\b", re.IGNORECASE
)
CLAUSE = re.compile(r"[，,。；;！!\n]+|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
#: A short answer without words of its own: 1, 好的, 不.
BARE = 6
#: A no in more letters than these says something else.
PLAIN_NO = 4
DECISIONS = ("agreed", "refused", "haggled")


def plain(text: str) -> str | None:
    """What the words say in so many words; None when they do not, or say two things at once."""
    text, doubled = DOUBLED.subn("", GIVES_IN.sub("", text))
    if REFUSE.search(text):
        return "refused"
    agrees, haggles = bool(AGREE.search(text)) and not doubled, haggling(text)
    if agrees and not haggles and not IF.search(text):
        return "agreed"
    return "haggled" if haggles and not agrees else None


def haggling(text: str) -> bool:
    """Whether another price is wanted, for what was quoted: 套餐 and 优惠活动 are other matters."""
    return bool(HAGGLE.search(text) or acts.says("dear", text)) and not OTHER_PRICE.search(text)


def bare(turn: Turn) -> str | None:
    """What a number or a short yes or no says, right after the quote."""
    option, yes = turn.slots.option, turn.slots.yes
    if yes is None and (relayed := RELAYED.match(turn.text)) and relayed.end() > 1:
        yes = agreement(turn.text[relayed.end() :])
        return None if yes is None else "agreed" if yes else "refused"
    if option in (1, 2, 3) and len(turn.text) <= BARE:
        return DECISIONS[option - 1]
    if yes is None and len(turn.text) <= BARE:
        yes = agreement(SIGHS.sub("", turn.text))
    if yes is False and len(turn.text) > PLAIN_NO and not turn.slots.command:
        return None  # “不对，是主卧” corrects, “不是要取消” denies
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
    if ASKS_OF_IT.search(text):
        return []
    if ALL.search(text):
        said = "refused" if NOT_THIS.search(text) else plain(text) or ("agreed" if THIS.search(text) else None)
        return [(row, said) for row in listed] if said in ("agreed", "refused") else []
    out: list[tuple[Sequence[Any], str]] = []
    for clause in filter(None, CLAUSE.split(text)):
        fit = [row for row in listed if meant(clause, row, listed)]
        said = "refused" if NOT_THIS.search(clause) else plain(clause) or ("agreed" if THIS.search(clause) else None)
        if len(fit) != 1 or said is None or IF.search(clause) and said == "agreed":
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
