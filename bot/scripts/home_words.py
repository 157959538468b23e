"""What people say in passing of the home they mean to do up: its estate, what it may cost, what it must not be.

Each reads one message of an enquiry; nothing said is asked again.
"""

import re

from bot.scripts import keys, readers
from bot.scripts.script import Answers
from bot.scripts.turn import Turn
from bot.understanding import numbers, people

#: Said to be the estate: 我们小区叫碧水云天, 房子在滨江金色海岸.
CALLED = re.compile(
    r"(?:(?:小区|楼盘|花园)(?:的?名字?)?(?:就?叫做?|是)|(?:我家?|我们家?|房子|新房|家|买)(?:的?房子?)?就?(?:住)?在)"
    r"[：: ]?(?P<name>[\u4e00-\u9fff]{2,10})(?=$|[ ，,。.;；！!\d])"
)
#: What stands around the name of an estate.
NAME_ALONE = re.compile(
    r"^(?:我们?家?)?(?:房子)?(?:就?是|在|住在?)?|(?:小区)?(?:里|那边|这边)?的?(?:房子|楼盘)?[吧啊呀。.!！~]*$"
)
#: How names of estates end that are no other words.
GRAND = re.compile(
    r"(?=[\u4e00-\u9fff]{4,10}$)[\u4e00-\u9fff]*(?:海岸|半岛|云天|国际|天下|世家|世纪|华府|名邸|水岸|都会|中心|尚品|[一壹]号|[一壹]品|江南|首府|书香"
    r"|时代|御景|悦府|[城苑园府湾庭邸墅郡汇轩居坊村门洲台山庄第座廊峰境港墅里])$"
)
#: Letters that names of estates do not have and sentences do.
SENTENCE = re.compile(r"[我你您他她它不没想要是吗呢吧了很多少怎么什哪谁请先再看给]|今天|明天|后天")
#: A budget where the money is understood: 20个, 30个左右, 二十来个.
TENS_OF_THOUSANDS = re.compile(
    rf"(?<![\d.])(?P<n>\d{{1,3}}|[{numbers.CLASS}]{{1,3}})(?:来|多|几)?个(?:左右|上下|以内|之内|吧|就|$|[，。 ])"
)
BARE_BUDGET = re.compile(
    rf"^(?:预算)?(?:大概|大约|差不多|就|也就)?(?P<n>\d{{1,3}}|[{numbers.CLASS}]{{1,3}})(?:来|多)?(?:左右|上下|以内|吧)*$"
)
LEAST, MOST = 3, 500
#: A style that is not wanted.
UNWANTED = re.compile(
    r"(?:不(?:太|想|大)?(?:要|喜欢|想要|考虑|爱|能接受)|讨厌|别(?:做|搞|要)?|除了|拒绝)[^，。,]{0,4}$"
)
WISHES = re.compile(r"预算|风格")
#: The sizes of plans: 建面89，套内72.
ON_PLAN = re.compile(r"(?:建面|建筑面积|面积|产证|套内)(?:大概|大约|是|有|约)*[：: ]?(\d{2,4}(?:\.\d+)?)(?![\d万元.])")

#: 不是89 是98; 是98不是89.
PUT_RIGHT = re.compile(
    r"不是\s*(?P<no>\d{2,4})[平㎡，,。 ]*(?:而|应该|我?家?)?是\s*(?P<yes>\d{2,4})"
    r"|是?\s*(?P<but>\d{2,4})[平㎡，,。 ]*不是\s*(?P<not>\d{2,4})"
)
#: Money in English, in thousands: 250k, 300 thousand, ¥250,000.
THOUSANDS = re.compile(r"(?<![\d.])(\d{2,4})(?:\s?k\b| thousand|,000\b)", re.IGNORECASE)


def estate(turn: Turn) -> str:
    """The estate in words that say little else, or that say it is one; "" for none."""
    if found := CALLED.search(turn.text):
        name = NAME_ALONE.sub("", found["name"])
        return "" if SENTENCE.search(name) or len(name) < 2 else name
    alone = NAME_ALONE.sub("", turn.text)
    if len(alone) <= 10 and readers.ESTATE.fullmatch(alone):
        return alone
    named = GRAND.fullmatch(alone) and not SENTENCE.search(alone) and not (turn.slots.problem or turn.slots.time)
    return alone if named and turn.heard.reading.top.confidence < 0.5 else ""


def budget(turn: Turn) -> Answers:
    """Yuan where only the figure is said, to a question for it or in an enquiry: 20, 20个."""
    if turn.facts.lang == "en" and (told := THOUSANDS.search(turn.text)):
        yuan = int(told[1]) * 1000
        return {"budget": yuan, "budget_low": yuan}
    asked = turn.state.script == "enquiry" and turn.state.step == "wish"
    bare = BARE_BUDGET.match(turn.text) if asked else None
    found = bare or (TENS_OF_THOUSANDS.search(turn.text) if turn.state.script == "enquiry" else None)
    if not found or turn.slots.phone:
        return {}
    count = numbers.value(found["n"])
    return {"budget": count * 10_000, "budget_low": count * 10_000} if count and LEAST <= count <= MOST else {}


def style(turn: Turn) -> Answers:
    """The style that is wanted, or the one that is not."""
    wanted = turn.slots.style
    if not wanted:
        return {}
    at = turn.text.find(wanted)
    if at <= 0 or not UNWANTED.search(turn.text[:at]):
        return {"style": wanted}
    instead = people.style(turn.text[at + len(wanted) :])
    return {"unwanted": wanted} | ({"style": instead} if instead else {})


def left_open(turn: Turn) -> bool:
    """Style or money is said to be undecided, whatever was asked: 预算还没定."""
    return bool(WISHES.search(turn.text)) and keys.undecided(turn)


def on_plan(turn: Turn) -> float:
    """The first size that a plan names, square metres; 0 for none."""
    found = ON_PLAN.search(turn.text)
    return float(found[1]) if found else 0


def put_right(turn: Turn) -> float:
    """The size that takes the place of the one we have: 不是89 是98, 98不是89; 0 for none."""
    known = turn.state.answers.get("area")
    for found in PUT_RIGHT.finditer(turn.text):
        wrong, right = (found["no"], found["yes"]) if found["no"] else (found["not"], found["but"])
        if known and float(wrong) == known:
            return float(right)
    return 0


def name_beside(turn: Turn) -> str:
    """The name that stands beside a number and says nothing else: 13900001111陈."""
    rest = re.sub(r"[\d\s+，,。.：:-]|电话|手机号?", "", turn.text)
    return (people.name(rest, asked=True)[0] or "") if turn.slots.phone and rest else ""
