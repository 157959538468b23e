"""Plans of follow-up 跟进方案: the house starts with these; staff make new versions or switch them off.

A new version is for whoever begins from now on; who is being followed up keeps theirs. Switching off ends everybody's.
"""

import datetime as dt
from collections.abc import Sequence as Many
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from models.actors import By
from models.desk.followup import enrolments
from models.errors import IllegalMove, Missing
from models.sequences import BY_DAY, CHANNELS, CONDITIONS, STOPS, TRIGGERS, Enrolment, Sequence, SequenceStep

#: Steps of one plan, days before and after, and letters that a phone screen holds.
MOST_STEPS, FURTHEST, MOST_LETTERS = 12, 400, 300
MORNING = dt.time(10)
#: Texts of the house that a step may say, by what starts the plan.
TEXTS = {
    "enquiry": ("follow.asked", "follow.asked_3", "follow.asked_7", "follow.last"),
    "visit": ("follow.visited", "follow.visited_3", "follow.visited_7", "follow.last"),
    "handover": ("follow.keys_30", "follow.keys_15", "follow.keys_3"),
    "completed": ("follow.moved_in",),
}


@dataclass(frozen=True)
class Step:
    """One step as somebody writes it; models/sequences.py says what the fields mean."""

    days: int
    channel: str = "text"
    text_key: str = ""
    at: dt.time | None = MORNING
    words: str = ""
    words_en: str = ""
    condition: str = "always"
    or_call: bool = False


@dataclass(frozen=True)
class Plan:
    """Everything that somebody decides about a plan."""

    name: str
    trigger: str
    steps: tuple[Step, ...]
    stops: tuple[str, ...] = STOPS


#: What whoever calls should ask, for colleagues who read Chinese and for those who read English.
CALLS = (
    ("问问还在看哪几家、差什么资料，能不能约量房或到店。",
     "Ask which other firms they look at and what they still need; offer to measure or a showroom visit."),
    ("问问看完的想法，预算和工期上还有什么顾虑。",
     "Ask what they think after the visit, and what worries them about budget and time."),
    ("问问住进去以后水电、门窗、柜门用得怎么样，提醒质保怎么报修。",
     "Ask how water, power, doors and cupboards are doing since they moved in; say how the warranty works."),
)  # fmt: skip
_BEFORE = {"condition": "no_visit"}
#: Series -> what a new house does. Chat on days 0, 3, 7 and 15 and a call between them stay within every touch cap.
DEFAULTS: dict[str, Plan] = {
    "enquiry": Plan(
        "咨询后跟进", "enquiry",
        (
            Step(0, text_key="follow.asked", at=None),
            Step(3, text_key="follow.asked_3"),
            Step(5, "call", words=CALLS[0][0], words_en=CALLS[0][1]),
            Step(7, text_key="follow.asked_7"),
            Step(15, text_key="follow.last", or_call=True),
        ),
    ),
    "visit": Plan(
        "到店、量房后跟进", "visit",
        (
            Step(0, text_key="follow.visited", at=None),
            Step(3, text_key="follow.visited_3", **_BEFORE),
            Step(5, "call", words=CALLS[1][0], words_en=CALLS[1][1], **_BEFORE),
            Step(7, text_key="follow.visited_7", **_BEFORE),
            Step(15, text_key="follow.last", or_call=True, **_BEFORE),
        ),
    ),
    "handover": Plan(
        "交房前问候", "handover",
        (
            Step(-30, text_key="follow.keys_30", or_call=True),
            Step(-15, text_key="follow.keys_15", condition="unsigned", or_call=True),
            Step(-3, text_key="follow.keys_3", condition="unsigned", or_call=True),
        ),
        ("lost",),
    ),
    "completed": Plan(
        "竣工后服务跟进", "completed",
        (
            Step(3, text_key="follow.moved_in", or_call=True),
            Step(10, "call", words=CALLS[2][0], words_en=CALLS[2][1]),
        ),
        (),
    ),
}  # fmt: skip


def plant(session: Session, *, now: dt.datetime) -> int:
    """A house without any plan has these; returns how many were planted. Plans that exist are left alone."""
    if session.scalar(select(Sequence.id).limit(1)) is not None:
        return 0
    try:
        with session.begin_nested():
            for series, plan in DEFAULTS.items():
                _write(session, series, 1, plan, By("system"), now)
    except IntegrityError:  # planted by another worker in the same moment
        return 0
    return len(DEFAULTS)


def current(session: Session, series: str) -> Sequence | None:
    """The newest version of a plan, with its steps."""
    query = select(Sequence).where(Sequence.series == series, Sequence.current)
    return session.scalar(query.options(selectinload(Sequence.steps)))


def all_current(session: Session) -> list[Sequence]:
    """Every plan in its newest version, in the order in which a customer meets them."""
    rows = session.scalars(select(Sequence).where(Sequence.current).options(selectinload(Sequence.steps)))
    return sorted(rows, key=lambda row: (TRIGGERS.index(row.trigger), row.id))


def make(session: Session, plan: Plan, *, by: By, now: dt.datetime) -> Sequence:
    """A new plan stands, switched off until somebody has looked at it. Refused as `check` says."""
    check(plan)
    newest = session.scalar(select(func.max(Sequence.id))) or 0
    row = _write(session, f"{plan.trigger}-{newest + 1}", 1, plan, by, now)
    row.active = False
    return row


def revise(session: Session, old: Sequence, plan: Plan, *, by: By, now: dt.datetime) -> Sequence:
    """A new version is for whoever begins from now on. Refused as `check` says, and for another cause to begin."""
    check(plan)
    if plan.trigger != old.trigger:
        raise Missing("errors.plan_trigger")
    if not old.current:
        raise IllegalMove("errors.plan_old")
    old.current = False
    session.flush()
    row = _write(session, old.series, old.version + 1, plan, by, now)
    row.active, row.active_since = old.active, old.active_since
    return row


def _write(session: Session, series: str, version: int, plan: Plan, by: By, now: dt.datetime) -> Sequence:
    row = Sequence(
        series=series, version=version, current=True, name=plan.name.strip()[:40], trigger=plan.trigger,
        stops=list(plan.stops), active=True, active_since=now, created_at=now,
        staff_id=by.id if by.kind == "staff" else None,
    )  # fmt: skip
    ordered = sorted(plan.steps, key=lambda one: (one.days, one.at or dt.time()))
    row.steps = [
        SequenceStep(
            position=n, offset_days=one.days, at=one.at, channel=one.channel,
            text_key=one.text_key if one.channel == "text" else "", words=one.words.strip(),
            words_en=one.words_en.strip(), condition=one.condition, or_call=one.or_call and one.channel != "call",
        )
        for n, one in enumerate(ordered, 1)
    ]  # fmt: skip
    session.add(row)
    session.flush()
    return row


def check(plan: Plan) -> None:
    """Fit to be used, else Missing with the sentence that says what to mend."""
    if not plan.name.strip():
        raise Missing(field="name")
    if plan.trigger not in TRIGGERS or not set(plan.stops) <= set(STOPS):
        raise Missing("errors.plan_trigger")
    if not plan.steps or len(plan.steps) > MOST_STEPS:
        raise Missing("errors.plan_length", most=MOST_STEPS)
    for number, step in enumerate(plan.steps, 1):
        if key := unfit(step, plan.trigger):
            raise Missing(f"errors.plan_{key}", step=number, most=MOST_LETTERS, furthest=FURTHEST)
    days = [(one.days, one.at or dt.time()) for one in plan.steps]
    if len(set(days)) < len(days):
        raise Missing("errors.plan_twice")


def unfit(step: Step, trigger: str) -> str:
    """Why one step cannot be taken, as the name of a sentence; empty when it can."""
    if step.channel not in CHANNELS or step.condition not in CONDITIONS:
        return "step"
    if abs(step.days) > FURTHEST or (step.days < 0 and trigger != "handover"):
        return "days"
    if step.at is None and (step.days != 0 or trigger in BY_DAY):
        return "at_once"
    if step.channel == "text" and step.text_key not in TEXTS[trigger]:
        return "text"
    if step.channel != "text" and not step.words.strip():
        return "words"
    too_long = max(len(step.words), len(step.words_en) // 2) > MOST_LETTERS
    return "long" if too_long or set("{}") & set(step.words + step.words_en) else ""


def plan_of(row: Sequence) -> Plan:
    """A version as a value, to be changed and written anew."""
    steps = tuple(
        Step(one.offset_days, one.channel, one.text_key, one.at, one.words, one.words_en, one.condition, one.or_call)
        for one in row.steps
    )
    return Plan(row.name, row.trigger, steps, tuple(row.stops))


def switch_on(session: Session, row: Sequence, *, now: dt.datetime) -> None:
    """Whoever gives cause from now on is followed up; what happened before starts nothing."""
    if row.active or not row.current:
        raise IllegalMove("errors.plan_old")
    row.active, row.active_since = True, now


def switch_off(session: Session, row: Sequence, *, by: By, now: dt.datetime) -> int:
    """Nobody is followed up by any version of it; returns how many people were until now."""
    if not row.active or not row.current:
        raise IllegalMove("errors.plan_old")
    row.active = False
    running = followed(session, row.series)
    for enrolment in running:
        enrolments.stop(session, enrolment, by=by, now=now, why="switched_off")
    return len(running)


def followed(session: Session, series: str) -> Many[Enrolment]:
    """Who is being followed up by any version of a plan."""
    query = select(Enrolment).join(Sequence).where(Sequence.series == series, Enrolment.state == "running")
    return session.scalars(query.order_by(Enrolment.id)).all()
