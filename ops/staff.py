"""`cli.py staff`: who may log in to the panel, from the machine's own command line.

For the first administrator of a new house, and for the day on which the last one has forgotten the password. Every
change stands in the audit log, with the machine's user as its origin. Passwords are typed or piped in, never arguments:
those would stand in the shell's history and in the list of processes.
"""

import argparse
import getpass
import re
import secrets
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from admin import passwords
from clock import Clock
from models import Role, Staff
from models.db import make_engine, make_sessions
from models.desk import promises, trust
from models.desk.staff import roles
from models.desk.trust import Deed
from ops.database import pending
from settings import Settings

#: Longer than the panel's own minimum: nobody stands by who could say that it is a bad one.
SHORTEST = 10
USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")

#: The panel's reasons, in the words of a terminal.
WEAK = {
    "account.password_short": f"密码至少 {SHORTEST} 个字符 / The password needs at least {SHORTEST} characters",
    "account.password_long": f"密码最多 {passwords.LONGEST} 个字符 / The password has more than {passwords.LONGEST} "
    "characters",
    "account.password_weak": "密码太好猜：不能含用户名，也不能只有两三种字符"
    " / The password is easily guessed: it must not contain the user name, nor consist of two or three characters",
}


class Refusal(Exception):
    """The staff stay as they are; the text says why, in Chinese and English."""


def typed() -> str:
    """The password, asked for twice on a terminal, else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("密码 password: ")
    if getpass.getpass("再输入一次 once more: ") != first:
        raise Refusal("两次输入的不一样 / The two passwords differ")
    return first


def main(arguments: list[str], ask: Callable[[], str] = typed) -> int:
    """Add somebody, give somebody a new password, or list them; returns 1, in words, when it is refused."""
    options = _options(arguments, ask)
    settings = Settings.load()
    engine = make_engine(settings.database_url)
    try:
        if pending(engine):
            raise Refusal("数据表还没有建好：请先运行 python cli.py migrate / Run python cli.py migrate first")
        with make_sessions(engine).begin() as session:
            said = options.act(session, options, Clock(settings.clock_file)())
    except Refusal as why:
        print(f"✗ {why}", file=sys.stderr)
        return 1
    finally:
        engine.dispose()
    print(said)
    return 0


def _options(arguments: list[str], ask: Callable[[], str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="cli.py staff", description=main.__doc__)
    verbs = parser.add_subparsers(required=True, metavar="add|password|list")
    new = verbs.add_parser("add", help="somebody new; the password is asked for, or read from standard input")
    new.add_argument("username")
    new.add_argument("--name", required=True, help="as colleagues and customers read it, e.g. 周敏")
    new.add_argument("--role", required=True, help="admin, manager, agent …; an unknown one lists them all")
    new.set_defaults(act=lambda session, told, now: add(session, told, ask, now))
    again = verbs.add_parser("password", help="a new password; ends the person's sessions and opens a shut log-in")
    again.add_argument("username")
    again.add_argument("--drop-second", action="store_true", help="the second factor's phone is lost: switch it off")
    again.set_defaults(act=lambda session, told, now: change(session, told, ask, now))
    verbs.add_parser("list", help="everybody with a log-in").set_defaults(
        act=lambda session, told, now: listed(session)
    )
    return parser.parse_args(arguments)


def add(session: Session, told: Any, ask: Callable[[], str], now: datetime) -> str:
    """Somebody new may log in, with `told.username`, `.name`, `.role`; the default roles and time limits stand too.

    Refused: a taken or impossible user name, an unknown role, a weak password. `ask` is called once all else is right.
    """
    known = roles.plant(session)
    promises.ensure_policies(session)
    if not USERNAME.fullmatch(told.username):
        raise Refusal("用户名只能用字母、数字和 . _ -，最多 40 个 / A user name has up to 40 letters, digits, . _ or -")
    if not 1 <= len(told.name.strip()) <= 40:
        raise Refusal("姓名要有 1 到 40 个字 / A name has 1 to 40 characters")
    if told.role not in known:
        raise Refusal(f"没有角色 {told.role} / There is no such role. {_titles(known)}")
    if session.scalar(select(Staff.id).where(Staff.username == told.username)) is not None:
        raise Refusal(
            f"用户名 {told.username} 已经有人用了；改密码用 staff password / The name is taken; for a new password"
            f" use: python cli.py staff password {told.username}"
        )
    person = Staff(username=told.username, name=told.name.strip(), role=known[told.role])
    session.add(_with_password(person, ask()))
    session.flush()
    after = {"username": person.username, "name": person.name, "role": person.role.name}
    _record(session, Deed("staff.add", "staff", str(person.id), after=after), now)
    return f"✓ {person.role.title} {person.name} 可以用 {person.username} 登录了 / can log in to /admin now"


def change(session: Session, told: Any, ask: Callable[[], str], now: datetime) -> str:
    """The person has a new password and no session, and is not shut out by wrong tries. Unknown names are refused."""
    person = session.scalar(select(Staff).where(Staff.username == told.username))
    if person is None:
        raise Refusal(f"没有用户 {told.username} / There is no such user; see python cli.py staff list")
    _with_password(person, ask())
    person.locked_until, person.forgiven_at = None, now
    if told.drop_second:
        person.totp_secret = ""
    after = {"password": "new", "second_factor": "dropped" if told.drop_second else "kept"}
    _record(session, Deed("staff.password", "staff", str(person.id), after=after), now)
    inactive = "" if person.active else "（账号已停用，仍不能登录 / the account is inactive and still cannot log in）"
    return (
        f"✓ {person.username} 的密码已更换，旧的登录全部失效 / has a new password; older sessions have ended{inactive}"
    )


def listed(session: Session) -> str:
    """One line per person: user name, role, name, and whether the account is inactive."""
    everybody = session.scalars(select(Staff).options(joinedload(Staff.role)).order_by(Staff.id)).all()
    if not everybody:
        return "还没有人 / Nobody yet: python cli.py staff add admin --name 姓名 --role admin"
    return "\n".join(
        f"{person.username:<20} {person.role.name:<10} {person.role.title} {person.name}"
        f"{'' if person.active else '  已停用 inactive'}"
        for person in everybody
    )


def _with_password(person: Staff, password: str) -> Staff:
    """The person logs in with this password from now on; one that is too short or easily guessed is refused."""
    weak = "account.password_short" if len(password) < SHORTEST else passwords.refusal(password, person.username)
    if weak:
        raise Refusal(WEAK[weak])
    person.password_hash, person.session_salt = passwords.make_hash(password), secrets.token_hex(16)
    return person


def _record(session: Session, deed: Deed, now: datetime) -> None:
    trust.record(session, None, deed, origin=f"cli {getpass.getuser()}"[:64], now=now)


def _titles(known: dict[str, Role]) -> str:
    return "可选 choose one of: " + "、".join(f"{name}（{role.title}）" for name, role in known.items())
