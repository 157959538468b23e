"""What colleagues read beside a customer's words: complete, and data stays data."""

import pytest

from templates.notes import note


def test_a_note_holds_its_facts_as_they_are():
    assert note("house", house="翡翠城{count}幢") == "房屋：翡翠城{count}幢"
    assert note("files", count=2) == "附件2个"


def test_a_fact_or_a_note_that_is_missing_is_an_error_of_ours():
    with pytest.raises(KeyError):
        note("house")
    with pytest.raises(KeyError):
        note("no_such_note")
