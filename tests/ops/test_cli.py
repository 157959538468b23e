"""The command line's own manners; each verb is tested with its module."""

import ast
import importlib
import subprocess
import sys

import pytest

import cli
from settings import ROOT


def run(*words, **environment):
    return subprocess.run([sys.executable, "cli.py", *words], cwd=ROOT, capture_output=True, text=True, env=environment)


@pytest.mark.parametrize("verb", sorted(cli.VERBS))
def test_every_verb_names_a_function_that_exists_and_says_what_it_does(verb):
    module, function, says = cli.VERBS[verb]
    assert callable(getattr(importlib.import_module(module), function)) and len(says) > 15


def test_no_verb_prints_the_list_at_once():
    listed = run()
    assert listed.returncode == 0 and all(f"  {verb} " in listed.stdout for verb in cli.VERBS)
    loads = "import sys, cli; cli.main([]); print(*sorted({name.split('.')[0] for name in sys.modules}))"
    told = subprocess.run([sys.executable, "-c", loads], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(told.stdout.splitlines()[-1].split())
    own = {path.name.removesuffix(".py") for path in ROOT.iterdir()} - {"cli"}
    assert "cli" in loaded and not loaded & (own | {"sqlalchemy", "flask", "redis", "pydantic", "jinja2"})


def test_an_unknown_verb_is_refused_with_the_list():
    refused = run("upp")
    assert refused.returncode == 2 and "migrate" in refused.stderr and not refused.stdout


def test_a_wrong_setting_is_one_line_and_no_traceback():
    refused = run("migrate", WECHAT_APP_ID="wx0123456789abcdef", WECHAT_ENCODING_AES_KEY="short")
    assert refused.returncode == 2 and "Traceback" not in refused.stderr
    assert refused.stderr.startswith("WECHAT_ENCODING_AES_KEY ") and refused.stderr.count("\n") == 1


def test_an_old_python_can_read_the_refusal():
    assert ast.parse((ROOT / "cli.py").read_text("utf-8"), feature_version=(3, 7)).body
