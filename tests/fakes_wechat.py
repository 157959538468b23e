"""A platform on a loopback socket that does as it is told: real HTTP, real keep-alive, real cuts.

It is stricter than kind: without a token it handed out, nothing is answered but 40001.
"""

import json
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

TOKEN_PATH = "/cgi-bin/stable_token"
SEND_PATH = "/cgi-bin/message/custom/send"
OK = {"errcode": 0, "errmsg": "ok"}


@dataclass
class Call:
    """One request as it arrived."""

    method: str
    path: str
    query: dict
    body: bytes
    headers: dict

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class Reply:
    """Any HTTP answer; `cut` closes the connection after the request, or after half of the body."""

    body: bytes = b""
    status: int = 200
    headers: dict = field(default_factory=lambda: {"Content-Type": "application/json"})
    after: float = 0.0
    cut: str = ""  # "", "unanswered", "halfway"


def refusal(code, words="no", rid="abc-123-def"):
    return {"errcode": code, "errmsg": f"{words} rid: {rid}"}


class Platform:
    """Use as a context manager. `calls` is what arrived, `script(path, …)` what the next answers are."""

    def __init__(self):
        self.calls, self.connections = [], 0
        self.minted, self.live = 0, ""
        self.expires_in = 7200
        self.token_delay = 0.0
        self._scripts = defaultdict(deque)
        self._always = {}
        self._lock = threading.Lock()

    def __enter__(self):
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def script(self, path, *answers):
        """The next calls of `path` are answered so, then as usual."""
        self._scripts[path].extend(answers)

    def always(self, path, answer):
        """Every call of `path` is answered so."""
        self._always[path] = answer

    def revoke(self):
        """The live token dies, as when somebody else forced a refresh."""
        with self._lock:
            self.minted += 1
            self.live = f"token-{self.minted}-{'x' * 40}"

    def of(self, path):
        """The calls of one path."""
        return [call for call in self.calls if call.path == path]

    def answer(self, call):
        """What this call gets; tokens are checked before anything scripted."""
        token = call.query.get("access_token")
        with self._lock:
            self.calls.append(call)
            if token != self.live and call.path.startswith("/cgi-bin/") and call.path != TOKEN_PATH:
                return refusal(40001, f"invalid credential {token}")
            scripted = self._scripts[call.path].popleft() if self._scripts[call.path] else self._always.get(call.path)
        if scripted is not None:
            return scripted
        return self._token(call) if call.path == TOKEN_PATH else OK

    def _token(self, call):
        time.sleep(self.token_delay)
        with self._lock:
            if not self.live or call.json["force_refresh"]:
                self.minted += 1
                self.live = f"token-{self.minted}-{'x' * 40}"
            return {"access_token": self.live, "expires_in": self.expires_in}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A caller that lost patience is what some tests are about."""


def _handler(platform):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self):
            super().setup()
            platform.connections += 1

        def _speak(self):
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            query = dict(parse_qsl(parts.query))
            answer = platform.answer(Call(self.command, parts.path, query, body, dict(self.headers)))
            if isinstance(answer, dict):
                answer = Reply(json.dumps(answer, ensure_ascii=False).encode())
            time.sleep(answer.after)
            if answer.cut == "unanswered":
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            half = answer.cut == "halfway"
            self.wfile.write(answer.body[: len(answer.body) // 2] if half else answer.body)
            self.close_connection = self.close_connection or half

        do_GET = do_POST = _speak

        def log_message(self, *_):
            """Say nothing."""

    return Handler
