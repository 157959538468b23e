"""Complaints in the panel: the steps as verbs, money within the limit, and nothing at all for whom they are about."""

import pytest
from sqlalchemy import select

from models import (
    Attachment,
    AuditEntry,
    Complaint,
    Conversation,
    Escalation,
    Message,
    NumberSeries,
    Outgoing,
    Staff,
    Suggestion,
    Survey,
)
from models.actors import By
from models.desk import trust
from models.desk.callback import callbacks
from models.desk.complaint import complaints, suggestions
from models.desk.complaint.complaints import Grievance
from models.desk.trust import Fact
from tests.admin import builders
from tests.admin.builders import Desk

pytestmark = pytest.mark.sqlite_only  # the verbs are tested on both databases in tests/models
WORDS = "小林说话很冲，电话13800138000"


def complain(session, desk: Desk, now, words: str = WORDS, **told) -> Complaint:
    session.add(NumberSeries(prefix="TS", day=now.date(), last=770))  # no number that texts show as an example
    builders.heard(session, desk.follower, words, now)
    by = By("customer", desk.follower.id, "陈先生")
    grievance = Grievance(words, **({"target": "客服", "project": desk.project} | told))
    complaint = complaints.register(session, desk.follower, grievance, by=by, now=now)
    session.commit()
    return complaint


def step(person, complaint: Complaint, name: str, look, **data):
    version = look(lambda session: session.get_one(Complaint, complaint.id).version)
    return person.post(f"/admin/complaints/{complaint.id}/{name}", version=str(version), **data)


@pytest.fixture
def about_engineer(session, desk, now) -> Complaint:
    return complain(session, desk, now, "等到晚上没人来", target="工期")


def test_the_list_and_the_page_show_what_happened_masked(as_role, session, desk, now):
    complaint = complain(session, desk, now)
    manager = as_role("manager")
    listed = manager.get("/admin/complaints/").get_data(as_text=True)
    assert complaint.number in listed and "138****8000" in listed and "13800138000" not in listed
    page = manager.get(f"/admin/complaints/{complaint.number}").get_data(as_text=True)
    assert "小林" in page and "投诉登记" in page and "13800138000" not in page


def test_the_whole_way_is_walked_with_an_audit_row_for_each_step(as_role, about_engineer, look):
    engineer = as_role("engineer")
    for name, data in (
        ("judge", {"stands": "1", "reason": "师傅被上一家耽误"}),
        ("explain", {"words": "没有提前告诉您，是我们的错"}),
        ("propose", {"words": "换一位师傅", "money": "300.50"}),
        ("agree", {"words": "行"}),
        ("carry-out", {"words": "换好了"}),
        ("close", {"cause": "排期太满", "prevention": "每周核对"}),
    ):
        assert step(engineer, about_engineer, name, look, **data).status_code == 302, name
    stored = look(lambda session: session.get_one(Complaint, about_engineer.id))
    assert (stored.state, stored.compensation, stored.cause) == ("closed", 30_050, "排期太满")
    done = select(AuditEntry.action).where(AuditEntry.record_type == "complaint")
    deeds = look(lambda session: list(session.scalars(done)))
    assert deeds == [f"complaint.{name}" for name in ("judge", "explain", "propose", "agree", "carry_out", "close")]


def test_money_above_the_limit_is_refused_in_words_and_the_manager_may(as_role, about_engineer, look):
    engineer, manager = as_role("engineer"), as_role("manager")
    step(engineer, about_engineer, "judge", look, stands="1", reason="属实")
    step(engineer, about_engineer, "explain", look, words="说明")
    refused = step(engineer, about_engineer, "propose", look, words="赔", money="500.01")
    assert refused.status_code == 409 and "最多可以定500元" in refused.get_data(as_text=True)
    for nonsense in ("abc", "-1", "1.234", "1e9999"):
        assert step(engineer, about_engineer, "propose", look, words="赔", money=nonsense).status_code == 409
    assert step(manager, about_engineer, "propose", look, words="赔", money="500.01").status_code == 302


def test_two_people_at_once_are_told(as_role, about_engineer):
    path = f"/admin/complaints/{about_engineer.id}/judge"
    stale = as_role("engineer").post(path, version="0", stands="1", reason="属实")
    assert stale.status_code == 409 and about_engineer.number in stale.get_data(as_text=True)


def test_a_call_is_written_down_and_goes_past_whom_it_is_about(as_role, desk, look):
    data = {"customer": str(desk.customer.id), "target": "客服", "words": "小林挂我电话", "confidential": "1"}
    agent = as_role("agent")
    assert agent.get(f"/admin/complaints/new?customer={desk.customer.id}").status_code == 200
    answer = agent.post("/admin/complaints/register", **data)
    assert answer.location.endswith("/admin/complaints/"), "who wrote it down is meant, and sees it no more"
    complaint = look(lambda session: session.scalars(select(Complaint)).one())
    assert (complaint.about_staff_id, complaint.confidential) == (desk.staff["agent"].id, True)
    assert complaint.number not in agent.get("/admin/complaints/").get_data(as_text=True)


def test_a_confidential_one_is_for_its_owner_and_those_who_lead(as_role, session, desk, now):
    complaint = complain(session, desk, now, "等到晚上没人来", target="工期", confidential=True)
    assert complaint.owner == desk.staff["engineer"]
    for role, status in (("engineer", 200), ("manager", 200), ("agent", 404), ("marketing", 403), ("admin", 403)):
        assert as_role(role).get(f"/admin/complaints/{complaint.number}").status_code == status, role


def pages(app) -> list[str]:
    """The address of every list and page of the panel that is read with GET and takes no argument."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    asked = ("/lookup/", "/ask")
    return [rule.rule for rule in rules if rule.rule.startswith("/admin") and not rule.rule.endswith(asked)]


def traces(session, desk: Desk, now, words: str, person: Staff) -> tuple:
    """A complaint about `person` with all that may hang on one: a call, a letter, a photo, audit rows, a suggestion."""
    complaint = complain(session, desk, now, words, staff=person)
    complaints.escalate(session, complaint, "severe", now=now)
    call = callbacks.ask(session, "complaint_done", about=complaint, now=now, words=words)
    letter = Outgoing(
        dedupe_key="c:1", follower=desk.follower, purpose="service", body=words, state="unknown", reason="no_answer",
        not_before=now, next_try_at=now, created_at=now, ticket=complaint,
    )  # fmt: skip
    photo = Attachment(follower_id=desk.follower.id, ticket_id=complaint.id, kind="image", created_at=now)
    said = Survey(callback=call, follower=desk.follower, planned_at=now, state="answered", label=words, words=words)
    session.add_all([letter, photo, said])
    trust.record(session, None, trust.Deed("complaint.judge", "complaint", complaint.number), origin="", now=now)
    trust.disclose(session, desk.staff["admin"], Fact("complaint", complaint.id, "problem"), origin="", now=now)
    idea = suggestions.record(session, desk.follower, words, by=By("customer", desk.follower.id), now=now)
    session.commit()
    return complaint, call, letter, photo, idea


@pytest.mark.parametrize("role", ["agent", "engineer", "manager"])
def test_whom_it_is_about_finds_nothing_of_it_anywhere(role, app, as_role, session, desk, now):
    """Every page there is or will be: not the number, not the words, not the letters, not the talk."""
    words = f"{desk.staff[role].name}答应的事没做，太敷衍"
    complaint, call, letter, photo, idea = traces(session, desk, now, words, desk.staff[role])
    me = as_role(role)
    message = session.scalars(select(Message).order_by(Message.id.desc())).first()
    talk = session.scalars(select(Conversation)).one()
    row = session.scalars(select(Escalation).where(Escalation.ticket_id == complaint.id)).first()
    session.commit()
    wanted = pages(app) + [
        "/admin/search?q=敷衍", f"/admin/customers/details/?id={desk.customer.id}",
        f"/admin/projects/details/?id={desk.project.id}", f"/admin/repairs/{desk.repair.number}",
        f"/admin/enquiries/{desk.enquiry.number}",
        "/admin/outgoing/?state=unknown", "/admin/conversations/?view=all", "/admin/escalations/?view=mine",
        "/admin/complaints/?view=closed", "/admin/complaints/?view=severe",
    ]  # fmt: skip
    for path in wanted:
        page = me.get(path).get_data(as_text=True)
        for trace in (complaint.number, "太敷衍", call.number):
            assert trace not in page, (path, trace)
    assert "太敷衍" not in me.get(f"/admin/search?q={complaint.number}").get_data(as_text=True)
    gone = [
        f"/admin/complaints/{complaint.number}", f"/admin/conversations/{talk.id}", f"/admin/media/{photo.id}",
        f"/admin/outgoing/details/?id={letter.id}", f"/admin/suggestions/details/?id={idea.id}",
    ]  # fmt: skip
    for path in gone:
        answer = me.get(path)
        assert answer.status_code in (403, 404, 302) and "太敷衍" not in answer.get_data(as_text=True), path
    for path in (
        f"/admin/complaints/{complaint.id}/judge", f"/admin/complaints/{complaint.id}/note",
        f"/admin/complaints/{complaint.id}/answer", f"/admin/escalations/{row.id}/take",
        f"/admin/escalations/{row.id}/resolve", f"/admin/conversations/{talk.id}/take",
        f"/admin/conversations/{talk.id}/say", f"/admin/outgoing/{letter.id}/retry",
        f"/admin/reveal/complaint/{complaint.id}/problem", f"/admin/reveal/message/{message.id}/text",
        f"/admin/enquiries/{desk.enquiry.id}/answer", f"/admin/reveal/callback/{call.id}/phone",
    ):  # fmt: skip
        assert me.post(path, words="x", stands="1", reason="x").status_code in (403, 404), path


@pytest.mark.parametrize("role", ["marketing", "finance", "admin"])
def test_who_has_no_business_with_complaints_sees_none(role, app, as_role, session, desk, now):
    complaint = complain(session, desk, now, "等到晚上没人来，太敷衍", target="工期")
    call = callbacks.ask(session, "complaint_done", about=complaint, now=now, words="太敷衍")
    session.add(Survey(callback=call, follower=desk.follower, planned_at=now, state="answered", words="太敷衍"))
    session.commit()
    person = as_role(role)
    for path in pages(app):
        if path.startswith("/admin/audit"):
            continue  # the log says that there was something, never what
        page = person.get(path).get_data(as_text=True)
        assert complaint.number not in page and "太敷衍" not in page, path


def test_a_suggestion_is_answered_once(as_role, session, desk, now, look):
    row = suggestions.record(session, desk.follower, "每周发照片", by=By("customer", desk.follower.id), now=now)
    session.commit()
    agent = as_role("agent")
    assert "每周发照片" in agent.get("/admin/suggestions/").get_data(as_text=True)
    assert agent.post(f"/admin/suggestions/{row.id}/reply", words="下周开始").status_code == 302
    assert agent.post(f"/admin/suggestions/{row.id}/reply", words="再说").status_code == 409
    assert look(lambda session: session.get_one(Suggestion, row.id).answer) == "下周开始"
    page = agent.get(f"/admin/suggestions/details/?id={row.id}").get_data(as_text=True)
    assert "下周开始" in page


def test_a_new_owner_is_anybody_but_whom_it_is_about(as_role, session, desk, now, look):
    complaint = complain(session, desk, now)
    manager = as_role("manager")
    page = manager.get(f"/admin/complaints/{complaint.number}").get_data(as_text=True)
    offered = page[page.index('id="give-staff"') :].split("</select>")[0]
    assert "赵工" in offered and "小林" not in offered
    assert step(manager, complaint, "give", look, staff=str(desk.staff["agent"].id)).status_code == 409
    assert step(manager, complaint, "give", look, staff=str(desk.staff["engineer"].id)).status_code == 302
    owner = look(lambda session: session.get_one(Staff, session.get_one(Complaint, complaint.id).owner_id).name)
    assert owner == "赵工"
