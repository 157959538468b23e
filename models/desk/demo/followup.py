"""The demo company's follow-up: the plans of a new house, and a building that is handed over in three weeks."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import SYSTEM
from models.desk.followup import joining, sequences
from models.desk.house import buildings
from models.desk.sales import enquiries
from models.houses import Estate
from models.sales import Enquiry
from models.worktime import local_day

#: Days until the handover: the congratulation is over, the model home is next.
AHEAD = dt.timedelta(days=20)


def plant(session: Session, now: dt.datetime) -> None:
    """Plans stand; one lead waits for the keys of a building with a date. Earlier leads start nothing."""
    soon = now + dt.timedelta(minutes=1)
    sequences.plant(session, now=soon)
    lead = session.scalars(select(Enquiry).where(Enquiry.contact_name == "郑磊")).first()
    if lead is None:
        return
    building = buildings.find_or_add(session, Estate(name="云栖里", aliases=[]), "2幢")
    enquiries.learn(session, lead, enquiries.Wish(house_text="云栖里2幢1501"), by=SYSTEM, now=now)
    building.handover_on = local_day(now + AHEAD)
    session.flush()
    handover = sequences.current(session, "handover")
    if handover is not None:
        joining.run(session, handover, now=soon)
