"""Reading code as data: what counts as an import, a cycle, a public thing, a long function."""

from pathlib import Path

from ops import shape
from ops.source import Module, cycles, edges


def module(name, text, path=None):
    return Module(name, Path(path or name.replace(".", "/") + ".py"), text)


def test_a_cycle_is_found_and_a_plain_chain_is_not():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}
    assert cycles(graph) == [["b", "c"]]
    assert cycles({"a": {"b"}, "b": set()}) == []


def test_imports_for_types_are_no_edge_and_relative_ones_are():
    some = [
        module("bot", "from . import inbox\n", "bot/__init__.py"),
        module("bot.inbox", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from bot import dialog\n"),
        module("bot.dialog", "from .heard import Heard\nimport bot.inbox\n"),
        module("bot.heard", "import json\n"),
    ]
    assert edges(some) == {
        "bot": {"bot.inbox"},
        "bot.inbox": set(),
        "bot.dialog": {"bot.heard", "bot.inbox"},
        "bot.heard": set(),
    }


def test_an_import_inside_a_function_is_found_only_when_it_is_ours():
    some = [module("bot", "def f():\n    import json\n    from models import Ticket\n"), module("models", "")]
    assert shape.project_imports_in_functions(some[0], some) == ["bot:3 models.Ticket"]


def test_public_things_without_a_docstring_are_named():
    text = (
        '"""Says."""\nclass Told:\n    """Yes."""\n    def __init__(self): ...\n    def silent(self): ...\n'
        "    def _private(self): ...\n    @property\n    def x(self):\n        '''Yes.'''\n    @x.setter\n"
        "    def x(self, value): ...\ndef told():\n    '''Yes.'''\n    def inner(): ...\n"
    )
    assert shape.undocumented(module("a", text)) == ["a.Told.silent"]
    assert shape.undocumented(module("a", "x = 1\n")) == ["a"] and shape.undocumented(module("a", "")) == []


def test_the_docstring_does_not_count_as_body():
    text = 'def f(a, *, b):\n    """One.\n\n    More.\n    """\n    a += 1\n    return a\n'
    (function,) = module("a", text).every_function
    assert (function.body_lines, function.parameters) == (2, 2)


def test_limits_name_file_function_and_signature():
    long = "def f(a, b, c, d, e, g, h):\n" + "    a = 1\n" * 41
    found = shape.over_limits([module("a", long + "\n" * 300)])
    assert [line.split(": ")[1] for line in found] == ["342 lines in a", "41 lines", "7 parameters"]


def test_patches_are_seen_and_environment_variables_are_not_patches():
    text = "from unittest.mock import patch\ndef test(monkeypatch):\n    monkeypatch.setattr(a, 'b', 1)\n"
    assert len(shape.patches(module("tests.test_a", text))) == 2
    assert shape.patches(module("tests.test_a", "def test(monkeypatch):\n    monkeypatch.setenv('A', '1')\n")) == []


def test_the_table_has_a_row_for_every_target():
    rows = shape.measures([module("a", '"""Says."""\n# why\nx = 1\n'), module("tests.test_a", "x = 1\ny = 2\n")])
    assert len(rows) == 9
    by_name = {row.what: row for row in rows}
    assert by_name["docstrings on public things, %"].met and not by_name["comments, % of lines"].met
