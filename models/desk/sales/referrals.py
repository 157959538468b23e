"""转介绍: a personal code per follower, and who brought whom. The first one counts, and only for new followers."""

import datetime as dt
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from models.db import insert_into
from models.desk.account import codes
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.outbound import Outgoing
from models.people import Follower
from models.qrcodes import QrCode, Referral
from models.signing import Signing

SCENE = "ref_"
#: Thanks that come later than this would only puzzle.
THANKS_LIVE = dt.timedelta(days=3)


def code_of(session: Session, follower: Follower, *, now: dt.datetime) -> QrCode:
    """The follower's own code, wanted when there is none yet; good for ever."""
    found = session.scalar(select(QrCode).where(QrCode.follower_id == follower.id))
    scene = found.scene if found else f"{SCENE}{secrets.token_hex(5)}"
    return codes.want(session, "referral", scene, title=f"{follower} 的推荐码", now=now, follower=follower)


def show(session: Session, row: QrCode, *, key: str, now: dt.datetime) -> Outgoing | None:
    """The picture is promised to its owner, once by `key`; None while it is not made."""
    if row.follower is None or not row.path:
        return None
    facts = {"path": row.path, "content_type": "image/png"}
    return outbox.post(session, key, to=row.follower, letter=Letter(facts=facts), now=now, kind="image", urgent=True)


def arrived(session: Session, newcomer: Follower, scene: str, *, now: dt.datetime) -> Referral | None:
    """Who brought this new follower is on record, and thanked once.

    None for somebody we knew before, for one's own code and for a scene of nobody's.
    """
    introducer = introducer_of(session, scene)
    if introducer is None or not is_new(newcomer) or introducer.id == newcomer.id:
        return None
    row = {"introducer_id": introducer.id, "newcomer_id": newcomer.id, "at": now}
    first = (
        insert_into(session, Referral)
        .values(row)
        .on_conflict_do_nothing(index_elements=["newcomer_id"])
        .returning(Referral)
    )
    referral = session.scalars(first).one_or_none()
    if referral is not None:
        outbox.post(
            session, f"referral:{referral.id}", to=introducer, letter=Letter("referral.thanks"), now=now,
            not_after=now + THANKS_LIVE,
        )  # fmt: skip
    return referral


def introducer_of(session: Session, scene: str) -> Follower | None:
    """Whose code this is; None for every other scene."""
    if not scene.startswith(SCENE):
        return None
    row = session.scalar(select(QrCode).where(QrCode.scene == scene, QrCode.kind == "referral"))
    return row.follower if row else None


def is_new(follower: Follower) -> bool:
    """Whether this is the very first we hear of somebody: no push before, no file, never left."""
    return follower.turn <= 1 and follower.customer_id is None and follower.unsubscribed_at is None


def was_brought(session: Session, follower: Follower) -> bool:
    """Whether somebody recommended us to this follower."""
    return session.scalar(select(Referral.id).where(Referral.newcomer_id == follower.id)) is not None


@dataclass(frozen=True)
class Outcome:
    """What became of somebody who was brought: the day of their first contract since, and whose it counts as."""

    signed_on: dt.date | None = None
    #: Whether that contract is credited to whoever brought them; not so for who had a contract with us before.
    credited: bool = False


def outcomes(session: Session, rows: Collection[Referral]) -> dict[int, Outcome]:
    """What became of the people of these referrals, by the referrals' ids; one query for all of them."""
    query = select(Referral.id, Signing.signed_on, Signing.introducer_id == Referral.introducer_id)
    query = query.select_from(Referral).join(Follower, Follower.id == Referral.newcomer_id)
    since = (Signing.customer_id == Follower.customer_id) & (Signing.created_at >= Referral.at)
    query = query.join(Signing, since).where(Referral.id.in_([row.id for row in rows]))
    found: dict[int, Outcome] = {}
    for number, day, credited in session.execute(query.order_by(Signing.id)):
        before = found.get(number, Outcome(day))
        found[number] = Outcome(before.signed_on, before.credited or bool(credited))
    return {row.id: found.get(row.id, Outcome()) for row in rows}


def signed() -> ColumnElement[bool]:
    """The condition on a referral that the person has signed since."""
    theirs = select(Signing.id).join(Follower, Follower.customer_id == Signing.customer_id)
    since = theirs.where(Follower.id == Referral.newcomer_id, Signing.created_at >= Referral.at)
    return exists(since.correlate(Referral))
