"""Notices are written with whatever is known: a burst pipe is told to the crew before the address is."""

import pytest

from templates import EXAMPLE_NOW, Texts

TEXTS = Texts()
#: What every case has from its first second; house, phone, time, crew and name may all come later.
CASE = {
    "now": EXAMPLE_NOW,
    "number": "BX20261121-0007",
    "what": "水管爆了",
    "problem": "水管爆了",
    "category": "水",
    "urgent": True,
    "round": 1,
}
#: Sent by the desk on its own, not as an answer to somebody's words.
ON_ITS_OWN = [key for key in TEXTS.keys() if key.startswith("notice.") or key == "survey.ask"]  # noqa: SIM118
#: Texts about a link or about a person's own words exist only with them.
NEEDS = {
    "notice.late_several": {"numbers": ["BX20261121-0007", "BX20261121-0008"]},
    "notice.page_link": {"link": "https://nuanju.example/p"},
    "notice.rest": {"words": "话"},
    "notice.staff_answer": {"words": "话"},
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("key", ON_ITS_OWN)
def test_a_notice_needs_nothing_but_the_case(key: str, lang: str) -> None:
    assert TEXTS.render(key, CASE | NEEDS.get(key, {}), lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("key", [key for key in TEXTS.keys() if key.startswith("staff.") and key != "staff.hello"])  # noqa: SIM118
def test_a_colleague_is_told_even_when_little_is_known(key: str, lang: str) -> None:
    assert TEXTS.render(key, {"now": EXAMPLE_NOW, "number": "BX20261121-0007"}, lang)
    if "promise_near" not in key:  # a conversation's matter has no number
        assert TEXTS.render(key, {"now": EXAMPLE_NOW}, lang)
