"""Several offered jobs answered at once: 都接, 1和2都接, “1、3接，2不接 没空”. Each gets what was said of it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.heard import Do, Job, Outcome
from bot.scripts import crew
from bot.scripts.crew_words import DIGITS
from bot.scripts.turn import Turn

_ONE = r"(?<![\d点.:])(?:第\s*)?[1-9一二三四五六七八九](?![\d点:：号楼幢栋室天米])\s*(?:个|单|家)?"
NUMBERS = rf"{_ONE}(?:\s*(?:[、,，和跟及与/&]|and)?\s*{_ONE})*"
TAKES = r"(?:我)?(?:都|全)?(?:可以)?(?:接(?!单?不)单?|收|要|能去|去|可以|没问题|accept|take)(?:了|下|吧)?"
GIVES_UP = r"(?:我)?(?:都|全)?(?:不接|接单?不了|不行|去不了|不去|没空去?|不要|做不了|退单?)(?:了|吧)?"
#: Which jobs, and what of them.
SOME = re.compile(rf"(?P<n>{NUMBERS})\s*(?:(?P<no>{GIVES_UP})|(?P<yes>{TAKES}))", re.IGNORECASE)
VERB_FIRST = re.compile(
    rf"(?:(?P<no>退单?|不接|hand back)|(?P<yes>接单?|accept|take))\s*(?P<n>{NUMBERS})", re.IGNORECASE
)
#: All of them, said of nothing else before it.
ALL = re.compile(
    r"^(?:好的?|收到|行|可以|嗯+|ok|没问题|明白|知道了)?[，,。\s]*(?:我)?"
    r"(?:(?:[两二三四五六2-9](?:个|单|家)|这些|全部|所有的?)?(?:我)?(?:都|全部?)(?:给我)?"
    r"(?:(?P<no>不接|接单?不了|去不了|不去|没空|不要|退)|(?P<yes>接(?!单?不)|收|要|能去|去(?!过)|可以|没问题))(?:单)?(?:了|下|吧)?"
    r"|(?:接单 |accept |take )(?P<all>(?:them )?all|both)|(?P<none>(?:退单|hand back) (?:them )?(?:all|both)))",
    re.IGNORECASE,
)
REST = re.compile(
    r"(?:其他|其它|别的|剩下|其余|另外)(?:的|[几两](?:个|单))*(?:我)?(?:都|全)?(?:接|收|要)|others? (?:accept|ok)",
    re.IGNORECASE,
)
EXCEPT = re.compile(rf"除了?\s*(?P<n>{NUMBERS})[^，,。]*?(?:接|收|要)", re.IGNORECASE)
_EDGE = " ，,。；;、!！"


def take(turn: Turn) -> Outcome | None:
    """All that was decided in one message; None when it decides about no more than one of several jobs."""
    if not turn.worded or turn.means("asks_of_jobs"):
        return None
    if turn.state.script == "crew" and turn.state.step == "reason" and turn.state.answers.get("more"):
        return _reasoned(turn)
    shown = _shown(turn)
    said = _bare(turn) or decided(turn.text, [job.state == "assigned" for job in shown])
    chosen = {shown[place - 1]: why for place, why in said.items()}
    if any(job.state != "assigned" for job in chosen):
        return None
    if len(chosen) == 1 and ALL.search(turn.text) and None in chosen.values():
        return crew.act(turn, next(iter(chosen)), "accept", "")
    return _carried_out(turn, chosen) if len(chosen) > 1 else None


def _bare(turn: Turn) -> dict[int, str | None]:
    """“1和3” when it was asked which one is taken: both."""
    asked = turn.state.script == "crew" and turn.state.step == "which" and turn.state.answers.get("step") == "accept"
    places = _places(turn.text) if asked and re.fullmatch(rf"{NUMBERS}[吧。.\s]*", turn.text) else []
    return dict.fromkeys(places) if len(places) > 1 and max(places) <= len(_shown(turn)) else {}


def _shown(turn: Turn) -> list[Job]:
    """The jobs by the numbers that the crew last read: the question's list, else the whole one."""
    jobs = {job.id: job for job in turn.facts.jobs}
    asked = turn.state.answers.get("jobs") if turn.state.script == "crew" and turn.state.step == "which" else None
    return [jobs[one] for one in asked if one in jobs] if isinstance(asked, list) else list(turn.facts.jobs)


def decided(text: str, offered: Sequence[bool]) -> dict[int, str | None]:
    """Place in the list -> None for taken, else why not ("" unsaid); {} when a number is none of the list.

    `offered` says of each job in the list whether it waits for an answer: all means those.
    """
    waiting = [place for place, waits in enumerate(offered, 1) if waits]
    if found := ALL.search(text):
        yes = bool(found["yes"] or found["all"])
        return dict.fromkeys(waiting, None if yes else _why(text, found.end(), len(text)))
    if left := EXCEPT.search(text):
        out: dict[int, str | None] = dict.fromkeys(waiting) | dict.fromkeys(_places(left["n"]), "")
        return out if max(out) <= len(offered) else {}
    out = {}
    hits = list(SOME.finditer(text)) or list(VERB_FIRST.finditer(text))
    ends = [hit.start() for hit in hits[1:]] + [len(text)]
    for hit, end in zip(hits, ends[: len(hits)], strict=True):
        out |= dict.fromkeys(_places(hit["n"]), _refused(text, hit, end) if hit["no"] else None)
    if out and REST.search(text):
        out = dict.fromkeys(waiting) | out
    return out if out and max(out) <= len(offered) else {}


def _refused(text: str, hit: re.Match[str], end: int) -> str:
    """Why: what stands behind the refusal, or “没空” itself."""
    return _why(text, hit.end(), end) or ("没空" if "没空" in hit["no"] else "")


def _places(words: str) -> list[int]:
    return [DIGITS[char] for char in words if char in DIGITS]


def _why(text: str, start: int, end: int) -> str:
    """What stands after a refusal, without the words that take the others."""
    return REST.sub("", text[start:end]).strip(_EDGE)[:300]


def _carried_out(turn: Turn, chosen: dict[Job, str | None]) -> Outcome:
    """The taken ones are taken, the others handed back; for what has no reason yet it is asked."""
    taken = [job for job, why in chosen.items() if why is None]
    back = {job: why for job, why in chosen.items() if why}
    open_ones = [job for job, why in chosen.items() if why == ""]
    if open_ones and back:  # one reason was said for all of them
        back |= dict.fromkeys(open_ones, next(iter(back.values())))
        open_ones = []
    dos = tuple(Do("crew.accept", {"ticket_id": job.id}) for job in taken)
    dos += tuple(Do("crew.hand_back", {"ticket_id": job.id, "reason": why}) for job, why in back.items())
    says = tuple(
        turn.say(f"crew.{key}", jobs=_named(jobs)) for key, jobs in (("took", taken), ("gave_back", list(back))) if jobs
    )
    if not open_ones:
        return crew.rest(turn, *says, dos=dos)
    first, more = open_ones[0], [job.id for job in open_ones[1:]]
    about = {"ticket_id": first.id, "number": "、".join(job.number for job in open_ones), "more": [0, *more]}
    asked = crew.ask(turn, "reason", about)
    return replace(asked, says=(*says, *asked.says), dos=dos)


def _named(jobs: Sequence[Job]) -> list[dict[str, Any]]:
    return [{"label": job.label, "number": job.number} for job in jobs]


def _reasoned(turn: Turn) -> Outcome | None:
    """One reason for all that are handed back."""
    ids = [turn.state.answers.get("ticket_id"), *turn.state.answers["more"]]
    jobs = [job for job in turn.facts.jobs if job.id in ids]
    if turn.slots.command == "cancel" or turn.means("keeps_job", "slip"):
        return crew.rest(turn, turn.say("crew.kept"))
    if not jobs or not turn.text or turn.slots.crew_step not in (None, "hand_back") or turn.intent == "human":
        return None
    dos = tuple(Do("crew.hand_back", {"ticket_id": job.id, "reason": turn.text[:300]}) for job in jobs)
    return crew.rest(turn, turn.say("crew.gave_back", jobs=_named(jobs)), dos=dos)
