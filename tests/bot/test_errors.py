"""An error is one line that says what to do next."""

import pickle

import pytest

from bot import errors
from bot.errors import named


def test_the_codes_of_a_person_are_told_from_the_codes_of_a_message():
    for code in (40003, 43004, 43019, 46004, 48002, 50005):
        assert named(code, "").permanent_for_person
    for code in (40007, 44004, 45002, 99999):
        assert not named(code, "").permanent_for_person


def test_an_error_says_how_long_and_why():
    assert named(45011, "").retry_after == 60
    assert named(45009, "").retry_after == 3600
    assert named(-1, "").retry_after < 60
    assert named(43117, "").for_person and not named(45011, "").for_person
    assert (named(45015, "").reason, named(45047, "").reason) == ("closed", "quota")


@pytest.mark.parametrize(
    "words, message, rid",
    [
        ("invalid ip 1.2.3.4, not in whitelist rid: 5f-0a-1", "invalid ip 1.2.3.4, not in whitelist", "5f-0a-1"),
        ("ok", "ok", ""),
        ("", "", ""),
        ("a\nb\r\n\u2028c rid: x1", "a b c", "x1"),
        ("x" * 900, "x" * 300, ""),
        ("rid: \n", "rid:", ""),
    ],
)
def test_words_are_one_line_and_the_rid_is_kept_apart(words, message, rid):
    error = named(45002, words)
    assert (error.message, error.rid) == (message, rid)
    assert "\n" not in str(error)


@pytest.mark.parametrize("kind", [errors.Refused, errors.Throttled, errors.WindowClosed, errors.Unknown, errors.Forged])
def test_an_error_survives_a_job_queue(kind):
    error = pickle.loads(pickle.dumps(kind(45047, "words", "r1")))
    assert (type(error), error.code, error.message, error.rid) == (kind, 45047, "words", "r1")
