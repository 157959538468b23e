"""`understand`: one JSON line out for each one in, in order, nonsense included."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from ops.understand import understand
from settings import ROOT

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)


def one(**asked):
    (said,) = understand([json.dumps(asked, ensure_ascii=False)], NOW)
    return said


def test_a_repair_is_heard_with_its_slots():
    said = one(text="厨房水槽下面漏水，明天下午在家，13800138000")
    assert said["intents"][0]["name"] == "repair" and 0.5 < said["intents"][0]["confidence"] <= 1
    assert said["slots"]["phone"] == "13800138000" and said["slots"]["category"] == "水"
    assert said["slots"]["time"]["start"].startswith("2026-11-22T") and "budget" not in said["slots"]


def test_time_counts_from_the_given_moment():
    said = one(text="漏水，明天下午来", at="2026-01-13T10:00:00+08:00")
    assert said["slots"]["time"]["start"].startswith("2026-01-14T")


def test_context_changes_what_a_digit_means():
    answering = one(text="5", context={"survey_open": True})
    assert answering["intents"][0]["name"] == "satisfaction_reply" and answering["slots"]["score"] == 5
    assert one(text="5")["intents"] != answering["intents"]


def test_the_best_intent_comes_first():
    confidences = [each["confidence"] for each in one(text="我要投诉，水管又漏了，没人来修")["intents"]]
    assert confidences == sorted(confidences, reverse=True) and confidences


def test_nonsense_is_answered_in_its_place_with_the_reason():
    lines = ['{"text": "你好"}', "", "{", "[]", '{"text": 5}', '{"no": "text"}', '{"text": null}',
             '{"text": "a", "at": "2026-01-13T10:00:00"}', '{"text": "a", "at": 5}', '{"text": "再见"}']  # fmt: skip
    said = list(understand(lines, NOW))
    assert [each.get("error", "").partition(":")[0] for each in said] == [
        "", "no JSON", "a line must be an object with a text", "text must be a string", "text is missing",
        "text is missing", "at needs a time zone", "at must be a moment like 2026-11-21T10", "",
    ]  # fmt: skip


@pytest.mark.parametrize("context", [
    None, {}, [], "survey", {"unknown": True, "weather": "rain"}, {"survey_open": None}, {"asking": None},
    {"asking": ""}, {"asking": 5}, {"ticket_open": []},
])  # fmt: skip
def test_a_context_that_says_nothing_is_none(context):
    assert one(text="厨房漏水", context=context) == one(text="厨房漏水")


@pytest.mark.parametrize("value", [True, 1, "yes", [0], {"id": 7}])
def test_any_value_that_is_there_is_taken_as_truth(value):
    said = one(text="5", context={"survey_open": value, "unknown": 1})
    assert (said["intents"][0]["name"], said["slots"]["score"]) == ("satisfaction_reply", 5)


def test_the_core_slots_always_stand_there():
    assert one(text="你好")["slots"] == {
        "category": None, "urgent": False, "target": None, "score": None, "sentiment": None,
    }  # fmt: skip


def test_the_verb_reads_standard_input_and_says_whether_all_was_well():
    def run(text):
        command = [sys.executable, "cli.py", "understand"]
        return subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True)

    good = run('{"text": "水管漏水"}\n')
    assert good.returncode == 0 and json.loads(good.stdout)["intents"][0]["name"] == "repair"
    assert run("{\n").returncode == 1
