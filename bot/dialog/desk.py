"""What an open case makes possible outside a dialog: 催单, progress, photos, cancelling, urgency."""

import re
from typing import Any

from bot.dialog import amend, form, talk
from bot.heard import Do, Outcome, Say, TicketRef
from bot.scripts import fault_words, known, readers, repair, urgent
from bot.scripts.turn import Turn
from bot.understanding import read

#: Nobody needs to come any more.
CALLED_OFF = re.compile(
    r"(?:不用|不要|别|不必|不需要)(?:再|麻烦|师傅)*(?:来|修|上门|过来|派|跑)(?:人)?了?(?!这么|那么|太|得|早|晚)|不修了"
    r"|(?:自己|又|已经|突然)(?:修|弄)?好了|取消(?:吧|了|掉|这个|这张|我的|那个)*(?:报修|维修|上门|订单|工单|单子?$|$)|取消[吧了掉]"
    r"|误报|虚惊一场|(?:搞|弄|看|报)错了(?=$|[，,。 ]*(?:不是|没有?|其实没))|(?:找|请)[^，。]{0,6}(?:修|弄)好?过?了"
    r"|\bcancel (?:the |my |this |that )*(?:repair|order|job|request|ticket|crew|plumber)"
    r"|\bno need (?:to|for)\b|false alarm|(?:do not|don['’]?t|needn['’]?t)(?: need)?(?: you)?(?: to)? (?:come|send)\b"
    r"|fixed (?:it |this |that )?(?:by )?(?:it )?(?:my|our)sel"
    r"|(?:it['’]?s|is|already|been) (?:now |already |been )*fixed",
    re.IGNORECASE,
)
#: A fault that is only named to say that there is none.
DENIED = re.compile(r"(?:其实|并)?(?:不是|没有?)")
#: It goes on all the same.
STILL = re.compile(r"还在|还是(?:漏|滴|有|没)|但是?(?:还|又)|又(?!好)|\bbut\b|still", re.IGNORECASE)
#: What was broken is so no more; that alone calls nobody off outside the question that an urgent case asks.
GONE = re.compile(
    r"(?:不漏|不滴|不堵|没味(?:道|儿)?|没(?:有)?(?:煤?气)?味|没事|来电|有电|不冒|不流|关上|止住|停)了|\bstopped\b|\bgone\b",
    re.IGNORECASE,
)
#: What asks how a case stands; without it an open question was not answered, and would go round in circles.
NAMES_IT = re.compile(
    r"[到在来去]|哪|几|时|进|怎|咋|多久|单|人|师傅|派|修|好|安排|处理|弄|办|消息|动静|催|快|慢|等|晚|\d|[?？]"
    r"|where|when|status|long|com|how|any|progress|late",
    re.IGNORECASE,
)
#: What shuts it off will not, or cannot be found.
STUCK = re.compile(
    r"(?:阀门?|闸|总开关|开关)(?:门)?[^，。]{0,6}(?:关不|拧不|拉不|转不|扳不|找不|没找|锈|在哪|在什么地方)|(?:关|拧|找)不(?:上|动|紧|到|着)[^，。]{0,3}(?:总|水|气)?(?:阀|闸)"
    r"|(?:哪里|哪儿|怎么)[^，。]{0,4}(?:总阀|水阀|阀门|电闸|总闸)"
    r"|(?:valve|breaker|stopcock)[^.]{0,20}(?:stuck|won['’]?t|can['’]?t|cannot|where)|(?:where|find)[^.]{0,20}(?:valve|breaker|stopcock)",
    re.IGNORECASE,
)
#: 1. 厨房漏水；2. 门关不上
ITEM = re.compile(r"(?:^|；)\d\. ")
HERE = re.compile(
    r"^(?:[你您]好)?[，,。 ]*(?:请问)?在(?:不在|线?吗|么|嘛|没|不)[?？~～。]*$|^(?:are you )?there\s*\?*$", re.I
)
#: Until the crew is there a case can still be made urgent; what bursts afterwards is a case of its own.
RAISED = ("reported", "assigned", "handed_back", "accepted", "on_the_way", "reopened")
#: Agreeing to a time, and not.
SUITS = re.compile(r"^(?:可以|行(?!不)|方便|没问题|好的?|就这样|那就|没事|ok|yes|fine)", re.IGNORECASE)
AGREES_TO_TIME = re.compile(r"^(?:我)?(?:同意|可以|能)(?:换|改|推)|agree", re.IGNORECASE)
#: The other time is spoken of, whatever was said since.
ABOUT_TIME = re.compile(r"时间|改|换|推迟|原来|周|[明后]天|号|[上下]午|\btime\b|\bmove\b", re.IGNORECASE)
UNSUITED = re.compile(r"不(?:行|可以|方便|同意|要改|想改|改)|没空|别改|还是(?:按)?原来|no\b", re.IGNORECASE)


def which(turn: Turn) -> TicketRef:
    """The open repair that the words mean: by number, by place, else the newest."""
    place = turn.slots.place_room or turn.slots.place
    for ticket in turn.facts.tickets:
        if ticket.number == turn.slots.number or (place and place in ticket.label):
            return ticket
    return turn.facts.tickets[0]


def stuck(turn: Turn) -> Outcome | None:
    """“总阀关不上”, “电闸在哪” while something urgent is on its way: who can, and the crew reads it."""
    hot = [ticket for ticket in turn.facts.tickets if ticket.urgent]
    if not hot or not STUCK.search(turn.text) or turn.heard.kind not in ("text", "voice"):
        return None
    aid = urgent.hazard(f"{turn.text}{hot[0].label}", turn.slots.category or "水")
    do = Do("repair.add", {"ticket_id": hot[0].id, "words": turn.text[:500]})
    return form.aside(turn, turn.say("urgent.stuck", hazard=aid, number=hot[0].number), dos=(do,))


def danger(turn: Turn) -> Outcome | None:
    """Urgent: recorded in this very turn. Open as urgent already it chases that case, or tells of relief."""
    state, slots = turn.state, turn.slots
    if not slots.urgent or not _tells_a_fault(turn) or state.script == "urgent" or called_off(turn):
        return None
    if hot := [ticket for ticket in turn.facts.tickets if ticket.urgent]:
        if amend.eased(turn):
            return amend.noted(turn, hot[0])
        do = Do("repair.chase", {"ticket_id": hot[0].id, "words": turn.text})
        return form.aside(turn, turn.say("ticket.chased", urgent=True), dos=(do,))
    said = repair.problem_of(turn)
    aid = urgent.hazard(turn.text, said.get("category", ""))
    if (shared := known.of_household(turn)) and shared.state in RAISED:
        return form.aside(turn, turn.say("urgent.shared", hazard=aid), dos=(known.join(turn, shared, urgent=True),))
    if (case := known.open_case(turn)) and case["state"] in RAISED:
        do = Do("repair.update", {"ticket_id": case["ticket_id"], "urgent": True})
        return form.aside(turn, turn.say("urgent.raised", hazard=aid), dos=(do,))
    if (past := known.mended(turn)) and known.fresh(turn, past) and known.BROKEN_AGAIN.search(turn.text):
        again = {"ticket_id": past.id, "words": turn.text[:500], "urgent": True, "media": list(turn.media)}
        return form.aside(turn, turn.say("urgent.again", hazard=aid), dos=(Do("repair.reopen", again),))
    same = state.script == "repair" and (
        "problem" not in state.answers or state.answers.get("category") == said.get("category")
    )
    parked, answers = state.parked, {}
    if same:
        answers = dict(repair.merge(turn, form.gather(repair.SCRIPT, turn, asked=False)))
        media = (*state.media, *turn.media)
    else:
        fresh = turn.become(answers={}, step="")
        answers = dict(repair.merge(fresh, form.gather(repair.SCRIPT, fresh, asked=False) | said))
        media = turn.media
        script = form.script_of(turn)
        parked = turn.put_aside if script and not script.light else parked
    begun = turn.start("urgent", "check", {k: v for k, v in answers.items() if k != "same"}, parked=parked, media=media)
    begun, say, do = urgent.opened(begun)
    return form.proceed(begun, say, dos=(do,))


def _tells_a_fault(turn: Turn) -> bool:
    """“3 刚修完又爆了，全是水” scores a repair, and tells of the next one."""
    return turn.intent == "repair" or (turn.intent == "satisfaction_reply" and turn.heard.reading.has("repair"))


def chase(turn: Turn) -> Outcome | None:
    """怎么还没来: recorded on the open case, with what is known; never a second case."""
    if not turn.facts.tickets or turn.state.script in ("repair", "cancel") or not readers.CHASE.search(turn.text):
        return None
    ticket = which(turn)
    do = Do("repair.chase", {"ticket_id": ticket.id, "words": turn.text})
    return form.aside(turn, turn.say("ticket.chased", urgent=ticket.urgent), dos=(do,))


def progress(turn: Turn) -> Outcome | None:
    """到哪了: where each open repair stands."""
    asked = turn.intent == "progress" or (turn.heard.event == "click" and turn.heard.key == "MENU_PROGRESS")
    if not asked or (form.script_of(turn) and turn.heard.kind != "event" and not NAMES_IT.search(turn.text)):
        return None
    if turn.facts.tickets:
        return form.aside(turn, _all_of_them(turn))
    coming = turn.state.script == "repair" and re.search(r"来|到|上门|师傅", turn.text)
    return form.aside(turn, turn.say("repair.soon" if coming else "ticket.none"))


def _all_of_them(turn: Turn) -> Say:
    lines = [{"number": t.number, "label": t.label, "state": t.state} for t in turn.facts.tickets]
    return turn.say("ticket.progress", tickets=lines)


def here(turn: Turn) -> Outcome | None:
    """“在吗” while something is under way: yes, and how it stands, for that is what most are about to ask."""
    if not HERE.match(turn.text) or form.script_of(turn) or not turn.facts.tickets or turn.facts.waiting:
        return None
    return form.aside(turn, turn.say("talk.here"), _all_of_them(turn))


def attach(turn: Turn) -> Outcome | None:
    """A photo or recording outside a dialog belongs to the open repair; without one it begins a report."""
    if not turn.media:
        return None
    if turn.facts.tickets:
        ticket = which(turn)
        do = Do("repair.attach", {"ticket_id": ticket.id, "media": list(turn.media)})
        said = turn.say("ticket.attached", number=ticket.number, kind=turn.heard.kind)
        return None if turn.text and turn.heard.kind == "voice" else form.aside(turn, said, dos=(do,))
    if turn.text or turn.state.script:
        return None
    return form.begin(turn, "repair", turn.say("form.media", photos=1, kind=turn.heard.kind))


def cancel_case(turn: Turn) -> Outcome | None:
    """取消 without an open dialog means the open repair: asked once for the reason."""
    if not (turn.slots.command == "cancel" or called_off(turn)):
        return None
    if form.script_of(turn) not in (None, urgent.SCRIPT) or not turn.facts.tickets or turn.facts.survey:
        return None
    listed = [[t.id, t.number, t.label] for t in turn.facts.tickets if t.own]
    if not listed:
        return form.aside(turn, turn.say("ticket.not_own", number=turn.facts.tickets[0].number))
    if all(t.state == "on_site" for t in turn.facts.tickets if t.own):
        return form.aside(turn, turn.say("errors.cancel_on_site", number=listed[0][1]))
    if part := _one_of_several(turn):
        return part
    answers: dict[str, Any] = {"tickets": listed, "words": turn.text}
    if len(listed) == 1:
        answers |= dict(zip(("ticket_id", "number", "label"), listed[0], strict=True))
    parked = turn.put_aside if turn.state.script == "urgent" else turn.state.parked
    return form.proceed(turn.start("cancel", "ticket", answers, parked=parked))


def _one_of_several(turn: Turn) -> Outcome | None:
    """“门锁不用修了” of a case that holds more than the lock: its crew is told, the case stays."""
    own = [ticket for ticket in turn.facts.tickets if ticket.own]
    several = [(ticket, parts) for ticket in own if len(parts := ITEM.split(ticket.label)) > 2]
    for ticket, parts in several:
        named = [part for part in parts if part and fault_words.names(turn.text, part)]
        if len(named) == 1:
            return amend.noted(turn, ticket)
    return None


def called_off(turn: Turn) -> bool:
    """Whether the words say that nobody needs to come: no question, and nothing else broken in the same breath."""
    text = turn.text
    if not turn.facts.tickets or turn.heard.kind not in ("text", "voice") or readers.QUESTION.search(text):
        return False
    if STILL.search(text):
        return False
    open_script = form.script_of(turn)
    over = CALLED_OFF.search(text) or (open_script is urgent.SCRIPT and GONE.search(text))
    if not over or open_script not in (None, urgent.SCRIPT):
        return False
    told = (one for one in readers.CLAUSE.split(text) if not (CALLED_OFF.search(one) or GONE.search(one)))
    return not any(read(one).slots.problem for one in told if not DENIED.match(one))


def report(turn: Turn) -> Outcome | None:
    """A new fault opens a draft; one that sounds like the open case is asked about first, impatience is a 催单."""
    clicked = turn.heard.event == "click" and turn.heard.key == "MENU_REPAIR"
    if not clicked and turn.intent != "repair":
        return None
    if turn.state.script == "repair" and (clicked or not turn.stale):
        return form.aside(turn)
    if turn.facts.tickets and readers.CHASE.search(turn.text):
        return chase(turn.become(script=""))
    if turn.state.script == "repair":
        turn = turn.become(script="", parked=turn.put_aside)
    if shared := known.of_household(turn):
        return joined(turn, shared)
    costs = (turn.say("repair.costs"),) if talk.COST.search(turn.text) and turn.slots.problem else ()
    return form.begin(turn, "repair", *costs, answers=known.begins(turn))


def joined(turn: Turn, ticket: TicketRef) -> Outcome:
    """Somebody of the house reported it already: said with number and time, and this person hears each step too."""
    kept = {**repair.problem_of(turn), "ticket_id": ticket.id}
    asking = turn.start("shared", "other", kept, parked=turn.state.parked)
    return asking.stay(turn.say("ticket.shared", label=ticket.label), dos=(known.join(turn, ticket),))


def apart(turn: Turn) -> Outcome | None:
    """“不是同一处”, after hearing that the family had reported it: a report of its own, with the words of before."""
    if turn.state.script != "shared" or not known.read_other(turn):
        return None
    answers = {name: value for name, value in turn.state.answers.items() if name != "ticket_id"}
    return form.proceed(turn.start("repair", "problem", answers))


def time_offered(turn: Turn) -> Outcome | None:
    """The answer to the other time that a crew asked for: only a yes moves anything, and it is kept in their words."""
    ticket = _time_asked(turn)
    if ticket is None or turn.heard.kind not in ("text", "voice") or _asked_since(turn, ticket):
        return None
    agreed = readers.agrees(turn) or bool(SUITS.match(turn.text) or AGREES_TO_TIME.search(turn.text))
    refused = not agreed and bool(readers.refuses(turn) or UNSUITED.search(turn.text))
    if not agreed and not refused:
        return None
    if refused and _own_time(turn):
        return None
    if not ticket.time_asked_last and not ABOUT_TIME.search(turn.text):
        return _time_asked_before(turn, ticket)
    do = Do("repair.answer_time", {"ticket_id": ticket.id, "agreed": agreed, "words": turn.text[:300]})
    return form.aside(turn, turn.say("ticket.time_agreed" if agreed else "ticket.time_kept"), dos=(do,))


def _time_asked(turn: Turn) -> TicketRef | None:
    """The case whose crew waits for a yes: of several the one that the words name, else the one asked last."""
    asked = [one for one in turn.facts.tickets if one.own and one.time_asked_at]
    place = turn.slots.place
    named = [one for one in asked if one.number == turn.slots.number or place and place in one.label]
    return max(named or asked, key=lambda one: (one.time_asked_last, one.time_asked_at), default=None)


def speaks_of_time(turn: Turn) -> bool:
    """Whether a yes is the crew's that asked for another time: nothing was said since, or the words speak of it."""
    ticket = _time_asked(turn)
    return ticket is not None and (ticket.time_asked_last or bool(ABOUT_TIME.search(turn.text)))


def _time_asked_before(turn: Turn, ticket: TicketRef) -> Outcome | None:
    """Something else was said since the crew asked: what is meant is asked, unless somebody else waits for a yes."""
    facts = turn.facts
    if form.script_of(turn) or facts.survey or facts.quotes or turn.state.parked or ticket.time_asked is None:
        return None
    start, end = ticket.time_asked
    said = turn.say("ticket.time_which", label=ticket.label, start=start.isoformat(), end=end.isoformat())
    return form.aside(turn, said)


def _own_time(turn: Turn) -> bool:
    """Whether the no comes with another time to come; “今天就得修” names none."""
    start = (readers.offered_time(turn) or {}).get("when_start")
    return bool(start) and start > turn.facts.now.isoformat()


def _asked_since(turn: Turn, ticket: TicketRef) -> bool:
    """Whether an open dialog asked something after the crew did: then a bare 好 is the dialog's."""
    touched = turn.state.touched_at
    return bool(form.script_of(turn) and touched and ticket.time_asked_at and touched > ticket.time_asked_at)
