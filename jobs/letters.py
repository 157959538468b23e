"""From an outgoing row to the very words and buttons that go to the platform, made at the moment of sending. Pure.

Words of people lose their power to be links before they get here or on the way; only our own texts may hold a link.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import links
from bot.wechat import cut
from models.knowledge import TextVersion
from models.outbound import Outgoing
from models.people import Follower
from models.worktime import SHANGHAI
from templates import Texts, terms
from templates.faces import defuse, span

#: A field of a template message holds so many characters and no line break (platform notice of 2023-05-04).
FIELD_CHARACTERS = 20
#: The platform takes emoji out of fields, with whatever joins and colours them: so do we, before they are counted.
_PICTURES = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u231a-\u23ff\ufe0e\ufe0f\u200d\u20e3\U000e0020-\U000e007f]"
)
PAGE_LINK = "notice.page_link"
#: A text's short form stands beside it under its key and this ending.
BRIEF = "_brief"
Edited = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Wording:
    """What one person reads: the words, buttons as (id, label), and the page behind a service notice."""

    text: str
    choices: tuple[tuple[str, str], ...] = ()
    url: str = ""
    #: What did not fit into one message of the platform; promised anew once the first part was sent.
    rest: str = ""
    #: The matter in a few words, for the field of a notice template; empty means the beginning of the text.
    brief: str = ""

    @property
    def in_words(self) -> str:
        """The words with the choices spelled out, for where there are no buttons."""
        # Figures need no buttons to be written: the words ask for them already.
        if all(label.isdigit() for _, label in self.choices):
            return self.text
        spelled = "".join(f"[{label}]" if label.isascii() else f"〔{label}〕" for _, label in self.choices)
        return cut(f"{self.text}\n{spelled}")[0]

    def fields(self, number: str, now: dt.datetime) -> dict[str, str]:
        """The keywords of the notice template, each short enough for the platform; see docs/jobs.md."""
        plain = self.brief or self.text.split("<a ")[0]
        return {
            "character_string1": _field(number or now.astimezone(SHANGHAI).strftime("%Y%m%d")),
            "thing2": _field(plain),
            "time3": now.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        }


@dataclass(frozen=True)
class Writer:
    """What writing needs beside the row: the texts, the staff's wording of them, and how links are signed."""

    texts: Texts
    edited: Edited
    secret: str
    public_url: str
    now: dt.datetime

    def write(self, row: Outgoing, follower: Follower) -> Wording:
        """The letter of `row`; the texts' own errors (a missing fact, an unknown key) are bugs of ours and raised."""
        url = self._url(row, follower)
        own = terms.english if follower.lang == "en" else str
        choices = tuple((str(key), own(str(label))) for label, key in row.choices)
        if not row.text_key:
            head, rest = cut(defuse(row.body))
            return Wording(head, choices, url, rest)
        facts = {**row.facts, "now": self.now} | ({"link": url} if url and row.page else {})
        if facts.get("when_start"):
            # 明天下午 was said on another day: what is printed is seen from the day it is read.
            facts["when"] = span(facts["when_start"], facts.get("when_end"), self.now, follower.lang)
        words = self._render(row.text_key, facts, follower.lang)
        if url and row.page and url not in words:
            link = self._render(PAGE_LINK, facts, follower.lang) if facts.get("number") else url
            words = f"{words}\n{link}"
        head, rest = cut(words)
        return Wording(head, choices, url, rest, self._brief(row.text_key, facts, follower.lang))

    def _brief(self, key: str, facts: dict[str, Any], lang: str) -> str:
        """The matter in a few words, where the catalogue has such a form of the text."""
        brief = key + BRIEF
        return self._render(brief, facts, lang) if brief in self.texts.known else ""

    def _render(self, key: str, facts: dict[str, Any], lang: str) -> str:
        return self.texts.render(key, facts, lang, self.edited.get((key, lang)))

    def _url(self, row: Outgoing, follower: Follower) -> str:
        """The page this letter opens: as the row says, else the progress page of a customer's own case."""
        page = row.page
        if not page and row.purpose == "service" and row.ticket_id is not None and _is_repair(row):
            page = {"purpose": "repair", "ticket_id": row.ticket_id, "reader_id": follower.id}
        if not page:
            return ""
        ticket = links.Ticket(page["purpose"], page["ticket_id"], page.get("crew_id") or 0, page.get("reader_id") or 0)
        return links.address(self.public_url, self.secret, ticket, now=self.now)


def edited_by_staff(session: Session, rows: Iterable[Outgoing]) -> Edited:
    """The staff's newest active wording of every text these rows use, by key and language. One query."""
    keys = {row.text_key for row in rows if row.text_key} | {PAGE_LINK}
    query = (
        select(TextVersion.key, TextVersion.lang, TextVersion.body)
        .where(TextVersion.key.in_(keys), TextVersion.active)
        .order_by(TextVersion.version)
    )
    return {(key, lang): body for key, lang, body in session.execute(query)}


def client_msg_id(dedupe_key: str) -> str:
    """The platform's idempotency key for a promise: 32 characters, since it names no longer limit anywhere."""
    return hashlib.sha256(dedupe_key.encode()).hexdigest()[:32]


def _is_repair(row: Outgoing) -> bool:
    """Only repairs have a progress page; the number that people read says what a case is."""
    return str(row.facts.get("number", "BX")).startswith("BX")


def _field(text: str) -> str:
    line = " ".join(_PICTURES.sub("", text).split())
    return line if len(line) <= FIELD_CHARACTERS else line[: FIELD_CHARACTERS - 1] + "…"
