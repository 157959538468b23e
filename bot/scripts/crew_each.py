"""Several jobs told of in one message, each by its number or its place: “0007接了，0008退，那天有事”.

Every piece that names a job and what becomes of it is carried out; words that name no job belong to the piece before.
"""

import re
from dataclasses import dataclass, replace

from bot.heard import Job, Outcome
from bot.scripts import crew, crew_words
from bot.scripts.readers import NAME
from bot.scripts.turn import Turn
from bot.understanding import read
from bot.understanding.reading import Context

#: Between what is said of one job and of the next.
PIECE = re.compile(r"[，,。；;！!\n]+|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff\d])|(?<=\d)\s+(?=\d)")
#: A job by its place in the list, its step right behind: 6出发, 9完工.
PLACE = re.compile(r"^(?:第\s*)?([1-9])(?:个|单|家)?\s*(?=出发|到|完工|修好|搞定|接|退|不接)")
TAKES = re.compile(r"(?:我)?(?:能)?(?:接|收|要|去)(?:了|单|下|吧)*$")
GIVES_UP = re.compile(r"给别人|换(?:个)?人|别人去|退|不接|接不了|去不了|没空|做不了|不去|不要")
#: Asked: 去不去, 弄好了吗.
UNDECIDED = re.compile(r"([去接修做来])不\1|[吗么没?？]$")
#: Steps that the words of one job may begin with.
STEPS = ("accept", "start", "arrive", "finish")
DONE = re.compile(r"(?:弄|修|做|搞|换|装|通|干)(?:完|好)了?|完工|搞定")
GOES = re.compile(r"(?:先|现在|这就|正)?(?:去|往|赶)|出发|在路上")
#: Letters of a place that name it beside the others: 公馆那个.
SHORTEST = 2


@dataclass(frozen=True)
class Told:
    """What one message says of one job."""

    job: Job
    step: str
    note: str


def take(turn: Turn) -> Outcome | None:
    """Each job gets what was said of it; None unless two of them are named with a step they allow."""
    if not turn.worded or len(turn.facts.jobs) < 2 or turn.means("question"):
        return None
    told = _told(turn)
    if len(told) < 2 or any(one.job.state not in crew.FROM[one.step] for one in told):
        return None
    unsaid = [one for one in told if one.step in ("hand_back", "finish") and not one.note]
    if len(unsaid) > 1:
        return None  # asked for one by one
    held = turn.state.script == "crew" and turn.state.media
    if held and sum(one.step in ("arrive", "finish") for one in told) > 1:
        return None  # nobody knows whose photos they are
    said = [one for one in told if one not in unsaid]
    return _carried_out(turn, said, unsaid[0] if unsaid else None)


def _told(turn: Turn) -> list[Told]:
    """What is said of each job, in the order of the words; [] when a job is named twice, or nobody knows what for."""
    out: list[Told] = []
    waiting: Job | None = None
    for piece in filter(None, (one.strip() for one in PIECE.split(turn.text))):
        job, words = _named(turn, piece)
        job = job or waiting
        if job is None:
            if not out:
                return []
            out[-1] = replace(out[-1], note="，".join(filter(None, (out[-1].note, piece))))
            continue
        if any(one.job is job for one in out):
            return []
        step, note = _step(turn, job, words)
        waiting = None if step else job
        if step:
            out.append(Told(job, step, note))
    return [] if waiting else out


def _named(turn: Turn, piece: str) -> tuple[Job | None, str]:
    """The one job that the piece names, and its other words."""
    jobs = turn.facts.jobs
    if found := crew_words.TAIL.search(piece):
        fit = [job for job in jobs if job.number.endswith(found[1])]
        return (fit[0] if len(fit) == 1 else None), piece.replace(found[1], "", 1)
    if (found := PLACE.match(piece)) and int(found[1]) <= len(jobs):
        return jobs[int(found[1]) - 1], piece[found.end() :]
    fit = [(job, name) for job in jobs if (name := _place(job, piece))]
    if len(fit) != 1:
        return None, piece
    job, name = fit[0]
    return job, re.sub(rf"^(.*?){name}\s*(?:\d+\s*[幢栋号-]?\s*\d*)?(?:那|这|的|家|个|单|户)*", r"\1", piece)


def _place(job: Job, piece: str) -> str:
    """The longest end of its estate's name that stands in the piece."""
    found = NAME.match(job.label)
    ends = [found[0][at:] for at in range(len(found[0]) - SHORTEST + 1)] if found else []
    return next((end for end in ends if end in piece), "")


def _step(turn: Turn, job: Job, words: str) -> tuple[str, str]:
    """The step that the words name, and what else they say."""
    words = words.strip(" ，,：:")
    if UNDECIDED.search(words):
        return "", words
    if GIVES_UP.search(words):
        why = re.sub(r"^(?:就)?(?:退单?|不接|给别人)(?:了|吧)*[，,\s]*", "", words)
        return "hand_back", why or ""
    slots = read(words, Context(crew=True), turn.facts.now).slots
    step, after = slots.crew_step or "", slots.note or ""
    if step in STEPS and not crew_words.not_taken(step, words, after, last=False):
        return step, DONE.sub("", words).strip(" ，,：:的") if step == "finish" else ""
    for name, pattern in (("finish", DONE), ("accept", TAKES), ("start", GOES)):
        found = pattern.search(words)
        # 还没修好, 明天去: what stands before the step's word denies it, or puts it off.
        if not found or crew_words.not_taken(name, words, words[: found.start()], last=True):
            continue
        if job.state in crew.FROM[name]:
            return name, DONE.sub("", words).strip(" ，,：:的") if name == "finish" else ""
    return "", words


def _carried_out(turn: Turn, told: list[Told], unsaid: Told | None) -> Outcome:
    """All of it in one answer; for the one that lacks its words they are asked."""
    dos = tuple(do for one in told for do in crew.act(turn, one.job, one.step, one.note).dos)
    rows = [{"label": one.job.label, "number": one.job.number, "step": one.step} for one in told]
    said = turn.say("crew.each", jobs=rows)
    if unsaid:
        asked = crew.act(turn, unsaid.job, unsaid.step, "")
        return replace(asked, says=(said, *asked.says), dos=dos)
    done = [one.job for one in told if one.step == "finish"]
    if not done:
        return crew.rest(turn, said, dos=dos)
    return turn.start("crew", "", {"finished": done[-1].id, "number": done[-1].number}).stay(said, dos=dos)
