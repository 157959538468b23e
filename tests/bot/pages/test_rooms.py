"""The page of a house by signed link: for the WeChat that asked, while it belongs to the house."""

import datetime as dt

import pytest

from bot import links
from models import Attachment, Estate, Follower, Phase, Project
from models.desk.account import household
from tests.models.builders import house

PICTURE = b"\xff\xd8\xff" + b"x" * 40


@pytest.fixture
def rooms(sessions, settings, now):
    """A house in building with two photos, one of them of another house; returns ids by name."""
    settings.media_dir.mkdir(parents=True, exist_ok=True)
    (settings.media_dir / "a.jpg").write_bytes(PICTURE)
    with sessions.begin() as session:
        who = house(session, now)
        yesterday = now.date() - dt.timedelta(days=1)
        who.project.phases += [
            Phase(position=1, name="签约", planned_on=yesterday, actual_on=yesterday),
            Phase(position=2, name="水电验收", planned_on=yesterday),
        ]
        other = Project(
            number="HT-9", estate=Estate(name="别处"), building="1幢", room="101", stage="building", created_at=now
        )
        session.add(other)
        session.flush()
        shots = [
            Attachment(
                project_id=project.id, kind="image", stage="site", state="fetched", path="a.jpg",
                content_type="image/jpeg", created_at=now,
            )
            for project in (who.project, other)
        ]  # fmt: skip
        session.add_all(shots)
        session.flush()
        return {
            "project": who.project.id, "reader": who.homeowner.id, "mine": shots[0].id, "other": shots[1].id,
            "member": who.project.members[0].id,
        }  # fmt: skip


def token_of(settings, rooms, now, **other) -> str:
    wanted = {"project": rooms["project"], "reader": rooms["reader"]} | other
    ticket = links.Ticket("house", wanted["project"], reader_id=wanted["reader"])
    return links.sign(settings.secret_key, ticket, now=now)


def test_the_page_says_what_is_done_what_is_late_and_shows_the_photos(client, settings, rooms, now):
    token = token_of(settings, rooms, now)
    page = client.get(f"/p/house/{token}").get_data(as_text=True)
    assert "翡翠城8幢1602" in page and "1/2 步已完成" in page
    assert "✓ 签约" in page and "晚了1天，抱歉" in page
    assert f"/p/house/{token}/photos/{rooms['mine']}" in page
    shown = client.get(f"/p/house/{token}/photos/{rooms['mine']}")
    assert (shown.status_code, shown.data, shown.mimetype) == (200, PICTURE, "image/jpeg")


def test_photos_of_other_houses_and_cases_stay_shut(client, settings, rooms, now):
    token = token_of(settings, rooms, now)
    assert client.get(f"/p/house/{token}/photos/{rooms['other']}").status_code == 404
    case = links.sign(settings.secret_key, links.Ticket("repair", rooms["project"]), now=now)
    assert client.get(f"/p/repair/{case}/photos/{rooms['mine']}").status_code == 404
    assert client.get(f"/p/house/{case}").status_code == 404


def test_the_link_ends_with_the_membership_and_after_three_days(client, settings, rooms, sessions, clock, now):
    token = token_of(settings, rooms, now)
    with sessions.begin() as session:
        follower = session.get_one(Follower, rooms["reader"])
        household.leave(session, follower, session.get_one(Project, rooms["project"]), now=now)
    assert client.get(f"/p/house/{token}").status_code == 404
    assert client.get(f"/p/house/{token}/photos/{rooms['mine']}").status_code == 404
    clock.advance(days=4)
    assert client.get(f"/p/house/{token}").status_code == 410


def test_a_link_for_somebody_who_never_belonged_opens_nothing(client, settings, rooms, now):
    assert client.get(f"/p/house/{token_of(settings, rooms, now, reader=9999)}").status_code == 404
    assert client.get(f"/p/house/{token_of(settings, rooms, now, project=9999)}").status_code == 404
