"""The catalogue: complete in both languages, every text shown by its example, nothing a person typed has power."""

import ast
import re
import sys
from pathlib import Path

import pytest

import templates
from admin.words import catalogue
from models import errors
from models.desk import escalations
from templates import EXAMPLE_NOW, Link, MissingFact, Texts, UnknownText

TEXTS = Texts()
ROOT = Path(templates.__file__).parent.parent
#: Words that no person outside the company should meet (ui.md, voice), and the ones that blame or fawn.
UNWANTED = ("工单", "系统", "流程", "SLA", "亲，", "亲~", "请输入", "对不起", "尊敬的", "您没说清楚", "敬请", "谅解")


def test_the_catalogue_is_whole():
    assert TEXTS.check() == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("key", TEXTS.keys())
def test_every_text_can_be_shown_in_both_languages(key, lang):
    words = TEXTS.render(key, TEXTS.example(key), lang)
    assert words and "{" not in words and "None" not in words
    assert "\n\n" not in words and words == words.strip()
    assert len(words) < 700, "a message fits on one phone screen"


@pytest.mark.parametrize("key", TEXTS.keys())
def test_every_text_has_the_voice_of_the_house(key):
    words = TEXTS.render(key, TEXTS.example(key))
    assert not [word for word in UNWANTED if word in TEXTS.source(key)]
    assert "!" not in words and "！" not in words
    assert words.count("😊") <= 1 and not re.search("[\U0001f300-\U0001f609\U0001f60b-\U0001faff]", words)
    assert words.count("？") <= 2


@pytest.mark.parametrize("key", TEXTS.keys())
def test_a_text_without_its_facts_is_an_error_or_has_a_form_without_them(key):
    """No fact at all, and each fact left out in turn: never an empty name, never {name}, never a gap in quotes."""
    example = TEXTS.example(key)
    for left_out in [set(example) - {"now"}, *({name} for name in set(example) - {"now"})]:
        facts = {name: value for name, value in example.items() if name not in left_out}
        try:
            words = TEXTS.render(key, facts)
        except MissingFact:
            continue
        assert not re.search(r"“”|（）|\{|None|，，|，。|。。|  ", words), (left_out, words)


def test_the_desks_refusals_all_have_words():
    named = set()
    for path in [*(ROOT / "models").rglob("*.py"), *(ROOT / "admin").rglob("*.py"), *(ROOT / "bot").rglob("*.py")]:
        named |= set(re.findall(r'"(errors\.[a-z_]+)"', path.read_text("utf-8")))
    named |= {one.key for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.DomainError)}
    # What only the panel refuses has its words there.
    in_the_panel = {key.replace("refusal.", "errors.", 1) for key in catalogue("zh") if key.startswith("refusal.")}
    assert named <= set(TEXTS.keys()) | in_the_panel


def _letters(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = {"Letter": 0, "tell_customer": 2, "tell_crew": 2}.get(name)
            if place is not None and len(node.args) > place:
                yield name, node.args[place]


def test_every_notice_the_desk_posts_has_words():
    found = set()
    for path in (ROOT / "models").rglob("*.py"):
        for name, key in _letters(ast.parse(path.read_text("utf-8"))):
            parts = [] if isinstance(key, ast.JoinedStr) else [node for node in ast.walk(key) if hasattr(node, "value")]
            words = [part.value for part in parts if isinstance(part.value, str)]
            found |= {word if name == "Letter" else f"notice.{word}" for word in words}
    assert {"survey.ask", "notice.arrived", "notice.crew_offer", "staff.promise_near"} <= found
    assert found <= set(TEXTS.keys())


def test_every_kind_of_escalation_has_words_for_its_owner():
    source = Path(escalations.__file__).parent
    kinds = set()
    for path in source.glob("*.py"):
        kinds |= set(re.findall(r'escalations\.raise_\(\s*session, "([a-z_]+)"', path.read_text("utf-8")))
    assert kinds and {f"staff.{kind}" for kind in kinds} <= set(TEXTS.keys())


@pytest.mark.parametrize("missing", [None, "", ...])
def test_a_missing_fact_never_prints_as_empty(missing):
    facts = {"now": EXAMPLE_NOW} | ({} if missing is ... else {"number": missing})
    with pytest.raises(MissingFact, match="notice.reopened"):
        TEXTS.render("notice.reopened", facts)


def test_what_people_typed_has_no_power():
    words = TEXTS.render("notice.staff_answer", {"words": '<a href="https://evil">点我</a> ]]> {{ 1/0 }}'})
    assert words == '＜a href="https://evil"＞点我＜/a＞ ]]＞ {{ 1/0 }}'


def test_only_a_link_may_be_a_link():
    assert TEXTS.render("notice.staff_answer", {"words": Link.to("https://n.example/p/1", "看<这里>")}) == (
        '<a href="https://n.example/p/1">看＜这里＞</a>'
    )
    for bad in ('https://x/"><script>', "javascript:alert(1)", "https://x y"):
        with pytest.raises(ValueError, match="may be linked"):
            Link.to(bad, "x")


def test_the_staffs_edited_text_wins():
    assert TEXTS.render("talk.bye", {}, override="随时找我们。") == "随时找我们。"


@pytest.mark.parametrize(
    "broken",
    ["{{ nobody }}", "{% if %}", "{{ ''.__class__.__mro__ }}", "{{ 1/0 }}", "{% for x in 3 %}{% endfor %}", "{{ '' }}"],
)
def test_an_edited_text_that_cannot_be_shown_is_refused_in_the_panel_and_never_silences_the_bot(broken, caplog):
    assert TEXTS.refuse("talk.bye", broken)
    assert TEXTS.render("talk.bye", {}, override=broken) == "不客气，有事随时说。"
    assert "talk.bye" in caplog.text


def test_an_edited_text_that_is_too_long_for_one_reply_is_refused():
    assert "2048" in TEXTS.refuse("talk.bye", "长" * 700)


def test_an_unknown_key_is_our_error():
    with pytest.raises(UnknownText):
        TEXTS.render("talk.nothing", {})


def test_an_unknown_language_speaks_chinese():
    assert TEXTS.render("talk.bye", {}, lang="fr") == "不客气，有事随时说。"


def test_a_broken_catalogue_says_what_is_wrong(tmp_path):
    shared = '[a]\ntext = "{{ name }}"\n'
    for lang, body in (("zh", shared + '[b]\ntext = "只有中文"\n'), ("en", shared)):
        (tmp_path / lang).mkdir()
        (tmp_path / lang / "x.toml").write_text(body, "utf-8")
    wrong = Texts(tmp_path).check()
    assert "x.b is missing in en" in wrong
    assert any("x.a (zh) uses ['name']" in sentence for sentence in wrong)


def test_a_text_is_compiled_once_and_rendered_by_a_hundred_calls():
    """Calls are counted, not seconds: other processes share the machine."""
    facts, calls = TEXTS.example("repair.review"), []
    TEXTS.render("repair.review", facts)
    sys.setprofile(lambda _frame, event, _argument: calls.append(event) if event in ("call", "c_call") else None)
    try:
        TEXTS.render("repair.review", facts)
    finally:
        sys.setprofile(None)
    assert 0 < len(calls) < 250, "to compile it takes thousands"
