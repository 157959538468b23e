"""隐私: somebody wants to see what we keep of them, wants it gone, takes that back, or asks where we have it from.

It is no refusal of advertising, and a refusal of advertising is no deletion. Nobody learns here whether anything is
known of a phone, a contract or another person.
"""

import re
from dataclasses import replace

from bot.dialog import ask, both, form
from bot.heard import Do, Outcome
from bot.scripts import privacy as script
from bot.scripts.turn import Turn
from bot.understanding import Context, read

CLAUSE = re.compile(r"[，,。；;！!\n]+")
_MINE = r"(?:我|本人|我们家?|你们存|保存)?(?:在你们(?:那|这)?(?:里|边|儿)?)?(?:的|所有|全部)*(?:个人|私人|隐私)?"
_DATA = r"(?:信息|资料|数据|隐私|账号|帐号|账户|聊天记录)"
_IN_ENGLISH = r"(?:all )?(?:of )?(?:my|the) (?:personal )?(?:data|account|information|details|chat history)"
DELETE = re.compile(
    rf"{script.PUT_AWAY}(?:一下)?{_MINE}{_DATA}|{script.PUT_AWAY}我的(?:电话|手机号?|号码)"
    rf"|我的?(?:电话|手机号?|号码)(?:和|跟|、)?{_DATA}?[^，。]{{0,3}}(?:删了|删掉|删除|清掉)"
    rf"|(?:我的|个人|我所有的?)(?:全部|所有|个人)?{_DATA}[^，。]{{0,8}}(?:删了|删掉|删除|清掉|注销)"
    rf"|^我?要?(?:注销|销户)[。.!！]*$|\b(?:delete|erase|remove) {_IN_ENGLISH}",
    re.IGNORECASE,
)
EXPORT = re.compile(
    rf"(?:导出|调取|查看|拷贝|下载|复制)(?:一下|一份)?{_MINE}{_DATA}|(?:我的|个人){_DATA}[^，。]{{0,8}}(?:导出|拷贝|拷一份)"
    rf"|你们(?:那里|这里|那儿|这儿)?(?:都)?(?:存|保存|留|记|有)了?我(?:的)?(?:哪些|什么|多少){_DATA}"
    rf"|(?:我的|我所有的?|个人|存的)(?:所有|全部|个人)?{_DATA}[^，。]{{0,6}}(?:发|给|寄|传)(?:给|到|一份|一下|我|过来)"
    rf"|(?:想|要|把|给我|发我)[^，。]{{0,6}}(?:我的|个人){_DATA}(?:的)?(?:副本|备份|一份|导出)"
    rf"|\b(?:export|download|send me|copy of) (?:a copy of )?{_IN_ENGLISH}",
    re.IGNORECASE,
)
TAKE_BACK = re.compile(
    rf"(?:撤回|撤销|取消|别|不要|不用|先不|不想)[^，。]{{0,4}}(?:{script.PUT_AWAY}|导出)(?:{_MINE}{_DATA}|的?申请|了|账号)"
    rf"|(?:撤回|撤销)(?:我的)?(?:隐私|删除|导出|注销)?申请|(?:资料|信息|数据)(?:先)?(?:不|别)(?:要)?删|^不(?:删|注销|导出)了"
    r"|\b(?:cancel|withdraw) (?:the |my )?(?:deletion|erasure|export|privacy request)|keep my data",
    re.IGNORECASE,
)
#: What else one may think better of.
OTHER_MATTER = re.compile(r"投诉|报修|维修|报名|预约|回电|电话|时间|照片|报价|绑")
#: “删掉旧号码，换成…” corrects, it erases nobody.
SWAPS = re.compile(r"换|改|新(?:的|号)|发错|传错")
#: What a yes to a deletion says where another question came after ours.
OURS = re.compile(r"删|注销|清|资料|数据|隐私|delete|erase|data", re.IGNORECASE)
HOW_FAR = re.compile(
    r"(?:删除|注销|导出|隐私)申请.{0,6}(?:到哪|怎么样|进度|办好|办完|多久|什么时候)"
    r"|(?:资料|信息|数据|账号).{0,4}(?:删|导出|注销)(?:除|掉|好|完)?了?(?:没有?|吗)[？?]?$"
    r"|(?:deletion|export|privacy) request.{0,20}(?:status|progress|how far)|is my data (?:deleted|gone)",
    re.IGNORECASE,
)
SOURCE = re.compile(
    r"(?:怎么|咋|为什么|为啥|从哪里?|哪里|哪儿|凭什么).{0,6}(?:有|知道|拿到|得到|弄到|搞到|来的?)(?:了)?(?:我|我们)家?的?.{0,4}"
    r"(?:电话|号码|手机|信息|资料|微信|地址|姓名|名字)"
    r"|(?:我|我们)家?的?(?:电话|号码|手机号?|信息|资料|地址).{0,6}(?:哪(?:里|儿)?来的?|怎么来的|谁给的|从哪)"
    r"|where did you get my|how (?:do|did) you (?:have|know|get) my (?:number|phone|address|name|data)",
    re.IGNORECASE,
)


def _said(turn: Turn) -> bool:
    return turn.worded and bool(turn.text)


def answered(turn: Turn) -> Outcome | None:
    """“不删了” answers the question and refuses no advertising; 好的 to a quote that came after it deletes nothing."""
    if turn.state.script != "privacy" or not _said(turn) or (turn.asked_outside and not OURS.search(turn.text)):
        return None
    return form.answer(turn)


def wanted(turn: Turn) -> Outcome | None:
    """导出 is done at once; 删除 is asked once with what follows, or told when it was asked before."""
    if not _said(turn):
        return None
    wish = "delete" if DELETE.search(turn.text) else "export" if EXPORT.search(turn.text) else ""
    if wish == "delete" and turn.slots.phone and SWAPS.search(turn.text):
        return None
    if not wish:
        return None
    turn = _with_the_fault(turn)
    known = {"wish": wish, "words": turn.text[:500], "bound": bool(turn.facts.houses)}
    begun = form.begin(turn, "privacy", answers=known)
    if wish == "export":
        return begun
    look = Do("privacy.begin", {"wish": wish, "words": turn.text[:500]}, keep=("number",))
    return replace(begun, dos=(*begun.dos, look))


def _with_the_fault(turn: Turn) -> Turn:
    """What is broken in the same message is put aside as a report of its own and comes back afterwards."""
    fault = "，".join(part for part in CLAUSE.split(turn.text) if not (DELETE.search(part) or EXPORT.search(part)))
    if turn.state.script or not turn.slots.problem or not fault:
        return turn
    heard = replace(turn.heard, text=fault, reading=read(fault, Context(), turn.facts.now))
    if not both.tells(heard):
        return turn
    begun = form.begin(replace(turn, heard=heard), "repair")
    return turn if begun.dos or begun.state is None else replace(turn, state=begun.state)


def take_back(turn: Turn) -> Outcome | None:
    """撤回删除申请: taken back while nothing is gone yet; refused when there is none, or too late."""
    if not _said(turn) or turn.state.script == "privacy" or not _takes_back(turn):
        return None
    return form.aside(turn, turn.say("privacy.taken_back"), dos=(Do("privacy.withdraw", {"words": turn.text[:500]}),))


def _takes_back(turn: Turn) -> bool:
    if TAKE_BACK.search(turn.text):
        return True
    said = script.SECOND_THOUGHT.search(turn.text) if turn.facts.erasing and form.script_of(turn) is None else None
    return bool(said) and not OTHER_MATTER.search(turn.text)


def how_far(turn: Turn) -> Outcome | None:
    """How the request stands, and by when it will be over."""
    if not _said(turn) or not HOW_FAR.search(turn.text):
        return None
    return form.aside(turn, turn.say("privacy.progress"), dos=(Do("privacy.look"),))


def source(turn: Turn) -> Outcome | None:
    """你们怎么会有我的电话: as the house's own articles say it, else where data comes from and what one may ask."""
    if not _said(turn) or not SOURCE.search(turn.text):
        return None
    return ask.known(turn) or form.aside(turn, turn.say("privacy.source"))
