"""Photos of customers and crews: without power, inside the folder, and only for whom the case or the talk is for."""

import pytest

from admin.media import kind_of

pytestmark = pytest.mark.sqlite_only  # nothing here depends on the database

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


def fetched(session, desk, settings, name: str, content: bytes):
    settings.media_dir.mkdir(parents=True, exist_ok=True)
    (settings.media_dir / name).write_bytes(content)
    desk.photo.state, desk.photo.path, desk.photo.content_type = "fetched", name, "image/png"
    session.commit()
    return f"/admin/media/{desk.photo.id}"


def test_a_photo_is_shown_without_power(as_role, session, desk, settings):
    answer = as_role("engineer").get(fetched(session, desk, settings, "a.png", PNG))
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data == PNG
    answer.close()


def test_a_page_that_claims_to_be_a_photo_is_only_downloaded(as_role, session, desk, settings):
    answer = as_role("agent").get(fetched(session, desk, settings, "a.png", b"<html><script>alert(1)</script>"))
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    answer.close()


@pytest.mark.parametrize("role", ["marketing", "finance", "admin"])
def test_a_photo_is_not_there_for_others(role, as_role, session, desk, settings):
    assert as_role(role).get(fetched(session, desk, settings, "a.png", PNG)).status_code == 404


def test_a_photo_of_a_lead_is_for_whom_the_lead_is_for(as_role, session, desk, settings):
    address = fetched(session, desk, settings, "a.png", PNG)
    desk.photo.ticket_id = desk.enquiry.id
    session.commit()
    shown = as_role("designer").get(address)
    assert shown.status_code == 200
    shown.close()
    assert as_role("engineer").get(address).status_code == 404
    desk.enquiry.owner = desk.staff["agent"]
    session.commit()
    assert as_role("designer").get(address).status_code == 404


@pytest.mark.parametrize("path", ["../outside.png", "/etc/passwd", "missing.png", ""])
def test_a_path_never_leads_out_of_the_media_folder(as_role, session, desk, settings, path):
    address = fetched(session, desk, settings, "a.png", PNG)
    (settings.media_dir.parent / "outside.png").write_bytes(PNG)
    desk.photo.path = path
    session.commit()
    assert as_role("agent").get(address).status_code == 404


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"#!AMR\n", "audio/amr"),
        (b"\0\0\0\x18ftypmp42", "video/mp4"),
        (b"<svg xmlns", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_the_type_comes_from_the_bytes(head, kind):
    assert kind_of(head)[0] == kind
