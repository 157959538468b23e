"""What a script is: named steps as data. A script that cannot work does not import."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.heard import Do, Facts, Outcome, Say
from bot.scripts.turn import Turn

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Refusal:
    """An answer that cannot be taken, and the text that says why: 13800 is no phone number."""

    key: str


#: What a message gives to a step: answers, a refusal, or None when it says nothing about it.
Read = Callable[[Turn], Answers | Refusal | None]


def nothing(_: Turn) -> None:
    """No message answers this unasked."""


def always(_: Answers, __: Facts) -> bool:
    """The step is asked of everybody."""
    return True


@dataclass(frozen=True)
class Ask:
    """One question. It is open while `needed` and none of `fills` is answered."""

    #: Text key of the question.
    text: str
    #: What counts as an answer when this was just asked.
    read: Read
    #: The next step; None: the review, or the end.
    then: str | None
    #: The names under which answers are kept.
    fills: tuple[str, ...]
    #: What is taken from any message, asked or not.
    spot: Read = nothing
    needed: Callable[[Answers, Facts], bool] = always
    #: The facts the question names.
    facts: Callable[[Turn], Mapping[str, Any]] = lambda _: {}
    #: Text key when it is asked again right away, where the whole question would be too long; "" is `text`.
    again: str = ""
    #: Text key of the answer to “为什么要问”.
    why: str = ""
    #: What stands instead of an answer when the person skips; None: cannot be skipped.
    skip: Answers | None = None
    #: The slot name that understanding is told (Context.asking).
    asking: str | None = None
    #: Line in the review, 0 when it has none.
    line: int = 0
    #: Whether a bare number answers it.
    numbered: bool = False
    #: Chooses the text where one step asks several things; `text` stands for all of them.
    key_of: Callable[[Turn], str] | None = None
    #: “跳过” is an answer that its own rule takes.
    own_skip: bool = False

    def open(self, answers: Answers, facts: Facts) -> bool:
        """Whether this must still be asked."""
        return self.needed(answers, facts) and not any(name in answers for name in self.fills)


@dataclass(frozen=True)
class Script:
    """A dialog: where it starts, its steps, and what its end causes."""

    name: str
    start: str
    steps: Mapping[str, Ask]
    #: What follows the last answer; the turn's state holds all answers.
    finish: Callable[[Turn], Outcome]
    #: Text key of the card read before submitting; "" when there is nothing to review.
    review: str = ""
    #: Facts that texts about the whole draft name: the review, “接着报修吗”, what a cancel drops.
    facts: Callable[[Turn], Mapping[str, Any]] = lambda _: {}
    #: Text keys of its own for what every dialog says of itself: resume, parked, cancel_confirm, dropped.
    own: Mapping[str, str] = field(default_factory=dict)
    #: Merges what a message gives into the answers.
    merge: Callable[[Turn, Answers], Answers] = lambda turn, given: {**turn.state.answers, **given}
    #: How a correction is acknowledged, given the turn before and after it.
    changed: Callable[[Turn, Turn], Say] = lambda _, turn: turn.say("form.changed")
    #: What an answer causes at once, given the turn before and after it.
    effects: Callable[[Turn, Turn], tuple[Do, ...]] = lambda _, __: ()
    #: What is said to an answer before the next question, given the turn before and after it.
    replies: Callable[[Turn, Turn], tuple[Say, ...]] = lambda _, __: ()
    #: After each answer: an outcome that leaves the plan, or None.
    leave: Callable[[Turn], Outcome | None] = nothing
    #: Photos and recordings are kept with the draft.
    takes_media: bool = True
    #: Nothing is lost by dropping it: no confirmation, no “接着…吗” after days.
    light: bool = field(default=False)
    #: Asked once, in passing: whatever else is said, the question is dropped and never repeated.
    passing: bool = field(default=False)

    def __post_init__(self) -> None:
        """Refuse a script whose steps lead nowhere, go round in a circle or cannot be reached."""
        seen, step = [], self.start
        while step is not None:
            if step not in self.steps:
                raise ValueError(f"script {self.name}: a step leads to {step!r}, which does not exist")
            if step in seen:
                raise ValueError(f"script {self.name}: step {step!r} leads back to itself")
            seen.append(step)
            step = self.steps[step].then
        if lost := self.steps.keys() - set(seen):
            raise ValueError(f"script {self.name}: no step leads to {sorted(lost)}")

    def next(self, answers: Answers, facts: Facts) -> str | None:
        """The first step that is still open, in the script's order; None when all is known."""
        step: str | None = self.start
        while step is not None and not self.steps[step].open(answers, facts):
            step = self.steps[step].then
        return step

    def word(self, name: str) -> str:
        """The text key for what every dialog says of itself: its own, else that of form.toml."""
        return self.own.get(name, f"form.{name}")

    def texts(self) -> set[str]:
        """Every text key the script may say as a question; a test looks each up in the catalogues."""
        keys = {ask.text for ask in self.steps.values()} | {ask.why for ask in self.steps.values()}
        keys |= {ask.again for ask in self.steps.values()}
        return (keys | {self.review} | set(self.own.values())) - {""}
