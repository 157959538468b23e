"""Pictures of packages: public, because WeChat fetches them; and nothing else of the media folder is."""

import pytest

from models.files import keep
from models.sales import Package

JPEG = b"\xff\xd8\xff\xe0" + b"x" * 40


@pytest.fixture
def picture(settings, sessions, clock):
    """The path of a package's picture."""
    stored = keep(settings.media_dir, JPEG, now=clock())
    with sessions.begin() as session:
        session.add(Package(name="暖居·简白", style="现代", price_low=99900, price_high=99900, picture=stored.path))
    return stored.path


def test_everybody_may_see_what_is_offered(client, picture):
    answer = client.get(f"/p/pictures/{picture}")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, JPEG, "image/jpeg")
    assert "max-age" in answer.headers["Cache-Control"] and "nosniff" in answer.headers["X-Content-Type-Options"]


def test_what_is_no_longer_offered_is_gone(client, picture, sessions):
    with sessions.begin() as session:
        session.query(Package).update({"active": False})
    assert client.get(f"/p/pictures/{picture}").status_code == 404


def test_a_customers_photo_and_other_files_are_not_there(client, picture, settings, clock, sessions):
    private = keep(settings.media_dir, JPEG, now=clock()).path
    for name in (private, "../settings.py", "%2e%2e/settings.py", "2026/11/none.jpg"):
        assert client.get(f"/p/pictures/{name}").status_code == 404
    with sessions.begin() as session:
        session.query(Package).update({"picture": "../outside.jpg"})
    (settings.media_dir.parent / "outside.jpg").write_bytes(JPEG)
    assert client.get("/p/pictures/../outside.jpg").status_code == 404
