"""Subscription notices 订阅通知: each yes of a person allows exactly one message of one template.

A yes is spent when its message is claimed, before anything is sent; it comes back only when the message surely never
left. The platform keeps its own count and wins: when it knows of no yes, ours are void.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.outbound import NoticeConsent
from models.people import Follower

#: Event -> the field that holds its list.
LISTS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}


def entries(event: str, fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The entries of a subscription event; the platform writes one as an object and several as a list."""
    held = fields.get(LISTS[event])
    listed = held.get("List", ()) if isinstance(held, Mapping) else ()
    listed = [listed] if isinstance(listed, Mapping) else listed
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list | tuple) else []


def hear(session: Session, openid: str, event: str, fields: Mapping[str, Any], *, now: dt.datetime) -> None:
    """What the person allowed or took back is on file; of somebody we do not know nothing is kept."""
    query = select(Follower).where(Follower.openid == openid).with_for_update(key_share=True)
    follower = session.scalars(query).one_or_none()
    if follower is None:
        return
    for one in entries(event, fields):
        template, said = str(one.get("TemplateId", ""))[:64], str(one.get("SubscribeStatusString", ""))
        if template and said == "accept":
            allow(session, follower, template, scene=str(one.get("PopupScene", ""))[:10], now=now)
        elif template and said == "reject" and event == "subscribe_msg_change_event":
            # A no in a popup declines one more; only the switch in the settings takes back what was given.
            forbid(session, follower.id, template, now=now)


def allow(session: Session, follower: Follower, template: str, *, scene: str = "", now: dt.datetime) -> None:
    """One message more of this template may go to the person."""
    session.add(NoticeConsent(follower_id=follower.id, template_id=template, state="free", scene=scene, given_at=now))


def forbid(session: Session, follower_id: int, template: str, *, now: dt.datetime) -> int:
    """Nothing of this template may go to the person; returns how many unused consents that ends.

    One that a worker has in hand is void as well, so that giving it back later changes nothing.
    """
    query = update(NoticeConsent).where(
        NoticeConsent.follower_id == follower_id,
        NoticeConsent.template_id == template,
        NoticeConsent.state.in_(("free", "spent")),
        NoticeConsent.ended_at.is_(None),
    )
    ended = session.execute(query.values(state="void", ended_at=now).execution_options(synchronize_session=False))
    return ended.rowcount


def free(session: Session, ids: Collection[int], template: str) -> dict[int, list[NoticeConsent]]:
    """The unused consents of these followers, who are locked by the caller; the oldest is used first."""
    found: dict[int, list[NoticeConsent]] = defaultdict(list)
    query = select(NoticeConsent).where(
        NoticeConsent.follower_id.in_(ids), NoticeConsent.template_id == template, NoticeConsent.state == "free"
    )
    for one in session.scalars(query.order_by(NoticeConsent.id.desc())):
        found[one.follower_id].append(one)
    return found


def spend(consent: NoticeConsent, outgoing_id: int) -> None:
    """This message uses the consent up; until the platform has answered it may still come back."""
    consent.state, consent.outgoing_id = "spent", outgoing_id


def settle(session: Session, outgoing_id: int, *, sure: bool, now: dt.datetime) -> None:
    """The platform has answered: the consent is used up, or free again when the message surely never left."""
    query = update(NoticeConsent).where(
        NoticeConsent.outgoing_id == outgoing_id, NoticeConsent.state == "spent", NoticeConsent.ended_at.is_(None)
    )
    values = {"state": "free", "outgoing_id": None} if sure else {"ended_at": now}
    session.execute(query.values(values).execution_options(synchronize_session=False))
