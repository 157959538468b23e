"""隐私: one's own data in copy or gone. A deletion is asked once, with what goes, what the law keeps and what waits.

The question is asked in passing: whoever speaks of something else meanwhile has not agreed.
"""

from collections.abc import Mapping
from typing import Any

from bot.heard import Do, Facts, Outcome
from bot.scripts import readers
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn

#: While a deletion waits any of these takes it back, whatever it does not name.
PUT_AWAY = r"(?:删除?掉?|清除|清空|清掉|注销|销毁|抹掉)"


def read_sure(turn: Turn) -> Answers | None:
    """A plain yes or no; nothing else deletes anything."""
    if readers.keeps(turn) or turn.means("data_stays") or turn.slots.command == "cancel":
        return {"sure": False}
    return (
        {"sure": True}
        if readers.agrees_plainly(turn, "删", "注销", "delete") or turn.means("sure_of_deletion")
        else None
    )


def facts(turn: Turn) -> Mapping[str, Any]:
    """What the question names: whether a house proves who asks."""
    return {"bound": bool(turn.state.answers.get("bound"))}


def finish(turn: Turn) -> Outcome:
    """The wish is on record with a number and a date; one that was on record may be taken back; or nothing happens."""
    answers, wish = turn.state.answers, turn.state.answers.get("wish", "export")
    if wish == "delete" and answers.get("number"):
        if turn.means("second_thought"):
            do = Do("privacy.withdraw", {"words": turn.text[:500]})
            return turn.leave(turn.say("privacy.taken_back"), dos=(do,))
        return turn.leave(turn.say("privacy.known", number=answers["number"]))
    if wish == "delete" and not answers.get("sure"):
        return turn.leave(turn.say("privacy.kept"))
    do = Do("privacy.ask", {"wish": wish, "words": answers.get("words") or turn.text})
    return turn.leave(turn.say(f"privacy.asked_{wish}", bound=bool(answers.get("bound"))), dos=(do,))


def _deletes(answers: Answers, _: Facts) -> bool:
    return answers.get("wish") == "delete"


SCRIPT = Script(
    "privacy",
    start="sure",
    steps={"sure": Ask("privacy.ask_delete", read_sure, None, ("sure",), needed=_deletes, facts=facts)},
    finish=finish,
    takes_media=False,
    light=True,
    passing=True,
)
