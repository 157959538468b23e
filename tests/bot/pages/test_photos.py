"""Photos on the phone pages: checked, kept once, shown as files of their own case, and never in the way of the work."""

import re

import pytest
from sqlalchemy import select

from models.talk import Attachment
from tests.bot.pages.forms import JPEG, PNG, counted, form_of, kept_in, read


def test_the_same_photo_sent_again_is_one_photo(client, link, press, sessions, settings):
    address = link()
    for step in ("accept", "start"):
        press(address, step)
    page = client.get(address).text
    for _ in range(2):
        press(address, "arrive", photos=(JPEG, JPEG, PNG), page=page)
    assert counted(sessions, Attachment) == 2
    with sessions() as session:
        rows = {photo.path for photo in session.scalars(select(Attachment))}
    assert rows == kept_in(settings.media_dir)


def test_files_that_belong_to_no_row_are_removed(client, link, press, sessions, settings):
    address = link()
    for step in ("accept", "start"):
        press(address, step)
    page = client.get(address).text
    press(address, "arrive", photos=(JPEG,), page=page)
    press(address, "arrive", photos=(PNG,), page=page)
    with sessions() as session:
        rows = {photo.path for photo in session.scalars(select(Attachment))}
    assert kept_in(settings.media_dir) == rows and len(rows) == 1


def test_what_was_typed_is_not_lost_when_a_photo_is_wrong(client, link, press, sessions, house, settings):
    address = link()
    for name in ("accept", "start", "arrive"):
        press(address, name)
    answer = press(address, "finish", "换了角阀<script>", (JPEG, b"MZ\x90 not a photo"))
    assert answer.status_code == 422 and "不是照片" in answer.text
    assert "换了角阀&lt;script&gt;" in answer.text
    assert read(sessions, house).state == "on_site" and counted(sessions, Attachment) == 0
    assert kept_in(settings.media_dir) == set()


@pytest.mark.parametrize("photos,words", [
    ((b"\xff\xd8\xff" + b"\x00" * (10 << 20),), "超过10MB"),
    (tuple(JPEG + bytes([n]) for n in range(7)), "最多6张"),
    ((b"<svg xmlns='http://www.w3.org/2000/svg'/>",), "不是照片"),
    ((b"<html><script>alert(1)</script>",), "不是照片"),
])  # fmt: skip
def test_photos_are_checked_by_content_size_and_number(client, link, press, sessions, house, photos, words):
    address = link()
    press(address, "accept")
    press(address, "start")
    answer = press(address, "arrive", photos=photos)
    assert answer.status_code == 422 and words in answer.text
    assert read(sessions, house).state == "on_the_way"


def test_a_request_larger_than_six_photos_is_refused_kindly(client, link):
    answer = client.post(link(), data=b"x" * (65 << 20), content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413 and "太大" in answer.text


def test_photos_are_files_of_the_links_own_case(client, link, press, house):
    crew = link()
    press(crew, "accept")
    press(crew, "start")
    press(crew, "arrive", photos=(JPEG,))
    photo = re.search(r'src="(/p/crew/[^"]+/photos/(\d+))"', client.get(crew).text)
    answer = client.get(photo[1])
    assert (answer.data, answer.content_type) == (JPEG, "image/jpeg")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"{link('repair')}/photos/{photo[2]}").status_code == 200
    other = link(ticket_id=house.other_repair, crew_id=house.other_crew)
    assert client.get(f"{other}/photos/{photo[2]}").status_code == 404
    assert client.get(f"{crew}/photos/999").status_code == 404


def test_photos_can_go_up_one_by_one_while_the_crew_writes(client, link, press, sessions):
    crew = link()

    def upload(content: bytes):
        return client.post(f"{crew}/photos", **form_of({}, (content,)))

    assert upload(JPEG).status_code == 422  # nothing to photograph before the job is taken
    press(crew, "accept")
    first, again, wrong = upload(JPEG), upload(JPEG), upload(b"nothing")
    assert first.json == again.json and wrong.status_code == 422 and "不是照片" in wrong.json["trouble"]
    for number in range(5):
        assert upload(JPEG + bytes([number])).status_code == 200
    assert "最多6张" in upload(JPEG + b"7").json["trouble"]
    assert counted(sessions, Attachment) == 6


def test_a_full_disk_is_said_and_changes_nothing(client, link, press, sessions, house, settings):
    crew = link()
    press(crew, "accept")
    press(crew, "start")
    settings.media_dir.parent.mkdir(exist_ok=True)
    settings.media_dir.write_text("a file where the folder should be")
    answer = press(crew, "arrive", photos=(JPEG,))
    assert answer.status_code == 422 and "存不下" in answer.text
    assert read(sessions, house).state == "on_the_way"
    assert press(crew, "arrive").status_code == 303
