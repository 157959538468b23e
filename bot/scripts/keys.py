"""When they get the keys: a month, a part of a year, in hand, not yet; said as people say it."""

import datetime as dt
import re

from bot.scripts import readers
from bot.scripts.script import Answers
from bot.scripts.turn import Turn
from bot.understanding import normalise
from models.worktime import local_day

#: Keys in hand, or a home that is lived in.
HAVE = re.compile(
    r"已经?(?:拿|交|收|接|攞)|拿到|拿(?:房|钥匙)?了|到手|现房|二手|老房|旧房|住着|在住|[交收接][了过]房|[攞拿收](?:咗|到)(?:锁|鎖)?[匙楼樓]"
    r"|have the keys",
    re.IGNORECASE,
)
KEYS = re.compile(
    r"交房|拿房|交付|收房|接房|[收交]楼|钥匙|锁匙|咗匙|现房|二手房|老房|旧房|到手|住着|在住|keys", re.IGNORECASE
)
#: The home is not handed over yet, and no day is named.
NOT_YET = re.compile(
    r"(?:还?没有?|未|不到|尚未)[^，。]{0,3}(?:交房|交付|拿房|收房|接房|交楼|收楼|拿?到?钥匙|到手|建好|盖好|封顶)"
    r"|期房|not (?:handed|finished|yet)|no keys|under construction"
    r"|n['’]?t (?:got|get|received?|have|been)[^.]{0,12}(?:keys?|handed)",
    re.IGNORECASE,
)
#: Nobody knows the day.
WHO_KNOWS = re.compile(
    r"(?:什么时候|啥时候|何时|几时|几月|哪天|多久)[^，。]{0,4}(?:交|拿|收|接|到手|给钥匙)|(?:交房|拿房|钥匙|收房)[^，。]{0,4}(?:不知道|不清楚|没定|不一定|没消息|看情况)"
)
#: Not decided yet, or left to us.
OPEN = re.compile(
    r"没(?:想好|定|确定|考虑|概念)|还没|不知道|不清楚|不确定|不一定|随便|都行|都可以|都好"
    r"|你们?(?:推荐|定|看)|看看|再说|先了解|not sure|any",
    re.IGNORECASE,
)
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


def undecided(turn: Turn) -> bool:
    """The words leave it open, typed in letters or in signs: 没想好, meixianghao."""
    left = OPEN.search(turn.text) or OPEN.search(normalise.flat(turn.text))
    return bool(left) and not turn.slots.phone and not elsewhere(turn)


def elsewhere(turn: Turn) -> bool:
    """Another matter than an enquiry: a visit, a complaint, a command. 没想好 sounds like a greeting and is none."""
    ours = turn.intent.startswith("enquiry_") or turn.intent in ("greeting", "thanks_bye")
    return readers.elsewhere(turn) and not (ours and not turn.slots.command and not turn.slots.robot)


def spot_keys(turn: Turn) -> Answers | None:
    """When they get the keys, from a message that speaks of keys, or says hardly more than a month."""
    said = any(pattern.search(turn.text) for pattern in (MONTH, PART, SPAN))
    bare = turn.state.script == "enquiry" and len(turn.text) <= BARE and said
    if WHO_KNOWS.search(turn.text):
        return {"keys": ""} if undecided(turn) else None
    if NOT_YET.search(turn.text) and not said:
        return None  # when is still a question
    return keys(turn) if bare or KEYS.search(turn.text) else None


def read_keys(turn: Turn) -> Answers | None:
    """When they get the keys when it was asked: a month, a part of a year, in hand, not yet, or not known."""
    if elsewhere(turn) and not spot_keys(turn):
        return None
    if (found := NOT_YET.search(turn.text)) and not any(one.search(turn.text) for one in (MONTH, PART, SPAN)):
        return {"keys": found[0]}
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
