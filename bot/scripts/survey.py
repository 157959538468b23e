"""A survey gone through in chat: one question after the other, or several answers in one message.

The dialog is light: every answer is on file the moment it was given, so dropping the rest loses nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.heard import Do, Outcome, SurveyRef
from bot.scripts import readers
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn
from bot.understanding import Context, Words, read
from bot.understanding.words import table
from models.questions import NO, YES, Question, felt, of_json, still_open

#: Words that only give a verdict.
VERDICT = re.compile(
    r"[不没]?(?:太|怎么|是很|大|算)?(?:满意|好|行|可以|咋样|怎么样|理想|错)|一般般?|凑合|马马虎虎|还是?|就那样|很?差(?:评|劲)?"
    r"|失望|[很太非常特别挺有点]|[1-5１-５一二三四五][分星颗]?|给|打|[吧啊呢了的嘛呀吗哦嗯你们我觉得感觉]|\W"
)
#: One verdict for everything that is still open.
ALL = re.compile(
    r"^(?:我觉得|反正|总之)?(?:[各每]项|所有|其他|其它|剩下的?|后面)?(?:都|全部?|统统|一律)(?:是|打|给)?|\ball\b",
    re.IGNORECASE,
)
CLAUSE = re.compile(r"[，,。；;！!\n]+|\s+(?=\D)")
#: Nothing but figures, one for each open question: 5 4 3 5 5.
FIGURES = re.compile(r"^[1-5](?:分?[\s，,、/]+[1-5])+分?$|^[1-5]{3,8}$")
#: The answer was none.
SLIP = re.compile(
    r"(?:不好意思|抱歉|刚才|刚刚|我|是)*(?:[按点打选评填输]错了?(?:分|数|键)?|手滑了?|手误)[，,。 ]*"
    r"|(?:wrong (?:button|one|number|score|key)|typo|my mistake|by mistake|i meant)[,. ]*",
    re.IGNORECASE,
)
FIGURE = re.compile(r"(?<!\d)[1-5１-５一二三四五](?:分|星|颗星)?[吧啊。.!！]*$")
#: Up to this score it is asked what was not right.
WHY_UP_TO = 3
#: A score goes no further than so many letters of words.
LONGEST = 500
_TOPICS = [(word, key) for key, group in table("topics.toml")["topics"].items() for word in group]

Ratings = dict[str, dict[str, Any]]


def about(survey: SurveyRef) -> dict[str, Any]:
    """What the dialog remembers of a survey."""
    return {
        "survey_id": survey.id, "number": survey.number, "label": survey.label, "form": survey.form,
        "questions": [one.to_json() for one in survey.questions], "given": dict(survey.given),
    }  # fmt: skip


def open_of(answers: Mapping[str, Any]) -> list[Question]:
    """What the survey in these answers still asks, in order."""
    given = answers.get("given") or {}
    return still_open(of_json(answers.get("questions")), given, given)


def first(survey: SurveyRef) -> str:
    """The question that a plain score answers."""
    return next((one.key for one in survey.questions if one.kind != "words"), "score")


def topics_in(text: str, questions: Sequence[Question]) -> set[str]:
    """The questions whose topics the words name."""
    return {str(hit.value) for hit in _named(questions).find(text)}


def opinion(text: str) -> dict[str, Any] | None:
    """One verdict out of a few words: its score, its words beyond the verdict, its feeling; None when it has none."""
    slots = read(text, Context(survey_open=True, asking="score")).slots
    if slots.score is None and not slots.sentiment:
        return None
    words = slots.note or text
    words = words[:LONGEST] if says_more(words) else ""
    return {"score": slots.score, "words": words, "sentiment": slots.sentiment or ""}


def says_more(words: str) -> bool:
    """Whether anything is left of the words besides the verdict: “还可以吧” gives no reason, “还在滴” does."""
    return len(VERDICT.sub("", words)) >= 2


def ratings(text: str, questions: Sequence[Question], asked: Sequence[Question]) -> Ratings:
    """What the words say to which question: by its topic, else to the ones that are open (`asked`), in their order."""
    scored = [one for one in asked if one.kind != "words"]
    if FIGURES.match(text):
        figures = [int(char) for char in text if char in "12345"]
        return _in_order(figures, scored) if len(figures) <= len(scored) else {}
    topics = _named(questions)
    if (one := ALL.match(text)) and not topics.find(text) and (given := opinion(text[one.end() :] or text)):
        return {question.key: dict(given) for question in scored}
    found: Ratings = {}
    for clause in filter(None, (part.strip() for part in CLAUSE.split(text))):
        _clause(clause, topics, [one for one in scored if one.key not in found], found)
    return found


def _in_order(figures: Sequence[int], questions: Sequence[Question]) -> Ratings:
    feeling = {1: "negative", 2: "negative", 3: "neutral"}
    return {
        one.key: {"score": figure, "words": "", "sentiment": feeling.get(figure, "positive")}
        for figure, one in zip(figures, questions, strict=False)
    }


def _named(questions: Sequence[Question]) -> Words:
    """The words for this form's topics: the house's, and the names that staff gave."""
    keys = {one.key for one in questions if one.kind != "words"}
    named = ((name, one.key) for one in questions if one.key in keys for name in one.name.values() if name)
    return Words([*((word, key) for word, key in _TOPICS if key in keys), *named])


def _clause(clause: str, topics: Words, left: Sequence[Question], found: Ratings) -> None:
    hits = topics.find(clause)
    if not hits:
        given = opinion(clause)
        last = found[next(reversed(found))] if found else {}
        weighed = found and (last["score"] is None or (last["words"] and not says_more(clause)))
        if given and weighed and given["score"] is not None:
            last |= {"score": given["score"], "sentiment": given["sentiment"]}  # 师傅很客气，5分
        elif given and (given["score"] is not None or not found) and left and _verdict_first(clause, found):
            found[left[0].key] = given
        elif found:
            last["words"] = "，".join(filter(None, (last["words"], clause)))[:LONGEST]
        return
    for keys, piece in _pieces(clause, hits):
        given = opinion(piece) or ({"score": None, "words": piece, "sentiment": ""} if says_more(piece) else None)
        for key in keys if given else ():
            found[str(key)] = dict(given or {})


def _verdict_first(clause: str, found: Ratings) -> bool:
    """A clause without a topic is a verdict of its own when nothing came before it, or when it is a bare figure."""
    return not found or not says_more(clause)


def _pieces(clause: str, hits: Sequence[Any]) -> Iterator[tuple[list[object], str]]:
    """The topics of a clause with the words that belong to them: 工艺5态度4 two, 工艺和态度都5分 one for both."""
    waiting: list[object] = []
    for hit, following in zip(hits, [*hits[1:], None], strict=True):
        waiting.append(hit.value)
        piece = clause[hit.end : following.start if following else len(clause)].strip(" ：:是给打都也和跟与、")
        if piece:
            yield waiting, piece
            waiting = []
    if waiting and (before := clause[: hits[0].start].strip(" ：:给打")):
        yield waiting, before  # 5分工艺


def read_words(turn: Turn) -> Answers | None:
    """What was not right, in any words; a fault in another room is a repair of its own."""
    room, label = turn.slots.place_room, turn.state.answers.get("label") or ""
    if turn.intent == "repair" and room and room not in label:
        return None
    if turn.means("nothing_to_add") or turn.slots.command == "skip":
        return {"words": ""}
    text = _told(turn)
    return {"words": text[:LONGEST]} if text and turn.worded else None


def _told(turn: Turn) -> str:
    """The words where they tell what was not right, however they sound; "" when they ask or want something else."""
    if not readers.elsewhere(turn):
        return turn.text
    tells = turn.intent in ("progress", "suggestion", "warranty_question", "complaint") and not turn.slots.command
    asks = turn.means("question", "chase", "wants_a_case", "asks_plainly")
    return turn.text if tells and not asks else ""


def read_score(turn: Turn) -> Ratings | None:
    """The verdicts in the words; a yes or no where one was asked; what was skipped. None when there is none."""
    asked = open_of(turn.state.answers)
    verdicts = [one for one in asked if one.kind != "words"]
    if not verdicts or not turn.worded:
        return None
    current = verdicts[0]
    if turn.slots.command == "skip":
        return {current.key: {"score": None, "words": "", "sentiment": "", "skipped": True}}
    named = topics_in(turn.text, of_json(turn.state.answers.get("questions")))
    if current.kind == "yes_no" and not named and (yes := _yes(turn)) is not None:
        words = turn.text[:LONGEST] if says_more(turn.text) else ""
        return {
            current.key: {
                "score": YES if yes else NO,
                "words": words,
                "sentiment": "positive" if yes else "negative",
            }
        }
    found = ratings(turn.text, of_json(turn.state.answers.get("questions")), asked)
    if found:
        return found
    asks = turn.means("question") or turn.intent == "repair" or len(turn.text) < 2
    free = "" if asks else _told(turn)[:LONGEST]
    feeling = turn.slots.sentiment or ("negative" if turn.intent == "complaint" else "")
    return {current.key: {"score": None, "words": free, "sentiment": feeling}} if free else None


def _yes(turn: Turn) -> bool | None:
    """A yes or a no, also in the verb of the question: 解决了, 还没有, 不干净."""
    if turn.slots.yes is not None:
        return turn.slots.yes
    if turn.means("refuses_verdict"):
        return False
    return True if turn.slots.sentiment == "positive" else False if turn.slots.sentiment == "negative" else None


def counted(given: Mapping[str, Any], said: Ratings) -> dict[str, int | None]:
    """What the answers count as, with these."""
    return {**given, **{key: felt(one["score"], one["sentiment"]) for key, one in said.items()}}


def words_taken(turn: Turn) -> Outcome:
    """The end: the words are added to the answers that were already counted; none are needed."""
    answers = turn.state.answers
    if "words" not in answers:
        return turn.leave(turn.say("survey.thanks"))
    if not answers["words"]:
        return turn.leave(turn.say("talk.ok"))
    args = {
        "survey_id": answers.get("survey_id"), "score": None, "words": answers["words"],
        "sentiment": turn.slots.sentiment,
    }  # fmt: skip
    return turn.leave(turn.say("survey.words_taken", number=answers.get("number")), dos=(Do("survey.answer", args),))


def _next(turn: Turn, *, words: bool) -> Question | None:
    return next((one for one in open_of(turn.state.answers) if (one.kind == "words") is words), None)


def _own(turn: Turn, *, words: bool) -> dict[str, Any]:
    question = _next(turn, words=words)
    return {"question": question.text.get(turn.facts.lang)} if question and question.text else {}


def _key(turn: Turn, *, words: bool) -> str:
    """Which text asks: the form's own words, else the house's for this question of this form."""
    question, form = _next(turn, words=words), turn.state.answers.get("form")
    if question and question.text.get(turn.facts.lang):
        return "survey.own"
    plain = not question or not form or form == "repair_done"
    return "survey.ask_words" if words and plain else f"question.{form}_{question.key}" if question else "survey.again"


def verdicts_open(answers: Answers, _: Any = None) -> bool:
    """Whether a question that wants a verdict is still open."""
    return any(one.kind != "words" for one in open_of(answers))


def _words_open(answers: Answers, _: Any) -> bool:
    asked = of_json(answers.get("questions"))
    return not asked or any(one.kind == "words" for one in open_of(answers))


SCRIPT = Script(
    "survey",
    start="score",
    steps={
        "score": Ask(
            "survey.again", lambda _: None, "words", ("every_score",), needed=verdicts_open, asking="score",
            key_of=lambda turn: _key(turn, words=False), facts=lambda turn: _own(turn, words=False), numbered=True,
            own_skip=True,
        ),
        "words": Ask(
            "survey.ask_words", read_words, None, ("words",), needed=_words_open, asking="problem", skip={"words": ""},
            key_of=lambda turn: _key(turn, words=True), facts=lambda turn: _own(turn, words=True),
        ),
    },
    finish=words_taken,
    takes_media=False,
    light=True,
)  # fmt: skip
