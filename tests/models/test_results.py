"""What became of a campaign, in figures: by state, way and reason; answers and opt-outs of the two days after."""

import datetime as dt

from models import Consent, Conversation, Message, Outgoing
from models.actors import SYSTEM
from models.campaigns import Recipient
from models.desk.marketing import campaigns, results
from models.desk.marketing.campaigns import Plan
from tests.jobs.campaign_cast import EVERYBODY, crowd

H = dt.timedelta(hours=1)
#: state, reason, way, hours until they wrote, hours until they refused more.
PEOPLE = (
    ("sent", "", "custom", 1, None), ("sent", "", "custom", 49, None), ("sent", "", "mass", -1, 47),
    ("sent", "", "mass", None, 49), ("held", "window_closed", "", 1, 1), ("refused", "not_following", "", None, None),
    ("queued", "", "", None, None),
)  # fmt: skip


def test_the_figures_of_a_campaign(session, now):
    ids = crowd(session, len(PEOPLE) + 1, now)
    campaign = campaigns.make(session, Plan("讲座", body="x", audience=EVERYBODY), by=SYSTEM, now=now)
    for follower_id, (state, reason, way, wrote, refused) in zip(ids, PEOPLE, strict=False):
        letter = Outgoing(
            dedupe_key=f"c{follower_id}", follower_id=follower_id, campaign_id=campaign.id, purpose="marketing",
            state=state, reason=reason, rung=way, not_before=now, next_try_at=now, created_at=now,
            settled_at=now if state == "sent" else None,
        )  # fmt: skip
        talk = Conversation(follower_id=follower_id, owner="bot", unread=0)
        session.add_all([letter, talk])
        session.flush()
        session.add(Recipient(campaign_id=campaign.id, follower_id=follower_id, reason="", outgoing_id=letter.id))
        if wrote is not None:
            for number in range(2):
                at = now + wrote * H
                session.add(
                    Message(conversation=talk, direction="in", author="customer", text=f"{number}", created_at=at)
                )
        if refused is not None:
            session.add(Consent(follower_id=follower_id, purpose="marketing", given=False, at=now + refused * H))
    session.add(Recipient(campaign_id=campaign.id, follower_id=ids[-1], reason="opted_out"))
    session.flush()
    found = results.of(session, campaign)
    assert (found.total, found.sent, found.under_way, found.waiting, found.lost) == (7, 4, 1, 1, 1)
    assert (found.ways, found.out) == ({"custom": 2, "mass": 2}, {"opted_out": 1})
    assert found.reasons == {("held", "window_closed"): 1, ("refused", "not_following"): 1}
    assert (found.replies, found.opt_outs) == (1, 1)
