"""One person chatting with the pure engine: real understanding and texts, verbs only written down."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.dialog import (
    ComplaintRef,
    Do,
    Facts,
    Heard,
    House,
    Job,
    Outcome,
    QuoteRef,
    State,
    SurveyRef,
    TicketRef,
    context,
    take,
)
from bot.understanding import Reading, Slots, read
from templates import Texts

TEXTS = Texts()
#: Saturday 21 November 2026, ten in the morning in Shanghai.
MORNING = dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)
JADE = House(1, "翡翠城8幢1602")
WEST = House(2, "城西公馆3幢802")
LEAK = TicketRef(7, "BX20261121-0007", "assigned", "厨房水槽漏水")
DOOR = TicketRef(8, "BX20261121-0008", "on_the_way", "卧室门关不上")
ASKED = SurveyRef(3, 7, "BX20261121-0007", "厨房水槽漏水")
PRICED = QuoteRef(5, 7, "BJ20261121-0001", "sent", "厨房水槽漏水", 200, asked_last=True)
PRICED_DOOR = QuoteRef(6, 8, "BJ20261121-0002", "sent", "卧室门关不上", 150)


def job(number: int, state: str = "assigned", label: str = "翡翠城8幢1602 厨房漏水") -> Job:
    return Job(number, f"BX20261121-{number:04d}", state, label)


def bound(*houses: House, **more: Any) -> Facts:
    """A customer whose project and phone we know."""
    known = {"call": "陈先生", "phone": "138****8000", "has_phone": True, "houses": houses or (JADE,)}
    return Facts(now=MORNING, **(known | more))


def stranger(**more: Any) -> Facts:
    return Facts(now=MORNING, **more)


def crew(*jobs: Job) -> Facts:
    return Facts(now=MORNING, crew_name="王师傅", jobs=jobs)


class Chat:
    """`chat.say("厨房漏水")` returns what stands on the phone afterwards; `chat.done` what the desk was asked to do."""

    def __init__(self, facts: Facts, lang: str = "zh") -> None:
        self.facts = replace(facts, find_houses=lambda said: _find(facts.houses, said))
        self.lang = lang
        self.state: State | None = None
        self.done: list[Do] = []
        self.outcome = Outcome(None)

    def say(self, text: str) -> str:
        return self.hear(text, "text")

    def send(self, kind: str = "image", text: str = "", media_id: str = "") -> str:
        return self.hear(text, kind, media_id=media_id or f"M{len(self.done)}{kind}")

    def event(self, event: str, key: str = "") -> str:
        return self.hear("", "event", event=event, key=key)

    def scan(self, scene: str, event: str = "scan") -> str:
        return self.hear("", "event", event=event, scene=scene)

    def hear(self, text: str, kind: str, **more: Any) -> str:
        reading = read(text, context(self.state, self.facts), self.facts.now) if text else Reading()
        return self.turn(Heard(text=text, kind=kind, reading=reading, at=self.facts.now, **more))

    def turn(self, heard: Heard) -> str:
        """One turn, with the state going through JSON as it does between real turns."""
        stored = json.loads(json.dumps(self.state.to_json())) if self.state else None
        state = State.from_json(stored) if stored else None
        assert state == self.state
        self.outcome = outcome = take(state, heard, self.facts)
        results: dict[str, Any] = {}
        for do in outcome.dos:
            json.dumps(dict(do.args))
            results |= self.perform(do)
        kept = {name: results[name] for do in outcome.dos for name in do.keep}
        self.state = outcome.state
        if kept and self.state:
            self.state = replace(self.state, answers={**self.state.answers, **kept})
        said = [TEXTS.render(say.key, {**results, **say.facts}, self.lang) for say in outcome.says]
        return "\n".join(said)

    def perform(self, do: Do) -> dict[str, Any]:
        """What the desk would answer, the way bot/inbox/verbs does."""
        self.done.append(do)
        number = "BX20261121-0007"
        if do.verb in IDENTITY:
            return IDENTITY[do.verb](self, do)
        match do.verb:
            case "repair.open":
                ref = TicketRef(7, number, "assigned", do.args["problem"], do.args["urgent"])
                self.facts = replace(self.facts, tickets=(ref, *self.facts.tickets))
                hours = 2 if do.args["urgent"] else 8
                by = do.args["when_end"] or (self.facts.now + dt.timedelta(hours=hours)).isoformat()
                return {"ticket_id": 7, "number": number, "hours": hours, "crew": "王师傅", "on_site_by": by}
            case "repair.chase":
                times = sum(one.verb == "repair.chase" for one in self.done)
                return {"number": number, "times": times, "state_zh": "已派单"}
            case "survey.answer":
                return self._answered(do)
            case "conversation.hand_over":
                is_open, opens = self.facts.office_open, self.facts.office_next or "明早9点"
                return {"position": 1, "open": is_open, "next": "" if is_open else opens, "minutes": 20}
            case "person.bind":
                right = do.args["code"] == "483920"
                return {"what": "project" if right else "", "label": JADE.label if right else "", "tries_left": 4}
        return self._of_money(do) or self._of_warranty(do) or self._of_jobs(do, number)

    def _of_warranty(self, do: Do) -> dict[str, Any]:
        if do.verb == "warranty.general":
            english = ["2 years on general work", "5 years on waterproofing"]
            return {"rules": ["一般项目保2年", "防水保5年"], "rules_en": english}
        if do.verb == "warranty.look":
            line = {"rule": "防水保5年", "rule_en": "5 years on waterproofing", "until": "2028-06-15", "covered": True}
            return {"house": JADE.label, "completed": "2023-06-15", "lines": [line], "paid": False}
        return {"number": "BX20261121-0007"} if do.verb == "warranty.dispute" else {}

    def _of_money(self, do: Do) -> dict[str, Any]:
        known = {"number": "BJ20261121-0001", "total": 200}
        if do.verb == "crew.quote":
            return known | {"told": 1}
        if do.verb != "quote.answer":
            return {}
        self.facts = replace(self.facts, quotes=())
        return known | {"decision": do.args["decision"], "repair": "BX20261121-0007", "crew": "王师傅"}

    def _of_jobs(self, do: Do, number: str) -> dict[str, Any]:
        if do.verb in ("repair.join", "repair.reopen", "repair.answer_time"):
            return self._known(do, number)
        if do.verb.startswith("crew."):
            known = {"customer": "陈先生", "phone_masked": "138****8000", "when": "明天下午"}
            return known | {"number": self._job(do).number}
        return {"number": number} if do.verb.startswith("repair.") else {}

    def _known(self, do: Do, number: str) -> dict[str, Any]:
        """A case of the family, a mended one, or one whose time is asked for."""
        joined = [one.number for one in self.facts.household if one.id == do.args["ticket_id"]]
        known = {"state": "accepted", "crew": "王师傅", "start": MORNING.isoformat(), "end": MORNING.isoformat()}
        return known | {"number": joined[0] if joined else number}

    def _answered(self, do: Do) -> dict[str, Any]:
        satisfied = {1: False, 2: False, 4: True, 5: True}.get(do.args["score"])
        self.facts = replace(self.facts, survey=None)
        return {"satisfied": satisfied, "number": "BX20261121-0007", "ask_more": not satisfied and not do.args["words"]}

    def _job(self, do: Do) -> Job:
        if do.verb in ("crew.materials", "crew.locate", "crew.ask_time", "crew.delay", "crew.pass_on"):
            return next((one for one in self.facts.jobs if one.id == do.args["ticket_id"]), job(7))
        after = {"crew.accept": "accepted", "crew.start": "on_the_way", "crew.arrive": "on_site"}.get(do.verb)
        moved = next(one for one in self.facts.jobs if one.id == do.args["ticket_id"])
        rest = [one for one in self.facts.jobs if one.id != moved.id]
        self.facts = replace(self.facts, jobs=(*([replace(moved, state=after)] if after else []), *rest))
        return moved

    def later(self, **delta: float) -> None:
        self.facts = replace(self.facts, now=self.facts.now + dt.timedelta(**delta))

    @property
    def verbs(self) -> list[str]:
        return [do.verb for do in self.done]

    @property
    def last(self) -> Do:
        return self.done[-1]


def _find(houses: tuple[House, ...], said: str | Slots) -> tuple[House, ...]:
    if isinstance(said, str):
        return tuple(house for house in houses if said in house.label)
    parts = [part for part in (said.estate, said.building, said.room) if part]
    return tuple(house for house in houses if parts and all(part in house.label for part in parts))


def _by_contract(_: Chat, do: Do) -> dict[str, Any]:
    right = (do.args["contract"], do.args["phone"]) == ("HT-2026-018", "13800138000")
    return {"label": JADE.label if right else "", "tries_left": 4}


def _family_code(chat: Chat, _: Do) -> dict[str, Any]:
    return {"code": "483920", "until": (chat.facts.now + dt.timedelta(hours=24)).isoformat()}


def _complained(chat: Chat, do: Do) -> dict[str, Any]:
    number, open_now = "TS20261121-0001", chat.facts.complaint
    match do.verb:
        case "complaint.open":
            due = chat.facts.now + dt.timedelta(hours=8)
            ref = ComplaintRef(9, number, "registered", do.args.get("target", "其他"), due)
            chat.facts = replace(chat.facts, complaint=ref)
            return {"complaint_id": 9, "complaint": number, "explain_hours": 8}
        case "complaint.withdraw":
            chat.facts = replace(chat.facts, complaint=None)
        case "complaint.aim" if open_now:
            chat.facts = replace(chat.facts, complaint=replace(open_now, target=do.args["target"]))
        case "complaint.agree" if open_now:
            chat.facts = replace(chat.facts, complaint=replace(open_now, state="agreed"))
    times = sum(one.verb == "complaint.chase" for one in chat.done)
    return {"complaint_id": 9, "complaint": number} | ({"times": times} if do.verb == "complaint.chase" else {})


def _private(chat: Chat, do: Do) -> dict[str, Any]:
    known = {"number": "YS20261121-0001", "due": (MORNING + dt.timedelta(days=21)).isoformat(), "state": "open"}
    asked = [one.verb for one in chat.done].count("privacy.ask")
    if do.verb == "privacy.begin":
        return known | {"again": True} if asked else {"number": "", "cases": [one.number for one in chat.facts.tickets]}
    return known | {"wish": do.args.get("wish", "delete"), "again": asked > 1}


#: What the desk would answer to who somebody is and how they came to us.
IDENTITY: dict[str, Callable[[Chat, Do], dict[str, Any]]] = {
    "person.bind_contract": _by_contract,
    "household.invite": _family_code,
    "household.list": lambda *_: {"members": [[5, "老婆 周**"], [6, "家人 尾号6003"]]},
    "house.progress": lambda *_: {
        "known": True,
        "done": "水电验收",
        "done_on": "2026-11-10",
        "upcoming": "材料进场",
        "planned": "2026-11-25",
    },
    "site.list": lambda *_: {"sites": [[4, "江南里5幢1101"], [5, "翡翠城11幢302"]]},
    "site.photo": lambda *_: {"house": "江南里5幢1101", "photos": 1},
    "event.own": lambda *_: {"places": [[31, "家装讲座"]]},
    "event.withdraw": lambda *_: {"title": "家装讲座"},
    "event.cannot_come": lambda _, do: (
        {"title": "家装讲座", "places": []} if do.args["event_id"] else {"places": [[31, "家装讲座"], [32, "开放日"]]}
    ),
    "event.sign_up_all": lambda _, do: {
        "signed": [{"title": "家装讲座", "starts": MORNING.isoformat()}],
        "full": ["样板房开放日"],
        "people": do.args["people"],
    },
    "event.sign_up": lambda chat, do: {
        "state": "signed",
        "title": "家装讲座",
        "starts": MORNING.isoformat(),
        "people": do.args["people"],
    },
    **{
        f"complaint.{verb}": _complained
        for verb in ("open", "add", "aim", "attach", "chase", "agree", "decline", "withdraw", "restore")
    },
    **{f"privacy.{verb}": _private for verb in ("begin", "ask", "withdraw", "look")},
    "callback.ask": lambda chat, _: {"number": "HF20261121-0001", "at": chat.facts.now.isoformat(), "moved": False},
    "callback.forgo": lambda *_: {"number": "HF20261121-0001"},
    "suggestion.record": lambda *_: {"suggestion": "JY20261121-0001"},
    "referral.code": lambda chat, _: {"ready": chat.verbs.count("referral.code") > 1},
}
