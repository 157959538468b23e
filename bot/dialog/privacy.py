"""隐私: somebody wants to see what we keep of them, wants it gone, takes that back, or asks where we have it from.

It is no refusal of advertising, and a refusal of advertising is no deletion. Nobody learns here whether anything is
known of a phone, a contract or another person.
"""

import re
from dataclasses import replace

from bot.dialog import ask, both, form
from bot.heard import Do, Outcome
from bot.scripts.turn import Turn
from bot.understanding import Context, acts, read

CLAUSE = re.compile(r"[，,。；;！!\n]+")
_MINE = r"(?:我|本人|我们家?|你们存|保存)?(?:在你们(?:那|这)?(?:里|边|儿)?)?(?:的|所有|全部)*(?:个人|私人|隐私)?"
_DATA = r"(?:信息|资料|数据|隐私|账号|帐号|账户|聊天记录)"
_IN_ENGLISH = r"(?:all )?(?:of )?(?:my|the) (?:personal )?(?:data|account|information|details|chat history)"


def _said(turn: Turn) -> bool:
    return turn.worded and bool(turn.text)


def answered(turn: Turn) -> Outcome | None:
    """“不删了” answers the question and refuses no advertising; 好的 to a quote that came after it deletes nothing."""
    if turn.state.script != "privacy" or not _said(turn) or (turn.asked_outside and not turn.means("names_deletion")):
        return None
    return form.answer(turn)


def wanted(turn: Turn) -> Outcome | None:
    """导出 is done at once; 删除 is asked once with what follows, or told when it was asked before."""
    if not _said(turn):
        return None
    wish = "delete" if turn.means("wants_deletion") else "export" if turn.means("wants_copy") else ""
    if wish == "delete" and turn.slots.phone and turn.means("swaps_data"):
        return None
    if not wish:
        return None
    turn = _with_the_fault(turn)
    known = {"wish": wish, "words": turn.text[:500], "bound": bool(turn.facts.houses)}
    begun = form.begin(turn, "privacy", answers=known)
    if wish == "export":
        return begun
    look = Do("privacy.begin", {"wish": wish, "words": turn.text[:500]}, keep=("number",))
    return replace(begun, dos=(*begun.dos, look))


def _with_the_fault(turn: Turn) -> Turn:
    """What is broken in the same message is put aside as a report of its own and comes back afterwards."""
    fault = "，".join(
        part
        for part in CLAUSE.split(turn.text)
        if not (acts.says("wants_deletion", part) or acts.says("wants_copy", part))
    )
    if turn.state.script or not turn.slots.problem or not fault:
        return turn
    heard = replace(turn.heard, text=fault, reading=read(fault, Context(), turn.facts.now))
    if not both.tells(heard):
        return turn
    begun = form.begin(replace(turn, heard=heard), "repair")
    return turn if begun.dos or begun.state is None else replace(turn, state=begun.state)


def take_back(turn: Turn) -> Outcome | None:
    """撤回删除申请: taken back while nothing is gone yet; refused when there is none, or too late."""
    if not _said(turn) or turn.state.script == "privacy" or not _takes_back(turn):
        return None
    return form.aside(turn, turn.say("privacy.taken_back"), dos=(Do("privacy.withdraw", {"words": turn.text[:500]}),))


def _takes_back(turn: Turn) -> bool:
    if turn.means("takes_deletion_back"):
        return True
    said = turn.means("second_thought") if turn.facts.erasing and form.script_of(turn) is None else None
    return bool(said) and not turn.means("names_other_matter")


def how_far(turn: Turn) -> Outcome | None:
    """How the request stands, and by when it will be over."""
    if not _said(turn) or not turn.means("how_far_deletion"):
        return None
    return form.aside(turn, turn.say("privacy.progress"), dos=(Do("privacy.look"),))


def source(turn: Turn) -> Outcome | None:
    """你们怎么会有我的电话: as the house's own articles say it, else where data comes from and what one may ask."""
    if not _said(turn) or not turn.means("asks_source"):
        return None
    return ask.known(turn) or form.aside(turn, turn.say("privacy.source"))
