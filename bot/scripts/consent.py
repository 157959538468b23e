"""Doubtful words about what we send are asked about once: 是不想再收活动消息吗？ Anything but a yes stops nothing."""

import re

from bot.heard import Do, Outcome
from bot.scripts import readers
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn

#: A yes in the words of the question: “不要再发了” refuses the messages, not the question.
NO_MORE = re.compile(
    r"(?:不|别|甭|少)(?:要|想|用|愿意?|许|准)?(?:再|给我|收到)*(?:发(?!火|现|票|货|霉)|收(?!费|钱|拾|货)|推(?!荐|卸|迟|门)|来(?:消息|短信|信|烦))"
    r"|^不想(?:要|了)?[了。]*$|^.{0,5}(?:广告|烦).{0,5}$"
    r"|no more|stop",
    re.IGNORECASE,
)
#: What goes on whatever is refused.
GOES_ON = re.compile(r"(?:要|照常|继续|可以)(?:发|收|推)|别停|没说|不是(?!.{0,4}(?:别|不要))")


def read_meant(turn: Turn) -> Answers | None:
    """A plain yes or no."""
    other = turn.slots.problem or GOES_ON.search(turn.text) or turn.means("question")
    if NO_MORE.search(turn.text) and not other:
        return {"meant": True}
    if readers.refuses(turn) or GOES_ON.search(turn.text):
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
