"""A mass send by tag: only where the tag's people are the list's people to the last, and never twice by any way."""

import pytest
from sqlalchemy import select

from bot.errors import Refused, Unknown, Unreachable
from jobs import campaigns as campaign_duty
from jobs import tags as tag_duty
from jobs.rate import Rate
from models import Follower, Outgoing, Tag, Tagging
from models.actors import SYSTEM
from models.campaigns import Campaign, MassSend
from models.desk.account import tags
from models.desk.marketing import campaigns, reach
from tests.jobs.campaign_cast import QUIET, crowd, scheduled
from tests.jobs.test_campaigns import complaint

OLD_ONES = {"groups": [{"conditions": [{"field": "tag", "op": "is", "value": ["老业主"]}]}]}
NUMBER = 103
#: Tables of judgements: what locks and races is told on both databases below.
PLAIN = pytest.mark.sqlite_only


@pytest.fixture
def tagged(sessions, now, platform):
    """A campaign to the tag 老业主, which four of six people have; all windows are shut. `change` comes before it."""

    def begin(change=lambda session, people: None, **plan) -> int:
        with sessions.begin() as session:
            crowd(session, 6, now, open_=lambda n: False)
            people = session.scalars(select(Follower).order_by(Follower.id)).all()
            tag = Tag(name="老业主", platform_id=NUMBER, _state="made", next_try_at=now, created_at=now)
            session.add_all(
                [tag, *(Tagging(tag=tag, follower=one, _state="put", next_try_at=now) for one in people[:4])]
            )
            session.flush()
            platform.tag_holders[NUMBER] = [one.openid for one in people[:4]]
            change(session, people)
            return scheduled(session, now, mass=True, **{"audience": OLD_ONES} | plan).id

    return begin


@pytest.fixture
def send(sessions):
    def read() -> MassSend:
        with sessions() as session:
            found = session.scalars(select(MassSend).order_by(MassSend.id.desc())).first()
            session.refresh(found, ["tag"])
            return found

    return read


def test_a_tag_whose_people_all_get_it_is_one_call(tagged, run, states, platform, send):
    one = tagged()
    run()
    assert (platform.by_tag, platform.looked_at) == ([NUMBER], [NUMBER])
    assert len(platform.masses) == 1
    assert states(one) == {"sent": 4}
    assert (send().tag.name, send().size) == ("老业主", 4)


def opted_out(session, people):
    people[0].opted_out_at = people[0].created_at


def complains(session, people):
    complaint(session, people[0], people[0].created_at)


def has_written(session, people):
    people[0].reply_left = 5


def had_enough(session, people):
    at = people[0].created_at
    touch = {"follower_id": people[0].id, "purpose": "marketing", "text_key": "", "facts": {}, "state": "sent",
             "not_before": at, "next_try_at": at, "created_at": at, "settled_at": at}  # fmt: skip
    session.add_all(Outgoing(dedupe_key=f"t{n}", **touch) for n in range(4))


def gets_the_tag(session, people):
    tag = session.scalars(select(Tag)).one()
    session.add(Tagging(tag=tag, follower=people[5], _state="wanted", next_try_at=tag.created_at))


def loses_the_tag(session, people):
    session.scalars(select(Tagging).order_by(Tagging.id)).first().move("unwanted", now=people[0].created_at)


@PLAIN
@pytest.mark.parametrize(
    "change", [opted_out, complains, has_written, had_enough, gets_the_tag, loses_the_tag], ids=lambda one: one.__name__
)
def test_one_person_out_and_it_goes_by_list(tagged, run, platform, send, change):
    tagged(change)
    run()
    assert platform.by_tag == []
    assert [len(openids) for _, openids, _ in platform.masses] in ([3], [5], [4])
    if change in (opted_out, complains, has_written, had_enough):
        assert "W000000" not in platform.masses[0][1]
    assert send().tag is None


@PLAIN
@pytest.mark.parametrize("there", [["W000000", "W000001", "W000002", "W000003", "W000009"], ["W000000"], []])
def test_where_the_platform_names_other_people_it_goes_by_list(tagged, run, platform, send, there):
    tagged()
    platform.tag_holders[NUMBER] = there
    run()
    assert (platform.by_tag, send().tag) == ([], None)
    assert [sorted(openids) for _, openids, _ in platform.masses] == [[f"W00000{n}" for n in range(4)]]


def test_a_tag_that_cannot_be_looked_at_costs_nothing_but_the_tag(tagged, run, states, platform):
    one = tagged()

    def away(tag_id: int) -> list[str]:
        raise Refused(45159, "invalid tag")

    platform.tagged = away
    run()
    assert states(one) == {"sent": 4} and platform.by_tag == []


@pytest.mark.parametrize("error", [Unknown(message="cut"), Unreachable(message="away")])
def test_without_an_answer_the_list_may_follow_the_tag_and_it_is_sent_once(
    tagged, run, states, platform, clock, sessions, error
):
    one = tagged()
    platform.errors["mass"] = [error]
    platform.heard_anyway = isinstance(error, Unknown)
    run()
    platform.tag_holders[NUMBER].append("W000005")  # tagged in the console: the tag is the list no more
    clock.advance(minutes=2)
    run()
    assert states(one) == {"sent": 4}
    assert len(platform.masses) == 1, "one key, one message"


def test_while_it_is_on_its_way_nobody_gets_the_tag(tagged, run, world, platform, sessions, clock, now):
    tagged()
    platform.errors["mass"] = [Unknown(message="cut")]
    platform.tag_people = lambda tag_id, openids: platform.tag_holders[tag_id].extend(openids)
    late = []

    def meanwhile(tag_id: int) -> list[str]:
        with sessions.begin() as session:
            tag = session.scalars(select(Tag)).one()
            tags.put(
                session, tag, [session.scalars(select(Follower).where(Follower.openid == "W000005")).one()], now=now
            )
        tag_duty.run(world)
        late.extend(platform.tag_holders[tag_id])
        return platform.tag_holders[tag_id]

    platform.tagged = meanwhile
    run(rounds=1)
    assert late == [f"W00000{n}" for n in range(4)]
    tag_duty.run(world)
    assert "W000005" in platform.tag_holders[NUMBER], "afterwards it is put"


TAG = OLD_ONES["groups"][0]["conditions"][0]


@PLAIN
@pytest.mark.parametrize(
    "conditions",
    [
        [TAG | {"value": ["老业主", "业主"]}],
        [TAG, {"field": "heard", "op": "within", "value": ["9"]}],
        [TAG | {"op": "is_not", "value": ["别的"]}],
    ],
)
def test_whatever_else_is_asked_goes_by_list(tagged, run, platform, conditions):
    tagged(audience={"groups": [{"conditions": conditions}]})
    run()
    assert platform.by_tag == [] and len(platform.masses) == 1


def test_two_languages_are_two_lists(tagged, run, platform, sessions, now):
    def one_reads_english(session, people):
        people[0].lang = people[1].lang = "en"

    tagged(one_reads_english, body_en="A talk on Saturday")
    run()
    assert platform.by_tag == [] and len(platform.masses) == 2


@PLAIN
@pytest.mark.parametrize(("change", "said"), [(None, "老业主"), (opted_out, ""), (has_written, ""), (gets_the_tag, "")])
def test_the_planner_says_by_which_way(tagged, sessions, now, change, said):
    one = tagged(change) if change else tagged()
    with sessions() as session:
        assert reach.preview(session, session.get(Campaign, one), QUIET, now=now).tag == said


class UsedUp(Rate):
    """The day's mass sends are used up: lists are formed and wait."""

    def full(self):
        return {"mass"}


def test_who_opts_out_while_it_is_paused_is_on_no_list_any_more(launch, run, world, states, platform, sessions, clock):
    one = launch(4, open_=lambda n: False, mass=True)
    campaign_duty.run(world, rate=UsedUp(None, per_second=1e9))
    assert states(one) == {"sending": 4}
    with sessions.begin() as session:
        campaigns.pause(session.get(Campaign, one), by=SYSTEM, now=clock())
    clock.advance(hours=1)
    with sessions.begin() as session:
        session.scalars(select(Follower).order_by(Follower.id)).first().opted_out_at = clock()
        campaigns.resume(session.get(Campaign, one), by=SYSTEM, now=clock())
    run()
    assert states(one) == {"sent": 3, "refused opted_out": 1}
    assert [sorted(openids) for _, openids, _ in platform.masses] == [["W000001", "W000002", "W000003"]]
