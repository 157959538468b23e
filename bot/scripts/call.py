"""A call asked for: when, and on which number. What follows is a callback with a number and an owner."""

import re

from bot.heard import Do, Facts, Outcome
from bot.scripts import readers
from bot.scripts.script import Answers, Ask, Refusal, Script
from bot.scripts.turn import Turn

#: A call is wished for; “师傅还没给我打电话” complains of one.
WISH = re.compile(
    r"(?:给|跟|向)我(?:们)?(?:回|打|来)(?:一?个|一下)?(?:电话|电)|打(?:一?个)?(?:电话)?给我|回(?:一?个)?电(?:话)?(?:给我)?|打我(?:的|这个)?(?:电话|手机)(?:吧|就行|好了|啊|。)*$"
    r"|约(?:个|一个)?(?:回电|电话)|\bcall me\b|ring me",
    re.IGNORECASE,
)
NO_WISH = re.compile(r"没|不要|别|不用|怎么|为什么|为啥|不接|刚才|已经|师傅|是谁|骚扰|\bnot\b|didn't", re.IGNORECASE)


#: A yes or a no to “要不要约个回电”, beyond the plain ones.
WISHED = re.compile(
    r"^(?:要|方便|好|可以|行|嗯+|约|打吧|给我打|来个)[^，。,]{0,6}$|^(?:sure|please|yes|ok)\b.{0,12}$", re.IGNORECASE
)
UNWISHED = re.compile(
    r"^(?:不(?:用|要|必|需要|约|方便|了|打)|算了|没必要|先不)[^，。,]{0,6}$|^no\b.{0,12}$", re.IGNORECASE
)


#: We rang and they did not hear it: once more.
MISSED = re.compile(
    r"(?:没接到|没听到|漏接|未接)[^，。]{0,6}|再打(?:一[次遍个下]|过来|给我)|missed your call", re.IGNORECASE
)
#: They come or call by themselves: no moment for a call of ours.
MYSELF = re.compile(
    r"我(?:再|就|自己|会|到时候?|[今明后]天|周.|下周.?|[上下]午|早上|晚上)*(?:去|找|联系|打给|打你|过去|过来|问|到)(?:你们|您|店|展厅|公司|一趟|问|$)"
)


def wished(text: str) -> bool:
    """Whether the words ask for a call."""
    return bool(WISH.search(text)) and not NO_WISH.search(text)


def read_when(turn: Turn) -> Answers | Refusal | None:
    """A moment that is not over; a fault or another matter that names a time is not about the call."""
    slots = turn.slots
    if MYSELF.search(turn.text):
        return None
    if turn.intent == "repair" or slots.problem or (readers.elsewhere(turn) and not wished(turn.text)):
        bare = slots.time and len(turn.text) - len(slots.time.text_zh) <= readers.BESIDE
        if not bare:
            return None
    hindered = slots.time and turn.means("hindered")
    if given := readers.offered_time(turn) if hindered else readers.window(turn):
        calling = turn.facts.calling
        return readers.on_its_day(given, calling.at if calling else None)
    return Refusal("repair.when_past") if slots.time and slots.time.past else None


def _phone_unknown(answers: Answers, facts: Facts) -> bool:
    return bool(answers.get("other_number")) or not facts.has_phone


def finish(turn: Turn) -> Outcome:
    """The callback is asked for; the text says its number and the moment that was promised."""
    answers = turn.state.answers
    names = ("when_start", "when_end", "when_text", "phone", "words")
    args = {name: answers[name] for name in names if answers.get(name)}
    said = turn.say("call.done", phone=answers.get("phone") or turn.facts.phone or None)
    return turn.leave(said, dos=(Do("callback.ask", args),))


SCRIPT = Script(
    "call",
    start="when",
    steps={
        "when": Ask(
            "call.ask_when", read_when, "phone", ("when_text",), spot=read_when, asking="time",
            key_of=lambda turn: "call.when" if turn.state.answers.get("moving") else "call.ask_when",
        ),
        "phone": Ask(
            "call.ask_phone", readers.phone, None, ("phone",), spot=readers.spot_phone, needed=_phone_unknown,
            why="call.why_phone", asking="phone",
        ),
    },
    finish=finish,
    takes_media=False,
    light=True,
)  # fmt: skip
