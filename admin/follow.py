"""How following up reads: when a step is due, what it says, what became of it, and why."""

import datetime as dt
from collections.abc import Collection
from collections.abc import Sequence as Many
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from admin import base, faces, hidden, place
from admin.words import catalogue, known, lang, t
from models import Callback, Enrolment, Sequence, SequenceStep, Touch
from models.desk.followup import enrolments
from models.desk.followup import letters as follow_letters
from models.desk.trust import Deed
from models.errors import DomainError

#: How many of a person's plans a page shows.
MOST = 6


@dataclass(frozen=True)
class Became:
    """What became of a step, in one chip and perhaps a reason."""

    words: str
    tone: str = ""
    why: str = ""


def title(plan: Sequence) -> str:
    """A plan's name: what staff wrote, and in English the catalogue's where they left ours alone."""
    key = f"plan.{plan.series}"
    return t(key) if known(key) and catalogue("zh")[key] == plan.name else plan.name


def when(step: SequenceStep) -> str:
    """当天, 第3天 10:00, 提前30天 10:00."""
    if step.at is None:
        return t("follow.at_once")
    key = "follow.same_day" if step.offset_days == 0 else "follow.before" if step.offset_days < 0 else "follow.after"
    return t(key, n=abs(step.offset_days), at=f"{step.at:%H:%M}")


def day_of(step: SequenceStep) -> str:
    """The day alone: 当天, 第3天, 前30天."""
    key = "follow.day_same" if step.offset_days == 0 else "follow.day_before" if step.offset_days < 0 else "follow.day"
    return t(key, n=abs(step.offset_days))


def says(step: SequenceStep) -> str:
    """What a step says, as a person in the example reads it; of a call what is asked."""
    if step.channel == "call":
        return in_words(step)
    texts = place.desk().texts
    if step.channel == "text":
        return texts.render(step.text_key, texts.example(step.text_key), lang()) if step.text_key in texts.known else ""
    words = in_words(step)
    example = texts.example(follow_letters.LETTER)
    return texts.render(follow_letters.LETTER, example | {"words": words}, lang()) if words else ""


def short(step: SequenceStep) -> str:
    """A step in a few words, for where many stand together."""
    key = step.text_key
    return t(key) if step.channel == "text" and known(key) else in_words(step)


def in_words(step: SequenceStep) -> str:
    """Staff's words in the reader's language, where somebody wrote them in it."""
    return (step.words_en if lang() == "en" else "") or step.words


def asked(calls: Collection[Callback]) -> dict[int, str]:
    """What each of these calls is about; of one that a plan asked for, in the reader's language. One query at most."""
    about = {call.id: call.words for call in calls}
    if lang() == "en" and about:
        query = select(Touch.callback_id, SequenceStep).join(SequenceStep, SequenceStep.id == Touch.step_id)
        for number, step in place.session().execute(query.where(Touch.callback_id.in_(about))):
            # Whoever rewrote the call's own words meant these.
            about[number] = in_words(step) if about[number] == step.words else about[number]
    return about


def why(reason: str) -> str:
    """A reason in a few words, for who may know it; empty for none."""
    if not reason:
        return ""
    if not hidden.tells(reason):
        return t("why.other")
    return t(f"touch_why.{reason}") if known(f"touch_why.{reason}") else t("why.other")


def became(touch: Touch) -> Became:
    """How a step stands now: its message's or its call's own state where it has one."""
    if touch.state != "done":
        tone = {"planned": "info", "expired": "late"}.get(touch.state, "")
        return Became(t(f"touch.{touch.state}"), tone, why(touch.reason))
    if touch.callback is not None:
        tone = "done" if touch.callback.state == "done" else "near" if touch.callback.is_open else ""
        return Became(t(f"touch.call_{touch.callback.state}"), tone, why(touch.reason))
    letter = touch.outgoing
    if letter is None:
        return Became(t("touch.done"), "done")
    tone = {"sent": "done", "expired": "late", "refused": "late", "unknown": "late"}.get(letter.state, "near")
    return Became(t(f"outgoing.{letter.state}"), tone, "" if letter.state == "sent" else why(letter.reason))


def of(**whose: Any) -> Many[Enrolment]:
    """How somebody is and was followed up, the newest first; nothing for who may not see it."""
    return enrolments.of(place.session(), **whose)[:MOST]


def example_day(step: SequenceStep, day: dt.date) -> str:
    """The day of a step if the plan counted from `day`."""
    return faces.day(day + dt.timedelta(days=step.offset_days), place.today())


def decide(number: int, verb: str, **whose: Any) -> None:
    """A colleague stops it with a reason, or lets it go on; 404 for what is somebody else's."""
    enrolment = base.found(place.session().get(Enrolment, number))
    if any(getattr(enrolment, name) != value for name, value in whose.items()):
        base.found(None)
    before = {"state": enrolment.state}
    if verb == "stop":
        reason = base.words("reason", limit=200)
        enrolments.stop(place.session(), enrolment, by=place.by(), now=place.now(), reason=reason)
    elif verb == "resume":
        enrolments.resume(place.session(), enrolment, by=place.by(), now=place.now())
    else:
        raise DomainError("errors.plan_old")
    after = {"state": enrolment.state, "plan": enrolment.sequence.name}
    base.commit(Deed(f"follow.{verb}", "enrolment", str(number), before, after), t(f"follow.done.{verb}"))
