"""Views that show nothing and allow nothing until a subclass names a permission for it."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import BaseView
from werkzeug.wrappers import Response

from admin import nudge, place, uploads
from models.desk import trust
from models.desk.trust import Deed
from models.errors import DomainError

#: For pages that every person with a log-in may open.
ANYONE = "*"


def allowed(permission: str | None) -> bool:
    """Whether the person who asks may: ANYONE needs a log-in, None is never allowed."""
    if permission == ANYONE:
        return place.staff() is not None
    return place.may(permission)


class Guarded(BaseView):
    """A view behind the log-in. `see` opens it; each function that changes something stands in `needs`.

    A POST whose function is missing in `needs` is refused, whoever asks.
    """

    see: str | None = None
    needs: dict[str, str | None] = {}

    def permission(self, name: str) -> str | None:
        """What calling the function `name` needs."""
        return self.needs.get(name) or (self.see if request.method in ("GET", "HEAD") else None)

    def is_accessible(self) -> bool:
        """Whether the person may open this view at all; the rail shows only what is."""
        return allowed(self.see)

    def _handle_view(self, name: str, **_kwargs: Any) -> Response | None:
        if place.staff() is None:
            onward = request.full_path.rstrip("?") if request.method == "GET" else ""
            return redirect(url_for("auth.login_page", next=onward))
        if not (allowed(self.see) and allowed(self.permission(name))):
            abort(403)
        return None

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own version calls the view a second time after any TypeError: a bug would act twice.
        return fn(self, *args, **kwargs)


def commit(deed: Deed, said: str = "", *, sends: bool = False) -> None:
    """What the view did is kept, with its audit row; the person reads `said`; the workers are nudged if it sends."""
    keep(deed)
    if sends:
        nudge.deliver(place.desk().redis)
    if said:
        flash(said, "success")


def keep(deed: Deed) -> None:
    """Audit row and commit, in one transaction with what was done; files that came with it stay."""
    session = place.session()
    trust.record(session, place.staff(), deed, origin=place.origin(), now=place.now())
    session.commit()
    uploads.settle()


def found(row: Any) -> Any:
    """`row`, or a 404 page when there is none."""
    if row is None:
        abort(404)
    return row


def words(name: str, *, limit: int = 2000, needed: bool = True) -> str:
    """A field of words from the form, trimmed; too long or missing is a sentence, not a crash."""
    value = request.form.get(name, "").replace("\x00", "").strip()
    if needed and not value:
        raise DomainError("errors.empty_field", field=name)
    if len(value) > limit:
        raise DomainError("errors.too_long", limit=limit, field=name)
    return value


def number(name: str, values: dict[str, str] | None = None) -> int | None:
    """A whole number from the form or `values`; None when it is none."""
    text = (values or request.form).get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def day(name: str) -> dt.date:
    """A day from the form; refused in words when it is none."""
    try:
        return dt.date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise DomainError("errors.no_moment", field=name) from None


def key_of(moment: dt.datetime, number: int) -> str:
    """What the next page goes on after, when a list is sorted by a moment."""
    return f"{moment.isoformat()}~{number}"


def key(after: str) -> tuple[dt.datetime, int] | None:
    """The moment and number in `key_of`; None for none, and for nonsense, which is the first page."""
    moment, _, number = after.partition("~")
    try:
        at = dt.datetime.fromisoformat(moment)
        utc = at.astimezone(dt.UTC) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
    known = number.isascii() and number.isdigit() and len(number) < 12
    return (utc, int(number)) if utc is not None and known else None


def pages(rows: Iterable[Any], size: int) -> tuple[list[Any], bool]:
    """At most `size` rows, and whether there are more; ask the database for one more than `size`."""
    rows = list(rows)
    return rows[:size], len(rows) > size
