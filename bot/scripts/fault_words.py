"""The fault in the customer's own words, without what has a line of its own: time, phone, name, address, greetings.

A phone number never stays in them: the crew's page, the panel's lists and the notices show these words to many.
"""

import re
from collections.abc import Sequence
from typing import Any

from bot.scripts import mood, readers
from bot.scripts.turn import Turn
from bot.understanding import faults, normalise, urgency

CLAUSE = re.compile(r"[，,。；;、！!\n]+|\s+(?=[\u4e00-\u9fff\d])")
#: [流泪], 😭.
FACE = re.compile(r"\[[\u4e00-\u9fffA-Za-z]{1,6}\]|[\U0001F300-\U0001FAFF\u2600-\u27BF\uFE0F]")
ALSO = re.compile(r"^(?:(?:还有|另外|以及|对了|再加(?:一个|上)?)[，,\s]*)+")
#: Seven digits and more, however they are grouped or written: a phone number, right or mistyped.
NUMBER = (
    r"(?<![A-Za-z\d-])(?:[+＋]?86[\s\-－–—]*)?(?:\d(?:[\s\-－–—]?\d){6,}|[零〇○一二三四五六七八九幺]"
    r"(?:[\s\-]?[零〇○一二三四五六七八九幺]){6,})"
)
PHONE = re.compile(
    r"(?:(?:有事|可以|请|麻烦|就)*(?:打|拨打?|联系|致电|加|call)?(?:给)?(?:我|本人|她|他|我爱人|我老公|我老婆)?的?(?:联系)?"
    r"(?:电话|手机号?码?|号码|方式|微信|tel|phone)?(?:号码?)?[是为：: ]*)" + NUMBER, re.IGNORECASE,
)  # fmt: skip
#: A clause that only says who speaks.
WHO = re.compile(
    r"^(?:我(?:是|叫|姓)|免贵姓?|姓名?|名字|业主|联系人|本人)[是叫姓：:\s]*[^，]{1,6}$|^[\u4e00-\u9fff]{1,3}(?:先生|女士|小姐|太太|阿姨)$"
)
#: What is left of a clause about time, phone or address when those themselves are taken out.
FILLER = re.compile(
    r"[他她我](?:们|妈|爸|老公|老婆)家|帮|报修|[他她]家?在?|在家|有人|都在|有空|随时|全天|电话|手机|号码?|联系|地址|住在?|我家?的?|是|可以|方便|都?行|看看|看一?下|来|过来|上门|谢谢|麻烦"
    r"|[你您]好|在吗|哈喽|师傅|请问|请|呢|吧|了|的|我?(?:姓|叫).{1,2}|[：:～~\s—-]"
)
#: How people begin to speak, and the request that everybody ends with.
OPENING = re.compile(
    r"^(?:喂|(?:hi|hello|hey)(?: there)?\b|[你您]好[啊呀]?|那个|就是说?"
    r"|(?:[你您]?等一?下|等等|不对|不好)(?=[了啊呀，,\s])了?|嗯+|啊|哎|诶|呃|师傅|请问|麻烦[你您]?"
    r"|我想(?:说|问)一?下|我这边?)+[，,\s]*(?=.{3})",
    re.IGNORECASE,
)
#: A cry for help before the fault: 快来人啊, 救命, 赶紧派人来.
CRY = re.compile(
    r"^(?:救命[啊呀哪]*|(?:来人|来个人)[啊呀哪吧了]+|(?:来人|来个人)(?=[，,。！!\s])"
    r"|(?:快|赶紧|赶快|马上|立刻|速度)(?:点|些)?(?:(?:派|叫|找)(?:个|几个)?人?)?(?:过?来)(?:个|几个)?(?:人|师傅)?(?:过?来)?(?:看看|看一?下|帮忙)?[啊呀哪吧了]*"
    r"|help(?: me)?)[，,。！!\s]*(?=.{2})",
    re.IGNORECASE,
)
ASKED_FOR = re.compile(
    r"(?:[你您]们)?(?:能不能|可不可以|可以|麻烦|请|尽快|赶紧|快点?)(?:给我们?)?"
    r"(?:(?:派|叫|找)个?(?:人|师傅)|安排个?(?:人|师傅)?|过来|来)"
    r"(?:过?来)?(?:帮我)?(?:看|修|弄|处理)?(?:一?下)?[啊吗呢吧呀]*[?？。.]*$"
)
#: What stands around a time that was said in one breath with the fault.
AFTER = (
    r"(?:[，,\s]*(?:都?在家|家里有人|有人|都?可以|都?行|方便|有空|过?来(?:修|看)?(?:一?下)?"
    r"|上门|随时|吧|的话|左右|以后|之后))*"
)
BEFORE = r"(?:(?:能|请|麻烦|可以)?(?:派人|师傅)?(?:过?来|上门)?(?:帮我?)?(?:修|看)?(?:一?下)?)?"

#: From which weight on the words for a kind of fault hold a thing.
NAMED = 2.0
#: Words of giving up and mending, which name no thing.
IDLE = re.compile(
    r"算了|不用|不要|不需要|不修|修了|自己|已经|弄好|修好|搞好|好了|没事|坏了|漏水|还有|取消|去掉|删掉|登记|报修|\b(?:the|is|are|no|need|fixed|it|i|my)\b",
    re.IGNORECASE,
)


def clean(turn: Turn, words: str) -> str:
    """The words without the clauses that only name a time, a phone, a person or the address."""
    comma = ", " if words.isascii() else "，"
    left = comma.join(clauses(turn, OPENING.sub("", CRY.sub("", ALSO.sub("", words))))) or without_numbers(words)
    short = ASKED_FOR.sub("", left).strip("，,。 ")
    return (short if len(short) >= 2 else left.strip("，,。 "))[:500]


def without_numbers(words: str) -> str:
    """The words without phone numbers."""
    return PHONE.sub("，", words).strip("，,。 ")


def clauses(turn: Turn, words: str) -> list[str]:
    """What the words say besides what has its own line, clause by clause."""
    slots = turn.slots
    home = readers.address(turn)
    known = [slots.time.text_zh if slots.time else "", home, slots.house or "", slots.name or ""]
    kept = []
    for piece in CLAUSE.split(FACE.sub("", without_numbers(words))):
        clause = ALSO.sub("", piece)
        if mood.only_rude(clause):
            continue
        own = _without_time(turn, clause.replace(home, "") if home and home in clause else _bare(turn, clause)).strip()
        own = _without_name(turn, own)
        rest = own
        for part in filter(None, known):
            rest = rest.replace(part, "")
        if WHO.match(own) and not faults.read(own).broken:
            continue
        said = FILLER.sub("", rest)
        if len(said) >= 2 or (said and (said == clause or faults.read(own).broken)):
            kept.append(own)
    return kept


def apart(lines: Sequence[str]) -> list[dict[str, Any]]:
    """Several faults one by one with their kind and place; [] for a single one, which its case describes already."""
    return [_fault(line) for line in lines] if len(lines) > 1 else []


def _fault(line: str) -> dict[str, Any]:
    found, urgent = faults.read(line), urgency.read(line)
    return {"problem": line, "category": found.category or "其他", "place": found.place or "", "urgent": urgent}


def _bare(turn: Turn, clause: str) -> str:
    """The clause without its part of an address that was written in two: 翡翠城 8幢1602."""
    home = readers.address(turn)
    left = clause.replace(turn.slots.house, "") if turn.slots.house else clause
    return "" if len(left) >= 2 and left in home else left


def _without_name(turn: Turn, clause: str) -> str:
    name = turn.slots.name
    if not name or name not in clause:
        return clause
    shorter = re.sub(rf"^(?:我(?:叫|姓|是)?|姓)?{re.escape(name)}(?:先生|女士|小姐|太太|阿姨)?", "", clause)
    return shorter if len(shorter) >= 2 else clause


def _without_time(turn: Turn, clause: str) -> str:
    """The clause without the time to come that stands at one end of it; when it began to drip is part of the fault."""
    time = turn.slots.time
    if not time or time.text_zh not in clause or not readers.window(turn):
        return clause
    named = re.escape(time.text_zh)
    shorter = re.sub(rf"(?<=.){named}{AFTER}$|^{named}{AFTER}{BEFORE}", "", clause)
    return shorter if len(shorter) >= 2 and shorter[0] not in "的时就" else clause


def names(text: str, item: str) -> bool:
    """Whether the words name a thing of this fault: two letters in a row that are no verb of repairing."""
    plain = IDLE.sub(" ", text)
    return any(item[i : i + 2] in plain for i in range(len(item) - 1) if " " not in item[i : i + 2])


def names_a_thing(text: str) -> bool:
    """Whether the words of a fault name what is broken, or where, and not only what it does: 快掉下来了, 越来越大了."""
    return faults.read(normalise.flat(text)).weight >= NAMED
