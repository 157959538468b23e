"""Danger is heard wherever it is said: every dialog, every step, a dozen wordings, whatever was asked."""

import pytest

from bot.dialog import SCRIPTS, State
from tests.dialog.chat import ASKED, DOOR, LEAK, MORNING, Chat, bound

ALARMS = (
    "卫生间漏水到楼下了", "楼下说我家水漏下去了", "总水管爆了", "水止不住了", "家里全是水", "水漫到客厅了",
    "插座冒火花", "开始冒烟了", "有股焦味", "煤气味好大", "孩子被锁在里面了", "电到人了", "着火了", "吊顶要掉下来了",
    "突然全屋没电了", "there is a gas smell", "water is everywhere", "there is smoke",
)  # fmt: skip
#: What the dialogs hold when somebody cries.
HELD = {
    "repair": {"problem": "厨房水槽有点漏水", "category": "水", "place": "厨房水槽"},
    "complaint": {"problem": "师傅态度差", "registered": True, "complaint_id": 9, "complaint": "TS20261121-0001"},
    "survey": {"survey_id": 3, "number": "BX20261121-0007", "label": "", "questions": [], "given": {}},
    "regret": {"survey_id": 3, "number": "BX20261121-0007"},
    "take_back": {"complaint_id": 9},
    "terms": {"complaint_id": 9, "words": "不同意"},
}
PLACES = [
    (name, step, confirming)
    for name, script in SCRIPTS.items()
    if name != "urgent"
    for step in (*script.steps, *(["review"] if script.review else []))
    for confirming in (("",) if script.light else ("", "cancel", "resume"))
]


def cried(words, script="", step="", confirming="", **facts):
    """What the desk did, and what stands on the phone, after the cry."""
    chat = Chat(bound(**facts))
    held = HELD.get(script, {})
    chat.state = State(script, step, answers=held, confirming=confirming, started_at=MORNING, touched_at=MORNING)
    return chat, chat.say(words)


@pytest.mark.parametrize(("script", "step", "confirming"), PLACES)
def test_in_every_dialog_it_is_urgent_at_once(script, step, confirming):
    asked = {"survey": ASKED} if script in ("survey", "regret") else {}
    for words in ALARMS[::4] if confirming else ALARMS:
        chat, said = cried(words, script, step, confirming, **asked)
        assert [do.args["urgent"] for do in chat.done if do.verb == "repair.open"] == [True], words
        assert "加急单" in said and not said.startswith("已经给值班"), (words, said)


@pytest.mark.parametrize("facts", [
    {"waiting": True}, {"office_open": False}, {"tickets": (DOOR,)}, {"survey": ASKED}, {"opted_out": True},
    {"houses": ()},
], ids=str)  # fmt: skip
def test_in_every_situation_too(facts):
    for words in ALARMS:
        chat, said = cried(words, **facts)
        assert "repair.open" in chat.verbs and "加急单" in said, words


@pytest.mark.parametrize(
    ("words", "advice"),
    [("关不住", "打物业"), ("总阀关不上", "打物业"), ("拧不动了", "打物业"), ("水越来越大", "总水阀"),
     ("越漏越凶了", "总水阀"),
     ("止不住！快来", "总水阀"), ("楼下也漏了", "总水阀"), ("it is getting worse", "总水阀")],
)  # fmt: skip
def test_what_grows_in_a_draft_or_an_open_case_is_urgent_with_the_words_of_before(words, advice):
    chat = Chat(bound())
    chat.say("厨房水槽有点漏水")
    said = chat.say(words)
    assert advice in said and "加急单" in said
    assert "厨房水槽有点漏水" in chat.last.args["problem"] and chat.state.parked == ()
    if "楼下" not in words:
        chat = Chat(bound(tickets=(LEAK,)))
        assert advice in chat.say(words) and chat.last.args == {"ticket_id": 7, "urgent": True}


@pytest.mark.parametrize("words", [
    "卫生间漏到楼下是去年的事，早修好了", "楼下说他家顶上有块印子，没滴", "会不会漏到楼下", "不急，楼下没漏",
    "楼下说漏水，是他自家空调",
    "卫生间渗水，楼下还没湿",
])  # fmt: skip
def test_what_is_over_supposed_or_dry_is_no_alarm(words):
    chat, _ = cried(words)
    assert not any(do.args.get("urgent") for do in chat.done)


@pytest.mark.parametrize("words", ["门关不上了", "柜门关不住", "缝越来越大", "龙头关不紧，有空来看看"])
def test_in_a_draft_about_something_else_it_is_one_more_fault(words):
    chat = Chat(bound())
    chat.say("卧室墙面开裂")
    chat.say(words)
    assert chat.done == []


@pytest.mark.parametrize(("words", "advice"), [
    ("着火了", "119"), ("孩子被锁在里面了", "110"), ("煤气味好大", "燃气总阀"), ("关不住", "打物业"),
    ("总阀拧不动", "打物业"),
])  # fmt: skip
def test_a_second_danger_has_its_own_advice_and_the_crew_reads_it(words, advice):
    chat = Chat(bound())
    chat.say("水管爆了")
    said = chat.say(words)
    assert advice in said and said.endswith("您的地址是翡翠城8幢1602，对吗？")
    chat.say("对")
    assert advice in chat.say(words)
    assert chat.verbs == ["repair.open", "repair.add", "repair.add"] and chat.last.args["words"] == words
