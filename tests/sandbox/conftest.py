"""A running sandbox on a random loopback port, and a webhook that answers as the test tells it."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

import pytest
import requests
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from sandbox.config import Config
from sandbox.people import put
from sandbox.platform import Platform
from sandbox.server import running

APP_ID, SECRET, TOKEN = "wxsandbox00000001", "s3cret", "tok3n"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
_KEY = base64.b64decode(AES_KEY + "=")


def sha(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def open_sealed(sealed: str) -> str:
    """Decrypt with nothing but AES and the platform's page: 16 random, length, message, app id, pad 1..32."""
    decryptor = Cipher(algorithms.AES(_KEY), modes.CBC(_KEY[:16])).decryptor()
    plain = decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()
    assert 1 <= plain[-1] <= 32
    plain = plain[: -plain[-1]]
    (length,) = struct.unpack(">I", plain[16:20])
    assert plain[20 + length :].decode() == APP_ID
    return plain[20 : 20 + length].decode()


def seal(xml: str, nonce: str, stamp: str = "1700000000", app_id: str = APP_ID) -> str:
    message = b"0123456789abcdef" + struct.pack(">I", len(xml.encode())) + xml.encode() + app_id.encode()
    pad = 32 - len(message) % 32
    encryptor = Cipher(algorithms.AES(_KEY), modes.CBC(_KEY[:16])).encryptor()
    sealed = base64.b64encode(encryptor.update(message + bytes([pad]) * pad) + encryptor.finalize()).decode()
    sign = sha(TOKEN, stamp, nonce, sealed)
    return (
        f"<xml><Encrypt>{sealed}</Encrypt><MsgSignature>{sign}</MsgSignature>"
        f"<TimeStamp>{stamp}</TimeStamp><Nonce>{nonce}</Nonce></xml>"
    )


@dataclass
class Push:
    """One request the webhook got, opened independently of the sandbox's own code."""

    method: str
    query: dict[str, str]
    body: bytes

    @property
    def xml(self) -> ET.Element:
        root = ET.fromstring(self.body)
        sealed = root.findtext("Encrypt")
        if sealed is None:
            parts = (TOKEN, self.query["timestamp"], self.query["nonce"])
            assert self.query["signature"] == sha(*parts)
            return root
        assert self.query["msg_signature"] == sha(TOKEN, self.query["timestamp"], self.query["nonce"], sealed)
        assert self.query["encrypt_type"] == "aes"
        return ET.fromstring(open_sealed(sealed))

    def __getitem__(self, name: str) -> str | None:
        return self.xml.findtext(name)


def text_reply(push: Push, content: str) -> str:
    xml = (
        f"<xml><ToUserName>{push['FromUserName']}</ToUserName><FromUserName>{push['ToUserName']}</FromUserName>"
        f"<CreateTime>1700000000</CreateTime><MsgType>text</MsgType><Content><![CDATA[{content}]]></Content></xml>"
    )
    return seal(xml, push.query["nonce"])


Answer = Callable[[Push], "bytes | str | tuple[int, str]"]


@dataclass
class Webhook:
    """A product that says what the test wants; `pushes` is what it was told."""

    answer: Answer = lambda _push: "success"
    pushes: list[Push] = field(default_factory=list)
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    def _serve(self) -> None:
        hook: Webhook = self.server.hook  # type: ignore[attr-defined]
        size = int(self.headers.get("Content-Length") or 0)
        query = dict(parse_qsl(urlsplit(self.path).query))
        push = Push(self.command, query, self.rfile.read(size))
        hook.pushes.append(push)
        said = hook.answer(push)
        status, body = said if isinstance(said, tuple) else (200, said)
        data = body.encode() if isinstance(body, str) else body
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except ConnectionError:
            return

    do_GET = do_POST = _serve

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def hook() -> Iterator[Webhook]:
    webhook = Webhook()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.hook = webhook  # type: ignore[attr-defined]
    webhook.url = f"http://127.0.0.1:{server.server_port}/wechat"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield webhook
    server.shutdown()
    thread.join()
    server.server_close()


class Desk:
    """A hand on the running sandbox: control calls as `desk.push(...)`, API calls as `desk.api(...)`."""

    def __init__(self, port: int, platform: Platform):
        self.base = f"http://127.0.0.1:{port}"
        self.platform = platform
        self.http = requests.Session()
        self.http.trust_env = False
        self._token = ""

    def control(self, path: str, told: dict | None = None, **args: object) -> dict:
        self._token = "" if path == "time" else self._token  # travelling may outlive the token
        url = f"{self.base}/control/{path}"
        response = self.http.get(url, params=args) if told is None else self.http.post(url, json=told)
        return {**response.json(), "http": response.status_code}

    def push(self, openid: str, kind: str = "text", **told: object) -> dict:
        return self.control("push", {"openid": openid, "type": kind, **told})

    def say_alone(self, openid: str, text: str) -> None:
        """A push on a connection of its own, for threads."""
        requests.post(f"{self.base}/control/push", json={"openid": openid, "text": text}, timeout=10).close()

    def phone(self, openid: str) -> list[dict]:
        return self.control(f"phone/{openid}")["messages"]

    def credentials(self, **more: object) -> dict:
        return {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET, **more}

    def stable(self, **more: object) -> dict:
        return self.http.post(f"{self.base}/cgi-bin/stable_token", json=self.credentials(**more)).json()

    def api(self, path: str, told: dict | None = None, token: str | None = None, **more: object) -> dict:
        self._token = token if token is not None else self._token or self.stable()["access_token"]
        args = {"access_token": self._token, **more}
        url = f"{self.base}/{path}"
        if told is None:
            return self.http.get(url, params=args).json()
        body = json_bytes(told)
        return self.http.post(url, params=args, data=body).json()

    def say(self, openid: str, text: str) -> dict:
        return self.api("cgi-bin/message/custom/send", {"touser": openid, "msgtype": "text", "text": {"content": text}})

    def upload(self, kind: str, data: bytes, name: str = "x.jpg") -> dict:
        token = self._token or self.stable()["access_token"]
        self._token = token
        return self.http.post(
            f"{self.base}/cgi-bin/media/upload",
            params={"access_token": token, "type": kind},
            files={"media": (name, data)},
        ).json()

    def wait_for(self, condition: Callable[[], bool], seconds: float = 3.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.02)


def json_bytes(told: dict) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


@pytest.fixture
def start(hook: Webhook, tmp_path) -> Iterator[Callable[..., Desk]]:
    """Start a sandbox with the given options; all are stopped at the end."""
    ends: list[Callable[[], None]] = []

    def begin(**options: object) -> Desk:
        told = {"app_id": APP_ID, "secret": SECRET, "token": TOKEN, "aes_key": AES_KEY, "webhook": hook.url}
        told |= {"port": 0, "event_delay": 0.02, "clock_file": tmp_path / "clock.json"}
        context = running(Config(**{**told, **options}))
        server, platform = context.__enter__()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        desk = Desk(server.port, platform)

        def end() -> None:
            desk.http.close()
            server.shutdown()
            thread.join()
            context.__exit__(None, None, None)

        ends.append(end)
        for openid, name, following in (("oNuanju_W1", "陈先生", False), ("oNuanju_W2", "林女士", True)):
            put(platform, {"openid": openid, "name": name, "following": following})
        return desk

    yield begin
    for end in reversed(ends):
        end()


@pytest.fixture
def desk(start: Callable[..., Desk]) -> Desk:
    return start()
