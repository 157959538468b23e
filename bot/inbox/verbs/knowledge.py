"""What the house's articles say, how they did, and what nobody has answered yet."""

from typing import Any

from bot.inbox.verbs.hand import Args, Hand, Results, Verb
from bot.understanding import key_of, without_phones
from models.desk.talk import knowledge
from models.knowledge import Article


def say(hand: Hand, args: Args) -> Results:
    """The article's answer in the person's language; one that is gone meanwhile is answered with nothing known."""
    article = hand.session.get(Article, _id(args))
    if article is None:
        return {"answer": ""}
    knowledge.said(hand.session, article.id)
    english = hand.lang == "en" and article.answer_en
    return {"answer": english or article.answer}


def rate(hand: Hand, args: Args) -> Results:
    """Whether it helped is on the article's record, and the question after which it did not."""
    helped, words = bool(args.get("helped")), without_phones(str(args.get("words") or ""))
    knowledge.rated(hand.session, _id(args), helped)
    if not helped:
        knowledge.unfit(hand.session, _id(args), key_of(words), words, now=hand.now)
    return {}


def miss(hand: Hand, args: Args) -> Results:
    """The question waits for an article, without any phone number that stood in it."""
    words = without_phones(str(args.get("words") or ""))
    knowledge.missed(hand.session, key_of(words), words, now=hand.now)
    return {}


def _id(args: Args) -> Any:
    return args.get("article_id") or 0


VERBS: dict[str, Verb] = {"knowledge.say": say, "knowledge.rate": rate, "knowledge.miss": miss}
