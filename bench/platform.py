"""A platform that only answers: `python -m bench.platform PORT DELAY`. Its own process, so that it costs us nothing.

Counts what each person got; GET /got tells.
"""

import asyncio
import json
import sys
from collections import Counter

got: Counter[str] = Counter()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Answer the calls of one kept-alive connection, each message after `delay` seconds."""
    while head := await _head(reader):
        length = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), b":0")
        body = json.loads(await reader.readexactly(int(length.split(b":")[1])) or b"{}")
        if head.startswith(b"GET"):
            answer: object = got
        elif "touser" in body:
            await asyncio.sleep(delay)
            got[body["touser"]] += 1
            answer = {"errcode": 0, "errmsg": "ok"}
        else:
            answer = {"access_token": "bench", "expires_in": 7200}
        raw = json.dumps(answer).encode()
        lines = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
        writer.write(lines.encode() + raw)
        await writer.drain()
    writer.close()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


async def main(port: int, delay: float) -> None:
    """Serve until the process ends."""
    server = await asyncio.start_server(lambda r, w: serve(r, w, delay), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
