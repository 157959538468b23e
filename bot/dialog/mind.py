"""Changes of mind: back, skip, cancel, a line named wrong, “接着报修吗”; and what was put aside comes back."""

import re
from dataclasses import replace
from typing import Any

from bot.dialog import form
from bot.heard import Outcome
from bot.scripts import contact, fault_words, readers, repair
from bot.scripts.script import Script
from bot.scripts.turn import Turn
from bot.understanding import read

#: “电话不对”: a line of the review by its name instead of its number.
WRONG = r"[^\d]{0,4}(?:不对|错|要改|改一?下|有误|写错)"
LINES = {
    1: "房屋|房子|地址|小区|门牌",
    2: "位置|问题|地方",
    3: "时间|日期",
    4: "电话|号码|手机号?",
    5: "照片",
}
NAMED = {line: re.compile(rf"^(?:不对，?)?(?:那个|上面)?的?(?:{names}){WRONG}") for line, names in LINES.items()}


def plain_words(turn: Turn) -> Outcome | None:
    """“电话不对”, “不想留电话”: about the dialog's own lines, whatever else the words could mean."""
    script, ask, slots = form.script_of(turn), form.ask_of(turn), turn.slots
    if script and script.name == "repair" and not turn.state.confirming and turn.means("mend_it"):
        return form.aside(turn)
    if not script or script.light or slots.phone or slots.house or slots.time:
        return None
    another = contact.withheld(turn) and ask is not None and "phone" not in ask.fills
    if ask and ask.skip is not None and turn.means("unwilling") and not another:
        return skip(turn, script)
    return next((form.edit(turn, script, line) for line, named in NAMED.items() if named.match(turn.text)), None)


def back(turn: Turn, script: Script) -> Outcome:
    """The question before is asked again, its answer forgotten; at the first one, that one again."""
    given = turn.state.answers.keys()
    before = [name for name in _asked(turn, script) if not given.isdisjoint(script.steps[name].fills)]
    if not before:
        return form.aside(turn)
    name = before[-1]
    return form.aside(form.reopened(turn, script, name))


def kept(turn: Turn) -> Outcome | None:
    """“返回”, then “确认”: what was answered before stands after all."""
    ask, undone = form.ask_of(turn), turn.state.answers.get("undone")
    if not ask or turn.state.confirming or not isinstance(undone, dict) or undone.keys().isdisjoint(ask.fills):
        return None
    if not (turn.slots.yes is True or turn.means("agree", "as_it_was")):
        return None
    if turn.slots.time or turn.slots.phone or turn.slots.house:
        return None
    return form.proceed(turn.become(answers={**undone, **turn.state.answers, "undone": {}}))


def _asked(turn: Turn, script: Script) -> list[str]:
    out, step = [], script.start
    while step is not None and step != turn.state.step:
        if script.steps[step].needed(turn.state.answers, turn.facts):
            out.append(step)
        step = script.steps[step].then
    return out


def skip(turn: Turn, script: Script) -> Outcome:
    """On without an answer where the script can do without; else a word why not."""
    ask = form.ask_of(turn)
    if ask and ask.skip is not None:
        return form.proceed(turn.become(answers={**turn.state.answers, **ask.skip}))
    if turn.state.step == "house" and (room := turn.state.answers.get("house_room")):
        # The estate is not known: the crew calls and asks.
        return form.proceed(turn.become(answers={**turn.state.answers, "project_id": None, "house": room}))
    return form.aside(turn, *((turn.say(ask.why),) if ask and ask.why else ()))


def command(turn: Turn) -> Outcome | None:
    """上一步, 跳过, 再说一遍, 算了, 为什么要问: about the dialog itself."""
    script, ask = form.script_of(turn), form.ask_of(turn)
    if not script or turn.state.confirming:
        return None
    if turn.means("why_ask") and ask and ask.why:
        return form.aside(turn, turn.say(ask.why))
    if _gives_up(turn, script):
        return (form.answer(turn) if script.light else None) or cancel(turn, script)
    match turn.slots.command:
        case "back":
            return back(turn, script)
        case "skip":
            return None if ask and ask.own_skip else skip(turn, script)
        case "repeat" | "help":
            return form.aside(turn)
        case "review":
            return form.proceed(turn)
        case "restart":
            return form.begin(turn.become(script=""), script.name)
        case "cancel":
            return (form.answer(turn) if script.light else None) or cancel(turn, script)
    return None


def _gives_up(turn: Turn, script: Script) -> bool:
    """算了, 不约了 and nothing in its place; “算了还是现代” is another wish."""
    slots = turn.slots
    other = slots.problem or slots.time or slots.phone or slots.house
    wish = script.name == "enquiry" and (slots.style or slots.area or slots.budget or "还是先" in turn.text)
    if turn.means("gives_up") and not other and not wish:
        return True
    named = {"repair": turn.means("mistaken"), "appointment": turn.means("not_coming") and not other}
    return bool(named.get(script.name))


def one_less(turn: Turn) -> Outcome | None:
    """“门锁不用修了” while a draft holds several faults: that one falls away, the others stay."""
    items = list(turn.state.answers.get("items") or ())
    if turn.state.script != "repair" or turn.state.confirming or len(items) < 2 or not turn.means("falls_away"):
        return None
    named = [item for item in items if fault_words.names(turn.text, item)]
    if len(named) != 1:
        return None
    left = [item for item in items if item != named[0]]
    problem = repair.numbered(left)
    kept = {**turn.state.answers, "items": left, "problem": problem}
    if (place := kept.get("place")) and place in named[0] and place not in problem:
        kept |= {"place": "", "category": read(left[0]).slots.category or "其他"}
    return form.proceed(turn.become(answers=kept), turn.say("repair.one_less", what=named[0]))


def cancel(turn: Turn, script: Script) -> Outcome:
    """Ask once, naming what would be dropped; nothing collected is dropped without a question."""
    if script.light or not any(script.facts(turn).get(name) for name in ("what", "when_text", "photos", "recordings")):
        return turn.leave(turn.say("form.dropped_nothing"))
    return form.aside(turn.become(confirming="cancel"))


def confirm(turn: Turn) -> Outcome | None:
    """The answer to “不报了吗？” or “接着报修吗？”; anything that answers the dialog itself means: go on."""
    script, state = form.script_of(turn), turn.state
    if not script or not state.confirming or (turn.asked_outside and not turn.means("about_the_draft")):
        return None
    slots, dropping = turn.slots, state.confirming == "cancel"
    go_on = dropping and turn.means("goes_on_with_it")
    refuse = go_on or slots.option == 2 or (not dropping and slots.command == "cancel") or readers.refuses(turn)
    agree = readers.agrees(turn) and not refuse
    agree = agree or (dropping and bool(slots.command == "cancel" or turn.means("drops")))
    if agree if dropping else refuse:
        return turn.leave(turn.say(script.word("dropped"), **script.facts(turn), script=script.name))
    if agree or refuse:
        return form.proceed(refreshed(turn.become(confirming="")))
    return None


def refreshed(turn: Turn) -> Turn:
    """After a rest: a time that has passed meanwhile is no answer any more, nor is an agreement."""
    answers: dict[str, Any] = {key: value for key, value in turn.state.answers.items() if key != "agreed"}
    if (end := answers.get("when_end")) and end <= turn.facts.now.isoformat():
        answers = {key: value for key, value in answers.items() if not key.startswith("when_")}
    script = form.script_of(turn)
    step = script.next(answers, turn.facts) if script else None
    return turn.become(answers=answers, step=step or "review" if answers != turn.state.answers else turn.state.step)


def offer_parked(outcome: Outcome, turn: Turn) -> Outcome:
    """When a dialog has ended and another was put aside for it: 接着报修吗？"""
    state = outcome.state
    handed_over = any(do.verb == "conversation.hand_over" for do in outcome.dos)
    if not state or state.script or not state.parked or handed_over:
        return outcome
    now, draft = turn.facts.now, state.parked[-1]
    back_again = replace(draft, parked=state.parked[:-1], confirming="resume", touched_at=now)
    offer = form.question(replace(turn, state=back_again))
    return replace(outcome, state=back_again, says=(*outcome.says, offer)) if offer else replace(outcome, state=None)
