"""What a crew says besides the step: what was used, which fault stays open and why, another time, a later day."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from bot.heard import Job
from bot.scripts import readers
from bot.scripts.turn import Turn
from bot.understanding import acts
from models.worktime import local_day

COUNTED = r"\d+(?:\.\d+)?\s*(?:个|只|根|卷|米|块|片|包|袋|桶|瓶|套|副|条|把|颗|张|支|管|箱|件|斤|公斤|kg|m)"
#: 材料：角阀1个、生料带1卷; 用了角阀1个.
MATERIALS = re.compile(
    rf"[，,。；;\s]*(?:材料|用料|耗材)(?:用了|有|是)?[：:\s]*(?P<named>.+)$"
    rf"|[，,。；;\s]*用了?(?:材料)?[：:\s]*(?P<used>[^，,。；;]*?{COUNTED}(?:[、，,和\s]+[^，,。；;、]*?{COUNTED})*)",
    re.IGNORECASE | re.DOTALL,
)
LINES = re.compile(r"[、，,；;。\n]+|(?<=[个只根卷米块片包袋桶瓶套副条把颗张支管箱件斤])\s+")
DIGITS = {char: n for n, char in enumerate("一二三四五六七八九", 1)} | {str(n): n for n in range(1, 10)}
#: 2没修，等配件; 第二个修不了; 3等业主选颜色.
LEFT = re.compile(
    r"(?:第\s*)?(?P<n>[1-9一二三四五六七八九])\s*(?:个|项|处|号|条)?\s*(?:还|先|暂时)?"
    r"(?P<why>(?:没|未|不能|修不|弄不|做不|留|等|缺|剩|下次|要等|得等|待)[^；;。\n]*?)"
    r"(?=[，,]?\s*(?:第\s*)?[1-9一二三四五六七八九]\s*(?:个|项|处|号|条)?\s*(?:还|没|未|不能|修|弄|好|已|等|缺)|[；;。\n]|$)"
)
BARE_WHY = re.compile(
    r"^(?:没|未)(?:修|弄|做)?(?:好|完|了)?[，,：:\s]*(?=\S{2})|^(?:修|弄|做)不(?:了|好)[，,：:\s]*(?=\S{2})"
)
#: The last four digits of a case number.
TAIL = re.compile(r"(?<!\d)(\d{4})(?!\d)")
#: The homeowner, or the crew, wants another time for the visit.
ANOTHER_TIME = re.compile(
    r"(?:改|换)(?:个|一下|下)?(?:时间|天)|改到|改约|改成|换到|约到|推到|推迟|再来|再过来|再去|下次来"
    r"|another time|reschedule",
    re.IGNORECASE,
)
TOLD_US = re.compile(r"(?:客户|业主|房主|主人|他|她|家里|人家|女主人|男主人|阿姨)(?:说|让|要|想|叫|家|今天|不在)")
AROUND = re.compile(r"延期|延到|delay|修不完|做不完|才能(?:好|修完|完工)?|要到?|[，,。：:\s]+", re.IGNORECASE)


#: “门修好了 刨了一下”: what was mended, that it is, and how; nothing of it is left open.
DONE_FIRST = re.compile(r"^([^，,。\s]{1,6})(?:修|弄|搞|换|装|通)好了[，,。\s]+\S{2,}")
#: A job by a word of it: 马桶那个, 802那家.
NAMES = re.compile(r"^(?:就是|是)?(.{0,6}?)(?:那|这)(?:个|单|家|户|套)(?:的)?[。.!！]*$")
ON_THE_WAY = re.compile(r"(?<!不)(?<!没)在(?:半)?路上了?[。.!！]*$|\bon (?:my|the) way[.!]*$", re.IGNORECASE)
#: Steps as homophones leave them: 接档, 粗发, 道了, 完功, 腿单.
SLIPS = re.compile(
    r"^(?:(?P<accept>接[档蛋旦弹]|[借街]单)|(?P<start>[粗初][发法]|出[法罚])|(?P<arrive>[道倒]了$|[道倒]场|到[厂长唱])"
    r"|(?P<finish>[完玩万][功公宫供弓]|玩工)|(?P<hand_back>[推腿]单))了?[，,。\s]*(?P<note>.*)$"
)
CANNOT = re.compile(
    r"^(?:sorry,? ?)?(?:i )?(?:can(?:not|['’]?t)) (?:make|come|do|go|take|get|today|accept)", re.IGNORECASE
)
#: Not now, though the job is kept: 今天去不了 车坏了 明天上午.
NOT_THEN = re.compile(r"(?:去|来|过)不(?:了|成|去|来)|赶不(?:过去|上|到)|没空|没时间|can(?:not|['’]?t)", re.IGNORECASE)
GIVES_AWAY = re.compile(r"退|别人|换人|转单|另派|不接|不干|hand back", re.IGNORECASE)
DONE_LAST = re.compile(r"^(.{2,}?)[，,。\s]*(?:已?完工|修好了|弄好了|搞定)了?[。.!！]*$")


#: Left over from the step's word: 修完啦 收了50.
PARTICLE = re.compile(r"^[啦咯哈呀哦喽嘞呢吧]+[，,。\s]*(?=\S)")
NONE_USED = re.compile(r"(?:都|也)?(?:没有?|未|无|不)(?:用|需|要|换)?(?:料|东西|别的)?[。.]*$")
#: Nothing but counted things: 角阀1个 生料带2卷.
COUNTED_ONLY = re.compile(rf"(?:[^\d，,。；;?？]{{1,10}}{COUNTED}[、，,。和\s]*)+$")


@dataclass(frozen=True)
class Said:
    """A finish in words: the note, the materials line by line, and what stays open, by position."""

    note: str
    materials: tuple[str, ...] = ()
    left: tuple[tuple[int, str], ...] = ()

    def args(self) -> dict[str, Any]:
        """As crew.finish takes it; what is not there is left out."""
        out: dict[str, Any] = {"note": self.note}
        if self.materials:
            out["materials"] = list(self.materials)
        return out | ({"left": [list(pair) for pair in self.left]} if self.left else {})


def finished(words: str, items: int) -> Said:
    """What the words of a finish say; a position counts only where there are several faults."""
    used = MATERIALS.search(words)
    note = words
    if used and used["named"]:
        note = words[: used.start()]
    note = re.sub(r"^\d{4}(?=\D)[，,。\s]*", "", note)
    note = PARTICLE.sub("", fit_to_read(note).strip(" ，,。；;\n")) or words
    left = tuple(_left(match) for match in LEFT.finditer(note)) if items > 1 else ()
    return Said(note[:500], _used_up(used), left)


def _used_up(used: re.Match[str] | None) -> tuple[str, ...]:
    """Line by line; “材料没用” is none."""
    return (
        () if used is None or used["named"] and NONE_USED.match(used["named"]) else lines(used["named"] or used["used"])
    )


def fit_to_read(note: str) -> str:
    """The words without clauses that only curse: the household reads it."""
    kept = [clause for clause in re.split(r"(?<=[，,。；;\n])", note) if not acts.says("curses", clause)]
    return "".join(kept) or note


def said_step(turn: Turn) -> tuple[str | None, str]:
    """The step the words name and what else they say; “换了角阀，完工” names it last."""
    slots = turn.slots
    if not slots.crew_step and (match := DONE_LAST.search(turn.text)):
        return "finish", match[1].strip()
    done = DONE_FIRST.match(turn.text)
    if not slots.crew_step and done and not turn.means("still_open"):
        # 快修好了: what stands before it says that it is still to come.
        return (None, "") if not_taken("finish", turn.text, done[1], last=True) else ("finish", turn.text)
    if not slots.crew_step and turn.means("there_already"):
        return "arrive", ""
    if not slots.crew_step and turn.means("asks_for_jobs"):
        return "list", ""
    return (slots.crew_step, slots.note or "") if slots.crew_step else _slipped(turn)


def _slipped(turn: Turn) -> tuple[str | None, str]:
    """The step that only sounds like its word, or stands at the end."""
    if found := SLIPS.match(turn.text):
        return next(name for name, said in found.groupdict().items() if said), found["note"].strip()
    if ON_THE_WAY.search(turn.text):
        return "start", ""
    return ("hand_back", turn.text) if CANNOT.match(turn.text) else (None, turn.slots.note or "")


def only_another_time(turn: Turn) -> bool:
    """“今天去不了 车坏了 明天上午”: the job stays, its time does not."""
    away = NOT_THEN.search(turn.text) and not GIVES_AWAY.search(turn.text)
    return bool(away and (readers.offered_time(turn) or {}).get("when_start"))


def not_taken(step: str, text: str, note: str, *, last: bool) -> bool:
    """Whether the words name a step without taking it: 明天完工, 接单不了, 什么时候到场. `last`: its word ends them."""
    if step not in ("accept", "start", "arrive", "finish"):
        return False
    if last:
        told = text.rstrip("。.!！~～ ").endswith("了")
        return bool(acts.says("step_not_yet", note) or (not told and acts.says("step_later_today", note)))
    if text.isascii() and acts.says("not_now", text):
        return True
    return bool(
        acts.says("step_not_taken", note)
        or acts.says("arrives_later", text)
        or (step == "finish" and acts.says("not_done", note))
    )


def lines(words: str) -> tuple[str, ...]:
    """One line for each material."""
    return tuple(line for piece in LINES.split(words) if (line := piece.strip(" 和")))


def _left(match: re.Match[str]) -> tuple[int, str]:
    why = match["why"].strip("，, ")
    return DIGITS[match["n"]], BARE_WHY.sub("", why) or why


def only_names(turn: Turn, label: str) -> bool:
    """“马桶那个”: says which job is meant and nothing of what was done."""
    found = NAMES.match(turn.text)
    return found is not None and (not found[1] or any(char in label for char in found[1]))


def used_later(turn: Turn) -> tuple[str, ...]:
    """Materials told on their own: “材料 角阀1个”; right after a finish without the word."""
    found = MATERIALS.match(turn.text)
    if not found and turn.state.script == "crew" and turn.state.answers.get("finished"):
        return lines(turn.text) if COUNTED_ONLY.match(turn.text) else ()
    return lines(found["named"] or found["used"]) if found else ()


def window(turn: Turn) -> dict[str, Any]:
    """The time to come that the words name, as crew.ask_time takes it; {} for none.

    Of several the one that is offered: “业主明天才有空 说周一上午再来” is Monday.
    """
    offered = readers.offered_time(turn) or {}
    if offered.get("when_start"):
        return {"start": offered["when_start"], "end": offered["when_end"], "text": offered["when_text"]}
    time = turn.slots.time
    if not time or time.past or time.end <= turn.facts.now:
        return {}
    return {"start": time.start.isoformat(), "end": time.end.isoformat(), "text": time.text_zh}


def why(text: str, when: str) -> str:
    """The crew's reason for another time, without the time and the asking; "" when nothing of it is left."""
    rest = TOLD_US.sub("", ANOTHER_TIME.sub("", text.replace(when, "") if when else text))
    rest = re.sub(r"要?(?:再来|再去|再过来)?一[趟次]|今天|去不了|来不了|可以吗|行吗|(?:吧|说)$", "", rest).strip(
        " ，,。；;、"
    )
    return rest if len(rest) > 2 else ""


def wants_another_time(turn: Turn) -> bool:
    """Whether the crew asks for another time: 客户说周六上午再来, 改时间, 今天去不了，改到明天."""
    if turn.slots.crew_step in ("finish", "arrive", "start") or turn.means("takes_longer"):
        return False
    if ANOTHER_TIME.search(turn.text):
        return True
    return bool(TOLD_US.search(turn.text) and window(turn))


def later_day(turn: Turn) -> dict[str, Any]:
    """The new day of a delay, as crew.delay takes it; {} for none that is still to come."""
    time = turn.slots.time
    if not time or time.end <= turn.facts.now:
        return {}
    return {"day": local_day(time.end - dt.timedelta(minutes=1)).isoformat()}


def reason(turn: Turn) -> str:
    """Why it takes longer: the words without 延期 and the day."""
    known = turn.slots.time.text_zh if turn.slots.time else ""
    rest = turn.text.replace(known, " ") if known else turn.text
    return AROUND.sub(" ", rest).strip()[:200]


def named(turn: Turn, fit: list[Job]) -> list[Job]:
    """The jobs whose number or last four digits the message names, or whose place in the full list it gives."""
    tail = TAIL.search(turn.text)
    if turn.slots.number or tail:
        end = turn.slots.number or tail[1]
        return [job for job in fit if job.number.endswith(end)]
    place = re.search(r"(?<!\d)([1-9])(?!\d)", turn.text)
    listed = list(turn.facts.jobs)
    if place and int(place[1]) <= len(listed) and len(without_number(turn.text)) <= 4:
        return [job for job in fit if job is listed[int(place[1]) - 1]]
    return []


def without_number(note: str) -> str:
    """The words, "" when they are nothing but a number."""
    return "" if re.fullmatch(r"\W*(?:BX)?[\d-]*\W*", note) else note
