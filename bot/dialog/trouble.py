"""What a crew meets on its way and says in no word of ours: nobody opens, the gate is shut, a part is missing, late.

The household hears when the crew comes late; what only the office can settle is with the dispatcher at the first word,
and never answered with the list of jobs.
"""

import re
from dataclasses import replace

from bot.dialog import talk
from bot.heard import Do, Job, Outcome
from bot.scripts import crew, crew_words
from bot.scripts.turn import Turn

RELAY = re.compile(
    r"(?:跟|和|告诉|通知|转告)(?:一下)?(?:业主|客户|房主|人家)(?:说|讲)?(?:一下|一声)?[，,:： ]*(?P<words>.*)$"
)
#: Under way or not yet there; at the door the household knows.
COMING = ("accepted", "on_the_way")
#: The job furthest on is the one that is spoken of.
ORDER = ("on_site", "on_the_way", "accepted", "assigned")
AT_THE_DOOR = ("on_the_way", "on_site")


def met(turn: Turn) -> Outcome | None:
    """The crew's words about what is in the way; None for steps, answers to our questions and everything else."""
    state = turn.state
    if not turn.worded or not turn.text:
        return None
    if state.script == "crew" and (state.step in crew.ASKED or state.step.startswith("quote_")):
        return _in_danger(turn)
    step, note = crew_words.said_step(turn)
    if step == "arrive" and (here := _here_already(turn)):
        return here
    if step is not None:
        spoken_of = crew_words.not_taken(step, turn.text, note, last=not turn.slots.crew_step)
        return None if spoken_of else _beside(turn, step)
    return _late(turn) or _handed_back(turn) or _to_the_office(turn) or _parts(turn)


def _in_danger(turn: Turn) -> Outcome | None:
    return _handed_over(turn) if turn.means("broke_or_hurt") else None


def _handed_over(turn: Turn) -> Outcome:
    job = _at_hand(turn)
    return talk.hand_over(turn, "crew", f"{job.number}，{job.label}" if job else "")


def _at_hand(turn: Turn) -> Job | None:
    """The job that the words most likely speak of: named, else the one furthest on."""
    jobs = list(turn.facts.jobs)
    named = crew_words.named(turn, jobs)
    return next(iter(named or sorted(jobs, key=lambda one: ORDER.index(one.state) if one.state in ORDER else 9)), None)


def _here_already(turn: Turn) -> Outcome | None:
    """“到场” once more, after an errand or a first visit in vain: it is on record, and so is this."""
    here = [job for job in turn.facts.jobs if job.state == "on_site"]
    if len(here) != 1 or any(job.state in (*COMING, "assigned") for job in turn.facts.jobs):
        return None
    return crew.rest(turn, turn.say("crew.here", number=here[0].number))


def _beside(turn: Turn, step: str) -> Outcome | None:
    """“到了 没人开门”: the step is taken, and what is in the way is with the dispatcher."""
    if step not in ("start", "arrive") or not turn.means("nobody_opens", "cannot_find"):
        return None
    taken, over = crew.take(turn), _handed_over(turn)
    return replace(over, says=(taken.says if taken else ()) + over.says, dos=(taken.dos if taken else ()) + over.dos)


def _late(turn: Turn) -> Outcome | None:
    away = turn.means("returns_for_tool") and any(job.state == "on_site" for job in turn.facts.jobs)
    coming = [job for job in turn.facts.jobs if job.state in COMING or away and job.state == "on_site"]
    relay = RELAY.search(turn.text)
    words = relay["words"].strip() if relay else turn.text
    if not coming or not (relay or away or turn.means("comes_late")) or turn.slots.crew_step == "hand_back":
        return None
    job = (crew_words.named(turn, coming) or sorted(coming, key=lambda one: ORDER.index(one.state)))[0]
    if len(words) < 2:
        return crew.rest(turn, turn.say("crew.ask_words"))
    do = Do("crew.pass_on", {"ticket_id": job.id, "words": crew_words.fit_to_read(words)[:100]})
    return crew.rest(turn, turn.say("crew.passed_on", number=job.number), dos=(do,))


def _handed_back(turn: Turn) -> Outcome | None:
    if not turn.facts.jobs or not turn.means("not_my_job"):
        return None
    return crew.step(turn, "hand_back", turn.text[:500])


def _to_the_office(turn: Turn) -> Outcome | None:
    asked = turn.means("broke_or_hurt", "household_unwilling", "nobody_opens", "cannot_find")
    asked = asked or turn.means("wants_number", "wrong_step", "crew_away", "about_pay")
    wished = crew_words.wants_another_time(turn) or turn.means("takes_longer")
    if not asked or (wished and not turn.means("broke_or_hurt")) or turn.slots.crew_step == "hand_back":
        return None
    return _knocking(turn, _handed_over(turn))


def _knocking(turn: Turn, over: Outcome) -> Outcome:
    """Nobody opens: the household reads it too, for most are in and did not hear."""
    job = _at_hand(turn)
    if job is None or job.state not in AT_THE_DOOR or not turn.means("nobody_opens"):
        return over
    words = crew_words.fit_to_read(turn.text)[:100]
    return replace(over, dos=(Do("crew.pass_on", {"ticket_id": job.id, "words": words}), *over.dos))


def _parts(turn: Turn) -> Outcome | None:
    """Longer than promised: the day is asked, and the household reads why."""
    open_jobs = [job for job in turn.facts.jobs if job.state in crew.FROM["delay"]]
    if (
        not open_jobs
        or not turn.means("part_missing")
        or crew_words.window(turn)
        or crew_words.wants_another_time(turn)
    ):
        return None
    return crew.step(turn, "delay", turn.text[:200])


def missed(turn: Turn) -> Outcome:
    """Not understood: the crew sees its jobs and words once, twice in a row it gets a person."""
    if turn.state.missed >= 1:
        return talk.hand_over(turn.become(script=""), "crew")
    said = turn.say("crew.unclear")
    return Outcome(turn.state.missing(turn.facts.now), (said, crew.jobs_list(turn)))
