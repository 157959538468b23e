"""A bounded load on loopback: requests prepared before the clock starts, sent over kept-alive connections."""

import asyncio
import hashlib
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from wechatpy.crypto import WeChatCrypto

#: What the people say, in the order they say it: fragments of a repair, small talk, a change of mind.
LINES = (
    "你好", "厨房水槽下面漏水", "翡翠城8幢1602", "明天下午在家", "13800138000", "不对，是卫生间", "算了", "是的",
    "你们几点上班", "谢谢",
)  # fmt: skip


@dataclass(frozen=True)
class Account:
    """The account's codes, as the platform signs with them."""

    app_id: str
    token: str
    aes_key: str
    secure: bool


@dataclass(frozen=True)
class Run:
    """What one load measured: answers a second, and the 99th percentile of their time in seconds."""

    rate: float
    p99: float
    errors: int


def prepare(account: Account, *, people: int, messages: int, start: int, tag: str) -> list[bytes]:
    """`messages` pushes of `people` persons in turn, as raw HTTP requests; every one a new message."""
    crypto = WeChatCrypto(account.token, account.aes_key, account.app_id)
    return [_request(account, crypto, tag, number, people, start) for number in range(messages)]


def _request(account: Account, crypto: WeChatCrypto, tag: str, number: int, people: int, start: int) -> bytes:
    person, line = number % people, LINES[number // people % len(LINES)]
    stamp, nonce = str(start), f"{number:010d}"
    xml = (
        f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><FromUserName><![CDATA[{tag}{person:06d}]]></FromUserName>"
        f"<CreateTime>{start + number // people}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{line}]]></Content><MsgId>{zlib.crc32(tag.encode()) * 10**8 + number}</MsgId></xml>"
    )
    args = {"timestamp": stamp, "nonce": nonce, "openid": f"{tag}{person:06d}"}
    args["signature"] = _signature(account.token, stamp, nonce)
    if account.secure:
        sealed = crypto.encrypt_message(xml, nonce, stamp)
        encrypt = sealed.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
        xml = f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
        args |= {"encrypt_type": "aes", "msg_signature": _signature(account.token, stamp, nonce, encrypt)}
    body = xml.encode()
    head = f"POST /wechat?{urlencode(args)} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 — the platform's own scheme


def send(port: int, requests: Sequence[bytes], *, width: int, rate: float | None = None) -> Run:
    """Send all requests over `width` connections, as fast as answered or at `rate` a second."""
    return asyncio.run(_send(port, requests, width, rate))


async def _send(port: int, requests: Sequence[bytes], width: int, rate: float | None) -> Run:
    times: list[float] = []
    errors = 0
    begin = time.perf_counter()

    async def one(lane: int) -> None:
        nonlocal errors
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in range(lane, len(requests), width):
            due = begin + number / rate if rate else time.perf_counter()
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            writer.write(requests[number])
            errors += await _answer(reader) != 200
            times.append(time.perf_counter() - due)
        writer.close()

    await asyncio.gather(*(one(lane) for lane in range(width)))
    times.sort()
    return Run(len(requests) / (time.perf_counter() - begin), times[int(len(times) * 0.99) - 1], errors)


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    await reader.readexactly(int(length.split(b":")[1]))
    return int(head.split(b" ", 2)[1])
