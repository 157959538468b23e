"""The panel before signing: leads in one's own scope, the verbs of a lead, appointments by day, offers and pictures."""

import datetime as dt
import io
import re

import pytest
from sqlalchemy import select

from admin import frame
from models import Appointment, AuditEntry, Disclosure, Enquiry, Outgoing, Package, Showroom, VisitPlan
from models.actors import SYSTEM, By
from models.desk.account import people
from models.desk.sales import appointments, enquiries
from models.desk.staff import cover
from tests.admin.builders import PHONE
from tests.models.test_duty import colleague

JPEG = b"\xff\xd8\xff\xe0" + b"x" * 60


def text(answer) -> str:
    return answer.get_data(as_text=True)


def version(look, number: int) -> int:
    return look(lambda session: session.get_one(Enquiry, number).version)


def other_lead(session, desk, now) -> Enquiry:
    """A lead of the agent's, which the designer must not see."""
    who = people.find_or_add(session, "oSomebody", now=now)
    lead = enquiries.ask(session, who, enquiries.Wish(asked="多少钱", phone="13900139099"), by=By("customer"), now=now)
    lead.owner = desk.staff["agent"]
    session.commit()
    return lead


def test_the_list_puts_the_next_promise_first_and_shows_grade_and_cause(as_role, desk, session, now):
    other = other_lead(session, desk, now)
    page = text(as_role("agent").get("/admin/enquiries/"))
    assert page.index(desk.enquiry.number) < page.index(other.number)
    assert "89㎡ 现代简约" in page and desk.enquiry.grade_cause in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("view=mine", False), ("view=ended", False), ("view=hopeful", True), ("grade=D", False), ("q=现代", True),
        ("q=8000", True), ("q=800", False), (f"q={PHONE}", True), ("q=不存在", False), ("view=late", False),
    ],
)  # fmt: skip
def test_views_filters_and_search(as_role, desk, query, shown):
    page = text(as_role("agent").get(f"/admin/enquiries/?{query}", follow_redirects=True))
    assert (desk.enquiry.number in page) == shown


def test_a_designer_sees_own_leads_and_nobody_elses(as_role, desk, session, now):
    other, designer = other_lead(session, desk, now), as_role("designer")
    page = text(designer.get("/admin/enquiries/"))
    assert desk.enquiry.number in page and other.number not in page
    assert designer.get(f"/admin/enquiries/{desk.enquiry.number}").status_code == 200
    assert designer.get(f"/admin/enquiries/{other.number}").status_code == 404
    for step in ("contacted", "grade", "won", "lost", "note", "book"):
        assert designer.post(f"/admin/enquiries/{other.id}/{step}", words="x", reason="x").status_code == 404
    assert designer.post(f"/admin/reveal/enquiry/{other.id}/contact_phone").status_code == 404
    assert designer.post(f"/admin/reveal/enquiry/{desk.enquiry.id}/contact_phone").get_json()["value"] == PHONE


def test_the_phone_is_masked_until_a_logged_click(as_role, desk, look):
    agent = as_role("agent")
    page = text(agent.get(f"/admin/enquiries/{desk.enquiry.number}"))
    assert PHONE not in page and "138****8000" in page
    assert agent.post(f"/admin/reveal/enquiry/{desk.enquiry.id}/contact_phone").get_json()["value"] == PHONE
    assert look(lambda session: session.scalars(select(Disclosure.record_type)).all()) == ["enquiry"]


def test_calling_grading_and_noting_stand_with_their_words(as_role, desk, look, now):
    agent, number = as_role("agent"), desk.enquiry.id
    agent.post(f"/admin/enquiries/{number}/contacted", version=version(look, number), words="周末来店里")
    agent.post(f"/admin/enquiries/{number}/grade", version=version(look, number), grade="B", reason="还在比价")
    agent.post(f"/admin/enquiries/{number}/note", words="喜欢原木")
    state, grade, cause, events = look(
        lambda session: (
            (row := session.get_one(Enquiry, number)).state, row.grade, row.grade_cause,
            [(one.name, one.reason) for one in row.events if one.actor_kind == "staff"],
        )
    )  # fmt: skip
    assert (state, grade, cause) == ("visiting", "B", "还在比价")
    assert [name for name, _ in events] == ["called", "graded", "note"]
    page = text(agent.get(f"/admin/enquiries/{desk.enquiry.number}"))
    assert "周末来店里" in page and "喜欢原木" in page
    deeds = look(lambda session: session.scalars(select(AuditEntry.action)).all())
    assert {"enquiry.contacted", "enquiry.grade", "enquiry.note"} <= set(deeds)


def test_who_saw_an_older_version_is_told_and_nothing_happens(as_role, desk, look):
    agent, number = as_role("agent"), desk.enquiry.id
    before = version(look, number)
    answer = agent.post(f"/admin/enquiries/{number}/lost", version=before - 1, reason="x")
    assert answer.status_code in (302, 409)
    assert look(lambda session: session.get_one(Enquiry, number).state) == "visiting"


def test_losing_needs_a_reason_and_winning_makes_a_customer(as_role, desk, look):
    agent, number = as_role("agent"), desk.enquiry.id
    agent.post(f"/admin/enquiries/{number}/lost", version=version(look, number), reason=" ")
    assert look(lambda session: session.get_one(Enquiry, number).state) == "visiting"
    agent.post(f"/admin/enquiries/{number}/won", version=version(look, number))
    assert look(lambda session: session.get_one(Enquiry, number).state) == "won"


def test_a_lead_is_given_to_a_colleague_by_those_who_see_all(as_role, desk, look):
    number = desk.enquiry.id
    to = desk.staff["agent"].id
    assert as_role("designer").post(f"/admin/enquiries/{number}/give", version=1, staff=to).status_code == 403
    boss, builder = as_role("manager"), desk.staff["engineer"]
    assert f'<option value="{builder.id}"' not in text(boss.get(f"/admin/enquiries/{desk.enquiry.number}"))
    boss.post(f"/admin/enquiries/{number}/give", version=version(look, number), staff=builder.id)
    assert look(lambda session: session.get_one(Enquiry, number).owner_id) != builder.id, "who may open no lead"
    boss.post(f"/admin/enquiries/{number}/give", version=version(look, number), staff=to)
    assert look(lambda session: session.get_one(Enquiry, number).owner_id) == to
    assert look(lambda session: session.get_one(Appointment, desk.visit.id).owner_id) == to, "who would stand there"


def test_whoever_leaves_leaves_a_lead_and_its_visit_to_one_colleague(session, desk, now):
    gone = session.merge(desk.staff["designer"])
    lead, visit = session.get_one(Enquiry, desk.enquiry.id), session.get_one(Appointment, desk.visit.id)
    two = [colleague(session, gone, name) for name in ("钱设计", "孙设计")]
    assert (lead.owner, visit.owner) == (gone, gone)
    cover.leave(session, gone, by=SYSTEM, now=now)
    assert lead.owner in two and visit.owner is lead.owner


def test_a_colleague_books_a_showroom_visit_and_the_customer_is_told(as_role, desk, look, now):
    agent, number = as_role("agent"), desk.enquiry.id
    start = look(lambda s: appointments.free(s, "showroom", now=now))[0][0]
    page = text(agent.get(f"/admin/enquiries/{desk.enquiry.number}"))
    assert f"showroom~{start.isoformat()}" in page
    agent.post(f"/admin/enquiries/{number}/book", version=version(look, number), slot=f"showroom~{start.isoformat()}")
    made = look(lambda s: s.scalars(select(Appointment).where(Appointment.visit == "showroom")).one().start_at)
    assert made == start
    told = select(Outgoing.text_key).where(Outgoing.text_key.startswith("notice.visit"))
    assert "notice.visit_booked" in look(lambda s: s.scalars(told).all())


@pytest.mark.parametrize(
    "slot", ["", "showroom~", "showroom~morgen", "measure~2026-11-24T09:00:00", "party~2026-11-24T01:00:00+00:00"]
)
def test_a_time_that_is_none_books_nothing(as_role, desk, look, slot):
    number = desk.enquiry.id
    answer = as_role("agent").post(f"/admin/enquiries/{number}/book", version=version(look, number), slot=slot)
    assert answer.status_code == 409
    assert look(lambda s: len(s.scalars(select(Appointment)).all())) == 1


def test_appointments_stand_by_day_and_are_moved_and_cancelled(as_role, desk, look, now):
    agent, visit = as_role("agent"), desk.visit
    page = text(agent.get("/admin/appointments/"))
    assert "陈大明" in page or "陈先生" in page
    assert desk.enquiry.number in page and "翡翠城8幢1602" in page
    later = look(lambda s: appointments.free(s, "measure", now=now))[3][0]
    agent.post(f"/admin/appointments/{visit.id}/move", version=visit.version, start=later.isoformat())
    row = look(lambda s: (r := s.get_one(Appointment, visit.id)) and (r.start_at, r.moved, r.version))
    assert row[:2] == (later, 1)
    agent.post(f"/admin/appointments/{visit.id}/cancel", version=row[2], reason="设计师有事")
    assert look(lambda s: s.get_one(Appointment, visit.id).state) == "cancelled"
    assert "设计师有事" in text(agent.get("/admin/appointments/"))


def test_the_outcome_is_noted_once_the_time_has_come(as_role, desk, look, clock):
    agent, visit = as_role("agent"), desk.visit
    agent.post(f"/admin/appointments/{visit.id}/done", version=visit.version, note="量好了")
    assert look(lambda s: s.get_one(Appointment, visit.id).state) == "booked"
    clock.now = visit.start_at + dt.timedelta(hours=1)
    agent = as_role("agent")
    agent.post(f"/admin/appointments/{visit.id}/done", version=visit.version, note="量好了")
    assert look(lambda s: s.get_one(Appointment, visit.id).state) == "done"


def test_packages_showrooms_and_times_are_kept_by_those_who_may(as_role, desk, look):
    person = as_role("marketing")
    answer = person.post(
        "/admin/packages/new/", name="暖居·海盐", style="法式", price_low="1099.5", price_high="1399", position="5",
        active="y",
    )  # fmt: skip
    assert answer.status_code == 302
    made = look(lambda s: s.scalars(select(Package).where(Package.name == "暖居·海盐")).one())
    assert (made.price_low, made.price_high, made.picture) == (109950, 139900, "")
    page = text(person.get("/admin/packages/"))
    assert "1,099.50元–1,399元" in page
    person.post("/admin/packages/new/", name="反了", style="法式", price_low="999", price_high="99", position="5")
    assert look(lambda s: s.scalar(select(Package).where(Package.name == "反了"))) is None
    days = {"opens": "10:00", "shuts": "20:00", "weekdays": ["5", "6"], "active": "y"}
    person.post("/admin/showrooms/new/", name="城北店", address="城北", **days)
    room = look(lambda s: s.scalars(select(Showroom).where(Showroom.name == "城北店")).one())
    assert (room.weekdays, room.shuts) == ([5, 6], dt.time(20))
    person.post(
        "/admin/visitplans/new/", visit="showroom", weekday="6", starts="10:00", ends="10:30", minutes="60", seats="1",
        lead_hours="4",
    )  # fmt: skip
    assert look(lambda s: s.scalar(select(VisitPlan).where(VisitPlan.ends == dt.time(10, 30)))) is None


def test_a_picture_is_known_by_its_content(as_role, desk, look, settings):
    person, number = as_role("manager"), desk.package.id
    where = f"/admin/packages/{number}/upload"
    for bad in (b"<script>alert(1)</script>", b"%PDF-1.4 x", b"", JPEG + b"x" * (1 << 20)):
        answer = person.post(where, file=(io.BytesIO(bad), "nice.jpg"))
        answer.request.environ["wsgi.input"].close()  # the test's own: more than 500 kB go through a file
        assert look(lambda s: s.get_one(Package, number).picture) == ""
    assert person.post(where, file=(io.BytesIO(JPEG), "../../evil.html")).status_code == 302
    path = look(lambda s: s.get_one(Package, number).picture)
    assert re.fullmatch(r"\d{4}/\d\d/[0-9a-f]{32}\.jpg", path)
    shown = person.get(f"/admin/packages/{number}/picture")
    assert (shown.status_code, shown.data, shown.mimetype) == (200, JPEG, "image/jpeg")
    assert f"/admin/packages/{number}/picture" in text(person.get(f"/admin/packages/details/?id={number}"))


def test_empty_pages_say_what_would_stand_there(as_role, desk, session):
    session.query(Appointment).delete()
    session.query(Enquiry).delete()
    session.commit()
    agent = as_role("agent")
    assert "现在没有要跟进的咨询" in text(agent.get("/admin/enquiries/"))
    assert "这两周没有预约" in text(agent.get("/admin/appointments/"))


@pytest.mark.parametrize("name", ["enquiries", "appointments", "packages", "showrooms", "visitplans"])
def test_pages_in_english(as_role, desk, session, name):
    desk.staff["manager"].lang = "en"
    session.commit()
    answer = as_role("manager").get(f"/admin/{name}/")
    assert answer.status_code == 200 and not re.search(r"<h1>[^<]*[一-龥]", text(answer))


def test_each_page_stands_once_in_the_rail():
    names = [name for _group, lines in frame.RAIL for name, _icon in lines]
    assert len(names) == len(set(names)) and {"enquiries", "appointments", "packages"} <= set(names)
    groups = [group for group, _lines in frame.RAIL]
    assert len(groups) == len(set(groups))
