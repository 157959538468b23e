"""转介绍: a personal code for whoever wants to recommend us, and a word to those who came by one."""

import re

from bot.dialog import form
from bot.heard import Do, Outcome
from bot.scripts import contact
from bot.scripts.turn import Turn

WANTS = re.compile(
    r"推荐码|(?:我的|专属|个人)二维码|转介绍|老带新"
    r"|(?:推荐|介绍)(?:一?[下个些])?(?:我的?)?(?:朋友|邻居|同事|亲戚|客户|熟人|人)(?!来的|介绍|推荐)"
    r"|(?:朋友|邻居|同事|亲戚)(?:也)?(?:想|要)装修.{0,6}推荐|(?:想|要)推荐给?(?:朋友|邻居|同事|亲戚)"
    r"|怎么(?:推荐|介绍)(?:[^，。]{0,3}(?:朋友|人))?[?？]?$|推荐(?:怎么|如何)(?:弄|推荐|操作)"
    r"|refer a friend|referral code",
    re.IGNORECASE,
)
#: What is given for it is another question, which the house's articles or a colleague answer.
REWARD = re.compile(r"奖励|返现|返点|好处|提成|多少钱|礼品|礼物|红包|有什么|有啥|reward", re.IGNORECASE)
FRIEND = re.compile(
    r"(?:朋友|邻居|同事|亲戚|同学|闺蜜).{0,4}(?:想|要|准备|打算|需要).{0,4}(?:装修|装房|量房|翻新|装(?=$|[，。 ]))"
    r"|(?:friend|neighbou?r).{0,20}renovat",
    re.IGNORECASE,
)
#: “我同事也要装” and no more.
PLAIN = re.compile(r"^(?:我|有个|我有个|我们)*[^，。]{0,4}(?:朋友|邻居|同事|亲戚|同学|闺蜜)[^，。?？多少吗]{2,10}$")
SCENE = "ref_"


def wanted(turn: Turn) -> Outcome | None:
    """推荐码, 我要推荐朋友: the code is on its way, from whatever dialog it was asked.

    A friend's number is not taken from somebody else: the friend comes by the code.
    """
    if turn.heard.event == "click" and turn.heard.key == "MENU_REFER":
        return form.aside(turn, turn.say("referral.code"), dos=(Do("referral.code"),))
    told = FRIEND.search(turn.text)
    friend = told and (contact.ANOTHERS.search(turn.text) or PLAIN.match(turn.text))
    wants = friend or WANTS.search(turn.text)
    if not turn.worded or not wants or REWARD.search(turn.text):
        return None
    return form.aside(turn, turn.say("referral.code"), dos=(Do("referral.code"),))


def scanned(turn: Turn) -> Outcome | None:
    """Somebody came by a friend's code: welcomed as such; old followers are told that nothing is needed."""
    if not turn.heard.scene.startswith(SCENE) or turn.heard.event not in ("subscribe", "scan"):
        return None
    return form.aside(turn, turn.say("referral.welcome" if turn.heard.event == "subscribe" else "referral.scanned"))
