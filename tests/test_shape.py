"""The shape of the house: who may import whom, how large things may be, and that nothing goes undocumented."""

import ast
import re
from pathlib import Path

import pytest

from admin.words import catalogue
from ops import shape
from ops.source import Module, cycles, edges, modules
from settings import ROOT
from templates import Texts

EVERYTHING = modules()
CODE = [module for module in EVERYTHING if not module.is_test()]
BY_NAME = {module.name: module for module in EVERYTHING}
OURS = {module.package for module in EVERYTHING}

#: Package -> the packages of ours that it may import. `models ← bot ← jobs`, `models ← admin`.
MAY_IMPORT = {
    "models": {"models", "phones"},
    "templates": {"templates"},
    "bot": {"bot", "models", "phones", "templates", "vitals"},
    "admin": {"admin", "models", "phones", "templates", "vitals"},
    "jobs": {"jobs", "bot", "models", "templates", "vitals"},
    "sandbox": {"sandbox"},
    # Figures of the house, for all doors: records, queue and machine, and nothing of the doors.
    "vitals": {"models"},
    "settings": set(),
    "clock": set(),
    # How numbers and names are found and hidden: pure, and quick to load for understanding.
    "phones": set(),
    "cli": {"ops"},
    "wsgi": {"ops"},
    "ops": OURS - {"tests", "cli", "wsgi", "bench"},
    # Benchmarks run against the tests' real servers.
    "bench": OURS - {"cli", "wsgi"},
    "tests": OURS,
}
#: Pure functions over texts: the panel shows what they would hear (docs/decisions/knowledge-search.md).
PURE = "bot.understanding"
#: Only edges read the settings and make a clock; everybody else is handed both, or what they say.
EDGES = {"bot", "bot.app", "admin", "jobs.work", "jobs.world", "jobs.schedule"}

WEB = {"flask", "flask_admin", "flask_login", "flask_wtf", "werkzeug", "wtforms", "jinja2"}
QUEUE = {"redis", "rq"}
NETWORK = {"requests", "urllib3", "urllib.request", "http", "socket", "wechatpy"}
#: Module prefix -> libraries that it must not know.
MAY_NOT_KNOW = {
    "models": WEB | QUEUE | NETWORK,
    "bot.understanding": WEB | QUEUE | NETWORK | {"sqlalchemy"},
    "bot.dialog": WEB | QUEUE | NETWORK | {"sqlalchemy"},
    "bot.scripts": WEB | QUEUE | NETWORK | {"sqlalchemy"},
    "admin": NETWORK - {"http"},
    "templates": WEB - {"jinja2"} | QUEUE | NETWORK | {"sqlalchemy"},
}
#: The only module of the house that knows wechatpy; the peers beside it are measured against wechatpy.
KNOWS_WECHATPY, PEERS = {"bot.wechat"}, {"sandbox", "bench"}

#: Where the machine's time may be read: the clock itself, what measures or runs machines, and the peer.
READS_TIME = {"clock", "ops", "bench", "sandbox", "tests"}


def is_in(name, room):
    return f"{name}.".startswith(room + ".")


def broken(lines):
    """Show what is wrong, one line each, as the assertion's text."""
    found = sorted(lines)
    assert not found, "\n" + "\n".join(found)


def imports_at_run_time(module: Module):
    return [imported for imported in module.imports if not imported.for_types_only]


def test_every_package_has_its_rule():
    assert set(MAY_IMPORT) >= OURS


def test_the_doors_meet_only_in_the_records():
    broken(
        f"{module.name}:{imported.line} imports {imported.target}"
        for module in EVERYTHING
        for imported in module.imports
        if (target := imported.target.split(".")[0]) in OURS - {"settings", "clock"}
        and target not in MAY_IMPORT[module.package]
        and not (module.package == "admin" and is_in(imported.target, PURE))
    )


#: Packages of the message's way; each has one way in, itself. Who walks from which room into which.
ROOMS = ("bot.inbox", "bot.dialog", "bot.pages")
WALK = {"bot.webhook": {"bot.wechat", "bot.inbox"}, "bot.inbox": {"bot.dialog", "models.desk"}, "bot.dialog": set()}


def test_nobody_goes_past_a_rooms_entrance():
    broken(
        f"{name} goes past {room} to {target}"
        for name, targets in edges(CODE).items()
        for room in ROOMS
        for target in targets
        if target != room and is_in(target, room) and not is_in(name, room)
    )


@pytest.mark.parametrize("room", WALK)
def test_a_message_walks_through_five_rooms(room):
    """webhook, wechat, inbox, dialog, and the desk's verbs: no room takes a short cut."""
    doors = {"bot.wechat", "bot.inbox", "bot.dialog", "models.desk"} - {room}
    reached = {target for name, targets in edges(CODE).items() if is_in(name, room) for target in targets}
    walks = {door for door in doors if any(is_in(target, door) for target in reached)}
    assert walks - {"bot.wechat"} == WALK[room] - {"bot.wechat"}


#: Who else stands at a room's entrance: `bot.app` puts the parts together, the benchmark times each.
WAITS_AT = {"bot.inbox": {"bot.webhook", "bot.app", "bench.profile"}, "bot.dialog": {"bot.inbox"}}


@pytest.mark.parametrize("room", WAITS_AT)
def test_nothing_stands_between_two_rooms(room):
    """A module put into a message's way would have to enter the next room, and only the room before does."""
    assert {
        name
        for name, targets in edges(CODE).items()
        if not is_in(name, room) and any(is_in(target, room) for target in targets)
    } == WAITS_AT[room]


def test_only_edges_read_settings_and_make_a_clock():
    makers = re.compile(r"\b(Settings\.load|Settings|Clock)\(")
    broken(
        f"{module.name}:{number} {line.strip()}"
        for module in CODE
        if module.package in ("models", "templates", "bot", "admin", "jobs") and module.name not in EDGES
        for number, line in enumerate(module.lines, 1)
        if makers.search(line)
    )


@pytest.mark.parametrize("prefix", sorted(MAY_NOT_KNOW))
def test_pure_parts_know_no_libraries_of_the_doors(prefix):
    broken(
        f"{module.name}:{imported.line} imports {imported.target}"
        for module in CODE
        if (module.name + ".").startswith(prefix + ".")
        for imported in imports_at_run_time(module)
        for library in MAY_NOT_KNOW[prefix]
        if f"{imported.target}.".startswith(library + ".")
    )


def test_wechatpy_is_known_to_one_module():
    house = [module for module in CODE if module.package not in PEERS]
    knows = {each.name for each in house for imported in each.imports if imported.target.startswith("wechatpy")}
    assert knows == KNOWS_WECHATPY


def test_nothing_imports_in_circles():
    broken(" ↔ ".join(group) for group in cycles(edges(EVERYTHING)))


def test_nothing_of_ours_is_imported_inside_a_function():
    broken(where for module in EVERYTHING for where in shape.project_imports_in_functions(module, EVERYTHING))


def test_files_and_functions_fit_one_reading():
    broken(shape.over_limits(EVERYTHING))


def test_every_public_thing_says_what_it_does():
    broken(name for module in CODE for name in shape.undocumented(module))


def test_no_test_replaces_a_part_of_ours():
    broken(where for module in EVERYTHING if module.is_test() for where in shape.patches(module))


def test_time_is_read_at_the_clock_only():
    readers = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time)\(")
    broken(
        f"{module.name}:{number} {line.strip()}"
        for module in EVERYTHING
        if module.package not in READS_TIME
        for number, line in enumerate(module.lines, 1)
        if readers.search(line)
    )


def test_no_unfinished_business():
    marks = re.compile(r"\b(TODO|FIXME|XXX|raise NotImplementedError)\b")
    broken(
        f"{module.name}:{number} {line.strip()}"
        for module in EVERYTHING
        if module.name != __name__
        for number, line in enumerate(module.lines, 1)
        if marks.search(line)
    )


@pytest.mark.parametrize("name", ["utils", "helpers", "manager", "service", "misc", "common"])
def test_modules_are_named_after_what_they_hold(name):
    assert name not in {part for module in EVERYTHING for part in module.name.split(".")}


def test_both_languages_of_the_chat_are_complete():
    texts = Texts()
    assert texts.keys()
    broken(texts.check())


def test_both_languages_of_the_panel_are_complete():
    chinese, english = set(catalogue("zh")), set(catalogue("en"))
    assert chinese
    broken({f"only in zh: {key}" for key in chinese - english} | {f"only in en: {key}" for key in english - chinese})


def said_keys(module: Module):
    """Constant first arguments of what takes a text key, with their line."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and node.args:
            name = ast.unparse(node.func).split(".")[-1]
            first = node.args[0]
            if name in ("Say", "render", "example") and isinstance(first, ast.Constant):
                yield first.value, node.lineno


def test_every_text_that_the_chat_says_exists():
    known = set(Texts().keys())
    broken(
        f"{module.name}:{line} {key}"
        for module in CODE
        if module.package in ("bot", "jobs")
        for key, line in said_keys(module)
        if isinstance(key, str) and "." in key and key not in known
    )


def panel_keys_used():
    """Keys in calls of the panel's `t("…")` and `lazy("…")`, in code and in its pages."""
    called = re.compile(r"""\b(?:t|lazy|_t)\(\s*["']([a-z0-9_]+(?:\.[a-z0-9_]+)+)["']""")
    files = [module.path for module in CODE if module.package == "admin"]
    files += sorted((ROOT / "templates" / "admin").rglob("*.html"))
    for path in files:
        for key in called.findall(path.read_text("utf-8")):
            yield path.relative_to(ROOT), key


def test_every_text_that_the_panel_shows_exists():
    known = catalogue("zh")
    broken(f"{path} {key}" for path, key in panel_keys_used() if key not in known)


def test_every_job_name_is_documented():
    """Names in jobs/work.py are an API: jobs queued yesterday run today."""
    work = BY_NAME["jobs.work"]
    names = [thing.name for thing in work.defined if thing.is_function and thing.public]
    pages = [ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").rglob("*.md"))]
    text = "\n".join(page.read_text("utf-8") for page in pages if page.exists())
    assert names
    broken(f"jobs.work.{name}" for name in names if f"`jobs.work.{name}`" not in text and f"`{name}`" not in text)


def test_nothing_names_this_machine_or_a_registry():
    # Wherever this checkout lies today must not be written in it, nor whose home it is.
    places = "|".join(re.escape(f"{place}/") for place in (ROOT, Path.home()) if len(place.parts) > 1)
    private = re.compile(rf"({places}|(index|find-links)-?url|--extra-index)")
    suffixes = {".py", ".toml", ".lock", ".md", ".sh", ".html", ".js", ".css", ".json", ".jsonl", ".yml"}
    broken(
        f"{path.relative_to(ROOT)}:{number}"
        for path in ROOT.rglob("*")
        if path.suffix in suffixes and path.is_file() and path != Path(__file__)
        and not any(part.startswith(".") or part in ("var", "node_modules") for part in path.relative_to(ROOT).parts)
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if private.search(line)
    )  # fmt: skip
