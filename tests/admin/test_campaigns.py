"""Campaigns in the panel: planned with a count, approved by somebody else, watched, reported on; some things secret."""

import datetime as dt
import re

import pytest
from sqlalchemy import select

from models import AuditEntry, Customer, CustomerTag, Follower, MassSend, Outgoing, Tag, Tagging
from models.actors import SYSTEM
from models.campaigns import Campaign, Recipient
from models.desk.marketing import campaigns
from models.work import Ticket
from tests.jobs.campaign_cast import EVERYBODY, crowd

pytestmark = pytest.mark.sqlite_only  # pages; the verbs run on both databases in tests/models and tests/jobs

H = dt.timedelta(hours=1)
FORM = {
    "name": "秋季讲座", "kind": "campaign", "body": "周六下午展厅有讲座。", "by_name": "on", "join": "any",
    "g0.join": "all", "g0.c0.field": "lang", "g0.c0.was": "lang", "g0.c0.op": "is", "g0.c0.value": "zh",
}  # fmt: skip


def page(person, path: str = "") -> str:
    answer = person.get(f"/admin/campaigns/{path}")
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


@pytest.fixture
def people(session, desk, now):
    """Six strangers, half of whom wrote lately, beside the desk's own homeowner."""
    crowd(session, 6, now, open_=lambda n: n % 2 == 0)
    session.commit()


@pytest.fixture
def only(look):
    def read() -> Campaign:
        return look(lambda session: session.scalars(select(Campaign)).one())

    return read


def do(person, campaign, path: str, **data):
    return person.post(f"/admin/campaigns/{campaign.id}/{path}", version=str(campaign.version), **data)


def test_from_an_empty_page_to_a_running_campaign(as_role, people, only, look):
    writer, boss = as_role("marketing"), as_role("manager")
    assert "还没有选条件" in page(writer, "new")
    assert writer.post("/admin/campaigns/save", **FORM).status_code == 302
    assert only().audience == {
        "join": "any", "groups": [{"join": "all", "conditions": [{"field": "lang", "op": "is", "value": ["zh"]}]}],
    }  # fmt: skip
    assert do(writer, only(), "check").status_code == 302
    assert only().state == "checked" and only().expected == 7
    assert do(boss, only(), "do/approve").status_code == 302
    assert do(writer, only(), "do/schedule").status_code == 302
    assert only().state == "scheduled"
    told = page(writer, str(only().id))
    assert "已排期" in told and "周经理 批准" in told
    deeds = [row.action for row in look(lambda s: s.scalars(select(AuditEntry)).all())]
    assert {"campaign.save", "campaign.check", "campaign.approve", "campaign.schedule"} <= set(deeds)


def test_while_it_is_written_the_phone_and_the_count_are_shown_and_nothing_is_kept(as_role, people, look):
    shown = as_role("marketing").post("/admin/campaigns/compose", **FORM, mass="on").get_data(as_text=True)
    assert "陈先生，周六下午展厅有讲座。" in shown and "回“退订”就好" in shown
    assert "7 人会收到" in shown and "还剩4条的 3 人" in shown
    assert look(lambda session: session.scalars(select(Campaign)).all()) == []


def test_the_buttons_of_the_builder_add_and_take_away(as_role, people):
    writer = as_role("marketing")

    def shape(do: str, **more: str) -> list[str]:
        text = writer.post("/admin/campaigns/compose", **(FORM | more), do=do).get_data(as_text=True)
        return re.findall(r'name="(g\d\.c\d)\.field"', text)

    assert shape("add:0") == ["g0.c0", "g0.c1"]
    assert shape("group") == ["g0.c0", "g1.c0"]
    assert shape("drop:0:0") == ["g0.c0"], "the last condition stays as an empty one"
    two = {"g0.c1.field": "heard", "g0.c1.was": "heard", "g0.c1.op": "within", "g0.c1.value": "30"}
    assert shape("drop:0:0", **two) == ["g0.c0"]
    assert shape("nonsense:9:9") == ["g0.c0"]


def test_another_field_forgets_the_values_of_the_one_before(as_role, people):
    told = FORM | {"g0.c0.field": "heard"}
    shown = as_role("marketing").post("/admin/campaigns/compose", **told).get_data(as_text=True)
    assert 'type="number"' in shown and 'value="zh"' not in shown


def test_hostile_fields_and_values_lead_nowhere(as_role, people, look):
    writer = as_role("marketing")
    estate = {"g0.c0.field": "estate", "g0.c0.was": "estate", "g0.c0.value": "1; DROP"}
    for told in ({"g0.c0.field": "__class__"}, estate, {"g0.c0.op": "like"}, {"g9.c9.field": "stage"}):
        assert writer.post("/admin/campaigns/compose", **(FORM | told)).status_code == 200
    bad = writer.post(
        "/admin/campaigns/save", **(FORM | {"g0.c0.field": "estate", "g0.c0.was": "estate", "g0.c0.value": "x"})
    )
    assert bad.status_code in (302, 400, 409, 422)


def test_whoever_wrote_it_cannot_approve_it(as_role, people, only):
    boss = as_role("manager")
    boss.post("/admin/campaigns/save", **FORM)
    do(boss, only(), "check")
    assert "要请另一位同事批准" in page(boss, str(only().id))
    do(boss, only(), "do/approve")
    assert only().state == "checked"


def test_sent_back_the_author_reads_why(as_role, people, only):
    writer, boss = as_role("marketing"), as_role("manager")
    writer.post("/admin/campaigns/save", **FORM)
    do(writer, only(), "check")
    do(boss, only(), "send-back", reason="太像广告了")
    assert only().state == "draft" and "太像广告了" in page(writer, str(only().id))


def test_somebody_elses_change_is_not_overwritten(as_role, people, only):
    writer = as_role("marketing")
    writer.post("/admin/campaigns/save", **FORM)
    seen = only()
    told = FORM | {"number": str(seen.id), "version": str(seen.version)}
    writer.post("/admin/campaigns/save", **(told | {"name": "一"}))
    writer.post("/admin/campaigns/save", **(told | {"name": "二"}))
    assert only().name == "一"


def test_what_is_missing_is_said_on_the_page_and_by_the_button(as_role, people, only):
    writer = as_role("marketing")
    writer.post("/admin/campaigns/save", **(FORM | {"body": ""}))
    assert "还没有写要说的话" in page(writer, str(only().id))
    do(writer, only(), "check")
    assert only().state == "draft"


def begun(session, now, **more) -> Campaign:
    """A campaign under way with six people: sent, held, refused, and three who are out."""
    told = campaigns.Plan("讲座", body="周六有讲座", audience=EVERYBODY, **more)
    campaign = campaigns.make(session, told, by=SYSTEM, now=now)
    for state in ("checked", "approved", "scheduled", "running"):
        campaign.move(state, by=SYSTEM, now=now)
    campaign.started_at = campaign.starts_at = campaign.expanded_at = now
    rows = crowd(session, 6, now)[-6:]
    outs = {3: "complaint_open", 4: "in_conversation", 5: "opted_out"}
    states = [("sent", ""), ("held", "window_closed"), ("refused", "not_following")]
    for number, follower_id in enumerate(rows):
        letter = None
        if number < 3:
            state, reason = states[number]
            letter = Outgoing(
                dedupe_key=f"c{number}", follower_id=follower_id, campaign_id=campaign.id, purpose="marketing",
                state=state, reason=reason, rung="custom" if state == "sent" else "", not_before=now,
                next_try_at=now, created_at=now, settled_at=now if state != "held" else None,
            )  # fmt: skip
            session.add(letter)
            session.flush()
        session.add(Recipient(campaign_id=campaign.id, follower_id=follower_id, reason=outs.get(number, ""),
                              outgoing_id=letter.id if letter else None))  # fmt: skip
    session.commit()
    return campaign


def test_marketing_never_learns_of_a_complaint_or_a_talk(as_role, desk, session, now):
    campaign = begun(session, now)
    told = page(as_role("marketing"), str(campaign.id)) + page(as_role("marketing"), f"{campaign.id}?people=out")
    assert "其他原因 2" in told and "退订了 1" in told
    assert "投诉" not in re.sub(r"<nav.*?</nav>", "", told, flags=re.S) and "人工" not in told.split("<main")[1]
    shown = page(as_role("manager"), f"{campaign.id}?people=out")
    assert "有没办完的投诉" in shown and "正在和人工说话" in shown


def test_before_the_start_the_list_hides_the_complaint_as_well(as_role, desk, session, now):
    campaign = campaigns.make(session, campaigns.Plan("x", body="y", audience=EVERYBODY), by=SYSTEM, now=now)
    case = {
        "number": "TS1", "kind": "complaint", "state": "registered", "opened_at": now, "version": 1, "house_text": "",
        "follower_id": desk.follower.id, "contact_name": "", "contact_phone": "", "close_reason": "",
    }  # fmt: skip
    session.execute(Ticket.__table__.insert().values(case))
    session.commit()
    told = page(as_role("marketing"), f"{campaign.id}?people=out").split("<main")[1]
    assert "其他原因" in told and "投诉" not in told
    assert "有没办完的投诉" in page(as_role("manager"), f"{campaign.id}?people=out")


def test_the_report_counts_and_every_group_opens_its_people(as_role, desk, session, now):
    campaign = begun(session, now)
    boss = as_role("manager")
    told = page(boss, str(campaign.id))
    assert re.search(r'max="3" value="1"', told)
    for group, count in (("all", 6), ("sent", 1), ("waiting", 1), ("lost", 1), ("out", 3)):
        shown = page(boss, f"{campaign.id}?people={group}")
        assert shown.split('id="people"')[1].split("</section>")[0].count('class="keep"') == count, group


def test_everybody_leaves_as_a_table_and_the_log_knows(as_role, desk, session, now, look):
    campaign = begun(session, now)
    table = as_role("manager").post(f"/admin/campaigns/{campaign.id}/export/csv").get_data().decode("utf-8-sig")
    assert table.count("\n") == 7 and "已取消关注" in table
    assert look(lambda s: s.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()).after["rows"] == 6


def test_paused_resumed_cancelled_by_a_click(as_role, desk, session, now, only):
    begun(session, now)
    writer, boss = as_role("marketing"), as_role("manager")
    do(writer, only(), "do/pause")
    assert only().state == "paused"
    assert do(writer, only(), "do/resume").status_code == 403
    do(boss, only(), "do/resume")
    assert only().state == "running"
    do(writer, only(), "do/cancel")
    assert only().state == "cancelled"


def test_a_doubtful_mass_send_is_decided_by_a_person(as_role, desk, session, now, only, look):
    campaign = begun(session, now, mass=True)
    send = MassSend(campaign=campaign, lang="zh", key="k", state="unknown", reason="no_answer", size=12,
                    next_try_at=now, first_at=now)  # fmt: skip
    session.add(send)
    session.commit()
    boss = as_role("manager")
    assert "请到公众平台" in page(boss, str(campaign.id))
    boss.post(f"/admin/campaigns/{campaign.id}/decide/{send.id}", went_out="0")
    assert look(lambda s: s.scalars(select(MassSend)).one()).state == "refused"


def test_the_planner_says_by_tag_or_by_list(as_role, desk, session, now, look):
    crowd(session, 3, now, open_=lambda n: False)
    tag = Tag(name="老业主", platform_id=103, _state="made", next_try_at=now, created_at=now)
    people = session.scalars(select(Follower).where(Follower.openid.startswith("W"))).all()
    session.add_all([tag, *(Tagging(tag=tag, follower=one, _state="put", next_try_at=now) for one in people)])
    session.commit()
    plan = FORM | {"g0.c0.field": "tag", "g0.c0.was": "tag", "g0.c0.value": "老业主", "mass": "on"}
    writer = as_role("marketing")
    assert "按标签“老业主”一次发出" in writer.post("/admin/campaigns/compose", **plan).get_data(as_text=True)
    people[0].opted_out_at = now
    session.commit()
    shown = writer.post("/admin/campaigns/compose", **plan).get_data(as_text=True)
    assert "按名单发" in shown and "按标签" not in shown.partition("按名单发")[0]


def test_a_test_goes_to_the_persons_own_wechat_or_says_that_there_is_none(
    as_role, people, only, session, desk, look, now
):
    writer = as_role("marketing")
    writer.post("/admin/campaigns/save", **FORM)
    do(writer, only(), "test")
    session.add(Follower(openid="mine", staff_id=desk.staff["marketing"].id, created_at=now))
    session.commit()
    do(writer, only(), "test")
    rows = look(lambda s: s.scalars(select(Outgoing).where(Outgoing.text_key == "campaign.letter")).all())
    assert len(rows) == 1


def test_tags_are_kept_with_the_customer_and_offered_to_campaigns(as_role, desk, look):
    boss = as_role("manager")
    form = boss.get(f"/admin/customers/edit/?id={desk.customer.id}").get_data(as_text=True)
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', form)[1]
    answer = boss.post(
        f"/admin/customers/edit/?id={desk.customer.id}", name="陈大明", form="先生", stage="in_warranty", source="",
        tag_words="老带新，怕吵", birth_month="5", birth_day="12", note="", phone="", seen=seen,
    )  # fmt: skip
    assert answer.status_code == 302
    assert look(lambda s: s.scalars(select(CustomerTag.word)).all()) == ["老带新", "怕吵"]
    assert look(lambda s: s.get(Customer, desk.customer.id)).birth_month == 5
    shown = as_role("marketing").post(
        "/admin/campaigns/compose", **(FORM | {"g0.c0.field": "tag", "g0.c0.was": "tag", "g0.c0.value": "怕吵"})
    )
    assert "1 人会收到" in shown.get_data(as_text=True) or "不发" in shown.get_data(as_text=True)


def test_the_list_shows_what_is_under_way_and_what_is_over(as_role, desk, session, now):
    begun(session, now)
    writer = as_role("marketing")
    assert "讲座" in page(writer) and "1/3" in page(writer)
    assert "还没有结束的活动" in page(writer, "?view=over")


def test_in_english_every_page_speaks_english(as_role, session, desk, now):
    campaign = begun(session, now)
    desk.staff["manager"].lang = "en"
    session.commit()
    boss = as_role("manager")
    for path in ("", "new", str(campaign.id), f"{campaign.id}?people=out"):
        main = page(boss, path).split("<main")[1]
        left = re.findall(r"[\u4e00-\u9fff]{4,}", re.sub(r"<[^>]*>|周六有讲座|微信用户", "", main))
        assert not left, (path, left[:5])
