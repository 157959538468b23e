"""Nobody knows whether a message arrived: what the person answers to it counts all the same."""

import datetime as dt

import pytest
from sqlalchemy import Engine, select

from bot.inbox import Inbox
from models import Outgoing, Quote
from models.desk.repair import quotes
from models.desk.repair.quotes import Line
from templates import Texts
from tests.bot.pushes import a_push
from tests.models.builders import house, repair

M = dt.timedelta(minutes=1)


@pytest.mark.parametrize(("state", "answered"), [("unknown", "agreed"), ("sent", "agreed"), ("held", "sent")])
def test_a_quote_that_may_have_been_read_can_be_answered(engine: Engine, sessions, now, state, answered) -> None:
    with sessions.begin() as session:
        who = house(session, now)
        quote = quotes.make(session, repair(session, who, now), [Line("换角阀", 8000)], by=who.by_crew, now=now)
        quotes.send(session, quote, by=who.by_crew, now=now)
        session.scalars(select(Outgoing).where(Outgoing.text_key == "quote.offer")).one().state = state
        openid, number = who.homeowner.openid, quote.number
    Inbox(engine, Texts()).answer(a_push(now + M, f"{number} 同意", who=openid), now=now + M)
    with sessions() as session:
        assert session.scalars(select(Quote)).one().state == answered
