"""Wrong rows among campaigns, follow-up and the audit log, each beside decoys; a part of tests/models/wrong_rows.py."""

import datetime as dt
from typing import Any

from sqlalchemy import select, text

from models import AuditEntry, Backup, Campaign, Enrolment, MassSend, Sequence, SequenceStep, Touch
from models.desk import trust
from models.desk.trust import Deed
from models.trust import guards

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class Plans:
    """The part of `Wrong` about what goes out by plan; it brings `add`, `bad`, `next`, `now`, `session` and `who`."""

    def campaign(self, state: str, **facts: Any) -> Campaign:
        """A campaign that began an hour ago."""
        facts = {"started_at": self.now - HOUR} | facts
        return self.add(Campaign(name=f"活动{self.next()}", _state=state, created_at=self.now, **facts))

    def plans(self) -> None:
        """Campaigns and follow-up."""
        old = self.now - 2 * DAY
        self.bad("campaign_stuck", self.campaign("running", started_at=old))
        self.bad("campaign_stuck", self.campaign("running", expanded_at=old, ends_at=old))
        long, held = self.campaign("running", started_at=old, expanded_at=old), self.campaign("paused", started_at=old)
        stuck = {"lang": "zh", "state": "ready", "next_try_at": self.now - 3 * DAY}
        self.bad("mass_stuck", self.add(MassSend(campaign=long, key="m2", **stuck)))
        self.add(MassSend(campaign=held, key="m3", **stuck))
        self.add(MassSend(campaign=long, key="m4", **stuck | {"state": "sent"}))

        plan = Sequence(series="visit", name="到店后", trigger="visit", active_since=old, created_at=old)
        steps = [SequenceStep(sequence=plan, position=n, offset_days=n, channel="words", words="您好") for n in (1, 2)]
        self.session.add_all([plan, *steps])
        running, stopped, empty = (self.followed(plan, state) for state in ("running", "stopped", "running"))
        self.bad("follow_up_stuck", self.touch(running, steps[0], "planned", -2 * DAY))
        self.touch(running, steps[1], "planned", DAY)
        self.bad("follow_up_stuck", self.touch(stopped, steps[0], "planned", DAY))
        self.touch(stopped, steps[1], "stopped", -2 * DAY)
        self.bad("follow_up_empty", empty)
        self.touch(empty, steps[0], "done", -2 * DAY)

    def followed(self, plan: Sequence, state: str) -> Enrolment:
        """Somebody who is followed up."""
        return self.add(
            Enrolment(
                key=f"e{self.next()}", sequence=plan, _state=state, anchor_at=self.now, joined_at=self.now,
                follower=self.who.homeowner,
            )
        )  # fmt: skip

    def touch(self, enrolment: Enrolment, step: SequenceStep, state: str, due: dt.timedelta) -> Touch:
        """One step, due so long from now."""
        at = self.now + due
        return self.add(
            Touch(enrolment=enrolment, step=step, _state=state, planned_for=at, due_at=at, useless_after=at + DAY)
        )

    def backup(self, kind: str, state: str) -> Backup:
        """One try."""
        return self.add(Backup(kind=kind, state=state, began_at=self.now, ended_at=self.now))

    def backups(self) -> None:
        """A rehearsal that failed last; a backup that failed and was made afterwards."""
        self.backup("backup", "failed")
        self.backup("backup", "done")
        self.backup("rehearsal", "done")
        self.bad("backup_failed", self.backup("rehearsal", "failed"))

    def trust(self) -> None:
        """The audit log, of which somebody rewrote the second row."""
        for name in ("一", "二", "三"):
            trust.record(self.session, None, Deed("edit", "staff", name), origin="::1", now=self.now)
        for line in guards(self.session.get_bind().dialect.name)[1]:  # whoever rewrites rows is master of the database
            self.session.execute(text(line))
        rows = self.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        rows[1].action = "create"
        self.bad("audit_broken", rows[1])
