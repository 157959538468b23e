"""Quotes by chat: the household answers and asks, the crew makes them."""

from bot.inbox.verbs.hand import Args, Hand, Results, Verb
from bot.inbox.verbs.repair import job
from models.desk.repair import quotes
from models.desk.repair.quotes import Answer, Line
from models.errors import NotFound
from models.quotes import Quote


def own_quote(hand: Hand, quote_id: object) -> Quote:
    """A quote that this WeChat may answer; NotFound for every other, existing or not."""
    quote = hand.session.get(Quote, quote_id)
    if quote is None or not quotes.may_answer(hand.session, quote, hand.follower):
        raise NotFound
    return quote


def quote_answer(hand: Hand, args: Args) -> Results:
    """Agreed, refused or another price, with the person's name."""
    quote = own_quote(hand, args["quote_id"])
    said = Answer(args["decision"], args.get("words") or "", "chat", hand.follower, hand.by.name)
    quotes.answer(hand.session, quote, said, by=hand.by, now=hand.now)
    results: Results = {
        "decision": said.decision,
        "number": quote.number,
        "repair": quote.repair.number,
        "total": quote.total / 100,
    }
    return results | ({"crew": quote.repair.crew.name} if quote.repair.crew else {})


def quote_ask(hand: Hand, args: Args) -> Results:
    """A question about an item is on the case and with the crew."""
    quote = own_quote(hand, args["quote_id"])
    quotes.ask(hand.session, quote, args.get("words") or "", by=hand.by, now=hand.now)
    return {}


def crew_quote(hand: Hand, args: Args) -> Results:
    """The crew's quote is with the household."""
    repair = job(hand, args)
    lines = [Line(name, price, hundredths, unit) for name, hundredths, unit, price in args.get("items") or ()]
    quote = quotes.make(hand.session, repair, lines, by=hand.by, now=hand.now)
    told = quotes.send(hand.session, quote, by=hand.by, now=hand.now)
    return {"number": quote.number, "total": quote.total / 100, "told": told}


VERBS: dict[str, Verb] = {"quote.answer": quote_answer, "quote.ask": quote_ask, "crew.quote": crew_quote}
