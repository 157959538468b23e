"""The panel's catalogues: both languages complete, every key that is used exists, every value has a name."""

import re
import string
from pathlib import Path

import pytest

import admin
from admin import frame, words
from admin.words import catalogue
from models.desk import outbox
from models.desk.escalations import ROLE_OF
from models.desk.ladder import Verdict, judge
from models.desk.roles import PERMISSIONS, ROLES
from models.outbound import OUTGOING_STATES
from models.work import MOVES, STATE_NAMES
from settings import ROOT

HOME = Path(admin.__file__).parent
#: Keys that pages build from a word and a value.
BUILT = re.compile(r"[a-z_]+(?:\.[a-z_]+)*\.$")


def used() -> set[str]:
    """Every key written out in code or pages."""
    found = set()
    for path in [*HOME.glob("*.py"), *(ROOT / "templates" / "admin").rglob("*.html")]:
        source = path.read_text("utf-8")
        for call in re.findall(r"\b(?:t|lazy)\(([^()]*)", source):
            found |= set(re.findall(r"[\"']([a-z_]+(?:\.[a-z_]+)+)[\"']", call))
    return found


def test_both_languages_have_the_same_keys():
    assert set(catalogue("zh")) == set(catalogue("en"))


def test_every_key_in_use_exists():
    keys = used()
    assert len(keys) > 250, "the search itself must work"
    assert not {key for key in keys if key not in catalogue("zh")}


def test_no_text_is_empty_and_both_name_the_same_facts():
    for key, text in catalogue("zh").items():
        other = catalogue("en")[key]
        assert text.strip() and other.strip(), key
        assert facts(text) == facts(other), key


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_entry_of_the_rail_has_its_words():
    for group, lines in frame.RAIL:
        assert words.known(f"group.{group}")
        assert all(words.known(f"nav.{name}") for name, _icon in lines)


@pytest.mark.parametrize(
    ("group", "values"),
    [
        ("state", MOVES),
        ("outgoing", OUTGOING_STATES),
        ("escalation_kind", ROLE_OF),
        ("perm", PERMISSIONS),
        ("event", MOVES),
        ("owner", ("bot", "queue", "agent")),
        ("promise", ("open", "paused", "met", "missed", "dropped")),
        ("survey", ("planned", "asked", "answered", "phone", "dropped")),
    ],
)
def test_every_value_that_records_hold_has_a_name(group, values):
    assert not [value for value in values if not words.known(f"{group}.{value}")]


def test_the_panel_names_states_as_the_models_do():
    assert {state: catalogue("zh")[f"state.{state}"] for state in MOVES} == STATE_NAMES
    assert {state: catalogue("zh")[f"outgoing.{state}"] for state in OUTGOING_STATES} == OUTGOING_STATES


def test_permissions_read_the_same_in_models_and_panel():
    assert {name: catalogue("zh")[f"perm.{name}"] for name in PERMISSIONS} == PERMISSIONS
    for _title, granted in ROLES.values():
        assert set(granted) <= set(PERMISSIONS)
        assert len(granted) == len(set(granted))


def test_reasons_of_the_outbox_can_be_read():
    source = Path(outbox.__file__).read_text("utf-8") + Path(judge.__code__.co_filename).read_text("utf-8")
    reasons = set(re.findall(r"(?:reason=|Verdict\(\"[a-z]+\", )\"([a-z_]+)\"", source))
    assert Verdict("hold", "window_closed").reason in reasons, "the search itself must work"
    assert not [reason for reason in reasons if not words.known(f"reason.{reason}")]


def test_the_language_switch_changes_every_word_of_the_frame(as_role):
    person = as_role("manager")
    assert "需要我现在处理" in person.get("/admin/").get_data(as_text=True)
    person.post("/admin/language", lang="en", next="/admin/repairs/")
    page = person.get("/admin/").get_data(as_text=True)
    assert '<html lang="en">' in page
    assert "Needs me now" in page
    for label in re.findall(r'class="word">([^<]+)<', page):
        assert not re.search(r"[\u4e00-\u9fff]", label), label


test_the_language_switch_changes_every_word_of_the_frame = pytest.mark.sqlite_only(
    test_the_language_switch_changes_every_word_of_the_frame
)
