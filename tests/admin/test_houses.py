"""Houses in the panel: phases by the desk's verb, photos by upload, who belongs, and what customers want to be sent."""

import datetime as dt
import io
import re

import pytest
from sqlalchemy import select

from admin import uploads
from models import Attachment, CareRule, Consent, HouseEvent, Outgoing, Phase, PhaseKind, Project
from models.desk.callback import callbacks, rhythm
from models.errors import DomainError
from tests.admin.test_work import text

pytestmark = pytest.mark.sqlite_only  # the verbs are tested on both databases

PICTURE = b"\xff\xd8\xff" + b"x" * 40


def marks(person, page: str) -> dict[str, str]:

    found = re.search(r'name="seen"[^>]*value="([^"]*)"', text(person.get(page)))
    return {"seen": found[1]}


def test_a_date_changed_in_the_form_stands_in_the_story_of_the_house(as_role, desk, look, now):
    person = as_role("engineer")
    phase = look(lambda session: session.scalars(select(Phase)).one())
    page = f"/admin/phases/edit/?id={phase.id}"
    to = now.date() + dt.timedelta(days=9)
    person.post(page, project=desk.project.id, position=1, name="签约", planned_on=to.isoformat(), actual_on="",
                **marks(person, page))  # fmt: skip
    event = look(lambda session: session.scalars(select(HouseEvent)).one())
    assert (event.name, event.data["to"], event.actor_name) == ("planned", to.isoformat(), "赵工")
    assert look(lambda session: session.get(Phase, phase.id)).planned_on == to
    page = text(person.get(f"/admin/projects/details/?id={desk.project.id}"))
    assert "改计划日期" in page and to.isoformat() not in page and f"{to.month}月{to.day}日" in page


def test_a_day_to_come_is_no_day_of_completion(as_role, desk, look, now):
    person = as_role("engineer")
    phase = look(lambda session: session.scalars(select(Phase)).one())
    page, to = f"/admin/phases/edit/?id={phase.id}", now.date() + dt.timedelta(days=9)
    answer = person.post(page, project=desk.project.id, position=1, name="签约", actual_on=to.isoformat(),
                         **marks(person, page))  # fmt: skip
    assert "还没到" in text(answer)
    assert look(lambda session: session.get(Phase, phase.id)).actual_on is None


def test_a_new_phase_and_a_dropped_one_are_steps_too(as_role, desk, look):
    person = as_role("manager")
    person.post("/admin/phases/new/", project=desk.project.id, position=2, name="水电验收", seen="")
    person.post("/admin/phases/delete/", id=look(lambda s: s.scalar(select(Phase.id).where(Phase.position == 2))))
    assert look(lambda s: list(s.scalars(select(HouseEvent.name).order_by(HouseEvent.id)))) == ["added", "dropped"]


def upload(person, desk, *contents: bytes):
    files = [(io.BytesIO(one), f"{n}.jpg") for n, one in enumerate(contents)]
    data = {"csrf_token": person.token(), "photos": files}
    return person.client.post(f"/admin/projects/{desk.project.id}/photos", data=data, follow_redirects=True)


def test_photos_of_a_site_are_uploaded_checked_and_shown(as_role, desk, look):
    person = as_role("engineer")
    assert "已上传 2 张" in text(upload(person, desk, PICTURE, PICTURE + b"y"))
    rows = look(lambda s: s.scalars(select(Attachment).where(Attachment.project_id == desk.project.id)).all())
    assert {row.stage for row in rows} == {"site"} and len(rows) == 2
    for who in (person, as_role("finance")):
        with who.get(f"/admin/media/{rows[0].id}") as shown:
            assert shown.data == PICTURE
    assert as_role("marketing").get(f"/admin/media/{rows[0].id}").status_code == 404


@pytest.mark.parametrize(("contents", "said"), [
    ([], "请选照片"), ([b"<html>"], "不是照片"), ([PICTURE] * 10, "最多9张"),
])  # fmt: skip
def test_what_is_no_photo_is_refused_and_nothing_is_kept(as_role, desk, look, contents, said):
    assert said in text(upload(as_role("engineer"), desk, *contents))
    assert look(lambda s: s.scalars(select(Attachment).where(Attachment.project_id.is_not(None))).all()) == []


def test_a_photo_beyond_ten_megabytes_is_refused():
    with pytest.raises(DomainError) as refusal:
        uploads.check(PICTURE + b"x" * uploads.MOST_BYTES)
    assert refusal.value.key == "errors.photo_large"


def test_a_wish_from_the_phone_is_on_record_with_its_words_and_who_wrote_them_down(as_role, desk, look, now):
    person, page = as_role("agent"), f"/admin/customers/details/?id={desk.customer.id}"
    assert "还没说过" in text(person.get(page))
    person.post(f"/admin/customers/{desk.customer.id}/wish", words="电话里说别发活动了", given="0")
    shown = text(person.get(page))
    assert "电话里说别发活动了" in shown and "小林 记录" in shown and "不收" in shown
    person.post(f"/admin/customers/{desk.customer.id}/wish", words="又想收了", given="1")
    rows = look(lambda s: [(row.given, row.staff.name) for row in s.scalars(select(Consent).order_by(Consent.id))])
    assert rows == [(False, "小林"), (True, "小林")]
    person.post("/admin/language", lang="en", next="/admin/")
    assert "recorded by 小林" in text(person.get(page))


def test_a_date_put_off_asks_for_the_reason_and_the_house_shows_its_calls(as_role, desk, look, session, now):
    desk.project.stage = "building"
    session.commit()
    person, phase = as_role("engineer"), look(lambda s: s.scalars(select(Phase)).one())
    page, to = f"/admin/phases/edit/?id={phase.id}", (now.date() + dt.timedelta(days=9)).isoformat()
    told = {"project": desk.project.id, "position": 1, "name": "签约", "planned_on": to, "actual_on": ""}
    assert "要写原因" in text(person.post(page, **told, **marks(person, page)))
    assert look(lambda s: s.get(Phase, phase.id)).planned_on == now.date()
    person.post(page, **told, reason="业主出差", **marks(person, page))
    assert look(lambda s: s.scalars(select(HouseEvent)).one()).reason == "业主出差"
    letters = look(lambda s: s.scalars(select(Outgoing).where(Outgoing.text_key == "building.moved")).all())
    assert [row.facts["moves"][0]["reason"] for row in letters] == ["业主出差"]
    with session.begin():
        callbacks.ask(session, "building", about=session.get(Project, desk.project.id), now=now, words="施工满意度")
    assert "施工中" in text(person.get(f"/admin/projects/details/?id={desk.project.id}"))
    later = now + dt.timedelta(days=12)
    session.get(Phase, phase.id).planned_on = (later - dt.timedelta(days=15)).date()
    session.commit()
    assert "晚 3 天" in text(person.get(f"/admin/projects/details/?id={desk.project.id}"))


def test_what_a_phase_means_and_the_rhythm_are_the_managers_to_set(as_role, session, look, now):
    rhythm.ensure(session)
    session.commit()
    manager = as_role("manager")
    assert "材料进场" in text(manager.get("/admin/phasekinds/"))
    assert "第 2 个月" in text(manager.get("/admin/carerules/")) and "11 月" in text(manager.get("/admin/carerules/"))
    manager.post("/admin/carerules/new/", kind="season", number=9, years=2, label="秋燥", active="y", seen="")
    assert look(lambda s: s.scalar(select(CareRule.label).where(CareRule.number == 9))) == "秋燥"
    page = "/admin/phasekinds/edit/?id=4"
    manager.post(page, position=4, name="材料进场", call_hours="", notice_hours="48", **marks(manager, page))
    kind = look(lambda s: s.get(PhaseKind, 4))
    assert (kind.call_hours, kind.notice_hours) == (None, 48)


def files_of(settings) -> list:
    return [path for path in settings.media_dir.rglob("*") if path.is_file()]


def test_a_house_that_is_locked_away_takes_nobody_and_no_photos(as_role, desk, look, session, settings, now):
    session.get(Project, desk.project.id).locked_at = now
    session.commit()
    person, before = as_role("engineer"), files_of(settings)
    house = f"/admin/projects/{desk.project.id}"
    assert upload(person, desk, PICTURE).status_code == 404
    assert person.post(f"{house}/join", name="王", phone="13600136000").status_code == 404
    phase = look(lambda s: s.scalars(select(Phase.id)).one())
    assert person.post(f"/admin/phases/edit/?id={phase}", name="签约").status_code == 302
    assert "翡翠城" not in text(person.get(f"/admin/phases/new/?project={desk.project.id}"))
    assert look(lambda s: s.scalars(select(HouseEvent)).all()) == [] and files_of(settings) == before
