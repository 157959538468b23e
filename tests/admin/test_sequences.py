"""Plans in the panel: looked at, changed into new versions, switched off; one person stopped; a building's date."""

import datetime as dt

import pytest
from sqlalchemy import select

from admin.words import LANGS, catalogue
from models import AuditEntry, Building, Enrolment, Estate, Sequence, Touch
from models.actors import By
from models.desk.callback import callbacks
from models.desk.complaint import complaints
from models.desk.complaint.complaints import Grievance
from models.desk.followup import enrolments, joining, sequences
from models.desk.followup.enrolments import Cause

pytestmark = pytest.mark.sqlite_only  # what pages say does not depend on the database
DAY = dt.timedelta(days=1)


@pytest.fixture
def followed(session, desk, now) -> Enrolment:
    """The desk's lead is followed up since today."""
    sequences.plant(session, now=now - DAY)
    plan = sequences.current(session, "enquiry")
    cause = Cause(
        key="enquiry:ticket:x", anchor_at=now, joined_at=now, customer_id=desk.enquiry.customer_id,
        follower_id=desk.enquiry.follower_id, ticket_id=desk.enquiry.id,
    )  # fmt: skip
    enrolment = enrolments.begin(session, plan, cause, now=now)
    session.commit()
    return enrolment


def page(person, path: str) -> str:
    answer = person.get(f"/admin/{path}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_list_and_a_plan_say_who_gets_what_when(as_role, followed, desk) -> None:
    person = as_role("marketing")
    listed = page(person, "sequences/")
    assert "到店、量房后跟进" in listed and "交房前问候" in listed and "第 15 天" in listed
    shown = page(person, "sequences/enquiry")
    assert "在跟 1 位" in shown and "发不到就打电话" in shown and "问问还在看哪几家" in shown
    assert desk.enquiry.number in shown or "翡翠城" in shown
    assert "往后 30 天没有要做的" in page(person, "sequences/handover")
    for view in ("past", "ended"):
        assert page(person, f"sequences/enquiry?view={view}")
    assert person.get("/admin/sequences/nothing").status_code == 404


def test_why_somebody_waits_is_told_to_those_who_may_know(as_role, followed, session) -> None:
    session.get(Touch, 1).reason = "complaint_open"
    session.commit()
    assert '<span class="meta">有没办完的投诉' in page(as_role("manager"), "sequences/enquiry")
    assert '<span class="meta">有没办完的投诉' not in page(as_role("marketing"), "sequences/enquiry")


def test_whom_a_complaint_is_about_does_not_read_of_it_as_a_reason(as_role, followed, desk, session, now) -> None:
    session.get(Touch, 1).reason = "complaint_open"
    session.commit()
    assert "有没办完的投诉" in page(as_role("agent"), f"enquiries/{desk.enquiry.number}")
    about = Grievance("说话很冲", target="客服")
    complaint = complaints.register(session, desk.follower, about, by=By("customer", desk.follower.id), now=now)
    complaint.about_staff_id = desk.staff["agent"].id
    session.commit()
    assert "有没办完的投诉" not in page(as_role("agent"), f"enquiries/{desk.enquiry.number}")
    assert "有没办完的投诉" in page(as_role("manager"), f"enquiries/{desk.enquiry.number}")


def fields(**more: str) -> dict[str, str]:
    return {
        "series": "enquiry", "version": "1", "trigger": "enquiry", "name": "少打扰", "stop_signed": "1",
        "channel_0": "text", "days_0": "2", "at_0": "10:30", "text_0": "follow.asked_3", "condition_0": "no_visit",
        "or_call_0": "1", "channel_1": "call", "days_1": "9", "at_1": "15:00", "words_1": "问问",
        "condition_1": "always",
        "channel_2": "", "days_2": "",
    } | more  # fmt: skip


def test_saving_makes_a_new_version_and_a_mistake_loses_nothing(as_role, followed, look) -> None:
    person = as_role("manager")
    assert "第 5 步" in page(person, "sequences/enquiry/edit")
    refused = person.post("/admin/sequences/save", **fields(at_1="", words_1="问问预算")).get_data(as_text=True)
    assert "第2步要写几点" in refused and "问问预算" in refused and "少打扰" in refused
    assert person.post("/admin/sequences/save", **fields()).status_code == 302
    plan = look(lambda s: sequences.plan_of(sequences.current(s, "enquiry")))
    assert plan == sequences.Plan(
        "少打扰", "enquiry",
        (
            sequences.Step(2, "text", "follow.asked_3", dt.time(10, 30), condition="no_visit", or_call=True),
            sequences.Step(9, "call", at=dt.time(15), words="问问"),
        ),
        ("signed",),
    )  # fmt: skip
    assert len(look(lambda s: s.get(Enrolment, followed.id).touches)) == 5, "who is running keeps theirs"
    stale = person.post("/admin/sequences/save", **fields()).get_data(as_text=True)
    assert "已有更新的一版" in stale
    assert look(lambda s: s.scalars(select(AuditEntry.action)).all()).count("sequence.save") == 1


def test_a_new_plan_begins_switched_off(as_role, followed, look) -> None:
    person = as_role("marketing")
    told = fields(series="", trigger="handover", side_0="before", days_0="7", channel_0="words", words_0="来看样板房")
    assert person.post("/admin/sequences/save", **(told | {"side_1": "after"})).status_code == 302
    made = look(lambda s: s.scalars(select(Sequence).where(Sequence.series.like("handover-%"))).one())
    assert not made.active and "启用" in page(person, f"sequences/{made.series}")
    person.post(f"/admin/sequences/{made.series}/switch/on")
    assert look(lambda s: s.get(Sequence, made.id)).active


def test_switching_off_stops_everybody(as_role, followed, look) -> None:
    as_role("manager").post("/admin/sequences/enquiry/switch/off")
    assert look(lambda s: s.get(Enrolment, followed.id).reason) == "switched_off"
    assert not look(lambda s: sequences.current(s, "enquiry")).active


def test_one_person_is_stopped_with_a_reason_and_goes_on(as_role, followed, desk, look) -> None:
    person, lead = as_role("agent"), desk.enquiry
    assert "停止跟进" in page(person, f"enquiries/{lead.number}")
    assert "咨询后跟进" in page(person, f"customers/details/?id={lead.customer_id}")
    person.post(f"/admin/enquiries/{lead.id}/follow/{followed.id}/stop", reason="")
    assert look(lambda s: s.get(Enrolment, followed.id)).is_running
    person.post(f"/admin/customers/{lead.customer_id}/follow/{followed.id}/stop", reason="年后再说")
    assert look(lambda s: s.get(Enrolment, followed.id)).state == "stopped"
    assert "年后再说" in page(person, f"enquiries/{lead.number}")
    assert person.post(f"/admin/customers/{desk.customer.id + 9}/follow/{followed.id}/resume").status_code == 404
    person.post(f"/admin/enquiries/{lead.id}/follow/{followed.id}/resume")
    assert look(lambda s: s.get(Enrolment, followed.id)).is_running


def test_a_buildings_date_is_written_once_and_moves_what_has_not_left(as_role, session, desk, now, look) -> None:
    sequences.plant(session, now=now - DAY)
    estate = session.scalars(select(Estate)).first()
    session.commit()
    person = as_role("engineer")
    day = (now + 40 * DAY).date()
    made = person.post("/admin/buildings/new/", estate=estate.id, name="8幢", handover_on=day.isoformat())
    assert made.status_code == 302
    joining.run(session, sequences.current(session, "handover"), now=now)
    session.commit()
    assert look(lambda s: s.scalars(select(Enrolment.anchor_on)).all()) == [day]
    building = look(lambda s: s.scalars(select(Building)).one())
    assert "交房前问候" not in page(person, f"buildings/details/?id={building.id}")  # engineers see no plans
    assert "交房前问候" in page(as_role("agent"), f"buildings/details/?id={building.id}")
    form = page(person, f"buildings/edit/?id={building.id}")
    seen = form.split('name="seen"')[1].split('value="')[1].split('"')[0]
    later = day + dt.timedelta(days=10)
    person.post(
        f"/admin/buildings/edit/?id={building.id}",
        estate=estate.id,
        name="8幢",
        handover_on=later.isoformat(),
        seen=seen,
    )
    enrolment = look(lambda s: s.scalars(select(Enrolment)).one())
    assert enrolment.anchor_on == later


def test_the_planner_shows_what_is_to_come(as_role, followed, now) -> None:
    assert "咨询后跟进" in page(as_role("marketing"), f"planner/?month={now:%Y-%m}")


def test_leads_that_cooled_stand_in_a_view_of_their_own(as_role, followed, session, desk, now) -> None:
    assert "没有因为久未联系降级的咨询" in page(as_role("agent"), "enquiries/?view=cooled")
    desk.enquiry.cooled_at, desk.enquiry.last_touch_at = now + DAY, None
    session.commit()
    assert "久未联系，已降级" in page(as_role("agent"), "enquiries/?view=cooled")


def test_colleagues_read_what_to_ask_in_their_own_language(as_role, followed, session, desk, now) -> None:
    asked, english = sequences.CALLS[0]
    step = next(touch for touch in followed.touches if touch.step.channel == "call")
    step.callback = callbacks.ask(
        session, "follow_up", about=desk.enquiry, now=now, key=step.key, customer=desk.enquiry.customer,
        follower=desk.enquiry.follower, words=asked,
    )  # fmt: skip
    for lang, said, other in (("zh", asked, english), ("en", english, asked)):
        desk.staff["manager"].lang = lang
        session.commit()
        person = as_role("manager")
        for path in ("callbacks/?view=open", f"callbacks/desk?at={step.callback.id}"):
            html = page(person, path)
            assert said in html and other not in html
        assert said in page(person, "sequences/enquiry")


def test_the_plans_and_texts_of_a_new_house_are_named_in_both_languages() -> None:
    for lang in LANGS:
        named = catalogue(lang)
        assert {f"plan.{series}" for series in sequences.DEFAULTS} <= set(named)
        assert {key for keys in sequences.TEXTS.values() for key in keys} <= set(named)
    assert {s: catalogue("zh")[f"plan.{s}"] for s in sequences.DEFAULTS} == {
        s: plan.name for s, plan in sequences.DEFAULTS.items()
    }
