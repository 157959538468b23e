"""退订 and 恢复: at once only where what we send is refused beyond doubt; what only sounds like it is asked once.

An opt-out that nobody meant costs us every word to that person, so a guess never acts.
"""

import re

from bot.dialog import form, talk
from bot.heard import Do, Outcome
from bot.scripts.household import KIN
from bot.scripts.turn import Turn
from bot.understanding import normalise, optout

OPT_IN = re.compile(
    r"恢复(?:订阅|接收|推送|通知|消息|提醒)?吧?$|重新(?:订阅|接收|开启)|^(?:订阅|接收消息)$|\bstart\b", re.IGNORECASE
)
#: What we send by ourselves.
OURS = re.compile(
    r"广告|推送|别推|推广|营销|推销|活动|优惠|促销|群发|订阅|退订|拒收|消息|短信|通知|信息(?!.{0,3}删)|公众号|打扰|骚扰|轰炸|拉黑|取关"
    r"|烦我|吵我|联系我|找我|问候|祝福|名单|回访(?!了|过)|^(?:回?复?)?(?:td|t)$|stop|unsub|text|messag",
    re.IGNORECASE,
)
#: What other people do, or things of their own that one may want gone, called off or not passed on.
NOT_OURS = re.compile(
    r"图(?!书)|照片|相片|视频|号码|电话号|手机号|回电|资料|数据|档案|师傅|工人|监理|设计师|快递|方案|老师|群里"
    r"|发给|告诉|通知(?:我家|他|她|别人)|(?:不用|别|不要)[^，。]{0,6}(?:维修|进度|上门|报修|量房)"
)
#: What one calls off and nobody sends.
BOOKED = re.compile(r"订单|工单|预约|报名|报价|合同")
#: Nothing is refused, or somebody else is said to refuse it.
DENIED = re.compile(
    r"(?:(?:没|没有|不是|并没)(?:说过?|要|想|让|叫)+|不(?:想|要|用)|别(?:给我|帮我|把我)?)(?:你们|我)?(?:给我|要)?(?:退订|取消订阅)"
    r"|(?:误|点错|按错|发错|不小心).{0,6}退订|退订.{0,4}(?:错了|按错|不是我)"
)
HEARSAY = re.compile(rf"(?:{KIN.pattern}|[他她]们?|朋友|邻居)[^，。]{{0,3}}(?:说|要|想|让|叫)", re.IGNORECASE)
#: What is to go on all the same: “维修的还是要发”, “师傅到了的通知别停”.
WANTED_STILL = re.compile(
    r"(?:还是|还|仍然|照样|照常|继续|都)(?:要|得|需要|可以)?(?:给我|正常)?(?:发|收|通知|提醒)|多发|(?:通知|提醒|消息)[^，。]{0,2}(?:别|不要|不能)(?:给我)?停"
)
#: What people put between two words when they are fed up: 别他妈再发广告了.
SWEARS = re.compile(r"[他她]?妈的|他妈|特么|尼玛|tmd")
#: “别再拖了” sounds like a refusal, but of delay.
HURRY = re.compile(r"拖|磨蹭|糊弄|敷衍")
#: A thing that only a colleague can put right: a photo, a number, who of the family is told.
BY_HAND = re.compile(
    r"(?:照片|相片|图片|视频|号码|电话|手机号?).{0,6}(?:删|去掉|换|改|撤)|(?:删|去掉|撤).{0,4}(?:照片|相片|图|视频|号码)"
)


def said(turn: Turn) -> Outcome | None:
    """Refused beyond doubt, or wanted again: done at once, in any dialog, without a question."""
    if turn.text and (
        DENIED.search(turn.text)
        or (_sounds(turn) and WANTED_STILL.search(turn.text))
        or (_sounds(turn) and "订" in turn.text and _of_another(turn))
    ):
        return form.aside(turn, turn.say("consent.still", out=turn.facts.opted_out))
    if plain(turn):
        return form.aside(turn, turn.say("consent.out"), dos=(Do("person.opt_out", {"words": turn.text}),))
    if OPT_IN.search(turn.text) and (turn.facts.opted_out or not turn.state.script):
        return form.aside(turn, turn.say("consent.back"), dos=(Do("person.opt_in", {"words": turn.text}),))
    return None


def _sounds(turn: Turn) -> bool:
    return turn.intent == "unsubscribe" and turn.worded


def _of_another(turn: Turn) -> bool:
    return bool(HEARSAY.search(turn.text))


def plain(turn: Turn) -> bool:
    """Whether the words refuse what we send, and nothing and nobody else."""
    if not _sounds(turn):
        return False
    flat = SWEARS.sub("", normalise.dense(normalise.flat(turn.text)))
    ours = OURS.search(turn.text) or OURS.search(flat)
    if not ours or not optout.wanted(flat):
        return False
    return not (NOT_OURS.search(turn.text) or BOOKED.search(turn.text) or KIN.search(turn.text) or _of_another(turn))


def likely(turn: Turn) -> Outcome | None:
    """What only sounds like an opt-out and is nobody else's matter: asked once; a colleague puts things right."""
    if not _sounds(turn) or HURRY.search(turn.text):
        return None
    if KIN.search(turn.text) or turn.slots.phone or BY_HAND.search(turn.text):
        return talk.hand_over(turn, "asked")
    if form.script_of(turn) or BOOKED.search(turn.text):
        return None
    return form.begin(turn, "opt_out", answers={"words": turn.text[:200]})
