"""What cannot wait is heard wherever it is said: water that reaches another home, and “关不住了” beside what was told.

Understanding weighs one message by itself. Here stands what only the conversation knows: that a pipe is what will not
shut, that an opinion was asked for when somebody cried fire.
"""

import re
from dataclasses import replace

from bot.dialog import form
from bot.heard import Do, Outcome, TicketRef
from bot.scripts import over, urgent
from bot.scripts.turn import Turn
from bot.understanding import acts, is_urgent, read
from bot.understanding.reading import Intent

#: It drips, flows or runs into the home below.
NEXT_HOME = re.compile(
    r"(?:漏|流|滴|淌|灌|冲)(?:水|了|得|的|都|已经)*(?:漏|流|滴|淌)?(?:到|进|去)(?:了|人家|别人家?)?(?:楼下(?!雨棚|的?车|花)|邻居|下面(?:一?层|那?家|人家))"
    r"|往(?:楼下|邻居家?)[^，。]{0,3}(?:漏|流|滴|淌|灌)|(?:漏|流|滴|淌)水?(?:下|到下面)去了"
    r"|楼下(?:邻居|的?人?家?)?[^，。不没]{0,8}(?:也|都|已经|开始|在)(?:在|给)?(?:漏|滴|流|淌|下雨)"
    r"|\b(?:leak|drip|flow|runn?)(?:s|ing|ed)?\b[^.]{0,20}\b(?:downstairs|neighbou?rs?|flat below|unit below)",
    re.IGNORECASE,
)
#: Of the past, supposed, dried up or somebody else's: nobody need run.
NOT_NOW = re.compile(
    r"以前|之前|上次|上回|去年|前年|那次|当时|[天月年周]前|早(?:就)?|梦|如果|万一|要是|会不会|怕|听说|担心|以为|防止|印|干了|停用|不急|有空|闭水|空调|保修|质保|赔"
    r"|(?:不|没(?:有)?)(?:再|怎么|说|往)?(?:漏|滴|流|淌|渗)|(?:修|弄|处理)(?:好|过|完)|已经?(?:关|停|止)|止住|[吗么?？]$"
    r"|\b(?:if|was|were|last|ago|used to)\b",
    re.IGNORECASE,
)
#: It will not be shut, or grows: said of nothing, so of what was told before.
WORSE = re.compile(
    rf"^(?:{over.SAID_OF}(?:{over.KEEPS_ON}|越[来漏流滴](?:越)?(?:大|凶|厉害|多|猛|快)|[变漏流]大了|更大了|大得很|涨起来))+{over.BEHIND}"
    r"|\b(?:getting worse|can(?:['’]t|not) (?:stop|shut|close|turn) (?:it|the water)|won['’]t (?:stop|shut|close))\b",
    re.IGNORECASE,
)
#: Said of water, gas and the like it is one more alarm; of a door it is the fault itself.
RUNS = ("水", "防水", "洁具", "其他")
#: What asks for something else, whatever frightening word stands in it.
ASKS = frozenset({
    "enquiry_price", "enquiry_design", "enquiry_process", "enquiry_material", "enquiry_showroom", "warranty_question",
    "gift_activity", "appointment", "unsubscribe", "suggestion",
})  # fmt: skip


def heard(turn: Turn) -> Turn:
    """The turn with its alarm: a fault that cannot wait, whatever the open dialog had asked."""
    if not turn.worded or not turn.text:
        return turn
    if turn.intent in ASKS or (turn.slots.urgent and turn.intent in ("repair", "complaint")):
        return turn
    grows = _grows(turn)
    if not (_sounds(turn) or _reaches_another(turn) or grows):
        return turn
    first = () if turn.intent in ("repair", "complaint") else (Intent("repair", 1.0),)
    slots = replace(turn.slots, urgent=True, category=_told(turn) if grows else turn.slots.category)
    reading = replace(turn.heard.reading, intents=(*first, *turn.heard.reading.intents), slots=slots)
    return replace(turn, heard=replace(turn.heard, reading=reading))


def _sounds(turn: Turn) -> bool:
    """Whether the words alone are an alarm, where the question that was asked made them sound like its answer."""
    return is_urgent(turn.text) and (turn.slots.urgent or read(turn.text, now=turn.facts.now).slots.urgent)


def _reaches_another(turn: Turn) -> bool:
    return bool(NEXT_HOME.search(turn.text)) and not NOT_NOW.search(turn.text)


def _grows(turn: Turn) -> bool:
    """Whether what runs in the open report or case will not be shut, or runs faster."""
    stuck = turn.means("stuck") and not turn.means("question")
    if not (stuck or WORSE.search(turn.text)) or NOT_NOW.search(turn.text):
        return False
    return _told(turn) in RUNS or at_hand(turn) is not None


def _told(turn: Turn) -> str | None:
    """The kind of fault that is being reported; None while none is."""
    answers = turn.state.answers if turn.state.script in ("repair", "urgent") else {}
    fault = turn.state.answers.get("fault") if turn.state.script == "complaint" else None
    told = fault if isinstance(fault, dict) else answers
    return told.get("category") or "其他" if told.get("problem") else None


def at_hand(turn: Turn) -> TicketRef | None:
    """The open case of running water that words like “关不住了” mean: the newest, when they name no place."""
    if turn.slots.place or not WORSE.search(turn.text) and not turn.means("stuck"):
        return None
    wet = (one for one in turn.facts.tickets if acts.says("tells_wet", one.label))
    return next(wet, None)


def beside(turn: Turn) -> Outcome | None:
    """“着火了” while a crew is on its way to the water: how to be safe from that too, and the crew reads it."""
    hot = next((one for one in turn.facts.tickets if one.urgent), None)
    recording = turn.state.script == "urgent"
    case = turn.state.answers.get("ticket_id") if recording else hot and hot.id
    known = f"{hot.label if hot else ''}{turn.state.answers.get('problem', '') if recording else ''}"
    aid = urgent.hazard(turn.text, turn.slots.category or "")
    if not aid or case is None or aid == urgent.hazard(known, "水" if acts.says("tells_wet", known) else ""):
        return None
    do = Do("repair.add", {"ticket_id": case, "words": turn.text[:500]})
    return form.aside(turn, turn.say("urgent.also", hazard=aid), dos=(do,))


def stuck(turn: Turn) -> Outcome | None:
    """“总阀关不上”, “电闸在哪” while something urgent is on its way: who can, and the crew reads it."""
    hot = [ticket for ticket in turn.facts.tickets if ticket.urgent]
    will_not = turn.means("stuck") or over.OPEN_STILL.match(turn.text)
    if not hot or not will_not or not turn.worded:
        return None
    aid = urgent.hazard(f"{turn.text}{hot[0].label}", turn.slots.category or "水")
    do = Do("repair.add", {"ticket_id": hot[0].id, "words": turn.text[:500]})
    return form.aside(turn, turn.say("urgent.stuck", hazard=aid, number=hot[0].number), dos=(do,))
