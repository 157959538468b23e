"""Menus, codes, tags, followers and media: the account's own things."""

from __future__ import annotations

import pytest

from sandbox.samples import kind_of, picture, video, voice

W1, W2 = "oNuanju_W1", "oNuanju_W2"


def click(name: str = "报修", key: str = "repair") -> dict:
    return {"name": name, "type": "click", "key": key}


def create(desk, *buttons: dict) -> int:
    return desk.api("cgi-bin/menu/create", {"button": list(buttons)})["errcode"]


def test_a_menu_is_seen_and_tapped_on_the_phone(desk, hook):
    assert desk.api("cgi-bin/menu/get")["errcode"] == 46003
    assert create(desk, {"name": "我的", "sub_button": [click()]}) == 0
    assert desk.api("cgi-bin/menu/get")["menu"]["button"][0]["name"] == "我的"
    seen = {p["openid"]: p["menu"] for p in desk.control("feed")["people"]}
    assert seen[W2][0]["sub_button"][0]["key"] == "repair"
    desk.push(W2, "click", key="repair")
    assert (hook.pushes[-1]["Event"], hook.pushes[-1]["EventKey"]) == ("CLICK", "repair")
    assert desk.phone(W2)[-1]["text"] == "点了菜单「报修」"


@pytest.mark.parametrize(
    ("buttons", "expected"),
    [
        ([], 40016),
        ([click()] * 4, 40016),
        ([click(name="")], 40018),
        ([click(name="长" * 6)], 40018),
        ([click(key="")], 40019),
        ([{"name": "a", "type": "view"}], 40020),
        ([{"name": "a", "type": "dance"}], 40017),
        ([{"name": "a", "sub_button": [click()] * 6}], 40023),
        ([{"name": "a", "sub_button": [click(name="长" * 21)]}], 40025),
        ([{"name": "a", "sub_button": [{"name": "b", "type": "dance"}]}], 40024),
        ([{"name": "a", "sub_button": [click(key="k" * 129)]}], 40026),
        ([{"name": "a", "sub_button": [{"name": "b", "type": "view", "url": ""}]}], 40027),
    ],
)
def test_a_menu_is_refused_by_its_code(desk, buttons, expected):
    assert create(desk, *buttons) == expected


def test_the_last_tag_decides_the_menu_and_deleting_takes_all(desk):
    rule = {"button": [click("师傅")], "matchrule": {"tag_id": "100"}}
    assert desk.api("cgi-bin/menu/addconditional", rule)["errcode"] == 65303
    create(desk, click())
    desk.api("cgi-bin/tags/create", {"tag": {"name": "师傅"}})
    desk.api("cgi-bin/tags/members/batchtagging", {"tagid": 100, "openid_list": [W2]})
    number = desk.api("cgi-bin/menu/addconditional", rule)["menuid"]
    seen = {p["openid"]: p["menu"][0]["name"] for p in desk.control("feed")["people"]}
    assert seen == {W1: "报修", W2: "师傅"}
    assert desk.api("cgi-bin/menu/delconditional", {"menuid": number})["errcode"] == 0
    assert desk.api("cgi-bin/menu/delconditional", {"menuid": number})["errcode"] == 65301
    desk.api("cgi-bin/menu/delete")
    assert desk.api("cgi-bin/menu/get")["errcode"] == 46003


def code(desk, scene: object, action: str = "QR_STR_SCENE", **more: object) -> dict:
    name = "scene_str" if "STR" in action else "scene_id"
    told = {"action_name": action, "action_info": {"scene": {name: scene}}, **more}
    return desk.api("cgi-bin/qrcode/create", told)


def test_a_code_is_scanned_by_followers_and_strangers(desk, hook):
    ticket = code(desk, "visit_7", expire_seconds=600)["ticket"]
    desk.control("scan", {"openid": W2, "ticket": ticket})
    scan = hook.pushes[-1]
    assert (scan["Event"], scan["EventKey"], scan["Ticket"]) == ("SCAN", "visit_7", ticket)
    desk.control("scan", {"openid": W1, "scene": "visit_7"})
    follow = hook.pushes[-1]
    assert (follow["Event"], follow["EventKey"], follow["Ticket"]) == ("subscribe", "qrscene_visit_7", ticket)
    info = desk.api("cgi-bin/user/info", openid=W1)
    assert (info["subscribe_scene"], info["qr_scene_str"]) == ("ADD_SCENE_QR_CODE", "visit_7")
    image = desk.http.get(f"{desk.base}/cgi-bin/showqrcode", params={"ticket": ticket})
    assert kind_of(image.content) == "image/png" == image.headers["Content-Type"]


def test_a_code_ends_when_its_time_is_over_unless_it_is_permanent(desk):
    short, forever = code(desk, 5, "QR_SCENE", expire_seconds=60), code(desk, 6, "QR_LIMIT_SCENE")
    assert "expire_seconds" not in forever
    desk.control("time", {"advance": 61})
    assert desk.control("scan", {"openid": W2, "ticket": short["ticket"]})["http"] == 400
    assert desk.control("scan", {"openid": W2, "ticket": forever["ticket"]})["http"] == 200


@pytest.mark.parametrize(
    ("scene", "action", "more", "expected"),
    [
        ("x" * 65, "QR_STR_SCENE", {}, 40053),
        ("", "QR_STR_SCENE", {}, 40053),
        (0, "QR_LIMIT_SCENE", {}, 40053),
        (100_001, "QR_LIMIT_SCENE", {}, 40053),
        (1, "QR_WHAT", {}, 40053),
        ("a", "QR_STR_SCENE", {"expire_seconds": 2_592_001}, 40035),
    ],
)
def test_codes_are_refused_by_their_code(desk, scene, action, more, expected):
    assert code(desk, scene, action, **more)["errcode"] == expected


def test_tags_are_made_renamed_put_taken_and_deleted(desk):
    number = desk.api("cgi-bin/tags/create", {"tag": {"name": "在建"}})["tag"]["id"]
    put = {"tagid": number, "openid_list": [W2]}
    assert desk.api("cgi-bin/tags/create", {"tag": {"name": "在建"}})["errcode"] == 45157
    assert desk.api("cgi-bin/tags/create", {"tag": {"name": "长" * 31}})["errcode"] == 45158
    assert desk.api("cgi-bin/tags/update", {"tag": {"id": number, "name": "完工"}})["errcode"] == 0
    assert desk.api("cgi-bin/tags/members/batchtagging", put)["errcode"] == 0
    assert desk.api("cgi-bin/tags/get")["tags"] == [{"id": number, "name": "完工", "count": 1}]
    assert desk.api("cgi-bin/tags/getidlist", {"openid": W2})["tagid_list"] == [number]
    assert desk.api("cgi-bin/user/tag/get", {"tagid": number})["data"]["openid"] == [W2]
    assert desk.api("cgi-bin/tags/members/batchuntagging", put)["errcode"] == 0
    assert desk.api("cgi-bin/tags/getidlist", {"openid": W2})["tagid_list"] == []
    assert desk.api("cgi-bin/tags/delete", {"tag": {"id": number}})["errcode"] == 0
    assert desk.api("cgi-bin/tags/members/batchtagging", put)["errcode"] == 45159


def test_tag_limits(desk):
    numbers = [desk.api("cgi-bin/tags/create", {"tag": {"name": f"t{n}"}})["tag"]["id"] for n in range(100)]
    assert desk.api("cgi-bin/tags/create", {"tag": {"name": "one more"}})["errcode"] == 45056
    put = [desk.api("cgi-bin/tags/members/batchtagging", {"tagid": n, "openid_list": [W2]}) for n in numbers[:21]]
    assert [one["errcode"] for one in put] == [0] * 20 + [45059]
    many = {"tagid": numbers[0], "openid_list": [W2] * 51}
    assert desk.api("cgi-bin/tags/members/batchtagging", many)["errcode"] == 40032
    assert desk.api("cgi-bin/tags/delete", {"tag": {"id": 2}})["errcode"] == 45058


def test_followers_are_listed_and_known_without_name_or_face(desk):
    assert desk.api("cgi-bin/user/info", openid=W1) == {"subscribe": 0, "openid": W1}
    info = desk.api("cgi-bin/user/info", openid=W2)
    assert (info["subscribe"], info["nickname"], info["headimgurl"]) == (1, "", "")
    listed = desk.api("cgi-bin/user/get")
    assert (listed["total"], listed["data"]["openid"]) == (1, [W2])
    both = {"user_list": [{"openid": W1}, {"openid": W2}]}
    assert [one["subscribe"] for one in desk.api("cgi-bin/user/info/batchget", both)["user_info_list"]] == [0, 1]
    assert desk.api("cgi-bin/user/info/batchget", {"user_list": [{}] * 101})["errcode"] == 40032
    assert desk.api("cgi-bin/user/info", openid="oNobody_00000")["errcode"] == 40003
    assert desk.api("cgi-bin/user/info/updateremark", {"openid": W2, "remark": "林"})["errcode"] == 0
    assert desk.api("cgi-bin/user/info", openid=W2)["remark"] == "林"
    assert desk.api("cgi-bin/user/info/updateremark", {"openid": W2, "remark": "长" * 30})["errcode"] == 40035
    assert desk.api("cgi-bin/user/info/updateremark", {"openid": W1, "remark": "x"})["errcode"] == 43004


def test_what_a_person_sent_can_be_fetched_for_three_days(desk, hook):
    desk.push(W2, "image", sample="wall")
    media_id = hook.pushes[-1]["MediaId"]
    args = {"access_token": desk.stable()["access_token"], "media_id": media_id}
    got = desk.http.get(f"{desk.base}/cgi-bin/media/get", params=args)
    assert got.content == picture("wall")
    assert got.headers["Content-Type"] == "image/jpeg"
    assert got.headers["Content-Disposition"].startswith("attachment")
    desk.control("time", {"advance": 3 * 86400 + 1})
    assert desk.api("cgi-bin/media/get", media_id=media_id)["errcode"] == 40007
    assert desk.api("cgi-bin/media/get")["errcode"] == 41006


def test_a_video_comes_as_an_address(desk, hook):
    desk.push(W2, "video")
    told = desk.api("cgi-bin/media/get", media_id=hook.pushes[-1]["MediaId"])
    assert told["video_url"].startswith("http://127.0.0.1")


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("image", picture("tile"), 0),
        ("image", voice(1), 40005),
        ("image", b"<svg/>", 40005),
        ("image", b"", 41005),
        ("voice", voice(60) + bytes(2 * 1024 * 1024), 40010),
        ("image", picture("tile") + bytes(10 * 1024 * 1024), 40009),
        ("thumb", picture("tile") + bytes(64 * 1024), 40012),
        ("video", video() + bytes(10 * 1024 * 1024), 40011),
        ("poem", picture("tile"), 40004),
    ],
)
def test_uploads_are_known_by_their_bytes(desk, kind, data, expected):
    assert desk.upload(kind, data).get("errcode", 0) == expected


def test_the_form_field_must_be_called_media(desk):
    args = {"access_token": desk.stable()["access_token"], "type": "image"}
    files = {"file": ("x.jpg", picture("tile"))}
    assert desk.http.post(f"{desk.base}/cgi-bin/media/upload", params=args, files=files).json()["errcode"] == 41005
    named = {"media": ("x.jpg", picture("tile"))}
    told = desk.http.post(f"{desk.base}/cgi-bin/media/uploadimg", params=args, files=named).json()
    assert told["url"].startswith("http://127.0.0.1")
