"""Facts about the person and the plan: name and form of address, area, budget, style."""

import re

import phones
from bot.understanding import numbers

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范石廖贾夏韦方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵"
    "万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_NAME = rf"(?:{'|'.join(phones.DOUBLE)}|[{_SURNAMES}])"
_FORM = r"(先生|女士|小姐|太太|阿姨|大姐|大哥|叔叔|老师|总|师傅|姐|哥|叔|姨)"
_WITH_FORM = re.compile(rf"(?:^|[，。 ：]|我?是|叫|姓|叫我|称呼我?|业主)({_NAME})({_FORM[1:-1]})(?![傅])")
_SURNAME = re.compile(rf"(?:免贵|我|本人|贵)?姓\s*({_NAME})(?![\u4e00-\u9fff]?名)")
_CALLED = re.compile(
    rf"(?:我叫|名字叫|名字是|姓名是?|本人叫|叫做|联系人是?|称呼是?|"
    rf"我是)[：: ]?({_NAME}[\u4e00-\u9fff]{{1,2}}?)(?=[，。 ☎\d]|$|先生|女士|的?电话|手机|住)"
)
_ASKED = re.compile(rf"^(?:就?叫|我是|是)?({_NAME}[\u4e00-\u9fff]{{0,2}}?)(?:{_FORM[1:-1]})?$")
_MALE, _FEMALE = re.compile(r"先生|大哥|叔叔|男士|男的"), re.compile(r"女士|小姐|太太|阿姨|大姐|女的")
#: Before a name that is not the writer's own: 找王女士, 投诉张先生.
_ANOTHER = re.compile(r"(?:找|让|给|投诉|那个|你们的?|是不是|(?<!我)叫)$")

_N = rf"[{numbers.CLASS}]"
_AREA = re.compile(
    rf"(?<![\d.])(\d{{2,4}}(?:\.\d{{1,2}})?|{_N}{{2,7}})(?:来|多|几)?\s*(?:个)?(?:平方米|平方|平米|㎡|m2|m²|"
    rf"个平方|平)(?!均|时|安|板|台|层)"
)
_AREA_ASKED = re.compile(rf"^(?:大概|大约|约)?(\d{{2,3}}(?:\.\d{{1,2}})?|{_N}{{2,6}})(?:来|多)?$")
_MONEY = re.compile(
    rf"(?<![\d.])(\d{{1,3}}(?:\.\d)?|{_N}{{1,4}})(?:来|多|几)?(万)?\s*(?:到|至|-|~|"
    rf"或者)\s*(\d{{1,3}}(?:\.\d)?|{_N}{{1,4}})(?:来|多|几)?(?:个)?(?:万|w)(?!科|和|达)"
)
_MONEY_ONE = re.compile(
    rf"(?<![\d.])(\d{{1,4}}(?:\.\d{{1,2}})?|{_N}{{1,4}})(来|多|几)?(?:个)?(?:万|w)(?!科|和|达|"
    rf"一)([五六七八九])?"
)
_TENS = re.compile(r"(?<![一二三四五六七八九])(十几|几十|[二三四五六七八九]?十来)万")
_YUAN = re.compile(r"(?<!\d)(\d{5,7})(?:元|块)?")
_ABOUT_MONEY = re.compile(r"预算|花|控制在|准备|打算|价位|以内|左右|搞定|拿下|能装|装下来|资金|投入|够")
_STYLES = (
    "现代简约|北欧|新中式|中式|轻奢|美式|欧式|简欧|法式|日式|原木风|原木|奶油风|奶油|侘寂|工业风|极简|地中海|"
    "田园|古典|港式|复古|中古风|中古|意式|宋式|混搭|简约|现代|榻榻米风|ins风|东南亚|奢华|简美|包豪斯|黑白灰"
)
_STYLE = re.compile(rf"({_STYLES})(?:风格|风|的)?")


def name(text: str, asked: bool = False) -> tuple[str | None, str | None]:
    """Return the name the person gives for himself, and 先生 or 女士 when it can be told."""
    form = _form(text)
    for pattern in (_SURNAME, _CALLED, _WITH_FORM):
        hit = pattern.search(text)
        if hit and not _ANOTHER.search(text[: hit.start(1)]):
            if pattern is _WITH_FORM and hit.group(2) in ("师傅", "总", "老师"):
                continue
            return hit.group(1), form
    if asked:
        hit = _ASKED.match(text.strip(" ，。"))
        if hit:
            return hit.group(1), form
    return None, form if asked else None


def _form(text: str) -> str | None:
    if _FEMALE.search(text):
        return "女士"
    return "先生" if _MALE.search(text) else None


def area(text: str, asked: bool = False) -> float | None:
    """Return the square metres named, from 8 to 2,000, or None."""
    hit = _AREA.search(text) or (_AREA_ASKED.match(text) if asked else None)
    if not hit:
        return None
    words = hit.group(1)
    size = float(words) if words[0].isascii() and words.replace(".", "").isdigit() else numbers.value(words)
    return float(size) if size and 8 <= size <= 2000 else None


def budget(text: str, asked: bool = False) -> tuple[int, int] | None:
    """Return the lowest and highest budget named, in yuan; a vague 三十来万 is the same at both ends."""
    hit = _MONEY.search(text)
    if hit:
        low, high = _amount(hit.group(1)), _amount(hit.group(3))
        if low and high and low <= high:
            return low, high
    hit = _TENS.search(text)
    if hit:
        return _vague(hit.group(1))
    hit = _MONEY_ONE.search(text)
    if hit:
        amount = _amount(hit.group(1))
        if amount:
            amount += 1000 * (numbers.value(hit.group(3)) or 0) if hit.group(3) else 0
            return amount, amount
    hit = _YUAN.search(text)
    if hit and (asked or _ABOUT_MONEY.search(text)):
        return int(hit.group(1)), int(hit.group(1))
    return None


def _amount(words: str) -> int | None:
    if words.replace(".", "").isdigit() and words.isascii():
        return round(float(words) * 10000)
    amount = numbers.value(words)
    return amount * 10000 if amount else None


def _vague(words: str) -> tuple[int, int]:
    if words == "十几":
        return 110000, 190000
    if words == "几十":
        return 200000, 900000
    amount = (numbers.value(words[:-1]) or 10) * 10000
    return amount, amount


def style(text: str) -> str | None:
    """Return the style named (北欧, 新中式 …), without 风."""
    hit = _STYLE.search(text)
    return hit.group(1).removesuffix("风") if hit else None
