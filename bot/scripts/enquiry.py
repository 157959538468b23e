"""询价: the answer first (about how much, which packages), then at most what is missing: size, wishes, keys, phone.

Everything said is on the enquiry in the same turn, so that nothing is lost when the person says no more.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.heard import Do, Facts, Lead, Outcome, Say
from bot.scripts import contact, home_words, keys, offers, readers
from bot.scripts.script import Answers, Ask, Refusal, Script
from bot.scripts.turn import Turn
from templates import terms

#: A home is between these, square metres; anything else was another number.
SMALLEST, LARGEST = 15, 2000
LAYOUT = re.compile(
    r"[一二两三四五六1-6](?:室|房|居)(?:室)?(?:[一二两三1-3]厅)?(?:[一二两三1-3]卫)?|复式|跃层|别墅|loft", re.IGNORECASE
)
#: In what state the home is.
STATE = re.compile(
    r"毛坯|精装|简装|清水房|二手房|老房子?|旧房|\b(?:bare|unfinished|second-hand) (?:shell|flat|apartment|home)", re.I
)
#: How they heard of us, or whom they have beside them: kept with what they asked.
CAME_BY = re.compile(
    r"介绍|推荐(?:来|的|过)|朋友圈|抖音|小红书|广告|公众号|看到(?:你们|的)|路过|recommend|referred|heard of you"
)
#: Something to look at is asked for.
PICTURES = re.compile(
    r"案例|效果图|样板|图片|照片|(?:发|看|有)[^，。]{0,4}图|什么样(?:子)?的|pictures?|photos?|examples?", re.IGNORECASE
)


def area_of(turn: Turn) -> int:
    """The size that the words name, whole square metres; 0 for none that a home could have."""
    area = turn.slots.area or home_words.on_plan(turn) or home_words.put_right(turn)
    return round(area) if area and SMALLEST <= area <= LARGEST else 0


def spot_area(turn: Turn) -> Answers | None:
    """The size, and the layout, from any message."""
    out: dict[str, Any] = {"area": area_of(turn)} if area_of(turn) else {}
    if found := LAYOUT.search(turn.text):
        out["layout"] = found[0]
    return out or None


def read_area(turn: Turn) -> Answers | Refusal | None:
    """The size when it was asked; a size that no home has is refused, “不知道” goes on without."""
    given = spot_area(turn)
    slots = turn.slots
    figure = re.search(r"\d", turn.text) and not (
        given or slots.phone or slots.budget or slots.time or slots.phone_problem or home_words.budget(turn)
    )
    if not area_of(turn) and (slots.area or figure):
        return Refusal("enquiry.area_odd")
    return {**(given or {}), "area": 0} if "area" not in (given or {}) and _unknown_size(turn) else given


def _unknown_size(turn: Turn) -> bool:
    """“不清楚” to the size; when the keys come, or what it may cost, is another question."""
    return keys.undecided(turn) and not (keys.WHO_KNOWS.search(turn.text) or home_words.left_open(turn))


def spot_wish(turn: Turn) -> Answers | None:
    """Style, budget and the state of the home from any message."""
    slots = turn.slots
    out: dict[str, Any] = {**home_words.budget(turn), **home_words.style(turn)}
    if found := STATE.search(turn.text):
        out["condition"] = found[0]
    if slots.budget_high:
        out |= {"budget": slots.budget_high, "budget_low": slots.budget_low or slots.budget_high}
    undecided = home_words.left_open(turn) and not turn.state.answers.keys() & {"style", "budget"}
    return out or ({"style": ""} if undecided else None)


def read_wish(turn: Turn) -> Answers | None:
    """Style or budget when they were asked; “你们推荐” leaves both open."""
    return spot_wish(turn) or ({"style": ""} if keys.undecided(turn) else None)


def spot_contact(turn: Turn) -> Answers | None:
    """Phone, name and house from any message; the house is taken down and never asked for."""
    out = dict(readers.spot_phone(turn) or ({"phone": ""} if contact.withheld(turn) else {}))
    if house := readers.address(turn) or home_words.estate(turn):
        out["house"] = house[:120]
    return out or None


def read_phone(turn: Turn) -> Answers | Refusal | None:
    """The phone when it was asked, with a name beside it."""
    given = readers.phone(turn)
    if not isinstance(given, dict):
        return given or spot_contact(turn)
    name = home_words.name_beside(turn)
    return {**given, **({"name": name} if name else {}), **(spot_contact(turn) or {})}


def known(lead: Lead | None) -> dict[str, Any]:
    """What the open enquiry knows already, as answers: nothing of it is asked again."""
    if lead is None:
        return {}
    plain = {"area": lead.area, "style": lead.style, "budget": lead.budget, "keys": lead.keys, "house": lead.house}
    return {name: value for name, value in plain.items() if value}


def facts_of(turn: Turn) -> Mapping[str, Any]:
    """What “接着…吗”, a cancel and a hand-over may name; None where nothing is known yet."""
    answers = turn.state.answers
    area = answers.get("area")
    parts = [f"{area}㎡" if area else "", answers.get("layout", ""), answers.get("style", "")]
    if budget := answers.get("budget"):
        parts.append(f"预算{budget / 10000:g}万")
    parts += [f"{answers['keys']}"] if answers.get("keys") else []
    joint, own = (", ", terms.english) if turn.facts.lang == "en" else (" ", str)
    return {"what": joint.join(own(part) for part in parts if part) or None, "house": answers.get("house")}


def replies(before: Turn, after: Turn) -> tuple[Say, ...]:
    """The price again whenever what it hangs on has changed."""
    old, new = before.state.answers, after.state.answers
    same = all((old.get(name) or "") == (new.get(name) or "") for name in ("area", "style"))
    return () if same else answered(after)


def answered(turn: Turn) -> tuple[Say, ...]:
    """About how much: for the size that is known, else per square metre."""
    answers = turn.state.answers
    told = offers.facts_of(turn.facts.offers, answers.get("area") or 0, answers.get("style") or "")
    return (turn.say("enquiry.price", **told),) if told else ()


def learnt(before: Turn, after: Turn) -> tuple[Do, ...]:
    """New facts are on the enquiry at once; pictures follow when what they show has changed."""
    old, new = before.state.answers, after.state.answers
    changed = {name: value for name, value in new.items() if value != old.get(name)}
    media = list(after.state.media[len(before.state.media) :])
    dos = (Do("enquiry.learn", told(after, changed, media)),) if changed or media else ()
    return dos + (shown(after) if {"area", "style"} & changed.keys() or PICTURES.search(after.text) else ())


def told(turn: Turn, answers: Answers, media: list[str] | None = None) -> dict[str, Any]:
    """Plain arguments for the enquiry: the words, and these answers."""
    names = ("area", "layout", "style", "budget", "budget_low", "keys", "keys_on", "house", "phone", "name")
    args = {name: answers[name] for name in names if answers.get(name)}
    worth = turn.intent.startswith("enquiry_") or answers.get("condition") or CAME_BY.search(turn.text)
    args |= {"asked": turn.text[:500]} if worth else {}
    args |= {"decided": True} if turn.means("decided") else {}
    return args | ({"media": media} if media else {})


def shown(turn: Turn) -> tuple[Do, ...]:
    """The packages that match are shown with their pictures, each once."""
    answers = turn.state.answers
    found = offers.matching(turn.facts.offers, answers.get("area") or 0, answers.get("style") or "")
    if not found or not (answers.get("area") or answers.get("style") or PICTURES.search(turn.text)):
        return ()
    ids = [one.id for one in found[: offers.SHOWN]]
    return (Do("package.show", {"ids": ids, "area": answers.get("area") or 0}),)


def changed(before: Turn, turn: Turn) -> Say:
    """好的，按98㎡算。"""
    area = turn.state.answers.get("area")
    return turn.say("enquiry.changed", area=area if area and area != before.state.answers.get("area") else None)


def _phone_unknown(_: Answers, facts: Facts) -> bool:
    return not facts.has_phone and not (facts.lead and facts.lead.has_phone)


def finish(turn: Turn) -> Outcome:
    """All is asked; who will be in touch and what comes next."""
    reachable = bool(turn.state.answers.get("phone")) or not _phone_unknown({}, turn.facts)
    return turn.leave(turn.say("enquiry.done", reachable=reachable, visits=bool(turn.facts.visits)))


SCRIPT = Script(
    "enquiry",
    start="area",
    steps=readers.deaf({
        "area": Ask(
            "enquiry.ask_area", read_area, "wish", ("area",), spot=spot_area, skip={"area": 0}, asking="area",
            why="enquiry.why_area", facts=lambda turn: {"layout": turn.state.answers.get("layout")},
        ),
        "wish": Ask(
            "enquiry.ask_wish", read_wish, "keys", ("style", "budget"), spot=spot_wish, skip={"style": ""},
            asking="style", why="enquiry.why_wish",
        ),
        "keys": Ask(
            "enquiry.ask_keys", keys.read_keys, "phone", ("keys",), spot=keys.spot_keys, skip={"keys": ""},
            why="enquiry.why_keys",
        ),
        "phone": Ask(
            "enquiry.ask_phone", read_phone, None, ("phone",), spot=spot_contact, skip={"phone": ""}, asking="phone",
            needed=_phone_unknown, why="enquiry.why_phone", again="enquiry.ask_phone_again",
        ),
    }, to=("repair", "appointment")),
    finish=finish,
    facts=facts_of,
    changed=changed,
    effects=learnt,
    replies=replies,
    own={name: f"enquiry.{name}" for name in ("resume", "parked", "cancel_confirm", "dropped")},
)  # fmt: skip
