"""Every call comes through here: trouble on command, method, token, handler, rid, log."""

from __future__ import annotations

import secrets
import socket
import time

from flask import Blueprint, Request, Response, current_app, request

from sandbox.faults import CODES, Fault
from sandbox.journal import readable_json
from sandbox.platform import Platform
from sandbox.refusals import Refusal

from .call import Binary, Call, Route
from .table import ROUTES

blueprint = Blueprint("api", __name__)


def _rid(now: float) -> str:
    """An id for this call, in the platform's shape."""
    return f"{int(now):x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"


def _run(call: Call, fault: Fault | None) -> dict | Binary:
    """The handler's answer, or the refusal that stands before it."""
    route: Route | None = ROUTES.get(call.path)
    if route is None:
        raise Refusal(40066)
    if fault and fault.name in CODES:
        raise Refusal(CODES[fault.name])
    if route.method == "POST" and call.method != "POST":
        raise Refusal(43002)
    if route.method == "GET" and call.method not in ("GET", "HEAD"):
        raise Refusal(43001)
    if route.token:
        call.platform.tokens.check(call.args.get("access_token"), call.now)
    return route.handler(call)


def _cut(req: Request) -> Response:
    """Break the connection without an answer, as a failing network does."""
    connection = req.environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    return Response(b"", 499)


def _answer(call: Call, fault: Fault | None) -> tuple[Response, dict | None, str]:
    """Response, its JSON if it is JSON, and the rid."""
    rid = _rid(call.now)
    try:
        result = _run(call, fault)
    except Refusal as refusal:
        result = refusal.answer(rid)
    if isinstance(result, Binary):
        headers = {"Content-Disposition": f'attachment; filename="{result.filename}"'} if result.filename else {}
        return Response(result.data, 200, headers, content_type=result.content_type), None, rid
    body = readable_json(result)
    return Response(body, 200, content_type="application/json; encoding=utf-8"), result, rid


def _remember(call: Call, answer: dict | None, told: tuple[str, int, str]) -> None:
    """Log the call and keep failures for openapi/rid/get; told = (rid, milliseconds, the fault's word)."""
    rid, ms, trouble = told
    code = (answer or {}).get("errcode", 0)
    text = call.raw.decode("utf-8", "replace") if len(call.raw) < 20000 else f"（{len(call.raw)} 字节）"
    response = "（文件）" if answer is None else readable_json(answer)
    status = trouble or (str(code) if code else "ok")
    call.platform.journal.call(call.path, _who(call), (text, response, ms, status == "ok"), status)
    if code:
        detail = {"invoke_time": int(call.now), "cost_in_ms": ms, "request_url": call.path}
        call.platform.world.rids[rid] = {**detail, "request_body": text, "response_body": response}


def _who(call: Call) -> str:
    """Whom the call is about, when its body names one person."""
    try:
        told = call.json()
    except Refusal:
        return ""
    who = told.get("touser") or told.get("openid") or ""
    return who if isinstance(who, str) else ""


@blueprint.route("/<any('cgi-bin', 'openapi', 'wxaapi', 'customservice'):root>/<path:rest>", methods=["GET", "POST"])
def door(root: str, rest: str) -> Response:
    """Serve one call of the platform's API."""
    platform: Platform = current_app.extensions["sandbox"]
    now = platform.clock.now()
    path = f"/{root}/{rest}"
    uploads = request.files if request.mimetype == "multipart/form-data" else {}
    raw = b"" if uploads else request.get_data()
    call = Call(platform, path, request.method, request.args, raw, uploads, now)
    began = time.monotonic()
    fault = platform.faults.take(path)
    name = fault.name if fault else ""
    if fault and name == "slow":
        time.sleep(fault.seconds)
    if name in ("5xx", "cut_before"):
        _remember(call, {}, ("", int((time.monotonic() - began) * 1000), "HTTP 502" if name == "5xx" else "断线"))
        return Response("<h1>502 Bad Gateway</h1>", 502) if name == "5xx" else _cut(request)
    response, answer, rid = _answer(call, fault)
    trouble = "办了断线" if name == "cut_after_accept" else ""
    _remember(call, answer, (rid, int((time.monotonic() - began) * 1000), trouble))
    return _cut(request) if trouble else response
