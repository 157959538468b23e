"""The staff's door: a Flask app of its own under /admin. This file is the table of contents."""

import secrets
from typing import Any

from flask import Flask, redirect
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_babel import Babel
from redis import Redis
from sqlalchemy import text

from admin import (
    account,
    asked,
    auth,
    escalations,
    faces,
    frame,
    guard,
    icons,
    media,
    outgoing,
    place,
    reveal,
    search,
    status,
    words,
)
from admin.absences import AbsencesView
from admin.announcements import AnnouncementsView
from admin.audit import AuditView, DisclosuresView
from admin.buildings import BuildingsView
from admin.calendar import CalendarView
from admin.callbacks import CallbacksView
from admin.campaigns import CampaignsView
from admin.codes import CodesView
from admin.complaints import ComplaintsView
from admin.conversations import ConversationsView
from admin.crews import CrewsView
from admin.customers import CustomersView
from admin.dispatch import DispatchView
from admin.due import DueView
from admin.escalations import EscalationsView
from admin.events import EventsView
from admin.forms import FormsView
from admin.gifts import GiftApplicationsView, GiftsView
from admin.greeting_rules import GreetingRulesView
from admin.handovers import HandoversView
from admin.home import HomeView
from admin.inbound import InboundView
from admin.knowledge import ArticlesView, UnansweredView, WordsView
from admin.leads import EnquiriesView
from admin.menus import MenusView, TagsView
from admin.offers import PackagesView, ShowroomsView, VisitPlansView
from admin.outgoing import OutgoingView
from admin.people import RolesView, StaffView
from admin.planner import PlannerView
from admin.privacy import PrivacyView, RetentionsView
from admin.projects import EstatesView, PhasesView, ProjectsView
from admin.promises import PoliciesView, PromisesView, TouchesView
from admin.qrcodes import QrCodesView, ReferralsView
from admin.quotes import QuotesView
from admin.repairs import RepairsView
from admin.reviews import ReviewsView
from admin.rhythm import CareRulesView, PhaseKindsView
from admin.rosters import RosterView, ShiftsView
from admin.sequences import SequencesView
from admin.signings import SigningsView
from admin.slips import SlipsView
from admin.suggestions import SuggestionsView
from admin.surveys import SurveysView
from admin.system import SystemView
from admin.texts import TextsView
from admin.visits import AppointmentsView
from admin.warranty import WarrantiesView
from clock import Clock
from models.db import make_engine
from models.warranty import EXCLUSIONS
from models.work import MOVES
from phones import mask_phone
from settings import ROOT, Settings
from templates import Texts

#: In the order of the rail.
VIEWS = (
    EscalationsView, ConversationsView, OutgoingView, InboundView, RepairsView, DispatchView, QuotesView,
    ComplaintsView, SuggestionsView,
    PromisesView, SurveysView, CallbacksView, SlipsView, FormsView, EnquiriesView, AppointmentsView,
    SequencesView, SigningsView,
    PackagesView, ShowroomsView, VisitPlansView,
    CustomersView, ProjectsView, PhasesView, EstatesView, BuildingsView, CrewsView, CodesView,
    MenusView, TagsView, PlannerView, GreetingRulesView,
    CampaignsView, GiftApplicationsView, GiftsView, EventsView, ReferralsView, QrCodesView, ArticlesView,
    UnansweredView, WordsView, TextsView, WarrantiesView, PhaseKindsView, CareRulesView, PoliciesView,
    TouchesView, CalendarView,
    DueView, ReviewsView, RosterView, AbsencesView, ShiftsView, HandoversView, AnnouncementsView,
    StaffView, RolesView, PrivacyView, RetentionsView, AuditView, DisclosuresView, SystemView,
)  # fmt: skip


def create_app(settings: Settings | None = None, engine: Any = None, redis: Any = None, clock: Any = None) -> Flask:
    """The panel. What is not given is made from the settings; nothing is connected before it is used."""
    settings = settings or Settings.load()
    app = Flask(
        __name__,
        static_folder="static",  # admin/static
        static_url_path="/admin/assets",
        template_folder=str(ROOT / "templates"),
    )
    _configure(app, settings)
    app.extensions["desk"] = place.Desk(
        settings=settings,
        sessions=place.Sessions(engine or make_engine(settings.database_url)),
        redis=redis if redis is not None else Redis.from_url(settings.redis_url, socket_timeout=2),
        clock=clock or Clock(settings.clock_file),
        texts=Texts(),
    )
    Babel(app, locale_selector=words.locale, default_timezone="Asia/Shanghai")
    guard.install(app)
    _pages(app)
    _views(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="nuanju_desk",
        SESSION_COOKIE_PATH="/admin",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=settings.session_hours * 3600,
        # The token lives as long as the session: a form left open over lunch must still be sendable.
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        # Addresses of a new file are new, so that browsers may keep the old ones.
        ASSETS=secrets.token_hex(4),
    )


def _pages(app: Flask) -> None:
    for blueprint in (
        auth.blueprint,
        account.blueprint,
        media.blueprint,
        reveal.blueprint,
        search.blueprint,
        asked.blueprint,
    ):
        app.register_blueprint(blueprint)
    app.add_url_rule("/", "root", lambda: redirect("/admin/"))
    app.add_url_rule("/healthz", "healthz", _health)
    app.jinja_env.globals.update(
        t=words.t, lang=words.lang, name_of=words.name_of, wanted=words.wanted, icon=icons.icon, rail=frame.rail,
        opens=frame.opens, usual=frame.usual,
        allowed=place.may, person=place.staff, now=place.now, this_day=place.today, chip=faces.chip, due=faces.due,
        stamp=faces.stamp, aside=faces.aside, named_as=faces.named_as,
        nonce=guard.nonce, page_stamp=frame.stamp, has_phone=faces.has_phone, full=faces.full, lasting=faces.lasting,
        local_minute=faces.local_minute, reason_of=outgoing.reason, said_of=outgoing.said, state_names=tuple(MOVES),
        known=words.known, case_at=frame.case_at, title_of=faces.title_of, matter_words=escalations.words_of,
        duty_status=status.mine, asked=asked.words, yuan=faces.yuan, comma=faces.comma, exclusions=tuple(EXCLUSIONS),
    )  # fmt: skip
    app.jinja_env.filters.update(
        masked=faces.masked,
        hidden=faces.hidden,
        lines=faces.lines,
        phone=mask_phone,
        clock=faces.clock,
        day=faces.day,
        iso_day=faces.iso_day,
        own=faces.own,
        listed=faces.listed,
        titled=faces.titled,
    )


def _views(app: Flask) -> None:
    home = HomeView(name=words.lazy("nav.home"), endpoint="home", url="/admin")
    desk = Admin(
        app, name="暖居", index_view=home, theme=Bootstrap4Theme(), csp_nonce_generator=guard.nonce, url="/admin"
    )
    for view in VIEWS:
        desk.add_view(view.build(app.extensions["desk"].sessions))
    app.extensions["desk_views"] = {view.endpoint: view for view in desk._views}


def _health() -> Any:
    """200 while the database answers, 503 with one word when it does not."""
    place.session().execute(text("SELECT 1"))
    return {"desk": "ok"}
