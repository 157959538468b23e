"""Phases and photos of a site: every change is a step of the house's story, and how far a house is follows."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Attachment, HouseEvent, Phase
from models.desk.house import phases, site
from models.desk.house.phases import Dates
from models.errors import NotFound
from models.files import Stored
from tests.models.builders import House, house

DAY = dt.timedelta(days=1)


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    made = house(session, now)
    made.project.stage = "building"
    for position, name in enumerate(("签约", "水电验收", "竣工验收"), 1):
        made.project.phases.append(Phase(position=position, name=name, planned_on=now.date() + position * DAY))
    session.flush()
    return made


def story(session: Session) -> list[tuple[str, dict]]:
    return [(row.name, row.data) for row in session.scalars(select(HouseEvent).order_by(HouseEvent.id))]


def test_moving_a_date_is_on_record_with_both_days(session, who, now) -> None:
    phase, was = who.project.phases[1], who.project.phases[1].planned_on
    to = was + 7 * DAY
    told = phases.set_dates(session, phase, Dates(to, None), by=who.by_staff, now=now, reason="材料没到")
    assert phase.planned_on == to
    assert story(session) == [("planned", {"phase": "水电验收", "was": was.isoformat(), "to": to.isoformat()})]
    assert (told[0].reason, told[0].actor_name) == ("材料没到", "小林")
    assert phases.set_dates(session, phase, Dates(to, None), by=who.by_staff, now=now) == []


def test_finishing_and_taking_it_back(session, who, now) -> None:
    phase = who.project.phases[0]
    phases.set_dates(session, phase, Dates(phase.planned_on, now.date()), by=who.by_staff, now=now)
    phases.set_dates(session, phase, Dates(phase.planned_on, None), by=who.by_staff, now=now)
    assert [name for name, _ in story(session)] == ["finished", "reopened"]
    with pytest.raises(phases.NotYet):
        phases.set_dates(session, phase, Dates(None, now.date() + 2 * DAY), by=who.by_staff, now=now)


def test_a_phase_that_is_dropped_leaves_its_name_in_the_story(session, who, now) -> None:
    phases.drop(session, who.project.phases[1], by=who.by_staff, now=now)
    session.expire_all()
    assert [row.name for row in phases.of(session, who.project)] == ["签约", "竣工验收"]
    assert [(name, data["phase"]) for name, data in story(session)] == [("dropped", "水电验收")]


def test_how_far_a_house_is_and_how_late(who, now) -> None:
    today, rows = now.date(), who.project.phases
    assert phases.standing(rows, today).upcoming is rows[0]
    rows[0].actual_on = today
    at = phases.standing(rows, rows[1].planned_on + 3 * DAY)
    assert (at.done, at.upcoming, at.late) == (rows[0], rows[1], 3)
    assert phases.standing(rows, rows[1].planned_on).late == 0, "on the day itself nothing is late"
    for row in rows:
        row.actual_on = today
    assert phases.standing(rows, today + 99 * DAY) == phases.Standing(rows[2], None, 0)


def test_a_crews_photo_shows_its_own_site_in_the_present_phase(session, who, now) -> None:
    photo = Attachment(follower_id=who.foreman.id, kind="image", media_id="M1", created_at=now)
    other = Attachment(follower_id=who.homeowner.id, kind="image", media_id="M2", created_at=now)
    session.add_all([photo, other])
    session.flush()
    assert site.receive(session, who.project, ["M1", "M2"], sender=who.foreman, by=who.by_crew, now=now) == 1
    assert (photo.project_id, photo.phase_id, photo.stage) == (who.project.id, who.project.phases[0].id, "site")
    assert other.project_id is None
    assert story(session) == [("photo", {"count": 1, "phase": "签约"})]
    who.project.stage = "in_warranty"
    session.flush()
    with pytest.raises(NotFound):
        site.receive(session, who.project, ["M1"], sender=who.foreman, by=who.by_crew, now=now)


def test_strangers_and_other_crews_put_nothing_on_a_site(session, who, now) -> None:
    who.foreman.crew = who.other_crew
    session.flush()
    for sender in (who.homeowner, who.foreman):
        with pytest.raises(NotFound):
            site.receive(session, who.project, ["M1"], sender=sender, by=who.by_crew, now=now)


def test_the_latest_photos_are_those_that_can_be_shown(session, who, now) -> None:
    kept = [Stored(f"2026/11/{n}.jpg", "image/jpeg", 9) for n in range(3)]
    rows = site.upload(session, who.project, who.project.phases[1], kept, by=who.by_staff, now=now)
    waiting = Attachment(project_id=who.project.id, kind="image", media_id="M", created_at=now)
    session.add(waiting)
    session.flush()
    assert list(site.latest(session, who.project.id, most=2)) == [rows[2], rows[1]]
    assert {row.phase_id for row in rows} == {who.project.phases[1].id}
