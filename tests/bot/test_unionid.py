"""What the platform tells of a person beside their messages is kept where it is of use."""

import datetime as dt

import pytest
from sqlalchemy import Engine, select

from bot.inbox import Answer, Inbox
from models import Follower
from templates import Texts
from tests.bot.pushes import a_push, an_event

TEXTS, M = Texts(), dt.timedelta(minutes=1)


@pytest.fixture
def box(engine: Engine) -> Inbox:
    return Inbox(engine, TEXTS)


def test_what_the_company_s_other_accounts_know_somebody_by_is_kept_when_the_platform_tells(box, sessions, now) -> None:
    """Only accounts bound to one Open Platform account are told; without it, torn or about a stranger: nothing."""
    for name in ("o-one", "o-two"):
        box.answer(a_push(now, "你好", who=name), now=now)
    told = [("o-one", "u-1"), ("o-one", ""), ("o-two", ["u-2", "u-3"]), ("o-stranger", "u-4")]
    for minute, (openid, union) in enumerate(told, start=1):
        push = an_event(now + minute * M, "user_info_modified", who="gh_2", OpenID=openid, UnionID=union)
        assert box.answer(push, now=now + minute * M) == Answer(None)
    with sessions() as session:
        known = {one.openid: one.unionid for one in session.scalars(select(Follower))}
    assert known == {"o-one": "u-1", "o-two": ""}
    box.answer(an_event(now + 9 * M, "user_authorization_revoke", who="gh_2", OpenID="o-two", UnionID="u-2"), now=now)
    with sessions() as session:
        assert session.scalars(select(Follower).where(Follower.openid == "o-two")).one().unionid == "u-2"
