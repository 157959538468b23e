"""What the model may not decide alone: signs for it, and the few rules that have the last word.

人工 always wins (domain §5); an opt-out is only an opt-out when the message is nothing else; a bare figure answers
the open survey; an answer to a question that we asked is no intent of its own.
"""

import re

from bot.understanding import faults, optout, replies, score, urgency
from bot.understanding.reading import Context, Intent, Slots

_HUMAN = re.compile(
    r"转(?:接)?人工|^(?:我?要|找|转|接|来个?|叫|呼叫|换|请|请转|帮我转|帮我接|需要|请接|接入|有|"
    r"有没有)*人工(?:客服|服务|坐席)?(?:吧|啊|呀|谢谢|在吗|有吗|吗|快点|！|，|。|$)|人工客服|人工服务|"
    r"人工坐席|人工人工|"
    r"(?:找|转|接|叫|换|来|要|派|给我|给)(?:个|一个|下|一下)?(?:真人|活人|大活人|人工|人来(?:说|聊|接)|"
    r"能说话的|会说话的)|(?:不想|不要|别|懒得|谁要)(?:再)?(?:跟|和|同)(?:你这个|你这)?(?:机器|机器人|自动|"
    r"ai)|"
    r"^(?:真人|活人|客服|人呢|有人吗|有人在吗|来人|来个人)[，。！？啊呀吧吗]*$|"
    r"客服(?:在吗|在不在|在么|在线吗|呢|人呢|出来|有人吗)|(?:转|找|接|叫|联系|要|喊)(?:一下|下|个|"
    r"你们)?(?:的)?客服(?!电话|态度)|跟?(?:真人|活人)(?:说|聊|讲|谈)|真人(?:客服|在|接|回)"
)
#: Somebody, but perhaps another worker (监理换人): only where no other wish is sure.
_SOMEBODY = re.compile(
    r"(?:找|换|叫)(?:个|一个)?人(?:来)?(?:跟|和|同)?(?:我)?(?:说|聊|讲|谈|回|接)?(?:话|一下)?(?:吧|啊|行不|$|，|。|！)"
)
_NOT_HUMAN = re.compile(
    r"人工(?:费|钱|价|成本|多少|怎么算|贵|材料|加|和材料|包|辅料|草|湖|石|智能|降雨|工资|收费|单价|一天|报价|"
    r"计价|另|部分)|(?:不用|不要|不需要|别|无需|不想)(?:再)?(?:转|找|接)?(?:人工|客服|真人)|"
    r"(?:不用|不要|不必|别)(?:再)?找人|"
    r"(?:去掉|删掉?|减掉?|不算|加上?|改)人工|投诉(?:你们)?(?:的)?客服|包人工|算人工|含人工|人工是?(?:按|不)"
)
#: A wish beside the awaited answer must be at least this sure to count.
SURE = 0.8
#: How sure the model must be of an opt-out that no pattern knows, and of one beside another wish.
REFUSED, BESIDES = 0.2, 0.5
#: How sure a fault must be that the words deny.
LIKELY = 0.5
#: What weighs more than a refusal in the same message.
_WEIGHTIER = frozenset({"repair", "complaint"})
_ASKED_FOR = {
    "house": ("house",), "time": ("time",), "phone": ("phone", "phone_problem"), "name": ("name",), "place": ("place",),
    "area": ("area",), "budget": ("budget",), "style": ("style",),
}  # fmt: skip
_ASKING = ("吗", "？", "呢", "么", "嘛")
_PRICE = re.compile(r"人工(?:费|多少|怎么算|价)|人工(?:大概|一般)?多少")
#: A code or a contract number and nothing else.
_CODE = re.compile(
    r"^(?:(?:绑定|验证)?码是?|合同(?:编)?号(?:码)?是?)?(?:[a-z]{0,4}[- ]?\d[a-z0-9-]{3,15}|(?=[a-z]*\d)[a-z0-9]{5,8})$"
)
_ONLY = {"satisfaction_reply", "thanks_bye", "greeting"}


def signs(text: str, slots: Slots | None, context: Context) -> frozenset[str]:
    """Return facts about the text, as features for the model."""
    fault = faults.read(text)
    opinion = score.read(text, asked=context.survey_open)
    found = {
        "s:fault": fault.broken and fault.category is not None, "s:broken": fault.broken, "s:gone": fault.gone,
        "s:thing": fault.weight >= 2, "s:urgent": urgency.read(text), "s:place": fault.room is not None,
        "s:anger": opinion.anger, "s:irony": opinion.ironic, "s:figure": opinion.figure,
        f"s:score{opinion.score}": opinion.score is not None, "s:question": text.endswith(_ASKING),
        "s:short": len(text) <= 4, "s:long": len(text) > 30,
    }  # fmt: skip
    if slots is not None:
        found |= {
            # House, phone and time are no signs: they accompany every wish, and bare answers are for the rules.
            "s:area": slots.area is not None, "s:budget": slots.budget is not None, "s:style": slots.style is not None,
        }  # fmt: skip
    return frozenset(name for name, there in found.items() if there)


def settle(flat: str, found: list[Intent], slots: Slots, context: Context) -> list[Intent]:
    """Return the intents with the rules applied that may not fail."""
    if optout.wanted(flat):
        return [Intent("unsubscribe", 0.99)]
    if _refuses(flat, found, slots, context):
        return [intent for intent in found if intent.name not in _ONLY]
    found = _unless_hasty(_unless_denied(flat, found))
    sure_of_another = any(intent.name != "human" and intent.confidence >= SURE for intent in found)
    if wants_human(flat) or (not sure_of_another and wants_somebody(flat)):
        return _first("human", 0.97, [i for i in found if i.name not in _ONLY])
    if _NOT_HUMAN.search(flat):
        found = [intent for intent in found if intent.name != "human"]
    if _PRICE.search(flat):
        found = _first("enquiry_price", 0.9, found)
    if slots.robot:
        return _first("human", 0.6, [i for i in found if i.name not in _ONLY])
    if context.binding and (slots.phone or _CODE.match(replies.bare(flat))):
        return _first("bind", 0.9, found)
    if _answers_survey(flat, slots, context):
        return _first("satisfaction_reply", 0.95, found)
    if _only_answers(flat, slots, context) or (_answered(slots, context) and found and found[0].confidence < SURE):
        return []
    return found


def _refuses(flat: str, found: list[Intent], slots: Slots, context: Context) -> bool:
    """Tell whether the model alone hears an opt-out, with nothing but politeness before it and no fault beside it."""
    wishes = [intent for intent in found if intent.name not in _ONLY]
    if not wishes or wishes[0].name != "unsubscribe" or slots.urgent:
        return False
    # 不想留 refuses a number that was asked for, 不参加了 an event; a guess needs a word for what we send.
    bar = SURE if context.asking else REFUSED if optout.sent(flat) else BESIDES
    if wishes[0].confidence < bar:
        return False
    polite = wishes[0].confidence >= BESIDES or wishes[0] is found[0]
    return polite and not optout.another(flat) and not any(intent.name in _WEIGHTIER for intent in wishes)


def _unless_denied(flat: str, found: list[Intent]) -> list[Intent]:
    """Return the intents without a fault that is only named to say that it is not there (没漏), unless it is sure."""
    if not faults.read(flat).gone:
        return found
    return [intent for intent in found if intent.name != "repair" or intent.confidence >= LIKELY]


def _unless_hasty(found: list[Intent]) -> list[Intent]:
    """Return the intents without an opt-out that is not sure: beside another wish it is second at most."""
    kept = [intent for intent in found if intent.name != "unsubscribe"]
    also = [intent for intent in found if intent.name == "unsubscribe" and intent.confidence >= BESIDES]
    return kept[:1] + also + kept[1:] if kept else []


def _first(name: str, sure: float, found: list[Intent]) -> list[Intent]:
    """Return the intents with this one in front, at least as sure as any other."""
    others = [intent for intent in found if intent.name != name]
    return [Intent(name, max([sure, *[intent.confidence for intent in others]])), *others]


def wants_human(flat: str) -> bool:
    """Tell whether a person is asked for; 人工费 and 不用转人工 are not."""
    return bool(_HUMAN.search(flat)) and not _NOT_HUMAN.search(flat)


def wants_somebody(flat: str) -> bool:
    """Tell whether somebody is asked for, whoever that is."""
    return bool(_SOMEBODY.search(flat)) and not _NOT_HUMAN.search(flat)


def _answers_survey(flat: str, slots: Slots, context: Context) -> bool:
    if not context.survey_open and context.asking != "score":
        return False
    return slots.score is not None and (len(flat) <= 6 or score.read(flat, asked=True).figure)


def _answered(slots: Slots, context: Context) -> bool:
    """Tell whether the slot that was asked for is filled."""
    return any(getattr(slots, name) is not None for name in _ASKED_FOR.get(context.asking or "", ()))


def _only_answers(flat: str, slots: Slots, context: Context) -> bool:
    """Tell whether the text is nothing but an answer: a number, a yes, a command, an option, a place, a time."""
    whole = replies.bare(flat)
    if context.crew and slots.crew_step:
        return True
    if slots.option is not None and len(whole) <= 4:
        return True
    if slots.command is not None and len(whole) <= 6:
        return slots.command != "help"
    if slots.yes is not None and len(whole) <= 3 and not slots.score:
        return True
    return not _left(whole, slots)


_SAID_BESIDES = re.compile(
    r"[，。！？：、☎ -]|我家?的?|家里?|都?有人|都在|在|方便|有空|都?可以|就?行|吧|的|了|呀|啊|来|上门|左右|"
    r"电话|手机号?|号码|联系|打|这个|是|改成|改为|换成|不对|不是|应该|姓|叫|免贵|本人|先生|女士|"
    r"那里|那边|这边|里面?|住|地址|小区|就|您|你|以后|之后|定|得闲|得空|用|号"
)


#: What words of time are made of; a span that holds more than a little else holds the wish too (周六来量房，我下午在).
_OF_TIME = re.compile(
    r"[\d:：点半一二三四五六七八九十两几个号日月年周星期礼拜天今明后昨早上中下午晚夜间前以之左右到至钟刻内末初底"
    r"小时分 -]+"
)
_BETWEEN = 3


def said_when(slots: Slots) -> str | None:
    """Return the words of the time, unless something else stands between its parts."""
    words = slots.time.text_zh if slots.time else None
    return words if words and len(_OF_TIME.sub("", words)) < _BETWEEN else None


def _left(whole: str, slots: Slots) -> str:
    """Return what the slots do not explain of the text; only for texts that fill one."""
    words = [slots.house, slots.place, slots.phone, slots.name, slots.form, said_when(slots)]
    if not any(words) and not slots.area and not slots.correction:
        return whole
    for word in words:
        if word:
            whole = whole.replace(word, " ", 1)
    whole = re.sub(r"[\d ]{7,}|[\d.]+(?:平米?|平方)", " ", whole)
    return _SAID_BESIDES.sub("", whole)
