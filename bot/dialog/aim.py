"""“不对，是设计师的问题，不是工队”: a complaint is about somebody else, before it is registered or while it is open."""

import re
from dataclasses import replace

from bot.dialog import complaint, form
from bot.heard import Do, Outcome
from bot.scripts import grievance
from bot.scripts.turn import Turn
from bot.understanding import acts, read

#: Whom it is not about, with the words around: 不是工队, 跟工队没关系, 工队没问题, not the crew.
NOT_THEM = re.compile(
    r"(?:而|并|也)?(?:不是|不怪|不关|不是说|不是投诉|没说)(?:你们)?(?:的)?[^，。；,!！？?是]{1,10}"
    r"|(?:跟|和|与|同)[^，。；,是]{1,8}?(?:没关系|没有关系|无关)|[^，。；,是]{1,6}(?:没问题|没责任|没错)"
    r"|,?\s*(?:it(?:['’]s| is) )?\bnot (?:about )?(?:the |my |your )?[a-z]+(?: [a-z]+)?",
    re.IGNORECASE,
)


def corrected(turn: Turn) -> Outcome | None:
    """It is about another one, or another person of the same kind: on the case with the customer's words."""
    case, drafting = turn.facts.complaint, turn.state.script == "complaint" and not turn.state.answers.get("registered")
    if not turn.worded or not (case or drafting) or turn.means("another_complaint"):
        return None
    before = turn.state.answers.get("target", "") if drafting else case.target if case else ""
    named = meant(turn)
    if not drafting and form.script_of(turn) and turn.state.script != "complaint":
        return None
    if named is None:
        cleared = case is not None and not drafting and _denied(turn) and not turn.means("question")
        return complaint.noted(turn, case) if cleared and case is not None else None
    target, words = named
    if drafting:
        return _before(turn, target) if target != before else None
    assert case is not None
    args = {"complaint_id": case.id, "target": target, "words": turn.text[:1000], "named": words}
    do = Do("complaint.aim", args)
    if turn.slots.anger and (outcome := complaint.angry(turn)):
        return replace(outcome, dos=(do, *outcome.dos))
    key = "complaint.aimed" if target != before else "complaint.noted"
    return form.aside(turn, turn.say(key, complaint=case.number, target=target), dos=(do,))


def meant(turn: Turn) -> tuple[str, str] | None:
    """The target that stands in the place of another, and the words that name it; None when nothing is corrected."""
    if turn.means("question"):
        return None
    rest = NOT_THEM.sub("", turn.text)
    if not (_denied(turn) or turn.slots.correction or turn.means("names_wrong")) or not acts.says(
        "names_instead", rest
    ):
        return None
    target = read(rest).slots.target or ("工队" if acts.says("names_crew", rest) else None)
    return (target, rest[:300]) if target and target != "其他" else None


def _denied(turn: Turn) -> bool:
    return any(acts.says("names_people", one[0]) for one in NOT_THEM.finditer(turn.text))


def _before(turn: Turn, target: str) -> Outcome:
    """Nothing is registered yet: what is said besides is what happened; else that is asked on."""
    told = "，".join(one for one in grievance.CLAUSE.split(turn.text) if not _only_names(one))
    begun = turn.become(answers={**turn.state.answers, "target": target})
    if grievance.what_happened(told):
        return form.proceed(begun.become(answers={**begun.state.answers, **grievance.told(turn), "target": target}))
    return form.aside(begun, turn.say("complaint.aimed", target=target))


def _only_names(clause: str) -> bool:
    rest = NOT_THEM.sub("", clause)
    return bool(acts.says("names_instead", rest) or not rest.strip() or acts.says("names_wrong", rest)) or len(rest) < 4
