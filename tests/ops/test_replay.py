"""The language of conversations: what a file may say, and the sentence for every file that says something else."""

import datetime as dt
import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.houses import Crew, Project
from models.people import BindingCode, Customer, Follower
from ops import replay
from ops.replay_cast import cast_of, only_its_own
from ops.replay_file import SETUP, BadFile, read
from ops.replay_live import LiveStage, NoSandbox, shown_of
from ops.replay_player import Player

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROOT = Path(__file__).parents[2]


def script(*lines):
    return read(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)


@pytest.mark.parametrize(
    ("line", "kind", "told", "heard"),
    [
        ({"text": "漏水"}, "text", {"text": "漏水"}, "漏水"),
        ({"image": True}, "image", {}, "[image]"),
        ({"type": "image"}, "image", {}, "[image]"),
        ({"image": "leak"}, "image", {"sample": "leak"}, "[image]"),
        ({"voice": True}, "voice", {}, "[voice]"),
        ({"voice": "家里漏水"}, "voice", {"recognition": "家里漏水"}, "[voice 家里漏水]"),
        ({"voice": True, "recognised": "漏水"}, "voice", {"recognition": "漏水"}, "[voice 漏水]"),
        ({"type": "voice", "text": "漏水"}, "voice", {"recognition": "漏水"}, "[voice 漏水]"),
        ({"location": "翡翠城"}, "location", {"label": "翡翠城"}, "[location 翡翠城]"),
        ({"location": {"label": "x", "lat": 30.1}}, "location", {"label": "x", "lat": 30.1}, "[location x]"),
        ({"link": "https://a.example", "title": "看"}, "link", {"url": "https://a.example", "title": "看"}, None),
        ({"event": "subscribe", "scene": "qr1"}, "event", {"event": "subscribe", "scene": "qr1"}, None),
        ({"event": "click", "key": "MENU_REPAIR"}, "event", {"event": "click", "key": "MENU_REPAIR"}, None),
        ({"repeat": True}, "repeat", {"times": 1}, "(再推送一次)"),
        ({"repeat": 3}, "repeat", {"times": 3}, None),
    ],
)
def test_each_kind_of_line(line, kind, told, heard):
    [one] = script({"from": "W1", **line}).lines
    assert (one.who, one.kind, one.told) == ("W1", kind, told)
    assert heard is None or one.heard == heard


def test_times_and_waits():
    first, wait, last = script(
        {"at": "2026-01-13T10:00:00+08:00", "from": "W1", "text": "a"}, {"wait": "3h"}, {"from": "C1", "text": "b"}
    ).lines
    assert first.at == dt.datetime(2026, 1, 13, 10, tzinfo=SHANGHAI)
    assert (wait.who, wait.wait) == ("", dt.timedelta(hours=3)) and last.at is None


@pytest.mark.parametrize(
    ("wait", "seconds"), [(90, 90), ("30m", 1800), ("1.5h", 5400), ("2d", 172800), ("20分钟", 1200), ("2 天", 172800)]
)
def test_spans(wait, seconds):
    assert script({"wait": wait}).lines[0].wait.total_seconds() == seconds


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("{", "不是 JSON"),
        ("[1]", "JSON 对象"),
        ({"text": "谁说的"}, "缺少 from"),
        ({"from": "W 1", "text": "x"}, "from"),
        ({"from": "W1"}, "只有一种内容"),
        ({"from": "W1", "image": True, "voice": True}, "只有一种内容"),
        ({"from": "W1", "type": "sticker"}, "不认识 sticker"),
        ({"from": "W1", "text": "x", "colour": "red"}, "不认识 colour"),
        ({"from": "W1", "text": 5}, "一段文字"),
        ({"from": "W1", "image": False}, "不能是 false"),
        ({"from": "W1", "repeat": 99}, "1 到 10"),
        ({"at": "gestern", "from": "W1", "text": "x"}, "不是 ISO 时间"),
        ({"at": "2026-01-13T10:00:00", "from": "W1", "text": "x"}, "时区"),
        ({"at": "2026-01-01T10:00:00+08:00", "from": "W1", "text": "x"}, "往前走"),
        ({"wait": "bald"}, "wait"),
        ({"wait": True}, "wait"),
        ({"wait": 5, "from": "W1"}, "不能再有别的"),
        ({"setup": {"crews": []}}, "第一行"),
    ],
)
def test_a_bad_line_is_named_by_its_number(bad, words):
    good = {"at": "2026-01-13T10:00:00+08:00", "from": "W1", "text": "好"}
    with pytest.raises(BadFile, match=words) as refused:
        script(good, "", bad)
    assert refused.value.number == 3 and "第 3 行" in str(refused.value)


@pytest.mark.parametrize(
    ("setup", "words"),
    [
        ([], "JSON 对象"),
        ({"crew": []}, "不认识 crew"),
        ({"crews": {}}, "列表"),
        ({"crews": [{"name": "王师傅"}]}, "from"),
        ({"complaints": {"from": "W1"}}, "complaints 要是对象的列表"),
        ({"complaints": [{"words": "乱收费"}]}, "from"),
        ({"buildings": ["8幢"]}, "buildings 要是对象的列表"),
    ],
)
def test_a_bad_setup_is_line_one(setup, words):
    with pytest.raises(BadFile, match=words) as refused:
        script({"setup": setup}, {"from": "W1", "text": "x"})
    assert refused.value.number == 1


def test_a_setup_may_have_whatever_the_format_documents():
    documented = re.findall(r"^\| `(\w+)` \| ", (ROOT / "docs/replay.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(SETUP) - set(documented) == set() == {"buildings", "complaints"} - set(SETUP)


def test_a_setup_needs_no_wrapper_and_an_empty_file_is_refused():
    assert script({"crews": [{"from": "C1"}]}, {"from": "W1", "text": "x"}).people == ("C1", "W1")
    with pytest.raises(BadFile, match="没有一行"):
        script("", "  ")


@given(st.lists(st.text(max_size=80), max_size=5))
def test_any_text_is_a_script_or_a_sentence(lines):
    try:
        read(lines)
    except BadFile as refused:
        assert str(refused)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_NAMES = ["from", "text", "type", "image", "voice", "event", "wait", "at", "repeat", "setup", "link", "x"]
_KEYS = st.sampled_from(_NAMES)


@given(st.lists(st.dictionaries(_KEYS, _JSON, max_size=4), max_size=3))
def test_any_object_is_a_line_or_a_sentence(objects):
    try:
        read(json.dumps(one) for one in objects)
    except BadFile as refused:
        assert str(refused)


COMPANY = {
    "estates": ["翡翠城"],
    "staff": [{"from": "S1", "name": "钱工", "role": "engineer"}],
    "crews": [{"from": "C1", "name": "王师傅", "trades": ["水"]}],
    "projects": [{"number": "HT-1", "estate": "翡翠城", "building": "8幢", "room": "1602", "crew": "C1"}],
    "customers": [{"from": "W2", "name": "陈明", "form": "先生", "phone": "138 0013 8000", "projects": ["HT-1"]}],
    "codes": [{"name": "A", "project": "HT-1"}],
    "windows": {"C1": 3},
}


def test_a_setup_stands_in_the_records_twice_without_meeting_itself(sessions, now):
    lines = script({"setup": COMPANY}, {"from": "W1", "text": "x"})
    for tag in ("one", "two"):
        with sessions.begin() as session:
            cast = cast_of(session, lines, tag, now)
        assert cast.known == {"S1", "C1", "W2"} and len(cast.codes["A"]) == 6
    with sessions() as session:
        houses = session.query(Project).order_by(Project.id).all()
        assert [house.number for house in houses] == ["HT-1-one", "HT-1-two"]
        assert {house.label for house in houses} == {"翡翠城8幢1602"} and houses[0].crew_id != houses[1].crew_id
        assert {row.phone for row in session.query(Customer)} == {"13800138000"}
        assert session.query(BindingCode).count() == 2
        crew = session.query(Follower).filter_by(openid=cast.openid("C1")).one()
        assert crew.reply_left == 3 and crew.reply_until == now + dt.timedelta(hours=48)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"projects": [{"number": "HT-1", "estate": "翡翠城", "crew": "C9"}]}, "C9"),
        ({"projects": [{"number": "HT-1"}]}, "name"),
        ({"customers": [{"from": "W2", "projects": ["HT-9"]}]}, "HT-9"),
        ({"staff": [{"from": "S1", "role": "king"}]}, "king"),
        ({"windows": {"W9": 5}}, "W9"),
        ({"windows": {"C1": 9}}, "0 到 5"),
        ({"codes": [{"name": "A"}]}, "codes"),
    ],
)
@pytest.mark.sqlite_only  # what is refused is refused before anything is stored
def test_a_setup_that_does_not_fit_together_is_refused(sessions, now, change, words):
    with pytest.raises(BadFile, match=words), sessions.begin() as session:
        cast_of(session, script({"setup": COMPANY | change}, {"from": "W1", "text": "x"}), "tag", now)


@pytest.mark.sqlite_only  # one column of one table
def test_while_it_plays_no_other_crew_is_on_duty_and_afterwards_its_own_retires(sessions, now):
    with sessions.begin() as session:
        session.add_all([Crew(name="值班", trades=[]), Crew(name="离职", trades=[], active=False)])
    with sessions.begin() as session:
        cast = cast_of(session, script({"setup": COMPANY}, {"from": "W1", "text": "x"}), "tag", now)

    def on_duty():
        with sessions() as session:
            return {crew.name for crew in session.query(Crew).filter(Crew.active)}

    with pytest.raises(KeyboardInterrupt), only_its_own(sessions, cast):
        assert on_duty() == {"王师傅"}
        raise KeyboardInterrupt
    assert on_duty() == {"值班"}


class Nowhere:
    """A stage on which nothing ever happens."""

    def __init__(self, sessions, now):
        self.sessions, self._now, self.acts = sessions, now, []

    def now(self):
        return self._now

    def travel(self, at):
        self._now = at

    def enter(self, openid, person):
        self.acts.append((openid, person["following"]))

    def act(self, openid, kind, told):
        self.acts.append((openid, kind, dict(told)))
        return ["好"]

    def settle(self, openids):
        return False

    def phone(self, openid, after):
        return []


@pytest.mark.sqlite_only  # about the player, not about the database
def test_the_player_keeps_people_apart_and_says_what_never_came_to_rest(sessions, now):
    stage = Nowhere(sessions, now)
    binding = {"from": "W2", "text": "绑定 <<code:A>>"}
    lines = script({"setup": COMPANY}, {"from": "W1", "event": "subscribe"}, binding, {"wait": 60})
    player = Player(stage, lines, "tag")
    player.prepare()
    document = player.play()
    following = {openid: act[0] for openid, *act in stage.acts[:4]}
    assert following == {"ortag_W1": False, "ortag_W2": True, "ortag_C1": True, "ortag_S1": True}
    assert stage.acts[-1][2]["text"] == f"绑定 {player.cast.codes['A']}"
    assert [(turn["from"], turn["replies"]) for turn in document["turns"]] == [("W1", ["好"]), ("W2", ["好"])]
    assert document["unsettled"] == [2, 3, 4] and document["records"]["repairs"] == []


@pytest.mark.sqlite_only  # about the player, not about the database
@pytest.mark.parametrize(("text", "words"), [("<<number>>", "还没有报修"), ("<<code:B>>", "没有叫 B 的绑定码")])
def test_a_blank_that_nothing_fills_is_refused(sessions, now, text, words):
    player = Player(Nowhere(sessions, now), script({"from": "W1", "text": text}), "tag")
    player.prepare()
    with pytest.raises(BadFile, match=words) as refused:
        player.play()
    assert refused.value.number == 1


def test_what_a_phone_shows_is_the_accounts_or_wechats_excuse():
    bubble = {"n": 1, "at": "2026-11-21T10:00:00+08:00", "via": "custom", "type": "text", "text": "好"}
    bubble |= {"from": "account"}
    assert shown_of(bubble).text == "好"
    assert shown_of(bubble | {"from": "person"}) is None
    assert shown_of(bubble | {"from": "system", "type": "notice"}) is None
    assert shown_of(bubble | {"from": "system", "type": "excuse"}).via == "system"
    assert shown_of(bubble | {"type": "image", "text": ""}).text == "[image]"


@pytest.mark.sqlite_only  # refused before the database is asked
def test_only_a_sandbox_is_played_in(make_settings, engine):
    with pytest.raises(NoSandbox, match="make run"):
        LiveStage(make_settings(wechat_api_base="https://api.weixin.qq.com"), engine)
    with pytest.raises(NoSandbox, match="没有在"):
        LiveStage(make_settings(wechat_api_base="http://127.0.0.1:1"), engine)


def test_the_command_says_in_a_sentence_why_it_cannot_play(tmp_path, capsys):
    file = tmp_path / "x.jsonl"
    assert replay.main([str(file)]) == 2
    file.write_bytes(b"\xff\xfe\x00")
    assert replay.main([str(file)]) == 2
    file.write_text('{"from": "W1"}', "utf-8")
    assert replay.main([str(file)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and "打不开" in said.err and "UTF-8" in said.err and "第 1 行" in said.err
