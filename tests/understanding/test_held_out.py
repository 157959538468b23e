"""Floors on texts that the weights and word lists never saw. A floor may be raised, never lowered."""

import time

from bot.understanding import Context, labelled, measure, read
from bot.understanding.intents import load
from bot.understanding.reading import INTENTS
from bot.understanding.words import DATA


def test_the_floors_hold_on_the_held_out_texts():
    result = measure.measure(measure.unseen())
    assert result.rows >= 200
    assert result.accuracy >= 0.97
    assert measure.share(result.category) >= 0.95
    assert measure.share(result.urgent) >= 0.95
    assert measure.share(result.alarms) <= 0.03


def test_reading_is_fast():
    median, slow = measure.speed(labelled.rows(held_out=False)[:600])
    assert median < 1000
    assert slow < 5000


def test_a_reader_that_knows_nothing_fails_the_floors():
    def nothing(text, context, now):
        return read("", context, now)

    result = measure.measure(measure.unseen(), nothing)
    assert result.accuracy < 0.1
    assert measure.share(result.urgent) == 0


def test_the_labels_are_well_formed_and_of_known_names():
    rows = labelled.rows(held_out=False) + labelled.rows(held_out=True)
    assert len(rows) >= 600
    assert {name for row in rows for name in row.intents} == set(INTENTS)
    assert {row.category for row in rows} <= {
        None,
        *"水电",
        "防水",
        "墙面",
        "木作",
        "门窗",
        "瓷砖",
        "洁具",
        "地板",
        "五金",
        "其他",
    }


def test_loading_takes_less_than_a_second():
    start = time.perf_counter()
    with (DATA / "weights.tsv").open(encoding="utf-8") as source:
        assert load(source)
    assert time.perf_counter() - start < 1
    assert read("漏水", Context()).top.name == "repair"
