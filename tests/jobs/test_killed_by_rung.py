"""A worker killed on any way to a person: notice, service template, buttons, picture, card.

What the platform may have heard is in doubt and stays spent (the yes, the place in the window); nothing is sent again.
"""

import pytest
from sqlalchemy import select

from jobs import upkeep
from jobs.outbox import deliver
from models import NoticeConsent, Outgoing
from models.desk.delivery import consents
from models.people import Follower
from tests.jobs.killed import Death, Telling, deliver_and_die

pytestmark = pytest.mark.sqlite_only  # claims and settles are killed on both databases in test_killed.py

NOTICE = "NOTICE-1"
#: Kind of message -> what is promised; the first two find a shut window.
LETTERS = {
    "subscribe": {"text_key": "notice.plain", "facts": {"number": "BX1"}},
    "template": {"text_key": "notice.plain", "facts": {"number": "BX1"}},
    "menu": {"body": "几点来？", "choices": (("上午", "am"), ("下午", "pm"))},
    "image": {"kind": "image", "facts": {"path": "a.jpg", "content_type": "image/jpeg"}},
    "news": {"kind": "news", "body": "全屋水电。", "facts": {"title": "暖居·简白", "link": "https://nuanju.example/a"}},
}
#: The point, met for which time -> what the row ends as, and how often the person heard it.
ENDS = {
    ("before_commit", 1): ("sent", 1),  # the claim is undone: the next worker begins anew
    ("after_commit", 1): ("unknown", 0),
    ("before_heard", 1): ("unknown", 0),
    ("after_heard", 1): ("unknown", 1),
    ("before_commit", 2): ("unknown", 1),
    ("after_commit", 2): ("sent", 1),
}
CASES = [(kind, *step, *end) for kind in LETTERS for step, end in ENDS.items()]
CASES.append(("image", "uploading", 1, "unknown", 0))


@pytest.fixture
def letter(person, promise, repair, sessions, settings, now):
    """One message that goes out by this rung, as things stand; its row and its person."""

    def write(kind: str) -> tuple[int, int]:
        shut = {"reply_until": None, "reply_left": 0} if kind in ("subscribe", "template") else {}
        chen = person("W1", **shut)
        settings.media_dir.mkdir()
        (settings.media_dir / "a.jpg").write_bytes(b"jpg")
        if kind == "subscribe":
            with sessions.begin() as session:
                for _ in range(2):
                    consents.allow(session, session.get_one(Follower, chen), NOTICE, now=now)
        return promise(chen, ticket_id=repair, **LETTERS[kind]), chen

    return write


@pytest.mark.parametrize(("kind", "point", "count", "ends", "times"), CASES)
def test_killed_on_any_rung_it_is_heard_once_or_in_doubt(
    letter, row, follower, sessions, engine, database_url, catalogue, clock, make_settings, make_world, tmp_path,
    quick, kind, point, count, ends, times,
):  # fmt: skip
    notices = {"wechat_subscribe_notice": NOTICE, "wechat_template_notice": "SERVICE-1"}
    mine, chen = letter(kind)
    heard, account = tmp_path / "heard", make_settings(**notices)
    engine.dispose()  # SQLite must not be open across the fork
    assert deliver_and_die(database_url, clock(), heard, catalogue, Death(point, count), account) == 9
    alive = make_world(gateway=Telling(heard, Death("", 1 << 30)), settings=account)
    for _ in range(2):
        clock.advance(minutes=4)
        upkeep.sweep(alive)
        deliver(alive, rate=quick)
    told = heard.read_text("utf-8").splitlines() if heard.exists() else []
    assert (row(mine).state, told) == (ends, [f"W1 {kind}"] * times)
    with sessions() as session:
        assert len(session.scalars(select(Outgoing)).all()) == 1
        yeses = [(one.state, one.outgoing_id) for one in session.scalars(select(NoticeConsent))]
    if kind == "subscribe":
        assert yeses == [("spent", mine), ("free", None)]
    assert follower(chen).reply_left == (0 if kind in ("subscribe", "template") else 4)
