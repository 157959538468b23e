"""While a person talks the bot is silent, but nothing said to them is lost; danger and our own buttons are answered."""

import re
from dataclasses import replace

from bot.heard import Do, Outcome, Say, State
from bot.inbox.turn import Thought
from bot.push import Push
from bot.scripts import urgent
from bot.understanding import Reading, is_urgent

#: What the dialog says and does about an emergency; the rest of it (small talk, queues, drafts) is the person's.
SAID = ("urgent.", "ticket.", "complaint.", "repair.", "errors.")
DONE = ("repair.", "complaint.")
#: What a dialog would ask after a button's answer is the person's to ask.
ASKS = ("survey.ask_words", "survey.again", "survey.own", "question.")
#: A thank-you of so many letters says nothing else, unless one of these does.
SHORT = 10
MORE = re.compile(r"[?？吗呢还事但]|不过|可是|另外")


def is_pressing(state: State | None, push: Push, reading: Reading) -> bool:
    """Whether the words tell of danger, or may answer what was asked about one that is being recorded."""
    if push.kind not in ("text", "voice"):
        return False
    return bool(push.words) and (is_urgent(push.words) or reading.slots.urgent or _recording(state))


def heard(state: State | None, push: Push, reading: Reading) -> Thought:
    """The words are for the person who has the conversation and owes a reply; a mere thank-you asks for none."""
    if push.kind in ("text", "voice") and _thanks(push.words, reading):
        return Thought(Outcome(state), silent=True, asks=False)
    return Thought(Outcome(state, dos=(Do("conversation.heard"),)), silent=True)


def alarmed(state: State | None, outcome: Outcome) -> Thought | None:
    """The emergency is recorded and answered, and the person told; None when the dialog found none in the words."""
    dos = tuple(do for do in outcome.dos if do.verb.startswith(DONE))
    if not dos and not _taken_in(state, outcome.state):
        return None
    says = tuple(say for say in outcome.says if say.key.startswith(SAID))
    return Thought(replace(outcome, says=says, dos=(*dos, Do("conversation.heard", {"urgent": True}))))


def tapped(state: State | None, outcome: Outcome | None) -> Thought | None:
    """A button under our own words does what it says and is acknowledged; no reply is owed to it.

    None where it does nothing by itself: then its words are the person's like any others.
    """
    if outcome is None or not outcome.dos:
        return None
    says = tuple(say for say in outcome.says if not say.key.startswith(ASKS))
    return Thought(Outcome(state, says, outcome.dos), asks=False)


def pressed(state: State | None, outcome: Outcome) -> Thought:
    """A menu or a code does at once what it does; what it would ask about is said to the person who talks.

    A question of the bot's would have its answer read by somebody else.
    """
    asks = outcome.state is not None and bool(outcome.state.script)
    if asks or any(do.verb == "conversation.hand_over" for do in outcome.dos):
        return Thought(Outcome(state, (Say("talk.with_colleague"),)))
    return Thought(Outcome(state, outcome.says, outcome.dos))


def _recording(state: State | None) -> bool:
    return state is not None and state.script == urgent.SCRIPT.name


def _taken_in(before: State | None, after: State | None) -> bool:
    """Whether what was asked about the emergency has been answered."""
    if before is None or not _recording(before):
        return False
    return after is None or (after.script, after.step, after.answers) != (before.script, before.step, before.answers)


def _thanks(words: str, reading: Reading) -> bool:
    names = [one.name for one in reading.intents]
    return names == ["thanks_bye"] and len(words) <= SHORT and not MORE.search(words)
