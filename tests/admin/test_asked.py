"""Searching leaves no word about people in an address: logs, histories and bookmarks keep those."""

import dataclasses
import re
from urllib.parse import unquote

import pytest

from admin import asked
from tests.admin import builders

pytestmark = pytest.mark.sqlite_only  # about addresses

#: Every page with a search box, and the argument that holds its words.
BOXES = [("search", "q"), ("repairs/", "q"), ("complaints/", "q"), ("enquiries/", "q"), ("customers/", "search")]


def find(person, page, **fields):
    """Send the form as the page has it; the address that it leads to."""
    answer = person.post("/admin/find", to=f"/admin/{page}", **fields)
    assert answer.status_code == 303
    return answer.location


@pytest.mark.parametrize(("page", "name"), BOXES)
@pytest.mark.parametrize("said", [builders.PHONE, "8000", "陈大明", "１３８－0013－8000"])
def test_what_is_searched_for_is_not_in_the_address(page, name, said, as_role, desk):
    person = as_role("manager")
    at = find(person, page, **{name: said})
    assert said not in unquote(at) and not re.search(r"\d{7}", at.replace("-", ""))
    shown = person.get(at).get_data(as_text=True)
    assert f'value="{said}"' in shown, "the box still says what was asked"
    assert not [link for link in re.findall(r'(?:href|action)="([^"]*)"', shown) if said in unquote(link)]


@pytest.mark.parametrize(("page", "name"), [("search", "q"), ("customers/", "search"), ("repairs/", "q")])
def test_a_phone_is_found_and_a_reload_finds_it_again(page, name, as_role, desk):
    person = as_role("manager")
    at = find(person, page, **{name: builders.PHONE})
    for _ in range(2):
        assert "陈大明" in person.get(at).get_data(as_text=True) or desk.repair.number in person.get(at).text


def test_the_other_filters_and_numbers_of_our_own_stay_readable(as_role, desk):
    person = as_role("agent")
    assert find(person, "repairs/", view="mine", q="", state="assigned") == "/admin/repairs/?view=mine&state=assigned"
    assert find(person, "repairs/") == "/admin/repairs/"
    at = find(person, "search", q=desk.repair.number)
    assert at == f"/admin/search?q={desk.repair.number}"
    assert person.get(at).location.endswith(f"/admin/repairs/{desk.repair.number}")


@pytest.mark.parametrize(("page", "name"), BOXES)
def test_an_address_typed_with_a_number_in_it_is_left_at_once(page, name, as_role, desk):
    answer = as_role("manager").get(f"/admin/{page}?{name}={builders.PHONE}")
    assert answer.status_code == 302 and f"{name}=~" in unquote(answer.location)
    assert builders.PHONE not in answer.location


def test_what_was_sealed_long_ago_or_by_others_finds_everything(as_role, desk, app, settings):
    person = as_role("manager")
    at = find(person, "customers/", search="没有这个人")
    assert "陈大明" not in person.get(at).get_data(as_text=True)
    assert "陈大明" in person.get(at[:-4] + "AAAA").get_data(as_text=True)
    assert "陈大明" in person.get("/admin/customers/?search=~").get_data(as_text=True)
    later = app.extensions["desk"].wall() + settings.session_hours * 3600 + 5
    with app.test_request_context(at):
        assert asked.words("search") == "没有这个人"
        app.extensions["desk"] = dataclasses.replace(app.extensions["desk"], wall=lambda: later)
        assert asked.words("search") == ""


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/other", ""])
def test_nobody_is_sent_elsewhere(to, as_role):
    assert as_role("agent").post("/admin/find", to=to, q="x").location.startswith("/admin/?q=~")


def test_every_search_box_posts(as_role, desk):
    person = as_role("manager")
    for page in ("", "repairs/", "complaints/", "enquiries/", "customers/", "texts/", "audit/"):
        for form in re.findall(r"<form\b.*?</form>", person.get(f"/admin/{page}").get_data(as_text=True), re.DOTALL):
            assert 'type="search"' not in form or 'method="post" action="/admin/find"' in form, page


def test_whoever_is_not_logged_in_learns_nothing(stranger, desk):
    assert "/admin/login" in stranger.post("/admin/find", to="/admin/search", q=builders.PHONE).location
