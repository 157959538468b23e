"""The sandbox without its sockets: its world and rules, a clock that stands still, and two short wires.

One wire carries sealed pushes straight into the web app, the other the gateway's calls straight to the handlers of the
platform's API. Signatures, windows, refusals, media and phones are the sandbox's own, so a test here meets the same
platform as `make run`.
"""

import io
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from werkzeug.datastructures import FileStorage

from bot.errors import Unknown, named
from bot.gateway import Article, Media, Sent
from bot.parcels import Qr
from clock import Frozen
from sandbox.api.call import Binary, Call
from sandbox.api.table import ROUTES
from sandbox.config import Config
from sandbox.faults import Faults
from sandbox.journal import Journal
from sandbox.parcel import Delivery, Parcel
from sandbox.platform import Platform
from sandbox.postman import Turnstile
from sandbox.refusals import Refusal
from sandbox.seal import Seal, to_xml
from sandbox.tokens import Tokens
from sandbox.world import World


class StillClock:
    """The sandbox's clock on a test's frozen one."""

    offset = 0.0

    def __init__(self, frozen: Frozen) -> None:
        self._frozen = frozen

    def now(self) -> float:
        return self._frozen().timestamp()


class Wire:
    """Carries pushes to the web app in this thread, signed and sealed, three tries each as the platform does."""

    def __init__(self, app: Flask, config: Config, clock: Frozen) -> None:
        self._app, self._seal, self._clock = app, Seal(config), clock
        self._turns: dict[str, Turnstile] = defaultdict(Turnstile)
        #: Delivery reports that the platform sends a moment later.
        self.later_on: list[Callable[[], None]] = []

    def turn(self, openid: str) -> Turnstile:
        return self._turns[openid]

    def deliver(self, parcel: Parcel) -> Delivery:
        delivery = Delivery("failed", 0)
        while delivery.status == "failed" and delivery.tries < 3:
            delivery.tries += 1
            self.attempt(parcel, delivery)
        return delivery

    def attempt(self, parcel: Parcel, delivery: Delivery) -> None:
        """One POST; `delivery` says what came of it."""
        query, body = self._seal.wrap(parcel.fields, self._clock().timestamp())
        answer = self._app.test_client().post("/wechat", query_string=query, data=body, content_type="text/xml")
        delivery.reason = f"HTTP {answer.status_code}"
        if answer.status_code == 200:
            delivery.status, delivery.reply = "ok", self._seal.unwrap(answer.data, query["nonce"])
            delivery.answers.append(to_xml(delivery.reply) if delivery.reply else "")

    def later(self, work: Callable[[], None]) -> None:
        self.later_on.append(work)

    def close(self) -> None:
        self.later_on.clear()


class Desktop(Platform):
    """A sandbox whose clock stands still and whose postman is a Wire."""

    def __init__(self, config: Config, wire: Wire, clock: Frozen) -> None:
        # Not the parent's: it would start a postman that posts over HTTP.
        self.config, self.world, self.postman = config, World(), wire
        self.clock = StillClock(clock)
        self.journal = Journal(self.world, self.clock)
        self.tokens, self.faults = Tokens(config), Faults()
        self.last: dict[str, Parcel] = {}
        self._ids = threading.Lock()


class Switchboard:
    """The Gateway's methods, answered by the platform's own handlers. `lost` are calls whose answer gets lost."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.lost = 0

    def _call(
        self, path: str, told: dict[str, Any] | None = None, files: dict[str, FileStorage] | None = None, **args: str
    ) -> dict[str, Any] | Binary:
        route = ROUTES[path]
        raw = json.dumps(told, ensure_ascii=False).encode() if told is not None else b""
        call = Call(self._platform, path, route.method, args, raw, files or {}, self._platform.clock.now())
        try:
            answer = route.handler(call)
        except Refusal as refusal:
            told = refusal.answer("rid-of-a-test")
            raise named(told["errcode"], told["errmsg"]) from None
        if self.lost:
            self.lost -= 1
            raise Unknown(message="no answer: cut by the test")
        return answer

    def _send(self, openid: str, kind: str, content: dict[str, Any]) -> Sent:
        self._call("/cgi-bin/message/custom/send", {"touser": openid, "msgtype": kind, kind: content})
        return Sent()

    def send_text(self, openid: str, text: str) -> Sent:
        return self._send(openid, "text", {"content": text})

    def send_menu(self, openid: str, head: str, items: Sequence[tuple[str, str]], tail: str) -> Sent:
        choices = [{"id": key, "content": label} for key, label in items]
        return self._send(openid, "msgmenu", {"head_content": head, "list": choices, "tail_content": tail})

    def send_image(self, openid: str, media_id: str) -> Sent:
        return self._send(openid, "image", {"media_id": media_id})

    def send_news(self, openid: str, article: Article) -> Sent:
        card = {"title": article.title, "description": article.description, "url": article.url}
        return self._send(openid, "news", {"articles": [card | {"picurl": article.picture}]})

    def send_template(
        self, openid: str, template_id: str, data: dict[str, Any], url: str = "", client_msg_id: str = ""
    ) -> Sent:
        values = {key: {"value": value} for key, value in data.items()}
        told = {"touser": openid, "template_id": template_id, "data": values, "url": url}
        answer = self._call("/cgi-bin/message/template/send", told | {"client_msg_id": client_msg_id})
        assert isinstance(answer, dict)
        return Sent(str(answer["msgid"]))

    def create_menu(self, menu: dict[str, Any]) -> None:
        self._call("/cgi-bin/menu/create", menu)

    def tags(self) -> dict[str, int]:
        return {one["name"]: one["id"] for one in self._call("/cgi-bin/tags/get")["tags"]}

    def create_tag(self, name: str) -> int:
        return self._call("/cgi-bin/tags/create", {"tag": {"name": name}})["tag"]["id"]

    def tag_people(self, tag_id: int, openids: Sequence[str]) -> None:
        self._call("/cgi-bin/tags/members/batchtagging", {"tagid": tag_id, "openid_list": list(openids)})

    def untag_people(self, tag_id: int, openids: Sequence[str]) -> None:
        self._call("/cgi-bin/tags/members/batchuntagging", {"tagid": tag_id, "openid_list": list(openids)})

    def create_qr(self, scene: str, seconds: int | None = None) -> Qr:
        order = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
        if seconds is not None:
            order |= {"action_name": "QR_STR_SCENE", "expire_seconds": seconds}
        answer = self._call("/cgi-bin/qrcode/create", order)
        return Qr(answer["url"], answer["ticket"])

    def upload_image(self, image: bytes, content_type: str) -> str:
        upload = FileStorage(io.BytesIO(image), "image.png", content_type=content_type)
        answer = self._call("/cgi-bin/media/upload", files={"media": upload}, type="image")
        return answer["media_id"]

    def send_mass(self, openids: Sequence[str], text: str, key: str) -> Sent:
        told = {"touser": list(openids), "msgtype": "text", "text": {"content": text}, "clientmsgid": key}
        answer = self._call("/cgi-bin/message/mass/send", told)
        assert isinstance(answer, dict)
        return Sent(str(answer["msg_id"]))

    def tagged(self, tag_id: int) -> list[str]:
        return self._call("/cgi-bin/user/tag/get", {"tagid": tag_id})["data"]["openid"]

    def send_to_tag(self, tag_id: int, text: str, key: str) -> Sent:
        told = {"filter": {"is_to_all": False, "tag_id": tag_id}, "msgtype": "text", "text": {"content": text}}
        answer = self._call("/cgi-bin/message/mass/sendall", {**told, "clientmsgid": key})
        return Sent(str(answer["msg_id"]))

    def mass_status(self, msg_id: str) -> str:
        answer = self._call("/cgi-bin/message/mass/get", {"msg_id": msg_id})
        assert isinstance(answer, dict)
        return answer["msg_status"]

    def send_notice(self, openid: str, template_id: str, data: dict[str, Any], page: str = "") -> Sent:
        values = {key: {"value": value} for key, value in data.items()}
        told = {"touser": openid, "template_id": template_id, "data": values, "page": page}
        answer = self._call("/cgi-bin/message/subscribe/bizsend", told)
        assert isinstance(answer, dict)
        return Sent(str(answer["msgid"]))

    def fetch_media(self, media_id: str) -> Media:
        answer = self._call("/cgi-bin/media/get", media_id=media_id)
        if isinstance(answer, dict):  # a video: the address of its bytes
            world = self._platform.world
            return Media(world.files[media_id], world.media[media_id].content_type, "video.mp4")
        return Media(answer.data, answer.content_type, answer.filename)
