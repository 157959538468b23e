"""投诉: what happened, what would help. Registered as soon as it is known what happened; the rest is added afterwards.

Nothing is asked that was said. A thing that is broken in what the customer complains of is offered as a repair.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.heard import Do, Facts, Outcome, Say
from bot.scripts import contact, fault_words, known, readers, repair
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn
from bot.understanding import faults

#: What says that somebody complains, and of whom, but not what happened.
BARE = re.compile(
    r"我|要|想|得|必须|准备|再|也|还|投诉|举报|反映|一下|个|你们?|您|贵?公司|的|家|那|这|位|设计师|工队|施工队|师傅|监理|材料"
    r"|客服|价格|工期|人|请|麻烦|什么|真|太|垃圾|骗子|破|烂|黑心|坑人|气死|了|吧|啊|呀|complain(?:t)?|about|\W",
    re.IGNORECASE,
)
CLAUSE = re.compile(r"[，,。；;！!\n]+|\s+(?=[\u4e00-\u9fff])")
DEMAND = re.compile(
    r"^(?:我们?)?(?:要求|希望|必须|请(?!问))|^(?:我们?)?(?:要|得|至少|最少|给我|让他)(?:你们|他)?(?:给我)?(?:赔|退|换|重|道歉|补|减|修好|返工|解决|说法)"
    r"|赔(?:偿|我|钱)|退(?:钱|款|费|我)|道歉|换人|换(?:个|一个|一位|别的)?(?:人|师傅|设计师|监理|工队)|重(?:做|新做|刷|贴|铺)|给(?:我)?(?:个|一个)说法"
)
SECRET = re.compile(
    r"保密|匿名|(?:不想|别|不要)(?:让|被)?(?:他|她|人|那个?人)[^，。]{0,3}(?:来)?找(?:我|上门)|报复|(?:别|不要|不想|不能|勿|莫)(?:告诉|跟|让|透露).{0,10}(?:知道|说|他|她|师傅|谁|人|我)|confidential|anonym"
    r"|(?:do not|don['’]?t) (?:tell|let)\b.{0,20}\b(?:me|know|i)\b"
    r"|\bkeep (?:it|this|me|my name) (?:private|secret|out)",
    re.IGNORECASE,
)
#: What asks for anything at all: only such words are what would help.
WISH = re.compile(
    r"要|希望|想|请|让|给|赔|退|换|修|重|道歉|处理|解决|处分|开除|罚|减|补|免|快|尽|说法|诚意|你们|再|别|批评|教育|停|负责|认错|拆|查|按|清|扣|公道|打折|优惠|合理|满意|\d"
    r"|\b(?:want|should|please|need|would|like|new|refund|replace|fix|apolog|compensat|discount|money|call|send)",
    re.IGNORECASE,
)
#: “他道歉了” tells of one, and asks for none.
HAPPENED = re.compile(r"(?:道歉|退钱|退款|赔偿?|赔钱|换人)过?了$|^(?:因为|由于)")
#: That it is to stay confidential says nothing of what happened.
HIDES = re.compile(rf"(?:但是?|不过|请|麻烦|还有)*(?:{SECRET.pattern})", re.IGNORECASE)
#: Matters that no question of this dialog swallows.
OTHERS = frozenset({"human", "unsubscribe", "bind", "greeting", "appointment"})


def what_happened(text: str) -> bool:
    """Whether anything is left of the words besides complaining and whom about."""
    told = (HIDES.sub("", one) for one in CLAUSE.split(text) if not (one.isascii() and SECRET.search(one)))
    return len(BARE.sub("", "".join(told))) >= 3


def demand_of(text: str) -> str:
    """What the words ask for; empty when they only tell."""
    return "，".join(one for one in CLAUSE.split(text) if DEMAND.search(one) and not HAPPENED.search(one))[:300]


def spot_problem(turn: Turn) -> Answers | None:
    """What happened, of whom, and what is broken in it, from any message that complains."""
    complains = turn.heard.reading.has("complaint") or "投诉" in turn.text
    if not complains or not turn.worded or not what_happened(turn.text):
        target = turn.slots.target if complains else None
        return {"target": target} if target else None
    return told(turn)


def told(turn: Turn) -> dict[str, Any]:
    """The answers that the whole message gives."""
    out: dict[str, Any] = {"problem": fault_words.without_numbers(turn.text)[:1000]}
    if turn.slots.target:
        out["target"] = turn.slots.target
    if demand := demand_of(turn.text):
        out["demand"] = demand
    if phone := contact.own_phone(turn):
        out["phone"] = phone
    return out | _secret(turn) | _fault(turn)


def broken(text: str) -> str:
    """Those of the words that tell what is broken; empty when none do."""
    read = {one: faults.read(one) for one in CLAUSE.split(text) if one}
    return "，".join(one for one, fault in read.items() if fault.broken and fault.category is not None)


def _secret(turn: Turn) -> dict[str, Any]:
    return {"confidential": True} if SECRET.search(turn.text) else {}


def _fault(turn: Turn) -> dict[str, Any]:
    """What is broken in it and has no open repair yet, as the answers of a report."""
    if not turn.slots.problem or known.open_case(turn):
        return {}
    words = fault_words.clean(turn, broken(turn.text))
    if not words:
        return {}
    found = {"problem": words, "category": turn.slots.category or "其他"}
    return {"fault": found | ({"place": turn.slots.place} if turn.slots.place else {})}


def read_problem(turn: Turn) -> Answers | None:
    """What happened, when it was asked: any words long enough to mean something."""
    if given := spot_problem(turn):
        return given if "problem" in given else None
    takes = turn.intent not in OTHERS and turn.worded and not turn.slots.command
    takes = takes and not turn.means("enquires")
    return told(turn) if takes and len(turn.text) >= 3 and what_happened(turn.text) else None


def read_demand(turn: Turn) -> Answers | None:
    """What would help, or nothing in particular."""
    if (secret := _secret(turn)) and not DEMAND.search(turn.text):
        return secret
    if turn.means("nothing_in_particular") or turn.slots.command in ("skip", "cancel") or turn.intent == "thanks_bye":
        return {"demand": ""}
    if turn.means("how_long_first") and not DEMAND.search(turn.text):
        return None
    takes = turn.worded and len(turn.text) >= 2 and not turn.slots.command
    # “我要投诉” once more says nothing of what would help.
    takes = takes and not ("投诉" in turn.text and not what_happened(turn.text))
    # “不对，是设计师，图纸错了三次”, “有噪音” say more of what happened, and ask for nothing.
    # … once: whoever says a second thing that asks for nothing has no more to ask.
    tells = turn.means("tells_what_happened") or not (WISH.search(turn.text) or "more" in turn.state.answers)
    if takes and tells and not DEMAND.search(turn.text) and turn.state.answers.get("registered"):
        return {"problem": turn.text[:1000]} | secret
    takes = takes and not (turn.slots.correction and not DEMAND.search(turn.text) and what_happened(turn.text))
    if not takes or (turn.intent in OTHERS and not turn.means("wants_another_person")) or turn.slots.robot:
        return None
    return {"demand": turn.text[:300]} | secret


def spot_demand(turn: Turn) -> Answers | None:
    """That it is to stay confidential, from any message."""
    return _secret(turn) or None


def read_repair(turn: Turn) -> Answers | None:
    """Whether what is broken is to be registered now."""
    if turn.slots.yes is False or turn.means("wants_no_repair"):
        return {"repair": "no"}
    wanted = readers.agrees(turn) or turn.means("wants_repair_too") or _about_the_visit(turn)
    return {"repair": "yes"} if wanted else None


def _about_the_visit(turn: Turn) -> Answers:
    """Where, when and whom to call, as the repair's own questions read it: whoever tells that wants a crew."""
    told: dict[str, Any] = {}
    for name, ask in repair.SCRIPT.steps.items():
        if name != "problem":
            told |= ask.spot(turn) or {}
    return told


def merge(turn: Turn, given: Answers) -> Answers:
    """Words that come after the registration are added to the complaint; what was broken first stays the fault."""
    old, new = dict(turn.state.answers), dict(given)
    if old.get("registered") and (more := new.pop("problem", None)):
        new["more"] = more
    return {**old, **{name: value for name, value in new.items() if name != "fault" or "fault" not in old}}


def effects(before: Turn, after: Turn) -> tuple[Do, ...]:
    """What comes after the registration goes to the complaint at once."""
    old, new = before.state.answers, after.state.answers
    if not old.get("registered"):
        return ()
    about = {"complaint_id": new.get("complaint_id")}
    changed = {name: new[name] for name in ("demand", "more") if new.get(name) and new.get(name) != old.get(name)}
    if new.get("confidential") and not old.get("confidential"):
        changed["confidential"] = True
    dos: tuple[Do, ...] = (Do("complaint.add", about | changed),) if changed else ()
    media = list(after.state.media[len(before.state.media) :])
    return (*dos, Do("complaint.attach", about | {"media": media})) if media else dos


def replies(before: Turn, after: Turn) -> tuple[Say, ...]:
    """What was added is said: more of what happened, or that it stays confidential."""
    old, new = before.state.answers, after.state.answers
    if not old.get("registered"):
        return ()
    if new.get("confidential") and not old.get("confidential"):
        return (after.say("complaint.secret", complaint=new.get("complaint")),)
    # A demand that came with it is acknowledged by the end of the dialog.
    more = new.get("more") != old.get("more") and new.get("demand") == old.get("demand")
    return (after.say("complaint.noted", complaint=new.get("complaint")),) if more else ()


def arguments(turn: Turn, *, angry: bool = False) -> dict[str, Any]:
    """What complaint.open is given."""
    answers = turn.state.answers
    names = ("problem", "target", "demand", "confidential", "phone")
    given = {name: answers[name] for name in names if answers.get(name)}
    return given | {"angry": angry, "media": list(turn.state.media)}


def register(turn: Turn, *, angry: bool = False) -> tuple[Turn, Say, Do]:
    """The dialog after it was registered, what is said of it, and the verb that registers."""
    answers = {**turn.state.answers, "registered": True}
    # Asked first, or angry, the customer has read an apology already.
    short = angry or bool(turn.state.answers.get("asked"))
    said = turn.say("complaint.registered", short=short, confidential=bool(answers.get("confidential")))
    do = Do("complaint.open", arguments(turn, angry=angry), keep=("complaint_id", "complaint"))
    return turn.become(answers=answers), said, do


def leave(turn: Turn) -> Outcome | None:
    """Registered in the turn in which it is known what happened; a repair that is wanted begins at once."""
    answers = turn.state.answers
    if "problem" in answers and not answers.get("registered"):
        after, said, do = register(turn)
        return onward(after, said, dos=(do,))
    return _report(turn) if answers.get("repair") == "yes" else None


def onward(turn: Turn, *says: Say, dos: tuple[Do, ...] = ()) -> Outcome:
    """The next open question of this dialog, or its end."""
    step = SCRIPT.next(turn.state.answers, turn.facts)
    if step is None:
        return turn.leave(*says, dos=dos)
    ask = SCRIPT.steps[step]
    return turn.become(step=step).stay(*says, turn.say(ask.text, **ask.facts(turn)), dos=dos)


def _report(turn: Turn) -> Outcome:
    """The repair's own dialog, with what is known; its case will know of the complaint."""
    fault = {**turn.state.answers["fault"], **known.house_before(turn), **_about_the_visit(turn), "of_complaint": True}
    begun = turn.start("repair", "problem", fault, media=turn.state.media)
    step = repair.SCRIPT.next(fault, turn.facts)
    if step is None:
        return begun.become(step="review").stay(begun.say(repair.SCRIPT.review, **repair.facts_of(begun)))
    ask = repair.SCRIPT.steps[step]
    return begun.become(step=step).stay(begun.say(ask.text, **ask.facts(begun)))


def finish(turn: Turn) -> Outcome:
    """All that was asked is answered."""
    answers = turn.state.answers
    noted = answers.get("demand") and answers.get("complaint") and "repair" not in answers
    said = turn.say("complaint.noted", complaint=answers.get("complaint")) if noted else turn.say("complaint.done")
    return turn.leave(said)


def _hidden(answers: Answers, _: Facts) -> bool:
    return "fault" in answers


def _broken(turn: Turn) -> Mapping[str, Any]:
    return {"what": repair.what(turn.state.answers["fault"])[:30] or None}


SCRIPT = Script(
    "complaint",
    start="problem",
    steps={
        "problem": Ask(
            "complaint.ask_problem", read_problem, "demand", ("problem",), spot=spot_problem,
            again="complaint.ask_problem_again",
        ),
        "demand": Ask(
            "complaint.ask_demand", read_demand, "repair", ("demand",), spot=spot_demand, skip={"demand": ""},
        ),
        "repair": Ask(
            "complaint.ask_repair", read_repair, None, ("repair",), needed=_hidden, facts=_broken,
            skip={"repair": "no"},
        ),
    },
    finish=finish,
    merge=merge,
    effects=effects,
    replies=replies,
    leave=leave,
    light=True,
)  # fmt: skip
