"""What proves somebody is compared in constant time: no answer can show it, so the source is looked at."""

import ast
import re

import pytest

from ops.source import modules
from tests.test_shape import broken

CODE = [module for module in modules() if not module.is_test()]
BY_NAME = {module.name: module for module in CODE}

#: What proves that somebody is who they say; compared by `==`, it tells by its time how much of it was right.
SECRET = re.compile(r"signature|digest|password|token|salt|otp|secret", re.IGNORECASE)
#: (module, what is compared) that proves nobody: each with its reason.
OPEN_SECRETS = {
    # Whether the platform refused the very token that we hold: both are ours, nobody tries any.
    ("bot.token", "token == failed"),
    ("bot.token", "token != failed"),
    # The sum of a backup's file beside its manifest: who can read one can read the other.
    ("jobs.backups", "digest != manifest['sha256']"),
    # Whether the log's last row is the one that was anchored: asked of our own rows, nobody guesses at it.
    ("models.desk.trust", "AuditAnchor.digest == last"),
    ("models.desk.trust", "AuditEntry.digest == kept.digest"),
}


def named(node):
    """The names an expression speaks of: signature in `signer.signature`, `args["signature"]`, `sign(signature)`."""
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.Subscript(slice=ast.Constant(value=str(name))):
                yield name


def test_what_proves_somebody_is_compared_in_constant_time():
    """`==` would pass every other test: that it answers sooner the earlier it differs is no wrong answer."""
    compared = [
        (module.name, node.lineno, ast.unparse(node))
        for module in CODE
        if module.package in ("bot", "admin", "models", "jobs", "vitals")
        for node in ast.walk(ast.parse(module.text))
        if isinstance(node, ast.Compare) and any(isinstance(way, ast.Eq | ast.NotEq) for way in node.ops)
        if any(SECRET.search(name) for side in (node.left, *node.comparators) for name in named(side))
    ]
    broken(f"{name}:{line} {words}" for name, line, words in compared if (name, words) not in OPEN_SECRETS)
    assert {(name, words) for name, _, words in compared} >= OPEN_SECRETS, "an exception that nobody needs"


@pytest.mark.parametrize(
    ("module", "function"),
    [
        ("bot.wechat", "_prove"),
        ("bot.metrics", ""),
        ("admin.auth", "load_staff"),
        ("admin.second", ""),
        ("models.desk.trust", "_walk"),
    ],
)
def test_whoever_proves_somebody_asks_compare_digest(module, function):
    tree = ast.parse(BY_NAME[module].text)
    places = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function]
    asked = [name for place in places or [tree] for name in named(place)]
    assert "compare_digest" in asked and (places or not function)
