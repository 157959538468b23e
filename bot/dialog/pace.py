"""People take their time: 晚点再说, 我再考虑下, 还没试呢 – and begin before they know how: 我想, 那个, 说实话.

Neither is an answer, a verdict or a reason: what waits goes on waiting, and nothing is done that was not meant.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace

from bot.dialog import form
from bot.heard import Outcome, State
from bot.scripts.turn import Turn
from bot.understanding import Context, read

_WHEN = (
    r"(?:晚(?:一?点|一?会|些)|等(?:一?会|一?下|等|有空|忙完|下班)|一会|待会|过(?:一?会|[几两]天)|回头|稍后|改[天日]|以后|到时候?|下次|有空|空了|忙完"
    r"|晚上|明天|后天|周末|下周|今晚|回家|下班)(?:儿|了)?"
)
_KIN = r"(?:老公|老婆|爱人|媳妇|先生|太太|家里人?|家人|爸妈?|妈妈?|儿子|女儿|对象|室友|房东)"
#: Not now, by the one who is asked.
PUT_OFF = re.compile(
    rf"{_WHEN}(?:再)?(?:说(?!一)|看吧|定(?!金)|评|聊)|(?:先不(?:说|评|急|定)|再说)(?:吧|了)?$|^再说吧"
    rf"|^[^你师修来，。]{{0,8}}{_WHEN}[^你师来修量，。]{{0,6}}(?:再|就)?(?:告诉|联系|答复|回复?|发|给|补|填|跟)(?:你|您|个|过去|一下|上)*(?:们)?(?:说)?[吧哈了。]*$"
    r"|(?:我|再|先|让我|得)(?:再|先|也)*(?:考虑|想想|想一想|想一下|琢磨|合计)(?:考虑|一?下|清楚|想|再说|再|吧|了|看|。)*$"
    rf"|(?:^|我|先|得|要)(?:去|回家|再|先)*问(?:一?下|问|一问|过)?(?:我)?{_KIN}(?:再说|一下|的?意见|看看|先|吧|。)*$"
    rf"|(?:^|我|先|得|要)(?:去|回家|再|先|还)*(?:跟|和)(?:我)?{_KIN}(?:再|先)?(?:商量|说|合计|讨论|通个?气)(?:商量|一?下|一声|再说|着|吧|。)*$"
    r"|^等我?(?:先|再)?(?:看|试|用|问|想)(?:看|试|用|问|想|一?下|再说|吧|。)*$"
    rf"|等(?:我)?{_KIN}[^，。]{{0,3}}回来|^(?:我)?(?:再|先)看看(?:再说|吧)?[。]*$"
    r"|^(?:我|现在|不好意思|稍等|等等?|，)*(?:正?在)?(?:开会|开车|上班|忙)(?:着|呢|中|，|。|先)*$|^没空(?:评|填)?$"
    r"|^(?:等(?:一)?[下等](?:啊|哈|哦)?|稍等(?:一下)?|马上(?:发|拍)?)[。]*$|^(?:我)?(?:去|先|来|现在)?拍(?:个|张|几张|一?下)?(?:照片?|图片?|视频)?(?:给你|发你)?[。]*$"
    r"|\b(?:later|not now|let me (?:think|check|ask)|i['’]?ll (?:think|let you know|get back|tell you)|in a meeting)\b",
    re.IGNORECASE,
)
#: What was mended was not tried yet: no verdict, and no fault either.
UNTRIED = re.compile(
    r"还没(?:来得及|有)?(?:试|用(?!好)|看|验|回家|到家)(?:过|呢|了|，|。|上|水|得及)*(?:$|[，。])|^(?:等?我)?(?:先)?(?:试试|用用|用[几两]天|看看效果)"
    r"|(?:还|再|先|得|要)[^，。]{0,3}观察|^(?:等|过)?[一两三几]天(?:以?后)?(?:我)?再"
    r"|(?:试|用|看)(?:了|过|试|一试|几天|两天)(?:再|才)(?:说|评|知道|告诉)|have(?:n['’]t| not) (?:tried|tested|used)",
    re.IGNORECASE,
)
#: “先修再说” is a go-ahead with a condition; “你们晚点发我” asks something of us.
NOT_PUT_OFF = re.compile(
    r"先(?:修|做|弄|装|来|看)|修[好完了]*再说|(?:给|发|告诉|联系|通知|回复?|打)我|你们(?:能|可以|什么时候|几点)"
)
ASKS = re.compile(r"[?？]|[吗么]$|什么|怎么|多少")
#: A beginning, and nothing yet.
BEGINS = re.compile(
    r"^(?:你好|您好|在吗|请问|那个|这个|我想|想|我想?(?:问|说|咨询|了解)(?:一?下|问|个事|件事)?|问(?:一?下|个事|你?个问题)|就是|是这样的?|有(?:个|件)(?:事|问题)"
    r"|说实话|老实说|讲真|说真的|怎么说呢?|其实|等(?:一?下|等)|对了|还有|，|,| |。|…|\.)+$"
)
BEGINNING = re.compile(r"^(?:你好|您好|在吗|请问|那个|这个|我想|就是|说实话|其实|对了|[，, 。…])+")
#: So long a beginning waits for its end.
TOGETHER = dt.timedelta(minutes=5)
LONGEST = 60
Rules = Callable[[Turn], Outcome | None]


def _plain(turn: Turn) -> bool:
    slots = turn.slots
    other = slots.problem or slots.phone or slots.anger or slots.urgent or slots.number
    return turn.worded and bool(turn.text) and not other


def puts_off(turn: Turn) -> bool:
    """Whether the words say: not now."""
    text = turn.text
    if not _plain(turn) or ASKS.search(text) or NOT_PUT_OFF.search(text):
        return False
    untried = turn.facts.survey is not None and UNTRIED.search(text)
    return bool(untried or PUT_OFF.search(text))


def later(turn: Turn) -> Outcome | None:
    """“晚点再说”: heard; whatever was asked waits, and what was to be done is not done meanwhile."""
    if not puts_off(turn):
        return None
    script = form.script_of(turn)
    if script is not None and not script.passing:
        return _in_a_dialog(turn)
    facts = turn.facts
    if facts.quotes and not UNTRIED.search(turn.text):
        return Outcome(_kept(turn), (turn.say("quote.no_hurry"),))
    if facts.survey is not None or facts.surveys:
        return Outcome(_kept(turn), (turn.say("survey.no_hurry"),))
    return Outcome(_kept(turn), (turn.say("talk.no_hurry"),))


def _kept(turn: Turn) -> State | None:
    return turn.state if turn.state.parked else None


def _in_a_dialog(turn: Turn) -> Outcome | None:
    match turn.state.script:
        case "complaint" | "take_back" | "terms" | "urgent":
            return None  # they know themselves what they can do without
        case "survey" | "regret":
            return turn.stay(turn.say("survey.no_hurry"))
        case "quote":
            return turn.stay(turn.say("quote.no_hurry"))
        case "cancel" if turn.state.answers.get("number"):
            return turn.leave(turn.say("ticket.kept", number=turn.state.answers["number"]))
        case "cancel" | "unbind" | "remove" | "withdraw" | "call_off" | "opt_out":
            return turn.leave(turn.say("form.left"))
        case "call":
            return turn.leave(turn.say("call.none"))
    script = form.script_of(turn)
    if script is None or script.light:
        return turn.stay(turn.say("talk.no_hurry"))
    waits = turn if turn.state.confirming == "resume" else turn.become(confirming="")
    return waits.stay(turn.say("form.waits"))


def begins(turn: Turn) -> Outcome | None:
    """“我想”: we listen, and keep it for what comes next."""
    if not _plain(turn) or not BEGINS.match(turn.text) or turn.facts.waiting:
        return None
    script = form.script_of(turn)
    if turn.intent == "greeting" or (script is not None and not script.passing):
        return None
    turn = turn.become(script="", step="", answers={})
    return Outcome(remembered(turn).state, (turn.say("talk.go_on"),))


def remembered(turn: Turn) -> Turn:
    """The same turn, its words kept beside those right before them."""
    words = f"{_before(turn)}{turn.text}"[-LONGEST:]
    return turn.become(answers={"piece": words}, touched_at=turn.facts.now)


def _before(turn: Turn) -> str:
    state = turn.state
    fresh = state.touched_at is not None and turn.facts.now - state.touched_at <= TOGETHER
    return str(state.answers.get("piece") or "") if fresh and not state.script else ""


def with_place(turn: Turn, context: Context) -> Turn:
    """“卫生间” – “灯坏了”: a fault told in pieces keeps the place that was said first."""
    before = _before(turn)
    if not before or not turn.worded:
        return turn
    told = turn.intent == "repair" and not turn.slots.place
    words = f"{BEGINNING.sub('', before)}{turn.text}"
    reading = read(words, context, turn.facts.now) if told else turn.heard.reading
    if told and reading.slots.place and reading.slots.problem:
        turn = replace(turn, heard=replace(turn.heard, text=words, reading=reading))
    return turn


def joined(turn: Turn, context: Context, decide: Rules) -> Outcome | None:
    """What nobody understood alone, understood with the words right before it: “明天那个” – “时间改一下”."""
    before = _before(turn)
    if not before or not turn.worded:
        return None
    words = before + turn.text
    whole = replace(turn.heard, text=words, reading=read(words, context, turn.facts.now))
    outcome = decide(replace(turn.become(answers={}, missed=0), heard=whole))
    reports = outcome is not None and outcome.state is not None and outcome.state.script in ("repair", "urgent")
    # Two pieces that nobody understands make no fault: “不去了” – “孩子病了”.
    return None if reports and whole.reading.slots.category in (None, "其他") else outcome
