"""The guarded write of one turn: the push, the follower's turn, what the dialog decided, the reply; one commit.

Inside the transaction there is no thinking and no network. A plain turn runs on the driver's cursor alone; a turn that
does something runs the desk's verbs in a Session on the very same transaction.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.heard import Outcome, Say, State
from bot.inbox.book import Book
from bot.inbox.person import Person
from bot.inbox.standing import Standing
from bot.inbox.turn import FOLLOWING, Answer, Overtaken, Thought, Turn
from bot.inbox.verbs import VERBS, Hand
from bot.push import Push
from bot.wechat import cut
from models.desk.account import codes, people
from models.desk.delivery import consents, ladder, outbox, reports
from models.desk.delivery.outbox import Letter
from models.desk.personal import leaving
from models.desk.sales import referrals
from models.errors import DomainError
from models.people import Follower
from templates import Texts

BURST_EVENTS = frozenset({"subscribe", "scan", "click", "scancode_push", "scancode_waitmsg"})
#: What leaves nothing to fetch: one statement can say it all.
WORDS_ONLY = frozenset({"text", "location", "link", "file", "unknown"})
#: Events that change the person themselves.
DESK_EVENTS = frozenset({"subscribe", "unsubscribe", "scan"})
#: What the platform reports about our messages, and what people allow us to send.
NEWS_EVENTS = frozenset(reports.RUNGS) | frozenset(consents.LISTS)
#: Somebody has closed their WeChat; the platform itself tells it, of the person in `OpenID`.
CLOSED = "user_authorization_cancellation"
#: The platform tells of the person in `OpenID` that they changed or took back what it may tell of them.
TOLD_OF = frozenset({"user_info_modified", "user_authorization_revoke"})
MEDIA_KINDS = frozenset({"image", "voice", "video", "shortvideo"})
WINDOWS = ("reply_until", "reply_left", "burst_until", "burst_left")
#: Raw bytes of an unreadable push that are kept, in bytes.
RAW_KEPT = 65_536
#: Made once: `json.dumps` makes an encoder each time it is told to keep Chinese as it is.
_json = json.JSONEncoder(ensure_ascii=False).encode


class Write:
    """Writes turns of one database."""

    def __init__(self, book: Book, texts: Texts, standing: Standing) -> None:
        """Keep what every turn needs."""
        self._book, self._texts, self._standing = book, texts, standing

    def keep(self, push: Push, now: dt.datetime) -> Answer:
        """A push that nobody expects an answer to is stored once; reports reach their messages, consents the ledger."""
        with self._book.transaction() as connection:
            fresh = self._store(connection.connection.cursor(), push, now, state="kept")
            if fresh is not None and push.event in NEWS_EVENTS | TOLD_OF | {CLOSED}:
                with Session(connection) as session:
                    _hear_news(session, push, now)
                    session.flush()
        return Answer(None)

    def let_in(self, openid: str, now: dt.datetime) -> None:
        """Somebody we have not seen has a row and a conversation, however many of their messages arrive at once."""
        with self._book.on_driver() as cursor:
            self._book.run(cursor, "NEW_FOLLOWER", openid=openid, subscribed=True, now=self._book.sql.moment(now))
            self._book.run(cursor, "NEW_CONVERSATION", openid=openid)

    def unreadable(self, raw: bytes, reason: str, now: dt.datetime) -> None:
        """Bytes that were really the platform's but cannot be read are stored once, as they came."""
        text = raw[:RAW_KEPT].decode("utf-8", "backslashreplace").replace("\x00", "")
        row = {"openid": "", "kind": "unreadable", "event": "", "reply": None, "state": "unreadable"}
        digest = hashlib.sha256(raw).hexdigest()
        with self._book.on_driver() as cursor:
            fields = _json({"reason": reason, "raw": text})
            key = f"raw:{digest}"
            # SQLite does not commit while a RETURNING has not been read to its end.
            self._book.run(
                cursor, "KEEP", dedupe_key=key, fields=fields, now=self._book.sql.moment(now), **row
            ).fetchall()

    def turn(self, turn: Turn, thought: Thought) -> Answer:
        """The turn is committed whole, or Overtaken is raised and nothing of it is."""
        turn, outcome = replace(turn, asks=thought.asks), thought.outcome
        works = bool(outcome.dos or turn.person.held) or turn.push.event in DESK_EVENTS
        reply = rest = ""
        if not works:
            reply, rest = cut(self._render(turn, outcome.says, {}))
        if works or rest:
            return self._working_turn(turn, outcome)
        if self._book.sql.postgresql and turn.push.kind in WORDS_ONLY:
            self._at_once(turn, outcome, reply)
        else:
            with self._book.on_driver() as cursor:
                inbound_id = self._begin(cursor, turn, reply)
                self._end(cursor, turn, outcome, reply, inbound_id)
        return Answer(reply or None)

    def _at_once(self, turn: Turn, outcome: Outcome, reply: str) -> None:
        """The same as _begin and _end for a turn of words: one statement and one round trip to PostgreSQL."""
        person, push = turn.person, turn.push
        until = min(turn.now, push.created_at) + ladder.MESSAGE_WINDOW
        draft = self._draft(turn, outcome.state)
        follows, since = turn.follows
        with self._book.at_once() as cursor:
            row = self._book.run(
                cursor, "PLAIN_TURN", id=person.id, turn=person.turn, now=turn.now, reply_until=until,
                reply_left=ladder.MESSAGE_COUNT, dedupe_key=push.dedupe_key, openid=push.openid, kind=push.kind,
                fields=_json(push.fields), reply=reply or None, author=_author(person),
                subscribed=follows, follow_said_at=since,
                conversation_id=person.conversation_id, text=push.words, last_text=push.words[:120],
                unread=turn.unread, **self._book.flood(turn),
                **(draft or {"script": "", "step": "", "draft": None}),
            ).fetchone()  # fmt: skip
        if row is None:
            raise Overtaken

    def _working_turn(self, turn: Turn, outcome: Outcome) -> Answer:
        """A turn in which the desk does something, in a Session on the turn's own transaction."""
        with self._book.transaction() as connection:
            cursor = connection.connection.cursor()
            inbound_id = self._begin(cursor, turn)
            with Session(connection, expire_on_commit=False) as session:
                outcome, reply = self._desk(session, turn, outcome)
                session.flush()
            if reply:
                self._book.run(cursor, "REPLY", reply=reply, inbound_id=inbound_id)
            self._end(cursor, turn, outcome, reply, inbound_id)
        return Answer(reply or None, nudge=True)

    def _begin(self, cursor: Any, turn: Turn, reply: str = "") -> int:
        """The push is stored, the turn is ours and what was said is in the thread; or Overtaken."""
        inbound_id = self._store(cursor, turn.push, turn.now, state="answered", reply=reply or None)
        if inbound_id is None:
            raise Overtaken
        self._take_turn(cursor, turn)
        self._hear(cursor, turn, inbound_id)
        return inbound_id

    def _end(self, cursor: Any, turn: Turn, outcome: Outcome, reply: str, inbound_id: int) -> None:
        """The draft and the reply are stored."""
        if draft := self._draft(turn, outcome.state):
            self._book.run(cursor, "DRAFT", id=turn.person.id, now=self._book.sql.moment(turn.now), **draft)
        if reply:
            self._message(cursor, turn, direction="out", author="bot", text=reply, inbound_id=inbound_id)

    def _store(self, cursor: Any, push: Push, now: dt.datetime, *, state: str, reply: str | None = None) -> int | None:
        """The row of this push, or None when it is there already."""
        fields = _json(push.fields)
        row = {"openid": push.openid, "kind": push.kind, "event": push.event, "fields": fields, "reply": reply}
        stored = self._book.run(
            cursor, "KEEP", dedupe_key=push.dedupe_key, state=state, now=self._book.sql.moment(now), **row
        ).fetchone()
        return stored[0] if stored else None

    def _take_turn(self, cursor: Any, turn: Turn) -> None:
        """The compare-and-set: this turn follows the one we read, and the windows open that this push opens."""
        push, windows = turn.push, dict.fromkeys(WINDOWS)
        start = min(turn.now, push.created_at)
        if not push.event:
            until = self._book.sql.moment(start + ladder.MESSAGE_WINDOW)
            windows |= {"reply_until": until, "reply_left": ladder.MESSAGE_COUNT}
        elif push.event in BURST_EVENTS:
            until = self._book.sql.moment(start + ladder.BURST_WINDOW)
            windows |= {"burst_until": until, "burst_left": ladder.BURST_COUNT}
        follows, since = turn.follows
        taken = self._book.run(
            cursor, "TAKE_TURN", id=turn.person.id, turn=turn.person.turn, now=self._book.sql.moment(turn.now),
            subscribed=follows, follow_said_at=self._book.sql.moment(since), **windows, **self._book.flood(turn),
        )  # fmt: skip
        if taken.rowcount != 1:
            raise Overtaken

    def _hear(self, cursor: Any, turn: Turn, inbound_id: int) -> None:
        """What was said is in the thread; media is waiting to be fetched."""
        push, person = turn.push, turn.person
        if push.kind == "event":
            return
        message_id = self._message(
            cursor,
            turn,
            direction="in",
            author=_author(person),
            text=turn.push.words,
            kind=push.kind,
            inbound_id=inbound_id,
        )
        now = self._book.sql.moment(turn.now)
        if push.media_id and push.kind in MEDIA_KINDS:
            kind = "video" if push.kind == "shortvideo" else push.kind
            row = {"message_id": message_id, "id": person.id, "kind": kind, "media_id": push.media_id}
            self._book.run(cursor, "ATTACHMENT", now=now, **row)
        self._book.run(
            cursor, "THREAD", last_text=turn.push.words[:120], now=now, unread=turn.unread,
            conversation_id=person.conversation_id,
        )  # fmt: skip

    def _message(self, cursor: Any, turn: Turn, **row: Any) -> int:
        values = {
            "kind": "text",
            "conversation_id": turn.person.conversation_id,
            "now": self._book.sql.moment(turn.now),
        }
        return self._book.run(cursor, "MESSAGE", **(values | row)).fetchone()[0]

    def _desk(self, session: Session, turn: Turn, outcome: Outcome) -> tuple[Outcome, str]:
        """The turn's verbs, in its own transaction; a refusal is said instead and leaves the dialog where it was."""
        person, push, now = turn.person, turn.push, turn.now
        follower = session.get_one(Follower, person.id)
        session.refresh(follower)
        codes.scanned(session, push.scene)
        if push.event in FOLLOWING and turn.comes_late:
            return outcome, ""
        if push.event == "subscribe":
            referrals.arrived(session, follower, push.scene, now=now)
            people.follow(session, follower, scene=push.scene, now=now)
        elif push.event == "unsubscribe":
            leaving.leave(session, follower, now=now)
            return outcome, ""
        if person.held:
            outbox.release(session, follower, now=now)
        results: dict[str, Any] = {}
        try:
            with session.begin_nested():
                outcome, results = _carried_out(Hand(session, follower, now, person.lang), outcome)
        except DomainError as refusal:
            said, then = Say(refusal.key, {"now": now, **refusal.facts}), outcome.otherwise
            outcome = Outcome(then.state, (said, *then.says)) if then else Outcome(person.draft, (said,))
        reply, rest = cut(self._render(turn, outcome.says, results))
        if rest:
            key = f"rest:{push.dedupe_key}"
            outbox.post(session, key, to=follower, letter=Letter(body=rest), now=now, purpose="reply", urgent=True)
        return outcome, reply

    def _render(self, turn: Turn, says: Iterable[Say], results: Mapping[str, Any]) -> str:
        lang = turn.person.lang
        known = {"now": turn.now}
        parts = (
            self._texts.render(say.key, {**known, **results, **say.facts}, lang, self._standing.wording(say.key, lang))
            for say in says
        )
        return "\n".join(part for part in parts if part)

    @staticmethod
    def _draft(turn: Turn, state: State | None) -> dict[str, str] | None:
        """The draft as it is to be stored; None when it is stored like that already."""
        before = turn.person.draft
        if state == before or (state is None and before == State()):
            return None
        if state is None:
            return {"script": "", "step": "", "draft": ""}
        return {"script": state.script, "step": state.step, "draft": _json(state.to_json())}


def _hear_news(session: Session, push: Push, now: dt.datetime) -> None:
    if push.event == CLOSED:
        _gone(session, push, now)
    elif push.event in TOLD_OF:
        people.joined_as(session, *(told if isinstance(told := push.fields.get(name), str) else ""
                                    for name in ("OpenID", "UnionID")))  # fmt: skip
    elif push.event in reports.RUNGS:
        reports.hear(session, push.event, push.fields, now=now)
    else:
        consents.hear(session, push.openid, push.event, push.fields, now=now)


def _gone(session: Session, push: Push, now: dt.datetime) -> None:
    """Whoever closed their WeChat has left: nothing waits for them, and what is kept of them ends like anybody's."""
    openid = push.fields.get("OpenID")
    person = session.scalar(select(Follower).where(Follower.openid == openid)) if isinstance(openid, str) else None
    if person is not None and person.subscribed:
        person.follow_said_at = push.created_at
        leaving.leave(session, person, now=now)


def _author(person: Person) -> str:
    return "crew" if person.crew_name else "staff" if person.staff_name else "customer"


def _carried_out(hand: Hand, outcome: Outcome) -> tuple[Outcome, dict[str, Any]]:
    """The outcome after its verbs ran, with what they kept for the dialog, and all their results."""
    results: dict[str, Any] = {}
    state = outcome.state
    for do in outcome.dos:
        done = VERBS[do.verb](hand, do.args)
        results |= done
        kept = {name: done[name] for name in do.keep if name in done}
        if kept and state is not None:
            state = replace(state, answers={**state.answers, **kept})
    return replace(outcome, state=state), results
