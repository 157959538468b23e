"""Every script walked through in English, and every text that is sent unasked: nothing Chinese of ours is left in it.

Names, addresses and what people wrote stay as they are; they are the ones listed here and no others.
"""

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest

from bot.dialog import ComplaintRef, Facts, House, SurveyRef
from bot.heard import EventRef
from models.desk.callback.forms import DEFAULTS
from templates import Texts
from tests.dialog.chat import ASKED, JADE, LEAK, MORNING, PRICED, PRICED_DOOR, WEST, Chat, bound, crew, job, stranger
from tests.dialog.shop import COMING, MEASURING, Asker, shop

HAN = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")
#: People, houses and shops.
NAMES = {
    "翡翠城8幢1602", "翡翠城8幢", "城西公馆3幢802", "城西公馆3-802", "江南里5幢1101", "翡翠城11幢302", "翡翠城",
    "滨江区江南大道100号", "滨江店", "城西展厅", "Mr 陈", "Ms 林", "王师傅", "林设计", "赵工", "小林", "小许", "周**",
}  # fmt: skip
#: Titles and words that customers, crews and colleagues wrote.
WRITTEN = {
    "厨房水槽漏水", "卧室门关不上", "厨房漏水", "家装讲座", "水电改造讲座", "明天下午", "换角阀", "月饼礼盒",
    "设计要收费吗", "能看以前做过的案例吗", "89平左右的房子，开工到竣工一般90天上下。", "人工", "含旧件拆除",
}  # fmt: skip
#: Facts of examples that hold what somebody wrote, whatever it says.
THEIRS = {
    "words", "reason", "why", "note", "explanation", "proposal", "verdict", "question", "title", "piece", "name",
    "materials", "matters", "left", "moves", "what", "label", "tickets", "jobs", "events", "place", "done", "where",
    "who", "members", "full", "signed", "titles",
}  # fmt: skip
TALK = EventRef(3, "家装讲座", MORNING + dt.timedelta(days=7), "城西展厅")
CONTROL = SurveyRef(
    9, None, "HF20261121-0001", "中期验收", MORNING, form="control_point", questions=DEFAULTS["control_point"][1]
)
COMPLAINT = ComplaintRef(9, "TS20261121-0001", "proposed", "工队", MORNING + dt.timedelta(hours=8))
NIGHT = {"office_open": False, "office_next": "Mon 23 Nov 9 am"}
TEXTS = Texts()


def chinese(said: str, also: frozenset[str] = frozenset()) -> str:
    """What is left of Chinese once names and people's own words are taken out."""
    for word in sorted(NAMES | WRITTEN | also, key=len, reverse=True):
        said = said.replace(word, "")
    return "".join(HAN.findall(said))


WALKS: dict[str, tuple[Facts, tuple[Any, ...]]] = {
    "repair": (stranger(), (
        "hello", "I need a repair", "the pipe under the kitchen sink leaks", "翡翠城8幢1602", "any time", "change 3",
        "tomorrow afternoon", "13800138000", "yes", "progress", "cancel", "keep",
    )),
    "repair of two homes": (bound(JADE, WEST), ("the kitchen leaks", "2", "as soon as possible", "yes", "progress")),
    "the same again": (bound(tickets=(LEAK,)), ("the kitchen sink leaks again", "1", "status", "cancel", "not needed")),
    "burst pipe": (bound(), ("there is water everywhere, burst pipe", "yes")),
    "gas": (stranger(), ("I smell gas", "翡翠城8幢1602", "13800138000")),
    "two faults": (bound(), ("the bedroom door does not close and the kitchen tap drips", "any time", "yes")),
    "digression": (bound(), ("the kitchen leaks", "how long is the warranty", "cancel", "no", "cancel", "yes")),
    "quote": (bound(quotes=(PRICED,)), ("too expensive",)),
    "two quotes": (bound(quotes=(PRICED, PRICED_DOOR)), ("which quote", "1", "I agree")),
    "enquiry": (shop(), (
        "how much to renovate 89 m2", "modern", "not sure", "89", "have the keys", "skip", "show me the packages",
        "measuring", "1", "翡翠城8幢1602", "13800138000", "where is the showroom",
    )),
    "appointment": (shop(bound, visits=(MEASURING,)), (
        "when is my visit", "reschedule", "Tuesday morning", "cancel my appointment", "keep", "cancel my visit", "yes",
    )),
    "showroom": (shop(bound, visits=(COMING,)), ("when is my visit", "reschedule", "Tuesday at 2 pm")),
    "complaint": (bound(), (
        "I want to complain", "the crew was rude", "an apology please", "where does my complaint stand",
        "I withdraw my complaint", "keep",
    )),
    "complaint with a proposal": (bound(complaint=COMPLAINT), ("where does my complaint stand", "agree")),
    "suggestion": (bound(), ("I have a suggestion", "please open on Sundays too")),
    "survey, low": (bound(survey=ASKED, surveys=(ASKED,)), ("2", "it still leaks")),
    "survey, good": (bound(survey=ASKED, surveys=(ASKED,)), ("5",)),
    "progress": (bound(JADE), ("how far is the renovation of my home", "site photos")),
    "binding": (stranger(), ("bind", "483920", "by contract", "HT-2026-018", "13800138000")),
    "family": (bound(), ("code for my wife", "unbind", "yes")),
    "referral": (bound(), ("referral code",)),
    "events": (replace(bound(), events=(TALK,)), ("any events?", "sign up", "2", "cancel sign-up", "keep")),
    "opting out": (bound(), ("unsubscribe", "start")),
    "a person at night": (bound(**NIGHT), ("hello", "agent", "human", "are you a bot?")),
    "a call": (bound(), ("please call me back",)),
    "warranty": (bound(House(1, JADE.label, True)), ("is my kitchen under warranty", "how long is the warranty")),
    "warranty of strangers": (stranger(), ("how long is your warranty",)),
    "privacy": (bound(tickets=(LEAK,)), (
        "delete my data", "yes", "cancel the deletion", "export my data", "where did you get my number",
    )),
    "small talk": (bound(), ("what is the time", "tell me a joke", "what", "blah blah", "thank you", "English please")),
    "a crew": (crew(job(7)), (
        "jobs", "accept", "start", "arrive", "quote new valve 1 pc 80, labour 1 h 120", "labour 100", "remove 1",
        "send", "finish replaced the valve",
    )),
}  # fmt: skip


@pytest.mark.parametrize("walk", WALKS)
def test_nothing_that_a_script_says_in_english_is_half_chinese(walk):
    facts, says = WALKS[walk]
    chat = Asker(replace(facts, lang="en"), "en")
    answers = {text: chat.say(text) for text in says}
    assert all(answers.values()), "each of them is answered"
    assert {text: left for text, said in answers.items() if (left := chinese(said))} == {}


def test_coming_in_photos_and_places_are_answered_in_english():
    chat = Chat(replace(bound(), lang="en"), "en")
    said = [chat.event("subscribe"), chat.send("image"), chat.send("voice"), chat.send("location")]
    assert [chinese(one) for one in said] == ["", "", "", ""]


def test_a_form_of_several_questions_is_asked_in_english():
    words = TEXTS.render("question.control_point", {"label": CONTROL.label, "house": JADE.label, "now": MORNING}, "en")
    assert words.startswith("Mid-term acceptance at 翡翠城8幢1602 is done") and chinese(words) == ""


def _theirs(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {word for one in inner for word in _theirs(one)}


@pytest.mark.parametrize("key", [key for key in sorted(TEXTS.known) if not key.startswith(("staff.", "errors.menu"))])
def test_a_text_with_what_the_desk_knows_is_english_but_for_names(key):
    """By its example, in which only facts that people wrote may be Chinese."""
    example = TEXTS.example(key)
    written = {word for name in THEIRS & example.keys() for word in _theirs(example[name])}
    said = TEXTS.render(key, example, "en")
    assert chinese(said, frozenset(word for word in written if HAN.search(word))) == ""
