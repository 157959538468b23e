"""The dialog engine: `take(state, heard, facts)` is one turn. Pure: no clock, no database, no network, no text.

A turn is offered to RULES in order and the first that wants it decides; what nobody wants was not understood.
The order is the politeness of the house: danger first, then a wish for a person, then whatever was asked. What the
words do (agree, put off, call off …) is asked of bot/understanding/acts.py by name; a rule says when it reacts to it.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.dialog import (
    aim,
    alarm,
    amend,
    ask,
    both,
    call,
    colleague,
    complaint,
    consent,
    desk,
    events,
    form,
    household,
    manners,
    mind,
    pace,
    privacy,
    proposal,
    quotes,
    referral,
    regret,
    report,
    sales,
    showroom,
    site,
    suggestion,
    survey,
    talk,
    taps,
    trouble,
    undo,
    unmended,
    warranty,
)
from bot.heard import ComplaintRef, Do, Facts, Heard, House, Job, Outcome, QuoteRef, Say, State, SurveyRef, TicketRef
from bot.scripts import SCRIPTS, crew, crew_each, crew_quote, crew_several
from bot.scripts.english import heard_in_english
from bot.scripts.turn import FORGET, FORGET_LIGHT, Turn
from bot.understanding.reading import Context

__all__ = [
    "SCRIPTS", "ComplaintRef", "Do", "Facts", "Heard", "House", "Job", "Outcome", "QuoteRef", "Say", "State",
    "SurveyRef",
    "TicketRef", "context", "take", "tap",
]  # fmt: skip


def context(state: State | None, facts: Facts) -> Context:
    """What understanding must know about the conversation before it reads the next message."""
    ask = None
    if state and state.script in SCRIPTS and not state.confirming:
        ask = SCRIPTS[state.script].steps.get(state.step)
    return Context(
        survey_open=facts.survey is not None,
        visit_booked=bool(facts.visits),
        ticket_open=bool(facts.tickets),
        repair_ticket_open=bool(facts.tickets),
        repair_quote_pending=bool(facts.quotes),
        complaint_open=facts.complaint is not None,
        binding=bool(state and state.script == "bind"),
        asking=ask.asking if ask else None,
        crew=facts.crew_name is not None,
    )


def take(state: State | None, heard: Heard, facts: Facts) -> Outcome:
    """One turn of one person: the state to store, the texts to say, the verbs to carry out, in order."""
    before, did = undo.told_apart(_remembered(state or State(), facts))
    turn = Turn(before, heard_in_english(heard, context(before, facts)), facts)
    if heard.kind == "event" and (outcome := event(_passed(turn))):
        return outcome
    if facts.staff_name is not None:
        return colleague.take(turn)
    outcome = taps.tapped(turn)
    if outcome is None and facts.crew_name is not None:
        turn = _passed(turn)
        outcome = decided(CREW_RULES, turn)
    elif outcome is None:
        known = context(before, facts)
        turn = pace.with_place(_passed(alarm.heard(manners.cooled(complaint.denied(turn)))), known)
        outcome = undo.taken_back(turn, did, by_rule)
        outcome = outcome or both.served(turn, known, by_rule) or by_rule(turn) or pace.joined(turn, known, by_rule)
    outcome = outcome or talk.missed(turn)
    if any(do.verb == "conversation.hand_over" for do in outcome.dos):
        outcome = call.offered(turn, outcome)
    return undo.kept(manners.softened(mind.offer_parked(outcome, turn), replace(turn, state=before)), turn)


def decided(rules: tuple[Callable[[Turn], Outcome | None], ...], turn: Turn) -> Outcome | None:
    """What the first rule that wants the turn makes of it; None when none does."""
    return next(filter(None, (rule(turn) for rule in rules)), None)


def by_rule(turn: Turn) -> Outcome | None:
    """The turn of a customer, decided by rule; None when nobody understood it."""
    return decided(RULES, turn)


def tap(heard: Heard, facts: Facts) -> Outcome | None:
    """What a tapped button does whatever dialog is open; None for words, and for a button that needs more of them."""
    return taps.tapped(Turn(State(), heard, facts)) if facts.staff_name is None else None


def _remembered(state: State, facts: Facts) -> State:
    """The state without what time or a new release has overtaken: drafts of a month ago, scripts that are gone."""
    script = SCRIPTS.get(state.script)
    known = script is not None or state.script in ("", "crew")
    limit = FORGET_LIGHT if script and script.light else FORGET
    old = state.touched_at is not None and facts.now - state.touched_at > limit
    parked = tuple(one for one in state.parked if one.script in SCRIPTS)
    if known and not old:
        return state if parked == state.parked else replace(state, parked=parked)
    return State(parked=() if old else parked)


def _passed(turn: Turn) -> Turn:
    """A question that was asked in passing and is not answered now is gone: nothing else meets it."""
    script = form.script_of(turn)
    if not script or not script.passing or form.answer(turn):
        return turn
    return turn.become(script="", step="", answers={})


def event(turn: Turn) -> Outcome | None:
    """Following, leaving, scanning; menu keys go to the rules. Events nobody expects an answer to stay silent."""
    heard, facts = turn.heard, turn.facts
    if heard.event == "click" and heard.key.startswith("MENU_") and facts.staff_name is None:
        return None
    if heard.event not in ("subscribe", "scan", "click"):
        return Outcome(turn.state if turn.state.script or turn.state.parked else None)
    if facts.staff_name is not None:
        return colleague.take(turn)
    if facts.crew_name is not None:
        return crew.take(turn)
    if heard.event == "click":
        return form.aside(turn, turn.say("talk.unclear"))
    if (came := referral.scanned(turn) or events.scanned(turn)) is not None:
        return came
    houses = [house.label for house in facts.houses]
    return form.aside(turn, turn.say("talk.welcome", houses=houses))


RULES = (
    # What nobody may wait for, whatever else was asked: a danger first of all.
    complaint.nothing_meant,
    complaint.grave,
    alarm.stuck,
    desk.danger,
    # Nothing but abuse, a call, one's own data, what we send: 不 and 别 refuse one of these before they are a no.
    talk.insulted,
    call.wanted,
    household.family,
    privacy.answered,
    privacy.take_back,
    privacy.how_far,
    privacy.wanted,
    privacy.source,
    consent.said,
    # About the machine itself, and what an open question's own words mean before they could mean more.
    talk.language,
    talk.sticker,
    talk.robot,
    talk.ordered,
    mind.plain_words,
    events.counted,
    # Grievances, and a wish for a person: before any dialog can take the words for an answer.
    warranty.dispute,
    aim.corrected,
    complaint.take_back,
    complaint.angry,
    complaint.said,
    complaint.hidden,
    quotes.labour,
    talk.wants_person,
    # Not now: before a yes or a reason is heard in it.
    pace.begins,
    pace.later,
    # A yes or no to what was asked last: money first, then drafts, proposals, places and visits to call off.
    quotes.answer,
    quotes.after_all,
    mind.confirm,
    proposal.answered,
    events.withdraw,
    sales.call_off,
    sales.told,
    desk.cancel_case,
    mind.one_less,
    # About the open dialog: one step back, leaving it; then leaving a house and coming to one.
    mind.command,
    household.unbind,
    household.by_contract,
    talk.bind,
    # Answers, each to whoever asked: after a long rest, about the other day, the verdict, what stands after all.
    report.resting,
    report.apart,
    desk.time_offered,
    regret.amended,
    survey.reply,
    mind.kept,
    amend.of_another,
    amend.instead,
    # The open dialog takes what it can use; what it cannot take is more about it, or a draft's that was put aside.
    form.answer,
    amend.detail,
    form.revive,
    # What is open outside the dialog: photos and words for a case, the queue, a visit, another time.
    talk.costs,
    complaint.attach,
    desk.attach,
    talk.still_waiting,
    complaint.progress,
    complaint.wished,
    sales.change,
    unmended.told,
    desk.chase,
    amend.amend,
    amend.added,
    # Something new: a report, then what is asked for, the surer before the vaguer.
    showroom.opens,
    report.report,
    suggestion.praised,
    referral.wanted,
    events.asked,
    warranty.question,
    showroom.where,
    sales.decided,
    sales.appoint,
    sales.enquire,
    sales.dear,
    # Questions: as the articles answer them, how things stand, and a choice among what may be meant.
    ask.known,
    site.progress,
    desk.crew_number,
    desk.progress,
    ask.likely,
    # Guesses last, and none of them acts: what was just rated, a grievance, an idea, a refusal, a colleague's matter.
    regret.added,
    complaint.likely,
    suggestion.made,
    consent.likely,
    talk.for_a_person,
    complaint.more,
    # Politeness, and what is no text; then, rather than ask back, whether somebody complains.
    talk.small_talk,
    talk.other_kinds,
    complaint.sounds,
)
CREW_RULES = (
    consent.said, crew_quote.take, crew_each.take, trouble.met, site.photos, crew_several.take, crew.take, talk.robot,
    talk.wants_person, household.unbind_crew, talk.bind, trouble.missed,
)  # fmt: skip
