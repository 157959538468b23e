"""How grave a complaint is, by its words: danger we caused, threats, injury, money. Pure.

Grave ones go to the manager in the same moment. What the rules miss a colleague may still call grave by hand.
"""

import re

#: Rule -> words that mean it.
RULES: dict[str, re.Pattern[str]] = {
    "injury": re.compile(
        r"受伤|伤了|伤到|砸到(?:人|我|孩子|老人)|摔(?:伤|倒|断)|骨折|流血|住院|送医|烫伤|触电|电到|烧伤|中毒|晕倒"
    ),
    "danger": re.compile(
        r"(?:打|钻|挖|弄|搞|割|撞|凿)(?:穿|断|爆|破|裂|坏)(?:了)?.{0,8}(?:水管|电线|电缆|煤气|燃气|管道|线管)"
        r"|(?:水管|电线|电缆|煤气管?|燃气管?|线管).{0,8}(?:打|钻|挖|弄|搞|割|撞|凿)(?:穿|断|爆|破|裂)"
        r"|漏电|煤气味|燃气味|泄漏|着火|起火|冒烟|短路|承重墙|爆管|淹了"
    ),
    "threat": re.compile(
        r"1231[5５]|12345|消协|消费者协会|工商|市场监管|住建|法院|起诉|律师|打官司|仲裁|媒体|记者|电视台|曝光|上?(?:抖音|小红书|微博|网上|热搜)"
        r"|报警|拉横幅|信访|上访"
    ),
}
#: An amount of money in words, with its unit.
_MONEY = re.compile(r"(?<![\d.])(\d{1,7}(?:\.\d{1,2})?)\s*(万|千|百)?(?:多|几)?\s*(元|块|rmb)?", re.IGNORECASE)
_HAN = re.compile(r"([一二两三四五六七八九十]{1,3})(万|千|百)(?:多|几)?(?:块|元)?")
_SCALE = {"万": 10_000, "千": 1_000, "百": 100}
_DIGIT = dict(zip("一二两三四五六七八九十", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10), strict=True))
#: Money that is asked back or asked for.
_ASKED = re.compile(r"赔|退(?:钱|款|我|还|费|给)|补偿|补(?:给)?我|损失|扣(?:尾款|钱)|减(?:免|钱)")


def rules_met(words: str) -> list[str]:
    """The rules that the words meet by themselves, in a fixed order; empty for an ordinary complaint."""
    return [rule for rule, pattern in RULES.items() if pattern.search(words)]


def money_asked(words: str) -> int:
    """The largest amount that the words ask for, in 分; 0 when none is asked for."""
    if not _ASKED.search(words):
        return 0
    amounts = [_yuan(found[1], found[2], found[3]) for found in _MONEY.finditer(words)]
    amounts += [_han(found[1]) * _SCALE[found[2]] for found in _HAN.finditer(words)]
    return max((round(amount * 100) for amount in amounts), default=0)


def _yuan(figure: str, scale: str | None, unit: str | None) -> float:
    """The amount in 元; a figure without any unit is a phone, a room or a date and no money."""
    if not scale and not unit:
        return 0
    return float(figure) * (_SCALE[scale] if scale else 1)


def _han(figure: str) -> int:
    if "十" not in figure:
        return _DIGIT[figure[0]]
    tens, _, ones = figure.partition("十")
    return (_DIGIT[tens] if tens else 1) * 10 + (_DIGIT[ones] if ones else 0)
