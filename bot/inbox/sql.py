"""The statements of one turn, as named SQL for both databases. tests/bot/test_sql.py checks them against models.

They run on the driver's own cursor inside one short transaction: the ORM costs ten times as much per turn (measured,
see docs/decisions). Names are bound as `:name`; `for_driver` turns them into what the driver wants.
"""

import datetime as dt
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

#: Everything a turn needs to know, in one read: the person, the draft, what they may be asking about.
LOAD = """
SELECT f.id, f.turn, f.subscribed, f.follow_said_at, f.lang, f.opted_out_at, f.reply_until, f.flood_since,
  f.flood_count, c.id AS conversation_id, c.owner, d.state AS draft,
  u.name AS customer_name, u.form AS customer_form, u.phone AS customer_phone,
  w.name AS crew_name, s.name AS staff_name,
  (SELECT reply FROM inbound i WHERE i.dedupe_key = :dedupe_key) AS told,
  (SELECT i.id FROM inbound i WHERE i.dedupe_key = :dedupe_key) AS told_id,
  (SELECT count(*) FROM outgoing o WHERE o.follower_id = f.id AND o.state = 'held') AS held,
  (SELECT {list}({row}('id', p.id, 'estate', e.name, 'building', p.building, 'room', p.room,
          'completed', p.completed_on IS NOT NULL, 'stage', p.stage))
     FROM project_member m JOIN project p ON p.id = m.project_id JOIN estate e ON e.id = p.estate_id
    WHERE m.customer_id = f.customer_id) AS houses,
  (SELECT {list}({row}('id', t.id, 'number', t.number, 'state', t.state, 'place', r.place, 'problem', r.problem,
          'urgent', r.urgent, 'warranty', y.verdict, 'when', r.when_start, 'house', t.house_text,
          'time_asked_at', q.asked_at,
          'start', q.start, 'end', q."end",
          'last', CASE WHEN q.id IS NOT NULL THEN (SELECT o.dedupe_key = 'postponement:' || q.id || ':' || 'ask'
             FROM message x JOIN outgoing o ON o.id = x.outgoing_id
            WHERE x.id = (SELECT max(z.id) FROM message z WHERE z.conversation_id = c.id)) END))
     FROM ticket t JOIN repair r ON r.id = t.id LEFT JOIN repair_warranty y ON y.repair_id = r.id
     LEFT JOIN postponement q ON q.repair_id = t.id AND q.state = 'asked'
    WHERE t.follower_id = f.id AND t.state NOT IN ('done', 'closed', 'cancelled')) AS tickets,
  (SELECT {list}({row}('id', h.id, 'number', h.number, 'state', h.state, 'place', h.place, 'problem', h.problem,
          'urgent', h.urgent, 'category', h.category, 'finished_at', h.finished_at, 'watched', h.watched))
     FROM (SELECT t.id, t.number, t.state, r.place, r.problem, r.urgent, r.category, r.finished_at,
             EXISTS (SELECT 1 FROM ticket_watcher w WHERE w.ticket_id = t.id AND w.follower_id = f.id) AS watched
        FROM project_member m JOIN ticket t ON t.project_id = m.project_id JOIN repair r ON r.id = t.id
       WHERE m.customer_id = f.customer_id AND (t.follower_id IS NULL OR t.follower_id <> f.id)
         AND t.state <> 'cancelled'
       ORDER BY t.id DESC LIMIT 12) h) AS household,
  (SELECT {list}({row}('id', b.id, 'number', b.number, 'place', b.place, 'problem', b.problem,
          'category', b.category, 'finished_at', b.finished_at))
     FROM (SELECT t.id, t.number, r.place, r.problem, r.category, r.finished_at
        FROM ticket t JOIN repair r ON r.id = t.id
       WHERE t.follower_id = f.id AND t.state IN ('done', 'closed') AND r.finished_at IS NOT NULL
       ORDER BY t.id DESC LIMIT 6) b) AS past,
  (SELECT {list}({row}('id', t.id, 'number', t.number, 'state', t.state, 'place', r.place, 'problem', r.problem,
          'due', t.next_due_at, 'estate', e.name, 'building', p.building, 'room', p.room, 'house', t.house_text,
          'when', r.when_text, 'when_start', r.when_start, 'items',
          (SELECT count(*) FROM repair_item i WHERE i.repair_id = t.id AND i.state <> 'done')))
     FROM repair r JOIN ticket t ON t.id = r.id LEFT JOIN project p ON p.id = t.project_id
     LEFT JOIN estate e ON e.id = p.estate_id
    WHERE r.crew_id = f.crew_id AND t.state IN ('assigned', 'accepted', 'on_the_way', 'on_site')) AS jobs,
  (SELECT {list}({row}('id', v.id, 'ticket_id', v.ticket_id, 'number', COALESCE(t.number, b.number), 'place', r.place,
          'problem', r.problem, 'label', v.label, 'form', q.name, 'questions', q.questions,
          'asked_at', COALESCE(v.asked_at, (SELECT max(o.claimed_at) FROM outgoing o
            WHERE o.survey_id = v.id AND o.state = 'sending')),
          'given', (SELECT {list}({row}('key', a.question, 'score', a.score, 'sentiment', a.sentiment)) FROM answer a
                     WHERE a.survey_id = v.id)))
     FROM survey v LEFT JOIN ticket t ON t.id = v.ticket_id LEFT JOIN repair r ON r.id = t.id
     LEFT JOIN callback b ON b.id = v.callback_id LEFT JOIN survey_form q ON q.id = v.form_id
    WHERE v.follower_id = f.id AND (v.state IN ('asked', 'phone') OR v.state = 'planned' AND EXISTS (
        SELECT 1 FROM outgoing o WHERE o.survey_id = v.id AND o.state = 'sending'))) AS surveys,
  (SELECT {list}({row}('id', q.id, 'ticket_id', q.ticket_id, 'number', q.number, 'state', q.state, 'total', q.total,
          'place', r.place, 'problem', r.problem,
          'told', (SELECT count(*) FROM outgoing o
            WHERE o.dedupe_key = 'quote:' || q.id || ':' || 'offer' || ':' || 'f' || f.id
              AND o.state IN ('sent', 'unknown')),
          'last', (SELECT o.dedupe_key FROM message x JOIN outgoing o ON o.id = x.outgoing_id
            WHERE x.id = (SELECT max(y.id) FROM message y WHERE y.conversation_id = c.id))))
     FROM quote q JOIN repair r ON r.id = q.ticket_id
    WHERE q.state IN ('sent', 'haggled', 'lapsed') AND q.ticket_id IN (
      SELECT t.id FROM ticket t WHERE t.follower_id = f.id
      UNION ALL
      SELECT t.id FROM project_member m JOIN ticket t ON t.project_id = m.project_id
       WHERE m.customer_id = f.customer_id AND f.crew_id IS NULL AND f.staff_id IS NULL)) AS quotes,
  (SELECT {row}('id', t.id, 'number', t.number, 'state', t.state, 'target', k.target, 'due',
          (SELECT p.due_at FROM promise p JOIN policy y ON y.id = p.policy_id
            WHERE p.ticket_id = t.id AND y.name = 'complaint.explain' AND p.met_at IS NULL AND p.state <> 'dropped'
            ORDER BY p.id DESC LIMIT 1),
          'told', CASE WHEN t.state = 'proposed' THEN (SELECT count(*) FROM outgoing o
            WHERE o.ticket_id = t.id AND o.text_key = 'complaint.proposed' AND o.state IN ('sent', 'unknown')) END,
          'last', CASE WHEN t.state = 'proposed' THEN (SELECT x.outgoing_id = (SELECT max(o.id) FROM outgoing o
              WHERE o.ticket_id = t.id AND o.text_key = 'complaint.proposed')
             FROM message x WHERE x.id = (SELECT max(z.id) FROM message z WHERE z.conversation_id = c.id)) END)
     FROM ticket t JOIN complaint k ON k.id = t.id
    WHERE t.follower_id = f.id AND t.state NOT IN ('closed', 'withdrawn') ORDER BY t.id DESC LIMIT 1) AS complaint,
  (SELECT {list}({row}('id', t.id, 'number', t.number, 'visit', a.visit, 'start', a.start_at, 'end', a.end_at))
     FROM ticket t JOIN appointment a ON a.id = t.id WHERE t.follower_id = f.id AND t.state = 'booked') AS visits,
  (SELECT {row}('id', t.id, 'area', q.area, 'style', q.style, 'budget', q.budget_high, 'keys', q.keys_text,
          'house', t.house_text, 'phone', t.contact_phone)
     FROM ticket t JOIN enquiry q ON q.id = t.id
    WHERE t.follower_id = f.id AND t.state IN ('new', 'contacted', 'visiting') ORDER BY t.id DESC LIMIT 1) AS lead,
  (SELECT {row}('id', v.id, 'number', COALESCE(t.number, b.number), 'label', v.label, 'score', v.score,
          'sentiment', v.sentiment, 'at', v.answered_at)
     FROM survey v LEFT JOIN ticket t ON t.id = v.ticket_id LEFT JOIN callback b ON b.id = v.callback_id
    WHERE v.follower_id = f.id AND v.state = 'answered' ORDER BY v.answered_at DESC LIMIT 1) AS rated,
  (SELECT {row}('number', b.number, 'asked_at', b.asked_at, 'at', b.from_at) FROM callback b
    WHERE b.conversation_id = c.id AND b.purpose = 'asked_by_customer' AND b.state = 'open' LIMIT 1) AS calling,
  EXISTS (SELECT 1 FROM ticket t JOIN privacy_request p ON p.id = t.id
    WHERE t.follower_id = f.id AND p.wish = 'delete' AND t.state IN ('open', 'checked', 'approved')) AS erasing
FROM follower f
LEFT JOIN conversation c ON c.follower_id = f.id
LEFT JOIN dialog d ON d.follower_id = f.id
LEFT JOIN customer u ON u.id = f.customer_id
LEFT JOIN crew w ON w.id = f.crew_id AND w.active
LEFT JOIN staff s ON s.id = f.staff_id AND s.active
WHERE f.openid = :openid
"""

#: Somebody we have not seen: known by nothing but the openid. Two first messages at once make one row.
NEW_FOLLOWER = """
INSERT INTO follower (openid, unionid, lang, subscribed, subscribed_at, scene, turn, reply_left, burst_left,
  unreachable, bind_tries, flood_count, created_at)
VALUES (:openid, '', 'zh', :subscribed, :now, '', 0, 0, 0, '', 0, 0, :now) ON CONFLICT (openid) DO NOTHING
"""

NEW_CONVERSATION = """
INSERT INTO conversation (follower_id, owner, reason, last_text, unread)
SELECT id, 'bot', '', '', 0 FROM follower WHERE openid = :openid ON CONFLICT (follower_id) DO NOTHING
"""

#: The same push again inserts nothing and returns nothing.
KEEP = """
INSERT INTO inbound (dedupe_key, openid, kind, event, fields, reply, state, received_at)
VALUES (:dedupe_key, :openid, :kind, :event, :fields, :reply, :state, :now)
ON CONFLICT (dedupe_key) DO NOTHING RETURNING id
"""

#: The follower's turn: nothing is updated when somebody answered them since the read.
TAKE_TURN = """
UPDATE follower SET turn = turn + 1, last_heard_at = :now, unreachable = '', subscribed = :subscribed,
  follow_said_at = :follow_said_at,
  reply_until = COALESCE(:reply_until, reply_until), reply_left = COALESCE(:reply_left, reply_left),
  burst_until = COALESCE(:burst_until, burst_until), burst_left = COALESCE(:burst_left, burst_left),
  flood_since = :flood_since, flood_count = :flood_count
WHERE id = :id AND turn = :turn
"""

DRAFT = """
INSERT INTO dialog (follower_id, script, step, state, updated_at) VALUES (:id, :script, :step, :draft, :now)
ON CONFLICT (follower_id) DO UPDATE SET script = excluded.script, step = excluded.step, state = excluded.state,
  updated_at = excluded.updated_at
"""

MESSAGE = """
INSERT INTO message (conversation_id, direction, author, kind, text, inbound_id, created_at)
VALUES (:conversation_id, :direction, :author, :kind, :text, :inbound_id, :now) RETURNING id
"""

ATTACHMENT = """
INSERT INTO attachment (message_id, follower_id, kind, media_id, stage, state, path, content_type, size, attempts,
  error, created_at)
VALUES (:message_id, :id, :kind, :media_id, 'before', 'waiting', '', '', 0, 0, '', :now)
"""

THREAD = """
UPDATE conversation SET last_text = :last_text, last_message_at = :now, unread = unread + :unread
WHERE id = :conversation_id
"""

REPLY = "UPDATE inbound SET reply = :reply WHERE id = :inbound_id"

#: PostgreSQL only: a plain turn of words in one round trip, each of which costs more than its statement there. Every
#: part hangs on the one before, so that an overtaken turn or a repeated push writes no more and returns nothing.
PLAIN_TURN = """
WITH taken AS (
  UPDATE follower SET turn = turn + 1, last_heard_at = :now, unreachable = '', subscribed = :subscribed,
    follow_said_at = :follow_said_at,
    reply_until = :reply_until, reply_left = :reply_left, flood_since = :flood_since, flood_count = :flood_count
  WHERE id = :id AND turn = :turn RETURNING id
), kept AS (
  INSERT INTO inbound (dedupe_key, openid, kind, event, fields, reply, state, received_at)
  SELECT :dedupe_key, :openid, :kind, '', CAST(:fields AS json), CAST(:reply AS text), 'answered', :now FROM taken
  ON CONFLICT (dedupe_key) DO NOTHING RETURNING id
), heard AS (
  INSERT INTO message (conversation_id, direction, author, kind, text, inbound_id, created_at)
  SELECT :conversation_id, 'in', :author, :kind, :text, kept.id, :now FROM kept RETURNING inbound_id
), said AS (
  INSERT INTO message (conversation_id, direction, author, kind, text, inbound_id, created_at)
  SELECT :conversation_id, 'out', 'bot', 'text', CAST(:reply AS text), heard.inbound_id, :now FROM heard
  WHERE CAST(:reply AS text) IS NOT NULL
), drafted AS (
  INSERT INTO dialog (follower_id, script, step, state, updated_at)
  SELECT :id, :script, :step, :draft, :now FROM kept WHERE CAST(:draft AS text) IS NOT NULL
  ON CONFLICT (follower_id) DO UPDATE SET script = excluded.script, step = excluded.step, state = excluded.state,
    updated_at = excluded.updated_at
), threaded AS (
  UPDATE conversation SET last_text = :last_text, last_message_at = :now, unread = unread + :unread
  FROM kept WHERE conversation.id = :conversation_id
)
SELECT id FROM kept
"""

STATEMENTS = (
    "LOAD",
    "NEW_FOLLOWER",
    "NEW_CONVERSATION",
    "KEEP",
    "TAKE_TURN",
    "DRAFT",
    "MESSAGE",
    "ATTACHMENT",
    "THREAD",
    "REPLY",
)
_NAME = re.compile(r"(?<!:):([a-z_]+)")


@dataclass(frozen=True)
class Statements:
    """The statements as one driver wants them, and how it wants a moment."""

    sql: Mapping[str, str]
    postgresql: bool

    def moment(self, value: dt.datetime | None) -> Any:
        """A moment as the column stores it: UTC, on SQLite as the text that the models read back."""
        return value if value is None or self.postgresql else _as_text(value)

    @staticmethod
    def heard_moment(value: Any) -> dt.datetime | None:
        """A moment as read by the driver or out of a JSON row, aware UTC."""
        if isinstance(value, str):
            value = dt.datetime.fromisoformat(value)
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=dt.UTC)


@functools.lru_cache(maxsize=64)  # one turn writes its own moment six times
def _as_text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


#: Those that only PostgreSQL has.
POSTGRESQL_ONLY = ("PLAIN_TURN",)


def for_driver(engine: Engine) -> Statements:
    """The statements in the dialect of `engine`."""
    postgresql = engine.dialect.name == "postgresql"
    names = (
        {"list": "json_agg", "row": "json_build_object"}
        if postgresql
        else {"list": "json_group_array", "row": "json_object"}
    )
    sql = {}
    for name in STATEMENTS + (POSTGRESQL_ONLY if postgresql else ()):
        text = globals()[name]
        if name == "LOAD":
            text = text.replace("{list}", names["list"]).replace("{row}", names["row"])
        sql[name] = _NAME.sub(r"%(\1)s", text) if postgresql else text
    return Statements(sql, postgresql)
