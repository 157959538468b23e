"""Doubtful words about what we send are asked about once: 是不想再收活动消息吗？ Anything but a yes stops nothing."""

from bot.heard import Do, Outcome
from bot.scripts import readers
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn


def read_meant(turn: Turn) -> Answers | None:
    """A plain yes or no."""
    other = turn.slots.problem or turn.means("messages_go_on", "question")
    if turn.means("no_more_messages") and not other:
        return {"meant": True}
    if readers.refuses(turn) or turn.means("messages_go_on"):
        return {"meant": False}
    return {"meant": True} if readers.agrees(turn) else None


def finish(turn: Turn) -> Outcome:
    """No more of it, with the words that asked for it; or nothing changes."""
    if not turn.state.answers["meant"]:
        return turn.leave(turn.say("consent.kept"))
    words = turn.state.answers.get("words") or turn.text
    return turn.leave(turn.say("consent.out"), dos=(Do("person.opt_out", {"words": words}),))


SCRIPT = Script(
    "opt_out",
    start="meant",
    steps={"meant": Ask("consent.ask", read_meant, None, ("meant",), numbered=True)},
    finish=finish,
    takes_media=False,
    light=True,
    passing=True,
)
