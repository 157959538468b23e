"""Two matters in one message: “退订，另外厨房漏水”, “周六量房，89平多少钱”. Neither is lost.

Each is decided as if it had come alone. What is only answered is said first, then what asks something; of two that ask
the shorter one comes first and the other waits as a draft. An open dialog takes its answer before anything else.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.dialog import form
from bot.heard import Do, Heard, Outcome, Say, State
from bot.scripts import SCRIPTS, appointment
from bot.scripts.turn import PARKED_MOST, Turn
from bot.understanding import Context, acts, read

#: What people put between two matters.
JOINT = re.compile(
    r"[，,。；;！!\s]*(?:另外|对了|顺便|顺带|还有(?:个|一件)?事|还有(?=[，,：:\s])|再就是|还想问|再问"
    r"|by the way|one more thing)(?:[，,：:\s]|问问|问一?下|说一?下|请问)*",
    re.IGNORECASE,
)
#: Where a clause ends; its sign stays with it.
CLAUSE = re.compile(r"(?<=[，,。；;！!？?\n])\s*(?=\S)|(?<=[a-z])\.\s+|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
#: What beside a fault is a matter of its own; a complaint has its own way with what is broken.
MATTERS = frozenset({
    "unsubscribe", "progress", "suggestion", "warranty_question", "bind", "gift_activity", "human", "appointment",
    "enquiry_price", "enquiry_process", "enquiry_material", "enquiry_showroom",
})  # fmt: skip
#: Questions that stand on their own beside a report or a visit, even without a word between them.
ASKED = frozenset({"warranty_question", "enquiry_price", "enquiry_showroom"})
#: Asked so much in passing that it is not asked where another matter follows.
LET_GO = frozenset({"answered", "shared", "warranty_more", "signed_up", "cannot_come", "progress_more"})
SURE = 0.5
#: More clauses are a story, and one matter.
MOST = 6
#: Verbs that are told by a number: two of them in one answer would be told with the same.
NUMBERED = frozenset({"repair", "survey", "callback", "appointment", "privacy", "quote"})
#: Whoever wants a person, or is angry, is asked nothing else meanwhile.
FOR_A_PERSON = frozenset({"asked", "anger"})

Rules = Callable[[Turn], Outcome | None]


def served(turn: Turn, context: Context, decide: Rules) -> Outcome | None:
    """What both matters lead to; None when the message is one matter, or one of the two is nobody's.

    What is dangerous is never split: all of it is the emergency's.
    """
    if not turn.worded or turn.slots.urgent or turn.state.confirming or turn.stale:
        return None
    script = form.script_of(turn)
    if script is None or script.passing:
        return _apart(turn.become(script="", step="", answers={}), context, decide)
    return None if script.light else _beside(turn, context, decide)


def _apart(turn: Turn, context: Context, decide: Rules) -> Outcome | None:
    """No dialog is open: each of the two is decided, or the one that is more than a thank-you."""
    for one, other in _ways(turn, context):
        if turn.intent == "thanks_bye" and (said := _beyond_thanks(turn, one, other)):
            return decide(replace(turn, heard=said))
        if acts.says("nods", one.text) and _stands(turn, other):
            return decide(replace(turn, heard=other))
        if _are_two(turn, one, other):
            alone = turn.become(parked=())
            found = [decide(replace(alone, heard=part)) for part in _telling_each_other(one, other)]
            told = [outcome for outcome in found if outcome is not None]
            return _together(turn, *told) if len(told) == len(found) and not _clash(*told) else None
    return None


def _ways(turn: Turn, context: Context) -> Iterator[tuple[Heard, Heard]]:
    """The message in two: at a word that joins matters, else between any of its clauses."""
    cuts = [[part.strip() for part in JOINT.split(turn.text, maxsplit=1)]]
    if len(cuts[0]) < 2:
        clauses = [one for one in CLAUSE.split(turn.text) if one]
        asks = turn.means("question") or turn.intent == "thanks_bye"
        few = range(1, len(clauses)) if asks and len(clauses) <= MOST else ()
        cuts = [["".join(clauses[:at]).rstrip("，, "), "".join(clauses[at:])] for at in few]
    for one, other in cuts:
        if one and other:
            yield _said(turn, context, one), _said(turn, context, other)


def _said(turn: Turn, context: Context, words: str) -> Heard:
    return replace(turn.heard, text=words, reading=read(words, context, turn.facts.now))


def _beyond_thanks(turn: Turn, one: Heard, other: Heard) -> Heard | None:
    """“谢谢你们，对了装修到哪一步了”: what is asked beside the thanks."""
    thanks = [part for part in (one, other) if part.reading.top.name == "thanks_bye"]
    rest = [part for part in (one, other) if part not in thanks]
    return rest[0] if len(rest) == 1 and _stands(turn, rest[0]) else None


def _are_two(turn: Turn, one: Heard, other: Heard) -> bool:
    """Whether these are matters of two kinds; without a word between them one must be a question of its own."""
    if _kind(one) == _kind(other):
        return False
    if JOINT.search(turn.text):
        return _stands(turn, one) and _stands(turn, other)
    asked, rest = (one, other) if _asks(one) else (other, one)
    if not _asks(asked):
        return False
    if tells(rest):  # what mending it costs is the report's own question
        costs = asked.reading.top.name == "enquiry_price" or acts.says("asks_fee", asked.text)
        return not costs or bool(asked.reading.slots.area)
    visit = rest.reading.top.name == "appointment" and rest.reading.top.confidence >= SURE
    return visit and bool(acts.says("names_visit", rest.text) or appointment.visit_of(rest.text))


def _kind(heard: Heard) -> str:
    return "repair" if tells(heard) else heard.reading.top.name


def tells(heard: Heard) -> bool:
    """Whether the words alone report a fault."""
    slots = heard.reading.slots
    return heard.reading.top.name == "repair" and bool(slots.problem and slots.category)


def _asks(heard: Heard) -> bool:
    """A question with an answer of its own; what a single job costs belongs to what is beside it."""
    top, area = heard.reading.top, heard.reading.slots.area
    if not acts.says("question", heard.text):
        return False
    if acts.says("asks_fee", heard.text):
        return True
    priced = top.name != "enquiry_price" or area or not acts.says("other_price", heard.text)
    return top.name in ASKED and top.confidence >= SURE and bool(priced)


def _stands(turn: Turn, heard: Heard) -> bool:
    """Whether the words are a matter by themselves."""
    top = heard.reading.top
    if acts.says("nods", heard.text) or len(heard.text) < 2:
        return False
    if tells(heard) or heard.reading.slots.command == "cancel" or (top.name in MATTERS and top.confidence >= SURE):
        return True
    return acts.says("question", heard.text) and turn.facts.find_answer(heard.text).sure is not None


def _telling_each_other(one: Heard, other: Heard) -> tuple[Heard, Heard]:
    """“厨房水龙头漏水，还在保修期吗”: what the question leaves out stands in the report beside it."""
    if tells(one):
        return one, _filled(other, one)
    if tells(other):
        return _filled(one, other), other
    return _of_visit(one, other), _of_visit(other, one)


def _of_visit(asked: Heard, visit: Heard) -> Heard:
    """“周二上午量房，要钱吗”: whether measuring is free."""
    measuring = visit.reading.top.name == "appointment" and appointment.visit_of(visit.text) == "measure"
    if not measuring or not acts.says("asks_fee", asked.text) or "量房" in asked.text or asked.text.isascii():
        return asked
    return replace(asked, text=f"量房{asked.text}", reading=read(f"量房{asked.text}", now=visit.at))


def _filled(asked: Heard, fault: Heard) -> Heard:
    slots, known = asked.reading.slots, fault.reading.slots
    if asked.reading.top.name != "warranty_question" or slots.category or slots.place:
        return asked
    slots = replace(slots, category=known.category, place=known.place, place_room=known.place_room)
    return replace(asked, reading=replace(asked.reading, slots=slots))


def _together(turn: Turn, *told: Outcome) -> Outcome | None:
    """One answer to both: the one that only answers, then the one that asks; of two that ask one waits."""
    first, last = sorted(told, key=_patience)
    dos, drafts = first.dos + last.dos, turn.state.parked
    if _patience(first) > PASSING and not _ends_in(first, last):
        if _patience(last) < KEPT:
            return None
        # Both ask: the short question first, what the other one knows is kept and offered afterwards.
        return _with(first.state, turn, (*drafts, last.state), (*_answers(turn, last), *first.says), dos)
    says = (*(_beside_what(say, last.state) for say in _answers(turn, first)), *last.says)
    if _patience(last) >= KEPT and any(do.args.get("reason") in FOR_A_PERSON for do in first.dos):
        return _with(first.state, turn, (*drafts, last.state), (*first.says, *_answers(turn, last)), dos)
    return replace(_with(last.state, turn, drafts, says, dos), otherwise=last.otherwise)


def _beside_what(say: Say, state: State | None) -> Say:
    """An answer that need not invite to what is being arranged in the same breath."""
    return replace(say, facts={**say.facts, "beside": state.script}) if state and state.script else say


def _with(
    state: State | None, turn: Turn, drafts: tuple[State | None, ...], says: tuple[Say, ...], dos: tuple[Do, ...]
) -> Outcome:
    kept = tuple(replace(one, parked=()) for one in drafts if one is not None)[-PARKED_MOST:]
    if kept or state is not None:
        state = replace(state or State(touched_at=turn.facts.now), parked=kept)
    return Outcome(state, says, dos)


#: How long an outcome can wait for its answer: nothing asked, asked in passing, a short question, a dialog of its own.
ANSWERED, PASSING, SHORT, KEPT = range(4)


def _patience(outcome: Outcome) -> int:
    """By which two outcomes are put in order; a report of a fault waits longest."""
    script = SCRIPTS.get(outcome.state.script) if outcome.state else None
    if script is None:
        return ANSWERED
    if script.name in LET_GO:
        return PASSING
    return SHORT if script.light else {"enquiry": KEPT, "repair": KEPT + 2}.get(script.name, KEPT + 1)


def _ends_in(first: Outcome, last: Outcome) -> bool:
    """Whether an enquiry goes on as the visit that is wished for: all of it is recorded, and nothing more is asked."""
    return [one.state.script for one in (first, last) if one.state] == ["enquiry", "appointment"]


def _answers(turn: Turn, outcome: Outcome) -> tuple[Say, ...]:
    """What an outcome says besides its question."""
    asked = form.question(replace(turn, state=outcome.state)) if outcome.state else None
    last = outcome.says[-1].key if outcome.says else ""
    return outcome.says[:-1] if asked is not None and asked.key == last else outcome.says


def _clash(one: Outcome, other: Outcome) -> bool:
    """Whether both do what is told by the same facts: one answer cannot name them apart."""
    verbs = [{do.verb for do in outcome.dos} for outcome in (one, other)]
    kinds = [{verb.partition(".")[0] for verb in said} & NUMBERED for said in verbs]
    return bool(verbs[0] & verbs[1] or (kinds[0] and kinds[1]))


def _beside(turn: Turn, context: Context, decide: Rules) -> Outcome | None:
    """“明天下午，另外展厅几点关门”: the dialog's answer is taken, then the other matter, then it is asked on."""
    for parts in _ways(turn, context):
        for mine, other in (parts, parts[::-1]):
            if not _other_than(turn, other):
                continue
            taken = _taken(replace(turn, heard=mine))
            if taken is None:
                continue
            then = decide(replace(turn, state=taken.state or State(touched_at=turn.facts.now), heard=other))
            if then is None or _clash(taken, then):
                return None
            return replace(then, says=(*_answers(turn, taken), *then.says), dos=(*taken.dos, *then.dos))
    return None


def _taken(turn: Turn) -> Outcome | None:
    """The outcome of a part that answers the open dialog, and is no matter of its own."""
    script = form.script_of(turn)
    given = form.gather(script, turn) if script else None
    return form.answer(turn) if isinstance(given, dict) and given else None


def _other_than(turn: Turn, heard: Heard) -> bool:
    """Whether the words are another matter than the open dialog's own."""
    script, top = turn.state.script, heard.reading.top
    own = script == "enquiry" and top.name in ("enquiry_price", "enquiry_design", "enquiry_process")
    if own or script == top.name or tells(heard):
        return tells(heard) and script != "repair" and bool(JOINT.search(turn.text))
    return _stands(turn, heard) if JOINT.search(turn.text) else _asks(heard)
