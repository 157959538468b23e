"""The panel in English over the demo company: no page that a manager can reach shows Chinese of the house's own.

What stands in the records (names, addresses, what people and colleagues wrote) is data and stays as it is.
"""

import re
from collections import Counter
from html import unescape

import pytest
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from models import Customer, Role, Staff
from models.base import Base
from models.desk.demo import company as demo
from templates.terms import english, table
from tests.admin.conftest import Person

pytestmark = pytest.mark.sqlite_only  # what a page says does not depend on the database
#: Signs of writing, and the stop between the parts of a Chinese list.
HAN = re.compile(r"[、\u3400-\u9fff]")
LINK = re.compile(r'(?:href|action)="(/admin/[^"#]*)"')
#: What a reader does not see: scripts, and the values behind choices and fields.
UNSEEN = re.compile(r"<(script|style)\b.*?</\1>|\bvalue=\"[^\"]*\"", re.DOTALL)
BREAKS = re.compile(r"[<>\n]")
PIECES = re.compile(r"[\s，。；、：:！？（）()\"“”·]+")
#: The seal of the house, the way back to Chinese, what is typed in Chinese, and the name in the texts' examples.
OURS_IN_CHINESE = ("暖", "中文", "防水保5年", "8幢", "Mr 陈")
#: Records whose names are the house's own: in English they are read in English.
NAMED_BY_US = ("policy", "role", "phase_kind", "care_rule", "warranty_term")
#: Pages of Chinese texts: the words for the chat, for festivals and for warnings.
ABOUT_CHINESE = ("texts.", "greetingrules.", "planner.warning", "auth.logout")
#: So many pages of one kind are looked at.
EACH = 1


def pages_of(client, app) -> dict[str, str]:
    """Every page that links lead to from the first one: path -> what a reader sees of it."""
    seen, counts, queue, found = set(), Counter(), ["/admin/"], {}
    adapter = app.url_map.bind("localhost")
    while queue:
        path = queue.pop(0)
        kind = _kind(adapter, path)
        if path in seen or not kind or counts[kind] >= EACH or kind.startswith(ABOUT_CHINESE):
            continue
        seen.add(path)
        counts[kind] += 1
        answer = client.get(path)
        if answer.status_code == 200 and "html" in answer.content_type:
            text = answer.get_data(as_text=True)
            queue += [unescape(link) for link in LINK.findall(text)]
            found[path] = UNSEEN.sub("", text)
    return found


def _kind(adapter, path: str) -> str:
    try:
        return adapter.match(path.partition("?")[0], method="GET")[0]
    except HTTPException:
        return ""


def words_of(value) -> set[str]:
    """The Chinese in a stored value, whole and in pieces."""
    if isinstance(value, str):
        return {piece for piece in (value, *PIECES.split(value)) if HAN.search(piece)}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return {word for one in inner for word in words_of(one)}


def data_of(session) -> list[str]:
    """Whatever people wrote into the records, the longest first; words of the house itself are none of it."""
    found = set()
    for one in Base.metadata.sorted_tables:
        if one.name not in NAMED_BY_US:
            found |= {word for row in session.execute(select(one)) for value in row for word in words_of(value)}
    calls = {one.call for one in session.scalars(select(Customer)) if HAN.search(one.call)}
    found |= calls | {english(call) for call in calls}
    ours = {*table(), *session.scalars(select(Role.title))} - {*session.scalars(select(Staff.name))}
    return sorted((word for word in found if len(word) > 1 and word not in ours), key=len, reverse=True)


def chinese(page: str, data: list[str]) -> list[str]:
    """The lines of a page on which Chinese is left that is neither data nor meant to be there."""
    left = []
    for line in {unescape(line).strip() for line in BREAKS.split(page) if HAN.search(line)}:
        rest = line
        for word in (*data, *OURS_IN_CHINESE):
            rest = rest.replace(word, "") if word in rest else rest
        cut = rest.endswith("…") and any(rest[:-1] in word for word in data)
        if HAN.search(rest) and len(rest) > 1 and not cut:
            left.append(line)
    return left


def test_no_page_of_the_english_panel_is_half_chinese(app, sessions, clock):
    with sessions.begin() as session:
        demo.plant(session, clock())
        session.scalars(select(Staff).where(Staff.username == "manager")).one().lang = "en"
    with sessions() as session:
        data = data_of(session)
    manager = Person(app.test_client())
    assert manager.log_in("manager", demo.PASSWORD).status_code == 302
    pages = pages_of(manager.client, app)
    assert len(pages) > 100 and "/admin/repairs/" in pages and any("/details/" in path for path in pages)
    assert {path: lines for path, page in pages.items() if (lines := chinese(page, data))} == {}
