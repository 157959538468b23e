"""The house's own words in English texts: what we named is put into English, what people wrote is not touched."""

import re

import pytest

from admin.crews import TRADES
from models import states
from models.complaints import TARGETS
from models.desk.callback.rhythm import FIRST_RULES, KINDS
from models.desk.repair.quote_letters import BUTTONS
from models.quotes import QUOTE_STATES
from models.sales import Enquiry
from models.warranty import EXCLUSIONS
from templates import EXAMPLE_NOW, Texts
from templates.terms import english, table

TEXTS = Texts()
HAN = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
OURS = {
    *states.NAMES.values(), *states.PRIVACY_NAMES.values(), *states.SLIP_NAMES.values(), *QUOTE_STATES.values(),
    *Enquiry.names.values(), *EXCLUSIONS.values(), *TARGETS, *TRADES, *(row[1] for row in KINDS),
    *(row[2] for row in FIRST_RULES), *(label for label, _ in BUTTONS), "随时", "尽快",
}  # fmt: skip


@pytest.mark.parametrize("word", sorted(OURS))
def test_whatever_we_named_ourselves_has_its_english(word):
    assert not HAN.search(english(word)), word


def test_the_table_holds_no_word_twice_and_no_chinese_on_its_english_side():
    assert not [word for word in table().values() if HAN.search(word)]


@pytest.mark.parametrize(
    "ours, shown",
    [
        ("陈先生", "Mr 陈"), ("欧阳女士", "Ms 欧阳"), ("O’Brien先生", "Mr O’Brien"), ("2米", "2 m"),
        ("1个", "1"), ("3卷", "3 rolls"), ("1卷", "1 roll"),
        ("三室两厅", "3 bedrooms, 2 living rooms"), ("1房", "1 bedroom"), ("89㎡ 现代简约", "89 m², modern minimalist"),
        ("89㎡现代简约", "89 m², modern minimalist"), ("预算20万", "a budget of ¥200,000"),
        ("厨房水槽：the sink leaks", "the sink leaks"),
    ],
)  # fmt: skip
def test_what_is_made_of_our_words_is_read_in_english(ours, shown):
    assert english(ours) == shown


@pytest.mark.parametrize("theirs", ["王师傅", "翡翠城8幢1602", "厨房漏水", "厨房：漏水", "换角阀", "暖居·简白", "leak"])
def test_names_addresses_and_what_people_wrote_stay_as_they_are(theirs):
    assert english(theirs) == theirs


def test_an_english_text_prints_our_words_in_english_and_a_chinese_one_as_they_are():
    facts = {"now": EXAMPLE_NOW, "number": "BX20261121-0007", "times": 1, "state_zh": "已派单"}
    assert "given to a crew" in TEXTS.render("ticket.chased", facts, "en")
    assert "已派单" in TEXTS.render("ticket.chased", facts, "zh")


@pytest.mark.parametrize("key", TEXTS.keys())
def test_no_english_text_is_half_chinese(key):
    assert not HAN.search(TEXTS.source(key, "en"))
