"""“点错了”, “不是这个意思” right after something was done: it is undone, or a person has it at once.

What was done is remembered for one turn only. What else is said in the same breath is decided as if it had come alone.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.dialog import talk
from bot.heard import Do, Outcome, State
from bot.scripts import readers
from bot.scripts.turn import Turn
from bot.understanding import read

Rules = Callable[[Turn], Outcome | None]
#: The verb that undoes one, what of its arguments that needs, and what is said.
UNDONE = {
    "person.opt_out": ("person.opt_in", (), "consent.undone"),
    "repair.cancel": ("repair.restore", ("ticket_id",), "ticket.restored"),
    "complaint.withdraw": ("complaint.restore", ("complaint_id",), "complaint.restored"),
}
#: What others have read and may have acted on.
FOR_A_PERSON = frozenset({
    "complaint.agree", "complaint.decline", "quote.answer", "appointment.cancel", "event.withdraw", "callback.forgo",
    "household.remove", "repair.answer_time",
})  # fmt: skip
#: It was not meant, by itself or before what was.
NOT_MEANT = re.compile(
    r"^(?:哎+|诶|欸|啊|哦|等等|等一?下|慢着|不对|不是|错了|不不|，|,|。|！|!| )*"
    r"(?:(?:我)?(?:不是|可不是|并不是)(?:这个|那个)?意思|我?(?:可|又|并)?没(?:有)?(?:说|要|想|让|叫|同意)(?:过|你们?|要|想|说)*(?:取消|退订|撤|同意|停|关|不修|不要|不收|答应)?[^，。]{0,4}"
    r"|(?:我)?(?:不是|没)(?:说|要|想)?(?:要|想)?(?:取消|退订|撤诉?|同意)[^，。]{0,4}"
    r"|(?:我)?(?:刚才?)?(?:点|按|发|打|说|搞|弄|回|选)错了?|误(?:点|操作|会|触|发)了?|手(?:滑|误|抖)了?|(?:我)?不小心[^，。]{0,6}"
    r"|(?:你们?)?(?:先)?(?:别|不要|不用|先不|不能)(?:给我)?(?:取消|撤|退订|停|关掉)了?|谁(?:让|说|叫)你?们?[^，。]{0,8}|我?(?:又|有点)?[反后]悔了?"
    r"|(?=我(?:是说|说的是|指的是|的意思是))|(?<=[是对了，,！!。 ])(?=我(?:想|要)?(?:说|指)))"
    r"|^(?:不是|不对|错了|不不不?)[了啊呀的。！!， ]*$"
    r"|\b(?:by mistake|my mistake|wrong button|(?:did|do)(?:n['’]t| not) (?:mean|want|say)|undo)\b",
    re.IGNORECASE,
)
#: A cancelled repair is wanted after all.
AFTER_ALL = re.compile(r"^(?:算了|那|等等|，|,| )*(?:还是|又)(?:要|得|来|修|漏|坏|滴|堵)|^还要(?:修|来)")
#: “我是说退钱”: what was meant.
MEANT = re.compile(r"^(?:不是|不对|，|,| )*我?(?:是|的意思是|意思是)?(?:说|指|想说|要)?(?:的是|是)?[，, ]*")


def told_apart(state: State) -> tuple[State, Mapping[str, Any]]:
    """The state without what was just done, and that."""
    return (replace(state, did={}), state.did) if state.did else (state, {})


def taken_back(turn: Turn, did: Mapping[str, Any], decide: Rules) -> Outcome | None:
    """What was done in the last turn is undone, or goes to a person; what is meant instead is taken up at once."""
    verb = str(did.get("verb") or "")
    if not verb or not turn.worded or turn.slots.urgent:
        return None
    after_all = verb == "repair.cancel" and AFTER_ALL.search(turn.text)
    if not after_all and not NOT_MEANT.search(turn.text):
        return None
    if verb not in UNDONE:
        return talk.hand_over(turn, "asked", str(did.get("words") or ""))
    undoing, names, key = UNDONE[verb]
    args = {name: did["args"][name] for name in names} | {"words": turn.text[:300]}
    rest = None if after_all else _meant(turn, decide)
    begun = Outcome(rest.state if rest else _open(turn.state), rest.says if rest else (), rest.dos if rest else ())
    return replace(begun, says=(turn.say(key), *begun.says), dos=(Do(undoing, args), *begun.dos))


def _open(state: State) -> State | None:
    return state if state.script or state.parked else None


def _meant(turn: Turn, decide: Rules) -> Outcome | None:
    """What the rest of the words asks for; a person has it where nobody else understands."""
    pieces = [one for one in readers.CLAUSE.split(NOT_MEANT.sub("", turn.text)) if one]
    words = MEANT.sub("", "，".join(pieces)).strip("，,。 ")
    if len(words) < 2:
        return None
    heard = replace(turn.heard, text=words, reading=read(words, now=turn.facts.now))
    said = replace(turn, heard=heard)
    return decide(said) or talk.hand_over(said, "asked")


def kept(outcome: Outcome, turn: Turn) -> Outcome:
    """The outcome, remembering what it does as long as the next turn may take it back."""
    done = [do for do in outcome.dos if do.verb in UNDONE or do.verb in FOR_A_PERSON]
    if len(done) != 1 or (done[0].verb == "person.opt_out" and turn.facts.opted_out):
        return outcome
    args = {name: value for name, value in done[0].args.items() if name.endswith("_id")}
    did = {"verb": done[0].verb, "args": args, "words": turn.text[:200]}
    return replace(outcome, state=replace(outcome.state or State(touched_at=turn.facts.now), did=did))
