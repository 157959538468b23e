"""询价: the answer first (about how much, which packages), then at most what is missing: size, wishes, keys, phone.

Everything said is on the enquiry in the same turn, so that nothing is lost when the person says no more.
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from bot.heard import Do, Facts, Lead, Outcome, Say
from bot.scripts import offers, readers
from bot.scripts.script import Answers, Ask, Refusal, Script
from bot.scripts.turn import Turn
from models.worktime import local_day
from templates import terms

#: A home is between these, square metres; anything else was another number.
SMALLEST, LARGEST = 15, 2000
LAYOUT = re.compile(
    r"[一二两三四五六1-6](?:室|房|居)(?:室)?(?:[一二两三1-3]厅)?(?:[一二两三1-3]卫)?|复式|跃层|别墅|loft", re.IGNORECASE
)
#: Not decided yet, or left to us.
OPEN = re.compile(
    r"没(?:想好|定|确定|考虑|概念)|还没|不知道|不清楚|不确定|不一定|随便|都行|都可以|都好"
    r"|你们?(?:推荐|定|看)|看看|再说|先了解|not sure|any",
    re.IGNORECASE,
)
#: Keys in hand, or a home that is lived in.
HAVE = re.compile(
    r"已经?(?:拿|交|收)|拿到|拿(?:房|钥匙)?了|到手|现房|二手|老房|旧房|住着|在住|[交收][了过]房|have the keys",
    re.IGNORECASE,
)
KEYS = re.compile(r"交房|拿房|交付|收房|钥匙|现房|二手房|老房|旧房|到手|住着|在住|keys", re.IGNORECASE)
MONTH = re.compile(r"(今年|明年|后年|20\d\d年)?的?(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月")
SPAN = re.compile(r"(\d{1,2}|[一二两三四五六七八九十]|半)个?(月|年)(?:后|以后|之后|内|左右)")
PART = re.compile(r"(今年|明年|后年)?(年初|年中|年底|年末|上半年|下半年|春天|夏天|秋天|冬天|春节|过完年)")
#: So many letters are a month and no more: 明年3月吧.
BARE = 8
#: 明年底 is 明年年底.
SHORT_YEAR = re.compile(r"([今明后])年(?=[初中底末])([初中底末])")
#: Words of part of a year -> the month in which it is as good as there.
BEGINS = {"年初": 1, "年中": 6, "年底": 12, "年末": 12, "上半年": 4, "下半年": 9, "春天": 3, "夏天": 6, "秋天": 9,
          "冬天": 12, "春节": 2, "过完年": 3}  # fmt: skip
NUMERALS = {char: n for n, char in enumerate("一二三四五六七八九", 1)} | {"两": 2, "十": 10, "十一": 11, "十二": 12}
#: In what state the home is.
STATE = re.compile(
    r"毛坯|精装|简装|清水房|二手房|老房子?|旧房|\b(?:bare|unfinished|second-hand) (?:shell|flat|apartment|home)", re.I
)
#: What stands around the name of an estate.
NAME_ALONE = re.compile(
    r"^(?:我们?家?)?(?:房子)?(?:就?是|在|住在?)?|(?:小区)?(?:里|那边|这边)?的?(?:房子|楼盘)?[吧啊呀。.!！~]*$"
)
#: Words of decision.
DECIDED = re.compile(
    r"(?:打算|准备|决定|想|要)(?:就)?(?:签|定(?:你们|下来|了)|交定金|开工)|(?:什么时候|几时|哪天|多久)(?:能|可以|才能)?(?:开工|签)|签合同|交?定金|就(?:选|定|找)你们|可以签"
)


def area_of(turn: Turn) -> int:
    """The size that the words name, whole square metres; 0 for none that a home could have."""
    area = turn.slots.area
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
        given or slots.phone or slots.budget or slots.time or slots.phone_problem
    )
    if not area_of(turn) and (slots.area or figure):
        return Refusal("enquiry.area_odd")
    return {**(given or {}), "area": 0} if "area" not in (given or {}) and undecided(turn) else given


def undecided(turn: Turn) -> bool:
    """The words leave it open."""
    return bool(OPEN.search(turn.text)) and not turn.slots.phone and not _elsewhere(turn)


def _elsewhere(turn: Turn) -> bool:
    """Another matter than an enquiry: a visit, a complaint, a command. 没想好 sounds like a greeting and is none."""
    ours = turn.intent.startswith("enquiry_") or turn.intent in ("greeting", "thanks_bye")
    return readers.elsewhere(turn) and not (ours and not turn.slots.command and not turn.slots.robot)


def spot_wish(turn: Turn) -> Answers | None:
    """Style, budget and the state of the home from any message."""
    slots = turn.slots
    out: dict[str, Any] = {"style": slots.style} if slots.style else {}
    if found := STATE.search(turn.text):
        out["condition"] = found[0]
    if slots.budget_high:
        out |= {"budget": slots.budget_high, "budget_low": slots.budget_low or slots.budget_high}
    return out or None


def read_wish(turn: Turn) -> Answers | None:
    """Style or budget when they were asked; “你们推荐” leaves both open."""
    return spot_wish(turn) or ({"style": ""} if undecided(turn) else None)


def spot_keys(turn: Turn) -> Answers | None:
    """When they get the keys, from a message that speaks of keys, or says hardly more than a month."""
    said = any(pattern.search(turn.text) for pattern in (MONTH, PART, SPAN))
    bare = turn.state.script == "enquiry" and len(turn.text) <= BARE and said
    return keys(turn) if bare or KEYS.search(turn.text) else None


def read_keys(turn: Turn) -> Answers | None:
    """When they get the keys when it was asked: a month, a part of a year, in hand, or not known."""
    if _elsewhere(turn) and not spot_keys(turn):
        return None
    return keys(turn) or ({"keys": ""} if undecided(turn) else None)


def keys(turn: Turn) -> Answers | None:
    """The day on which the keys are there at the earliest, and the words."""
    today, text = local_day(turn.facts.now), SHORT_YEAR.sub(r"\1年年\2", turn.text)
    if HAVE.search(text):
        return {"keys": text[:40], "keys_on": today.isoformat()}
    for pattern, day in ((MONTH, _month), (PART, _part), (SPAN, _later)):
        if found := pattern.search(text):
            return {"keys": found[0], "keys_on": day(found, today).isoformat()}
    time = turn.slots.time
    if time and not time.past:
        return {"keys": time.text_zh, "keys_on": local_day(time.start).isoformat()}
    return None


def _number(text: str) -> int:
    return int(text) if text.isdigit() else NUMERALS.get(text, 1)


def _year(said: str | None, today: dt.date) -> int | None:
    if not said:
        return None
    named = {"今年": 0, "明年": 1, "后年": 2}
    return today.year + named[said] if said in named else int(said[:4])


def _month(found: re.Match[str], today: dt.date) -> dt.date:
    month, year = _number(found[2]), _year(found[1], today)
    day = dt.date(year or today.year, month, 1)
    return day.replace(year=day.year + 1) if year is None and month < today.month else day


def _part(found: re.Match[str], today: dt.date) -> dt.date:
    month, year = BEGINS[found[2]], _year(found[1], today)
    day = dt.date(year or today.year, month, 1)
    return day.replace(year=day.year + 1) if year is None and month < today.month else day


def _later(found: re.Match[str], today: dt.date) -> dt.date:
    days = 183 if found[1] == "半" else _number(found[1]) * (30 if found[2] == "月" else 365)
    return today + dt.timedelta(days=days if found[1] != "半" or found[2] == "年" else 15)


def _estate(turn: Turn) -> str:
    """“翡翠城的”: where the home is, in hardly more words than its name."""
    name = NAME_ALONE.sub("", turn.text)
    return name if len(name) <= 10 and readers.ESTATE.fullmatch(name) else ""


def spot_contact(turn: Turn) -> Answers | None:
    """Phone, name and house from any message; the house is taken down and never asked for."""
    out = dict(readers.spot_phone(turn) or {})
    if house := readers.address(turn) or _estate(turn):
        out["house"] = house[:120]
    return out or None


def read_phone(turn: Turn) -> Answers | Refusal | None:
    """The phone when it was asked, with a name beside it."""
    given = readers.phone(turn)
    return {**given, **(spot_contact(turn) or {})} if isinstance(given, dict) else given


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
    return dos + (shown(after) if {"area", "style"} & changed.keys() else ())


def told(turn: Turn, answers: Answers, media: list[str] | None = None) -> dict[str, Any]:
    """Plain arguments for the enquiry: the words, and these answers."""
    names = ("area", "layout", "style", "budget", "budget_low", "keys", "keys_on", "house", "phone", "name")
    args = {name: answers[name] for name in names if answers.get(name)}
    args |= {"asked": turn.text[:500]} if turn.intent.startswith("enquiry_") or answers.get("condition") else {}
    args |= {"decided": True} if DECIDED.search(turn.text) else {}
    return args | ({"media": media} if media else {})


def shown(turn: Turn) -> tuple[Do, ...]:
    """The packages that match are shown with their pictures, each once."""
    answers = turn.state.answers
    found = offers.matching(turn.facts.offers, answers.get("area") or 0, answers.get("style") or "")
    if not found or not (answers.get("area") or answers.get("style")):
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
            "enquiry.ask_keys", read_keys, "phone", ("keys",), spot=spot_keys, skip={"keys": ""},
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
