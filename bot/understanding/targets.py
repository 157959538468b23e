"""Whom or what somebody complains about: 设计师 工队 监理 材料 客服 价格 工期 其他.

Named or told by deeds; the words and their weights stand in data/targets.toml.
"""

import re

from bot.understanding.words import table

_WEIGHED = {
    name: [(re.compile(pattern), float(weight)) for pattern, weight in group.items()]
    for name, group in table("targets.toml").items()
}
_ABOUT = re.compile(
    r"(?:投诉|举报|告|反映|针对|说说|申诉|不满意?(?=你们)|差评给)(?:一下|下)?"
    r"(?:你们|咱们|公司|那个|这个|家|一个|那位|个)*(?:的)?"
)
#: Praised, or said not to be the matter: 设计师没问题，就是工人….
_FINE = re.compile(
    r"(?:不是|不怪|不关|不投诉|没说)[^，。是]{1,8}(?:[，。 ]+|(?=而?是|，))(?:而)?(?:是)?|"
    r"[^，。]{1,10}(?:挺好|还行|还可以|没问题|没话说|不错|很好|都好|也好|没毛病|可以)"
    r"[，。 ]+(?=但|就是|只是|可|不过|唯独|问题|偏偏)"
)
#: What follows 投诉 within this many characters is what is meant; named people come first there.
NEAR, FIRST = 10, 4.0
#: A weight less than this tells nothing (公司 alone, 钱 alone with nothing else is a hint).
ENOUGH = 1.0


def of(text: str) -> str | None:
    """Return the target named right after 投诉, else the one that most speaks for, else None."""
    return _of(_FINE.sub("", text))[0]


def evidence(text: str) -> set[str]:
    """Return what speaks for each target, as features of the linear model."""
    best, totals = _of(_FINE.sub("", text))
    seen = {f"t:{name}{size}" for name, total in totals.items() for size in (1, 3, 5) if total >= size}
    return seen | {f"t={best}"} if best else seen


def _of(text: str) -> tuple[str | None, dict[str, float]]:
    totals = {
        name: sum(weight for pattern, weight in group if pattern.search(text)) for name, group in _WEIGHED.items()
    }
    about = _ABOUT.search(text)
    if about:
        rest = text[about.end() : about.end() + NEAR]
        named = [
            (hit.start(), name) for name, group in _WEIGHED.items() for pattern, weight in group
            if weight >= FIRST and (hit := pattern.search(rest))
        ]  # fmt: skip
        if named:
            return min(named)[1], totals
    best = max(totals, key=lambda name: totals[name])
    return (best if totals[best] >= ENOUGH else None), totals
