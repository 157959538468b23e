"""Whether words that only sound like a complaint are one: a formal complaint needs a grievance, or a yes.

“他说可以” tells of somebody and blames nobody; what has no grievance in it is asked about once, in passing.
"""

import re

from bot.heard import Outcome
from bot.scripts import grievance, readers
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn

#: What somebody did or left undone, how it turned out, what it cost, how it makes one feel.
GRIEVANCE = re.compile(
    r"差|烂|垃圾|坑|骗|黑心|恶劣|态度|敷衍|糊弄|忽悠|推[卸诿脱来]|拖|骂|凶|吼|吵|怼|威胁|不耐烦|迟到|爽约|放(?:我)?鸽子|不算(?:数|话)|说话不|不负责|不专业|不靠谱"
    r"|没人(?:管|理|来|接|回|联系|处理)|不[管理睬](?!解)|不[接回](?:我|电话|消息|微信|信息)|(?:联系|找)不[上到]|打不通|失联|玩消失|一直(?:不|没)|从来?不|[还都也总老]没(?:来|人|做|修|弄|装|退|给|联系|消息)|没(?:按|做|装|打扫|清理|戴|穿|铺|验|给|退|保护|通知|提前|告诉|跟我|经过)"
    r"|偷工|减料|以次充好|假[货的冒]|造假|偷|弄[坏脏丢断破]|[碰砸撞磕踩摔刮划搞打挖]?[坏破花碎]了?[我的]|损坏|丢了|少[了装做给]|漏装|不见了|脏|乱[扔丢收七]|抽烟|吸烟|随地|喝酒|醉"
    r"|[多乱]收|加[钱价]|增项|涨价|坐地|收了[^，。]{0,8}(?:还|又|不)|要(?:了)?小费|红包|回扣|不[认赔退给]|不肯|不愿|拒绝|退钱|退款|赔|违约|不合格|不达标|不按|不符|不一[样致]|对不上|超(?:期|支|预算)|延[期误]|逾期|耽误|返工|白[修等跑做花]"
    r"|修[了过](?:[几两三四五\d]|好几|又|还)|没修好|修不好|越修越|又(?:坏|漏|裂|掉|来)|质量|问题(?:很|太|一堆|多|严重)|做工|粗糙|马虎|随便|应付|失望|不满|气[死人愤]|生气|愤怒|恶心|受不了|忍|窝火|寒心|后悔|欺负|欺"
    r"|举报|曝光|12315|消协|消费者|起诉|律师|法院|媒体|记者|不公平|凭什么|讲不讲理|不讲理|没素质|没礼貌|不礼貌|不尊重|投诉|太.{0,6}了"
    r"|\b(?:rude|late|never|nobody|no one|bad|terrible|awful|worst|broken|damag|lied|lying|cheat|scam|refund"
    r"|ignored?|unprofession|overcharg|careless|disappoint|unacceptable|angry|upset|complain)",
    re.IGNORECASE,
)
#: Whom of us it is about.
OURS = re.compile(
    r"你们|你家|师傅|工人|工队|施工|客服|监理|设计师|经理|公司|业务|销售|顾问|(?:说|约)好|答应|承诺"
    r"|\b(?:you|your|crew|plumber|designer|supervisor|worker|company)",
    re.IGNORECASE,
)
#: So sure of a story that its words need not be known; and of a few words.
STORY, LONG, CERTAIN = 0.8, 14, 0.95


def grieved(turn: Turn) -> bool:
    """Whether the words hold a grievance, or tell a story that surely is one."""
    top = turn.heard.reading.top
    told = top.name == "complaint" and top.confidence >= (STORY if len(turn.text) >= LONG else CERTAIN)
    return told or bool(turn.slots.anger or GRIEVANCE.search(turn.text))


def blames(turn: Turn) -> bool:
    """Whether the words hold a grievance about one of us."""
    return bool(GRIEVANCE.search(turn.text) and OURS.search(turn.text)) and not turn.means("question")


def read_meant(turn: Turn) -> Answers | None:
    """A plain yes or no."""
    if readers.refuses(turn):
        return {"meant": False}
    return {"meant": True} if readers.agrees(turn) or "投诉" in turn.text else None


def finish(turn: Turn) -> Outcome:
    """Registered with the words that were said before, or nothing happens."""
    words = turn.state.answers.get("words") or turn.text
    if not turn.state.answers["meant"]:
        return turn.leave(turn.say("complaint.not_meant"))
    target = turn.state.answers.get("target")
    known = {"problem": words, "asked": True, **({"target": target} if target else {})}
    begun = turn.start("complaint", "problem", known)
    return grievance.leave(begun) or turn.leave()


SCRIPT = Script(
    "grieved",
    start="meant",
    steps={"meant": Ask("complaint.ask_meant", read_meant, None, ("meant",), numbered=True)},
    finish=finish,
    takes_media=False,
    light=True,
    passing=True,
)
