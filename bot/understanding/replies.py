"""Short answers and commands: yes and no, option numbers, back/skip/cancel, job steps of the crew, corrections."""

import re
from dataclasses import dataclass

from bot.understanding import numbers
from bot.understanding.words import Words, table

_data = table("replies.toml")
_YES = frozenset(_data["yes"]["words"])
_NO = frozenset(_data["no"]["words"])
_COMMANDS = {word: name for name, group in _data["commands"].items() for word in group["words"]}
_CREW = Words((word, name) for name, group in _data["crew"].items() for word in group["words"])

_PARTICLES = "的了吧呀啊哈呢哦噢喔嘛哟嘞哒滴呗啦咯哩捏"
_CLAUSE = re.compile(r"[，。！？ ：]+")
_POLITE = re.compile(
    r"^(?:请|麻烦|帮我|那就?|我想?要?|嗯+|呃|先|给我|要不|还是)+(?=\S)|(?:谢谢|一下|哈|了?吧|呢|啊|哦|噢|呀|"
    r"好吗|行吗|师傅)+$"
)
_OPTION = re.compile(
    r"^(?:选|选择|回复|回|我选|就|要|按)?(?:第)?([1-9]|1\d|20|[一二两三四五六七八九十]|[a-h])(?:个|项|条|号|"
    r"套|、|那个|这个|那套|\.)?(?:吧|的|啊|呀)?$"
)
_ORDINAL = re.compile(r"第([一二两三四五六七八九十1-9])(?:个|项|条|套|种|户|家|处)")
_FIRST = dict.fromkeys(("头一个", "上面那个", "上面的", "前一个", "前面那个", "前者"), 1)
_FIRST |= dict.fromkeys(("后者", "下面那个", "下面的", "后一个", "后面那个"), 2)
_CHANGE_LINE = re.compile(
    r"^(?:改|修改|更改|改一下|我要改|要改|改下)\s*(?:第)?\s*([1-9一二三四五六七八九])\s*(?:项|条|个|"
    r"行)?(?![\d月点号幢栋])"
)
_CORRECTION = re.compile(
    r"^(?:不对|不是|错了|搞错|说错|写错|打错|发错|弄错|填错|输错|更正|纠正|修改|不不)|改成|改为|改到|换成|"
    r"换到|更正为|应该是|应为|而是|说错了|写错了|打错了|搞错了|填错了|发错了|记错了|改一下|改下"
    r"|不是[^，。吗]{1,8}[，。 ]*(?:而)?是"
)
_NOT_CORRECTION = re.compile(
    r"^不是(?:我|你|投诉|故意|很|太|特别|急|不|没|说|都|已经|吧|要|想)|^不对劲|^错了?吗|[吗？]$"
)
_WRONG_PART = re.compile(
    r"^不是(?:在)?[^，。是吗很]{1,8}[，。 ]+(?=[^是而])|"
    r"不是(?:在)?[^，。是]{1,10}?[，。 ]*(?:而)?是|^.*(?:改成|改为|改到|换成|换到|更正为|应该是|应为)"
)
_CREW_LEAD = re.compile(r"^(?:师傅|我|已经|已|刚|刚刚|现在|人|收到|好的|嗯|行|ok|这边|那边|客户|业主|家)*[，。 ]*")
_CREW_NUMBER = re.compile(r"^(?:第)?\s*([1-9]\d?)(?![\d-])(?:号单|单|号|个)?")
_CASE = re.compile(r"(?:bx|ts|zx|hf|lx|bj)\d{8}-?\d{3,5}")
_ROBOT = re.compile(
    r"(?:是|系)(?:不是)?(?:个)?(?:机器人|机器|真人|人工|电脑|程序|ai|智能|自动回复|活人|人)(?:还是|吗|吧|么|"
    r"呀|啊|？|在|$)|机器人(?:吗|吧|在回|回复|？)|真人还是|人还是机器|自动回复(?:吗|吧|的|？)|是真的人|是ai|"
    r"是不是ai|你是人吗"
)
_ROBOT_YOU = re.compile(r"你|您|这|对面|客服|自动|机器人|还是机器|还是真人|^是")
_QUESTION_LONGEST = 30


@dataclass(frozen=True, slots=True)
class Step:
    """A job step of a crew member, with what else was said and the number of the job meant."""

    name: str
    note: str | None
    option: int | None


def bare(text: str) -> str:
    """Return the text without punctuation and closing particles, for comparing whole answers."""
    return text.strip(" ，。！？：.~-")


def agreement(text: str) -> bool | None:
    """Return True or False when the text, or its first clause, is a yes or a no."""
    whole = bare(text)
    for piece in (whole, _CLAUSE.split(whole, maxsplit=1)[0]):
        for form in (piece, piece.rstrip(_PARTICLES)):
            if form in _NO:
                return False
            if form in _YES:
                return True
    return _by_beginning(whole)


def _by_beginning(whole: str) -> bool | None:
    if re.match(r"(?:不是|不对|不要|不用|不行|不同意|不需要|不可以|算了)(?![很太])", whole) and "？" not in whole:
        return False
    if re.match(r"(?:是的|对的|好的|没错|可以的|同意|嗯嗯|没问题|是啊|对啊|行的|确认)", whole):
        return None if whole.endswith(("吗", "？", "么")) else True
    return None


def option(text: str) -> int | None:
    """Return the number that the whole text picks: 1, 一, 第一个, A."""
    whole = bare(text)
    if whole in _FIRST:
        return _FIRST[whole]
    hit = _OPTION.match(whole)
    if not hit and len(whole) <= 12:
        hit = _ORDINAL.search(whole)
    if not hit:
        return None
    picked = hit.group(1)
    return ord(picked) - ord("a") + 1 if "a" <= picked <= "h" else numbers.value(picked)


def changed_line(text: str) -> int | None:
    """Return the number of the review line that is to be changed (改 2), or None."""
    hit = _CHANGE_LINE.match(text)
    return numbers.value(hit.group(1)) if hit else None


def corrects(text: str) -> bool:
    """Tell whether the text takes back something said before."""
    return bool(_CORRECTION.search(text)) and not _NOT_CORRECTION.search(text)


def corrected(text: str) -> str:
    """Return what is left to read once the part taken back is dropped (不是厨房是卫生间 → 卫生间)."""
    hit = _WRONG_PART.search(text)
    return text[hit.end() :] if hit else text


def command(text: str) -> str | None:
    """Return the dialog command that the whole text is, or None."""
    whole = bare(text)
    for form in (text.strip(), whole, whole.rstrip(_PARTICLES), _POLITE.sub("", whole)):
        if form in _COMMANDS:
            return _COMMANDS[form]
    if len(whole) <= 10 and _GIVES_UP.search(whole):
        return "cancel"
    clauses = [clause for clause in _CLAUSE.split(whole) if clause]
    if 1 < len(clauses) <= 3:
        named = {_COMMANDS.get(clause.rstrip(_PARTICLES), _COMMANDS.get(clause)) for clause in clauses}
        named.discard(None)
        if len(named) == 1 and all(c in _COMMANDS or c in _YES or c in _NO or c in _SMALL for c in clauses):
            return named.pop()
    return None


#: What may follow a job step of one character (接).
_AFTER_STEP = frozenset(" ，。！：1234567890(（了第")
_GIVES_UP = re.compile(
    r"^(?:我|先|那|那就|还是|算了)*(?:不想?|不用|不要|不需要)(?:再)?"
    r"(?:报修|修|报|弄|办|约|预约|填|登记)了(?:吧|啊)?$"
)
_SMALL = frozenset({"谢谢", "麻烦", "你好", "您好", "不好意思", "抱歉", "师傅", "我自己弄好了", "请"})


def crew_step(text: str) -> Step | None:
    """Return the job step that the text begins with, or None; what follows is its note."""
    rest = _CASE.sub("", text).strip(" ，。")
    lead = _CREW_LEAD.match(rest)
    for start in dict.fromkeys((0, lead.end() if lead else 0)):
        hits = _CREW.find(rest[start : start + 12])
        if not hits:
            continue
        hit = hits[0]
        after = rest[start + hit.end :]
        alone = not after or after[0] in _AFTER_STEP or len(hit.word) > 1
        if hit.start == 0 and alone and not after.endswith(("吗", "？")):
            return _step(str(hit.value), after)
    for hit in _CREW.find(rest):
        if hit.value == "hand_back" and len(hit.word) > 2:
            return Step("hand_back", rest, None)
    return None


def _step(name: str, after: str) -> Step:
    note = after.lstrip("了").strip(" ，。：")
    number = _CREW_NUMBER.match(note)
    chosen = int(number.group(1)) if number else None
    if number:
        note = note[number.end() :].strip(" ，。：")
    return Step(name, note or None, chosen)


def case_number(text: str) -> str | None:
    """Return the case number printed in the text, in capitals, or None."""
    hit = _CASE.search(text)
    return hit.group().upper() if hit else None


def asks_robot(text: str) -> bool:
    """Tell whether the person asks if a machine is talking."""
    return bool(_ROBOT.search(text)) and bool(_ROBOT_YOU.search(text)) and len(text) <= _QUESTION_LONGEST
