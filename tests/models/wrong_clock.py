"""Wrong rows of what the clock must have done, each beside decoys; a part of tests/models/wrong_rows.py."""

import datetime as dt
from typing import Any

from models import Absence, GiftApplication, Outgoing, PrivacyRequest

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class Timely:
    """The part of `Wrong` about the clock; it brings the other parts' helpers."""

    def timely(self) -> None:
        """Calls and slips without a time, absences, campaigns that never began, gifts, half an erasure."""
        agent, late = self.who.agent, self.call("open", -3 * HOUR, self.who.agent)
        self.bad("call_unpromised", late)
        self.promise("dropped", -2 * HOUR, "callback.due", callback=late)
        self.promise("missed", -2 * HOUR, "callback.due", callback=self.call("open", -3 * HOUR, agent))
        self.call("done", -3 * HOUR, agent)
        old = self.now - 2 * HOUR
        timeless, fine, closed = (self.slip(state, agent) for state in ("open", "answered", "closed"))
        for row in (timeless, fine, closed):
            row.opened_at = old
        self.bad("slip_unpromised", timeless)
        self.promise("missed", -HOUR, "slip.due", slip=fine)

        self.bad("absence_unseen", self.absence(-2, 5), self.absence(-9, -2, covered_at=old))
        self.absence(-0.5, 5)
        self.absence(-9, -2)  # over before anybody looked
        self.absence(-2, 5, covered_at=old)
        self.absence(-9, -2, covered_at=old, returned_at=self.now)
        self.absence(-2, 5, dropped_at=old)

        self.bad("campaign_unbegun", self.campaign("scheduled", starts_at=old, started_at=None))
        self.campaign("scheduled", starts_at=self.now - HOUR / 2, started_at=None)
        over, on = self.campaign("done", finished_at=old), self.campaign("running")
        self.bad("letter_orphaned", self.of_campaign(over.id, "held"))
        self.of_campaign(over.id, "sent")
        self.of_campaign(on.id, "held")

        self.bad("gift_uncounted", self.gift("approved", ""), self.gift("cancelled", "2026-11"))
        self.gift("handed", "2026-11")
        self.gift("asked", "")
        self.bad("erasing_stuck", self.erasing("running", 2 * DAY))
        self.erasing("running", HOUR)
        self.erasing("done", 2 * DAY)

    def absence(self, starts: float, ends: float, **facts: Any) -> Absence:
        """Somebody is away between these hours from now."""
        when = {"starts_at": self.now + starts * HOUR, "ends_at": self.now + ends * HOUR}
        return self.add(Absence(staff=self.who.agent, entered_at=self.now, **when, **facts))

    def of_campaign(self, campaign: int, state: str) -> Outgoing:
        """A campaign's message to the homeowner."""
        return self.letter(state, campaign_id=campaign, next_try_at=self.now + HOUR)

    def gift(self, state: str, month: str) -> GiftApplication:
        """A gift, and the month whose budget it uses."""
        return self.add(
            GiftApplication(
                number=f"LP{self.next()}", what="水果", value=4000, customer=self.who.customer, occasion="visit",
                due_on=self.now.date(), staff=self.who.agent, asked_at=self.now, _state=state, month=month,
            )
        )  # fmt: skip

    def erasing(self, state: str, ago: dt.timedelta) -> PrivacyRequest:
        """A request that has been carried out since then."""
        row = PrivacyRequest(number=f"YS{self.next()}", wish="delete", _state=state, opened_at=self.now - ago)
        row.tell("running", by=self.who.by_staff, now=self.now - ago).to_state = "running"
        if state != "running":
            row.tell(state, by=self.who.by_staff, now=self.now).to_state = state
        return self.add(row)
