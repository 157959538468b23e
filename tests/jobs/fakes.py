"""A platform in the process: what was sent to whom, and the refusals that a test asks for."""

import threading
from collections.abc import Callable
from typing import Any

from bot.gateway import Article, Media, Sent


class Platform:
    """Stands where the Gateway stands. `answers` maps an openid to errors raised, one per call, before it is heard."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.templates: list[tuple[str, dict[str, Any], str, str]] = []
        self.notices: list[tuple[str, str, dict[str, Any], str]] = []
        self.menus: list[tuple[str, list[tuple[str, str]]]] = []
        #: Mass sends by key: each was carried out once. `heard_anyway` carries one out although its answer is lost.
        self.masses: list[tuple[str, list[str], str]] = []
        self.jobs: dict[str, str] = {}
        self.heard_anyway = False
        #: Tag -> who has it; the tags looked at and sent to.
        self.tag_holders: dict[int, list[str]] = {}
        self.looked_at: list[int] = []
        self.by_tag: list[int] = []
        self.on_mass: Callable[[str], None] = lambda msg_id: None
        self.status = "SENDING"
        self.asked: list[str] = []
        self.cards: list[Article] = []
        self.errors: dict[str, list[Exception]] = {}
        self.media: dict[str, bytes | Exception] = {}
        self.before: Callable[[str], None] = lambda openid: None
        self._lock = threading.Lock()

    def _hear(self, kind: str, openid: str, text: str) -> Sent:
        self.before(openid)
        with self._lock:
            if waiting := self.errors.get(openid) or self.errors.get("*"):
                raise waiting.pop(0)
            self.sent.append((kind, openid, text))
            return Sent(f"{len(self.sent)}")

    def send_text(self, openid: str, text: str) -> Sent:
        return self._hear("text", openid, text)

    def send_menu(self, openid: str, head: str, items: list[tuple[str, str]], tail: str) -> Sent:
        answer = self._hear("menu", openid, head)
        self.menus.append((openid, items))
        return answer

    def send_template(self, openid: str, template_id: str, data: dict, url: str = "", client_msg_id: str = "") -> Sent:
        answer = self._hear("template", openid, template_id)
        self.templates.append((openid, data, url, client_msg_id))
        return answer

    def send_notice(self, openid: str, template_id: str, data: dict, page: str = "") -> Sent:
        answer = self._hear("subscribe", openid, template_id)
        self.notices.append((openid, template_id, data, page))
        return answer

    def tagged(self, tag_id: int) -> list[str]:
        self.looked_at.append(tag_id)
        return list(self.tag_holders[tag_id])

    def send_to_tag(self, tag_id: int, text: str, key: str) -> Sent:
        answer = self.send_mass(self.tag_holders[tag_id], text, key)
        self.by_tag.append(tag_id)
        return answer

    def send_mass(self, openids: list[str], text: str, key: str) -> Sent:
        waiting = self.errors.get("mass")
        error = waiting.pop(0) if waiting else None
        if (error is None or self.heard_anyway) and key not in self.jobs:
            self.jobs[key] = str(900 + len(self.jobs))
            self.masses.append((key, list(openids), text))
            self.on_mass(self.jobs[key])
        if error is not None:
            raise error
        return Sent(self.jobs[key])

    def mass_status(self, msg_id: str) -> str:
        self.asked.append(msg_id)
        return self.status

    def upload_image(self, image: bytes, content_type: str) -> str:
        return f"uploaded-{len(image)}-{content_type}"

    def send_image(self, openid: str, media_id: str) -> Sent:
        return self._hear("image", openid, media_id)

    def send_news(self, openid: str, article: Article) -> Sent:
        self.cards.append(article)
        return self._hear("news", openid, article.title)

    def fetch_media(self, media_id: str) -> Media:
        found = self.media[media_id]
        if isinstance(found, list):
            found = found.pop(0)
        if isinstance(found, Exception):
            raise found
        return Media(found, "application/octet-stream", "../../x.exe")

    def texts_to(self, openid: str) -> list[str]:
        return [text for _, to, text in self.sent if to == openid]
