"""Several jobs in one message, clumsy words and slips of a crew's thumb, in the pure engine."""

import pytest

from tests.dialog.chat import Chat, crew, job

JADE, WEST = job(7), job(8, label="城西公馆3幢802 卧室门关不上")
HERE, NEXT = job(9, "on_site", "江南里5幢1101 马桶堵了"), job(6, "accepted", "翡翠城2幢301 灯不亮")


def done(words, *jobs):
    """What the desk was asked to do: verb, job, and the words that go with it."""
    chat = Chat(crew(*jobs))
    chat.say(words)
    said = ("reason", "note", "text")
    return [
        (one.verb[5:], one.args["ticket_id"], next((one.args[key] for key in said if one.args.get(key)), ""))
        for one in chat.done
        if one.verb.startswith("crew.")
    ]


@pytest.mark.parametrize(
    ("words", "jobs", "want"),
    [
        ("0007接了，0008退，那天有事", (JADE, WEST), [("accept", 7, ""), ("hand_back", 8, "那天有事")]),
        ("翡翠城那个我接，公馆那个退了 没空", (JADE, WEST), [("accept", 7, ""), ("hand_back", 8, "没空")]),
        ("2出发 1完工通了马桶", (HERE, NEXT), [("start", 6, ""), ("finish", 9, "通了马桶")]),
        ("先去翡翠城2幢 江南里的弄完了 疏通的", (HERE, NEXT), [("start", 6, ""), ("finish", 9, "疏通的")]),
    ],
)
def test_each_job_gets_what_was_said_of_it(words, jobs, want):
    assert done(words, *jobs) == want


SITE, ASKED, TAKEN = (
    job(7, "on_site"),
    job(8, label="城西公馆3幢802 门关不上"),
    job(9, "accepted", "江南里5幢1101 插座没电"),
)


@pytest.mark.parametrize("words", [
    "0007还没修好，0008接了", "0007没弄完，0009先去", "0007明天才能修好，0008接了", "0007快修好了，0008接",
    "0007马上弄完，0008接了", "0007等下就修好了 0008接", "0007修不好，0008接了", "翡翠城的弄好了吗，公馆接了",
])  # fmt: skip
def test_what_is_denied_or_still_to_come_finishes_no_job(words):
    assert not [one for one in done(words, SITE, ASKED, TAKEN) if one[0] == "finish"]


@pytest.mark.parametrize(
    "words", ["0008接了，0009明天去", "0009去不去，0008接了", "0008接了 0009还没去", "0008接，0009下午再去"]
)
def test_nobody_is_told_that_a_crew_has_set_out_who_has_not(words):
    assert not [one for one in done(words, SITE, ASKED, TAKEN) if one[0] in ("start", "hand_back")]


@pytest.mark.parametrize("words", ["快修好了，还差一点", "马上就弄好了 等下完工"])
def test_nearly_mended_is_not_mended(words):
    assert done(words, SITE) == []


def test_the_reason_that_is_missing_is_asked_after_the_rest_is_done():
    chat = Chat(crew(JADE, WEST))
    said = chat.say("翡翠城那个我接，公馆那个给别人吧")
    assert chat.verbs == ["crew.accept"] and "BX20261121-0008 为什么退" in said
    chat.say("那天要去别的工地")
    assert chat.last.verb == "crew.hand_back" and chat.last.args["ticket_id"] == 8


@pytest.mark.parametrize("words", ["0007和0008都在翡翠城吗", "0007接了，0009退，没空", "0007和0008先放着"])
def test_nothing_is_done_on_a_question_or_a_job_that_is_not_theirs(words):
    assert ("hand_back", 8, "没空") not in done(words, JADE, WEST) and len(done(words, JADE, WEST)) < 2


@pytest.mark.parametrize(
    ("words", "one", "want"),
    [
        ("借单", JADE, "accept"), ("粗发", NEXT, "start"),
        ("别催了老子在路上", NEXT, "start"), ("道了", NEXT, "arrive"),
        ("完功 通了马桶", HERE, "finish"), ("腿单 没空", JADE, "hand_back"),
        ("sorry can't make it today", JADE, "hand_back"),
    ],
)  # fmt: skip
def test_a_step_that_only_sounds_like_its_word(words, one, want):
    assert [verb for verb, *_ in done(words, one)] == [want]


@pytest.mark.parametrize("words", ["还没在路上", "不在路上", "倒了杯水", "完全没修"])
def test_words_that_only_look_like_a_step(words):
    assert not {"start", "arrive", "finish"} & {verb for verb, *_ in done(words, NEXT)}


def test_whoever_cannot_come_today_and_names_another_day_keeps_the_job():
    assert done("今天去不了 车坏了 明天上午", NEXT) == [("ask_time", 6, "明天上午")]
    assert done("今天去不了 车坏了 退单", NEXT)[0][0] == "hand_back"


def test_of_two_times_the_one_that_is_offered_is_asked_of_the_household():
    assert done("暂停 业主明天才有空 说周一上午再来", HERE) == [("ask_time", 9, "周一上午")]


def test_materials_after_a_finish_need_no_word_of_ours():
    chat = Chat(crew(HERE))
    chat.say("修完啦 换了个角阀")
    assert chat.last.args["note"] == "换了个角阀"
    chat.say("角阀1个 生料带2卷")
    assert chat.last.verb == "crew.materials" and chat.last.args["materials"] == ["角阀1个", "生料带2卷"]


def test_no_material_is_none_and_the_number_is_no_part_of_the_note():
    chat = Chat(crew(HERE, NEXT))
    chat.say("完工0009 通了马桶 材料没用")
    assert chat.last.args["note"] == "通了马桶" and "materials" not in chat.last.args


def test_asked_whether_there_is_work_the_list_is_the_answer():
    assert "手上1单" in Chat(crew(NEXT)).say("明天有活吗")
