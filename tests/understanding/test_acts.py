"""What somebody does by saying it: every table is asked for by a rule, every one that is asked for is there."""

import re
from pathlib import Path

import pytest

from bot.understanding import acts

ASKED = re.compile(r"""(?:means|says|pattern)\(((?:"[a-z_]+"(?:, )?)+)""")


def asked_for() -> set[str]:
    code = [path.read_text("utf-8") for room in ("dialog", "scripts") for path in Path("bot", room).glob("*.py")]
    return {name for text in code for hit in ASKED.finditer(text) for name in re.findall(r'"([a-z_]+)"', hit[1])}


def inside() -> set[str]:
    files = (path.read_text("utf-8") for path in Path("bot/understanding/data/acts").glob("*.toml"))
    return {name for text in files for name in re.findall(r"\{([a-z][a-z_]+)\}", re.sub(r"(?m)^#.*$", "", text))}


def test_every_act_is_asked_for_and_every_one_that_is_asked_for_is_there():
    assert asked_for() | inside() == acts.names()


def test_nobody_asks_for_an_act_that_was_not_written_down():
    with pytest.raises(KeyError):
        acts.says("no_such_act", "好")


@pytest.mark.parametrize("act, words", [
    ("not_cancelled", "先别取消"), ("not_cancelled", "我没说要取消啊"), ("not_cancelled", "不是要取消"),
    ("not_cancelled", "please don't cancel"), ("keep", "照旧"), ("keep", "都不要取消"), ("refuse", "no"),
    ("refuse", "Sorry, no"), ("slip", "手滑点错了"), ("eased", "煤气味没了"), ("gone", "水停了"), ("eased", "关上了"),
    ("shut_off", "我已经把电断了"), ("called_off", "请物业修好了"), ("question", "取消干嘛"),
])  # fmt: skip
def test_these_words_do_it(act, words):
    assert acts.says(act, words)


@pytest.mark.parametrize("act, words", [
    ("not_cancelled", "没空取消吧"), ("not_cancelled", "能不能取消"), ("not_cancelled", "是不是取消了"),
    ("not_cancelled", "去不了了，帮我取消"), ("refuse", "no problem"), ("refuse", "there is no water"),
    ("gone", "电停了"), ("gone", "家里停了电"), ("gone", "门关上了打不开"), ("eased", "家里断了电"),
    ("called_off", "别修坏了我的地板"), ("called_off", "不要来电话"),
    ("called_off", "请师傅修好了再收钱"), ("slip", "搞错了"), ("gone", "整个后面全停了"),
])  # fmt: skip
def test_these_do_not(act, words):
    assert not acts.says(act, words)
