"""Signing up for an event, and calling it off: which one, how many, done. Nothing is asked that was said already."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.heard import Do, EventRef, Outcome
from bot.scripts import readers
from bot.scripts.script import Answers, Ask, Refusal, Script
from bot.scripts.turn import Turn

#: More is a group, for which somebody should be talked to; the desk refuses it too.
MOST_PEOPLE = 10
#: Longer words have a matter of their own.
SHORT = 30
COUNTED = re.compile(r"(\d{1,3}|[一二两俩三四五六七八九十])\s*(?:个?大?人|个|位|口|名|people|persons?)", re.IGNORECASE)
DIGITS = {"一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
#: 两大一小: two grown-ups and a child.
BIG_AND_SMALL = re.compile(r"(\d|[一二两三四五])\s*(?:个)?大(?:人)?[、，, ]*(\d|[一二两三四五])\s*(?:个)?小")
#: People said without a number.
SAID = (
    (re.compile(r"(?:一|全)家三口|三口之家"), 3),
    (re.compile(r"(?:一|全)家四口"), 4),
    (re.compile(r"我?(?:和|跟|带)我?(?:老婆|老公|爱人|太太|媳妇|对象)|夫妻|两口子|我们俩|我俩"), 2),
    (
        re.compile(
            r"就?我(?:自己|一个)|^自己|^(?:就|只有|仅)我(?:去|来)?[了啦吧啊。!！]*$|just me|only me", re.IGNORECASE
        ),
        1,
    ),
)
#: Wanting to come, whichever event it is.
WANTS = re.compile(
    r"报(?:个|一下)?名|(?:想|要|可以|能)(?:去|参加)|参加(?:一下|活动)?$"
    r"|sign (?:me )?up|^(?:i['’]?ll|i|we) (?:want to )?(?:come|join|go)"
    r"|^(?:我们?|两个|几个|这个|那个)?(?:都|全)?(?:要)?(?:报|参加|去|来)(?:了|吧|啊|的|上|这个|一个|活动)*[。.!！]*$",
    re.IGNORECASE,
)
#: All of those that are open.
ALL = re.compile(
    r"^(?:我们?|那)?(?:[两三四五六](?:个|场)|这些|全部)?(?:我们?)?(?:都|全都?)(?:给我)?(?:要)?(?:报|参加|去|来)(?:了|吧|啊|的|上|名)*[。.!！]*"
    r"|\b(?:all of them|both|sign me up for (?:all|both|everything))\b",
    re.IGNORECASE,
)
#: Cannot come, whatever it is that was agreed.
CANNOT = re.compile(
    r"(?:去|来|参加)不(?:了|成)|(?:不能|没法|没办法)(?:去|来|参加)"
    r"|(?:can(?:no|['’])?t|can not|won['’]?t|unable to) (?:be able to )?(?:come|make it|attend|join)",
    re.IGNORECASE,
)
BARE = re.compile(r"^\s*(\d{1,3})\s*$")


def count_of(text: str) -> int | None:
    """How many people the words name; None for none."""
    if grown := BIG_AND_SMALL.search(text):
        return sum(DIGITS.get(one) or int(one) for one in grown.groups())
    for words, number in SAID:
        if words.search(text):
            return number
    found = COUNTED.search(text)
    if not found:
        return None
    return DIGITS.get(found[1]) or int(found[1])


def spot_people(turn: Turn) -> Answers | None:
    """A number of people in any message."""
    number = count_of(ALL.sub("", turn.text) if len(turn.facts.events) > 1 else turn.text)
    return {"people": number} if number and 1 <= number <= MOST_PEOPLE else None


def read_people(turn: Turn) -> Answers | Refusal | None:
    """A number of people when it was asked, bare numbers too; a group is refused with a reason."""
    bare = BARE.match(turn.text)
    number = count_of(turn.text) or (int(bare[1]) if bare else turn.slots.option)
    if number is None:
        return None
    return {"people": number} if 1 <= number <= MOST_PEOPLE else Refusal("errors.event_number")


def chosen(event: EventRef) -> dict[str, Any]:
    """The event as the dialog keeps it."""
    return {"event_id": event.id, "title": event.title, "starts": event.starts_at.isoformat()}


def every(events: tuple[EventRef, ...]) -> dict[str, Any]:
    """Several events as the dialog keeps them."""
    titles = [event.title for event in events]
    return {"event_id": events[0].id, "event_ids": [event.id for event in events], "titles": titles}


def named(turn: Turn) -> EventRef | None:
    """The event whose title, or a piece of it that no other has, stands in the words."""
    text = turn.text
    fit = [event for event in turn.facts.events if _named(text, event.title)]
    return fit[0] if len(fit) == 1 else None if fit else _by_its_word(text, turn.facts.events)


def _by_its_word(text: str, events: Sequence[EventRef]) -> EventRef | None:
    """“那个讲座”: two letters in a row that only one of the titles has."""
    titles = [event.title for event in events]

    def own(title: str) -> bool:
        pairs = (title[at : at + 2] for at in range(len(title) - 1))
        pieces = (pair for pair in pairs if not pair.isascii())  # two Latin letters stand in any words
        return any(piece in text and sum(piece in other for other in titles) == 1 for piece in pieces)

    fit = [event for event in events if own(event.title)]
    return fit[0] if len(fit) == 1 < len(titles) else None


def _named(text: str, title: str) -> bool:
    return any(title[at : at + 3] in text for at in range(max(1, len(title) - 2)))


def spot_event(turn: Turn) -> Answers | None:
    """An event named in any message, or the only one there is."""
    event = named(turn) or (turn.facts.events[0] if len(turn.facts.events) == 1 else None)
    return chosen(event) if event else None


def read_event(turn: Turn) -> Answers | None:
    """The event when it was asked: by number or name, all of them; the only one by whoever wants to come or says how
    many."""
    option, listed = turn.slots.option, turn.facts.events
    if len(listed) > 1 and not named(turn) and ALL.search(turn.text):
        return every(listed)
    if option and option <= len(listed):
        return chosen(listed[option - 1])
    comes = readers.agrees(turn) or WANTS.search(turn.text) or count_of(turn.text)
    event = named(turn) or (listed[0] if len(listed) == 1 and comes else None)
    return chosen(event) if event else None


def facts_of(turn: Turn) -> dict[str, Any]:
    """The list that the question shows."""
    return {"events": shown(turn)}


def shown(turn: Turn) -> list[dict[str, Any]]:
    """The open events as texts name them."""
    return [
        {"title": one.title, "starts": one.starts_at.isoformat(), "place": one.place, "text": one.text}
        for one in turn.facts.events
    ]


def signed(turn: Turn) -> Outcome:
    """The place is taken or waited for; the text says which."""
    answers = turn.state.answers
    if several := answers.get("event_ids"):
        every_one = Do("event.sign_up_all", {"event_ids": list(several), "people": answers["people"]})
        return listening(turn, turn.leave(turn.say("events.signed_all"), dos=(every_one,)), {})
    do = Do("event.sign_up", {"event_id": answers["event_id"], "people": answers["people"]})
    signed_up = turn.leave(turn.say("events.signed"), dos=(do,))
    return listening(turn, signed_up, {"event_id": answers["event_id"]})


def listening(turn: Turn, outcome: Outcome, answers: Answers) -> Outcome:
    """Ready for “去不了了” about what was just signed up for, where nothing waits to be taken up again."""
    return outcome if outcome.state else replace(outcome, state=turn.start("signed_up", "cannot", answers).state)


def read_cannot(turn: Turn) -> Answers | None:
    """That they cannot come after all, and nothing else."""
    other = turn.slots.problem or turn.slots.time or turn.means("question") or len(turn.text) > SHORT
    return {"cannot": True} if CANNOT.search(turn.text) and not other else None


def cannot_come(turn: Turn, event_id: int = 0) -> Outcome:
    """The place is given back; of several it is asked which."""
    do = Do("event.cannot_come", {"event_id": event_id}, keep=("places",))
    asking = turn.start("cannot_come", "place")
    return asking.stay(turn.say("events.cannot_come"), dos=(do,))


def _own(turn: Turn) -> list[list[Any]]:
    kept = turn.state.answers.get("places")
    return [one for one in kept if isinstance(one, list | tuple) and len(one) == 2] if isinstance(kept, list) else []


def read_place(turn: Turn) -> Answers | None:
    """Which of one's own sign-ups is called off; with just one a yes is enough, a no keeps it."""
    if readers.refuses(turn) or turn.means("keep") or readers.slipped(turn) or "还是去" in turn.text:
        return {"signup_id": 0}
    own, option = _own(turn), turn.slots.option
    if option and option <= len(own):
        return {"signup_id": own[option - 1][0]}
    fit = [one for one in own if _named(turn.text, str(one[1]))]
    if len(fit) == 1:
        return {"signup_id": fit[0][0]}
    agreed = (
        readers.agrees(turn) or turn.slots.command == "cancel" or turn.means("not_coming") or CANNOT.search(turn.text)
    )
    return {"signup_id": own[0][0]} if len(own) == 1 and agreed else None


def called_off(turn: Turn) -> Outcome:
    """The place is given back, or kept."""
    signup_id = turn.state.answers["signup_id"]
    if not signup_id:
        return turn.leave(turn.say("events.kept"))
    return turn.leave(turn.say("events.withdrawn"), dos=(Do("event.withdraw", {"signup_id": signup_id}),))


SIGN_UP = Script(
    "sign_up",
    start="event",
    steps={
        "event": Ask(
            "events.ask_which", read_event, "people", ("event_id",), spot=spot_event, numbered=True, facts=facts_of,
        ),
        "people": Ask(
            "events.ask_people", read_people, None, ("people",), spot=spot_people, numbered=True,
            facts=lambda turn: {name: turn.state.answers.get(name) for name in ("title", "starts", "titles")},
        ),
    },
    finish=signed,
    takes_media=False,
    light=True,
)  # fmt: skip
WITHDRAW = Script(
    "withdraw",
    start="place",
    steps={
        "place": Ask(
            "events.ask_withdraw", read_place, None, ("signup_id",), numbered=True,
            facts=lambda turn: {"places": _own(turn)} if _own(turn) else {},
        ),
    },
    finish=called_off,
    takes_media=False,
    light=True,
)  # fmt: skip
#: After a sign-up, in passing: nothing is asked, and “去不了了” is about it.
SIGNED_UP = Script(
    "signed_up",
    start="cannot",
    steps={"cannot": Ask("events.ask_withdraw", read_cannot, None, ("cannot",))},
    finish=lambda turn: cannot_come(turn, turn.state.answers.get("event_id") or 0),
    takes_media=False,
    light=True,
    passing=True,
)
#: Which of several sign-ups falls away; where it was the only one, nothing is asked any more.
CANNOT_COME = replace(WITHDRAW, name="cannot_come", passing=True)
