"""The panel's catalogues: both languages complete, every key that is used exists, every value has a name."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import admin
from admin import frame, outgoing, words
from admin.words import catalogue
from models import Outgoing
from models.desk import escalations
from models.desk.escalations import ROLE_OF
from models.desk.staff.roles import PERMISSIONS, ROLES
from models.outbound import OUTGOING_STATES
from models.states import COMPLAINT, REPAIR
from models.work import STATE_NAMES
from settings import ROOT
from templates import Texts

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
        ("state", STATE_NAMES),
        ("outgoing", OUTGOING_STATES),
        ("escalation_kind", ROLE_OF),
        ("perm", PERMISSIONS),
        ("event", {*REPAIR, *COMPLAINT}),
        ("owner", ("bot", "queue", "agent")),
        ("promise", ("open", "paused", "met", "missed", "dropped")),
        ("survey", ("planned", "asked", "answered", "phone", "dropped")),
    ],
)
def test_every_value_that_records_hold_has_a_name(group, values):
    assert not [value for value in values if not words.known(f"{group}.{value}")]


def test_the_panel_names_states_as_the_models_do():
    assert {state: catalogue("zh")[f"state.{state}"] for state in STATE_NAMES} == STATE_NAMES
    assert {state: catalogue("zh")[f"outgoing.{state}"] for state in OUTGOING_STATES} == OUTGOING_STATES


def test_permissions_read_the_same_in_models_and_panel():
    assert {name: catalogue("zh")[f"perm.{name}"] for name in PERMISSIONS} == PERMISSIONS
    for _title, granted in ROLES.values():
        assert set(granted) <= set(PERMISSIONS)
        assert len(granted) == len(set(granted))


#: Calls whose reasons end up on an outgoing row; the reasons of cases are words of people.
MAKERS = {"Verdict", "Outcome", "move", "values", "hold", "cancel", "put_back", "withdraw"}


def written(node: ast.AST) -> Iterator[str]:
    """The reasons that one piece of code writes: by keyword, as second word of a verdict, or assigned."""
    if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in MAKERS:
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        values = [keyword.value for keyword in node.keywords if keyword.arg == "reason"]
        values += node.args[1:2] if name in ("Verdict", "Outcome") else []
        for value in values:
            parts = value.values if isinstance(value, ast.BoolOp) else [value]
            parts = [value.body, value.orelse] if isinstance(value, ast.IfExp) else parts
            for part in parts:
                part = part.value if isinstance(part, ast.Subscript) else part
                part = part.values[0] if isinstance(part, ast.JoinedStr) else part
                yield str(getattr(part, "value", "")) if isinstance(part, ast.Constant) else ""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
        for target, value in zip(node.targets[0].elts, node.value.elts, strict=True):
            if getattr(target, "attr", "") == "reason" and isinstance(value, ast.Constant):
                yield str(value.value)


def reasons_in_code() -> set[str]:
    """Every reason that code writes on an outgoing row."""
    found = set()
    for path in [*(ROOT / "models" / "desk").rglob("*.py"), *(ROOT / "jobs").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            found |= {reason.partition(":")[0] for reason in written(node)}
    return found - {""}


def test_every_reason_has_its_sentence_and_no_sentence_is_idle():
    reasons = reasons_in_code()
    assert {"no_answer", "window_closed", "too_late", "after_another", "not_delivered", "retried"} <= reasons, "search"
    # On a queued row `unreachable` is the platform, on a held one the person.
    named = {key.removeprefix("reason.") for key in catalogue("zh") if key.startswith("reason.")}
    assert named == reasons | {"unreachable_queued"}


@pytest.mark.parametrize("lang", words.LANGS)
def test_a_reason_is_a_sentence_that_says_what_to_do(lang):
    for key in catalogue(lang):
        if key.startswith(("reason.", "escalation_help.")):
            assert catalogue(lang)[key].endswith(("。", ".")), key
            assert len(catalogue(lang)[key]) >= 12, key


def test_unreachable_is_the_person_on_a_held_row_and_the_platform_on_a_queued_one(app):
    with app.test_request_context():
        held = outgoing.reason(Outgoing(state="held", reason="unreachable"))
        queued = outgoing.reason(Outgoing(state="queued", reason="unreachable"))
    assert "这个人" in held and "自动再试" in queued


def test_every_kind_of_escalation_has_a_title_and_help_and_no_text_is_idle():
    for group in ("escalation_kind", "escalation_help"):
        named = {key.removeprefix(f"{group}.") for key in catalogue("zh") if key.startswith(f"{group}.")}
        assert named == set(ROLE_OF)


def test_a_failed_message_says_in_words_why_and_what_to_do(as_role, session, desk, now):
    escalations.raise_(session, "message_failed", desk.repair, words="no_answer", now=now)
    session.commit()
    page = as_role("agent").get("/admin/escalations/").get_data(as_text=True)
    assert "no_answer" not in page
    assert "消息没送到" in page and "微信没有回音" in page and "重发或打电话" in page


test_a_failed_message_says_in_words_why_and_what_to_do = pytest.mark.sqlite_only(
    test_a_failed_message_says_in_words_why_and_what_to_do
)


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


def test_every_group_of_texts_has_a_name_that_staff_understand():
    texts = Texts().keys()
    groups = {key.partition(".")[0] for key in texts}
    assert len(groups) > 30
    for lang in words.LANGS:
        assert [name for name in groups if f"dialog.{name}" not in words.catalogue(lang)] == []
