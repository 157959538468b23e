"""What a crew meets on its way and says in no word of ours: nobody opens, the gate is shut, a part is missing, late.

The household hears when the crew comes late; what only the office can settle is with the dispatcher at the first word,
and never answered with the list of jobs.
"""

import re
from dataclasses import replace

from bot.dialog import talk
from bot.heard import Do, Job, Outcome
from bot.scripts import crew, crew_words
from bot.scripts.turn import Turn

NOBODY = re.compile(
    r"没(?:有)?人(?:开门|在家|应|接电话|接|在)?(?=$|[，。 ])|(?:家里?|业主|客户|人)(?:都)?不在(?:家)?"
    r"|敲(?:了)?(?:半天|好久)?门|电话.{0,6}(?:没人接|不接|打不通|关机|停机)"
    r"|(?:打|联系)不(?:通|上)|nobody (?:home|opens|answers)|no answer",
    re.IGNORECASE,
)
LOST = re.compile(
    r"找不(?:到|着)|(?:几|哪)(?:号楼|一?幢|一?栋|单元|个门|个小区)|(?:保安|门卫|物业|门岗)[^，。]{0,4}(?:不让|不给|拦|要)|进不[去来]|不让进|门禁"
    r"|地址(?:不对|错|多少|是|发|在|没)|定位(?:发|给|不对)|发(?:一?个|我)?定位|can(?:no|['’])t find|wrong address",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(?:电话|号码|手机号?)[^，。]{0,3}(?:多少|几号|发我|给我|是啥|是什么|不对|错|空号)", re.IGNORECASE)
HURT = re.compile(
    r"(?:打|钻|敲|弄|搞|碰|挖)(?:爆|破|穿|漏|断|坏)了|爆了|总阀.{0,4}(?:关不|坏)|漏到楼下|楼下.{0,4}(?:漏|湿|来找)|(?:受|砸|划|触|摔)(?:伤|到|电|了)|着火|起火|煤气味",
    re.IGNORECASE,
)
UNWANTED = re.compile(
    r"(?:业主|客户|房主|人家|主人|对方|[他她])[^，。]{0,4}(?:不(?:修|要|让|给|肯|付|同意|认)|嫌|说(?:太|不)|骂|吵|投诉|发火|赖)",
    re.IGNORECASE,
)
MONEY = re.compile(
    r"(?:钱|工资|工钱|路费|车费|油费|单价|提成)[^，。]{0,6}(?:结|算|给|报|到|发)|(?:什么时候|几号)[^，。]{0,3}(?:结|发)",
    re.IGNORECASE,
)
UNDO = re.compile(
    r"(?:发|点|按|说|记|报|弄|搞)错了|不是这(?:家|单|个)|还没(?:修|弄|做)(?:完|好)|\bby mistake\b|wrong job",
    re.IGNORECASE,
)
AWAY = re.compile(r"请假|生病|发烧|住院|去医院|车坏了|家里有(?:急)?事|生孩子", re.IGNORECASE)
#: Told at once to whoever waits.
LATE = re.compile(
    r"堵车|堵(?:在)?路上"
    r"|(?:要|会|得|可能|大概)?晚(?:点|一点|一会儿?|些|到|个?[\d一二三四五两几十半]+(?:个)?(?:分钟?|小时|钟头))(?:才?能?)?"
    r"(?:到|$|[，。 ])|(?:快|马上|就)到了?$|还有[\d一二三四五两几十半]+(?:个)?(?:分钟|小时)"
    r"|[\d一二两三四五六七八九十]+(?:点|[:：]\d\d)(?:半|多|左右|之?前|钟|\d+)*(?:能|才|会)?到[。吧]*$"
    r"|\b(?:running late|stuck in traffic|almost there)\b",
    re.IGNORECASE,
)
RELAY = re.compile(
    r"(?:跟|和|告诉|通知|转告)(?:一下)?(?:业主|客户|房主|人家)(?:说|讲)?(?:一下|一声)?[，,:： ]*(?P<words>.*)$"
)
#: Off again for a tool: whoever is at home hears where the crew has gone.
RETURNS = re.compile(
    r"回(?:去|店里?|家|公司)拿|去(?:买|拿|取)(?:个|一?下)?|(?:就|马上|一会儿?)回来|没带(?:梯子|工具|钥匙)"
)
#: A part is missing, or another visit is needed: it takes longer.
PARTS = re.compile(
    r"缺(?:个|少|一个)?[^，。]{0,8}(?:件|料|阀|管|灯|锁|板)|没(?:带|有|货)[^，。]{0,8}(?:件|料|货)|(?:件|料|货)[^，。]{0,4}(?:没|不)(?:带|到|有|够)|要(?:订|网上|等)[^，。]{0,4}(?:买|货|件|料)"
    r"|没货|缺货|missing part|need(?:s)? a part",
    re.IGNORECASE,
)
#: Not for this crew: handed back with these words.
NOT_MINE = re.compile(
    r"不是我(?:的|们|做的|干的)?(?:活|事|工种)|(?:我|我们|师傅)(?:们)?(?:不|没)(?:会|做|干|修)(?:过)?(?!完|好)[^，。]{0,6}$|(?:找|换|派)(?:别人|其他人|个?[^，。]{1,4}(?:师傅|工|的))(?:去|来|吧|做|修)*$",
    re.IGNORECASE,
)
#: Under way or not yet there; at the door the household knows.
COMING = ("accepted", "on_the_way")
#: The job furthest on is the one that is spoken of.
ORDER = ("on_site", "on_the_way", "accepted", "assigned")
AT_THE_DOOR = ("on_the_way", "on_site")
TO_THE_OFFICE = (HURT, UNWANTED, NOBODY, LOST, NUMBER, UNDO, AWAY, MONEY)


def met(turn: Turn) -> Outcome | None:
    """The crew's words about what is in the way; None for steps, answers to our questions and everything else."""
    state = turn.state
    if not turn.worded or not turn.text:
        return None
    if state.script == "crew" and (state.step in crew.ASKED or state.step.startswith("quote_")):
        return _in_danger(turn)
    step, note = crew_words.said_step(turn)
    if step == "arrive" and (here := _here_already(turn)):
        return here
    if step is not None:
        spoken_of = crew_words.not_taken(step, turn.text, note, last=not turn.slots.crew_step)
        return None if spoken_of else _beside(turn, step)
    return _late(turn) or _handed_back(turn) or _to_the_office(turn) or _parts(turn)


def _in_danger(turn: Turn) -> Outcome | None:
    return _handed_over(turn) if HURT.search(turn.text) else None


def _handed_over(turn: Turn) -> Outcome:
    job = _at_hand(turn)
    return talk.hand_over(turn, "crew", f"{job.number}，{job.label}" if job else "")


def _at_hand(turn: Turn) -> Job | None:
    """The job that the words most likely speak of: named, else the one furthest on."""
    jobs = list(turn.facts.jobs)
    named = crew_words.named(turn, jobs)
    return next(iter(named or sorted(jobs, key=lambda one: ORDER.index(one.state) if one.state in ORDER else 9)), None)


def _here_already(turn: Turn) -> Outcome | None:
    """“到场” once more, after an errand or a first visit in vain: it is on record, and so is this."""
    here = [job for job in turn.facts.jobs if job.state == "on_site"]
    if len(here) != 1 or any(job.state in (*COMING, "assigned") for job in turn.facts.jobs):
        return None
    return crew.rest(turn, turn.say("crew.here", number=here[0].number))


def _beside(turn: Turn, step: str) -> Outcome | None:
    """“到了 没人开门”: the step is taken, and what is in the way is with the dispatcher."""
    if step not in ("start", "arrive") or not (NOBODY.search(turn.text) or LOST.search(turn.text)):
        return None
    taken, over = crew.take(turn), _handed_over(turn)
    return replace(over, says=(taken.says if taken else ()) + over.says, dos=(taken.dos if taken else ()) + over.dos)


def _late(turn: Turn) -> Outcome | None:
    away = RETURNS.search(turn.text) and any(job.state == "on_site" for job in turn.facts.jobs)
    coming = [job for job in turn.facts.jobs if job.state in COMING or away and job.state == "on_site"]
    relay = RELAY.search(turn.text)
    words = relay["words"].strip() if relay else turn.text
    if not coming or not (relay or away or LATE.search(turn.text)) or turn.slots.crew_step == "hand_back":
        return None
    job = (crew_words.named(turn, coming) or sorted(coming, key=lambda one: ORDER.index(one.state)))[0]
    if len(words) < 2:
        return crew.rest(turn, turn.say("crew.ask_words"))
    do = Do("crew.pass_on", {"ticket_id": job.id, "words": crew_words.fit_to_read(words)[:100]})
    return crew.rest(turn, turn.say("crew.passed_on", number=job.number), dos=(do,))


def _handed_back(turn: Turn) -> Outcome | None:
    if not turn.facts.jobs or not NOT_MINE.search(turn.text):
        return None
    return crew.step(turn, "hand_back", turn.text[:500])


def _to_the_office(turn: Turn) -> Outcome | None:
    asked = any(one.search(turn.text) for one in TO_THE_OFFICE)
    wished = crew_words.wants_another_time(turn) or crew_words.DELAY.search(turn.text)
    if not asked or (wished and not HURT.search(turn.text)) or turn.slots.crew_step == "hand_back":
        return None
    return _knocking(turn, _handed_over(turn))


def _knocking(turn: Turn, over: Outcome) -> Outcome:
    """Nobody opens: the household reads it too, for most are in and did not hear."""
    job = _at_hand(turn)
    if job is None or job.state not in AT_THE_DOOR or not NOBODY.search(turn.text):
        return over
    words = crew_words.fit_to_read(turn.text)[:100]
    return replace(over, dos=(Do("crew.pass_on", {"ticket_id": job.id, "words": words}), *over.dos))


def _parts(turn: Turn) -> Outcome | None:
    """Longer than promised: the day is asked, and the household reads why."""
    open_jobs = [job for job in turn.facts.jobs if job.state in crew.FROM["delay"]]
    if not open_jobs or not PARTS.search(turn.text) or crew_words.window(turn) or crew_words.wants_another_time(turn):
        return None
    return crew.step(turn, "delay", turn.text[:200])
