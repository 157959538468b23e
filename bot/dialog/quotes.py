"""A quote that waits for an answer: 同意, 不同意, 改价, or a question about it; never money on a doubtful yes.

A short yes or number counts only while the quote is the last thing on the phone; whatever else was said in between, it
is asked what is meant.
"""

import re
from dataclasses import replace

from bot.dialog import desk, form, talk
from bot.heard import Do, Outcome, QuoteRef
from bot.scripts import quote as script
from bot.scripts.turn import Turn

#: The id of a button under an offer: which version, and what was tapped.
TAPPED = re.compile(r"^qt:(\d{1,12}):(agreed|refused|haggled)$")
#: Matters of their own, whatever they ask.
ELSE = frozenset({"human", "complaint", "repair", "appointment", "bind", "unsubscribe"})


def tapped(turn: Turn) -> Outcome | None:
    """A button under an offer answers the very version that it stands under."""
    found = TAPPED.match(turn.heard.choice)
    return _done(turn, int(found[1]), found[2]) if found else None


def labour(turn: Turn) -> Outcome | None:
    """“人工太贵了” about a quote: the price of the work, before anybody hears a wish for a person in it."""
    if not turn.facts.quotes or turn.intent != "human" or not turn.means("names_labour"):
        return None
    reading = replace(turn.heard.reading, intents=())
    return answer(replace(turn, heard=replace(turn.heard, reading=reading)))


def after_all(turn: Turn) -> Outcome | None:
    """Refused before, wanted now: the quote counts no more, so a person takes it up."""
    paid = any(ticket.paid for ticket in turn.facts.tickets)
    if not paid or turn.facts.quotes or form.script_of(turn) or not turn.worded:
        return None
    return talk.hand_over(turn, "quote") if turn.means("after_all") and not turn.slots.problem else None


def _each(turn: Turn) -> Outcome | None:
    """“门的可以修，水槽的不要”, “两个都修吧”: every one of several is answered."""
    told = [script.row_of(one) for one in turn.facts.quotes if one.told]
    said = script.each(turn.text, told) if len(told) == len(turn.facts.quotes) > 1 else []
    if not said:
        return None
    dos = tuple(
        Do("quote.answer", {"quote_id": row[0], "decision": decision, "words": turn.text[:300]})
        for row, decision in said
    )
    rows = [{"label": row[2], "number": row[1], "total": row[3], "decision": decision} for row, decision in said]
    done = turn.become(script="") if turn.state.script == "quote" else turn
    return form.aside(done, turn.say("quote.results", quotes=rows), dos=dos)


def answer(turn: Turn) -> Outcome | None:
    """The household's word about a quote, or a question about it; None for every other matter."""
    if not turn.facts.quotes or not turn.worded or not turn.text:
        return None
    if turn.state.script in ("", "quote") and (outcome := _each(turn)):
        return outcome
    if turn.state.script in ("quote", "cancel") and not turn.state.confirming:
        return None
    last = next((quote for quote in turn.facts.quotes if quote.asked_last), None)
    sure = turn.heard.reading.top.confidence >= 0.5
    # “把角阀去掉 其他没问题” names a thing that could be broken.
    part = last is not None and not sure and turn.means("agrees_in_part")
    if turn.slots.problem and not part or (turn.intent in ELSE and sure):
        return None
    if (said := script.plain(turn.text)) and (last or not _of_another(turn, said)):
        return _ask(turn) if not last and _doubtful(turn, said) else _decided(turn, said, last)
    if said := script.bare(turn):
        return _short(turn, said, last)
    if turn.means("on_terms") and not form.script_of(turn):
        return _explained(turn, last or _named(turn) or turn.facts.quotes[0])
    return _question(turn, last)


def _of_another(turn: Turn, said: str) -> bool:
    """“不修了” in the middle of a report means the report, 同意 what was asked since; 同意报价 is always ours."""
    if turn.means("names_quote") or said == "haggled":
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
    return case is not None and case.told and said != "haggled" and not turn.means("names_quote")


def _short(turn: Turn, said: str, last: QuoteRef | None) -> Outcome | None:
    if last:
        return _decided(turn, said, last)
    if form.script_of(turn) or turn.facts.survey or turn.state.parked or _asked_since(turn):
        return None  # somebody else asked after the quote
    return _ask(turn)


def _decided(turn: Turn, said: str, last: QuoteRef | None) -> Outcome:
    quotes = turn.facts.quotes
    quote = _named(turn) or last or (quotes[0] if len(quotes) == 1 else None)
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
    """The quote that the words name: by number, by its place, by what only it is for."""
    if quote := turn.named(turn.facts.quotes):
        return quote
    rows = {quote.id: script.row_of(quote) for quote in turn.facts.quotes}
    fit = [one for one in turn.facts.quotes if script.meant(turn.text, rows[one.id], list(rows.values()))]
    return fit[0] if len(fit) == 1 < len(rows) else None


def _question(turn: Turn, last: QuoteRef | None) -> Outcome | None:
    """Asked about an item: the crew hears it, and a person explains."""
    asks = turn.means("question", "asks_how_made_up")
    if (
        not asks
        or form.script_of(turn)
        or not (
            turn.means("asks_about_quote")
            or turn.means("asks_how_made_up")
            and turn.intent in ("", "progress")
            or last
            and turn.intent in ("", "enquiry_material")
        )
    ):
        return None
    if turn.intent == "warranty_question" and not last:
        return None
    return _explained(turn, last or _named(turn) or turn.facts.quotes[0])


def _explained(turn: Turn, quote: QuoteRef) -> Outcome:
    outcome = talk.hand_over(turn, "quote")
    ask = Do("quote.ask", {"quote_id": quote.id, "words": turn.text[:300]})
    return Outcome(outcome.state, outcome.says, (ask, *outcome.dos))
