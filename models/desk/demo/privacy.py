"""Wishes about their own data in the demo company: one waits for a second colleague, one for any, one is withdrawn."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from models.actors import By
from models.desk.personal import privacy, retention
from models.people import Follower
from models.staff import Staff


def plant(session: Session, staff: Mapping[str, Staff], known: Mapping[str, Follower], now: dt.datetime) -> None:
    """They stand; nothing is carried out before somebody approves it."""
    retention.ensure(session)
    lin, zhou = known["oNuanju_W2"], known["oNuanju_W3"]
    hour, day = dt.timedelta(hours=1), dt.timedelta(days=1)
    privacy.ask(session, zhou, "delete", "我想注销账号", by=_by(zhou), now=now - 3 * day)
    privacy.withdraw(session, zhou, "先不删了，家里还在装修", by=_by(zhou), now=now - 3 * day + hour)
    gone, _ = privacy.ask(session, lin, "delete", "把我的资料都删了吧，房子要卖了", by=_by(lin), now=now - day)
    privacy.check(session, gone, staff["manager"], "回电核对了合同号和门牌，是本人", now=now - 2 * hour)
    privacy.ask(session, zhou, "export", "你们都存了我哪些信息", by=_by(zhou), now=now - hour)


def _by(who: Follower) -> By:
    return By("customer", who.id, who.customer.call if who.customer else "")
