"""Campaigns: every arrow, who may let one go, what is fit to go out; audiences; what a preview says."""

import datetime as dt

import pytest
from sqlalchemy import select

from models import Consent, Customer, Estate, Follower, Outgoing, Phase, Project, ProjectMember, Tag, Tagging
from models.actors import SYSTEM, By
from models.campaigns import Campaign, MassSend
from models.desk.delivery import terms
from models.desk.marketing import audience, campaigns, mass_results, quota, reach
from models.desk.marketing.audience import BadAudience
from models.desk.marketing.campaigns import CannotRun, OwnWork, Plan
from models.errors import DomainError, IllegalMove, Missing
from models.states import CAMPAIGN
from tests.jobs.campaign_cast import EVERYBODY, colleagues, crowd
from tests.models.builders import house

H = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
HOUSE = terms.House()


@pytest.fixture
def office(session):
    return colleagues(session)


def plan(**more) -> Plan:
    return Plan(**({"name": "秋季讲座", "body": "周六有讲座", "audience": EVERYBODY} | more))


def checked(session, campaign, by, now):
    """Counted and checked, as the planner does it."""
    found = reach.preview(session, campaign, HOUSE, now=now) if campaign.audience else None
    campaigns.check(campaign, found, by=by, now=now)


@pytest.mark.parametrize("frm", CAMPAIGN)
@pytest.mark.parametrize("to", CAMPAIGN)
def test_every_arrow_and_every_other_is_refused(frm, to, now):
    campaign = Campaign(name="x", kind="campaign")
    campaign._state = frm
    if to in CAMPAIGN[frm]:
        step = campaign.move(to, by=SYSTEM, now=now)
        assert (campaign.state, step.from_state, step.to_state) == (to, frm, to)
    else:
        with pytest.raises(IllegalMove):
            campaign.move(to, by=SYSTEM, now=now)


def test_from_draft_to_scheduled_takes_two_people(session, office, now):
    author, boss = office
    crowd(session, 3, now)
    campaign = campaigns.make(session, plan(), by=author, now=now)
    checked(session, campaign, author, now)
    assert campaign.expected == 3
    with pytest.raises(OwnWork):
        campaigns.approve(campaign, by=author, now=now)
    campaigns.approve(campaign, by=boss, now=now)
    campaigns.schedule(campaign, by=author, now=now)
    assert (campaign.state, campaign.starts_at, campaign.ends_at) == ("scheduled", now, now + 2 * DAY)
    assert [event.name for event in campaign.events] == ["made", "checked", "approved", "scheduled"]


def test_whoever_changes_it_cannot_approve_it_and_the_approval_is_gone(session, office, now):
    author, boss = office
    crowd(session, 2, now)
    campaign = campaigns.make(session, plan(), by=author, now=now)
    checked(session, campaign, author, now)
    campaigns.approve(campaign, by=boss, now=now)
    campaigns.edit(session, campaign, plan(body="改了"), by=boss, now=now)
    assert (campaign.state, campaign.approved_by_id) == ("draft", None)
    checked(session, campaign, boss, now)
    for one in office:
        with pytest.raises(OwnWork):
            campaigns.approve(campaign, by=one, now=now)


def test_sent_back_it_is_a_draft_with_a_reason(session, office, now):
    author, boss = office
    crowd(session, 2, now)
    campaign = campaigns.make(session, plan(), by=author, now=now)
    checked(session, campaign, author, now)
    with pytest.raises(Missing):
        campaigns.send_back(campaign, reason=" ", by=boss, now=now)
    campaigns.send_back(campaign, reason="太像广告", by=boss, now=now)
    assert (campaign.state, campaign.events[-1].reason) == ("draft", "太像广告")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"body": ""}, "no_words"),
        ({"body": "长" * 301}, "too_long"),
        ({"body_en": "x" * 603}, "too_long"),
        ({"body": "您好{name}"}, "braces"),
        ({"link_title": "看看"}, "bad_link"),
        ({"link_url": "https://x.example"}, "bad_link"),
        ({"link_url": "http://x.example", "link_title": "看看"}, "bad_link"),
        ({"link_url": 'https://x.example/"><a', "link_title": "看看"}, "bad_link"),
        ({"link_url": "https://[x", "link_title": "看看"}, "bad_link"),
        ({"audience": {}}, "no_audience"),
        ({"ends_in": -1}, "ends_too_soon"),
        ({"starts_in": 5, "ends_in": 5}, "ends_too_soon"),
        ({"ends_in": 24 * 32}, "lasts_too_long"),
        ({"audience": {"groups": [{"conditions": [{"field": "lang", "op": "is", "value": ["xx"]}]}]}}, "nobody"),
    ],
)
def test_what_is_not_fit_says_why(session, office, now, change, why):
    crowd(session, 2, now)
    times = {f"{name}s_at": now + change[f"{name}s_in"] * H for name in ("start", "end") if f"{name}s_in" in change}
    said = {name: value for name, value in change.items() if not name.endswith("_in")}
    campaign = campaigns.make(session, plan(**said, **times), by=office[0], now=now)
    with pytest.raises(CannotRun) as refusal:
        checked(session, campaign, office[0], now)
    assert refusal.value.facts == {"why": why} and campaign.state == "draft"


@pytest.mark.parametrize("change", [{"name": " "}, {"kind": "nonsense"}])
def test_a_draft_needs_a_name_and_a_kind(session, office, now, change):
    with pytest.raises(Missing):
        campaigns.make(session, plan(**change), by=office[0], now=now)


def test_an_author_tries_it_on_themselves_as_often_as_they_like(session, office, now):
    author, _ = office
    campaign = campaigns.make(session, plan(), by=author, now=now)
    staff = campaign.author
    with pytest.raises(DomainError) as refusal:
        campaigns.try_on(session, campaign, staff, now=now)
    assert refusal.value.key == "errors.no_own_wechat"
    session.add(Follower(openid="mine", staff_id=author.id, created_at=now))
    session.flush()
    rows = [campaigns.try_on(session, campaign, staff, now=now) for _ in range(2)]
    assert {(row.purpose, row.text_key, row.campaign_id) for row in rows} == {("staff", "campaign.letter", None)}


def test_the_letter_has_a_name_only_where_one_is_known_and_wanted():
    campaign = Campaign(body="您好", body_en="Hello", by_name=True, link_title="看看", link_url="https://x.example")
    assert campaigns.letter(campaign, "en", "Mr Chen").facts == {
        "words": "Hello", "call": "Mr Chen", "title": "看看", "address": "https://x.example",
    }  # fmt: skip
    campaign.body_en, campaign.by_name, campaign.link_url = "", False, ""
    assert campaigns.letter(campaign, "en", "Mr Chen").facts == {"words": "您好"}


# -- audiences


@pytest.fixture
def street(session, now):
    """陈明 (in warranty, 翡翠城8幢, tagged, born in May, heard an hour ago) beside three decoys; by name."""
    who = house(session, now)
    chen = who.homeowner
    chen.last_heard_at, chen.customer.stage = now - H, "in_warranty"
    chen.customer.birth_month, chen.customer.tag_words = 5, ["老带新", "怕吵"]
    session.add(Phase(project=who.project, position=1, name="签约", actual_on=now.date()))
    session.add(Phase(project=who.project, position=2, name="水电验收", actual_on=now.date()))
    session.add(Phase(project=who.project, position=3, name="中期验收", planned_on=now.date()))
    lead = Customer(name="李", stage="potential", created_at=now)
    other_house = Project(number="HT-2", estate=Estate(name="江南里"), building="8幢", created_at=now)
    owner = Customer(name="周", stage="building", created_at=now)
    session.add_all([lead, owner, other_house, ProjectMember(project=other_house, customer=owner)])
    session.flush()
    rows = {"chen": chen}
    for name, customer in (("lead", lead), ("owner", owner), ("stranger", None)):
        rows[name] = Follower(openid=f"o-{name}", customer=customer, created_at=now, last_heard_at=now - 40 * DAY)
    rows["stranger"].last_heard_at = None
    session.add_all(rows.values())
    tag = Tag(name="看过展厅", next_try_at=now, created_at=now)
    session.add_all([tag, Tagging(tag=tag, follower=rows["owner"], next_try_at=now)])
    session.add(Consent(follower=rows["lead"], purpose="marketing", given=True, words="好", at=now))
    session.flush()
    return who, rows


def meant(session, rows, now, *conditions, join="all"):
    told = {
        "groups": [
            {"join": join, "conditions": [dict(zip(("field", "op", "value"), one, strict=True)) for one in conditions]}
        ]
    }
    found = set(session.scalars(select(Follower.id).where(audience.condition(told, now))))
    return {name for name, row in rows.items() if row.id in found}


def test_every_field_finds_whom_it_means(session, street, now):
    who, rows = street
    estate = str(who.project.estate_id)
    for condition, names in (
        (("stage", "is", ["in_warranty"]), {"chen"}),
        (("stage", "is_not", ["in_warranty", "potential"]), {"owner", "stranger"}),
        (("estate", "is", [estate]), {"chen"}),
        (("building", "is", [f"{estate}|8幢"]), {"chen"}),
        (("phase", "is", ["水电验收"]), {"chen"}),
        (("phase", "is", ["签约"]), set()),
        (("phase", "is", ["中期验收"]), set()),
        (("tag", "is", ["老带新", "没人有"]), {"chen"}),
        (("tag", "is", ["看过展厅", "老带新"]), {"chen", "owner"}),
        (("tag", "is_not", ["老带新"]), {"lead", "owner", "stranger"}),
        (("heard", "within", ["30"]), {"chen"}),
        (("heard", "longer", ["30"]), {"lead", "owner", "stranger"}),
        (("bought", "is", []), {"chen", "owner"}),
        (("bought", "is_not", []), {"lead", "stranger"}),
        (("opted_in", "is", []), {"lead"}),
        (("birth_month", "is", ["5"]), {"chen"}),
        (("lang", "is", ["zh"]), {"chen", "lead", "owner", "stranger"}),
        (("person", "is", [str(rows["lead"].id)]), {"lead"}),
    ):
        assert meant(session, rows, now, condition) == names, condition


def test_conditions_are_joined_by_and_or_or(session, street, now):
    _, rows = street
    pair = (("bought", "is", []), ("heard", "within", ["30"]))
    assert meant(session, rows, now, *pair) == {"chen"}
    assert meant(session, rows, now, *pair, join="any") == {"chen", "owner"}
    groups = [{"conditions": [{"field": "stage", "op": "is", "value": [one]}]} for one in ("potential", "building")]
    for join, names in (("any", {"lead", "owner"}), ("all", set())):
        found = set(
            session.scalars(select(Follower.id).where(audience.condition({"join": join, "groups": groups}, now)))
        )
        assert {name for name, row in rows.items() if row.id in found} == names


def test_crews_and_colleagues_are_never_meant(session, street, now):
    who, _ = street
    session.flush()
    assert audience.size(session, EVERYBODY, now=now) == 4  # the foreman's WeChat is not counted
    assert who.foreman.crew_id


BAD = [
    {}, {"groups": []}, {"groups": "x"}, {"groups": [{}]}, {"groups": [{"conditions": []}]}, {"groups": [None]},
    *[{"groups": [{"conditions": [one]}]} for one in (
        None, {"field": "secret", "op": "is", "value": ["1"]}, {"field": "stage", "op": "like", "value": ["x"]},
        {"field": "stage", "op": "is", "value": []}, {"field": "heard", "op": "within", "value": ["0"]},
        {"field": "heard", "op": "within", "value": ["many"]}, {"field": "birth_month", "op": "is", "value": ["13"]},
        {"field": "estate", "op": "is", "value": ["1 OR 1"]}, {"field": "building", "op": "is", "value": ["x|8"]},
        {"field": "stage", "op": "is", "value": ["x"] * 99},
    )],
    {"groups": [{"conditions": [{"field": "bought", "op": "is", "value": []}]}] * 9},
]  # fmt: skip


@pytest.mark.parametrize("told", BAD)
def test_an_audience_that_says_nothing_or_nonsense_is_refused(told, now):
    with pytest.raises(BadAudience):
        audience.condition(told, now)


# -- previews


def test_a_preview_counts_every_way_and_every_reason(session, office, now):
    ids = crowd(session, 10, now, open_=lambda n: n < 3)
    people = [session.get(Follower, one) for one in ids]
    people[9].subscribed = False
    people[8].opted_out_at = now
    quota.count(session, ids[6:8], quota.month_of(now), 4)
    session.add(Outgoing(dedupe_key="x", follower=people[0], purpose="greeting", state="sent", settled_at=now,
                         not_before=now, next_try_at=now, created_at=now))  # fmt: skip
    campaign = campaigns.make(session, plan(mass=True, ends_at=now + 3 * DAY), by=office[0], now=now)
    found = reach.preview(session, campaign, HOUSE, now=now)
    assert (found.meant, found.reached) == (10, 8)
    assert found.ways == {"window": 2, "later": 1, "mass": 3, "wait": 2}
    assert found.out == {"not_following": 1, "opted_out": 1}
    campaign.mass, campaign.ends_at = False, now + H
    found = reach.preview(session, campaign, HOUSE, now=now)
    assert (found.ways, found.out) == (
        {"window": 2, "wait": 5}, {"not_following": 1, "opted_out": 1, "touched_lately": 1},
    )  # fmt: skip


def test_a_preview_of_many_is_reckoned_from_some_and_says_so(session, office, now):
    crowd(session, 60, now, open_=lambda n: n % 2 == 0)
    campaign = campaigns.make(session, plan(), by=office[0], now=now)
    some = reach.preview(session, campaign, HOUSE, now=now, most=20)
    assert (some.meant, some.looked, some.whole) == (60, 20, False)
    assert some.scaled().ways == {"window": 30, "wait": 30}
    assert reach.preview(session, campaign, HOUSE, now=now).whole


def test_the_greeting_of_a_household_goes_to_one_of_them(session, office, now):
    who = house(session, now)
    who.homeowner.reply_left, who.homeowner.reply_until = 5, now + H
    session.add(Follower(openid="second", customer=who.customer, created_at=now, reply_left=5, reply_until=now + H))
    session.flush()
    campaign = campaigns.make(session, plan(kind="greeting"), by=office[0], now=now)
    found = reach.preview(session, campaign, HOUSE, now=now)
    assert (campaign.purpose, found.ways, found.out) == ("greeting", {"window": 1}, {"household": 1})


def test_a_person_decides_only_what_is_in_doubt(session, now):
    send = MassSend(state="sent", campaign=Campaign(name="x", kind="campaign"))
    with pytest.raises(DomainError):
        mass_results.decide(send, went_out=True, by=By("staff", 1, "周"), now=now)
