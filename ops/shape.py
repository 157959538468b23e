"""`cli.py shape`: measures our code beside the targets that we took from the best code bases we read.

Counted: files without tests and generated migrations; function bodies without their docstring; comments as
lines that hold nothing else; patches as anything in a test that replaces an attribute of a module.
"""

import argparse
import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ops.source import Module, cycles, edges, modules

FILE_LIMIT, FUNCTION_LIMIT, PARAMETER_LIMIT = 300, 40, 6


@dataclass(frozen=True)
class Measure:
    """One row: what was measured, the value, the target, and whether it is met."""

    what: str
    value: str
    target: str
    met: bool


def main(arguments: list[str]) -> int:
    """Print the table and whatever is over a hard limit; returns 1 when a target is missed."""
    argparse.ArgumentParser(prog="cli.py shape", description=main.__doc__).parse_args(arguments)
    everything = modules()
    rows = measures(everything)
    for row in rows:
        print(f"{'✓' if row.met else '✗'} {row.what:<34} {row.value:>14}   {row.target}")
    for line in over_limits([module for module in everything if not module.is_test()]):
        print("  " + line)
    return int(not all(row.met for row in rows))


def measures(everything: list[Module]) -> list[Measure]:
    """Return all rows of the table."""
    code = [module for module in everything if not module.is_test()]
    tests = [module for module in everything if module.is_test()]
    files = [len(module.lines) for module in code]
    bodies = [function.body_lines for module in code for function in module.every_function]
    documented, public = docstrings(code)
    ratio = _ink(tests) / max(1, _ink(code))
    comments = 100 * _comments(code) / max(1, _ink(code))
    loops = cycles(edges(everything))
    inside = [where for module in everything for where in project_imports_in_functions(module, everything)]
    most = max((function.parameters for module in code for function in module.every_function), default=0)
    return [
        _spread("file lines (med/p95/max)", files, (110, None, FILE_LIMIT)),
        _spread("function body (med/p95/max)", bodies, (6, 25, FUNCTION_LIMIT)),
        _row("most parameters", most, "≤ 6", lambda value: value <= PARAMETER_LIMIT),
        _row("docstrings on public things, %", round(100 * documented / max(1, public), 1), "100",
             lambda value: value == 100),
        _row("comments, % of lines", round(comments, 1), "3–8", lambda value: 3 <= value <= 8),
        _row("test:code", round(ratio, 2), "1.5–2.5", lambda value: 1.5 <= value <= 2.5),
        _row("patches in tests", sum(len(patches(module)) for module in tests), "0", lambda value: value == 0),
        _row("modules in import cycles", sum(map(len, loops)), "0", lambda value: value == 0),
        _row("project imports inside functions", len(inside), "0", lambda value: value == 0),
    ]  # fmt: skip


def over_limits(code: list[Module]) -> list[str]:
    """Return one line for each file, function or signature over its hard limit."""
    found = [f"{module.path.name}: {len(module.lines)} lines in {module.name}" for module in code
             if len(module.lines) > FILE_LIMIT]  # fmt: skip
    for module in code:
        for function in module.every_function:
            where = f"{module.name}:{function.node.lineno} {function.name}"
            if function.body_lines > FUNCTION_LIMIT:
                found.append(f"{where}: {function.body_lines} lines")
            # A test's parameters are its fixtures: a list of what the scene needs, not something to pass.
            if function.parameters > PARAMETER_LIMIT and not module.is_test():
                found.append(f"{where}: {function.parameters} parameters")
    return found


def undocumented(module: Module) -> list[str]:
    """Return the public things of a module that say nothing about themselves, the module included."""
    silent = [] if ast.get_docstring(module.tree) or not module.text.strip() else [module.name]
    return silent + [
        f"{module.name}.{thing.name}"
        for thing in module.defined
        if thing.public and not ast.get_docstring(thing.node) and not _is_setter(thing.node)
    ]


def docstrings(code: list[Module]) -> tuple[int, int]:
    """Return how many public modules, classes and functions have a docstring, and how many there are."""
    public = sum(1 + sum(thing.public for thing in module.defined) for module in code)
    return public - sum(len(undocumented(module)) for module in code), public


def project_imports_in_functions(module: Module, everything: list[Module]) -> list[str]:
    """Return the places where a function imports something of ours."""
    packages = {other.package for other in everything}
    return [
        f"{module.name}:{imported.line} {imported.target}"
        for imported in module.imports
        if imported.in_function and imported.target.split(".")[0] in packages
    ]


def patches(module: Module) -> list[str]:
    """Return the places where a test replaces part of a module instead of passing something in."""
    found = [f"{module.name}:{each.line} {each.target}" for each in module.imports if "mock" in each.target]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr == "setattr":
            found.append(f"{module.name}:{node.lineno} setattr")
    return found


def _is_setter(node: ast.AST) -> bool:
    """A property's setter, or an overload: it is the same thing as the one that is documented."""
    marks = [ast.unparse(mark) for mark in getattr(node, "decorator_list", [])]
    return any(mark.endswith((".setter", ".expression", "overload", ".inplace.setter")) for mark in marks)


def _ink(some: list[Module]) -> int:
    return sum(bool(line.strip()) for module in some for line in module.lines)


def _comments(some: list[Module]) -> int:
    return sum(line.lstrip().startswith("#") for module in some for line in module.lines)


def _row(what: str, value: float, target: str, met: Callable[[float], bool]) -> Measure:
    return Measure(what, f"{value:g}", target, met(value))


def _spread(what: str, values: Sequence[int], targets: tuple[int | None, ...]) -> Measure:
    """Median, 95th percentile and maximum beside their targets; None is a target that nobody set."""
    ordered = sorted(values) or [0]
    found = [ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)], ordered[-1]]
    met = all(target is None or value <= target for value, target in zip(found, targets, strict=True))
    said = "/".join("–" if target is None else f"≤{target}" for target in targets)
    return Measure(what, "/".join(map(str, found)), said, met)
