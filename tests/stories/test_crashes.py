"""A turn cut at any statement leaves nothing and the platform's next try answers it; our own bugs reach a person."""

import pytest
from sqlalchemy import event

from models.outbound import Outgoing
from models.promises import Promise
from models.talk import Inbound, Message
from models.work import Repair, TicketEvent
from sandbox.parcel import Delivery
from templates import Texts


class Killed(BaseException):
    """The process is gone: nothing may catch this."""


class Tripwire:
    """Ends the process before the n-th statement of a transaction that has begun to write records, or at its commit."""

    def __init__(self, engine):
        self.engine, self.left, self.passed = engine, None, 0

    def __enter__(self):
        event.listen(self.engine, "before_cursor_execute", self._statement)
        event.listen(self.engine, "commit", self._commit)
        return self

    def __exit__(self, *_):
        event.remove(self.engine, "before_cursor_execute", self._statement)
        event.remove(self.engine, "commit", self._commit)

    def _statement(self, _connection, _cursor, statement, *_more):
        if statement.split()[0] in ("INSERT", "UPDATE", "DELETE"):
            self._step()

    def _commit(self, _connection):
        self._step()

    def _step(self):
        self.passed += 1
        if self.left is not None:
            self.left -= 1
            if self.left == 0:
                self.left = None
                raise Killed


class Stumbling(Texts):
    """Texts of which one has a bug."""

    def __init__(self, key):
        super().__init__()
        self.broken = key

    def render(self, key, facts, lang="zh", override=None):
        if key == self.broken:
            raise RuntimeError("a bug of ours")
        return super().render(key, facts, lang, override)


def counted(scene):
    with scene.sessions() as session:
        return [session.query(model).count() for model in (Repair, TicketEvent, Promise, Outgoing, Inbound, Message)]


def yes(scene, cast):
    return scene.platform.parcel(
        cast.homeowner.openid, cast.homeowner.openid, "text", {"Content": "是的"}, scene.now().timestamp()
    )


def test_killed_at_any_statement_it_leaves_nothing_and_the_next_try_answers(scene, cast):
    cast.homeowner.says("厨房水龙头滴水，随时在家")
    before, parcel = counted(scene), yes(scene, cast)
    with Tripwire(scene.engine) as wire:
        step = 0
        while True:
            step, wire.left = step + 1, step + 1
            try:
                scene.wire.attempt(parcel, delivery := Delivery("failed", 0))
            except Killed:
                assert counted(scene) == before, f"killed at step {step}"
                continue
            break
    assert step > 10
    assert "单号 BX20261121-0001" in delivery.reply["Content"]
    assert counted(scene)[0] == 1
    scene.wire.attempt(parcel, again := Delivery("failed", 0))
    assert again.reply["Content"] == delivery.reply["Content"] and counted(scene)[0] == 1


def test_a_bug_in_the_middle_keeps_the_words_and_calls_a_person(make_scene, cast):
    cast.homeowner.says("厨房水龙头滴水，随时在家")
    broken = make_scene(Stumbling("repair.recorded"))
    parcel = yes(broken, cast)
    broken.wire.attempt(parcel, delivery := Delivery("failed", 0))
    assert delivery.status == "ok"
    with broken.sessions() as session:
        assert session.query(Repair).count() == session.query(TicketEvent).count() == 0
        assert session.query(Message).filter_by(text="是的").count() == 1
    assert [(row.kind, row.owner.name) for row in broken.escalations()] == [("human", "小林")]
    broken.wire.attempt(parcel, again := Delivery("failed", 0))
    assert again.reply == delivery.reply or again.reply["Content"] == delivery.reply["Content"]
    assert len(broken.escalations()) == 1


@pytest.mark.sqlite_only  # a file can be locked by somebody else for long; PostgreSQL has no such state
def test_while_the_database_is_away_the_platform_is_asked_to_come_again(scene, cast):
    scene.engine.dispose()
    parcel = yes(scene, cast)

    def away(*_):
        raise ConnectionError("away")

    event.listen(scene.engine, "do_connect", away)
    scene.wire.attempt(parcel, delivery := Delivery("failed", 0))
    event.remove(scene.engine, "do_connect", away)
    assert (delivery.status, delivery.reason) == ("failed", "HTTP 500")
    scene.wire.attempt(parcel, delivery)
    assert delivery.status == "ok" and delivery.reply["Content"]
