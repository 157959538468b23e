"""What every phone page shares: the blueprint with its guards, who opened it, how a page and a refusal are shown.

No page is stored, indexed or told to other sites; each runs only our own scripts and works without any.
"""

import datetime as dt
import secrets
from typing import Any

from flask import Blueprint, Response, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException

from bot import links, photos
from bot.links import DeadLink
from bot.pages.steps import LONGEST_WORDS
from bot.pages.view import Released
from bot.pages.words import LANGS, say
from models.db import make_sessions, reading
from models.errors import DomainError
from models.people import Follower
from models.talk import Attachment
from models.worktime import local_day
from settings import ROOT
from templates import faces, terms

STATIC = ROOT / "templates" / "pages" / "static"
blueprint = Blueprint("pages", "bot.pages", url_prefix="/p", static_folder=str(STATIC), static_url_path="/static")
#: The pages of crews, which are in Chinese.
CREWS = tuple(f"pages.{name}" for name in ("crew", "crew_step", "crew_photo", "crew_quote", "crew_quote_send"))
#: Six photos and the words around them.
MOST_BYTES = photos.MOST_PHOTOS * photos.MOST_BYTES + (1 << 20)


@blueprint.before_request
def _admit() -> None:
    g.nonce = secrets.token_urlsafe(16)
    request.max_content_length = MOST_BYTES
    request.max_form_memory_size = 64 << 10
    request.max_form_parts = 120


@blueprint.after_request
def _guard(response: Response) -> Response:
    """Nothing of a page is kept, found or told to others."""
    sources = f"script-src 'nonce-{g.get('nonce', '')}'; style-src 'self'; img-src 'self' blob:; connect-src 'self'"
    response.headers.update(
        {
            "Content-Security-Policy": f"default-src 'none'; {sources}; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex, nofollow, noarchive",
        }
    )
    if request.endpoint in ("pages.static", "pages.picture"):
        response.headers["Cache-Control"] = "public, max-age=3600"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.errorhandler(DeadLink)
def _dead(dead: DeadLink) -> tuple[str, int]:
    why = f"{dead.why}_quote" if dead.why == "expired" and request.endpoint == "pages.quote" else dead.why
    return sorry(why, 410 if dead.why == "expired" else 404)


@blueprint.errorhandler(Released)
def _released(released: Released) -> tuple[str, int]:
    return sorry("handed_back" if released.handed_back else "released", 410)


@blueprint.errorhandler(HTTPException)
def _http(trouble: HTTPException) -> tuple[str, int]:
    code = trouble.code or 500
    return sorry("too_large" if code == 413 else "broken", code)


def door() -> Any:
    """The parts of the running web process."""
    return current_app.extensions["nuanju"]


def readers() -> Any:
    """Sessions that only read."""
    return make_sessions(reading(door().engine))


def ticket_of(purpose: str, token: str) -> links.Ticket:
    """What the link admits to; DeadLink for every other."""
    return links.read(door().settings.secret_key, purpose, token, now=door().clock())


def speak_to(reader: Follower | None) -> None:
    """From here on this request is answered in the reader's language."""
    g.lang = "en" if reader is not None and reader.lang == "en" else "zh"


def spoken() -> str:
    """`zh` or `en`: the reader's language; where nobody is known yet, what their browser asks for. Crews: Chinese."""
    if "lang" in g:
        return str(g.lang)
    if request.endpoint in CREWS:
        return "zh"
    return request.accept_languages.best_match(LANGS, "zh")


def page(name: str, **facts: Any) -> str:
    """A page with what all of them may show."""
    now: dt.datetime = door().clock()
    lang = spoken()
    known = {
        "lang": lang,
        "t": lambda key, **more: say(key, lang, **more),
        "own": terms.english if lang == "en" else str,
        "when": lambda at: faces.when(at, now, lang),
        "span": lambda start, end: faces.span(start, end, now, lang),
        "date": lambda day: faces.date(day, now, lang),
        "money": lambda fen: faces.money(fen / 100, lang),
        "month": lambda day: faces.month(day, lang),
        "today": local_day(now).isoformat(),
        "now": now,
        "nonce": g.nonce,
        "most_photos": photos.MOST_PHOTOS,
        "longest": LONGEST_WORDS,
    }
    return render_template(f"pages/{name}.html", **(known | facts))


def picture(row: Attachment | None) -> Response:
    """The picture as a file: whatever is in it, the browser does not run it. DeadLink for none."""
    path = door().settings.media_dir / row.path if row is not None else None
    if row is None or path is None or not path.is_file():
        raise DeadLink("broken")
    name = {"Content-Disposition": f"attachment; filename={path.name}"}
    return Response(path.read_bytes(), mimetype=row.content_type, headers=name)


def sorry(why: str, status: int) -> tuple[str, int]:
    """The page that says why there is none."""
    return page("sorry", why=why), status


def words(kind: str, key: str) -> str:
    """One of the pages' own sentences."""
    return render_template("pages/words.html", kind=kind, key=key).strip()


def sentence(refusal: DomainError) -> str:
    """A refusal of the desk as a key of the pages' sentences."""
    if "field" in refusal.facts:
        return f"missing_{refusal.facts['field']}"
    own = refusal.key.partition(".")[2]
    return own if words("trouble", own) else "stale"
