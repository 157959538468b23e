"""HTTP to the platform: pooled connections, a time limit on everything, and the one distinction that matters.

The rule of this module: a request that never left is `Unreachable` (send it again), one that left without an answer is
`Unknown` (it may have been carried out). So connecting and exchanging are two separate steps here, which no general
client lets us see. Nothing raised here was caused by, or contains, an exception of the network: those carry addresses,
and an address carries the token.
Redirects are not followed and proxies not used: both would hand the token to somebody else.
"""

from __future__ import annotations

import http.client
import io
import os
import select
import socket
import ssl
import time
import weakref
from collections import deque
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from bot.errors import GatewayError, Refused, Unknown, Unreachable

IDLE_SECONDS = 45.0  # balancers drop silent connections after a minute, without telling
IDLE_CONNECTIONS = 16
_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: to connect, between two signs of life, and from the first byte sent to the last of the answer.

    A reply may wait for none of them.
    """

    connect: float = 3.0
    read: float = 8.0
    total: float = 30.0

    @property
    def longest(self) -> float:
        """What one exchange takes at most: TCP and TLS may each take the time to connect. Not so name look-ups."""
        return 2 * self.connect + self.total


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request: where, what, and how much may come back."""

    method: str
    target: str = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    content_type: str = ""
    most_bytes: int = 1 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end. `content_type` has no parameters."""

    status: int
    content_type: str
    disposition: str
    body: bytes = field(repr=False)


class Line:
    """Connections to one host, kept open and shared by the threads of a process; a forked child starts with none."""

    def __init__(self, base: str, patience: Patience | None = None) -> None:
        """`base` is scheme, host, port and perhaps a path, as in WECHAT_API_BASE."""
        parts = urlsplit(base)
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname or "", parts.port
        self._prefix, self._patience = parts.path.rstrip("/"), patience or Patience()
        self._context = ssl.create_default_context() if self._secure else None
        self._idle: deque[tuple[http.client.HTTPConnection, float]] = deque()
        self._pid = os.getpid()
        weakref.finalize(self, _close_all, self._idle)

    def exchange(self, request: Request) -> Answer:
        """Send and read the whole answer. Unreachable: nothing was sent. Unknown: it was, and we did not hear back.

        Refused when the answer is larger than asked for.
        """
        connection = self._kept() or self._connected()
        failure: GatewayError | None = None
        try:
            answer = self._spoken(connection, request)
        except (OSError, http.client.HTTPException) as why:
            failure = Unknown(message=f"no answer: {_words(why)}")
        except GatewayError as why:
            failure = why
        if failure is not None:
            connection.close()
            raise failure
        return answer

    def close(self) -> None:
        """Close what is kept open. The line can be used again."""
        _close_all(self._idle)

    def _kept(self) -> http.client.HTTPConnection | None:
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self.close()  # our copies only: the parent goes on talking on its own
        while self._idle:
            try:
                connection, since = self._idle.pop()
            except IndexError:  # another thread was faster
                return None
            if time.monotonic() - since < IDLE_SECONDS and connection.sock and not _hung_up(connection.sock):
                return connection
            connection.close()
        return None

    def _connected(self) -> http.client.HTTPConnection:
        wait = self._patience.connect
        connection: http.client.HTTPConnection
        if self._secure:
            connection = http.client.HTTPSConnection(self._host, self._port, timeout=wait, context=self._context)
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=wait)
        failure = ""
        try:
            connection.sock = _dialled(self._host, connection.port, wait)
            if self._context is not None:
                connection.sock = self._context.wrap_socket(connection.sock, server_hostname=self._host)
        except (OSError, UnicodeError) as why:  # UnicodeError: a host name that IDNA cannot spell
            failure = _words(why)
        if failure:
            connection.close()
            raise Unreachable(message=f"no connection: {failure}")
        return connection

    def _spoken(self, connection: http.client.HTTPConnection, request: Request) -> Answer:
        headers = {"Content-Type": request.content_type} if request.content_type else {}
        limit = _Limit(connection.sock, self._patience.read, time.monotonic() + self._patience.total)
        limit.set()
        connection.response_class = limit.response
        connection.request(request.method, self._prefix + request.target, request.body, headers)
        response = connection.getresponse()
        body = self._whole(response, request.most_bytes)
        response.close()  # of the answer only; without it the connection would not take another request
        if not response.will_close and len(self._idle) < IDLE_CONNECTIONS:
            self._idle.append((connection, time.monotonic()))
        else:
            connection.close()
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Answer(response.status, kind, response.headers.get("Content-Disposition", ""), body)

    @staticmethod
    def _whole(response: http.client.HTTPResponse, most: int) -> bytes:
        parts, size = [], 0
        while part := response.read1(_CHUNK):
            parts.append(part)
            size += len(part)
            if size > most:
                raise Refused(45001, f"the answer is larger than {most} bytes")
        if response.length:  # the connection ended before the promised length
            raise Unknown(message="no answer: it broke off")
        return b"".join(parts)


class _Limit(io.RawIOBase):
    """An answer read from its first header on until a deadline, however it drips; each sign of life has its own limit.

    It stands where http.client expects the socket that it makes its file from.
    """

    def __init__(self, sock: socket.socket, read: float, deadline: float) -> None:
        """Nothing is read yet."""
        self._sock, self._read, self._deadline = sock, read, deadline
        self._raw = sock.makefile("rb", buffering=0)

    def set(self) -> None:
        """The next step on the socket ends in time."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(min(self._read, left))

    def response(self, _sock: socket.socket, *args: Any, **more: Any) -> http.client.HTTPResponse:
        """What http.client calls for an answer."""
        return http.client.HTTPResponse(cast(socket.socket, self), *args, **more)

    def makefile(self, *_: Any) -> io.BufferedReader:
        """The answer's file."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """It is only read."""
        return True

    def readinto(self, into: Any) -> int | None:
        """Some of what came, or TimeoutError."""
        self.set()
        return self._raw.readinto(into)

    def close(self) -> None:
        """Our hold on the socket ends; the connection has its own."""
        self._raw.close()
        super().close()


def _dialled(host: str, port: int, seconds: float) -> socket.socket:
    """A connection to the first address that answers, within `seconds` in all; each has its share of what is left."""
    deadline, failure = time.monotonic() + seconds, OSError("no address")
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for rest, (family, kind, proto, _, address) in zip(range(len(addresses), 0, -1), addresses, strict=True):
        sock = socket.socket(family, kind, proto)
        try:
            sock.settimeout(max((deadline - time.monotonic()) / rest, 0.01))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(seconds)
            return sock
        except OSError as why:
            sock.close()
            failure = why
    raise failure


def _close_all(idle: deque[tuple[http.client.HTTPConnection, float]]) -> None:
    while idle:
        idle.pop()[0].close()


def _hung_up(sock: socket.socket) -> bool:
    """An idle connection on which something can be read was closed by the other side."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _words(why: Exception) -> str:
    """What happened, in our words: the exception's own may hold an address."""
    for kind, words in (
        (ssl.SSLCertVerificationError, "certificate not accepted"),
        (ssl.SSLError, "TLS failed"),
        (socket.gaierror, "host name not found"),
        (TimeoutError, "timed out"),
        (ConnectionRefusedError, "connection refused"),
        ((ConnectionError, http.client.RemoteDisconnected), "connection cut"),
    ):
        if isinstance(why, kind):
            return words
    return type(why).__name__
