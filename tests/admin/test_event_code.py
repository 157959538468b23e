"""A code for an event, from the click in the panel to somebody's place: made by the worker, scanned on a phone."""

import pytest

from models import QrCode, Signup
from templates import Texts
from tests.stories.scene import Scene

pytestmark = pytest.mark.sqlite_only  # what the pages and the chat do is done by verbs tested on both databases


@pytest.fixture
def phones(engine, make_settings, clock) -> Scene:
    """WeChat of the sandbox before the same house as the panel."""
    return Scene(engine, make_settings(), clock, Texts())


def test_whoever_scans_the_code_of_an_event_is_asked_how_many_and_has_a_place(as_role, desk, look, phones):
    marketing = as_role("marketing")
    marketing.post(
        "/admin/events/new/", title="水电避坑讲座", starts_at="2026-12-05T14:00", place="滨江店", text="", capacity="5",
        sign_up_until="",
    )  # fmt: skip
    marketing.post("/admin/events/1/step/open")
    assert "/admin/events/1/code" in marketing.get("/admin/events/details/?id=1").text
    marketing.post("/admin/events/1/code")
    assert "正在向微信要二维码" in marketing.get("/admin/events/details/?id=1").text
    assert look(lambda s: [(row.kind, row.scene, row.state) for row in s.query(QrCode)]) == [
        ("event", "event_1", "wanted")
    ], "its own kind: not a channel, and not thrown away with the other codes of the house"
    phones.run_jobs()
    assert "扫码关注并报名" in marketing.get("/admin/events/details/?id=1").text

    newcomer = phones.person("oEvent_new", "吴女士", following=False)
    asked = newcomer.follows("event_1")
    assert "水电避坑讲座" in asked and "几位" in asked
    assert "2位" in newcomer.says("两位") or "两位" in "".join(newcomer.reads())
    owner = phones.person("oOwner", "陈先生")
    assert "几位" in owner.does("event", event="SCAN", scene="event_1")
    owner.says("1")
    kept = look(lambda s: sorted((row.people, row.state) for row in s.query(Signup)))
    assert kept == [(1, "signed"), (2, "signed")]
    page = marketing.get("/admin/events/details/?id=1").text
    assert "3/5" in page and "陈先生" in page and "扫了 2 次" in page.replace("\xa0", " ")
