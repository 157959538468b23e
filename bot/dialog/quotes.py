"""A quote that waits for an answer: 同意, 不同意, 改价, or a question about it; never money on a doubtful yes.

A short yes or number counts only while the quote is the last thing on the phone; whatever else was said in between, it
is asked what is meant.
"""

import re

from bot.dialog import desk, form, talk
from bot.heard import Do, Outcome, QuoteRef
from bot.scripts import quote as script
from bot.scripts import readers
from bot.scripts.turn import Turn

#: The id of a button under an offer: which version, and what was tapped.
TAPPED = re.compile(r"^qt:(\d{1,12}):(agreed|refused|haggled)$")
#: What makes a question one about the quote.
ASKED = re.compile(
    r"报价|人工|材料|配件|费用?|多少钱|怎么(?:要|收|这么)|包(?:含|括|不包)|含不含|含|牌子|品牌|价|贵|钱|明细|保多久|quote|price|labou?r",
    re.IGNORECASE,
)
#: The quote itself is named.
NAMED = re.compile(r"报价|\bquote\b", re.IGNORECASE)
#: Matters of their own, whatever they ask.
ELSE = frozenset({"human", "complaint", "repair", "appointment", "bind", "unsubscribe"})


def tapped(turn: Turn) -> Outcome | None:
    """A button under an offer answers the very version that it stands under."""
    found = TAPPED.match(turn.heard.choice)
    return _done(turn, int(found[1]), found[2]) if found else None


def answer(turn: Turn) -> Outcome | None:
    """The household's word about a quote, or a question about it; None for every other matter."""
    if not turn.facts.quotes or turn.heard.kind not in ("text", "voice") or not turn.text:
        return None
    if turn.state.script in ("quote", "cancel") and not turn.state.confirming:
        return None
    if turn.slots.problem or (turn.intent in ELSE and turn.heard.reading.top.confidence >= 0.5):
        return None
    last = next((quote for quote in turn.facts.quotes if quote.asked_last), None)
    if (said := script.plain(turn.text)) and (last or not _of_another(turn, said)):
        return _ask(turn) if not last and _doubtful(turn, said) else _decided(turn, said, last)
    if said := script.bare(turn):
        return _short(turn, said, last)
    return _question(turn, last)


def _of_another(turn: Turn, said: str) -> bool:
    """“不修了” in the middle of a report means the report, 同意 what was asked since; 同意报价 is always ours."""
    if NAMED.search(turn.text) or said == "haggled":
        return False
    opened = form.script_of(turn)
    return (opened is not None and not opened.light) or _asked_since(turn)


def _asked_since(turn: Turn) -> bool:
    """Whether somebody else asked for a yes after the quote: a crew for another time, the head of a complaint."""
    case = turn.facts.complaint
    return (case is not None and case.asked_last) or desk.speaks_of_time(turn)


def _doubtful(turn: Turn, said: str) -> bool:
    """Whether 同意 may as well answer what was proposed about a complaint."""
    case = turn.facts.complaint
    return case is not None and case.told and said != "haggled" and not NAMED.search(turn.text)


def _short(turn: Turn, said: str, last: QuoteRef | None) -> Outcome | None:
    if last:
        return _decided(turn, said, last)
    if form.script_of(turn) or turn.facts.survey or turn.state.parked or _asked_since(turn):
        return None  # somebody else asked after the quote
    return _ask(turn)


def _decided(turn: Turn, said: str, last: QuoteRef | None) -> Outcome:
    quotes = turn.facts.quotes
    quote = last or _named(turn) or (quotes[0] if len(quotes) == 1 else None)
    if quote is None:
        rows = {"quotes": [script.row_of(one) for one in quotes], "decision": said, "words": turn.text[:300]}
        return form.begin(turn, "quote", answers=rows)
    if not quote.told:
        return form.aside(turn, turn.say("quote.not_read"))
    return _done(turn, quote.id, said)


def _done(turn: Turn, quote_id: int, said: str) -> Outcome:
    """The answer is given; the desk refuses it for a version that counts no more."""
    do = Do("quote.answer", {"quote_id": quote_id, "decision": said, "words": turn.text[:300]})
    return form.aside(turn, turn.say("quote.result"), dos=(do,))


def _ask(turn: Turn) -> Outcome:
    quotes = [quote for quote in turn.facts.quotes if quote.told] or list(turn.facts.quotes)
    answers = script.about(quotes[0]) if len(quotes) == 1 else {"quotes": [script.row_of(one) for one in quotes]}
    return form.begin(turn, "quote", answers=answers)


def _named(turn: Turn) -> QuoteRef | None:
    place = turn.slots.place_room or turn.slots.place
    for quote in turn.facts.quotes:
        if quote.number == turn.slots.number or (place and place in quote.label):
            return quote
    return None


def _question(turn: Turn, last: QuoteRef | None) -> Outcome | None:
    """Asked about an item: the crew hears it, and a person explains."""
    asks = bool(readers.QUESTION.search(turn.text))
    if (
        not asks
        or form.script_of(turn)
        or not (ASKED.search(turn.text) or last and turn.intent in ("", "enquiry_material"))
    ):
        return None
    if turn.intent == "warranty_question" and not last:
        return None
    quote = last or _named(turn) or turn.facts.quotes[0]
    outcome = talk.hand_over(turn, "quote")
    ask = Do("quote.ask", {"quote_id": quote.id, "words": turn.text[:300]})
    return Outcome(outcome.state, outcome.says, (ask, *outcome.dos))
