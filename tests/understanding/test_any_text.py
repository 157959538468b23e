"""No text of anybody may stop the reader or hold it up."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding import Context, read
from bot.understanding.reading import INTENTS

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
#: Of this thread's own time, since the machine is shared; a regular expression gone wild takes seconds.
SECONDS = 0.25
PIECES = [
    "漏",
    "水",
    "一",
    "1",
    "点",
    "号",
    "幢",
    "-",
    " ",
    "不",
    "是",
    "万",
    "平",
    "13800138000",
    "明天",
    "周",
    "到",
    "，",
    "！",
    "五",
    "年",
    "月",
    "/",
    ":",
    "a",
    "的",
    "人工",
    "退订",
]
CONTEXTS = st.builds(
    Context, survey_open=st.booleans(), crew=st.booleans(),
    asking=st.sampled_from([None, "house", "time", "phone", "score", "name", "area", "budget", "place", "?"]),
)  # fmt: skip


def check(text, context):
    start = time.thread_time()
    reading = read(text, context, NOW)
    assert time.thread_time() - start < SECONDS
    assert all(intent.name in INTENTS and 0 <= intent.confidence <= 1 for intent in reading.intents)
    when = reading.slots.time
    assert when is None or when.start < when.end
    assert reading.slots.score in (None, 1, 2, 3, 4, 5)
    reading.to_json()


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=5000), CONTEXTS)
def test_any_text_is_read(text, context):
    check(text, context)


@settings(max_examples=250, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=200).map("".join), CONTEXTS)
def test_any_mixture_of_our_words_is_read(text, context):
    check(text, context)


@pytest.mark.parametrize("piece", [*PIECES, "不是", "8幢", "13", "三点到", "周一", "wo ", "还", "没", "10万到"])
def test_long_repeats_are_read_in_time(piece):
    check(piece * (5000 // len(piece)), Context())


MOMENTS = st.integers(0, 8 * 366 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
WORDS = ["下周六", "31号", "2月29号", "元旦后", "春节前", "月底", "今晚", "三点", "明早8点", "过年后"]


@given(MOMENTS, st.sampled_from(WORDS))
@settings(max_examples=200, deadline=None)
def test_any_moment_gives_a_span_that_runs_forward(now, text):
    when = read(text, Context(asking="time"), now).slots.time
    assert when is None or when.start < when.end
