"""Scripts are data: one that cannot work must not import, and everything they say must exist."""

import ast
from pathlib import Path

import pytest

from bot.dialog import SCRIPTS, form, talk
from bot.inbox.verbs import VERBS
from bot.scripts import crew
from bot.scripts.script import Ask, Script
from templates import Texts

BOT = Path(form.__file__).parent
SOURCES = [*BOT.rglob("*.py"), *(BOT.parent / "scripts").glob("*.py")]
KEYS = set(Texts().keys())


def ask(then: str | None) -> Ask:
    return Ask("repair.ask_problem", lambda _: None, then, ("problem",))


@pytest.mark.parametrize(
    "steps, start",
    [
        ({"a": ask("nowhere")}, "a"),
        ({"a": ask("b"), "b": ask("a")}, "a"),
        ({"a": ask(None), "island": ask(None)}, "a"),
        ({"a": ask(None)}, "b"),
    ],
)
def test_a_script_that_leads_nowhere_in_a_circle_or_past_a_step_is_refused(steps, start):
    with pytest.raises(ValueError, match="script lost"):
        Script("lost", start, steps, finish=lambda turn: turn.leave())


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_every_question_of_a_script_has_its_words(script):
    assert script.texts() and script.texts() <= KEYS


def _said(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("say", "Refusal", "Do"):
                yield name, node.args[0]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_text_and_verb_that_the_engine_names_exists(path):
    for name, first in _said(ast.parse(path.read_text("utf-8"))):
        if isinstance(first, ast.Constant):
            assert first.value in (VERBS if name == "Do" else KEYS), f"{path.name}: {first.value}"


def test_texts_and_verbs_with_a_computed_name_exist_for_every_name():
    reasons = {*talk.FOR_A_PERSON.values(), "asked", "anger", "not_understood", "progress", "crew"}
    assert {f"hand_over.{reason}" for reason in reasons} <= KEYS
    assert {f"crew.{step}" for step in crew.FROM} <= KEYS & set(VERBS)
    assert {f"crew.ask_{what}" for what in crew.ASKED} <= KEYS
