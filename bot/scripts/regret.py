"""A verdict was given by mistake, and the right one was not said: 改成几分？ Asked in passing."""

from typing import Any

from bot.heard import Do, Outcome
from bot.scripts import survey
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn


def read_verdict(turn: Turn) -> Answers | None:
    """The verdict in a few words."""
    given = survey.opinion(turn.text) if turn.worded and turn.text else None
    return {"verdict": given} if given and given["score"] is not None and not turn.slots.problem else None


def amended(turn: Turn, verdict: dict[str, Any]) -> Outcome:
    """The new verdict stands; after a low one without words it is asked what was not right."""
    known = turn.state.answers
    args = {"survey_id": known["survey_id"], **verdict}
    do, said = Do("survey.amend", args), turn.say("survey.amended", number=known.get("number") or None)
    if verdict["score"] is None or verdict["score"] > survey.WHY_UP_TO or verdict["words"]:
        return turn.leave(said, dos=(do,))
    again = {"survey_id": known["survey_id"], "number": known.get("number"), "label": known.get("label")}
    begun = turn.start("survey", "words", again)
    return begun.stay(said, begun.say("survey.ask_words"), dos=(do,))


SCRIPT = Script(
    "regret",
    start="verdict",
    steps={"verdict": Ask("survey.which_score", read_verdict, None, ("verdict",), numbered=True, asking="score")},
    finish=lambda turn: amended(turn, turn.state.answers["verdict"]),
    takes_media=False,
    light=True,
    passing=True,
)
