"""GET /metrics for Prometheus, and the details of /healthz: for the bearer of METRICS_TOKEN, shut while none is set."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

import vitals
from models.db import reading

blueprint = Blueprint("metrics", __name__)

#: Figure -> (name without the prefix, what it means). Every number of `vitals.take` stands here.
METRICS = {
    "database": ("database_up", "1 while the database answers"),
    "redis": ("redis_up", "1 while Redis answers"),
    "workers": ("workers", "Workers heard of in the last 90 seconds"),
    "clock": ("clock_tick_age_seconds", "Seconds since a clock last looked at the timetable"),
    "queued": ("jobs_queued", "Jobs that wait for a worker"),
    "oldest": ("job_oldest_age_seconds", "Seconds for which the next job has waited"),
    "failed": ("jobs_failed", "Jobs that failed within a day and were not retried"),
    "token": ("token_left_seconds", "Seconds for which the access token is good"),
    "inbound": ("inbound_age_seconds", "Seconds since WeChat last reached us"),
    "pushes": ("inbound_last_minute", "Pushes in the last minute"),
    "letters": ("letters_due", "Messages that are due and have not left"),
    "letters_waited": ("letters_due_age_seconds", "Seconds for which the oldest of them has been due"),
    "unknown": ("letters_unknown", "Messages of which nobody knows whether they arrived"),
    "custom": ("calls_custom_today", "Customer-service messages today, of 500000"),
    "template": ("calls_template_today", "Template messages today, of 100000"),
    "mass": ("calls_mass_today", "Mass sends today, of 100"),
    "mass_month": ("mass_month_used_up", "People whose four mass messages of the month are used"),
    "findings": ("findings", "Rows in impossible states that stand"),
    "checked": ("checks_age_seconds", "Seconds since the oldest of the nightly checks looked"),
    "disk": ("disk_free_bytes", "Room for photos"),
    "size": ("database_bytes", "Size of the database"),
    "backup": ("backup_age_seconds", "Seconds since the last good backup"),
    "rehearsal": ("rehearsal_age_seconds", "Seconds since a backup was last restored as a test"),
    "migrations": ("migrations_pending", "Migrations that wait"),
}


class House:
    """The figures as Prometheus wants them, read when it asks: nothing is counted in this process."""

    def __init__(self, figures: vitals.Figures) -> None:
        """What was read for this one request."""
        self._figures = figures

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """One gauge a figure; what is not known is left out."""
        for name, (metric, means) in METRICS.items():
            if self._figures.get(name) is not None:
                yield GaugeMetricFamily(f"nuanju_{metric}", means, value=self._figures[name])
        ages = GaugeMetricFamily("nuanju_job_done_age_seconds", "Seconds since a job was last done", labels=["job"])
        for job, ago in self._figures.get("jobs", {}).items():
            ages.add_metric([job], ago)
        yield ages


@blueprint.get("/metrics")
def metrics() -> Response:
    """Every figure; 404 without the token, so that nobody learns that there is something."""
    if not allowed():
        abort(404)
    registry = CollectorRegistry()
    registry.register(House(figures()))
    response = Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response


def allowed() -> bool:
    """Whether the request carries the token, compared in constant time; never while none is set."""
    token = current_app.extensions["nuanju"].settings.metrics_token
    given = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


def figures() -> dict[str, Any]:
    """The figures now; with the database away what the machine and Redis know, and `database` 0."""
    door = current_app.extensions["nuanju"]
    try:
        with Session(reading(door.engine)) as session, session.begin():  # as in bot/health.py
            return vitals.take(session, door.redis, door.settings, now=door.clock())
    except SQLAlchemyError:
        return {"database": 0, **vitals.machine(door.settings), **vitals.queue(door.redis, door.settings)}
