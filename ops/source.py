"""Our own code as data: which modules there are, what they import and what they define. Nothing is executed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from settings import ROOT

#: Folders that hold no code of ours.
FOREIGN = {"var", "node_modules"}
#: Written by Alembic's template, once, and never read again.
GENERATED = {"migrations"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Import:
    """One import statement's target, as a dotted name, and where it stands."""

    target: str
    line: int
    in_function: bool
    for_types_only: bool


@dataclass(frozen=True)
class Defined:
    """A function or class: its dotted name within the module and its syntax tree."""

    name: str
    node: Function | ast.ClassDef

    @property
    def is_function(self) -> bool:
        """Whether it is a function or method, not a class."""
        return not isinstance(self.node, ast.ClassDef)

    @property
    def public(self) -> bool:
        """Whether readers elsewhere may use it: no part of its name is private or special."""
        return not any(part.startswith("_") for part in self.name.split("."))

    @property
    def body_lines(self) -> int:
        """Lines from the first statement after the docstring to the last one."""
        body = self.node.body[1:] if ast.get_docstring(self.node, clean=False) is not None else self.node.body
        return (self.node.end_lineno or 0) - body[0].lineno + 1 if body else 0

    @property
    def parameters(self) -> int:
        """How many arguments it takes, `self` and `cls` not counted."""
        if isinstance(self.node, ast.ClassDef):
            return 0
        every = self.node.args
        names = [arg.arg for arg in (*every.posonlyargs, *every.args, *every.kwonlyargs)]
        return len([name for name in names if name not in ("self", "cls")])


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name and its text, parsed when asked."""

    name: str
    path: Path
    text: str = field(repr=False)

    @property
    def package(self) -> str:
        """The top-level name: `bot` for bot.webhook."""
        return self.name.split(".")[0]

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the file."""
        return self.text.splitlines()

    @cached_property
    def defined(self) -> list[Defined]:
        """All functions and classes, except those inside functions: nobody else can reach them."""
        return list(_defined(self.tree, ""))

    @cached_property
    def every_function(self) -> list[Defined]:
        """All functions, the nested ones too."""
        nodes = (node for node in ast.walk(self.tree) if isinstance(node, Function))
        return [Defined(node.name, node) for node in nodes]

    @cached_property
    def imports(self) -> list[Import]:
        """All imports, relative ones made absolute; `from a import b` counts as `a.b`."""
        found: list[Import] = []
        _collect_imports(self, self.tree, False, False, found)
        return found

    def is_test(self) -> bool:
        """Whether it belongs to the tests."""
        return self.package == "tests"


def modules(root: Path = ROOT) -> list[Module]:
    """Return every Python file of ours except generated ones, sorted by name."""
    found = []
    for path in root.rglob("*.py"):
        parts = path.relative_to(root).parts
        if any(part.startswith(".") or part in FOREIGN | GENERATED for part in parts[:-1]):
            continue
        names = [*parts[:-1], *([] if path.name == "__init__.py" else [path.stem])]
        found.append(Module(".".join(names), path, path.read_text("utf-8")))
    return sorted(found, key=lambda module: module.name)


def edges(all_modules: list[Module]) -> dict[str, set[str]]:
    """Return which module imports which of ours at run time."""
    known = {module.name for module in all_modules}
    return {
        module.name: {
            target
            for imported in module.imports
            if not imported.for_types_only and (target := _ours(imported.target, known)) not in (None, module.name)
        }
        for module in all_modules
    }  # type: ignore[return-value]


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that reach each other, each sorted; empty when there is no cycle."""
    reach = {name: _reachable(name, graph) for name in graph}
    groups = {tuple(sorted({name} | {other for other in reach[name] if name in reach[other]})) for name in graph
              if name in reach[name]}  # fmt: skip
    return [list(group) for group in sorted(groups)]


def _reachable(start: str, graph: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    todo = [start]
    while todo:
        new = graph.get(todo.pop(), set()) - found
        found |= new
        todo += new
    return found


def _ours(target: str, known: set[str]) -> str | None:
    """`bot.errors.Refused` is in bot.errors, `bot.errors` is itself; None for a library."""
    return next((name for name in (target, target.rpartition(".")[0]) if name in known), None)


def _defined(node: ast.AST, prefix: str) -> Iterator[Defined]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            yield Defined(prefix + child.name, child)
        elif isinstance(child, ast.ClassDef):
            yield Defined(prefix + child.name, child)
            yield from _defined(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.If | ast.Try):
            yield from _defined(child, prefix)


def _collect_imports(module: Module, node: ast.AST, inside: bool, types: bool, found: list[Import]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            found += [Import(alias.name, child.lineno, inside, types) for alias in child.names]
        elif isinstance(child, ast.ImportFrom):
            base = _absolute(module, child)
            found += [Import(f"{base}.{alias.name}", child.lineno, inside, types) for alias in child.names]
        is_types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        _collect_imports(module, child, inside or isinstance(child, Function), types or is_types, found)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    here = module.name.split(".") if module.path.name == "__init__.py" else module.name.split(".")[:-1]
    base = here[: len(here) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])
