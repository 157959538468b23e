"""Two pages about a price: the household reads and answers a quote, the crew writes one.

Whoever answers saw this very version in this very state; everything else is shown again instead of being done.
"""

from typing import Any

from flask import redirect, request, url_for
from sqlalchemy.orm import Session

from bot import links
from bot.links import DeadLink
from bot.pages import frame, quote_view
from bot.pages import view as shown
from bot.pages.frame import blueprint
from bot.pages.quote_view import QuoteView
from bot.pages.steps import LONGEST_WORDS
from bot.pages.view import View
from models.actors import By
from models.desk.repair import quote_rows, quotes
from models.desk.repair.quote_rows import Rows
from models.desk.repair.quotes import DECISIONS, MOST_ITEMS, Answer
from models.errors import DomainError, IllegalMove, Stale
from models.people import Follower
from models.quotes import Quote
from models.work import Repair

#: Rows that an empty form begins with.
ROWS = 3


@blueprint.get("/quote/<token>")
def quote(token: str) -> str:
    """The items, the total, why there is a charge, and what each answer leads to."""
    ticket = frame.ticket_of("quote", token)
    with frame.readers()() as session:
        view = quote_view.view_of(session, _own(session, ticket)[0])
    return _show(view, ticket, token, done=request.args.get("done", ""))


@blueprint.post("/quote/<token>")
def quote_answer(token: str) -> Any:
    """One answer, once; the page again where the quote has moved on meanwhile."""
    ticket = frame.ticket_of("quote", token)
    door, now = frame.door(), frame.door().clock()
    decision, words = request.form.get("decision", ""), request.form.get("words", "").strip()
    if decision not in DECISIONS:
        raise DeadLink("broken")
    seen = links.read_view(door.settings.secret_key, request.form.get("seen", ""))
    with door.sessions.begin() as session:
        row, reader = _own(session, ticket)
        trouble = _stale(row, seen, decision) or ("too_long" if len(words) > LONGEST_WORDS else "")
        if not trouble:
            trouble = _answered(session, row, reader, Answer(decision, words, "page"), now)
        view = quote_view.view_of(session, row)
    if trouble:
        return _show(view, ticket, token, trouble=trouble, words=words), 422 if trouble == "too_long" else 409
    door.nudge(door.redis)
    return redirect(url_for(".quote", token=token, done=decision), 303)


def _own(session: Session, ticket: links.Ticket) -> tuple[Quote, Follower]:
    """The quote and the WeChat that answers by this link; DeadLink when that one speaks for the house no more."""
    row, reader = session.get(Quote, ticket.ticket_id), session.get(Follower, ticket.reader_id)
    if row is None or reader is None or row.sent_at is None or not quotes.may_answer(session, row, reader):
        raise DeadLink("broken")
    frame.speak_to(reader)
    return row, reader


def _stale(row: Quote, seen: tuple[int, int, str, int], decision: str) -> str:
    quote_id, _, state, version = seen
    if (quote_id, version) != (row.id, row.version):
        return "stale"
    return "" if row.state in (state, decision) else "stale"


def _answered(session: Session, row: Quote, reader: Follower, said: Answer, now: Any) -> str:
    name = reader.customer.call if reader.customer else ""
    by = By("customer", reader.id, name)
    own = Answer(said.decision, said.words, said.way, reader, name)
    try:
        quotes.answer(session, row, own, by=by, now=now)
    except (Stale, IllegalMove):
        return "stale"
    return ""


def _show(view: QuoteView, ticket: links.Ticket, token: str, **more: Any) -> str:
    secret = frame.door().settings.secret_key
    seen = links.seal_view(secret, (view.id, ticket.reader_id, view.state, view.version))
    newer = ""
    if view.newer_id:
        other = links.Ticket("quote", view.newer_id, reader_id=ticket.reader_id)
        newer = url_for(".quote", token=links.sign(secret, other, now=frame.door().clock()))
    return frame.page("quote", view=view, token=token, seen=seen, newer=newer, **more)


@blueprint.get("/crew/<token>/quote")
def crew_quote(token: str) -> str:
    """Rows for item, quantity and price, beginning with the version before."""
    ticket = frame.ticket_of("crew", token)
    with frame.readers()() as session:
        view = shown.for_crew(session, shown.job(session, ticket.ticket_id, ticket.crew_id))
        rows = quote_rows.of(quote_view.newest(session, session.get_one(Repair, ticket.ticket_id)))
    return _show_form(view, token, rows, done=request.args.get("done", ""))


@blueprint.post("/crew/<token>/quote")
def crew_quote_send(token: str) -> Any:
    """The quote is with the household, once however often the button is pressed; or the form again, saying why not."""
    ticket = frame.ticket_of("crew", token)
    door, now = frame.door(), frame.door().clock()
    form, note = quote_rows.read(request.form.to_dict(flat=False)), request.form.get("note", "").strip()[:LONGEST_WORDS]
    seen = links.read_view(door.settings.secret_key, request.form.get("seen", ""))
    try:
        with door.sessions.begin() as session:
            repair = shown.job(session, ticket.ticket_id, ticket.crew_id, lock=True)
            view = shown.for_crew(session, repair)
            again = seen[3] != _mark(view)
            if not (again or form.trouble):
                by = By("crew", ticket.crew_id, view.crew)
                quotes.send(
                    session, quotes.make(session, repair, form.lines, by=by, now=now, note=note), by=by, now=now
                )
    except DomainError as refusal:
        form.trouble = frame.sentence(refusal)
    if form.trouble:
        return _show_form(view, token, form, note=note), 422
    if again and not _the_same(view, form):
        form.trouble = "quote_sent_already"
        return _show_form(view, token, form, note=note), 409
    door.nudge(door.redis)
    return redirect(url_for(".crew_quote", token=token, done="quote"), 303)


def _mark(view: View) -> int:
    """Which version the form was shown beside."""
    return view.quote.version if view.quote else 0


def _the_same(view: View, form: Rows) -> bool:
    """Whether the version that is there is what this form wanted to send: the button was pressed twice."""
    there = [(one.name, one.hundredths, one.unit, one.price) for one in view.quote.items] if view.quote else []
    return there == [(line.name, line.hundredths, line.unit, line.price) for line in form.lines]


def _show_form(view: View, token: str, form: Rows, **more: Any) -> str:
    seen = links.seal_view(frame.door().settings.secret_key, (view.ticket_id, view.crew_id, view.state, _mark(view)))
    facts = {"rows": form.padded(ROWS), "wrong": form.wrong, "trouble": form.trouble, "most": MOST_ITEMS} | more
    return frame.page("crew_quote", view=view, token=token, seen=seen, **facts)
