"""The crew's side of a repair, by words, photos and places: 接单, 出发, 到场, 完工, 退单, 改时间, 延期, 材料.

A step is taken on the one job it can be meant for; when it may be several, the crew says which by number.
Every function returns an Outcome, or None when the message is not about jobs.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.heard import Do, Job, Outcome
from bot.scripts import crew_words
from bot.scripts.script import Answers
from bot.scripts.turn import Turn
from bot.understanding import acts

#: step -> the states in which a job allows it (models.work.MOVES has the last word).
FROM = {
    "accept": ("assigned",),
    "start": ("accepted",),
    "arrive": ("accepted", "on_the_way"),
    "finish": ("on_site",),
    "hand_back": ("assigned", "accepted", "on_the_way", "on_site"),
    "ask_time": ("assigned", "accepted", "on_the_way", "on_site"),
    "delay": ("accepted", "on_the_way", "on_site"),
}
#: Steps that take an offered job as well, when nothing else can be meant.
UNSAID = ("start", "arrive")
#: So many letters are an acknowledgement and no more.
PLAIN = 4


def take(turn: Turn) -> Outcome | None:
    """The crew's turn: photos, then the answer to an open question, then steps, then the list."""
    wanted, note = crew_words.said_step(turn)
    if turn.heard.kind == "location":
        return located(turn)
    if turn.media and not wanted:
        return photo(turn)
    if _is_answer(turn, wanted, note) and (outcome := ASKED[turn.state.step](turn)):
        return outcome
    if outcome := wish(turn):
        return outcome
    if wanted == "list" or turn.intent == "greeting" or turn.heard.event in ("subscribe", "click", "scan"):
        return rest(turn, jobs_list(turn))
    if wanted in FROM:
        return _stepped(turn, wanted, note)
    if outcome := agreed(turn):
        return outcome
    return rest(turn, turn.say("crew.thanks")) if turn.intent == "thanks_bye" else None


def _stepped(turn: Turn, wanted: str, note: str) -> Outcome | None:
    """The step that the words name; not yet, doubtful, or only at another time when they say so."""
    if crew_words.not_taken(wanted, turn.text, note, last=not turn.slots.crew_step):
        return rest(turn, turn.say("crew.not_yet", step=wanted))
    if wanted == "accept" and turn.means("takes_loosely") and not _plainly(turn):
        return agreed(turn)
    taken = any(job.state in FROM["delay"] for job in turn.facts.jobs)
    if wanted == "hand_back" and taken and crew_words.only_another_time(turn):
        return step(turn, "ask_time", turn.text[:300], crew_words.window(turn))
    return step(turn, wanted, note)


def wish(turn: Turn) -> Outcome | None:
    """Another time, a later day, or materials: what a crew says without any step."""
    if not turn.worded or not turn.facts.jobs and turn.state.script != "crew":
        return None
    if turn.means("takes_job") and any(job.state == "assigned" for job in turn.facts.jobs):
        return None
    if turn.means("takes_longer"):
        return step(turn, "delay", crew_words.reason(turn), crew_words.later_day(turn))
    if crew_words.wants_another_time(turn):
        return step(turn, "ask_time", turn.text[:300], crew_words.window(turn))
    return _used(turn)


def _used(turn: Turn) -> Outcome | None:
    """“材料 角阀1个”: on the job at hand, or the one just finished."""
    lines = crew_words.used_later(turn)
    here = [job.id for job in turn.facts.jobs if job.state == "on_site"]
    finished = turn.state.answers.get("finished") if turn.state.script == "crew" else None
    target = here[0] if len(here) == 1 else finished
    if not lines or not target:
        return None
    do = Do("crew.materials", {"ticket_id": target, "materials": list(lines)})
    return turn.stay(turn.say("crew.materials", materials="、".join(lines)), dos=(do,))


def located(turn: Turn) -> Outcome:
    """A location sent while a job waits for its crew means 到场, and where the phone is; at the door it is kept too."""
    place = {"place": list(turn.heard.place)} if turn.heard.place else {}
    here = [job for job in turn.facts.jobs if job.state == "on_site"]
    if not any(job.state in FROM["arrive"] for job in turn.facts.jobs) and len(here) == 1 and place:
        do = Do("crew.locate", {"ticket_id": here[0].id, **place})
        return rest(turn, turn.say("crew.located", number=here[0].number), dos=(do,))
    return step(turn, "arrive", "", place)


def agreed(turn: Turn) -> Outcome | None:
    """好的, 收到，下午两点到: the one offered job is taken; asked first where another matter may be meant."""
    words = turn.text
    if not turn.worded or not (turn.slots.yes is True or turn.means("takes_job")):
        return None
    offered = [job for job in turn.facts.jobs if job.state == "assigned"]
    if not offered:
        return rest(turn, turn.say("crew.thanks")) if len(words) <= PLAIN else None
    if len(offered) > 1:
        return ask(turn, "which", {"step": "accept", "note": "", "jobs": [job.id for job in offered]})
    if turn.means("doubts_job") or not _plainly(turn) or len(turn.facts.jobs) > 1 and len(words) <= PLAIN:
        job = offered[0]
        return ask(turn, "take", {"ticket_id": job.id, "number": job.number, "label": job.label})
    return act(turn, offered[0], "accept", "")


def _plainly(turn: Turn) -> bool:
    when = turn.slots.time.text_zh if turn.slots.time and "班" not in turn.slots.time.text_zh else ""
    return acts.says("only_takes_job", turn.text.replace(when, " ") if when else turn.text)


def _take(turn: Turn) -> Outcome | None:
    """The answer to 接单吗."""
    job = _asked_about(turn)
    if not job or job.state != "assigned":
        return None
    if turn.means("refuses_job") or turn.slots.yes is False:
        return act(turn, job, "hand_back", "" if len(turn.text) <= PLAIN else turn.text[:500])
    if turn.slots.yes is True or turn.slots.option == 1 or turn.means("takes_job") and _plainly(turn):
        return act(turn, job, "accept", "")
    return None


def _is_answer(turn: Turn, wanted: str | None, note: str) -> bool:
    """Whether the words answer the crew dialog's question: no step, or the asked one in other words (退单 – 没时间)."""
    state = turn.state
    if state.script != "crew" or state.step not in ASKED:
        return False
    same = {"note": "finish", "reason": "hand_back"}.get(state.step)
    return wanted is None or (wanted == same and not note and turn.text[:200] != state.last)


def jobs_list(turn: Turn) -> Any:
    """今天的单, numbered, with where each stands."""
    jobs = [
        {"number": job.number, "label": job.label, "state": job.state, "when": job.when, "due": job.due}
        for job in turn.facts.jobs
    ]
    return turn.say("crew.jobs", jobs=jobs, name=turn.facts.crew_name)


def rest(turn: Turn, *says: Any, dos: tuple[Do, ...] = ()) -> Outcome:
    """Answered; photos that still wait for their job are kept."""
    held = turn.state.media if turn.state.script == "crew" else ()
    if not held:
        return Outcome(None, says, dos)
    return turn.start("crew", "", media=held).stay(*says, dos=dos)


def step(turn: Turn, name: str, note: str, given: Answers | None = None) -> Outcome:
    """Take the step, or ask which job is meant; `given` is what the step needs besides words."""
    given = given or {}
    fit = [job for job in turn.facts.jobs if job.state in FROM[name]]
    if not fit and name in UNSAID:  # whoever is on the way to an offered job has taken it
        fit = [job for job in turn.facts.jobs if job.state == "assigned"]
    named = crew_words.named(turn, fit)
    if len(named) == 1 or len(fit) == 1:
        return act(turn, (named or fit)[0], name, crew_words.without_number(note), given)
    if not fit and not turn.facts.jobs:
        return rest(turn, jobs_list(turn))
    if not fit:
        return rest(turn, turn.say("crew.not_now", step=name, name=turn.facts.crew_name), jobs_list(turn))
    return ask(turn, "which", {"step": name, "note": note, "jobs": [job.id for job in fit], "given": dict(given)})


def ask(turn: Turn, what: str, answers: dict[str, Any]) -> Outcome:
    """The crew is asked `what` (a step of ASKED); photos that wait go on waiting."""
    held = (*turn.state.media, *turn.media) if turn.state.script == "crew" else turn.media
    asking = turn.start("crew", what, answers, media=held)
    jobs = {job.id: job for job in turn.facts.jobs}
    listed = [{"number": jobs[id].number, "label": jobs[id].label} for id in answers.get("jobs", ()) if id in jobs]
    said = turn.say(
        f"crew.ask_{what}", jobs=listed, number=answers.get("number"), photos=len(held),
        label=answers.get("label"), items=answers.get("items"),
    )  # fmt: skip
    return asking.stay(said)


def act(turn: Turn, job: Job, name: str, note: str, given: Answers | None = None) -> Outcome:
    """The verb for this step, with the photos that wait; what it still needs is asked first."""
    held = (*turn.state.media, *turn.media) if turn.state.script == "crew" else turn.media
    given = dict(given or {})
    if question := _missing(name, note, given):
        asked = {"ticket_id": job.id, "number": job.number, "items": job.items, "given": given, "told": note}
        return ask(turn, question, asked)
    args: dict[str, Any] = {"ticket_id": job.id, **given, **_told(name, note, job, given)}
    do = Do(f"crew.{name}", args | ({"media": list(held)} if name in ("arrive", "finish") else {}))
    said = turn.say(f"crew.{name}", label=job.label, number=job.number, photos=len(held))
    if name not in ("arrive", "finish"):
        return rest(turn, said, dos=(do,))
    after = turn.start("crew", "", {"finished": job.id, "number": job.number} if name == "finish" else {})
    outcome = after.stay(said, dos=(do,))
    return outcome if name == "finish" else replace(outcome, state=None)


def _missing(name: str, note: str, given: Answers) -> str:
    """The question that a step needs answered first, "" for none."""
    match name:
        case "finish":
            return "" if note else "note"
        case "hand_back":
            return "" if note else "reason"
        case "ask_time":
            return "" if given.get("start") else "time"
        case "delay":
            return "day" if not given.get("day") else "" if note else "why"
    return ""


def _told(name: str, note: str, job: Job, given: Answers) -> dict[str, Any]:
    """The words of the step as its verb takes them."""
    match name:
        case "arrive":
            return {"words": note}
        case "ask_time":
            return {"words": note, "why": crew_words.why(note, str(given.get("text") or ""))}
        case "finish":
            return crew_words.finished(note, job.items).args()
        case "hand_back" | "delay":
            return {"reason": note}
    return {}


def _which(turn: Turn) -> Outcome | None:
    answers, option = turn.state.answers, turn.slots.option
    jobs = {job.id: job for job in turn.facts.jobs}
    offered = [jobs[id] for id in answers.get("jobs", ()) if id in jobs]
    chosen = [offered[option - 1]] if option and option <= len(offered) else crew_words.named(turn, offered)
    chosen = chosen or [job for job in offered if len(turn.text) > 1 and turn.text in job.label]
    if len(chosen) != 1:
        return None
    return act(turn, chosen[0], str(answers.get("step")), str(answers.get("note") or ""), answers.get("given"))


def _dated(turn: Turn, name: str, given: dict[str, Any]) -> Outcome | None:
    """The answer to 哪天: with the words that were said before, or those beside the day."""
    job = _asked_about(turn)
    if turn.slots.command == "cancel":
        return rest(turn, turn.say("crew.kept"))
    if not job or not given:
        return None
    told = str(turn.state.answers.get("told") or "")
    return act(turn, job, name, told or (crew_words.reason(turn) if name == "delay" else turn.text[:300]), given)


def _asked_about(turn: Turn) -> Job | None:
    return next((job for job in turn.facts.jobs if job.id == turn.state.answers.get("ticket_id")), None)


def _worded(turn: Turn, name: str) -> Outcome | None:
    job = _asked_about(turn)
    if turn.slots.command == "cancel" or (name == "hand_back" and turn.means("keeps_job", "slip")):
        return rest(turn, turn.say("crew.kept"))
    if not job or not turn.text or turn.intent == "human":
        return None
    if name == "finish" and turn.means("not_done"):
        return rest(turn, turn.say("crew.not_yet", step=name))
    if name == "finish" and crew_words.only_names(turn, job.label):
        return ask(turn, "note", dict(turn.state.answers))
    return act(turn, job, name, turn.text[:500], turn.state.answers.get("given"))


#: What the crew was asked -> the answer.
ASKED: dict[str, Callable[[Turn], Outcome | None]] = {
    "which": _which,
    "take": _take,
    "note": lambda turn: _worded(turn, "finish"),
    "reason": lambda turn: _worded(turn, "hand_back"),
    "why": lambda turn: _worded(turn, "delay"),
    "time": lambda turn: _dated(turn, "ask_time", crew_words.window(turn)),
    "day": lambda turn: _dated(turn, "delay", crew_words.later_day(turn)),
}


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
