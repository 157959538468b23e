"""Forms and lists as everybody meets them: what is wrong stands beside the field, and lists can be searched."""

import re
from types import FunctionType

import pytest

from admin import VIEWS
from admin.tables import DeskView
from models import Callback, Survey
from tests.admin.test_work import text

pytestmark = pytest.mark.sqlite_only  # what a page says does not depend on the database


def test_what_is_wrong_is_said_of_its_field_and_the_rest_stays(as_role, desk):
    page = as_role("manager").post("/admin/customers/new/", name="钱多", phone="12", stage="potential", seen="").text
    assert re.search(r'<input[^>]*aria-describedby="phone-wrong"[^>]*aria-invalid="true"[^>]*name="phone"', page)
    assert re.search(r'role="alert" id="phone-wrong">', page) and 'value="钱多"' in page
    assert page.count("aria-invalid") == 1


@pytest.mark.parametrize("view", ["projects", "signings"])
def test_houses_and_contracts_can_be_searched(view, as_role, desk):
    manager = as_role("manager")
    assert 'type="search" name="search"' in manager.get(f"/admin/{view}/").text
    found = manager.post("/admin/find", to=f"/admin/{view}/", search="没有这套房").location
    assert "翡翠城8幢1602" not in text(manager.get(found))


def test_a_question_of_a_call_is_listed_by_the_number_of_the_call(as_role, desk, session, now):
    call = Callback(
        number="HF20261121-0007",
        key="k7",
        purpose="aftercare",
        follower_id=desk.follower.id,
        due_at=now,
        asked_at=now,
    )
    session.add(Survey(callback=call, follower_id=desk.follower.id, label="入冬前", planned_at=now))
    session.commit()
    assert re.search(r'<a class="strong"[^>]*>HF20261121-0007</a>', as_role("manager").get("/admin/surveys/").text)


def test_no_page_of_a_view_stands_where_every_view_has_a_step_of_saving():
    """A page named like one was called on each save of its record, and broke it."""
    pages = {kept[1] for kept in DeskView._urls}
    steps = {name for name, kept in vars(DeskView).items() if isinstance(kept, FunctionType)} - pages
    asked = {view: {kept[1] for kept in view._urls} & steps for view in VIEWS if issubclass(view, DeskView)}
    assert {view.__name__: names for view, names in asked.items() if names} == {}
