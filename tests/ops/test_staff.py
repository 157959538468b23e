"""`cli.py staff`: the first administrator can log in, every refusal is a sentence, and every change is on record."""

import datetime as dt
import os
import pty
import subprocess
import sys

import pytest
from sqlalchemy import select

from admin import passwords
from models import AuditEntry, Role, Staff
from models.db import make_engine, make_sessions
from models.desk import trust
from models.promises import Policy
from ops import staff
from settings import ROOT

GOOD = "three quiet words"
LATER = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def real(tmp_path, make_settings, monkeypatch, migrated):
    """The environment of a real account's deployment, migrated; yields sessions on its database."""
    url = migrated(tmp_path / "real.db")
    settings = make_settings(database_url=url, wechat_api_base="https://api.weixin.qq.com")
    for name, value in settings.model_dump(exclude_none=True).items():
        monkeypatch.setenv(name.upper(), str(value))
    engine = make_engine(url)
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def cli(capsys):
    """Run the verb with a password; returns exit code and what was said."""

    def run(*words, typed=GOOD):
        code = staff.main(list(words), lambda: typed)
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def first(cli):
    return cli("add", "boss", "--name", "周敏", "--role", "admin")


def person(real, username="boss"):
    with real() as session:
        return session.scalars(select(Staff).where(Staff.username == username)).one_or_none()


def test_the_first_administrator_of_an_empty_house_can_log_in(real, cli):
    assert first(cli) == (0, "✓ 管理员 周敏 可以用 boss 登录了 / can log in to /admin now\n")
    with real() as session:
        boss = session.scalars(select(Staff)).one()
        assert passwords.fits(boss.password_hash, GOOD) and boss.may("staff.edit") and boss.session_salt
        assert session.scalars(select(Role)).all() and session.scalars(select(Policy)).all()


def test_a_role_that_staff_have_changed_stays_as_it_is(real, cli):
    first(cli)
    with real.begin() as session:
        session.scalars(select(Role).where(Role.name == "agent")).one().permissions = ["repair.see"]
    assert cli("add", "lin", "--name", "小林", "--role", "agent")[0] == 0
    with real() as session:
        assert session.scalars(select(Role).where(Role.name == "agent")).one().permissions == ["repair.see"]


def test_every_change_stands_in_the_audit_log_without_the_password(real, cli):
    first(cli)
    cli("password", "boss", typed="another three words")
    with real() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [row.action for row in rows] == ["staff.add", "staff.password"]
        assert all(row.origin.startswith("cli ") for row in rows) and trust.verify(session) is None
        assert not any(word in f"{row.before}{row.after}" for row in rows for word in (GOOD, "another three"))


@pytest.mark.parametrize(
    ("words", "typed", "reason"),
    [
        (("add", "boss", "--name", "周敏", "--role", "admin"), "too-short", "至少 10 个字符"),
        (("add", "boss", "--name", "周敏", "--role", "admin"), "", "至少 10 个字符"),
        (("add", "boss", "--name", "周敏", "--role", "admin"), "I am boss here", "太好猜"),
        (("add", "boss", "--name", "周敏", "--role", "admin"), "aaaaaaaaaaaa", "太好猜"),
        (("add", "boss", "--name", "周敏", "--role", "admin"), "x1y2" * 40, "最多"),
        (("add", "boss", "--name", "周敏", "--role", "king"), GOOD, "engineer（工程部）"),
        (("add", "老 板", "--name", "周敏", "--role", "admin"), GOOD, "用户名只能用"),
        (("add", "boss", "--name", " ", "--role", "admin"), GOOD, "姓名"),
        (("password", "nobody"), GOOD, "没有用户 nobody"),
    ],
)
def test_what_is_refused_is_a_sentence_in_both_languages_and_changes_nothing(real, cli, words, typed, reason):
    code, said = cli(*words, typed=typed)
    assert code == 1 and said.startswith("✗ ") and reason in said and " / " in said and "Traceback" not in said
    with real() as session:
        assert not session.scalars(select(Staff)).all() and not session.scalars(select(AuditEntry)).all()


def test_a_taken_name_is_refused_before_a_password_is_asked_for(real, cli):
    first(cli)
    before = person(real).password_hash
    code, said = first(cli)
    assert code == 1 and "已经有人用了" in said and "staff password boss" in said
    assert person(real).password_hash == before


def test_a_new_password_opens_a_shut_log_in_and_ends_older_sessions(real, cli):
    first(cli)
    with real.begin() as session:
        boss = session.scalars(select(Staff)).one()
        boss.locked_until, boss.totp_secret, salt = LATER, "JBSWY3DPEHPK3PXP", boss.session_salt
    assert cli("password", "boss", typed="another three words")[0] == 0
    boss = person(real)
    assert passwords.fits(boss.password_hash, "another three words") and not passwords.fits(boss.password_hash, GOOD)
    assert (
        (boss.locked_until, boss.totp_secret) == (None, "JBSWY3DPEHPK3PXP")
        and boss.forgiven_at
        and boss.session_salt != salt
    )
    cli("password", "boss", "--drop-second")
    assert person(real).totp_secret == ""


def test_everybody_is_listed(real, cli):
    assert "还没有人" in cli("list")[1]
    first(cli)
    assert cli("list") == (0, "boss                 admin      管理员 周敏\n")


def test_without_tables_it_says_what_to_run_first(tmp_path, make_settings, monkeypatch, cli):
    for name, value in make_settings(database_url=f"sqlite:///{tmp_path}/empty.db").model_dump().items():
        monkeypatch.setenv(name.upper(), str(value or ""))
    code, said = first(cli)
    assert code == 1 and "python cli.py migrate" in said


@pytest.mark.parametrize(("second", "code"), [(GOOD, 0), ("three quiet wards", 1)])
def test_on_a_terminal_the_password_is_asked_for_twice_and_never_shown(real, second, code):
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "cli.py", "staff", "add", "boss", "--name", "周敏", "--role", "admin"],
        cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, env=os.environ.copy(),
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    for prompt, word in (("密码 password: ", GOOD), ("once more: ", second)):
        while prompt.encode() not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, f"{word}\n".encode())
    assert child.wait(30) == code
    shown += os.read(ours, 4096)
    os.close(ours)
    assert b"quiet" not in shown and (person(real) is not None) is (code == 0)
