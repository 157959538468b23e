"""The visits that somebody has booked: which of them is meant, which is called off, which falls to another time."""

import datetime as dt
import re
from typing import Any

from bot.heard import Do, Facts, Outcome, VisitRef
from bot.scripts import appointment, readers
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn
from models.worktime import SHANGHAI

_WEEKDAYS = "一二三四五六日"


def listed(visits: Any) -> list[dict[str, Any]]:
    """Visits as texts name them."""
    return [{"visit": one.visit, "start": one.start.isoformat(), "end": one.end.isoformat()} for one in visits]


def named(turn: Turn, text: str = "") -> VisitRef | None:
    """The booked visit that the words mean: the only one, by its kind, or by its day."""
    visits, text = turn.facts.visits, text or turn.text
    kind = appointment.visit_of(text)
    fit = [one for one in visits if one.visit == kind] if kind else []
    fit = fit or [one for one in visits if _on_its_day(one, text, turn.facts.now)]
    if len(fit) == 1:
        return fit[0]
    return visits[0] if len(visits) == 1 else None


def _on_its_day(visit: VisitRef, text: str, now: dt.datetime) -> bool:
    day, today = visit.start.astimezone(SHANGHAI).date(), now.astimezone(SHANGHAI).date()
    away = {0: "今天", 1: "明天", 2: "后天"}.get((day - today).days)
    weekday = _WEEKDAYS[day.weekday()].replace("日", "[日天]")
    return bool((away and away in text) or re.search(rf"(?:周|星期|礼拜){weekday}|(?<!\d){day.day}[号日]", text))


def of(visit: VisitRef) -> dict[str, Any]:
    """A visit as a draft keeps it."""
    return {
        "appointment_id": visit.id, "visit": visit.visit,
        "when_start": visit.start.isoformat(), "when_end": visit.end.isoformat(),
    }  # fmt: skip


def read_which(turn: Turn) -> Answers | None:
    """One of the listed visits by number, kind or day; all of them; or none: “都别取消”."""
    visits, option = turn.facts.visits, turn.slots.option
    if turn.means("not_cancelled"):
        return {"appointment_id": 0, "sure": False}
    if turn.means("all_visits"):
        return {"appointment_id": 0}
    if option and option <= len(visits):
        return of(visits[option - 1])
    visit = named(turn) if len(visits) > 1 else None
    return of(visit) if visit else None


def _another(turn: Turn) -> VisitRef | None:
    """Another one of the booked visits than the one that is asked about, named by its kind."""
    kind = appointment.visit_of(turn.text)
    if not kind or kind == turn.state.answers.get("visit"):
        return None
    return next((one for one in turn.facts.visits if one.visit == kind), None)


def stays(turn: Turn) -> VisitRef | None:
    """“量房照旧”, while it is asked whether the other one is called off."""
    return _another(turn) if _kept(turn) and not turn.means("all_visits") else None


def _kept(turn: Turn) -> bool:
    return turn.means("keep", "visit_stays")


def spot_which(turn: Turn) -> Answers | None:
    """“到店的”, while the other one is asked about; “都取消”. “量房照旧” speaks of that one only."""
    if turn.means("all_visits") and len(turn.facts.visits) > 1 and not turn.means("not_cancelled"):
        return {"appointment_id": 0, "sure": True}
    other = _another(turn)
    return of(other) if other and not _kept(turn) else None


def read_sure(turn: Turn) -> Answers | None:
    """Whether the visit is cancelled; “改天” keeps it and asks for another time."""
    if _another(turn):
        return None
    if readers.keeps(turn):
        return {"sure": False}
    if readers.agrees(turn) or turn.slots.command == "cancel" or turn.means("not_coming"):
        return {"sure": True}
    return None


def called_off(turn: Turn) -> Outcome:
    """The visit is cancelled, or stays; or all of them do."""
    answers = turn.state.answers
    words = answers.get("words", "")
    if not answers["appointment_id"]:
        visits = turn.facts.visits
        if not answers.get("sure", True):
            return turn.leave(turn.say("appointment.yours", visits=listed(visits)))
        dos = tuple(Do("appointment.cancel", {"appointment_id": one.id, "reason": words}) for one in visits)
        return turn.leave(turn.say("appointment.all_cancelled", visits=listed(visits)), dos=dos)
    facts = {name: answers.get(name) for name in ("visit", "when_start", "when_end")}
    if not answers["sure"]:
        return turn.leave(turn.say("appointment.kept", **facts))
    do = Do("appointment.cancel", {"appointment_id": answers["appointment_id"], "reason": words})
    return turn.leave(turn.say("appointment.cancelled", **facts), dos=(do,))


def moved(turn: Turn) -> Outcome:
    """The chosen visit is moved: the times that are free for it are offered."""
    answers = turn.state.answers
    kept = {"visit": answers["visit"], "moving": answers["appointment_id"]}
    kept["offered"] = appointment.free_now(turn, answers["visit"])
    begun = turn.start("appointment", "slot", kept)
    ask = appointment.SCRIPT.steps["slot"]
    return begun.stay(begun.say(ask.text, **ask.facts(begun)))


def read_move(turn: Turn) -> Answers | None:
    """One of the listed visits."""
    given = read_which(turn)
    return given if given and given["appointment_id"] else None


def _facts(turn: Turn) -> dict[str, Any]:
    return {"visits": listed(turn.facts.visits)}


def _one(answers: Answers, _: Facts) -> bool:
    return bool(answers.get("appointment_id"))


CALL_OFF = Script(
    "call_off",
    start="which",
    steps={
        "which": Ask(
            "appointment.ask_off", read_which, "sure", ("appointment_id",), spot=spot_which, numbered=True, facts=_facts
        ),
        "sure": Ask(
            "appointment.ask_cancel", read_sure, None, ("sure",), needed=_one,
            facts=lambda turn: {name: turn.state.answers.get(name) for name in ("visit", "when_start", "when_end")},
        ),
    },
    finish=called_off,
    takes_media=False,
    light=True,
)  # fmt: skip
MOVE = Script(
    "which_visit",
    start="which",
    steps={"which": Ask("appointment.ask_move", read_move, None, ("appointment_id",), numbered=True, facts=_facts)},
    finish=moved,
    takes_media=False,
    light=True,
)
