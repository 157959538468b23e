"""/metrics and the details of /healthz: for the bearer of the token, and whole even with something away."""

import pytest
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

import vitals
from bot.metrics import METRICS
from models.db import make_engine
from tests.bot.door import Desk, built

TOKEN = "a-token-for-prometheus"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def client(make_settings, engine, clock, redis):
    vitals.done(redis, "deliver")
    return built(make_settings(metrics_token=TOKEN), Desk(), clock, engine=engine, redis=redis).test_client()


def read(answer) -> dict[str, float]:
    families = text_string_to_metric_families(answer.get_data(as_text=True))
    return {sample.name: sample.value for family in families for sample in family.samples}


@pytest.mark.sqlite_only  # the figures themselves are asked on both databases in tests/test_vitals.py
class TestMetrics:
    """One web process."""

    def test_without_the_token_there_is_nothing(self, client, make_settings, engine, clock, redis):
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}):
            assert client.get("/metrics", headers=headers).status_code == 404
            assert "details" not in client.get("/healthz", headers=headers).json
        shut = built(make_settings(), Desk(), clock, engine=engine, redis=redis).test_client()
        assert shut.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404

    def test_every_figure_that_is_known_has_its_gauge(self, client):
        answer = client.get("/metrics", headers=BEARER)
        assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
        found = read(answer)
        assert found["nuanju_database_up"] == found["nuanju_redis_up"] == 1
        assert found["nuanju_jobs_queued"] == 0 and "nuanju_backup_age_seconds" not in found
        assert found["nuanju_job_done_age_seconds"] < 60

    def test_health_gives_its_details_with_what_is_wrong(self, client):
        told = client.get("/healthz", headers=BEARER).json
        assert told["status"] == "ok" and told["details"]["migrations"] == 0
        assert told["details"]["troubles"] == {
            "workers": "late",
            "clock": "late",
            "backup": "near",
            "rehearsal": "near",
        }

    def test_with_everything_away_it_still_says_so(self, make_settings, clock):
        engine = make_engine("postgresql+psycopg://127.0.0.1:1/x")
        away = Redis(host="127.0.0.1", port=1)
        client = built(make_settings(metrics_token=TOKEN), Desk(), clock, engine=engine, redis=away).test_client()
        found = read(client.get("/metrics", headers=BEARER))
        engine.dispose()
        assert found["nuanju_database_up"] == found["nuanju_redis_up"] == 0 and found["nuanju_disk_free_bytes"] > 0

    def test_every_number_has_a_gauge(self, client, session, redis, settings, now):
        figures = vitals.take(session, redis, settings, now=now)
        assert set(figures) - {"jobs", "version"} == set(METRICS)
