"""Every conversation of this folder, played on a scene: what was seen, what came of it, and what must hold always.

NAME.jsonl is the conversation (docs/replay.md), NAME.expect.json what is expected of it: `turns`, one list of pieces
per turn of a person ("!piece" must not be seen, "=" the whole turn shows nothing), `phones` (pieces that arrive
at any time) and `records` (a part of each record; text beginning with ~ is contained).
"""

import json
from pathlib import Path
from typing import Any

import pytest

from models.desk import promises
from models.desk.staff import roles
from models.houses import Crew
from models.staff import Staff
from ops.replay_file import Line, read
from ops.replay_player import Player

FOLDER = Path(__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.jsonl"))
#: Conversations that touch every kind of statement; the others run on SQLite only, for time.
BOTH = {"story", "bind_code", "survey_unhappy", "crew_hands_back", "bind_contract_wrong", "family_code"}


def test_there_are_conversations_and_each_has_expectations():
    assert len(NAMES) >= 15
    assert {path.name.removesuffix(".expect.json") for path in FOLDER.glob("*.expect.json")} == set(NAMES)


@pytest.mark.sqlite_only  # the same conversations on PostgreSQL are below
@pytest.mark.parametrize("name", NAMES)
def test_conversation(name, scene):
    _play(name, scene)


@pytest.mark.postgresql_only  # on SQLite all of them run, above
@pytest.mark.parametrize("name", sorted(BOTH))
def test_conversation_on_postgresql(name, scene):
    _play(name, scene)


def _play(name, scene):
    with (FOLDER / f"{name}.jsonl").open(encoding="utf-8") as lines:
        script = read(lines)
    expected = json.loads((FOLDER / f"{name}.expect.json").read_text("utf-8"))
    with scene.desk() as session:
        _company(session, with_crew="crews" not in script.setup)
    player = Player(scene, script, "test")
    player.prepare()
    document = player.play()
    problems = list(problems_of(document, expected))
    assert not problems, "\n".join([*problems, _transcript(document)])


def problems_of(document, expected):
    """Everything in a replay's document that is not as expected, in words."""
    yield from _of_turns(document, expected)
    yield from _of_records(document, expected)
    yield from _of_anything(document)


def _company(session, *, with_crew):
    """Somebody in the office, and a crew that no conversation has to set up."""
    promises.ensure_policies(session)
    known = roles.plant(session)
    for username, name, role in (("lin", "小林", "agent"), ("zhao", "赵工", "engineer"), ("zhou", "周经理", "manager")):
        session.add(Staff(username=username, name=name, role=known[role]))
    if with_crew:
        session.add(Crew(name="王师傅", trades=[]))


def _of_turns(document, expected):
    turns, wanted = document["turns"], expected["turns"]
    if len(turns) != len(wanted):
        yield f"{len(turns)} turns were played, {len(wanted)} are expected"
    for number, (turn, pieces) in enumerate(zip(turns, wanted, strict=False)):
        yield from (f"turn {number}: {problem}" for problem in _of_pieces("\n".join(turn["saw"]), pieces))
        if turn["heard"] == AGAIN:
            before = turns[number - 1]["replies"][-1]
            if set(turn["replies"]) != {before}:
                yield f"turn {number}: the same push again was answered {turn['replies']}, before {before!r}"
    for who, pieces in expected.get("phones", {}).items():
        shown = "\n".join(message["text"] for message in document["phones"][who])
        yield from (f"phone {who}: {problem}" for problem in _of_pieces(shown, pieces))


def _of_pieces(shown, pieces):
    for piece in pieces:
        if piece == "=":
            if shown:
                yield f"nothing should be seen, but {shown!r} was"
        elif piece.startswith("!"):
            if piece[1:] in shown:
                yield f"{piece[1:]!r} must not be seen"
        elif piece not in shown:
            yield f"{piece!r} was not seen"


def _of_records(document, expected):
    for family, wanted in expected.get("records", {}).items():
        found = document["records"][family]
        if isinstance(wanted, int):
            if len(found) != wanted:
                yield f"{len(found)} {family}, expected {wanted}"
            continue
        yield from _unlike(found, wanted, family)


def _unlike(found: Any, wanted: Any, where: str):
    """Where `found` is not what is wanted: dicts by their wanted keys, lists by length and place."""
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            yield from _unlike(found.get(key, "<missing>"), value, f"{where}.{key}")
    elif isinstance(wanted, list):
        if len(found) != len(wanted):
            yield f"{where}: {len(found)} instead of {len(wanted)}: {json.dumps(found, ensure_ascii=False)[:600]}"
        for number, (one, value) in enumerate(zip(found, wanted, strict=False)):
            yield from _unlike(one, value, f"{where}[{number}]")
    elif isinstance(wanted, str) and wanted.startswith("~"):
        if wanted[1:] not in str(found):
            yield f"{where}: {found!r} does not contain {wanted[1:]!r}"
    elif found != wanted:
        yield f"{where}: {found!r} instead of {wanted!r}"


def _of_anything(document):
    """What holds in every conversation: jobs come to rest, nobody meets a hole, nothing is sent twice or lost."""
    if document["unsettled"]:
        yield f"jobs did not come to rest after lines {document['unsettled']}"
    sent = document["records"]["outgoing"]
    for who, messages in document["phones"].items():
        yield from (f"{who} saw {problem}" for message in messages for problem in _of_a_text(message))
        arrived = sum(message["via"] != "passive" for message in messages)
        promised = sum(row["to"] == who and row["state"] == "sent" for row in sent)
        if arrived != promised:
            yield f"{who} got {arrived} messages for {promised} that were sent"
    bad = ("unknown", "sending", "queued")
    ended = [row for row in sent if row["state"] in bad or row["reason"] == "text_broken"]
    yield from (f"a message ended badly: {row}" for row in ended)
    yield from (f"nobody owns {row}" for row in document["records"]["escalations"] if row["owner"] is None)


#: What a turn says of a line that repeats the push before it.
AGAIN = Line(0, kind="repeat").heard
#: What a person reads where a fact was missing.
HOLES = ("None", "ndefined", "{ ", "%}", "。。", "，，", "（）", "“”", "：。")


def _of_a_text(message):
    text = message["text"]
    if message["via"] == "system":
        yield f"WeChat's excuse: {text}"
    if not text.strip() or any(hole in text for hole in HOLES):
        yield f"a hole: {text!r}"
    if len(text.encode()) > 2048:
        yield f"{len(text.encode())} bytes at once"


def _transcript(document):
    lines = []
    for number, turn in enumerate(document["turns"]):
        for text in turn.get("before", ()):
            lines.append(f"        {turn['from']} had got: {text}")
        lines.append(f"[{number}] {turn['at'][5:16]} {turn['from']}: {turn['heard']}")
        lines += [f"        → {text}" for text in turn["saw"]]
    return "\n".join(["", *lines])
