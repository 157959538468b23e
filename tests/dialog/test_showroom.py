"""Questions about the showroom: what is asked is answered first, from its record; nothing is made up."""

from dataclasses import replace

import pytest

from bot.understanding import Entry, Library
from tests.dialog.shop import ROOM, Asker, shop

FULL = replace(shop(), showroom=ROOM | {"route": "地铁1号线滨和路站B口", "parking": "地下车库B区免费停"})


@pytest.mark.parametrize(("asked", "begins"), [
    ("停车方便吗", "停车：地下车库B区免费停。滨江店"), ("展厅有停车位吗", "停车：地下车库B区免费停。"),
    ("开车去停哪", "停车：地下"),
    ("地铁怎么走", "地铁1号线滨和路站B口。滨江店"), ("怎么去你们店", "地铁1号线滨和路站B口。"),
    ("你们几点关门", "滨江店：滨江区江南大道100号。现在开着，开到今天下午6点。"),
    ("营业时间", "滨江店：滨江区江南大道100号。"),
    ("明天开门吗", "11月22日 周日 9:00–18:00 开门。滨江店"), ("下周一开门吗", "11月23日 周一不开门。"),
    ("周日几点开门", "11月22日 周日 9:00–18:00"),
])  # fmt: skip
def test_what_is_asked_is_answered_first(asked, begins):
    chat = Asker(FULL)
    said = chat.say(asked)
    assert said.startswith(begins) and chat.verbs == []
    assert said.count("地铁1号线") == 1 and said.count("地下车库") == 1


def test_parking_that_nobody_wrote_down_is_not_made_up():
    said = Asker(shop()).say("停车方便吗")
    assert said.startswith("停车的情况我这里没有登记，来之前打0571-88880000问一下。") and said.count("0571") == 1
    silent = replace(shop(), showroom={"name": "滨江店", "address": "江南大道100号"})
    assert "说“人工”问一下" in Asker(silent).say("停车方便吗")


def test_an_article_knows_what_the_record_does_not():
    parking = Entry(7, "展厅停车方便吗", ("展厅停车方便吗", "停车方便吗"), "地面有20个车位。")
    chat = Asker(replace(shop(), find_answer=Library([parking]).answer))
    chat.say("停车方便吗")
    assert chat.verbs == ["knowledge.say"]
    known = Asker(replace(FULL, find_answer=Library([parking]).answer))
    assert known.say("停车方便吗").startswith("停车：地下车库B区免费停")


@pytest.mark.parametrize(("asked", "begins"), [
    ("is there parking at the showroom?", "Parking: basement, free."),
    ("how do I get there by metro?", "Metro line 1, exit B."),
    ("are you open tomorrow?", "Open Sun 22 Nov 9:00–18:00"), ("what are your opening hours?", "滨江店: "),
])  # fmt: skip
def test_in_english(asked, begins):
    room = ROOM | {"route": "Metro line 1, exit B", "parking": "basement, free"}
    assert Asker(replace(shop(), showroom=room), "en").say(asked).startswith(begins)


def test_a_visit_and_where_the_car_goes():
    chat = Asker(FULL)
    said = chat.say("约到店，顺便问问停车方便吗")
    assert said.startswith("停车：地下车库B区免费停") and "到店哪个时间方便" in said
    assert chat.state.script == "appointment" and "说“约到店”" not in said
