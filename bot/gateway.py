"""Calls to the platform: what we send, upload, fetch and ask, with errors named by what to do next.

The rule of this module: a send is never repeated unless the platform has said that it did not happen. One refresh and
one retry follow the three token errors, nothing follows anything else: repeating is the outbox's decision.
Paths, bodies and limits follow the platform's API pages (customer service and template messages, media, QR, menu).
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from bot.account import Account
from bot.calls import Answer, Line, Patience, Request
from bot.errors import TOKEN_CODES, GatewayError, Misconfigured, Refused, Throttled, Unknown, Unreachable, named
from bot.parcels import Article, Media, Sent
from bot.token import Tokens

MEDIA_BYTES = 20 << 20  # the platform's largest temporary media is a 10 MB video
#: The platform has done a mass send with this key before and names it again.
SAME_JOB = 45065
IMAGE_BYTES = 10 << 20
_IMAGES = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/bmp": "bmp"}
_FILENAME = re.compile(r'filename="?([^";]+)')


class Gateway(Account):
    """The platform's API for one account. Cheap to build, safe in threads and after a fork; keeps its connections."""

    def __init__(self, settings: Any, redis: Any, patience: Patience | None = None) -> None:
        """`redis` holds the common token and may be None; `patience` sets the time limits."""
        self._settings, self._patience = settings, patience
        self._line = Line(settings.wechat_api_base, patience)
        account = f"{settings.wechat_app_id} {settings.wechat_api_base}"
        self._tokens = Tokens(redis, account, self._fetch_token)

    def send_text(self, openid: str, text: str) -> Sent:
        """Say a text inside the customer-service window. People's own words in it must have lost their `<a>` before."""
        return self._custom(openid, "text", {"content": text})

    def send_menu(self, openid: str, head: str, items: Sequence[tuple[str, str]], tail: str) -> Sent:
        """Ask with buttons, (id, label) each; a tap comes back as a text with that `bizmsgmenuid`.

        Test accounts cannot (40200, Refused).
        """
        choices = [{"id": key, "content": label} for key, label in items]
        return self._custom(openid, "msgmenu", {"head_content": head, "list": choices, "tail_content": tail})

    def send_image(self, openid: str, media_id: str) -> Sent:
        """Show an image uploaded within the last three days."""
        return self._custom(openid, "image", {"media_id": media_id})

    def send_news(self, openid: str, article: Article) -> Sent:
        """Show one card; the platform takes exactly one (45008, Refused, for more)."""
        card = {"title": article.title, "description": article.description, "url": article.url}
        return self._custom(openid, "news", {"articles": [card | {"picurl": article.picture}]})

    def send_template(
        self, openid: str, template_id: str, data: Mapping[str, Any], url: str = "", client_msg_id: str = ""
    ) -> Sent:
        """Send a service notice; `data` maps keywords to values. Accepted is not delivered: the report comes later.

        The platform sends the same `client_msg_id` to the same person once within ten minutes.
        """
        notice: dict[str, Any] = {"touser": openid, "template_id": template_id, "data": _values(data)}
        notice |= {"url": url} if url else {}
        notice |= {"client_msg_id": client_msg_id} if client_msg_id else {}
        return _sent(self._post("/cgi-bin/message/template/send", notice))

    def send_notice(self, openid: str, template_id: str, data: Mapping[str, Any], page: str = "") -> Sent:
        """Send a subscription notice, which uses up one consent; NoConsent when the platform knows of none (43101).

        It has no idempotency key. Accepted is not delivered: subscribe_msg_sent_event tells.
        """
        notice: dict[str, Any] = {"touser": openid, "template_id": template_id, "data": _values(data)}
        notice |= {"page": page} if page else {}
        return _sent(self._post("/cgi-bin/message/subscribe/bizsend", notice))

    def send_mass(self, openids: Sequence[str], text: str, key: str) -> Sent:
        """Say a text to 2–10 000 followers at once; each gets at most four such messages a month.

        The platform carries out the same `key` (at most 32 bytes) once in 24 hours and names the first job again
        (45065), so this call alone may be repeated. Taken is not delivered: MASSSENDJOBFINISH tells.
        """
        return self._mass("/cgi-bin/message/mass/send", {"touser": list(openids)}, text, key)

    def send_to_tag(self, tag_id: int, text: str, key: str) -> Sent:
        """Say a text to everybody with this tag; for the rest as `send_mass`, whose keys these are too."""
        return self._mass(
            "/cgi-bin/message/mass/sendall", {"filter": {"is_to_all": False, "tag_id": tag_id}}, text, key
        )

    def mass_status(self, msg_id: str) -> str:
        """How far a mass send is: SENDING, SEND_SUCCESS, SEND_FAIL, DELETE."""
        number = int(msg_id) if msg_id.isdigit() else msg_id
        return _text(self._post("/cgi-bin/message/mass/get", {"msg_id": number}, repeatable=True), "msg_status")

    def upload_image(self, image: bytes, content_type: str) -> str:
        """The media_id, good for three days, of these bytes. Refused for what the platform does not take."""
        ending = _IMAGES.get(content_type)
        if ending is None or len(image) > IMAGE_BYTES:
            raise Refused(40005 if ending is None else 45001, "not an image that WeChat takes")
        boundary = secrets.token_hex(16)
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="media"; filename="image.{ending}"\r\n'
            f"Content-Type: {content_type}\r\n\r\n"
        )
        body = head.encode() + image + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        answer = self._call(Request("POST", "/cgi-bin/media/upload?type=image", body, kind), repeatable=True)
        return _text(answer, "media_id")

    def fetch_media(self, media_id: str) -> Media:
        """The bytes behind a media_id; a video comes by a second request, for which the platform names the address."""
        query = urlencode({"media_id": media_id})
        request = Request("GET", f"/cgi-bin/media/get?{query}", most_bytes=MEDIA_BYTES)
        answer = self._call(request, repeatable=True)
        if isinstance(answer, dict):
            return _media(self._video(_text(answer, "video_url")))
        return _media(answer)

    def user(self, openid: str) -> dict[str, Any]:
        """What the platform tells of a follower: no nickname, no picture; `subscribe: 0` of who has left."""
        query = urlencode({"openid": openid, "lang": "zh_CN"})
        return _object(self._call(Request("GET", f"/cgi-bin/user/info?{query}"), repeatable=True), repeatable=True)

    def ping(self) -> None:
        """App id, secret, white-list and network are right, or the error says which is not. Costs nobody a token."""
        self._fetch_token(False)

    def _custom(self, openid: str, kind: str, content: dict[str, Any]) -> Sent:
        message = {"touser": openid, "msgtype": kind, kind: content}
        return _sent(self._post("/cgi-bin/message/custom/send", message))

    def _mass(self, path: str, whom: Mapping[str, Any], text: str, key: str) -> Sent:
        told = {**whom, "msgtype": "text", "text": {"content": text}, "clientmsgid": key}
        number = self._post(path, told, fine=frozenset({SAME_JOB})).get("msg_id")
        return Sent(str(number) if number else None)

    def _get(self, path: str) -> dict[str, Any]:
        return _object(self._call(Request("GET", path), repeatable=True), repeatable=True)

    def _post(
        self, path: str, payload: Mapping[str, Any], repeatable: bool = False, fine: frozenset[int] = frozenset()
    ) -> dict[str, Any]:
        request = Request("POST", path, _json_bytes(payload), "application/json")
        return _object(self._call(request, repeatable, fine), repeatable)

    def _call(self, request: Request, repeatable: bool, fine: frozenset[int] = frozenset()) -> dict[str, Any] | Answer:
        """The platform's answer, refreshing the token once and retrying once where the platform says it is stale."""
        token = self._tokens.current()
        answer = self._exchange(request, token, repeatable)
        if _code(answer) in TOKEN_CODES:
            token = self._tokens.renewed(token)
            answer = self._exchange(request, token, repeatable)
        if isinstance(answer, dict) and (code := _code(answer)) and code not in fine:
            raise named(code, str(answer.get("errmsg", "")).replace(token, "…"))
        return answer

    def _exchange(self, request: Request, token: str, repeatable: bool) -> dict[str, Any] | Answer:
        joint = "&" if "?" in request.target else "?"
        target = f"{request.target}{joint}{urlencode({'access_token': token})}"
        addressed = Request(request.method, target, request.body, request.content_type, request.most_bytes)
        return self._heard(self._line, addressed, repeatable)

    @staticmethod
    def _heard(line: Line, request: Request, repeatable: bool) -> dict[str, Any] | Answer:
        """A dict where the platform spoke JSON, else the bytes. What may be repeated is never Unknown."""
        failure: GatewayError | None = None
        try:
            answer = line.exchange(request)
            parsed = _parsed(answer)
            if answer.status == 200 or _code(parsed):
                return parsed
            failure = _by_status(answer.status)
        except Unknown as why:
            failure = why
        if repeatable and isinstance(failure, Unknown):
            failure = Unreachable(failure.code, failure.message)
        raise failure

    def _fetch_token(self, force: bool) -> tuple[str, int]:
        wanted = {
            "grant_type": "client_credential",
            "appid": self._settings.wechat_app_id,
            "secret": self._settings.wechat_app_secret,
            "force_refresh": force,
        }
        request = Request("POST", "/cgi-bin/stable_token", _json_bytes(wanted), "application/json")
        answer = self._heard(self._line, request, repeatable=True)
        answer = _object(answer, repeatable=True)
        if code := _code(answer):
            raise named(code, str(answer.get("errmsg", "")).replace(wanted["secret"], "…"))
        seconds = answer.get("expires_in")
        return _text(answer, "access_token"), seconds if isinstance(seconds, int) and seconds > 0 else 60

    def _video(self, address: str) -> Answer:
        """The bytes at this address. What is wrong there is wrong with this video alone."""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refused(message="the platform named no usable video address")
        line = Line(f"{parts.scheme}://{parts.netloc}", self._patience)
        status, target = 0, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            answer = self._heard(line, Request("GET", target, most_bytes=MEDIA_BYTES), repeatable=True)
        except (Misconfigured, Throttled) as why:  # of that host: neither our settings nor a limit of the platform
            answer, status = {}, why.code
        finally:
            line.close()
        if isinstance(answer, dict):
            raise Unreachable(status, "no video at the address the platform named")
        return answer


def _values(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value if isinstance(value, dict) else {"value": str(value)} for key, value in data.items()}


def _object(answer: dict[str, Any] | Answer, repeatable: bool) -> dict[str, Any]:
    if isinstance(answer, dict):
        return answer
    raise (Unreachable if repeatable else Unknown)(message="the answer is not JSON")


def _text(answer: dict[str, Any] | Answer, name: str) -> str:
    """A text that the answer to a repeatable call must hold."""
    value = _object(answer, repeatable=True).get(name)
    if isinstance(value, str) and value:
        return value
    raise Unreachable(message=f"no {name} in the answer")


def _parsed(answer: Answer) -> dict[str, Any] | Answer:
    """The answer as a dict where it is one. The platform sends JSON as text/plain from older paths."""
    if answer.content_type and not answer.content_type.startswith("text/") and "json" not in answer.content_type:
        return answer
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        return answer
    return value if isinstance(value, dict) else answer


def _code(answer: dict[str, Any] | Answer) -> int:
    """The platform's errcode, 0 where it names none: success answers of some paths leave it out."""
    code = answer.get("errcode", 0) if isinstance(answer, dict) else 0
    return code if isinstance(code, int) else 0


def _by_status(status: int) -> GatewayError:
    """What an HTTP status without a platform code means; the platform itself answers 200 to nearly everything."""
    words = f"HTTP {status}"
    if status == 429:
        return Throttled(status, words)
    if status in (413, 414):
        return Refused(status, words)
    if status == 408 or status >= 500:  # something between us may have passed the request on
        return Unknown(status, words)
    return Misconfigured(status, f"{words}: is WECHAT_API_BASE right?")


def _sent(answer: dict[str, Any]) -> Sent:
    number = answer.get("msgid")
    return Sent(str(number) if number else None)


def _media(answer: Answer) -> Media:
    found = _FILENAME.search(answer.disposition)
    name = found[1].replace("\\", "/").rpartition("/")[2].strip() if found else ""
    return Media(answer.body, answer.content_type, name)


def _json_bytes(payload: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON without \\uXXXX, which the platform refuses (40033)."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
