"""Links open one thing for three days, and nothing else."""

import datetime as dt
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import links
from bot.links import DeadLink, Ticket

SECRET = "a-secret-key-for-tests-only"
NOW = dt.datetime(2026, 11, 21, 2, tzinfo=dt.UTC)
CREW = Ticket("crew", 7, 3)


def test_a_link_opens_what_it_was_made_for():
    token = links.sign(SECRET, CREW, now=NOW)
    assert links.read(SECRET, "crew", token, now=NOW) == CREW
    assert links.read(SECRET, "crew", token, now=NOW + links.LIVES) == CREW


def test_a_link_ends_after_three_days():
    token = links.sign(SECRET, CREW, now=NOW)
    with pytest.raises(DeadLink) as dead:
        links.read(SECRET, "crew", token, now=NOW + links.LIVES + dt.timedelta(seconds=1))
    assert dead.value.why == "expired"


@pytest.mark.parametrize("purpose", ["repair", "admin", ""])
def test_a_link_opens_no_other_page(purpose):
    token = links.sign(SECRET, CREW, now=NOW)
    with pytest.raises(DeadLink, match="broken"):
        links.read(SECRET, purpose, token, now=NOW)


def test_another_secret_opens_nothing():
    with pytest.raises(DeadLink, match="broken"):
        links.read("another-secret-entirely", "crew", links.sign(SECRET, CREW, now=NOW), now=NOW)


def test_a_forms_token_is_not_a_link_nor_a_link_a_forms_token():
    seen = (7, 3, "assigned", 1)
    assert links.read_view(SECRET, links.seal_view(SECRET, seen)) == seen
    with pytest.raises(DeadLink):
        links.read(SECRET, "crew", links.seal_view(SECRET, seen), now=NOW)
    with pytest.raises(DeadLink):
        links.read_view(SECRET, links.sign(SECRET, CREW, now=NOW))


def test_there_is_no_link_without_a_page():
    with pytest.raises(ValueError, match="no page"):
        links.sign(SECRET, Ticket("admin", 1), now=NOW)


def test_an_address_says_nothing_but_its_purpose():
    address = links.address("https://nuanju.example/", SECRET, CREW, now=NOW)
    token = address.removeprefix("https://nuanju.example/p/crew/")
    assert set(token) <= set(string.ascii_letters + string.digits + "-_.") and len(token) < 120


@given(st.text(max_size=500))
def test_whatever_is_typed_as_a_link_is_refused_kindly(text):
    for purpose in links.PURPOSES:
        with pytest.raises(DeadLink):
            links.read(SECRET, purpose, text, now=NOW)
    with pytest.raises(DeadLink):
        links.read_view(SECRET, text)


@given(st.integers(0, 200), st.sampled_from(string.ascii_letters + string.digits))
def test_a_link_with_one_letter_changed_opens_nothing_else(place, letter):
    token = links.sign(SECRET, CREW, now=NOW)
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    try:
        opened = links.read(SECRET, "crew", changed, now=NOW)
    except DeadLink:
        return
    # The last letter of Base64 holds spare bits: the same signature may be spelled in two ways.
    assert opened == CREW
