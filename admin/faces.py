"""How records look on the panel: times, remaining time, masked numbers, chips. Pure but for the language."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup, escape

import phones
from admin.words import catalogue, known, lang, name_of, t
from models.worktime import local_day
from templates import faces, terms

#: A link as our own texts write it.
_LINK = re.compile(r"<a\b[^>]*>(.*?)</a>", re.DOTALL)
#: A promise is near when less than this share of … minutes is left.
NEAR = dt.timedelta(minutes=60)


def hidden(text: str | None) -> str:
    """Text as it is, but for its phone numbers, which are masked."""
    return phones.hide(text or "")


def masked(text: str | None) -> str:
    """Running text as a phone shows it, links as their words, with every phone number masked.

    The address of a link never shows here: it is signed for one person.
    """
    return hidden(_LINK.sub(r"\1", own(text)))


def own(text: str | None) -> str:
    """The house's own words (a phase, a place, a style) in the reader's language; everything else as it stands."""
    return terms.english(text or "") if lang() == "en" else text or ""


def listed(values: Iterable[Any]) -> str:
    """Several of them in a row: 水、电; plumbing, wiring."""
    return comma().join(own(str(value)) for value in values)


def comma() -> str:
    """What stands between the parts of a list in the reader's language."""
    return ", " if lang() == "en" else "、"


def semicolon() -> str:
    """What stands between the parts of a list whose parts are lists themselves."""
    return "; " if lang() == "en" else "；"


def aside(words: Any) -> str:
    """Words in brackets after what they explain: 王师傅（水、电）; 王师傅 (plumbing, wiring)."""
    return f" ({words})" if lang() == "en" else f"（{words}）"


def named_as(name: Any, value: Any) -> str:
    """A value with its name before it: 状态：待写; State: to write."""
    return f"{name}: {value}" if lang() == "en" else f"{name}：{value}"


def titled(record: Any) -> str:
    """What a record is called, in the reader's language where somebody or the house named it in it."""
    if lang() == "en" and (english := getattr(record, "english", "")):
        return str(english)
    group = getattr(record, "__tablename__", "")
    if group == "promise":
        record, group = record.policy, "policy"
    if group == "touch_cap":
        return t("touch_cap", days=record.days, most=record.most)
    if group == "retention":
        return name_of(group, record.name)
    return title_of(record, group) if group in ("role", "policy") else own(str(record))


def has_phone(text: str | None) -> bool:
    """Whether masking hides something in `text`."""
    return bool(phones.find(text or ""))


def moment(value: dt.datetime | None, now: dt.datetime) -> str:
    """今天 14:20, 11月22日 周日 14:20, with the year when it is another one; empty for None."""
    if value is None:
        return ""
    at, today = faces.moment(value), faces.moment(now)
    days = (at.date() - today.date()).days
    if days in (-1, 0, 1):
        return f"{t(f'day.{days}')} {at:%H:%M}"
    return f"{day(at, today)} {at:%H:%M}"


def day(value: dt.date | None, today: dt.date) -> str:
    """11月22日 周日, or Sun 22 Nov."""
    if value is None:
        return ""
    at = faces.moment(value) if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time(12))
    year = (faces.moment(today) if isinstance(today, dt.datetime) else today).year
    reference = at.replace(year=year, month=1, day=1)
    return faces.date_en(at, reference) if lang() == "en" else faces.date_zh(at, reference)


def iso_day(text: str | None, now: dt.datetime) -> str:
    """A day as the story of a house keeps it (2026-11-22), as people say it; empty for none."""
    return day(dt.date.fromisoformat(text), local_day(now)) if text else ""


def full(value: dt.datetime | None) -> str:
    """The whole moment for hovering: 2026-11-22 14:20:05."""
    return f"{faces.moment(value):%Y-%m-%d %H:%M:%S}" if value else ""


def local_minute(value: dt.datetime) -> str:
    """2026-11-22T14:20 on Beijing's clock, as date fields of a form want it."""
    return f"{faces.moment(value):%Y-%m-%dT%H:%M}"


def clock(value: dt.datetime) -> str:
    """14:20."""
    return f"{faces.moment(value):%H:%M}"


def lasting(span: dt.timedelta) -> str:
    """3天, 5小时, 12分: the largest unit that says it, with the next below it for hours."""
    minutes = int(abs(span).total_seconds() // 60)
    if minutes >= 2880:
        return t("span.days", n=minutes // 1440)
    if minutes >= 60:
        hours, rest = divmod(minutes, 60)
        return t("span.hours_minutes", n=hours, m=rest) if rest and hours < 10 else t("span.hours", n=hours)
    return t("span.minutes", n=minutes)


def due(at: dt.datetime | None, now: dt.datetime, *, paused: bool = False) -> dict[str, str]:
    """How a promise stands: tone (late, near, calm, paused), the words of its chip and the moment."""
    if at is None:
        return {"tone": "none", "words": "", "at": ""}
    left = at - now
    tone = "paused" if paused else "late" if left < dt.timedelta(0) else "near" if left <= NEAR else "calm"
    key = {"late": "due.late", "paused": "due.paused"}.get(tone, "due.left")
    if tone == "late" and left > dt.timedelta(minutes=-1):
        key = "due.just"
    return {"tone": tone, "words": t(key, span=lasting(left)), "at": moment(at, now), "full": full(at)}


def chip(group: str, value: Any, tone: str = "") -> Markup:
    """A chip with the name of a value; its colour always comes with the word."""
    return Markup('<span class="chip {}">{}</span>').format(
        tone or TONES.get(f"{group}.{value}", ""), name_of(group, value)
    )


def title_of(row: Any, group: str) -> str:
    """The title of a role or a policy: what staff wrote, and in English the catalogue's where they left ours alone."""
    if lang() == "en" and known(f"{group}.{row.name}") and catalogue("zh")[f"{group}.{row.name}"] == row.title:
        return t(f"{group}.{row.name}")
    return str(row.title)


def stamp(value: dt.datetime | None, now: dt.datetime) -> Markup:
    """A moment with the full one on hover; a dash for none."""
    if value is None:
        return Markup('<span class="muted">—</span>')
    iso = value.isoformat(timespec="seconds")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(iso, full(value), moment(value, now))


def lines(text: str | None) -> Markup:
    """Masked text with its line breaks."""
    return Markup("<br>").join(escape(line) for line in masked(text).splitlines())


def yuan(fen: int) -> str:
    """1,280元; ¥1,280 in English."""
    return faces.money(fen / 100, lang())


def months(count: int) -> str:
    """5年, 18个月; 5 years, 18 months."""
    years, rest = divmod(count, 12)
    return t("span.years", n=years) if years and not rest else t("span.months", n=count)


#: group.value -> tone of its chip.
TONES = {
    "gift_state.asked": "near", "gift_state.approved": "info", "gift_state.handed": "done",
    "gift_state.refused": "late",
    "enrolment.running": "info", "enrolment.finished": "done", "enrolment.stopped": "plain",
    "campaign_state.checked": "near", "campaign_state.approved": "info", "campaign_state.scheduled": "info",
    "campaign_state.running": "info", "campaign_state.paused": "near", "campaign_state.done": "done",
    "care_state.draft": "", "care_state.waiting": "near", "care_state.on": "done",
    "recipient.in": "done", "recipient.sent": "done", "recipient.queued": "info", "recipient.sending": "info",
    "recipient.held": "near", "recipient.refused": "late", "recipient.unknown": "late",
    "mass_state.sent": "done", "mass_state.refused": "late", "mass_state.unknown": "late", "mass_state.sending": "info",
    "privacy_state.open": "near", "privacy_state.checked": "near", "privacy_state.approved": "info",
    "privacy_state.running": "info", "privacy_state.done": "done", "privacy_state.refused": "plain",
    "privacy_state.withdrawn": "plain",
    "unanswered.open": "near", "unanswered.answered": "done", "unanswered.dropped": "plain",
    "state.reported": "info", "state.assigned": "info", "state.handed_back": "late", "state.accepted": "info",
    "state.on_the_way": "info", "state.on_site": "info", "state.done": "done", "state.reopened": "near",
    "state.closed": "plain", "state.cancelled": "plain",
    "state.registered": "info", "state.upheld": "near", "state.not_upheld": "plain", "state.explained": "info",
    "state.proposed": "info", "state.agreed": "near", "state.carried_out": "done", "state.withdrawn": "plain",
    "outgoing.queued": "info", "outgoing.sending": "info", "outgoing.sent": "done", "outgoing.held": "near",
    "outgoing.refused": "late", "outgoing.expired": "plain", "outgoing.unknown": "late", "outgoing.cancelled": "plain",
    "owner.bot": "plain", "owner.queue": "near", "owner.agent": "info",
    "escalation.open": "late", "escalation.taken": "near", "escalation.resolved": "done",
    "promise.open": "info", "promise.paused": "near", "promise.met": "done", "promise.missed": "late",
    "promise.dropped": "plain",
    "verdict.in": "done", "verdict.out": "near", "verdict.excluded": "late", "verdict.unknown": "plain",
    "quote.draft": "plain", "quote.sent": "info", "quote.haggled": "near", "quote.agreed": "done",
    "quote.refused": "late", "quote.lapsed": "late", "quote.superseded": "plain", "quote.withdrawn": "plain",
    "survey.planned": "plain", "survey.asked": "info", "survey.answered": "done", "survey.phone": "near",
    "survey.dropped": "plain",
    "callback.open": "info", "callback.done": "done", "callback.dropped": "plain",
    "call_outcome.reached": "done", "call_outcome.no_answer": "near", "call_outcome.off": "late",
    "call_outcome.refused": "late", "call_outcome.later": "info",
    "slip.open": "late", "slip.answered": "near", "slip.called": "info", "slip.closed": "done",
    "grade.A": "done", "grade.B": "info", "grade.C": "plain", "grade.D": "plain",
    "state.new": "near", "state.contacted": "info", "state.visiting": "info", "state.won": "done",
    "state.lost": "plain",
    "visit_state.booked": "info", "visit_state.done": "done", "visit_state.missed": "late",
    "visit_state.cancelled": "plain", "visit.measure": "plain", "visit.showroom": "plain",
    "stage.in_warranty": "done", "stage.building": "info", "stage.out_of_warranty": "plain",
}  # fmt: skip
