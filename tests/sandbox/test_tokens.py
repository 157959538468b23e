"""Access tokens: who gets one, how long it lives, what kills it."""

from __future__ import annotations

import pytest

PATH = "cgi-bin/getcallbackip"


def code(desk, token: str) -> int:
    return desk.api(PATH, token=token).get("errcode", 0)


def test_the_stable_token_stays_until_five_minutes_before_its_end(desk):
    first = desk.stable()
    assert first["expires_in"] == 7200
    desk.control("time", {"advance": 6800})
    assert desk.stable()["access_token"] == first["access_token"]
    assert desk.stable()["expires_in"] <= 400
    desk.control("time", {"advance": 150})
    second = desk.stable()["access_token"]
    assert second != first["access_token"]
    assert code(desk, first["access_token"]) == 0, "the old one is good to its end"
    desk.control("time", {"advance": 300})
    assert code(desk, first["access_token"]) == 42001


def test_stable_token_takes_only_posts(desk):
    response = desk.http.get(f"{desk.base}/cgi-bin/stable_token", params=desk.credentials())
    assert response.json()["errcode"] == 43002


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"appid": "wxother"}, 40013),
        ({"appid": ""}, 41002),
        ({"secret": "wrong"}, 40125),
        ({"secret": ""}, 41004),
        ({"grant_type": "other"}, 40002),
    ],
)
def test_wrong_credentials_are_named(desk, change, expected):
    refused = desk.stable(**change)
    assert refused["errcode"] == expected
    assert "rid: " in refused["errmsg"]
    old = desk.http.get(f"{desk.base}/cgi-bin/token", params={**desk.credentials(), **change}).json()
    assert old["errcode"] == expected


def test_a_forced_refresh_kills_the_old_token_and_is_limited(desk):
    first = desk.stable()["access_token"]
    second = desk.stable(force_refresh=True)["access_token"]
    assert second != first
    assert code(desk, first) == 40001
    assert desk.stable(force_refresh=True)["errcode"] == 45011
    for _ in range(19):
        desk.control("time", {"advance": 31})
        assert "access_token" in desk.stable(force_refresh=True)
    desk.control("time", {"advance": 31})
    assert desk.stable(force_refresh=True)["errcode"] == 45009


def test_each_old_style_token_kills_the_one_before_but_not_the_stable_one(desk):
    def fetch() -> str:
        return desk.http.get(f"{desk.base}/cgi-bin/token", params=desk.credentials()).json()["access_token"]

    stable, first, second = desk.stable()["access_token"], fetch(), fetch()
    assert [code(desk, t) for t in (stable, first, second)] == [0, 40001, 0]


def test_a_call_without_or_with_a_foreign_token_is_refused(desk):
    assert desk.http.get(f"{desk.base}/{PATH}").json()["errcode"] == 41001
    assert code(desk, "SBX_nonsense") == 40001


def test_an_unknown_path_and_a_wrong_method_are_named(desk):
    assert desk.api("cgi-bin/nothing/here", {})["errcode"] == 40066
    assert desk.api("cgi-bin/message/custom/send")["errcode"] == 43002
    assert desk.api(PATH, {})["errcode"] == 43001


def test_a_rid_explains_its_call_for_seven_days(desk):
    refused = desk.say("oNuanju_W1", "在吗")
    rid = refused["errmsg"].rsplit("rid: ", 1)[1]
    told = desk.api("cgi-bin/openapi/rid/get", {"rid": rid})
    assert told["request"]["request_url"] == "/cgi-bin/message/custom/send"
    assert "在吗" in told["request"]["request_body"]
    assert desk.api("cgi-bin/openapi/rid/get", {"rid": "x"})["errcode"] == 76001


def test_clear_quota_works_ten_times_a_month(desk):
    app = {"appid": desk.platform.config.app_id}
    assert [desk.api("cgi-bin/clear_quota", app)["errcode"] for _ in range(11)] == [0] * 10 + [48006]
    assert desk.api("cgi-bin/clear_quota", {"appid": "wxother"})["errcode"] == 40013


def test_the_log_keeps_no_token_and_no_secret(desk):
    desk.say("oNuanju_W2", "在吗")
    text = str(desk.control("log"))
    assert desk.platform.config.secret not in text
    assert "SBX_" not in text
