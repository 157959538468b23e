"""What the records know about the person of this turn, as the dialog engine wants it. Pure apart from parsing."""

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.heard import ComplaintRef, Facts, House, Job, Lead, PastRef, QuoteRef, State, SurveyRef, TicketRef, VisitRef
from bot.inbox.sql import Statements
from bot.inbox.waiting import calling, complaint, rated
from bot.refs import CallRef, RatedRef
from bot.understanding import Slots
from models.desk.account.people import mask_phone
from models.questions import felt, of_json
from models.warranty import PAID
from models.worktime import SHANGHAI
from phones import called, hide
from templates import faces

#: Of these nobody of the household waits any more.
FINISHED = frozenset({"done", "closed"})
MINUTE = dt.timedelta(minutes=1)
#: What people say around the name of a house: 城西的, 翡翠城那套.
_AROUND = re.compile(r"^(?:我|我家|是|就是|在)+|(?:的|那套|这套|那边|这边|那里|那个|房子|家|小区)+$")


@dataclass(frozen=True)
class Person:
    """One row of LOAD: who wrote, where the dialog stands, what they may mean."""

    id: int
    turn: int
    subscribed: bool
    lang: str
    opted_out: bool
    conversation_id: int | None
    #: bot, queue or agent.
    owner: str
    draft: State
    call: str
    phone: str
    crew_name: str | None
    staff_name: str | None
    #: Messages that wait until the person writes.
    held: int
    #: When they last did what says whether they follow, by the platform's clock.
    follow_said_at: dt.datetime | None = None
    #: The minute whose messages are counted, and how many they were.
    flood_since: dt.datetime | None = None
    flood_count: int = 0
    houses: tuple[House, ...] = ()
    tickets: tuple[TicketRef, ...] = ()
    household: tuple[TicketRef, ...] = ()
    past: tuple[PastRef, ...] = ()
    jobs: tuple[Job, ...] = ()
    #: Open ones, the one asked last first.
    surveys: tuple[SurveyRef, ...] = ()
    quotes: tuple[QuoteRef, ...] = ()
    complaint: ComplaintRef | None = None
    visits: tuple[VisitRef, ...] = ()
    lead: Lead | None = None
    calling: CallRef | None = None
    rated: RatedRef | None = None
    erasing: bool = False
    #: Rooms by project, for telling houses apart by words.
    rooms: Mapping[int, tuple[str, str, str]] = field(default_factory=dict)

    def counted(self, push_is_event: bool, now: dt.datetime) -> tuple[dt.datetime | None, int]:
        """The minute that is counted and its messages, with the one that just came; events count for nothing."""
        if push_is_event:
            return self.flood_since, self.flood_count
        if self.flood_since is None or not now - MINUTE < self.flood_since <= now:
            return now, 1
        return self.flood_since, self.flood_count + 1

    def facts(self, now: dt.datetime, alike: Mapping[str, Any]) -> Facts:
        """The facts of a turn at `now`, with those that everybody is told alike."""
        return Facts(
            now=now,
            call=self.call,
            phone=mask_phone(self.phone),
            has_phone=bool(self.phone),
            houses=self.houses,
            jobs=self.jobs,
            tickets=self.tickets,
            household=self.household,
            past=self.past,
            survey=self.surveys[0] if self.surveys else None,
            surveys=self.surveys,
            quotes=self.quotes,
            complaint=self.complaint,
            crew_name=self.crew_name,
            staff_name=self.staff_name,
            waiting=self.owner == "queue",
            opted_out=self.opted_out,
            find_houses=self.find_houses,
            visits=tuple(visit for visit in self.visits if visit.end > now),
            lead=self.lead,
            calling=self.calling,
            rated=self.rated,
            erasing=self.erasing,
            lang=self.lang,
            **alike,
        )

    def find_houses(self, said: str | Slots) -> tuple[House, ...]:
        """The person's own houses that the words may mean; never anybody else's."""
        if isinstance(said, Slots):
            parts = [part for part in (said.estate, said.building, said.room) if part]
            return tuple(h for h in self.houses if parts and all(_fits(part, self.rooms[h.id]) for part in parts))
        core = _AROUND.sub("", said)
        return tuple(
            h for h in self.houses if len(core) > 1 and (core in h.label or _squeezed(h.label) in _squeezed(said))
        )


def _fits(part: str, rooms: tuple[str, str, str]) -> bool:
    return any(
        part in known or (known and _digits(part) and _digits(part) == _digits(known)) for known in rooms if known
    )


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _squeezed(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def said_opening(opens: dt.datetime | None, now: dt.datetime, lang: str) -> str:
    """今天下午1点半, 明早9点, tomorrow 9 am: when the office opens, as people say it; empty when never."""
    if opens is None:
        return ""
    if lang == "en":
        return faces.when(opens, now, lang)
    local, today = opens.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    days = (local.date() - today).days
    half = "半" if local.minute == 30 else f"{local.minute}分" if local.minute else ""
    if local.hour < 12:
        clock, part = f"{local.hour}点{half}", "早" if days == 1 else "早上"
    else:
        clock, part = f"{local.hour - 12 or 12}点{half}", "下午"
    day = {0: "今天", 1: "明" if part == "早" else "明天"}.get(days)
    if day is None:
        weekday = "一二三四五六日"[local.weekday()]
        day = f"周{weekday}" if days < 7 else f"{local.month}月{local.day}日"
    return f"{day}{part}{clock}"


def person_of(row: Mapping[str, Any], statements: Statements) -> Person:
    """A Person from a row of LOAD."""
    houses, shared = _rows(row["houses"]), sorted(_rows(row["household"]), key=lambda t: -t["id"])
    ours = _rows(row["tickets"]) + [t | {"own": False} for t in shared if t["watched"] and t["state"] not in FINISHED]
    heard = statements.heard_moment
    return Person(
        id=row["id"],
        turn=row["turn"],
        subscribed=bool(row["subscribed"]),
        lang=row["lang"],
        opted_out=row["opted_out_at"] is not None,
        conversation_id=row["conversation_id"],
        owner=row["owner"] or "bot",
        draft=State.from_json(json.loads(row["draft"])) if row["draft"] else State(),
        call=called(row["customer_name"] or "", row["customer_form"] or ""),
        phone=row["customer_phone"] or "",
        crew_name=row["crew_name"],
        staff_name=row["staff_name"],
        held=row["held"],
        follow_said_at=statements.heard_moment(row["follow_said_at"]),
        flood_since=statements.heard_moment(row["flood_since"]),
        flood_count=row["flood_count"],
        houses=tuple(
            House(h["id"], f"{h['estate']}{h['building']}{h['room']}", bool(h["completed"]), h["stage"]) for h in houses
        ),
        rooms={h["id"]: (h["estate"], h["building"], h["room"]) for h in houses},
        tickets=tuple(_ticket(t, heard) for t in sorted(ours, key=lambda t: -t["id"])),
        household=tuple(_ticket(t, heard) for t in shared if not t["watched"] and t["state"] not in FINISHED),
        past=_past([*_rows(row["past"]), *(t for t in shared if t["state"] in FINISHED)], heard),
        jobs=tuple(_own_job(j, heard) for j in sorted(_rows(row["jobs"]), key=_due)),
        surveys=_surveys(row["surveys"], statements),
        quotes=tuple(_quote(q) for q in sorted(_rows(row["quotes"]), key=lambda q: -q["id"])),
        complaint=complaint(_json(row["complaint"]), heard),
        visits=tuple(_visit(v, statements) for v in sorted(_rows(row["visits"]), key=lambda v: v["start"])),
        lead=_lead(_json(row["lead"])),
        calling=calling(_json(row["calling"]), heard),
        rated=rated(_json(row["rated"]), heard),
        erasing=bool(row["erasing"]),
    )


def _quote(row: Mapping[str, Any]) -> QuoteRef:
    last = str(row["last"] or "").startswith((f"quote:{row['id']}:offer:", f"quote:{row['id']}:reminder:"))
    total = row["total"] / 100
    return QuoteRef(
        row["id"], row["ticket_id"], row["number"], row["state"], _what(row), total, bool(row["told"]), last
    )


def _visit(row: Mapping[str, Any], statements: Statements) -> VisitRef:
    start, end = statements.heard_moment(row["start"]), statements.heard_moment(row["end"])
    assert start is not None and end is not None  # no appointment is without a time
    return VisitRef(row["id"], row["number"], row["visit"], start, end)


def _lead(row: Mapping[str, Any] | None) -> Lead | None:
    if row is None:
        return None
    budget = (row["budget"] or 0) // 100
    return Lead(row["id"], row["area"] or 0, row["style"], budget, row["keys"], row["house"], bool(row["phone"]))


def _surveys(value: Any, statements: Statements) -> tuple[SurveyRef, ...]:
    found = [
        SurveyRef(
            row["id"],
            row["ticket_id"],
            row["number"] or "",
            _what(row) if row["problem"] else row["label"],
            statements.heard_moment(row["asked_at"]),
            row["form"] or "",
            of_json(_json(row["questions"])),
            {one["key"]: felt(one["score"], one["sentiment"]) for one in _rows(row["given"])},
        )
        for row in _rows(value)
    ]
    return tuple(sorted(found, key=lambda one: (one.asked_at is not None, one.asked_at, one.id), reverse=True))


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _rows(value: Any) -> list[dict[str, Any]]:
    return [] if value == "[]" else _json(value) or []  # on SQLite most of a person's lists come as empty ones


def _due(job: Mapping[str, Any]) -> tuple[bool, str, int]:
    """In the order of the day: when somebody is at home, else when we promised to be there."""
    first = job["when_start"] or job["due"]
    return first is None, first or "", job["id"]


def _ticket(row: Mapping[str, Any], heard: Callable[[Any], dt.datetime | None]) -> TicketRef:
    start, end = heard(row.get("start")), heard(row.get("end"))
    return TicketRef(
        row["id"], row["number"], row["state"], _what(row), bool(row["urgent"]), row.get("warranty") in PAID,
        row.get("own", True), heard(row.get("time_asked_at")), (start, end) if start and end else None,
        bool(row.get("last")), heard(row.get("when")), row.get("house") or "",
    )  # fmt: skip


def _past(rows: list[dict[str, Any]], heard: Callable[[Any], dt.datetime | None]) -> tuple[PastRef, ...]:
    found = (
        PastRef(row["id"], row["number"], _what(row), row["place"], row["category"], at)
        for row in rows
        if (at := heard(row["finished_at"])) is not None
    )
    return tuple(sorted(found, key=lambda past: past.finished_at, reverse=True))


def _own_job(row: Mapping[str, Any], heard: Callable[[Any], dt.datetime | None]) -> Job:
    return Job(row["id"], row["number"], row["state"], _job(row), row["items"], row["when"], heard(row["due"]))


def _what(row: Mapping[str, Any]) -> str:
    problem = hide(row["problem"])
    return problem if not row["place"] or row["place"] in problem else f"{row['place']}：{problem}"


def _job(row: Mapping[str, Any]) -> str:
    house = f"{row['estate']}{row['building']}{row['room']}" if row["estate"] else row["house"]
    return f"{house} {_what(row)}".strip()
