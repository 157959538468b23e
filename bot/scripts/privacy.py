"""隐私: one's own data in copy or gone. A deletion is asked once, with what goes, what the law keeps and what waits.

The question is asked in passing: whoever speaks of something else meanwhile has not agreed.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.heard import Do, Facts, Outcome
from bot.scripts import readers
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn

SURE = re.compile(
    r"^(?:确定|确认|是的?|好的?|对|可以|同意|删吧?|删除|delete)(?:删除?|的|吧|了)?[。.!！]*$|^yes\b", re.I
)
STAY = re.compile(r"(?:先|还是|暂时)?(?:不|别)(?:要|想|用)?(?:删|了)|先不|等等|算了", re.IGNORECASE)
#: While a deletion waits any of these takes it back, whatever it does not name.
PUT_AWAY = r"(?:删除?掉?|清除|清空|清掉|注销|销毁|抹掉)"
SECOND_THOUGHT = re.compile(
    rf"撤回|撤销|后悔|反悔|改主意|(?:不|别|甭|先别|不要|不用|不想){PUT_AWAY}|留着|(?:还是|都)保留|删错|误删"
    r"|don['’]?t delete|do not delete|changed my mind|keep (?:it|everything|my)|cancel (?:that|it)",
    re.IGNORECASE,
)


def read_sure(turn: Turn) -> Answers | None:
    """A plain yes or no; nothing else deletes anything."""
    if readers.keeps(turn) or STAY.search(turn.text) or turn.slots.command == "cancel":
        return {"sure": False}
    return {"sure": True} if readers.agrees_plainly(turn, "删", "注销", "delete") or SURE.search(turn.text) else None


def facts(turn: Turn) -> Mapping[str, Any]:
    """What the question names: whether a house proves who asks."""
    return {"bound": bool(turn.state.answers.get("bound"))}


def finish(turn: Turn) -> Outcome:
    """The wish is on record with a number and a date; one that was on record may be taken back; or nothing happens."""
    answers, wish = turn.state.answers, turn.state.answers.get("wish", "export")
    if wish == "delete" and answers.get("number"):
        if SECOND_THOUGHT.search(turn.text):
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
