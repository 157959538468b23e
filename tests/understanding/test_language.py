"""Which language a person writes, told only when it is sure."""

import pytest

from bot.understanding import in_english, language_of, language_wished


@pytest.mark.parametrize(
    ("text", "before", "lang"),
    [
        ("the kitchen tap is leaking", "zh", "en"),
        ("When does the crew come?", "zh", "en"),
        ("厨房水龙头漏水", "en", "zh"),
        ("ok", "zh", "zh"),
        ("ok", "en", "en"),
        ("2", "en", "en"),
        ("好的", "en", "en"),
        ("wo jia shui long tou lou shui le", "zh", "zh"),
        ("mei you re shui le zenme ban", "zh", "zh"),
        ("wifi 密码多少", "en", "zh"),
        ("A座 B01", "zh", "zh"),
        ("English please", "zh", "en"),
        ("请说中文", "en", "zh"),
        ("", "en", "en"),
    ],
)
def test_language(text, before, lang):
    assert language_of(text, before) == lang


@pytest.mark.parametrize("text", ["我家英语老师要装修", "Chinese oak floor", "中文说明书有吗"])
def test_a_language_that_is_only_mentioned_is_no_wish(text):
    assert language_wished(text) is None


@pytest.mark.parametrize("text", [
    "any events?", "I have a suggestion", "how much for 90 sqm?", "water leak", "no power", "burst pipe", "events",
    "Progress?", "can I cancel", "where is the crew", "emergency!",
])  # fmt: skip
def test_a_short_message_is_plainly_english(text):
    assert in_english(text)


@pytest.mark.parametrize("text", [
    "OK", "5", "wifi", "TD", "A栋", "A1-302", "ok thanks", "thank you", "good morning", "very good", "bye bye",
    "iphone 15",
    "Kohler", "Kohler toilet", "loushui", "shuiguan loule", "women jia", "wo yao baoxiu", "hao de", "mei you", "zai ma",
    "any活动", "2室1厅", "", "😂", "no", "yes", "HT-2025-007",
])  # fmt: skip
def test_codes_brands_pinyin_and_what_both_languages_say_are_not(text):
    assert not in_english(text)
