"""What the documents say is there: links, pictures, commands, settings, tests, and the very words of the bot.

The commands of the guide for a real account are run as they stand.
"""

import re
import shlex
import subprocess
import sys
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import select

import cli
from admin import passwords
from bot.understanding.reading import INTENTS
from models import Role, Staff
from models.db import make_engine, make_sessions
from ops.replay_file import read
from ops.replay_player import Player
from ops.source import modules
from settings import ROOT, Settings
from templates import Texts
from tests.fakes_wechat import Platform
from tests.stories.conftest import make_scene, scene, texts

__all__ = ["make_scene", "scene", "texts"]

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "sandbox" / "README.md"])
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
GUIDE = ROOT / "docs" / "going-live.md"
#: Variables of our tools and of the shell, not settings; docs/settings.md names them too.
TOOLS = {"PORT", "WEB_CONCURRENCY", "PYTHON", "NUANJU_FULL", "ARGS", "CI_SECONDS", "PWD", "TEST_PROCESSES"}
#: A document without these would not be worth its name.
WANTED = ("README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
IMAGE = re.compile(r"<img src=\"([^\"]+)\"")
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)


@cache
def text_of(page: Path) -> str:
    return page.read_text("utf-8")


@cache
def prose_of(page: Path) -> str:
    """The page without its blocks of code."""
    return FENCE.sub("", text_of(page))


@cache
def code_of(page: Path) -> str:
    """Everything that a reader may copy: blocks and `spans`."""
    blocks = "\n".join(block for _, block in FENCE.findall(text_of(page)))
    return blocks + "\n" + "\n".join(re.findall(r"`([^`\n]+)`", prose_of(page)))


def each(pattern: str, of=code_of):
    """(page, match) for every match in the pages."""
    for page in PAGES:
        for found in re.findall(pattern, of(page)):
            yield page.relative_to(ROOT), found


def broken(lines):
    """Show what is wrong, one line each, as the assertion's text."""
    found = sorted(set(lines))
    assert not found, "\n" + "\n".join(found)


def anchors(page: Path):
    """The anchors that a reader of Markdown makes of headings."""
    for _, heading in HEADING.findall(prose_of(page)):
        plain = re.sub(r"[^\w\- ]", "", heading.lower())
        yield plain.replace(" ", "-")


def test_the_documents_are_there():
    assert {page.name for page in PAGES} >= set(WANTED)


def targets():
    """(page, path it points to, anchor) of every link that does not leave the repository."""
    for page in PAGES:
        for link in LINK.findall(prose_of(page)) + IMAGE.findall(prose_of(page)):
            if not re.match(r"[a-z]+:", link):
                path, _, anchor = link.partition("#")
                yield page, (page.parent / path).resolve() if path else page, anchor


def test_every_link_leads_somewhere():
    found = [target for target in targets() if target[1].suffix != ".png"]
    assert len(found) > 40
    broken(
        f"{page.relative_to(ROOT)} → {path.relative_to(ROOT)}#{anchor}"
        for page, path, anchor in found
        if not path.exists() or (anchor and anchor not in anchors(path))
    )


def test_every_picture_is_there():
    shown = {path for _, path, _ in targets() if path.suffix == ".png"}
    assert len(shown) >= 7
    broken(f"{path.relative_to(ROOT)} is missing: make pictures" for path in shown if not path.is_file())


def test_every_make_target_exists():
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = list(each(r"\bmake ([a-z]+)\b"))
    assert {target for _, target in named} >= {"run", "test"}
    broken(f"{page}: make {target}" for page, target in named if target not in known)


def test_every_verb_of_the_command_line_exists():
    named = list(each(r"\bcli\.py ([a-z]+)\b"))
    assert {verb for _, verb in named} >= {"up", "migrate", "doctor", "worker", "clock", "replay"}
    broken(f"{page}: cli.py {verb}" for page, verb in named if verb not in cli.VERBS)


def test_every_variable_is_a_setting():
    settings = {name.upper() for name in Settings.model_fields}
    code = "\n".join("\n".join(module.lines) for module in modules())
    named = list(each(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b"))
    assert {name for _, name in named} >= {"WECHAT_TOKEN", "PUBLIC_URL", "DATABASE_URL"}
    broken(
        f"{page}: {name}"
        for page, name in named
        if name not in settings | TOOLS and not re.search(rf"(^{name}\b.*=|[\"'.]{name}\b)", code, re.MULTILINE)
    )


def test_every_assignment_of_a_shell_line_is_a_setting():
    settings = {name.upper() for name in Settings.model_fields}
    broken(
        f"{page}: {name}=" for page, name in each(r"(?:^|\s|`)([A-Z][A-Z_]+)=(?=\S)") if name not in settings | TOOLS
    )


def test_every_file_that_is_named_exists():
    endings = r"(?:py|md|toml|jsonl|sh|json|html)"
    named = list(each(rf"(?<![\w/.])((?:[a-z_.]+/)+[\w.\-]+\.{endings})\b"))
    assert len(named) > 40
    ours = [(page, name) for page, name in named if not name.startswith("var/") and "NAME" not in name]
    broken(
        f"{page}: {name}"
        for page, name in ours
        if not (ROOT / name).exists() and not (ROOT / page.parent / name).exists()
    )


def test_every_test_that_holds_an_invariant_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text_of(ROOT / "ARCHITECTURE.md"))
    rows = re.findall(r"^\| (\d+) \| .+::test_", text_of(ROOT / "ARCHITECTURE.md"), re.MULTILINE)
    assert rows == [str(number) for number in range(1, 13)]
    broken(f"{file}::{name}" for file, name in named if f"def {name}(" not in (ROOT / file).read_text("utf-8"))


def test_verbs_of_the_desk_never_commit():
    files = sorted((ROOT / "models").rglob("*.py"))
    assert len(files) > 20
    ends = re.compile(r"\.(commit|rollback)\(\)")
    broken(str(path.relative_to(ROOT)) for path in files if ends.search(path.read_text("utf-8")))


def test_both_languages_have_the_same_parts():
    english, chinese = (text_of(page) for page in READMES)
    levels = [[len(marks) for marks, _ in HEADING.findall(FENCE.sub("", text))] for text in (english, chinese)]
    assert levels[0] == levels[1] and len(levels[0]) >= 7
    assert sorted(set(LINK.findall(english)) - {"README.zh-CN.md"}) == sorted(
        set(LINK.findall(chinese)) - {"README.md"}
    )
    for mark in ("bench", "understanding"):
        for text in (english, chinese):
            assert text.count(f"<!-- {mark} -->") == text.count(f"<!-- /{mark} -->") == 1


def test_no_document_names_a_machine_or_a_registry():
    private = re.compile(r"/(work|root|home|tmp)/|(index|find-links)-?url")
    broken(
        f"{page.relative_to(ROOT)}:{number} {line.strip()}"
        for page in PAGES
        for number, line in enumerate(text_of(page).splitlines(), 1)
        if private.search(line)
    )


def test_every_decision_stands_in_the_list_and_has_its_three_parts():
    folder = ROOT / "docs" / "decisions"
    pages = {page.name for page in folder.glob("*.md")} - {"README.md"}
    assert pages == {link for link in LINK.findall(text_of(folder / "README.md")) if "/" not in link}
    parts = ("**Context.**", "**Choice.**", "**What would change our mind.**")
    broken(f"{name}: {part}" for name in pages for part in parts if part not in text_of(folder / name))


def test_the_number_of_intents_is_told_rightly():
    assert f"({len(INTENTS)} intents" in text_of(READMES[0]) and f"（{len(INTENTS)} 种意图" in text_of(READMES[1])


def spoken(page: Path):
    """What the account says in the page's conversation, in pieces between dots."""
    talk = text_of(page).split("\n## ")[1]
    for who, said in re.findall(r"^\| (bot|机器人|→ \S+) \| ([^|]+) \|", talk, re.MULTILINE):
        for piece in said.replace("\\*", "*").replace("<br>", "\n").split("…"):
            if piece.strip():
                yield who, piece.strip()


@pytest.mark.sqlite_only  # words do not depend on the database
@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_the_conversation_is_what_the_bot_says(page, scene):
    with (ROOT / "tests" / "conversations" / "story.jsonl").open(encoding="utf-8") as lines:
        player = Player(scene, read(lines), "docs")
    player.prepare()
    phones = player.play()["phones"]
    heard = "\n".join(message["text"] for shown in phones.values() for message in shown)
    heard = numberless(re.sub(r"<a [^>]*>|</a>", "", heard))
    pieces = list(spoken(page))
    assert len(pieces) >= 13
    broken(f"{who}: {piece}" for who, piece in pieces if numberless(piece) not in heard)


def numberless(words: str) -> str:
    return re.sub(r"BX\d{8}-\d{4}", "BX", words)


def test_the_apology_that_is_quoted_is_the_one_that_is_said():
    facts = {"satisfied": False, "number": "BX20261123-0001", "now": datetime.fromisoformat("2026-11-23T15:00+08:00")}
    contact_by = datetime.fromisoformat("2026-11-23T17:00+08:00")
    sorry = Texts().render("survey.answered", facts | {"contact_by": contact_by})
    assert all(sorry in text_of(page) for page in READMES)


def command(verb: str) -> list[str]:
    """The guide's line that calls this verb of cli.py, as words."""
    (line,) = re.findall(rf"^\.venv/bin/python (cli\.py {verb}\b.*)$", text_of(GUIDE), re.MULTILINE)
    return shlex.split(line)


@pytest.fixture
def run(tmp_path):
    """Run Python, or a verb of cli.py, as somebody would who follows the guide; the environment is a real account's."""
    environment = {
        "PATH": "/usr/bin:/bin", "DATABASE_URL": f"sqlite:///{tmp_path}/real.db", "WECHAT_APP_ID": "wx0123456789abcdef",
        "WECHAT_APP_SECRET": "0123456789abcdef0123456789abcdef", "WECHAT_TOKEN": "nuanjutoken",
        "WECHAT_ENCODING_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "SECRET_KEY": "a-secret-key-for-tests",
    }  # fmt: skip

    def follow(*words, typed="", **more):
        done = subprocess.run(
            [sys.executable, *words], input=typed, env=environment | more, cwd=ROOT, capture_output=True, text=True,
            start_new_session=True,  # without a terminal the password is what is piped in
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return environment["DATABASE_URL"]

    return follow


def test_the_first_administrator_of_the_guide_can_log_in(run):
    run(*command("migrate"))
    url = run(*command("staff add"), typed="three quiet words\n")
    with make_sessions(engine := make_engine(url))() as session:
        person = session.scalars(select(Staff)).one()
        roles = set(session.scalars(select(Role.name)))
        assert passwords.fits(person.password_hash, "three quiet words") and person.may("staff.edit")
    engine.dispose()
    assert {"agent", "engineer", "manager"} <= roles


def test_the_menu_of_the_guide_is_one_that_the_bot_understands(run):
    with Platform() as platform:
        run(*command("menu"), WECHAT_API_BASE=platform.base)
        (call,) = platform.of("/cgi-bin/menu/create")
    keys = {button["key"] for button in call.json["button"]}
    code = "\n".join(
        (ROOT / "bot" / name).read_text("utf-8") for name in ("dialog/desk.py", "dialog/report.py", "dialog/talk.py")
    )
    assert keys == set(re.findall(r"\"(MENU_\w+)\"", code))
