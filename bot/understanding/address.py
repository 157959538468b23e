"""Where a house is: estate, building, unit, room — 翡翠城8幢1602, 8栋2单元301, 3-802."""

import re
from dataclasses import dataclass

from bot.understanding import numbers

_N = rf"[{numbers.CLASS}]"
_SUFFIXES = (
    "小区|花园|家园|公馆|公寓|新村|新城|华府|国际|半岛|山庄|豪庭|雅苑|天地|御景|名邸|名苑|广场|嘉园|丽都|"
    "水岸|华庭|雅居|"
             "城|苑|园|府|湾|庄|轩|阁|庭|邸|院|郡|洲|岸|墅|坊|村|寓|里|居|都|台|座")  # fmt: skip
_STRONG = "小区|花园|家园|公馆|公寓|新村|新城|华府|国际|半岛|山庄|豪庭|雅苑|名邸|名苑|嘉园|丽都|水岸|华庭|雅居"
_BUILDING = re.compile(
    rf"(?P<b>[a-z]?{_N}{{1,4}}|[a-z])(?:幢|栋|号楼|座|号院)"
    rf"(?:[ ，-]*(?P<u>{_N}{{1,3}}|[甲乙丙丁a-z])单元)?"
    rf"(?:[ ，-]*(?:{_N}{{1,3}}层)?[ -]*(?P<r>[{numbers.SPELLED}]{{3,4}}|[a-z]?\d{{2,4}}[a-z]?)(?:室|号房|房|"
    rf"号)?(?!\d|平|万|[元块]))?"
)
_UNIT_ONLY = re.compile(rf"(?P<u>{_N}{{1,3}})单元[ ，-]*(?P<r>[{numbers.SPELLED}]{{3,4}})(?:室|号)?(?!\d)")
_DASHED = re.compile(
    r"(?<![\d☎-])(?P<b>[a-z]?\d{1,3})[ ]?[-#][ ]?(?:(?P<u>\d{1,2})[ ]?[-#][ ]?)?(?P<r>\d{3,4})(?![\d-]|平|万|"
    r"元|块|号楼|室?[-])(?:室)?"
)
_SPELLED = re.compile(
    r"(?P<b>[一二三四五六七八九十]{1,3})杠(?:(?P<u>[一二三四五六七八九]{1,2})杠)?(?P<r>[一二三四五六七八九零幺〇]{3,4})"
)
_ROOM_ONLY = re.compile(rf"(?<![\d])(?P<r>[{numbers.SPELLED}]{{3,4}})(?:室|房间号|号房)")
_BARE_ROOM = re.compile(r"^(?:就是)?(?P<r>\d{3,4})$")
#: Words before an estate's name that are no part of it.
_LEAD = re.compile(
    r"^.*(?:我们家住|住|我们家是|我家住在|我家住|我家在|我们家在|我家是|家住在|家住|住在|我住|地址是|地址|就是|应该是|"
    r"不是|改成|改为|换成|小区是|位于|我们家|我家|这边是|这里是|"
    r"我是|业主|你好|您好|我们|报修|师傅|是|在|住|去|到|的|了|家|[，。：:？！ ☎\da-z-])"
)
_ESTATE = re.compile(rf"[\u4e00-\u9fff]{{1,8}}?(?:{_STRONG})(?:[一二三四五六七八九东西南北]期|[东西南北]区)?")
_ANY_ESTATE = re.compile(rf"^[\u4e00-\u9fff]{{1,7}}(?:{_SUFFIXES})(?:[一二三四五六七八九东西南北]期|[东西南北]区)?$")
_DENIED = re.compile(r"(?<!是)不(?:是|在)[^，。；、！？\s]{0,8}$")
_LIVING = re.compile(
    rf"(?:住在|家住|我住|我家在|小区是|地址是?|我是)([\u4e00-\u9fff]{{1,7}}?(?:{_SUFFIXES}))(?=[，。 的]|$|"
    rf"\d|业主)"
)
_NO_ESTATE = re.compile(
    r"装修|漏|修|坏|水|电|哪|什么|怎么|这个|你们|商城|小区里|物业|多少|几|安排|国际惯例|没|不|想|要|请|下午|"
    r"上午|今天|明天|广场舞|师傅|[吗呢么吧]|可以|量房|量尺|设计|预约|取消|谢谢|麻烦|帮我|投诉"
)


@dataclass(frozen=True, slots=True)
class Address:
    """What is known of the house; `text` are the words it was read from."""

    estate: str | None = None
    building: str | None = None
    unit: str | None = None
    room: str | None = None
    text: str | None = None


def find(text: str, asked: bool = False) -> Address:
    """Return the house named in the text; a bare number or name counts only when the house was asked for."""
    for pattern in (_BUILDING, _UNIT_ONLY, _DASHED, _SPELLED, _ROOM_ONLY):
        every = list(pattern.finditer(text))
        # 是9幢，不是8幢: what it is not is only meant when nothing else is named.
        hits = [hit for hit in every if not _DENIED.search(text[: hit.start()])] or every
        if not hits:
            continue
        hit = hits[-1] if re.search(r"不是|改成|应该是", text[: hits[-1].start()]) else hits[0]
        parts = hit.groupdict()
        if pattern is _BUILDING and not parts["r"] and not _is_house(text, hit, asked):
            continue
        estate = _estate_before(text[: hit.start()])
        start = text.rfind(estate, 0, hit.start()) if estate else hit.start()
        return Address(estate, _number(parts.get("b")), _number(parts.get("u")), _number(parts.get("r")),
                       text[start : hit.end()].strip())  # fmt: skip
    return _named(text, asked)


def _is_house(text: str, hit: re.Match, asked: bool) -> bool:
    # 8号楼 alone is a house; 一座 or 三栋 may be a count of anything.
    return asked or "号楼" in hit.group() or bool(_estate_before(text[: hit.start()])) or hit.group()[0].isdigit()


def _estate_before(before: str) -> str | None:
    before = before.rstrip(" ，-")
    tail = before[-10:]
    lead = _LEAD.match(tail)
    name = tail[lead.end() :] if lead else tail
    if not 2 <= len(name) <= 9 or not all("\u4e00" <= char <= "\u9fff" for char in name):
        return None
    return None if _NO_ESTATE.search(name) else name


def _number(words: str | None) -> str | None:
    if not words:
        return None
    if words.isascii():
        return words.upper()
    value = numbers.value(words)
    figures = numbers.figures_of(words)
    if figures and len(figures) >= 3:
        return figures
    return str(value) if value is not None else words


def _named(text: str, asked: bool) -> Address:
    if asked:
        bare = _BARE_ROOM.match(text)
        if bare:
            return Address(room=bare.group("r"), text=bare.group("r"))
        name = text.strip(" ，。的那套")
        name = name.removeprefix("我").removeprefix("家").removeprefix("住").removeprefix("在")
        if _ANY_ESTATE.match(name) and not _NO_ESTATE.search(name):
            return Address(estate=name, text=name)
    living = _LIVING.search(text)
    if living and not _NO_ESTATE.search(living.group(1)):
        return Address(estate=living.group(1), text=living.group(1))
    for hit in _ESTATE.finditer(text):
        lead = _LEAD.match(hit.group())
        name = hit.group()[lead.end() :] if lead else hit.group()
        if len(name) >= 3 and not _NO_ESTATE.search(name):
            return Address(estate=name, text=name)
    return Address()
