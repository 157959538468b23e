"""A call asked for: when, and on which number. What follows is a callback with a number and an owner."""

from bot.heard import Do, Facts, Outcome
from bot.scripts import readers
from bot.scripts.script import Answers, Ask, Refusal, Script
from bot.scripts.turn import Turn
from bot.understanding import acts


def wished(text: str) -> bool:
    """Whether the words ask for a call."""
    return acts.says("wishes_call", text) and not acts.says("wishes_no_call", text)


def read_when(turn: Turn) -> Answers | Refusal | None:
    """A moment that is not over; a fault or another matter that names a time is not about the call."""
    slots = turn.slots
    if turn.means("comes_by_self"):
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
