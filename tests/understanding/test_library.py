"""Questions find their article in words that nobody wrote down, and nothing is found where nothing fits."""

import tomllib

import pytest

from bot.understanding import Entry, Library, without_phones
from models.desk.demo.articles import TOLD

ARTICLES = tomllib.loads(TOLD.read_text("utf-8"))["article"]
LIBRARY = Library(
    Entry(number, one["question"], (one["question"], *one["variants"]), one["answer"])
    for number, one in enumerate(ARTICLES)
)


@pytest.mark.parametrize(
    "asked, question",
    [
        ("请问你们装修的步骤是啥呀", "装修流程是怎样的"),
        ("90平的房子装完大概几个月", "装修要多久"),
        ("钱分几次给啊", "付款方式是怎样的"),
        ("可以只弄个卫生间不", "老房子能翻新吗"),
        ("会不会中途加钱", "合同里会有增项吗"),
        ("電線啥牌子", "用什么品牌的材料"),
        ("甲醛超不超标啊", "材料环保吗"),
        ("打衣柜", "全屋定制做不做"),
        ("尾款几时交", "付款方式是怎样的"),
    ],
)
def test_a_question_in_other_words_gets_its_answer(asked, question):
    sure = LIBRARY.answer(asked).sure
    assert sure is not None and sure.question == question


@pytest.mark.parametrize(
    "asked", ["今天天气怎么样", "我家漏水了", "你们老板是谁", "能做地暖吗", "", "？？？", "的了吗呢", "a" * 2000]
)
def test_what_no_article_is_about_gets_none(asked):
    answer = LIBRARY.answer(asked)
    assert answer.sure is None and answer.likely == ()


def test_two_articles_that_fit_alike_are_both_offered():
    answer = LIBRARY.answer("效果图收钱不")
    assert answer.sure is None
    assert {one.question for one in answer.likely} == {"设计要收费吗", "能看以前做过的案例吗"}


def test_an_empty_house_knows_nothing_and_an_article_without_words_is_never_found():
    assert Library(()).answer("装修要多久").sure is None
    assert Library([Entry(1, "？", ("？", "吗"), "是")]).search("？") == []


def test_among_hundreds_of_articles_the_right_one_is_found():
    many = Library(Entry(n, f"第{n}个问题怎么办", (f"第{n}个问题怎么办", f"{n}号材料好不好"), "好") for n in range(600))
    assert many.search("请问407号材料好不好")[0].entry.id == 407


@pytest.mark.parametrize(
    "words",
    ["做美缝吗13800138000", "做美缝吗 138 0013 8000", "做美缝吗，电话0571-88881234", "做美缝吗幺三八零零幺三八零零零"],
)
def test_a_question_is_kept_without_the_number_that_stood_in_it(words):
    kept = without_phones(words)
    assert "做美缝吗" in kept and not any(part in kept for part in ("8000", "1234", "零零"))
