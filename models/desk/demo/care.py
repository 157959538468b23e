"""The demo company's calls: one that a customer asked for, one after an inspection that chat will ask first."""

import datetime as dt

from sqlalchemy.orm import Session

from models.desk.callback import callbacks, calls, forms
from models.desk.talk import conversations
from models.houses import Project
from models.people import Follower


def plant(session: Session, who: Follower, site: Project, now: dt.datetime) -> None:
    """Two calls are owed from tomorrow on, so that nobody's phone rings before somebody has looked round."""
    forms.plant(session, now=now)
    tomorrow = now + dt.timedelta(days=1)
    wish = calls.Wish(tomorrow, tomorrow + dt.timedelta(hours=1), "想问阳台封窗要多少钱")
    calls.arrange(session, conversations.of(session, who), wish, now=now)
    later = tomorrow + dt.timedelta(hours=4)
    callbacks.ask(
        session, "control_point", about=site, now=now, from_at=tomorrow, due_at=later, words="材料进场",
    )  # fmt: skip
