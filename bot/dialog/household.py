"""Binding and unbinding beyond the six digits: by contract, for the family, and letting go again."""

import re

from bot.dialog import form, talk
from bot.heard import Outcome
from bot.scripts import household as script
from bot.scripts.household import KIN
from bot.scripts.turn import Turn

UNBIND = re.compile(
    r"解绑|解除(?:绑定|关联)|取消(?:绑定|关联)|退出绑定|不想?再?绑定?着?了|\bun(?:bind|link)\b", re.IGNORECASE
)
#: Somebody else is to go.
OUT = re.compile(r"移除|移出|删除|删掉|删了|踢|去掉|解绑|取消绑定|解除|\bremove\b", re.IGNORECASE)
#: Somebody else is to come.
IN = re.compile(
    r"绑|(?:一个|个|要|给|发|的)码|二维码|加(?:进来|入|上|一下)|收到(?:通知|消息)|也(?:能|可以|想)?(?:看|收)|一起看|\binvite\b|\bcode\b|\badd\b",
    re.IGNORECASE,
)
#: “我老婆绑不了”: something does not work, nobody is to be let in.
FAILS = re.compile(r"不了|不上|失败|不成功|没反应|打不开|过期")
WHO = re.compile(r"(?:谁|哪些人|几个人|有谁).{0,6}绑|绑.{0,6}(?:谁|哪些人|几个人)|家里.{0,3}有谁")
#: The other way of being known, where there is no code.
CONTRACT = re.compile(
    r"合同|(?:没|没有|找不到|丢了?|不知道)(?:绑定|验证)?码|(?:用|凭|拿)(?:手机|电话)|by contract", re.IGNORECASE
)
#: What words about letting somebody in or out are read as; 把我老婆移除 sounds like an opt-out.
OURS = frozenset({"bind", "", "out_of_scope", "gift_activity", "unsubscribe", "greeting"})
#: Neither the one nor the other is at hand: a person looks it up.
FORGOTTEN = re.compile(r"忘|不记得|不知道|找不[到着]|丢|没有?合同|没签", re.IGNORECASE)
SENT = re.compile(r"广告|消息|短信|推送|电话|号码|通知")
#: Matters in which a contract is spoken of without being bound by it.
ABOUT = frozenset({"bind", "out_of_scope", ""})


def unbind(turn: Turn) -> Outcome | None:
    """解绑: one's own WeChat leaves a house, asked once with what follows."""
    if turn.state.script in ("unbind", "remove"):
        return form.answer(turn) if "绑" in turn.text else None
    if not UNBIND.search(turn.text) or KIN.search(turn.text):
        return None
    if not turn.facts.houses:
        return form.aside(turn, turn.say("household.none"))
    return form.begin(turn, "unbind")


def unbind_crew(turn: Turn) -> Outcome | None:
    """Crews are unbound by the office: a phone in the wrong hands must not drop out of a job unseen."""
    return form.aside(turn, turn.say("household.by_office")) if UNBIND.search(turn.text) else None


def family(turn: Turn) -> Outcome | None:
    """给家人一个码, 把我老公移除, 谁绑定了我家: only about one's own houses."""
    if turn.state.script in ("invite", "remove", "unbind") or not turn.worded:
        return None
    guessed = turn.heard.reading.top.confidence < talk.SURE_ENOUGH
    if (turn.intent not in OURS and not guessed) or (turn.intent == "unsubscribe" and SENT.search(turn.text)):
        return None
    kin = bool(KIN.search(turn.text))
    out = kin and bool(OUT.search(turn.text))
    into = kin and not out and bool(IN.search(turn.text)) and not FAILS.search(turn.text)
    if not (out or into or WHO.search(turn.text)):
        return None
    if not turn.facts.houses:
        return form.aside(turn, turn.say("household.none"))
    if into:
        return form.begin(turn, "invite", answers={"label": script.label_of(turn.text)})
    begun = form.begin(turn, "remove")
    return Outcome(begun.state, begun.says, begun.dos + script.look(_as(turn, begun)))


def _as(turn: Turn, outcome: Outcome) -> Turn:
    answers = outcome.state.answers if outcome.state else {}
    return turn.become(answers=dict(answers))


def by_contract(turn: Turn) -> Outcome | None:
    """“没有码，用合同号行吗”, “13800138000 HT-2025-007”: both are asked for, whatever is known of them."""
    if turn.state.script == "bind_contract" and FORGOTTEN.search(turn.text) and not turn.slots.phone:
        return talk.hand_over(turn.become(script="", step="", answers={}), "asked")
    if turn.state.script == "bind_contract" or not turn.worded:
        return None
    both = script.read_contract(turn) if turn.slots.phone else None
    other = both and not re.fullmatch(r"[\d -]*", both["contract"].replace(turn.slots.phone or "", ""))
    pair = not turn.state.script and other and turn.intent in ABOUT
    asked = (turn.intent == "bind" or turn.state.script == "bind") and CONTRACT.search(turn.text)
    # Asked for the code, many type the number that the contract knows: the other half is all that is missing.
    asked = asked or (turn.state.script == "bind" and turn.slots.phone and not turn.slots.problem)
    return form.begin(turn, "bind_contract") if pair or asked else None
