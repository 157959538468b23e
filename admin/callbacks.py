"""Callbacks: the workbench, one card at a time, and the list of all calls that are owed or were made."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from flask import redirect, request, url_for
from flask_admin import expose
from markupsafe import Markup
from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

import phones
from admin import base, faces, follow, hidden, place
from admin.fields import moment_of
from admin.words import known, lang, lazy, name_of, t
from models import Answer, Callback, CallbackAttempt, Conversation, Follower, Project, Slip, Survey, Ticket
from models.callbacks import OUTCOMES
from models.desk.callback import answers, callbacks, calls, slips, together
from models.desk.callback.answers import Rating
from models.desk.callback.callbacks import Try
from models.desk.trust import Deed
from models.errors import Missing, Stale
from models.questions import NO, YES, Question
from models.worktime import SHANGHAI

SIZE = 50
VIEWS = ("mine", "open", "late", "closed")
#: When to dial again, in one press; `own` is a moment of the person's choice.
PRESETS = ("half", "evening", "morning", "own")
EVENING, MORNING = dt.time(19), dt.time(9, 30)
_LOADS = (
    joinedload(Callback.customer),
    joinedload(Callback.owner),
    joinedload(Callback.ticket).joinedload(Ticket.project).joinedload(Project.estate),
    joinedload(Callback.ticket).joinedload(Ticket.customer),
    joinedload(Callback.project).joinedload(Project.estate),
    joinedload(Callback.slip).joinedload(Slip.project),
    joinedload(Callback.follower).joinedload(Follower.customer),
    joinedload(Callback.conversation).joinedload(Conversation.follower),
    selectinload(Callback.attempts).joinedload(CallbackAttempt.staff),
)


class CallbacksView(base.Guarded):
    """What is owed on the telephone."""

    see = "callback.see"
    needs = {"desk": "callback.call", "answered": "callback.call", "tried": "callback.call", "drop": "callback.call"}

    @classmethod
    def build(cls, _sessions: Any) -> "CallbacksView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.callbacks"), endpoint="callbacks", url="callbacks")

    @expose("/")
    def index_view(self) -> str:
        """One's own open calls, everybody's, the late ones or those that are over; the next due first."""
        view = request.args.get("view", "mine")
        view = view if view in VIEWS else "mine"
        query = _listed(view, place.now(), request.args.get("after", "")).options(*_LOADS)
        rows, more = base.pages(place.session().scalars(query.limit(SIZE + 1)), SIZE)
        last = (rows[-1].closed_at if view == "closed" else rows[-1].due_at) if more else None
        return self.render(
            "admin/callbacks.html", rows=rows, view=view, views=VIEWS, wait=_waiting(), asked=follow.asked(rows),
            more=base.key_of(last, rows[-1].id) if last else "",
        )  # fmt: skip

    @expose("/desk")
    def desk(self) -> str:
        """The next card: the person's own calls first, then those that are late with colleagues."""
        call = _found(base.number("at", request.args) or 0)
        call = call if call is not None and call.is_open else _next()
        done, left = progress()
        if call is None:
            return self.render("admin/callback_desk.html", call=None, done=done, left=left, around=(None, None))
        survey = _survey(call)
        form = survey.form if survey is not None and survey.form is not None else callbacks_form(call)
        given = _given(call)
        asked = [(one, question_words(one, form.name)) for one in form.asked] if form is not None else []
        return self.render(
            "admin/callback_desk.html", call=call, asked=asked, given=given, done=done, left=left, presets=PRESETS,
            outcomes=[name for name in OUTCOMES if name != "reached"], script=script_of(call),
            tries=callbacks.unsuccessful(call), many=callbacks.TRIES, about=follow.asked([call])[call.id],
            around=_around(call), beside=_beside(call), of_calls=follow.asked,
        )  # fmt: skip

    @expose("/<int:number>/answered", methods=("POST",))
    def answered(self, number: int) -> Any:
        """Reached: what was answered is on the form, and the next card comes."""
        call = self._fresh(number)
        words = base.words("words", limit=1000, needed=False)
        form = callbacks_form(call)
        ratings = ratings_of(request.form, form.asked, _given(call)) if form is not None else {}
        calls.answered(place.session(), call, ratings, words=words, by=place.by(), now=place.now())
        scores = {key: one.score for key, one in ratings.items()}
        said = Markup("{} {}").format(t("callbacks.done.answered"), _slip_words(call, ratings)).strip()
        return self._on(call, "answered", {"scores": scores, "words": words}, said, at=_beside(call))

    @expose("/<int:number>/tried", methods=("POST",))
    def tried(self, number: int) -> Any:
        """Not reached: how, and when it is tried again."""
        call = self._fresh(number)
        outcome = request.form.get("outcome", "")
        tried = Try(outcome, again_at(request.form, place.now()), base.words("words", limit=500, needed=False))
        others = together.tried(place.session(), call, _beside(call), tried, by=place.by(), now=place.now())
        said = t("callbacks.done.tried", outcome=name_of("call_outcome", outcome))
        said += t("callbacks.done.together", numbers=faces.listed(one.number for one in others)) if others else ""
        after = {"outcome": outcome, "next": call.due_at.isoformat(), "beside": [one.number for one in others]}
        return self._on(call, "tried", after, said)

    @expose("/<int:number>/drop", methods=("POST",))
    def drop(self, number: int) -> Any:
        """Nobody will call any more, and the reason stands."""
        call = self._fresh(number)
        reason = base.words("reason", limit=200)
        callbacks.drop(place.session(), call, reason=reason, by=place.by(), now=place.now())
        return self._on(call, "drop", {"reason": reason}, t("callbacks.done.drop"))

    def _fresh(self, number: int) -> Callback:
        """The callback, if nobody has touched it since the person saw it."""
        call = base.found(_found(number))
        if base.number("version") != call.version:
            raise Stale(number=call.number)
        return call

    def _on(self, call: Callback, step: str, after: Mapping[str, Any], said: str, at: Sequence[Callback] = ()) -> Any:
        deed = Deed(f"callback.{step}", "callback", call.number, {}, dict(after))
        base.commit(deed, Markup("{} {}").format(call.number, said), sends=True)
        return redirect(self.get_url(".desk", **({"at": at[0].id} if at else {})))


def _beside(call: Callback) -> Sequence[Callback]:
    """What else the same talk can settle, as far as the person may know of it."""
    return together.of(place.session(), call, hidden.calls(), now=place.now())


def callbacks_form(call: Callback) -> Any:
    """The form that this call's occasion asks now; None where it asks nothing."""
    return calls.form_of(place.session(), call, now=place.now())


def _survey(call: Callback) -> Survey | None:
    return place.session().scalar(select(Survey).where(Survey.callback_id == call.id))


def _given(call: Callback) -> dict[str, Answer]:
    """What was answered about this call before, in chat or by another try, by question."""
    survey = _survey(call)
    return {row.question: row for row in survey.answers} if survey is not None else {}


def _found(number: int) -> Callback | None:
    query = select(Callback).where(Callback.id == number, hidden.calls())
    return place.session().scalar(query.options(*_LOADS))


def _listed(view: str, now: dt.datetime, after: str) -> Select[tuple[Callback]]:
    key = base.key(after)
    if view == "closed":
        over = select(Callback).where(Callback.state != "open", hidden.calls())
        over = over.where(tuple_(Callback.closed_at, Callback.id) < key) if key else over
        return over.order_by(Callback.closed_at.desc(), Callback.id.desc())
    query = select(Callback).where(Callback.state == "open", hidden.calls()).order_by(Callback.due_at, Callback.id)
    query = query.where(tuple_(Callback.due_at, Callback.id) > key) if key else query
    if view == "mine":
        query = query.where(Callback.owner_id == place.staff().id)
    return query.where(Callback.due_at < now) if view == "late" else query


def _waiting() -> int:
    query = select(func.count()).where(Callback.state == "open", Callback.owner_id == place.staff().id)
    return place.session().scalar(query) or 0


def _next() -> Callback | None:
    """The person's own next call whose time has come; after that, whatever of a colleague's is late."""
    now = place.now()
    soon = now + dt.timedelta(minutes=5)
    begun = Callback.from_at.is_(None) | (Callback.from_at <= soon)
    # Who was tried and is tried again tonight is not dialled again at once.
    again = select(CallbackAttempt.id).where(
        CallbackAttempt.callback_id == Callback.id, CallbackAttempt.next_at == Callback.due_at, Callback.due_at > soon
    )
    query = select(Callback).where(Callback.state == "open", begun, ~again.exists(), hidden.calls()).options(*_LOADS)
    query = query.order_by(Callback.due_at, Callback.id).limit(1)
    mine = place.session().scalar(query.where(Callback.owner_id == place.staff().id))
    return mine or place.session().scalar(query.where(Callback.due_at < now))


def _around(call: Callback) -> tuple[Callback | None, Callback | None]:
    """The person's own open calls before and after this one, for whom to call later or again first."""
    here, mine = tuple_(Callback.due_at, Callback.id), (Callback.state == "open", Callback.owner_id == place.staff().id)
    query, at = select(Callback).where(*mine, hidden.calls()).limit(1), (call.due_at, call.id)
    before = query.where(here < at).order_by(Callback.due_at.desc(), Callback.id.desc())
    return place.session().scalar(before), place.session().scalar(query.where(here > at).order_by(*here))


def _slip_words(call: Callback, ratings: Mapping[str, Rating]) -> str:
    """Which slip looks after an answer that is not content; "" for none."""
    if False not in {answers.verdict(one.score, one.sentiment) for one in ratings.values()}:
        return ""
    about = call.ticket or call.project
    slip = call.slip or (slips.open_about(place.session(), about) if about is not None else None)
    if slip is None:
        return ""
    number: str = slip.number
    if base.allowed("slip.see"):
        number = Markup('<a href="{}">{}</a>').format(url_for("slips.slip", number=number), number)
    return Markup(t("callbacks.done.slip")).format(number=number, n=slip.round)


def today(now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The beginning and the end of the day in China."""
    start = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return start.astimezone(dt.UTC), (start + dt.timedelta(days=1)).astimezone(dt.UTC)


def progress() -> tuple[int, int]:
    """How many calls the person dialled today, and how many are still due today: 18 of 45."""
    (start, end), me = today(place.now()), place.staff().id
    dialled = select(func.count(func.distinct(CallbackAttempt.callback_id))).where(
        CallbackAttempt.staff_id == me, CallbackAttempt.at >= start
    )
    due = select(func.count()).where(Callback.state == "open", Callback.owner_id == me, Callback.due_at < end)
    return place.session().scalar(dialled) or 0, place.session().scalar(due) or 0


def question_words(question: Question, form: str) -> str:
    """The question as it is read out: the form's own words, else the house's."""
    return question.text.get(lang()) or place.desk().texts.render(f"question.{form}_{question.key}", {}, lang())


def script_of(call: Callback) -> str:
    """What the person who calls says first."""
    key = f"call_script.{call.purpose}"
    who = call.call or t("callbacks.you")
    about = faces.masked(follow.asked([call])[call.id]) or (
        t(call.script) if known(call.script) else t("callbacks.matter")
    )
    house = call.house or t("callbacks.home")
    return t(key if known(key) else "call_script.other", who=who, me=place.staff().name, about=about, house=house)


def ratings_of(
    told: Mapping[str, str], questions: tuple[Question, ...], given: Mapping[str, Answer] | None = None
) -> dict[str, Rating]:
    """What was ticked and written in the form, question by question; untouched questions are left out.

    What was answered before stood in the form with its numbers masked, and stays as it was said.
    """
    found, given = {}, given or {}
    for one in questions:
        score, words = told.get(f"score_{one.key}", ""), told.get(f"words_{one.key}", "").strip()[:500]
        words = phones.restore(words, given[one.key].words) if one.key in given else words
        number = int(score) if score in ("1", "2", "3", "4", "5") else None
        if one.kind == "yes_no":
            number = {"yes": YES, "no": NO}.get(score)
        if one.kind == "words":
            number = None
        if number is None and not words:
            continue
        verdict = answers.verdict(number, "")
        feeling = {True: "positive", False: "negative", None: "neutral"}[verdict] if number is not None else ""
        found[one.key] = Rating(number, words, feeling)
    return found


def again_at(told: Mapping[str, str], now: dt.datetime) -> dt.datetime | None:
    """The moment of the next try that a preset or the person's own choice means; None where none is needed."""
    preset, local = told.get("again", ""), now.astimezone(SHANGHAI)
    if preset == "half":
        return now + dt.timedelta(minutes=30)
    if preset == "evening":
        at = dt.datetime.combine(local.date(), EVENING, SHANGHAI)
        return (at if at > local else at + dt.timedelta(days=1)).astimezone(dt.UTC)
    if preset == "morning":
        return dt.datetime.combine(local.date() + dt.timedelta(days=1), MORNING, SHANGHAI).astimezone(dt.UTC)
    if preset != "own" or not told.get("next_at"):
        if preset == "own" or told.get("outcome") == "later":
            raise Missing("errors.no_moment", field="next_at")
        return None
    return moment_of(told["next_at"], "next_at")
