"""The crew's quote by words: 报价 换角阀 1个 80，人工 1次 120. Shown back, corrected, and sent only when they say so.

Its steps live in the crew's own dialog (script `crew`), so that photos that wait for a job keep waiting.
"""

import re
from typing import Any

from bot.heard import Do, Job, Outcome, Say
from bot.scripts import crew, crew_words
from bot.scripts.turn import Turn
from bot.understanding import quote_items
from bot.understanding.quote_items import QuoteLine, QuoteText

#: The states in which a crew may quote its job.
QUOTABLE = ("accepted", "on_the_way", "on_site")
SEND = re.compile(
    r"^(?:(?:发送|发吧|发出去?|发给业主|发|对的?|没错|没问题|可以|就这样|确认|好的?|嗯+|行|send|yes|ok)(?:吧|的|了)?[\s，,。.!！]*)+$",
    re.I,
)
DROP = re.compile(r"^(?:取消|算了|不报了?|不发了?|先不|不要了?|退出|cancel)(?:吧|了)?[。.!！]*$", re.IGNORECASE)
REMOVE = re.compile(r"^(?:删掉?|去掉|不要|减掉|remove)\s*(?:第)?\s*(\S+?)\s*(?:项|条|行)?[。.]?$", re.I)
#: 人工改成100, 2 改 90
CHANGE = re.compile(
    r"^(?:第)?\s*(?P<which>.+?)\s*(?:项|条|行)?\s*(?:改成|改为|改到|改|是|换成)\s*(?P<price>\d+(?:\.\d{1,2})?)\s*(?:元|块)?$"
)
FRESH = re.compile(r"^(?:不对|不是|错了?|写错了?)[，,。\s]*")
TAIL = re.compile(r"(?<!\d)(\d{4})(?!\d)")
BX = re.compile(r"bx\d{8}-?\d{3,5}", re.IGNORECASE)


def take(turn: Turn) -> Outcome | None:
    """The crew's turn while a quote is being made, or the words that begin one; None for everything else."""
    state = turn.state
    if not turn.worded or not turn.text:
        return _photo(turn) if turn.media and _step(turn) else None
    if quote_items.begins(turn.text) or _spoken(turn):
        return _begin(turn)
    if not _step(turn) or (turn.intent == "human" and not _priced(turn)):
        return None
    if DROP.match(turn.text):
        return crew.rest(turn, turn.say("quote.dropped"))
    match state.step:
        case "quote_which":
            return _chosen(turn)
        case "quote_items":
            return _items(turn, quote_items.read(turn.text), ())
        case _:
            return _sure(turn)


def _spoken(turn: Turn) -> bool:
    """“换个龙头一百八 工钱八十”, said without 报价: several items with prices and nothing else; shown back first."""
    if _step(turn) or not any(job.state in QUOTABLE for job in turn.facts.jobs) or "用了" in turn.text:
        return False
    said = quote_items.read(turn.text)
    return len(said.lines) > 1 and not said.lacks and crew_words.said_step(turn)[0] is None


def _priced(turn: Turn) -> bool:
    """人工 1次 120 is labour, 人工 alone a person."""
    said = quote_items.read(FRESH.sub("", turn.text))
    return bool(CHANGE.match(FRESH.sub("", turn.text))) or (bool(said.lines) and not said.lacks)


def _step(turn: Turn) -> bool:
    return turn.state.script == "crew" and turn.state.step.startswith("quote_")


def _photo(turn: Turn) -> Outcome:
    """A photo waits for its job while the quote goes on."""
    kept = turn.become(media=(*turn.state.media, *turn.media))
    return kept.stay(turn.say("crew.photo_kept", photos=len(kept.state.media), asking=turn.state.step))


def _begin(turn: Turn) -> Outcome:
    fit = [job for job in turn.facts.jobs if job.state in QUOTABLE]
    if not fit:
        return crew.rest(turn, turn.say("quote.no_job"))
    said = quote_items.read(turn.text)
    named = _named(turn, fit)
    if len(named) != 1 and len(fit) > 1:
        kept = {"jobs": [job.id for job in fit], "text": turn.text[:1000]}
        listed = [{"number": job.number, "label": job.label} for job in fit]
        return _at(turn, "quote_which", kept).stay(turn.say("quote.ask_job", jobs=listed))
    job = (named or fit)[0]
    return _items(_at(turn, "quote_items", {"ticket_id": job.id, "number": job.number}), said, ())


def _named(turn: Turn, fit: list[Job]) -> list[Job]:
    number = turn.slots.number or (match[0] if (match := BX.search(turn.text)) else "")
    tail = number or next((one[1] for one in TAIL.finditer(turn.text) if _is_job(one[1], fit)), "")
    return [job for job in fit if tail and job.number.upper().endswith(tail.upper())]


def _is_job(tail: str, fit: list[Job]) -> bool:
    """A price of four figures is no job's number, unless a job has that very one."""
    return any(job.number.endswith(tail) for job in fit)


def _at(turn: Turn, step: str, answers: dict[str, Any]) -> Turn:
    held = turn.state.media if turn.state.script == "crew" else ()
    return turn.start("crew", step, answers, media=held)


def _chosen(turn: Turn) -> Outcome | None:
    jobs = {job.id: job for job in turn.facts.jobs}
    offered = [jobs[id_] for id_ in turn.state.answers.get("jobs", ()) if id_ in jobs]
    option = turn.slots.option
    fit = [offered[option - 1]] if option and option <= len(offered) else _named(turn, offered)
    if len(fit) != 1:
        return None
    begun = _at(turn, "quote_items", {"ticket_id": fit[0].id, "number": fit[0].number})
    return _items(begun, quote_items.read(str(turn.state.answers.get("text", ""))), ())


def _items(turn: Turn, said: QuoteText, before: tuple[QuoteLine, ...]) -> Outcome:
    """Shown back when all of it was understood; else what is missing, with what was understood kept."""
    lines = _merged(before, said.lines)
    if said.lacks:
        return _keep(turn, lines).stay(turn.say(f"quote.no_{said.lacks}", piece=said.piece[:40]), *_list(turn, lines))
    if not lines:
        return _keep(turn, lines).stay(turn.say("quote.ask_items"))
    total = sum(line.amount for line in lines)
    if said.total is not None and said.total != total:
        wrong = turn.say("quote.wrong_sum", total=total / 100, said=said.total / 100)
        return _keep(turn, lines).stay(wrong, *_list(turn, lines))
    return _keep(turn, lines).stay(*_list(turn, lines))


def _merged(before: tuple[QuoteLine, ...], new: tuple[QuoteLine, ...]) -> tuple[QuoteLine, ...]:
    """Later words win for an item of the same name; others are added."""
    names = {line.name: line for line in new}
    kept = [names.pop(line.name, line) for line in before]
    return (*kept, *(line for line in new if line.name in names))


def _keep(turn: Turn, lines: tuple[QuoteLine, ...]) -> Turn:
    plain = [[line.name, line.hundredths, line.unit, line.price] for line in lines]
    answers = {**turn.state.answers, "items": plain}
    return turn.become(step="quote_sure" if lines else "quote_items", answers=answers)


def _list(turn: Turn, lines: tuple[QuoteLine, ...]) -> tuple[Say, ...]:
    if not lines:
        return ()
    shown = [
        {
            "name": one.name,
            "quantity": f"{one.hundredths / 100:g}{one.unit}",
            "price": one.price / 100,
            "amount": one.amount / 100,
        }
        for one in lines
    ]
    total = sum(line.amount for line in lines) / 100
    return (turn.say("quote.ask_sure", number=turn.state.answers.get("number"), items=shown, total=total),)


def kept_lines(turn: Turn) -> tuple[QuoteLine, ...]:
    """The items so far, out of the draft."""
    rows = [row for row in turn.state.answers.get("items", ()) if isinstance(row, list | tuple) and len(row) == 4]
    return tuple(QuoteLine(str(name), int(price), int(hundredths), str(unit)) for name, hundredths, unit, price in rows)


def _sure(turn: Turn) -> Outcome | None:
    lines, text = kept_lines(turn), turn.text
    if SEND.match(text) or turn.slots.yes is True or turn.slots.option == 1 and len(text) <= 1:
        return _send(turn)
    if (gone := REMOVE.match(text)) and (place := _place(gone[1], lines)) is not None:
        return _items(
            turn.become(answers={**turn.state.answers, "items": []}), QuoteText(), lines[:place] + lines[place + 1 :]
        )
    changed = CHANGE.match(FRESH.sub("", text))
    if changed and (place := _place(changed["which"], lines)) is not None:
        old = lines[place]
        new = QuoteLine(old.name, round(float(changed["price"]) * 100), old.hundredths, old.unit)
        return _items(turn, QuoteText((new,)), lines)
    said = quote_items.read(FRESH.sub("", text))
    if said.lines and not said.lacks:
        named = tuple(_as_before(line, lines) for line in said.lines)
        return _items(turn, QuoteText(named, said.total), lines)
    if crew_words.said_step(turn)[0] is not None:
        return None  # 到场, 完工: the job goes on, the quote can be written again
    return turn.stay(*_list(turn, lines))


def _place(which: str, lines: tuple[QuoteLine, ...]) -> int | None:
    """Which line is meant: by its number in the list or by its name."""
    if which.isascii() and which.isdigit():
        return int(which) - 1 if 1 <= int(which) <= len(lines) else None
    fit = [n for n, line in enumerate(lines) if which in line.name or line.name in which]
    return fit[0] if len(fit) == 1 else None


def _as_before(line: QuoteLine, lines: tuple[QuoteLine, ...]) -> QuoteLine:
    """“人工 100” changes the price of the item 人工 and keeps its quantity, unless another one is named."""
    place = _place(line.name, lines)
    if place is None:
        return line
    old = lines[place]
    quantity = (line.hundredths, line.unit) if line.unit else (old.hundredths, old.unit)
    return QuoteLine(old.name, line.price, *quantity)


def _send(turn: Turn) -> Outcome:
    answers = turn.state.answers
    args = {"ticket_id": answers.get("ticket_id"), "items": list(answers.get("items", ()))}
    return crew.rest(turn, turn.say("quote.sent"), dos=(Do("crew.quote", args),))
