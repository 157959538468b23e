"""One message in, one answer out: read, think without a lock, then one short guarded write (bot/inbox/write.py).

A push is committed together with everything it caused before the platform gets an answer; the same push again gets
the stored answer and changes nothing. Whoever loses the race for a follower's turn reads again and thinks again.
"""

import datetime as dt
import logging
import traceback
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm.exc import StaleDataError

from bot import dialog
from bot.away import is_away
from bot.heard import Do, Facts, Heard, Outcome, Say, State
from bot.inbox import served, sql, tongues
from bot.inbox.book import Book
from bot.inbox.person import Person, person_of
from bot.inbox.standing import FRESH_SECONDS, Standing
from bot.inbox.turn import Answer, Overtaken, Thought, Turn
from bot.inbox.write import NEWS_EVENTS, Write
from bot.push import Push
from bot.scripts.turn import put_aside
from bot.understanding import Context, Reading, is_urgent, read
from templates import Texts

__all__ = ["Answer", "Busy", "Inbox"]
log = logging.getLogger(__name__)

#: Tries for the turn of one follower; more in a row means that something is broken, and the platform asks again.
ATTEMPTS = 8
#: Events that no person expects an answer to and that are not a sign of life either.
SILENT_EVENTS = frozenset({"view", "view_miniprogram"}) | NEWS_EVENTS
#: Every five seconds where somebody is, if the account asks for it: we need it for nothing, so it is not kept.
WHEREABOUTS = "location"
#: Somebody else was faster: another message of this person, or a colleague with the same record. We read again.
OVERTAKEN = (Overtaken, StaleDataError)
#: So many messages of one person in one minute are answered one by one; with more, all of them at once.
MOST_A_MINUTE = 20
#: A scanned code whose scene starts so carries a binding code.
BIND_SCENE = "bind_"


class Busy(Exception):
    """The follower's turn could not be had; nothing is stored and the platform should ask again."""


class Inbox:
    """Answers pushes of one database with one set of texts."""

    def __init__(self, engine: Engine, texts: Texts, *, fresh_seconds: float = FRESH_SECONDS) -> None:
        """Prepare the statements for this database; what the panel changes is heard within `fresh_seconds`."""
        self._book = Book(engine, sql.for_driver(engine))
        self._standing = Standing(engine, fresh_seconds)
        self._write = Write(self._book, texts, self._standing)

    def answer(self, push: Push, *, now: dt.datetime) -> Answer:
        """The answer to a push, stored with it; Busy when the turn cannot be had."""
        if push.event == WHEREABOUTS:
            return Answer(None)
        if not push.person or push.event in SILENT_EVENTS:
            return self._write.keep(push, now)
        for _ in range(ATTEMPTS):
            row = self._load(push, now)
            if row["told_id"] is not None:
                return Answer(row["told"])
            person = person_of(row, self._book.sql)
            try:
                return self._answer(Turn(person, push, now))
            except OVERTAKEN:
                continue
        raise Busy

    def _answer(self, turn: Turn) -> Answer:
        """Think and write; what our own mistake breaks on the way is written down for a person instead."""
        tongue = tongues.of(turn.person, turn.push)
        if tongue.answer != turn.person.lang:
            turn = replace(turn, person=replace(turn.person, lang=tongue.answer))
        person, push, now = turn.person, turn.push, turn.now
        try:
            return self._write.turn(turn, tongues.kept(self._think(person, push, now), tongue))
        except OVERTAKEN:
            raise
        except Exception as trouble:  # an edge: the customer's words must reach somebody
            if is_away(trouble):
                raise
            return self._write.turn(turn, self._rescue(person, push, trouble))

    def keep_unreadable(self, raw: bytes, reason: str, *, now: dt.datetime) -> None:
        """A push that was really the platform's but cannot be read is stored once, as it came."""
        self._write.unreadable(raw, reason, now)

    def _load(self, push: Push, now: dt.datetime) -> dict[str, Any]:
        wanted = {"openid": push.person, "dedupe_key": push.dedupe_key}
        row = self._book.load(wanted)
        if row is None or row["conversation_id"] is None:
            self._write.let_in(push.person, now)
            row = self._book.load(wanted)
            assert row is not None
        return row

    def _think(self, person: Person, push: Push, now: dt.datetime) -> Thought:
        """What the turn will do, decided before any lock is taken."""
        state = person.draft if person.draft != State() else None
        silence = Thought(Outcome(state), silent=True)
        if push.event == "unsubscribe":
            return silence
        own = self._standing.words()
        if person.owner == "agent" and not (push.event or _choice(push)):
            reading = read(push.words, Context(), now, own) if push.words else Reading()
            if not served.is_pressing(state, push, reading):
                return served.heard(state, push, reading)
        if (held_off := _flooding(person, push, now)) is not None:
            return replace(silence, outcome=Outcome(state, held_off))
        facts, said = self._facts(person, now), _said(push)
        heard = _heard(push, said, read(said, dialog.context(state, facts), now, own) if said else Reading())
        if person.owner == "agent":
            return _beside(state, push, heard, facts)
        outcome = dialog.take(state, heard, facts)
        if person.owner == "queue" and _is_for_the_person(state, heard, outcome):
            return _all_the_same(outcome) or silence
        return Thought(outcome)

    def _facts(self, person: Person, now: dt.datetime) -> Facts:
        """What the records know of the person, with what everybody is told alike."""
        return person.facts(now, self._standing.facts(now, person.lang))

    def _rescue(self, person: Person, push: Push, trouble: Exception) -> Thought:
        """A turn that our own mistake broke: the words are kept in the thread and a person is asked to look."""
        place = traceback.extract_tb(trouble.__traceback__)[-1]
        log.error("dialog failed: %s at %s:%d", type(trouble).__name__, place.filename.rpartition("/")[2], place.lineno)
        state = _rests(person.draft)
        if push.kind == "event":
            return Thought(Outcome(state), silent=True)
        ask = Do("conversation.hand_over", {"reason": "trouble", "words": push.words})
        return Thought(Outcome(state, (Say("hand_over.trouble"),), (ask,)))


def _rests(draft: State) -> State | None:
    """What was begun and what was parked before it, put aside while a person looks: our mistake costs nobody a word."""
    script = dialog.SCRIPTS.get(draft.script)
    kept = draft.parked if script is None or script.light else put_aside(draft)
    return replace(State(touched_at=draft.touched_at), parked=kept) if kept else None


def _beside(state: State | None, push: Push, heard: Heard, facts: Facts) -> Thought:
    """What the bot does beside the person who talks: for a menu or a code, for a button of ours, in an emergency."""
    if push.event:
        return served.pressed(state, dialog.take(None, heard, facts))
    return (
        served.tapped(state, dialog.tap(heard, facts))
        or served.alarmed(state, dialog.take(state, heard, facts))
        or served.heard(state, push, heard.reading)
    )


def _flooding(person: Person, push: Push, now: dt.datetime) -> tuple[Say, ...] | None:
    """More messages in a minute than anybody answers one by one: answered once, then kept in silence.

    None for what is thought about as always: also a burst pipe in the middle of a flood.
    """
    if push.kind == "event" or person.crew_name is not None or person.staff_name is not None:
        return None
    _, count = person.counted(False, now)
    if count <= MOST_A_MINUTE or (push.words and is_urgent(push.words)):
        return None
    return (Say("talk.flood", {"now": now}),) if count == MOST_A_MINUTE + 1 else ()


def _said(push: Push) -> str:
    """What the person says with it; a scanned binding code is as if its number had been typed."""
    if push.scene.startswith(BIND_SCENE):
        return f"绑定 {push.scene.removeprefix(BIND_SCENE)}"
    # The name of a file and the title of a link stand in the thread, but they are not what the person says.
    return "" if push.kind in ("file", "link") else push.words


def _heard(push: Push, said: str, reading: Reading) -> Heard:
    """The push as something a person said."""
    if push.scene.startswith(BIND_SCENE):
        return Heard(text=said, kind="text", reading=reading, at=push.created_at)
    key = str(push.fields.get("EventKey") or "") if push.event == "click" else ""
    return Heard(
        text=said, kind=push.kind, reading=reading, at=push.created_at, media_id=push.media_id,
        event=push.event, key=key, choice=_choice(push), scene=push.scene,
        place=_place(push),
    )  # fmt: skip


def _choice(push: Push) -> str:
    """The id of the button that was tapped; "" for words."""
    return str(push.fields.get("bizmsgmenuid") or "")


def _all_the_same(outcome: Outcome) -> Thought | None:
    """What somebody who waits complains of, or what breaks and cannot wait, is registered and acknowledged; no more."""
    dos = tuple(do for do in outcome.dos if do.verb.startswith(served.DONE))
    says = tuple(say for say in outcome.says if not say.key.startswith("hand_over."))
    return Thought(Outcome(outcome.state, says, dos)) if dos else None


def _place(push: Push) -> tuple[float, float] | None:
    """Where a location says that it is; None for anything else, and for numbers that are none."""
    try:
        return float(push.fields["Location_X"]), float(push.fields["Location_Y"])
    except (KeyError, TypeError, ValueError):
        return None


def _is_for_the_person(state: State | None, heard: Heard, outcome: Outcome) -> bool:
    """While somebody waits in the queue the bot goes on with what it can do; what it cannot is for the person.

    Asking for a person again is answered with the place in the queue, and whoever answers a question of ours hears from
    us, however badly we understand: silence would leave them hanging.
    """
    if heard.reading.top.name == "human":
        return False
    asked = dialog.SCRIPTS.get(state.script) if state else None
    for_them = [do.args["reason"] for do in outcome.dos if do.verb == "conversation.hand_over"]
    if asked and not asked.passing:
        return any(reason != "not_understood" for reason in for_them)
    missed = outcome.state is not None and outcome.state.missed > (state.missed if state else 0)
    return bool(for_them) or missed
