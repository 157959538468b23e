"""Floors on texts that the weights and word lists never saw. A floor may be raised, never lowered."""

import pytest

from bot.understanding import choices, labelled, measure, read
from bot.understanding.reading import INTENTS


@pytest.fixture(scope="module")
def result():
    return measure.measure(measure.unseen())


def test_the_best_intent_is_right(result):
    rows, share = result.rows, result.accuracy
    assert rows >= 2750
    assert share >= 0.90


@pytest.mark.parametrize(("slot", "floor"), [
    ("category", 0.89), ("target", 0.85), ("score", 0.73), ("sentiment", 0.70), ("urgent", 0.97), ("calm", 0.945),
    ("calm elsewhere", 0.99),
])  # fmt: skip
def test_the_slots_are_right(result, slot, floor):
    # Compared as a number alone: a failure must not show what the held-out texts say.
    share = result.share(slot)
    assert share >= floor


def test_the_craft_is_right_but_for_the_author_who_names_none():
    # The sixth author tells dangers by what they do: readers would differ about the craft, which drew the floor of all
    # from 0.93 to 0.89. The other authors' stands where it stood.
    rows = [row for path in labelled.files(held_out=True) if path.stem != "author_f" for row in labelled.read(path)]
    share = measure.measure(rows).share("category")
    assert share >= 0.935


def test_a_reader_that_knows_nothing_fails_the_floors():
    def nothing(text, context, now):
        return read("", context, now)

    result = measure.measure(measure.unseen(), nothing)
    assert result.accuracy < 0.1
    assert result.share("urgent") == 0


def test_the_labels_are_well_formed_and_of_known_names():
    rows = labelled.rows(held_out=False) + labelled.rows(held_out=True)
    assert len(rows) >= 10_000
    assert {name for row in rows for name in row.intents} == set(INTENTS)
    assert {name for row in rows for name in row.either} == {"", *INTENTS}
    for slot in ("category", "target"):
        assert {value for row in rows for value in getattr(row, slot)} == set(choices.VALUES[slot])
    assert {value for row in rows for value in row.score} == {1, 2, 3, 4, 5}
    assert {row.sentiment for row in rows} == {None, *choices.VALUES["sentiment"]}


def test_a_third_of_what_each_author_wrote_is_held_out():
    for path in labelled.files(held_out=True):
        if path.name.startswith("author"):
            kept, trained = (len(list(labelled.read(each))) for each in (path, labelled.FOLDER / path.name))
            assert kept / (kept + trained) >= 0.32
