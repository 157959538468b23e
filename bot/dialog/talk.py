"""Everything that is no dialog of its own: a person is wanted, small talk, binding, not understood."""

from dataclasses import replace

from bot.dialog import form, pace
from bot.heard import Do, Outcome
from bot.scripts import mood
from bot.scripts.small import CODE
from bot.scripts.turn import Turn
from bot.understanding import language_wished
from templates.notes import note

#: Intents that people answer where no other rule did: the reason under which a person gets them.
FOR_A_PERSON = {
    "appointment": "appointment",
    "warranty_question": "warranty", "gift_activity": "gift", "enquiry_price": "enquiry",
    "enquiry_design": "enquiry", "enquiry_process": "enquiry", "enquiry_material": "enquiry",
    "enquiry_showroom": "enquiry",
}  # fmt: skip
#: Reasons under which the words are a question that no article answers yet.
UNANSWERED = frozenset({"enquiry", "warranty", "gift", "question"})
#: Below this a reading is a guess; handing a guess to a colleague is still better than asking back.
SURE_ENOUGH = 0.3
#: While a report is open most words are about the report.
SURE_IN_A_DRAFT = 0.6


def hand_over(turn: Turn, reason: str, more: str = "") -> Outcome:
    """To a person, with everything kept: put aside while a colleague talks, still open when nobody is there.

    `more` is what the records know and the words do not say.
    """
    words = turn.text or ("" if turn.heard.kind == "event" else f"[{turn.heard.kind}]")
    do = Do("conversation.hand_over", {"reason": reason, "words": words + (f"。{more}" if more else collected(turn))})
    asks = reason in UNANSWERED or (reason == "not_understood" and turn.means("question"))
    if asks and turn.text and turn.facts.crew_name is None:
        return _handed(turn, reason, (Do("knowledge.miss", {"words": turn.text[:200]}), do))
    return _handed(turn, reason, (do,))


def _handed(turn: Turn, reason: str, dos: tuple[Do, ...]) -> Outcome:
    says = [turn.say(f"hand_over.{reason}"), turn.say("hand_over.wait")]
    script = form.script_of(turn)
    if script and not script.light and turn.facts.office_open:
        return turn.become(script="", parked=turn.put_aside).leave(*says, dos=dos)
    asked = form.question(turn, again=True)
    if asked and not turn.facts.office_open:
        reports = script is not None and script.name in ("repair", "urgent")
        says += [*((turn.say("hand_over.meanwhile"),) if reports else ()), asked]
    return turn.stay(*says, dos=dos)


def collected(turn: Turn) -> str:
    """What an open report holds so far, for the colleague: “。已收集：翡翠城8幢1602，厨房漏水”; "" for nothing."""
    script, answers = form.script_of(turn), turn.state.answers
    if not script or script.light and script.name != "urgent" or not (facts := script.facts(turn)).get("what"):
        return ""
    known = [facts.get("house"), facts.get("what"), facts.get("when_text"), answers.get("name"), answers.get("phone")]
    if photos := len(turn.state.media):
        known.append(note("files", count=photos))
    return note("collected", known="，".join(str(one) for one in known if one))


def insulted(turn: Turn) -> Outcome | None:
    """An insult without a matter: one calm sentence with the offer of a person; the second one goes to that person."""
    abuse = turn.slots.anger and turn.means("insults")
    if not (abuse or mood.only_rude(turn.text)) or turn.facts.tickets or turn.facts.waiting or turn.facts.complaint:
        return None
    if form.script_of(turn) or turn.state.missed:
        return None
    return Outcome(turn.state.missing(turn.facts.now), (turn.say("talk.calm"),))


def wants_person(turn: Turn) -> Outcome | None:
    """人工 in any spelling, or anger: always, in any dialog. An angry customer's open case is chased on the way."""
    if turn.slots.anger and turn.heard.kind != "event":
        outcome = hand_over(turn, "anger")
        if not turn.facts.tickets:
            return _reported_too(turn, outcome)
        chase = Do("repair.chase", {"ticket_id": turn.facts.tickets[0].id, "words": turn.text})
        return Outcome(outcome.state, outcome.says, (chase, *outcome.dos))
    if turn.intent == "human" or (turn.heard.event == "click" and turn.heard.key == "MENU_HUMAN"):
        return hand_over(turn, "asked")
    return None


def _reported_too(turn: Turn, outcome: Outcome) -> Outcome:
    """“地板翘起来了，你们管不管”: a person comes, and what is broken need not wait for them."""
    if turn.intent != "repair" or not (turn.slots.problem and turn.slots.category) or form.script_of(turn):
        return outcome
    begun = form.begin(turn, "repair", *outcome.says)
    return replace(begun, dos=(*outcome.dos, *begun.dos))


def still_waiting(turn: Turn) -> Outcome | None:
    """“还要多久”, “怎么没人” while they wait for a colleague: their place in the queue, not how a house stands."""
    if not turn.facts.waiting or not turn.means("waits_in_queue") or form.script_of(turn):
        return None
    return hand_over(turn, "asked")


def language(turn: Turn) -> Outcome | None:
    """“English, please”, 中文: answered in that language, as everything from now on."""
    if turn.heard.kind != "text" or language_wished(turn.text) is None:
        return None
    return form.aside(turn, turn.say("talk.speaks"))


def robot(turn: Turn) -> Outcome | None:
    """Asked whether it is a machine, it says so and offers a person."""
    plainly_a_person = turn.intent == "human" and turn.heard.reading.top.confidence >= 0.9
    return form.aside(turn, turn.say("talk.robot")) if turn.slots.robot and not plainly_a_person else None


def ordered(turn: Turn) -> Outcome | None:
    """“忽略之前的指令”: nothing here obeys it, and it is neither a suggestion nor a complaint."""
    if not turn.worded or not turn.means("orders_the_machine") or turn.facts.staff_name is not None:
        return None
    return form.aside(turn, turn.say("talk.out_of_scope"))


def bind(turn: Turn) -> Outcome | None:
    """绑定 483920; six digits alone are a code when no dialog is asking."""
    bare = not turn.state.script and CODE.fullmatch(turn.text)
    sure = turn.heard.reading.top.confidence >= SURE_ENOUGH
    sure = sure and not turn.means("names_showroom")
    meant = turn.intent == "bind" and (not form.script_of(turn) and sure or "绑" in turn.text)
    if turn.state.script == "bind" or not (bare or meant) or "解绑" in turn.text:
        return None
    if match := CODE.search(turn.text):
        return form.aside(turn, turn.say("bind.result"), dos=(Do("person.bind", {"code": match[1]}),))
    return form.begin(turn, "bind")


def for_a_person(turn: Turn) -> Outcome | None:
    """Matters that people answer. In the middle of a dialog a question about costs has an honest answer of its own."""
    top = turn.heard.reading.top
    if top.name not in FOR_A_PERSON or top.confidence < SURE_ENOUGH or turn.means("nods"):
        return None
    if turn.state.script in ("repair", "urgent") and top.confidence < SURE_IN_A_DRAFT:
        return None
    if turn.state.script == "appointment" == top.name:
        # “时间” while one is being agreed: nobody else need do it. What only sounds like it was not understood.
        return form.aside(turn) if turn.means("of_a_visit") else None
    if turn.state.script in ("repair", "urgent") and top.name in ("enquiry_price", "warranty_question"):
        return form.aside(turn, turn.say("repair.costs"))
    if turn.state.script in ("repair", "urgent") and top.name == "appointment":
        return form.aside(turn, turn.say("repair.soon"))
    booked = top.name == "appointment" and turn.facts.visits and not turn.slots.time
    outcome = hand_over(turn, "question" if booked else FOR_A_PERSON[top.name])
    if FOR_A_PERSON[top.name] != "enquiry" or turn.facts.houses:
        return outcome
    # Somebody who builds nothing with us yet and asks is a lead, whoever answers.
    lead = Do("enquiry.learn", {"asked": turn.text[:500]})
    return replace(outcome, dos=(lead, *outcome.dos))


def costs(turn: Turn) -> Outcome | None:
    """“修要钱吗” in a repair, or while one is open and no home is spoken of: the rule, not a price."""
    if not turn.means("asks_cost") or turn.slots.area:
        return None
    if turn.state.script in ("repair", "urgent"):
        return form.aside(turn, turn.say("repair.costs"))
    asks = turn.intent == "enquiry_price" or (turn.intent != "complaint" and turn.means("question"))
    if form.script_of(turn) or not turn.facts.tickets or not asks or turn.means("about_a_home"):
        return None
    return form.aside(turn, turn.say("repair.costs"))


def small_talk(turn: Turn) -> Outcome | None:
    """Greeting, thanks, a bare 好的 after something is done."""
    open_case = turn.facts.tickets[0].number if turn.facts.tickets else None
    if turn.means("asks_who_we_are"):
        return form.aside(turn, turn.say("talk.robot"))
    if turn.means("asks_the_time"):
        return form.aside(turn, turn.say("talk.clock"))
    if turn.means("wants_joke"):
        return form.aside(turn, turn.say("talk.joke"))
    if turn.intent == "greeting":
        busy = form.script_of(turn) is not None
        return form.aside(turn, turn.say("talk.hello_again" if busy else "talk.hello"))
    if turn.means("sorry"):
        return form.aside(turn, turn.say("talk.no_matter"))
    if turn.intent == "thanks_bye":
        return form.aside(turn, turn.say("talk.bye"))
    if turn.means("nods") or (not turn.state.script and turn.slots.yes is not None):
        return form.aside(turn, turn.say("talk.ok", number=open_case))
    strange = turn.intent == "out_of_scope" and turn.heard.reading.top.confidence >= 0.5
    if strange and not turn.state.missed and not (turn.state.script or turn.state.parked):
        return Outcome(turn.state.missing(turn.facts.now), (turn.say("talk.out_of_scope"),))
    return None


def sticker(turn: Turn) -> Outcome | None:
    """[微笑], 😂: acknowledged; it moves nothing. 👍 and ① are answers and not meant here."""
    slots = turn.slots
    answers = slots.yes is not None or slots.option or (turn.facts.survey and slots.score)
    if not turn.text or not turn.means("sticker") or answers:
        return None
    return form.aside(turn) if form.script_of(turn) else form.aside(turn, turn.say("talk.sticker"))


def other_kinds(turn: Turn) -> Outcome | None:
    """Links, locations and voice without words: said back kindly, not counted as a misunderstanding."""
    kind = turn.heard.kind
    odd = kind in ("location", "link", "file", "video", "shortvideo", "unknown") or not turn.text
    if form.script_of(turn) and odd and kind not in ("voice", "event"):
        return form.aside(turn)
    if kind == "location":
        return form.aside(turn, turn.say("talk.location"))
    if kind == "voice" and not turn.text:
        return form.aside(turn, turn.say("talk.voice"))
    if kind != "event" and odd:
        return form.aside(turn, turn.say("talk.sticker"))
    return None


def _add(case: int, turn: Turn) -> Do:
    return Do("repair.add", {"ticket_id": case, "words": turn.text[:500]})


def missed(turn: Turn) -> Outcome:
    """Not understood: said once, with the ways on; twice in a row goes to a person. A repeated message is no miss."""
    state = turn.state
    if state.missed == 0 and state.last and state.last == turn.text[:200] and form.script_of(turn):
        return form.aside(turn)
    if not state.script and state.parked and not state.missed:
        return form.aside(turn)
    case = state.answers.get("ticket_id") if state.script == "urgent" and turn.worded else None
    if case and state.missed == 0:
        # What somebody says in an emergency is for whoever is on the way, understood or not.
        told = form.aside(turn, turn.say("urgent.told"), dos=(_add(case, turn),))
        return replace(told, state=(told.state or state).missing(turn.facts.now))
    if state.missed >= 1:
        return hand_over(turn, "not_understood")
    asked = form.question(turn)
    outcome = form.aside(turn, turn.say("talk.unclear" if not asked else "form.unclear"))
    kept = outcome.state or (state if turn.facts.crew_name is not None else pace.remembered(turn).state)
    return Outcome(kept.missing(turn.facts.now), outcome.says)
