"""进度 of a house in chat, and a crew's photos of its site."""

from dataclasses import replace

import pytest

from bot.heard import House
from tests.dialog.chat import JADE, LEAK, WEST, Chat, bound, crew, job, stranger

RIVER = House(4, "江南里5幢1101", stage="building")


@pytest.mark.parametrize("asked", ["装修到哪一步了", "进度", "水电做完了吗", "什么时候竣工"])
def test_the_only_house_is_told_at_once(asked):
    chat = Chat(bound(RIVER))
    said = chat.say(asked)
    assert "水电验收（11月10日 周二）已完成" in said and "下一步材料进场，计划11月25日 周三" in said
    assert (chat.last.verb, chat.last.args["project_id"]) == ("house.progress", 4)


def test_of_several_the_one_that_is_being_built_is_meant():
    chat = Chat(bound(JADE, RIVER))
    chat.say("装修到哪一步了")
    assert chat.last.args["project_id"] == 4


def test_of_several_the_one_that_is_named_is_told():
    chat = Chat(bound(JADE, WEST))
    chat.say("城西那套装修进度")
    assert chat.last.args["project_id"] == 2


def test_otherwise_it_is_asked_which():
    chat = Chat(bound(JADE, WEST))
    assert "看哪一套" in chat.say("装修到哪一步了")
    chat.say("1")
    assert chat.last.args["project_id"] == 1 and chat.state.script == "progress_more"


def test_with_an_open_repair_where_is_he_is_about_the_repair():
    chat = Chat(bound(RIVER, tickets=(LEAK,)))
    assert LEAK.number in chat.say("师傅到哪了")
    chat.say("工地装修进度")
    assert chat.verbs == ["repair.look", "house.progress"]


@pytest.mark.parametrize("asked", [
    "江南里那套怎么样了", "江南里怎么样了", "江南里5幢进度", "什么时候能完工", "延期了吗",
    "会不会延期", "还要多久才能完工", "能按时交房吗",
    "做到哪了",
])  # fmt: skip
def test_beside_an_open_repair_the_house_that_is_built_is_told(asked):
    chat = Chat(bound(JADE, RIVER, tickets=(LEAK,)))
    assert "江南里5幢1101：水电验收" in chat.say(asked)
    assert (chat.last.verb, chat.last.args["project_id"]) == ("house.progress", 4)


@pytest.mark.parametrize("asked", ["江南里那边师傅到哪了", "什么时候来", "到哪了", "修到哪了", "翡翠城那个怎么样了"])
def test_the_repair_is_told_when_it_is_meant(asked):
    chat = Chat(bound(JADE, RIVER, tickets=(LEAK,)))
    assert LEAK.number in chat.say(asked)


def test_without_a_home_that_is_built_the_end_is_the_repairs():
    chat = Chat(bound(JADE, tickets=(LEAK,)))
    assert LEAK.number in chat.say("什么时候能完工")


@pytest.mark.parametrize("asked", ["我家装修到哪一步了", "我家工地做到哪了", "什么时候能完工", "水电做完了吗"])
def test_whoever_has_not_bound_a_house_is_told_so(asked):
    chat = Chat(stranger())
    assert "还没有绑定房子" in chat.say(asked)
    assert "报修" in Chat(stranger()).say("师傅到哪了")


def test_the_menu_asks_for_the_house_of_somebody_without_cases():
    chat = Chat(bound(RIVER))
    chat.event("click", "MENU_PROGRESS")
    assert chat.verbs == ["house.progress"]


def test_a_late_phase_is_said_honestly():
    chat = Chat(bound(RIVER))
    late = {"known": True, "upcoming": "水电验收", "planned": "2026-11-18", "late": 3, "cases": []}
    chat.perform = lambda do: late
    said = chat.say("装修进度")
    assert "原定11月18日 周三" in said and "晚了3天，抱歉" in said


def test_a_crew_sends_photos_of_a_site_until_it_says_so():
    chat = Chat(crew(job(7)))
    assert "1 江南里5幢1101" in chat.say("工地照片")
    assert "哪个工地" in chat.send()
    assert "江南里5幢1101的照片" in chat.say("1")
    chat.send(media_id="M1")
    chat.send(media_id="M2")
    assert [do.args["media"] for do in chat.done if do.verb == "site.photo"] == [["M1"], ["M2"]]
    assert {do.args["project_id"] for do in chat.done if do.verb == "site.photo"} == {4}
    assert "收好了" in chat.say("发完了")
    assert chat.state is None


def test_a_step_of_a_job_ends_the_photos():
    chat = Chat(crew(job(7)))
    chat.say("工地照片")
    chat.say("接单")
    assert chat.last.verb == "crew.accept"


def test_photos_without_that_word_belong_to_the_job_as_before():
    chat = Chat(crew(replace(job(7), state="on_site")))
    chat.send()
    assert "site.photo" not in chat.verbs
