"""Events: what there is, signing up by words or by a scanned code, calling off."""

import re

from bot.dialog import form
from bot.heard import Do, Outcome
from bot.scripts import events as script
from bot.scripts.turn import Turn

#: Words that mean an event rather than a present.
EVENT = re.compile(
    r"活动|讲座|沙龙|开放日|样板(?:房|间)征集|报名|参观日|课堂|\bevents?\b|sign me up|sign up", re.IGNORECASE
)
SCENE = "event_"


def counted(turn: Turn) -> Outcome | None:
    """“1个人” when it was asked who is coming: a number, not a wish for a person."""
    return form.answer(turn) if turn.state.script == "sign_up" and script.COUNTED.fullmatch(turn.text) else None


def withdraw(turn: Turn) -> Outcome | None:
    """取消报名: one's own places are looked up; asked once which, or whether."""
    if turn.state.script in ("withdraw", "cannot_come") or not turn.worded:
        return None
    if not turn.means("calls_off_event"):
        return _cannot(turn)
    begun = form.begin(turn, "withdraw")
    return Outcome(begun.state, begun.says, (*begun.dos, Do("event.own", keep=("places",))))


def _cannot(turn: Turn) -> Outcome | None:
    """“去不了了” and no more, where nothing else is agreed with them that could be meant."""
    elsewhere = turn.facts.visits or turn.facts.tickets or turn.facts.calling or turn.facts.crew_name
    if elsewhere or form.script_of(turn) not in (None, script.SIGNED_UP) or not script.read_cannot(turn):
        return None
    return script.cannot_come(turn, turn.state.answers.get("event_id") or 0)


def asked(turn: Turn) -> Outcome | None:
    """有什么活动, 我要报名: the open ones to choose from, or honestly none."""
    clicked = turn.heard.event == "click" and turn.heard.key == "MENU_EVENTS"
    if not clicked and not turn.worded:
        return None
    if turn.state.script == "sign_up" and not clicked:
        # Said once more while it is asked which, or how many: the question stands.
        return form.aside(turn) if script.WANTS.search(turn.text) or EVENT.fullmatch(turn.text) else None
    wanted = clicked or turn.intent in ("gift_activity", "appointment", "", "out_of_scope") and EVENT.search(turn.text)
    if not wanted or turn.means("about_gifts"):
        return None
    if not turn.facts.events:
        return form.aside(turn, turn.say("events.none"))
    if form.script_of(turn) and not script.WANTS.search(turn.text):
        return form.aside(turn, turn.say("events.list", events=script.shown(turn)))
    if len(turn.facts.events) > 1 and not script.named(turn) and script.ALL.search(turn.text):
        return form.begin(turn, "sign_up", answers=script.every(turn.facts.events))
    if len(turn.facts.events) == 1 and not script.WANTS.search(turn.text):
        # Only asked what there is: nothing is chosen for them.
        return form.proceed(turn.start("sign_up", "event", {}))
    return form.begin(turn, "sign_up")


def scanned(turn: Turn) -> Outcome | None:
    """The code of an event: straight to the number of people, whatever else was open is put aside."""
    if not turn.heard.scene.startswith(SCENE) or turn.heard.event not in ("subscribe", "scan"):
        return None
    number = turn.heard.scene.removeprefix(SCENE)
    event = next((one for one in turn.facts.events if str(one.id) == number), None)
    if event is None:
        return form.aside(turn, turn.say("events.over"))
    return form.begin(turn, "sign_up", answers=script.chosen(event))
