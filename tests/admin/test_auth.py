"""The log-in: who gets in, who does not, and what nobody can tell from the answers."""

import dataclasses
import re
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from sqlalchemy import select

from admin import create_app
from models import AuditEntry, Staff
from tests.admin import builders
from tests.admin.conftest import Person

pytestmark = pytest.mark.sqlite_only  # nothing here depends on the database


@pytest.fixture
def wall(app):
    """Real time for the panel, in a box that a test may move."""
    box = [1_800_000_000.0]
    app.extensions["desk"] = dataclasses.replace(app.extensions["desk"], wall=lambda: box[0])
    return box


def test_the_right_password_opens_the_desk(stranger, desk):
    answer = stranger.log_in("agent")
    assert answer.location == "/admin/"
    assert "小林" in stranger.get("/admin/").get_data(as_text=True)


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(stranger, desk):
    wrong = stranger.post("/admin/login", username="agent", password="nope")
    unknown = stranger.post("/admin/login", username="nobody", password="nope")
    assert wrong.status_code == unknown.status_code == 401
    same = wrong.get_data(as_text=True).replace("agent", "nobody")
    assert strip(same) == strip(unknown.get_data(as_text=True))


def strip(page: str) -> str:
    """A page without what differs in every answer: its nonce and its token."""
    return re.sub(r'(nonce|content|value)="[^"]*"', "", page)


@pytest.mark.parametrize("name", ["agent", "nobody"])
def test_five_wrong_tries_shut_the_log_in_even_for_the_right_password(name, stranger, desk, clock):
    for _ in range(5):
        assert stranger.post("/admin/login", username=name, password="nope").status_code == 401
    assert stranger.post("/admin/login", username=name, password=builders.PASSWORD).status_code == 429
    clock.advance(minutes=16)
    assert stranger.post("/admin/login", username=name, password="nope").status_code == 401


def test_a_burst_gets_no_more_tries_than_a_queue(app, desk):
    people = [Person(app.test_client()) for _ in range(12)]
    for person in people:
        person.get("/admin/login")

    def tries(person):
        return person.post("/admin/login", username="agent", password="nope").status_code

    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(tries, people))
    assert sorted(answers) == [401] * 5 + [429] * 7


def test_one_address_cannot_try_many_names(stranger, desk):
    for number in range(30):
        stranger.post("/admin/login", username=f"guess{number}", password="nope")
    assert stranger.log_in("manager").status_code == 429


def test_a_shut_account_opens_again_and_forgets_its_failures(stranger, desk, clock, look):
    for _ in range(5):
        stranger.post("/admin/login", username="agent", password="nope")
    clock.advance(minutes=16)
    assert stranger.log_in("agent").status_code == 302
    agent = look(lambda session: session.scalar(select(Staff).where(Staff.username == "agent")))
    assert agent.locked_until is None


@pytest.mark.parametrize("between", [16, 10])
def test_wrong_tries_over_a_while_tell_nobody_which_names_exist(between, stranger, desk, clock):
    """4 failures, later 2 more: the same answers for a name that exists and one that does not."""
    answers = {"agent": [], "nobody": []}
    for name, codes in answers.items():
        for _ in range(4):
            codes.append(stranger.post("/admin/login", username=name, password="nope").status_code)
    clock.advance(minutes=between)
    for name, codes in answers.items():
        codes += [stranger.post("/admin/login", username=name, password="nope").status_code for _ in range(2)]
    assert answers["agent"] == answers["nobody"] == [401] * 5 + [401 if between > 15 else 429]


def test_a_right_password_in_between_does_not_tell_that_the_name_exists(app, stranger, desk):
    for _ in range(4):
        stranger.post("/admin/login", username="agent", password="nope")
    assert Person(app.test_client()).log_in("agent").status_code == 302
    assert stranger.post("/admin/login", username="agent", password="nope").status_code == 401
    assert stranger.post("/admin/login", username="agent", password="nope").status_code == 429


def test_an_administrator_opens_a_shut_log_in(as_role, stranger, desk, look):
    for _ in range(5):
        stranger.post("/admin/login", username="agent", password="nope")
    assert stranger.log_in("agent").status_code == 429
    agent = desk.staff["agent"]
    assert look(lambda session: session.get(Staff, agent.id).locked_until) is not None
    boss, address = as_role("admin"), f"/admin/staff/edit/?id={agent.id}"
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', boss.get(address).get_data(as_text=True))[1]
    form = {"name": agent.name, "username": "agent", "phone": "", "role": str(agent.role_id), "active": "y"}
    assert boss.post(address, seen=seen, unlock="y", **form).status_code == 302
    assert look(lambda session: session.get(Staff, agent.id).locked_until) is None
    assert stranger.log_in("agent").status_code == 302


def test_somebody_who_left_cannot_log_in(stranger, session, desk):
    desk.staff["agent"].active = False
    session.commit()
    assert stranger.log_in("agent").status_code == 401


def test_the_session_is_a_new_one_after_the_log_in(stranger, desk):
    before = stranger.token()
    with stranger.client.session_transaction("/admin/") as session:
        raw = session["csrf_token"]
    stranger.log_in("agent")
    stranger.get("/admin/")
    with stranger.client.session_transaction("/admin/") as session:
        assert session["csrf_token"] != raw
    assert stranger.client.post("/admin/logout", data={"csrf_token": before}).status_code == 400


def test_the_cookie_is_hidden_from_scripts_and_other_sites(stranger, desk):
    cookie = stranger.log_in("agent").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/admin" in cookie


def test_behind_https_the_cookie_travels_only_there(make_settings, engine, clock):
    app = create_app(make_settings(public_url="https://desk.example.com"), engine=engine, redis=False, clock=clock)
    answer = app.test_client().get("/admin/login")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_logging_out_ends_the_log_in_everywhere(as_role):
    here, there = as_role("agent"), as_role("agent")
    assert here.post("/admin/logout").status_code == 302
    assert here.get("/admin/").status_code == 302
    assert there.get("/admin/").status_code == 302


def test_logging_out_needs_a_post(as_role):
    person = as_role("agent")
    assert person.get("/admin/logout").status_code == 405
    assert person.get("/admin/").status_code == 200


def test_a_session_ends_after_its_hours(as_role, wall, settings):
    person = as_role("agent")
    wall[0] += settings.session_hours * 3600 - 1
    assert person.get("/admin/").status_code == 200
    wall[0] += 2
    assert person.get("/admin/").status_code == 302


@pytest.mark.parametrize("onward", ["https://evil.example", "//evil.example", "/admin/\\evil", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(stranger, desk, onward):
    answer = stranger.post("/admin/login", username="agent", password=builders.PASSWORD, next=onward)
    assert answer.location == "/admin/"


def test_the_page_that_was_asked_for_comes_after_the_log_in(stranger, desk):
    asked = stranger.get("/admin/repairs/?view=late")
    assert "next=" in asked.location
    answer = stranger.post(
        "/admin/login", username="agent", password=builders.PASSWORD, next="/admin/repairs/?view=late"
    )
    assert answer.location == "/admin/repairs/?view=late"


def test_log_ins_and_failures_are_on_record(stranger, desk, look):
    stranger.post("/admin/login", username="agent", password="nope")
    stranger.log_in("agent")
    rows = look(lambda session: session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all())
    assert rows[-2:] == ["login.failed", "login"]


def with_second_factor(person: Person, wall) -> str:
    """Set up the second factor on the person's own page; returns its secret."""
    person.post("/admin/account/second")
    with person.client.session_transaction("/admin/") as session:
        secret = session["new_secret"]
    person.post("/admin/account/second", code=pyotp.TOTP(secret).at(wall[0]))
    return secret


def test_the_second_factor_is_asked_for_once_it_is_set_up(as_role, app, wall):
    secret = with_second_factor(as_role("agent"), wall)
    person = Person(app.test_client())
    assert person.log_in("agent").location == "/admin/login/code"
    assert person.get("/admin/").status_code == 302, "the password alone opens nothing"
    wall[0] += 60
    assert person.post("/admin/login/code", code="000000").status_code == 401
    assert person.post("/admin/login/code", code=pyotp.TOTP(secret).at(wall[0])).location == "/admin/"
    assert person.get("/admin/").status_code == 200


def test_a_code_is_taken_only_once(as_role, app, wall):
    secret = with_second_factor(as_role("agent"), wall)
    wall[0] += 60
    code = pyotp.TOTP(secret).at(wall[0])
    first, second = Person(app.test_client()), Person(app.test_client())
    first.log_in("agent")
    second.log_in("agent")
    assert first.post("/admin/login/code", code=code).status_code == 302
    assert second.post("/admin/login/code", code=code).status_code == 401


def test_codes_are_throttled_like_passwords(as_role, app, wall):
    with_second_factor(as_role("agent"), wall)
    person = Person(app.test_client())
    person.log_in("agent")
    for _ in range(5):
        assert person.post("/admin/login/code", code="000000").status_code == 401
    assert person.post("/admin/login/code", code="000000").status_code == 429


def test_a_second_factor_is_replaced_only_by_who_knows_the_password(as_role, wall, look):
    person = as_role("agent")
    secret = with_second_factor(person, wall)
    assert person.post("/admin/account/second").status_code == 409
    with person.client.session_transaction("/admin/") as session:
        assert "new_secret" not in session
        session["new_secret"] = other = pyotp.random_base32()
    assert person.post("/admin/account/second", code=pyotp.TOTP(other).at(wall[0])).status_code == 409
    stored = look(lambda session: session.scalar(select(Staff.totp_secret).where(Staff.username == "agent")))
    assert stored.partition(":")[0] == secret
    assert person.post("/admin/account/second/off", old=builders.PASSWORD).status_code == 302
    assert person.post("/admin/account/second").status_code == 302, "from the beginning"


def test_a_wrong_code_does_not_switch_the_second_factor_on(as_role, look):
    person = as_role("agent")
    person.post("/admin/account/second")
    assert person.post("/admin/account/second", code="000000").status_code == 422
    assert look(lambda session: session.scalar(select(Staff.totp_secret).where(Staff.username == "agent"))) == ""


def test_a_new_password_ends_other_sessions_but_not_this_one(as_role, stranger):
    here, there = as_role("agent"), as_role("agent")
    new = "another long password"
    assert here.post("/admin/account/password", old=builders.PASSWORD, new=new, again=new).status_code == 302
    assert here.get("/admin/").status_code == 200
    assert there.get("/admin/").status_code == 302
    assert stranger.log_in("agent").status_code == 401
    assert stranger.log_in("agent", new).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", "another long password", "another long password"),
        (builders.PASSWORD, "short", "short"),
        (builders.PASSWORD, "agent-agent", "agent-agent"),
        (builders.PASSWORD, "aaaaaaaaaa", "aaaaaaaaaa"),
        (builders.PASSWORD, "another long password", "another long passw0rd"),
    ],
)
def test_a_bad_change_of_password_changes_nothing(as_role, stranger, old, new, again):
    person = as_role("agent")
    assert person.post("/admin/account/password", old=old, new=new, again=again).status_code == 422
    assert stranger.log_in("agent").status_code == 302
