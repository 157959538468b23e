"""Photos are fetched once, known by their bytes, tried again while that can help, and lost visibly."""

import contextlib
import datetime as dt
import errno
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Misconfigured, Refused, Throttled, Unreachable
from jobs import media
from models.files import NotMedia, keep, kind_of
from models.talk import Attachment

JPEG = b"\xff\xd8\xff\xe0 a photo"


@pytest.fixture
def arrived(sessions, now):
    """A photo that WeChat announced; returns its row's id."""

    def add(media_id: str, **facts: object) -> int:
        with sessions.begin() as session:
            photo = Attachment(kind="image", media_id=media_id, created_at=now, **facts)
            session.add(photo)
            session.flush()
            return photo.id

    return add


@pytest.fixture
def read(sessions):
    def one(row_id: int) -> Attachment:
        with sessions() as session:
            return session.get(Attachment, row_id)

    return one


def test_a_photo_is_fetched_once_and_kept_under_a_name_of_ours(world, platform, arrived, read, settings):
    mine = arrived("m1")
    platform.media["m1"] = [JPEG]
    assert media.run(world) == 1 and media.run(world) == 0
    photo = read(mine)
    assert (photo.state, photo.content_type, photo.size, photo.error) == ("fetched", "image/jpeg", len(JPEG), "")
    assert (
        photo.path.startswith("2026/11/")
        and photo.path.endswith(".jpg")
        and "x" not in photo.path[8:-4].strip("0123456789abcdef")
    )
    file = settings.media_dir / photo.path
    assert file.read_bytes() == JPEG and stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_fails_comes_again_and_the_others_are_fetched(world, platform, arrived, read, clock):
    bad, good = arrived("m1"), arrived("m2")
    platform.media |= {"m1": [Unreachable(message="no connection"), JPEG], "m2": [JPEG]}
    assert media.run(world) == 1
    assert (read(bad).state, read(bad).error, read(good).state) == ("waiting", "unreachable", "fetched")
    assert read(bad).next_try_at == clock() + dt.timedelta(seconds=10)
    clock.advance(seconds=11)
    assert media.run(world) == 1 and read(bad).state == "fetched" and read(bad).error == ""


def test_after_three_days_it_is_lost(world, platform, arrived, read, clock):
    mine = arrived("m1")
    platform.media["m1"] = Unreachable()
    for _ in range(3):
        media.run(world)
        clock.advance(days=1, minutes=1)
    assert read(mine).state == "waiting"
    media.run(world)
    assert (read(mine).state, read(mine).error) == ("lost", "unreachable")


@pytest.mark.parametrize("answer,error", [
    (Refused(40007, "invalid media_id"), "refused 40007"), (b"<html>login</html>", "not_media unknown content"),
])  # fmt: skip
def test_what_will_never_come_is_lost_at_once(world, platform, arrived, read, answer, error):
    mine = arrived("m1")
    platform.media["m1"] = answer
    media.run(world)
    assert (read(mine).state, read(mine).error, read(mine).path) == ("lost", error, "")


@pytest.mark.parametrize("trouble,error", [
    (Misconfigured(40164, "ip"), "misconfigured"), (Throttled(45009, "quota"), "throttled"),
])  # fmt: skip
def test_everybodys_trouble_stops_the_run_and_loses_nothing(world, platform, arrived, read, clock, trouble, error):
    first, second = arrived("m1"), arrived("m2")
    platform.media |= {"m1": [trouble, JPEG], "m2": [JPEG]}
    assert media.run(world) == 0
    assert read(first).error == error and {read(first).state, read(second).state} == {"waiting"}
    clock.advance(hours=2)
    assert media.run(world) == 2


def test_a_folder_that_cannot_be_written_is_said_and_tried_again(world, platform, arrived, read, clock, settings):
    mine = arrived("m1")
    platform.media["m1"] = JPEG
    settings.media_dir.write_text("a file where the folder should be")
    media.run(world)
    assert (read(mine).state, read(mine).error) == ("waiting", "disk_error")
    settings.media_dir.unlink()
    clock.advance(minutes=6)
    assert media.run(world) == 1


def test_a_full_disk_leaves_no_half_file(tmp_path, now):
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OSError, match="No space"):
        keep(tmp_path, JPEG, now=now, sync=full)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_another_worker_holds_is_left_to_it(world, platform, arrived, clock):
    arrived("m1", next_try_at=clock() + media.IN_HAND)
    assert media.run(world) == 0


@pytest.mark.parametrize("content,kind", [
    (b"\xff\xd8\xff\xdb", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF89a", "image/gif"),
    (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"), (b"#!AMR\n", "audio/amr"), (b"ID3\x04", "audio/mpeg"),
    (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
])  # fmt: skip
def test_bytes_say_what_they_are(content, kind):
    assert kind_of(content)[0] == kind


@pytest.mark.parametrize("content", [b"", b"GIF", b"MZ\x90", b"<svg/>", b"%PDF-1.7", b"12345678WEBP", b"PK\x03\x04"])
def test_other_bytes_are_not_kept(content, tmp_path, now):
    with pytest.raises(NotMedia):
        keep(tmp_path, content, now=now)


@given(st.binary(max_size=64))
def test_any_bytes_are_either_known_or_refused(content):
    with contextlib.suppress(NotMedia):
        assert "/" in kind_of(content)[0]
