"""The crew's side of a repair, by words and photos: 接单, 出发, 到场, 完工, 退单.

A step is taken on the one job it can be meant for; when it may be several, the crew says which by number.
Every function returns an Outcome, or None when the message is not about jobs.
"""

import re
from dataclasses import replace
from typing import Any

from bot.heard import Do, Job, Outcome
from bot.scripts.turn import Turn

#: step -> the states in which a job allows it (models.work.MOVES has the last word).
FROM = {
    "accept": ("assigned",),
    "start": ("accepted",),
    "arrive": ("accepted", "on_the_way"),
    "finish": ("on_site",),
    "hand_back": ("assigned", "accepted", "on_the_way", "on_site"),
}
DONE_LAST = re.compile(r"^(.{2,}?)[，,。\s]*(?:已?完工|修好了|弄好了|搞定)了?[。.!！]*$")
#: Agreeing to an offered job without its word: “收到，下午两点到”.
TAKEN = re.compile(
    r"^(?:好|收到|ok|行|可以|没问题|知道了?|明白|嗯|接了?|我(?:去|来|接)|马上|能去|roger|👌|👍|\[OK\])", re.IGNORECASE
)
#: What makes such words doubtful: not now, only if, a question.
DOUBT = re.compile(r"不|没空|没时间|忙|但|可是|要是|能不能|改|换|别人|[?？]|吗|晚点再|再说|看看")
REFUSED = re.compile(r"^(?:不|没空|没时间|去不了|接不了)|去不了|接不了|不接|没空|no\b", re.IGNORECASE)
#: So many letters are an acknowledgement and no more.
PLAIN = 4
TAIL = re.compile(r"(?<!\d)(\d{4})(?!\d)")


def take(turn: Turn) -> Outcome | None:
    """The crew's turn: photos, then the answer to an open question, then steps, then the list."""
    wanted, note = said_step(turn)
    if turn.media and not wanted:
        return photo(turn)
    if _is_answer(turn, wanted, note) and (outcome := ASKED[turn.state.step](turn)):
        return outcome
    if wanted == "list" or turn.intent == "greeting" or turn.heard.event in ("subscribe", "click", "scan"):
        return rest(turn, jobs_list(turn))
    if wanted in FROM:
        return step(turn, wanted, note)
    if outcome := agreed(turn):
        return outcome
    return rest(turn, turn.say("crew.thanks")) if turn.intent == "thanks_bye" else None


def agreed(turn: Turn) -> Outcome | None:
    """好的, 收到，下午两点到: the one offered job is taken; asked first where another matter may be meant."""
    words = turn.text
    if turn.heard.kind not in ("text", "voice") or not (turn.slots.yes is True or TAKEN.match(words)):
        return None
    offered = [job for job in turn.facts.jobs if job.state == "assigned"]
    if not offered:
        return rest(turn, turn.say("crew.thanks")) if len(words) <= PLAIN else None
    if len(offered) > 1:
        return _ask(turn, "which", {"step": "accept", "note": "", "jobs": [job.id for job in offered]})
    if DOUBT.search(words) or len(turn.facts.jobs) > 1 and len(words) <= PLAIN:
        job = offered[0]
        return _ask(turn, "take", {"ticket_id": job.id, "number": job.number, "label": job.label})
    return act(turn, offered[0], "accept", "")


def _take(turn: Turn) -> Outcome | None:
    """The answer to 接单吗."""
    job = next((job for job in turn.facts.jobs if job.id == turn.state.answers.get("ticket_id")), None)
    if not job or job.state != "assigned":
        return None
    if REFUSED.search(turn.text) or turn.slots.yes is False:
        return act(turn, job, "hand_back", "" if len(turn.text) <= PLAIN else turn.text[:500])
    if turn.slots.yes is True or turn.slots.option == 1 or TAKEN.match(turn.text):
        return act(turn, job, "accept", "")
    return None


def said_step(turn: Turn) -> tuple[str | None, str]:
    """The step the words name and what else they say; “换了角阀，完工” names it last."""
    slots = turn.slots
    if not slots.crew_step and (match := DONE_LAST.search(turn.text)):
        return "finish", match[1].strip()
    return slots.crew_step, slots.note or ""


def _is_answer(turn: Turn, wanted: str | None, note: str) -> bool:
    """Whether the words answer the crew dialog's question: no step, or the asked one in other words (退单 – 没时间)."""
    state = turn.state
    if state.script != "crew" or state.step not in ASKED:
        return False
    same = {"note": "finish", "reason": "hand_back"}.get(state.step)
    return wanted is None or (wanted == same and not note and turn.text[:200] != state.last)


def jobs_list(turn: Turn) -> Any:
    """今天的单, numbered, with where each stands."""
    jobs = [{"number": job.number, "label": job.label, "state": job.state} for job in turn.facts.jobs]
    return turn.say("crew.jobs", jobs=jobs, name=turn.facts.crew_name)


def rest(turn: Turn, *says: Any, dos: tuple[Do, ...] = ()) -> Outcome:
    """Answered; photos that still wait for their job are kept."""
    held = turn.state.media if turn.state.script == "crew" else ()
    if not held:
        return Outcome(None, says, dos)
    return turn.start("crew", "", media=held).stay(*says, dos=dos)


def step(turn: Turn, name: str, note: str) -> Outcome:
    """Take the step, or ask which job is meant."""
    fit = [job for job in turn.facts.jobs if job.state in FROM[name]]
    named = _named(turn, fit)
    if len(named) == 1 or len(fit) == 1:
        return act(turn, (named or fit)[0], name, _without_number(note))
    if not fit and not turn.facts.jobs:
        return rest(turn, jobs_list(turn))
    if not fit:
        return rest(turn, turn.say("crew.not_now", step=name, name=turn.facts.crew_name), jobs_list(turn))
    return _ask(turn, "which", {"step": name, "note": note, "jobs": [job.id for job in fit]})


def _named(turn: Turn, fit: list[Job]) -> list[Job]:
    """The jobs whose number or last four digits the message names, or whose place in the full list it gives."""
    tail = TAIL.search(turn.text)
    if turn.slots.number or tail:
        end = turn.slots.number or tail[1]
        return [job for job in fit if job.number.endswith(end)]
    place = re.search(r"(?<!\d)([1-9])(?!\d)", turn.text)
    listed = list(turn.facts.jobs)
    if place and int(place[1]) <= len(listed) and len(_without_number(turn.text)) <= 4:
        return [job for job in fit if job is listed[int(place[1]) - 1]]
    return []


def _without_number(note: str) -> str:
    return "" if re.fullmatch(r"\W*(?:BX)?[\d-]*\W*", note) else note


def _ask(turn: Turn, what: str, answers: dict[str, Any]) -> Outcome:
    held = (*turn.state.media, *turn.media) if turn.state.script == "crew" else turn.media
    asking = turn.start("crew", what, answers, media=held)
    jobs = {job.id: job for job in turn.facts.jobs}
    listed = [{"number": jobs[id].number, "label": jobs[id].label} for id in answers.get("jobs", ()) if id in jobs]
    said = turn.say(
        f"crew.ask_{what}", jobs=listed, number=answers.get("number"), photos=len(held),
        label=answers.get("label"),
    )  # fmt: skip
    return asking.stay(said)


def act(turn: Turn, job: Job, name: str, note: str) -> Outcome:
    """The verb for this step, with the photos that wait; a finish needs a note, a hand-back a reason."""
    held = (*turn.state.media, *turn.media) if turn.state.script == "crew" else turn.media
    asked = {"ticket_id": job.id, "number": job.number}
    if name == "finish" and not note:
        return _ask(turn, "note", asked)
    if name == "hand_back" and not note:
        return _ask(turn, "reason", asked)
    args: dict[str, Any] = {"ticket_id": job.id}
    if name == "arrive":
        args |= {"media": list(held), "words": note}
    elif name == "finish":
        args |= {"note": note, "media": list(held)}
    elif name == "hand_back":
        args |= {"reason": note}
    if name not in ("arrive", "finish"):
        return rest(turn, turn.say(f"crew.{name}", label=job.label, number=job.number), dos=(Do(f"crew.{name}", args),))
    said = turn.say(f"crew.{name}", label=job.label, number=job.number, photos=len(held))
    after = turn.start("crew", "", {"finished": job.id, "number": job.number} if name == "finish" else {})
    outcome = after.stay(said, dos=(Do(f"crew.{name}", args),))
    return outcome if name == "finish" else replace(outcome, state=None)


def _which(turn: Turn) -> Outcome | None:
    answers, option = turn.state.answers, turn.slots.option
    jobs = {job.id: job for job in turn.facts.jobs}
    offered = [jobs[id] for id in answers.get("jobs", ()) if id in jobs]
    chosen = [offered[option - 1]] if option and option <= len(offered) else _named(turn, offered)
    chosen = chosen or [job for job in offered if len(turn.text) > 1 and turn.text in job.label]
    if len(chosen) != 1:
        return None
    return act(turn, chosen[0], str(answers.get("step")), str(answers.get("note") or ""))


def _note(turn: Turn) -> Outcome | None:
    return _worded(turn, "finish")


def _reason(turn: Turn) -> Outcome | None:
    return _worded(turn, "hand_back")


def _worded(turn: Turn, name: str) -> Outcome | None:
    job = next((job for job in turn.facts.jobs if job.id == turn.state.answers.get("ticket_id")), None)
    if turn.slots.command == "cancel":
        return rest(turn, turn.say("crew.kept"))
    if not job or not turn.text or turn.intent == "human":
        return None
    return act(turn, job, name, turn.text[:500])


ASKED = {"which": _which, "take": _take, "note": _note, "reason": _reason}


def photo(turn: Turn) -> Outcome:
    """A photo waits for 到场 or 完工 and goes with it; right after 完工 it still belongs to that job."""
    state = turn.state
    mine = state.script == "crew"
    finished = state.answers.get("finished") if mine else None
    if finished and not any(job.state == "on_site" for job in turn.facts.jobs):
        do = Do("repair.attach", {"ticket_id": finished, "media": list(turn.media)})
        return turn.stay(turn.say("crew.photo_added", number=state.answers.get("number")), dos=(do,))
    if not turn.facts.jobs:
        return Outcome(None, (turn.say("crew.no_jobs", name=turn.facts.crew_name),))
    asking = mine and state.step in ASKED
    held = (*state.media, *turn.media) if mine else turn.media
    keep = turn.become(media=held) if asking else turn.start("crew", "", media=held)
    return keep.stay(turn.say("crew.photo_kept", photos=len(held), asking=state.step if asking else None))
