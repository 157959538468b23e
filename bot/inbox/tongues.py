"""In which language a turn is answered, and in which one the person is written to later.

They write one language beyond doubt: it is remembered. A short message that is plainly English is answered in English
and so is what its dialog asks; said twice in one dialog it is remembered too. Our own people's language stays.
"""

from dataclasses import dataclass, replace

from bot.heard import Do, Outcome, State
from bot.inbox.person import Person
from bot.inbox.turn import Thought
from bot.push import Push
from bot.understanding import goes_on, in_english, language_of


@dataclass(frozen=True)
class Tongue:
    """The language of one answer, the one that is remembered from now on, and the one remembered before."""

    answer: str
    later: str
    before: str


def of(person: Person, push: Push) -> Tongue:
    """The languages of a turn, by the words that were pushed and what was spoken before."""
    before, spoken = person.lang, person.draft.lang
    if push.event or person.crew_name is not None or person.staff_name is not None:
        return Tongue(before, before, before)
    if push.kind not in ("text", "voice"):
        return Tongue(spoken or before, before, before)
    surely = language_of(push.words, before)
    if surely != before:
        return Tongue(surely, surely, before)
    if in_english(push.words):
        return Tongue("en", spoken or before, before)
    return Tongue(spoken if spoken and goes_on(push.words) else before, before, before)


def kept(thought: Thought, tongue: Tongue) -> Thought:
    """The same; what was spoken goes on in the dialog, what is remembered is for what is sent to them later."""
    outcome = thought.outcome
    if not thought.silent:
        outcome = _going_on(outcome, "" if tongue.answer == tongue.later else tongue.answer)
    if tongue.later != tongue.before:
        outcome = replace(outcome, dos=(Do("person.speak", {"lang": tongue.later}), *outcome.dos))
    return thought if outcome is thought.outcome else replace(thought, outcome=outcome)


def _going_on(outcome: Outcome, lang: str) -> Outcome:
    otherwise = _going_on(outcome.otherwise, lang) if outcome.otherwise is not None else None
    state = _speaking(outcome.state, lang)
    if state is outcome.state and otherwise is outcome.otherwise:
        return outcome
    return replace(outcome, state=state, otherwise=otherwise)


def _speaking(state: State | None, lang: str) -> State | None:
    return state if state is None or state.lang == lang else replace(state, lang=lang)
