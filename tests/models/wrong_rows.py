"""Rows that no rule of the house leads to, each beside decoys that look like it and are right."""

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Appointment,
    Attachment,
    Callback,
    Conversation,
    Crew,
    Dialog,
    Enquiry,
    Escalation,
    Follower,
    MassSend,
    Outgoing,
    Policy,
    Promise,
    Quote,
    Repair,
    Slip,
    Staff,
    Survey,
)
from models.desk import promises
from tests.models.builders import House, house
from tests.models.wrong_clock import Timely
from tests.models.wrong_plans import Plans

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class Wrong(Plans, Timely):
    """Plants everything; `rows` says which of it each check must find."""

    def __init__(self, session: Session, now: dt.datetime):
        self.session, self.now, self.count = session, now, 0
        self.rows: dict[str, list[Any]] = {}
        promises.ensure_policies(session)
        self.who: House = house(session, now)
        self.left = Staff(username="left", name="走了的", role=self.who.agent.role, active=False)
        self.policies = {row.name: row for row in session.scalars(select(Policy))}
        session.add(self.left)
        people = (self.talks, self.care, self.surveys, self.plans, self.timely, self.backups, self.trust)
        for family in (self.owed, self.cases, self.letters, *people):
            family()
            session.flush()

    def next(self) -> int:
        """A number that no row has yet."""
        self.count += 1
        return self.count

    def bad(self, name: str, *rows: Any) -> None:
        """These are what the check `name` must find."""
        self.rows.setdefault(name, []).extend(rows)

    def add(self, row: Any) -> Any:
        """The row stands."""
        self.session.add(row)
        self.session.flush()
        return row

    def case(self, state: str, told: str | None = None, *, silent: bool = False, **facts: Any) -> Repair:
        """A repair in this state, whose story ends with `told`."""
        facts = {"crew": self.who.crew, "problem": "漏水", "opened_at": self.now} | facts
        row = self.add(Repair(number=f"BX{self.next()}", _state=state, **facts))
        if not silent:
            row.tell(told or state, by=self.who.by_staff, now=self.now).to_state = told or state
            row.tell("note", by=self.who.by_staff, now=self.now, reason="一句话")
        return row

    def promise(self, state: str, due: dt.timedelta, policy: str = "repair.on_site", **facts: Any) -> Promise:
        """A promise, due so long from now; the agent's unless said otherwise."""
        at = self.now + due
        facts = {"owner": self.who.agent} | facts
        return self.add(
            Promise(policy=self.policies[policy], state=state, made_at=self.now - DAY, due_at=at, warn_at=at, **facts)
        )

    def owed(self) -> None:
        """Promises."""
        case = self.case("accepted")
        self.bad("promise_unwatched", self.promise("open", -2 * HOUR, ticket=case))
        self.promise("open", -HOUR / 2, ticket=case)
        self.promise("missed", -2 * HOUR, ticket=case)
        self.promise("paused", -2 * HOUR, ticket=case)
        self.promise("open", -2 * HOUR, ticket=case, met_at=self.now)

        lonely, helped = self.case("accepted"), self.case("accepted")
        self.bad("promise_ownerless", self.promise("missed", -HOUR, ticket=lonely, owner=None))
        self.bad("promise_ownerless", self.promise("missed", -HOUR, ticket=lonely, owner=self.left))
        self.promise("open", HOUR, ticket=lonely, owner=None)
        self.promise("missed", -HOUR, ticket=helped, owner=None)
        self.escalation("open", self.who.engineer, ticket=helped)
        self.escalation("resolved", self.who.engineer, ticket=lonely)

        over = self.case("closed")
        self.bad("promise_over", self.promise("open", HOUR, ticket=over))
        self.promise("open", HOUR, "repair.dissatisfied", ticket=over)
        self.promise("missed", -HOUR, ticket=over)
        self.promise("dropped", HOUR, ticket=over)
        self.promise("open", HOUR, ticket=self.case("done"))

        astray, right = self.case("accepted", next_due_at=self.now), self.case("accepted", next_due_at=self.now)
        self.bad("due_astray", astray)
        self.promise("dropped", HOUR, ticket=astray)
        self.promise("paused", HOUR, ticket=right)

    def escalation(self, state: str, owner: Staff | None, **about: Any) -> Escalation:
        """An escalation about something."""
        return self.add(
            Escalation(kind="human", cause_key=f"c{self.next()}", state=state, owner=owner, opened_at=self.now, **about)
        )

    def cases(self) -> None:
        """Cases, appointments, quotes."""
        self.bad("case_silent", self.case("accepted", silent=True))
        self.bad("case_untold", self.case("done", "accepted"))

        late = self.case("accepted", owner=self.left, next_due_at=self.now - HOUR)
        self.bad("case_ownerless", late)
        self.promise("missed", -HOUR, ticket=late)
        self.case("accepted", owner=self.left)
        self.promise("missed", -HOUR, ticket=self.case("done", owner=self.left, next_due_at=self.now - HOUR))

        gone = self.add(Crew(name="散了的", trades=[], active=False))
        self.bad("repair_crewless", self.case("on_site", crew=None), self.case("assigned", crew=gone))
        self.case("reported", crew=None)
        self.case("done", crew=gone)

        enquiry = self.add(Enquiry(number="ZX1", opened_at=self.now, owner=self.who.agent))
        enquiry.tell("new", by=self.who.by_staff, now=self.now)
        self.bad("appointment_past", self.visit(enquiry, "booked", -2 * DAY))
        self.visit(enquiry, "done", -2 * DAY)
        self.visit(enquiry, "booked", -2 * HOUR)
        self.visit(enquiry, "booked", DAY)

        self.bad("quote_over", self.quote(self.case("cancelled"), "sent"), self.quote(self.case("closed"), "haggled"))
        self.quote(self.case("accepted"), "sent")
        self.quote(self.case("closed"), "agreed")

    def visit(self, enquiry: Enquiry, state: str, start: dt.timedelta) -> Appointment:
        """A visit that begins so long from now."""
        at = self.now + start
        row = Appointment(
            number=f"YY{self.next()}", _state=state, visit="measure", enquiry=enquiry, opened_at=self.now,
            start_at=at, end_at=at + HOUR,
        )  # fmt: skip
        row.tell(state, by=self.who.by_staff, now=self.now).to_state = state
        return self.add(row)

    def quote(self, case: Repair, state: str) -> Quote:
        """A quote in this state."""
        return self.add(
            Quote(number=f"BJ{self.next()}", repair=case, _state=state, total=8000, made_by="crew", created_at=self.now)
        )

    def letter(self, state: str, **facts: Any) -> Outgoing:
        """A message to the homeowner."""
        facts = {"body": "您好", "next_try_at": self.now} | facts
        return self.add(
            Outgoing(
                dedupe_key=f"k{self.next()}", follower=self.who.homeowner, purpose="service", state=state,
                not_before=self.now, created_at=self.now, **facts,
            )
        )  # fmt: skip

    def letters(self) -> None:
        """Messages, photos and drafts."""
        self.bad("letter_stuck", self.letter("queued", next_try_at=self.now - 3 * HOUR))
        self.letter("queued", next_try_at=self.now - HOUR)
        self.letter("held", next_try_at=self.now - 3 * HOUR)
        campaign = self.campaign("running")
        mass = self.add(MassSend(campaign=campaign, lang="zh", key="m1", state="sending", next_try_at=self.now))
        held = {"claim": "me", "claimed_at": self.now - 2 * HOUR}
        self.bad("letter_unclaimed", self.letter("sending"), self.letter("sending", **held))
        self.letter("sending", claim="me", claimed_at=self.now)
        self.letter("sending", mass_id=mass.id, **held)
        self.letter("sent", **held)
        self.bad("letter_blank", self.letter("queued", body=""), self.letter("held", body=""))
        self.letter("queued", body="", text_key="notice.late")
        self.letter("queued", body="", kind="image")
        self.letter("sent", body="")

        self.bad("photo_late", self.photo("waiting", 4 * DAY))
        self.photo("waiting", 2 * DAY)
        self.photo("lost", 4 * DAY)
        self.bad("dialog_torn", self.draft("repair", ""))
        self.draft("repair", "{}")
        self.draft("", "{}")
        self.draft("", "")

    def photo(self, state: str, age: dt.timedelta) -> Attachment:
        """A photo that came so long ago."""
        return self.add(Attachment(kind="image", state=state, created_at=self.now - age))

    def person(self) -> Follower:
        """Somebody who follows the account."""
        return self.add(Follower(openid=f"o{self.next()}", created_at=self.now))

    def draft(self, script: str, state: str) -> Dialog:
        """What somebody had begun."""
        row = Dialog(follower_id=self.person().id, script=script, state=state, updated_at=self.now)
        return self.add(row)

    def talk(self, owner: str, **facts: Any) -> Conversation:
        """A conversation with somebody."""
        return self.add(Conversation(follower=self.person(), owner=owner, **facts))

    def talks(self) -> None:
        """Conversations and escalations."""
        timeless = self.talk("queue")
        self.promise("open", HOUR, "conversation.first_reply", conversation=timeless)
        self.bad("talk_nobodys", self.talk("agent"), self.talk("agent", staff=self.left), timeless)
        self.talk("agent", staff=self.who.agent)
        self.talk("bot")
        self.bad("talk_unpromised", self.talk("queue", waiting_since=self.now))
        waits = self.talk("queue", waiting_since=self.now)
        self.promise("missed", -HOUR, "conversation.first_reply", conversation=waits)
        self.bad("escalation_nobodys", self.escalation("open", None), self.escalation("taken", self.left))
        self.escalation("resolved", None)
        self.escalation("open", self.who.agent)

    def care(self) -> None:
        """Calls and slips."""
        self.bad("call_nobodys", self.call("open", -HOUR, None), self.call("open", -HOUR, self.left))
        self.call("open", HOUR, None)
        self.call("open", -HOUR, self.who.agent)
        made = self.call("done", -HOUR, None)
        self.bad("promise_over", self.promise("open", HOUR, "callback.due", callback=made))
        self.bad("slip_nobodys", self.slip("open", None), self.slip("answered", self.left))
        closed = self.slip("closed", None)
        self.bad("promise_over", self.promise("paused", HOUR, "slip.due", slip=closed))
        self.promise("open", HOUR, "slip.due", slip=self.slip("open", self.who.agent))

    def call(self, state: str, due: dt.timedelta, owner: Staff | None) -> Callback:
        """A call that is due so long from now."""
        n = self.next()
        return self.add(
            Callback(
                number=f"HF{n}", key=f"k{n}", purpose="repair_done", _state=state, due_at=self.now + due, owner=owner,
                asked_at=self.now,
            )
        )  # fmt: skip

    def slip(self, state: str, owner: Staff | None) -> Slip:
        """A slip."""
        n = self.next()
        return self.add(Slip(number=f"LX{n}", key=f"k{n}", _state=state, owner=owner, opened_at=self.now))

    def surveys(self) -> None:
        """Questions."""
        case, right = self.case("done"), self.case("done")
        self.bad("survey_twice", self.survey(case, 1, "asked"))
        self.survey(case, 2, "planned")
        self.survey(right, 1, "answered")
        self.survey(right, 2, "asked")
        old = self.now - 8 * DAY
        self.bad("survey_stuck", self.survey(self.case("done"), 1, "asked", planned_at=old, asked_at=old))
        self.survey(self.case("done"), 1, "phone", planned_at=old)
        self.survey(self.case("done"), 1, "asked", planned_at=old, asked_at=self.now - DAY)

    def survey(self, case: Repair, round_: int, state: str, **facts: Any) -> Survey:
        """One round of asking about a case."""
        facts = {"planned_at": self.now} | facts
        return self.add(Survey(ticket=case, follower=self.who.homeowner, round=round_, state=state, **facts))

    def mend(self) -> None:
        """Half of it is put right: what must be resolved afterwards."""
        self.rows["case_silent"][0].tell("accepted", by=self.who.by_staff, now=self.now)
        self.rows["escalation_nobodys"][0].owner = self.who.agent
        self.rows["audit_broken"][0].action = "edit"
        self.session.flush()
