"""活动群发: planned with a live count, approved by a second person, watched while it runs, reported on afterwards."""

from dataclasses import replace
from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin import audience_form, base, campaign_faces, campaign_people, export, occasions, place
from admin.campaign_people import Faces
from admin.fields import local_moment
from admin.words import lazy, t
from models import Campaign, Greeting, MassSend
from models.desk.marketing import campaigns, greetings, mass_results, reach, results
from models.desk.marketing.campaigns import Plan
from models.desk.trust import Deed
from models.errors import Stale
from models.greetings import STANDING

VIEWS = {"open": ("draft", "checked", "approved", "scheduled", "running", "paused"), "over": ("done", "cancelled")}
PAGE = 30
#: What staff write here; warnings of the weather begin in the planner.
KINDS = ("campaign", "greeting")
#: Verbs of one click, by the permission they need.
STEPS = {
    "schedule": "campaign.make", "pause": "campaign.make", "cancel": "campaign.make", "approve": "campaign.approve",
    "resume": "campaign.approve",
}  # fmt: skip


class CampaignsView(base.Guarded):
    """The list, the planner, and one campaign."""

    see = "campaign.see"
    needs = {
        "new": "campaign.make", "compose": "campaign.make", "save": "campaign.make", "edit": "campaign.make",
        "check": "campaign.make", "test": "campaign.make", "send_back": "campaign.approve",
        "decide": "campaign.approve", "export": "rows.export",
    }  # fmt: skip

    @classmethod
    def build(cls, _sessions: Any) -> "CampaignsView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.campaigns"), endpoint="campaigns", url="campaigns")

    def permission(self, name: str) -> str | None:
        """One-click verbs by their own names; the rest as usual."""
        if name == "step":
            return STEPS.get((request.view_args or {}).get("verb", ""))
        return super().permission(name)

    @expose("/")
    def index_view(self) -> str:
        """What is planned, runs or is over, the newest first."""
        view = request.args.get("view", "open")
        view = view if view in VIEWS else "open"
        by_rule = select(Greeting.campaign_id).where(Greeting.kind.in_(STANDING))
        query = select(Campaign).where(Campaign.state.in_(VIEWS[view]), Campaign.id.not_in(by_rule))
        query = query.options(joinedload(Campaign.author))
        if after := base.number("after", request.args):
            query = query.where(Campaign.id < after)
        found = place.session().scalars(query.order_by(Campaign.id.desc()).limit(PAGE + 1))
        rows, more = base.pages(found, PAGE)
        figures = results.progress(place.session(), [row.id for row in rows if row.started_at])
        return self.render("admin/campaigns.html", rows=rows, more=more, view=view, views=tuple(VIEWS), figures=figures)

    @expose("/new")
    def new(self) -> str:
        """An empty plan."""
        return self._form(Campaign(name="", kind="campaign", body="", body_en="", by_name=True, link_title="",
                                   link_url="", audience=audience_form.empty(), mass=False))  # fmt: skip

    @expose("/<int:number>/edit")
    def edit(self, number: int) -> str:
        """The plan as it stands."""
        campaign = self._found(number)
        return self._form(campaign, fixed=_by_rule(campaign))

    @expose("/compose", methods=("POST",))
    def compose(self) -> str:
        """The form as it is being written, with its preview and count; nothing is kept."""
        number = base.number("number")
        stored = place.session().get(Campaign, number) if number else None
        facts = vars(_kept(_plan(), stored))
        if stored is None or not _by_rule(stored):
            facts["audience"] = audience_form.read(request.form)
        return self._form(Campaign(**facts), number=number, fixed=stored is not None and _by_rule(stored))

    def _form(self, campaign: Campaign, number: int | None = None, *, fixed: bool = False) -> str:
        kinds = (campaign.kind,) if campaign.kind == "warning" else KINDS
        found = campaign_faces.count(campaign, reach.SAMPLE)
        return self.render(
            "admin/campaign_form.html", row=campaign, number=number or campaign.id, found=found,
            audience=campaign.audience if campaign.audience.get("groups") else audience_form.empty(),
            choices=audience_form.choices(), fields=audience_form.OFFERED, all_fields=reach.audience.FIELDS,
            kinds=kinds, fixed=audience_form.said(campaign.audience) if fixed else (),
            words=campaign_faces.words(campaign), most=campaigns.MOST_LETTERS, faces=Faces(),
        )  # fmt: skip

    @expose("/save", methods=("POST",))
    def save(self) -> Any:
        """The plan is kept as a draft; one that was approved has to be approved again."""
        session, plan = place.session(), _plan()
        number = base.number("number")
        if number is None:
            campaign = campaigns.make(session, plan, by=place.by(), now=place.now())
        else:
            campaign = self._fresh(number)
            campaigns.edit(session, campaign, _kept(plan, campaign), by=place.by(), now=place.now())
        facts = {"name": campaign.name, "audience": campaign.audience, "mass": campaign.mass, "words": campaign.body}
        base.commit(Deed("campaign.save", "campaign", str(campaign.id), {}, facts), t("campaign.done.save"))
        return redirect(self.get_url(".one", number=campaign.id))

    @expose("/<int:number>")
    def one(self, number: int) -> str:
        """One campaign: what it says, to whom, how far it is, what came of it."""
        campaign, session = self._found(number), place.session()
        begun = campaign.started_at is not None
        return self.render(
            "admin/campaign.html", row=campaign, words=campaign_faces.words(campaign),
            audience=audience_form.said(campaign.audience),
            found=None if begun or not campaign.audience else campaign_faces.count(campaign, reach.SAMPLE),
            results=results.of(session, campaign) if begun else None, faces=Faces(),
            unfit=campaigns.unfit(campaign, place.now()) if campaign.state == "draft" else "",
            masses=campaigns.masses(session, campaign),
            people=campaign_people.page(session, campaign, campaign_faces.house()),
            greeting=greetings.of(session, campaign), occasions=occasions,
            own={campaign.author_id, campaign.changed_by_id}, moves=Campaign.moves[campaign.state],
        )  # fmt: skip

    @expose("/<int:number>/check", methods=("POST",))
    def check(self, number: int) -> Any:
        """Counted and sound: somebody else may approve it."""
        found = campaign_faces.count(self._fresh(number), campaign_faces.EVERYBODY)
        campaign = self._fresh(number)
        campaigns.check(campaign, found, by=place.by(), now=place.now())
        return self._done(campaign, "check", {"reached": campaign.expected})

    @expose("/<int:number>/do/<verb>", methods=("POST",))
    def step(self, number: int, verb: str) -> Any:
        """Approve, schedule, pause, resume or cancel."""
        campaign = self._fresh(number)
        verbs = {"schedule": campaigns.schedule, "pause": campaigns.pause,
                 "resume": campaigns.resume, "cancel": campaigns.cancel}  # fmt: skip
        if verb == "approve":
            greetings.approve(place.session(), campaign, by=place.by(), now=place.now())
        else:
            verbs[verb](campaign, by=place.by(), now=place.now())
        return self._done(campaign, verb, {"state": campaign.state}, sends=verb != "cancel")

    @expose("/<int:number>/send-back", methods=("POST",))
    def send_back(self, number: int) -> Any:
        """The author gets it back with a reason."""
        campaign, reason = self._fresh(number), base.words("reason", limit=200)
        campaigns.send_back(campaign, reason=reason, by=place.by(), now=place.now())
        return self._done(campaign, "send_back", {"reason": reason})

    @expose("/<int:number>/test", methods=("POST",))
    def test(self, number: int) -> Any:
        """The person reads it on their own WeChat."""
        campaign = self._found(number)
        campaigns.try_on(place.session(), campaign, place.staff(), now=place.now())
        return self._done(campaign, "test", {}, sends=True)

    @expose("/<int:number>/decide/<int:send_id>", methods=("POST",))
    def decide(self, number: int, send_id: int) -> Any:
        """A person has looked into WeChat's console: the mass send went out, or it did not."""
        send = base.found(place.session().get(MassSend, send_id))
        base.found(send if send.campaign_id == number else None)
        went_out = request.form.get("went_out") == "1"
        mass_results.decide(send, went_out=went_out, by=place.by(), now=place.now())
        return self._done(send.campaign, "decide", {"mass": send.id, "went_out": went_out}, sends=True)

    @expose("/<int:number>/export/<kind>", methods=("POST",))
    def export(self, number: int, kind: str) -> Any:
        """Everybody of it as a table."""
        campaign = self._found(number)
        heads, rows = campaign_people.table(place.session(), campaign, Faces(), export.MOST)
        base.keep(Deed("export", "campaigns", str(number), after={"rows": len(rows), "kind": kind}))
        return export.send(kind, f"campaign-{number}", heads, rows)

    def _found(self, number: int) -> Campaign:
        return base.found(place.session().get(Campaign, number))

    def _fresh(self, number: int) -> Campaign:
        """The campaign, if the person has seen its present version."""
        campaign = self._found(number)
        if base.number("version") != campaign.version:
            last = campaign.events[-1]
            raise Stale(number=campaign.name, what=f"{last.actor_name} {t(f'campaign.event.{last.name}')}")
        return campaign

    def _done(self, campaign: Campaign, step: str, facts: dict[str, Any], *, sends: bool = False) -> Any:
        base.commit(
            Deed(f"campaign.{step}", "campaign", str(campaign.id), {}, facts), t(f"campaign.done.{step}"), sends=sends
        )
        return redirect(self.get_url(".one", number=campaign.id))


def _kept(plan: Plan, campaign: Campaign | None) -> Plan:
    """A warning of the weather stays one, and what a rule sends keeps its people, whatever else is changed in it."""
    if campaign is None:
        return plan
    plan = replace(plan, kind="warning") if campaign.kind == "warning" else plan
    return replace(plan, audience=campaign.audience) if _by_rule(campaign) else plan


def _by_rule(campaign: Campaign) -> bool:
    """Whether a standing rule sends it: its people are those whose day it is."""
    greeting = greetings.of(place.session(), campaign) if campaign.id else None
    return greeting is not None and greeting.kind in STANDING


def _plan() -> Plan:
    """The plan in the form; its audience without conditions that nobody has finished."""
    form = request.form
    plain = {name: form.get(name, "").replace("\x00", "").replace("\r\n", "\n") for name in
             ("name", "kind", "body", "body_en", "link_title", "link_url")}  # fmt: skip
    plain["kind"] = plain["kind"] if plain["kind"] in KINDS else "campaign"
    moments = {name: local_moment(form.get(name, "")) for name in ("starts_at", "ends_at")}
    audience = audience_form.complete(audience_form.read(form))
    ticks = {name: name in form for name in ("by_name", "mass")}
    return Plan(audience=audience, **plain, **moments, **ticks)
