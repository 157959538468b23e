"""The English texts name short replies; each of them must do what the text says."""

import pytest

from tests.dialog.chat import JADE, LEAK, WEST, Chat, bound, crew, job, stranger
from tests.dialog.shop import MEASURING, Asker, shop
from tests.dialog.test_events import TALK


def test_a_repair_is_reported_with_english_replies():
    chat = Chat(stranger(), "en")
    assert chat.say("repair").startswith("What is broken?")
    chat.say("the pipe under the kitchen sink leaks")
    chat.say("翡翠城8幢1602")
    assert "tomorrow afternoon (Sun 22 Nov)" in chat.say("tomorrow afternoon")
    assert "Recorded as BX20261121-0007" in chat.say("13800138000")


def test_a_line_is_changed_and_the_rest_confirmed_in_english():
    chat = Chat(bound(JADE, WEST), "en")
    chat.say("厨房漏水，翡翠城8幢1602")
    chat.say("any time")
    assert chat.state.answers["when_text"] == "随时"
    assert "Which home" in chat.say("change 1")
    chat.say("2")
    chat.say("Yes.")
    assert chat.verbs == ["repair.open"] and chat.last.args["project_id"] == 2


@pytest.mark.parametrize(
    "words, verb", [("agent", "conversation.hand_over"), ("unsubscribe", "person.opt_out"), ("start", "person.opt_in")]
)
def test_the_words_our_english_texts_offer(words, verb):
    chat = Chat(bound(opted_out=True), "en")
    chat.say(words)
    assert chat.verbs == [verb]


def test_a_cancellation_is_taken_back_in_english():
    chat = Chat(bound(tickets=(LEAK,)), "en")
    assert "“keep” leaves it" in chat.say("cancel")
    assert "stays" in chat.say("keep")


def test_a_crew_may_answer_in_english():
    chat = Chat(crew(job(7)), "en")
    for words in ("accept", "start", "arrive", "finish replaced the valve"):
        chat.say(words)
    assert chat.verbs == ["crew.accept", "crew.start", "crew.arrive", "crew.finish"]
    assert chat.last.args["note"] == "replaced the valve"


@pytest.mark.parametrize("asked", ["events", "any events?", "any events", "what events are there?"])
def test_events_are_asked_for_in_english(asked):
    chat = Chat(bound(events=(TALK,)), "en")
    assert "Which one would you like to join?" in chat.say(asked)
    assert "how many of you" in chat.say("sign me up")


@pytest.mark.parametrize("words", ["I have a suggestion", "a suggestion for you", "I'd like to make a suggestion"])
def test_a_suggestion_that_says_nothing_yet_is_asked_for(words):
    chat = Chat(bound(), "en")
    chat.say(words)
    assert "suggestion.record" not in chat.verbs
    chat = Chat(bound(), "en")
    chat.say("I have a suggestion: please answer the phone on Sundays")
    assert chat.verbs == ["suggestion.record"]


@pytest.mark.parametrize(("lang", "move", "off", "yes"), [
    ("en", "reschedule", "cancel it", "yes"), ("en", "reschedule the measuring", "please cancel it", "yes"),
    ("zh", "改约", "取消", "是的"), ("zh", "改约", "不约了", "是的"),
])  # fmt: skip
def test_a_visit_is_called_off_while_another_time_is_asked_for_it(lang, move, off, yes):
    chat = Asker(shop(visits=(MEASURING,)), lang)
    chat.say(move)
    chat.say(off)
    assert chat.verbs == [] and chat.state.script == "call_off"
    chat.say(yes)
    assert chat.verbs == ["appointment.cancel"] and chat.last.args["appointment_id"] == 9


@pytest.mark.parametrize("words", ["cancel it", "cancel that please", "never mind"])
def test_an_open_repair_is_cancelled_in_english(words):
    chat = Chat(bound(tickets=(LEAK,)), "en")
    assert "“keep” leaves it" in chat.say(words)


@pytest.mark.parametrize(("lines", "house"), [
    (("Jade City 3-1201",), "Jade City 3-1201"), (("I live in Jade City, building 3-1201",), "Jade City 3-1201"),
    (("3-1201", "Jade City"), "Jade City 3-1201"), (("it is 3-1201", "in Jade City"), "Jade City 3-1201"),
])  # fmt: skip
def test_an_estate_may_be_named_in_latin_letters(lines, house):
    chat = Chat(stranger(), "en")
    chat.say("the pipe under the kitchen sink leaks")
    for line in lines:
        said = chat.say(line)
    assert chat.state.answers["house"] == house and "Which estate" not in said


def test_a_person_is_at_hand_in_the_middle_of_a_suggestion():
    chat = Chat(bound(), "en")
    chat.say("I have a suggestion")
    chat.say("I want a person")
    assert chat.verbs == ["conversation.hand_over"]
