"""A score given as a figure, on our scale from 1 to 5: 5, 四分, ⭐⭐⭐, 8/10, 98分, 满分, 给4吧, 本来5分扣3分.

A figure with a scale of its own (8/10, 满分10分) is brought to ours; one above 5 is of ten or of a hundred. Several
that differ are none, unless the person corrects or sums up.
"""

import math
import re
from dataclasses import dataclass

from bot.understanding import numbers

_N = r"(?:\d{1,3}(?:\.\d)?(?!\d)|[零一二两三四五六七八九]?十[一二三四五六七八九]?|[零一二两三四五六七八九]|一?百)"
_GIVES = r"(?:打|给|give |评|评个|选|回复|回|算|值|点|综合|总体|总分|勉强|最多|顶多|就|那就|改成?|it a|a )"
#: What makes a figure something else: an hour, a date, a house, a length, a count.
_OTHER = (
    r"号|幢|栋|座|楼|单元|点(?!五分)|[-\d]|年|天|月|万|千|平|次|趟|个(?!五)|遍|小时|块|直|下|般|样|起|定|共|些|切|"
    r"层|米|周|日|位|人|家|遍|把|只|根|条|张|盏|扇|间|套|台|件|元|钱|毛|岁|回|半(?!星|分)|步|句|口"
)
_UNIT = r"(?:分|颗星星?|个?星|芬)(?!钟|之|期|店|开|水|析|别|工|手|明|布|类|公司|钱|没|的钱|的拿|服务|级)"
_SCALED = re.compile(rf"(?<![\d.])({_N})\s*(?:分)?\s*(?:/|out of )\s*(5|10|100)(?!\d)")
_SCALE = re.compile(r"(?:满分|总分)(?:是)?(?:10|十|100|一百)分?|(?:10|十|100|百)分(?:满分|制|里|的话)|百分制")
_TAKEN = re.compile(rf"({_N}|满)分[^。]{{0,12}}?(?:扣|减)(?:掉|了|去|你们?|他)?({_N})(?=分|$|[ ，。！])")
_FULL = re.compile(r"(?<![不没了])(?:满分|一百分)(?!(?:是)?(?:10|十|100|一百)|才)|100分(?!满|制|里)|100%满意")
_NOTHING = re.compile(r"负(?:无穷|一百|\d+|[一二三四五六七八九十])?分|(?<!\d)0分|零分")
_WITH_UNIT = re.compile(rf"(?<![\d.差第百])({_N})\s*{_UNIT}")
_GIVEN = re.compile(rf"{_GIVES}(?:个|你们|他们?|它|她|师傅|我)*\s*({_N})(?!{_OTHER}|\.)")
_ALONE = re.compile(
    rf"^(?:我|那|嗯|就|选|回复?|score )*\s*({_N})(?!{_OTHER}|\.)(?:吧|(?:啊|哈|咯|了|的)*(?=$|[ ，。！？]))"
)
_BARE = re.compile(r"^([0-5]|[零一二两三四五])(?=$|[ ，。！？]+(?!\d))")
_IS = re.compile(rf"是\s*({_N})(?=吧|$|[ ，。！])")
_FIVES = re.compile(r"^([五5])个[五5]")
_LAST = re.compile(rf"(?:^|[ ，。])({_N})(?:吧|啊|哈|咯)*$")
_REPEATED = re.compile(r"^([1-5])\1+$")
#: After one of these the figure before it no longer counts.
_TURN = re.compile(
    r"不对|不是|改成|改为|手滑|其实|按错|点错|打错|改(?=[0-9一二两三四五])|以我的?为准|综合|总体|总的|但(?:是)?我"
)
#: 十分满意 is a word, no figure.
_TEN_WORD = re.compile(r"十分(?=[\u4e00-\u9fff])(?!制|里|满分|的话|吧|啊)|百分(?:之|百)")


@dataclass(frozen=True, slots=True)
class Points:
    """The score, and what was said besides the figure."""

    score: int
    rest: str | None


def read(text: str, asked: bool) -> Points | None:
    """Return the score given in figures; a bare figure counts only when a score was asked for or it is the message."""
    text = _TEN_WORD.sub("甚", text)
    if hit := _SCALED.search(text):
        return _points(text, hit, _of(_value(hit.group(1)), int(hit.group(2))))
    if hit := _TAKEN.search(text):
        full = 5.0 if hit.group(1) == "满" else _value(hit.group(1))
        return _points(text, hit, _of(full - _value(hit.group(2)) * (20 if full > 10 else 1), None))
    if hit := _NOTHING.search(text):
        return _points(text, hit, 1)
    scale = _SCALE.search(text)
    if hit := None if scale else _FULL.search(text):
        return _points(text, hit, 5)
    if asked and (hit := _REPEATED.match(text)):
        return Points(int(hit.group(1)), None)
    hit = _meant(_SCALE.sub(lambda named: " " * len(named.group()), text), asked)
    if hit is None:
        return None
    size = None if not scale else 100 if "百" in scale.group() or "100" in scale.group() else 10
    return _points(text, hit, _of(_value(hit.group(1)), size))


def _meant(text: str, asked: bool) -> re.Match | None:
    """Return the figure that is the score: the last one once the person corrects or sums up, else the first."""
    hits = {hit.start(1): hit for hit in _WITH_UNIT.finditer(text)}
    patterns = (_GIVEN, _ALONE, _IS, _LAST, _FIVES) if asked else (_BARE,)
    for pattern in patterns:
        hits |= {hit.start(1): hit for hit in pattern.finditer(text) if hit.start(1) not in hits}
    if not hits:
        return None
    found = [hits[at] for at in sorted(hits)]
    turns = [hit.end() for hit in _TURN.finditer(text)]
    after = [hit for hit in found if turns and hit.start(1) >= turns[-1]]
    if turns:
        return (after or found[-1:])[0]
    # 工艺5分，监理2分: nobody said what that makes together.
    return found[0] if len({_value(hit.group(1)) for hit in found}) == 1 else None


def _points(text: str, hit: re.Match, score: int) -> Points:
    rest = (text[: hit.start()] + " " + text[hit.end() :]).strip(" ，。！？分星吧")
    return Points(score, rest or None)


def _value(words: str) -> float:
    if words[0].isdigit():
        return float(words)
    return 100.0 if words == "百" else float(numbers.value(words) or 0)


def _of(value: float, size: int | None) -> int:
    """Return the value of so many at most on our scale, the half rounded up; half a star of ours is dropped."""
    size = size or (5 if value <= 5 else 10 if value <= 10 else 100)
    whole = math.floor(value) if size == 5 else math.floor(value * 5 / size + 0.5)
    return max(1, min(5, whole))
