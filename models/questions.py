"""The questions of a survey form as plain values, and which of them are still to be asked. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = ("score", "words", "yes_no")
#: What a feeling without a figure counts as where a question hangs on a score.
FELT = {"positive": 5, "neutral": 3, "negative": 1}
#: A yes and a no among scores.
YES, NO = 5, 1


@dataclass(frozen=True)
class Question:
    """One question. Without words of its own it is asked in the house's (templates/chat, `question.<form>_<key>`)."""

    key: str
    #: score (1 to 5), words or yes_no.
    kind: str = "score"
    #: The topic in a word, by language: 工艺. Empty: the house's name for `key`.
    name: Mapping[str, str] = field(default_factory=dict)
    #: The question by language; empty: the house's words.
    text: Mapping[str, str] = field(default_factory=dict)
    #: Asked only when the question `after` ("": any before) was answered with at most `at_most`; 0: always.
    after: str = ""
    at_most: int = 0

    def to_json(self) -> dict[str, Any]:
        """A JSON object; from_json gives the same question back."""
        return {
            "key": self.key, "kind": self.kind, "name": dict(self.name), "text": dict(self.text), "after": self.after,
            "at_most": self.at_most,
        }  # fmt: skip

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Question":
        """The stored question; what a later release added is left out."""
        known = {name: plain[name] for name in ("key", "kind", "name", "text", "after", "at_most") if name in plain}
        return cls(**known)


def of_json(rows: Any) -> tuple[Question, ...]:
    """The questions of a stored form; none when there is no form."""
    return tuple(Question.from_json(row) for row in rows or ())


def felt(score: int | None, sentiment: str | None) -> int | None:
    """The figure an answer counts as: its score, else its feeling's; None when it says neither."""
    return score if score is not None else FELT.get(sentiment or "")


def still_open(
    questions: Collection[Question], figures: Mapping[str, int | None], given: Collection[str]
) -> list[Question]:
    """What is still to be asked, in the form's order: not answered or skipped (`given`), and wanted by its condition.

    `figures` is what each answer counts as.
    """
    return [one for one in questions if one.key not in given and _wanted(one, figures)]


def _wanted(question: Question, figures: Mapping[str, int | None]) -> bool:
    if not question.at_most:
        return True
    counts = [figure for key, figure in figures.items() if question.after in ("", key)]
    return any(figure is not None and figure <= question.at_most for figure in counts)


def series(questions: Collection[Question]) -> bool:
    """Whether it asks for more than one verdict: then it is gone through one by one."""
    return sum(one.kind != "words" for one in questions) > 1
