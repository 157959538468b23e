"""The sandbox's button 下一个到期 knows what falls due next."""

import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from models.desk import promises
from ops import next_due
from ops.replay_due import Due
from tests.models.builders import house, repair


def test_the_earliest_moment_to_come_counts_and_past_ones_do_not(engine, sessions, now):
    assert next_due.next_due(engine, now) is None
    with sessions.begin() as session:
        case = repair(session, house(session, now), now)
        accept = promises.find(session, "repair.accept", case)
    due = next_due.next_due(engine, now)
    assert due == Due(accept.warn_at, "promises")
    assert next_due.next_due(engine, accept.warn_at).at == accept.due_at
    assert next_due.next_due(engine, now + dt.timedelta(days=300)) is None


def test_the_sandbox_is_told_in_words(now):
    heard = []

    class Sandbox(BaseHTTPRequestHandler):
        def do_POST(self):  # noqa: N802 — the base class's name
            heard.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Sandbox) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        assert next_due.tell(base, Due(now, "promises")) and next_due.tell(base, None)
        server.shutdown()
    assert heard == [
        ("/control/time", {"due": now.isoformat(), "what": "承诺时限"}),
        ("/control/time", {"due": None, "what": ""}),
    ]
    assert not next_due.tell(base, None)
