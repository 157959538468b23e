"""关怀规则: what is said on which occasion, and the second person's word for what goes out by itself."""

import datetime as dt
from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin import base, campaign_faces, occasions, place
from admin.campaign_people import Faces
from admin.words import lazy, t
from models import Campaign, Greeting, GreetingRule, lunar
from models.desk.marketing import campaigns, greeting_rules, reach
from models.desk.marketing import occasions as meant
from models.desk.marketing.greeting_rules import Draft
from models.desk.trust import Deed
from models.errors import Stale

STAGES = ("potential", "likely", "signed", "building", "in_warranty", "out_of_warranty")
GROUPS = ("festival", "birthday", "anniversary", "season")
#: Verbs of one click, by the permission they need.
STEPS = {
    "submit": "campaign.make", "on": "campaign.make", "off": "campaign.make", "approve": "campaign.approve",
}  # fmt: skip
#: How far the next day of a rule is looked for; what it has planned that its page shows.
AHEAD, LATEST = dt.timedelta(days=400), 12


class GreetingRulesView(base.Guarded):
    """The list, and one rule with its form."""

    see = "campaign.see"
    needs = dict.fromkeys(("new", "add", "save"), "campaign.make") | {"send_back": "campaign.approve"}

    @classmethod
    def build(cls, _sessions: Any) -> "GreetingRulesView":
        """The view, named by the catalogue; reached from the planner."""
        return cls(name=lazy("nav.greetingrules"), endpoint="greetingrules", url="greetingrules")

    def permission(self, name: str) -> str | None:
        """One-click verbs by their own names; the rest as usual."""
        if name == "step":
            return STEPS.get((request.view_args or {}).get("verb", ""))
        return super().permission(name)

    @expose("/")
    def index_view(self) -> str:
        """Every rule, festivals in the order in which they come next."""
        query = select(GreetingRule).options(joinedload(GreetingRule.approved_by))
        rows = sorted(place.session().scalars(query), key=lambda row: (next_day(row) or dt.date.max, row.id))
        groups = [("festival", ("festival",)), ("standing", GROUPS[1:])]
        return self.render(
            "admin/greeting_rules.html", groups=[(name, [one for one in rows if one.kind in kinds])
                                             for name, kinds in groups],
            titled=occasions.of_rule, spoken=occasions.spoken, next_day=next_day, words=_words,
        )  # fmt: skip

    @expose("/new")
    def new(self) -> str:
        """An empty hint of the season."""
        today = place.today()
        return self._page(GreetingRule(kind="season", key="", occasion="", title="", body="", body_en="", by_name=True,
                                       mass=True, stages=[], month=today.month, day=today.day, lead_days=10,
                                       send_at="09:30"))  # fmt: skip

    @expose("/add", methods=("POST",))
    def add(self) -> Any:
        """A further hint of the season is kept as a draft."""
        rule = greeting_rules.add_season(place.session(), _draft(), by=place.by(), now=place.now())
        return self._done(rule, "save", _facts(rule))

    @expose("/<int:number>")
    def rule(self, number: int) -> str:
        """One rule: its words, its next day, how many it is for, what it planned, its story."""
        return self._page(self._found(number))

    def _page(self, rule: GreetingRule) -> str:
        session, day = place.session(), next_day(rule)
        draft = _campaign(rule, day or place.today())
        found = campaign_faces.count(draft, reach.SAMPLE) if draft.audience else None
        planned = select(Greeting).where(Greeting.rule_id == rule.id).options(joinedload(Greeting.campaign))
        return self.render(
            "admin/greeting_rule.html", row=rule, day=day, draft=draft, found=found, faces=Faces(), stages=STAGES,
            title_words=occasions.of_rule(rule) if rule.id else t("care.new"), spoken=occasions.spoken,
            latest=session.scalars(planned.order_by(Greeting.day.desc()).limit(LATEST)).all() if rule.id else (),
            events=rule.events if rule.id else (), words=campaign_faces.words(draft), catalogue=_words(rule),
            own={rule.author_id, rule.changed_by_id}, hours=(greeting_rules.EARLIEST, greeting_rules.LATEST),
            most=campaigns.MOST_LETTERS,
        )  # fmt: skip

    @expose("/<int:number>/save", methods=("POST",))
    def save(self, number: int) -> Any:
        """The rule says this; one that sends by itself has to be approved again."""
        rule = self._fresh(number)
        before = _facts(rule)
        greeting_rules.edit(place.session(), rule, _draft(), by=place.by(), now=place.now())
        return self._done(rule, "save", _facts(rule), before)

    @expose("/<int:number>/do/<verb>", methods=("POST",))
    def step(self, number: int, verb: str) -> Any:
        """Submit, approve, switch on or off."""
        rule, by, now = self._fresh(number), place.by(), place.now()
        if verb == "off":
            greeting_rules.stop(place.session(), rule, by=by, now=now)
        else:
            verbs = {"submit": greeting_rules.submit, "approve": greeting_rules.approve, "on": greeting_rules.switch_on}
            verbs[verb](rule, by=by, now=now)
        return self._done(rule, verb, {"state": rule.state})

    @expose("/<int:number>/send-back", methods=("POST",))
    def send_back(self, number: int) -> Any:
        """Whoever submitted it gets it back with a reason."""
        rule, reason = self._fresh(number), base.words("reason", limit=200)
        greeting_rules.send_back(rule, reason=reason, by=place.by(), now=place.now())
        return self._done(rule, "send_back", {"reason": reason})

    def _found(self, number: int) -> GreetingRule:
        return base.found(place.session().get(GreetingRule, number))

    def _fresh(self, number: int) -> GreetingRule:
        """The rule, if the person has seen its present version."""
        rule = self._found(number)
        if base.number("version") != rule.version:
            who = rule.events[-1].actor_name if rule.events else ""
            raise Stale(number=occasions.of_rule(rule), what=who or t("care.event.edited"))
        return rule

    def _done(self, rule: GreetingRule, step: str, facts: dict[str, Any], before: dict[str, Any] | None = None) -> Any:
        base.commit(Deed(f"care.{step}", "greetingrules", str(rule.id), before or {}, facts), t(f"care.done.{step}"))
        return redirect(self.get_url(".rule", number=rule.id))


def next_day(rule: GreetingRule) -> dt.date | None:
    """The next day of a festival or season from today on; None for what depends on the person."""
    today = place.today()
    if rule.kind == "festival":
        ahead = lunar.feasts_between(today, today + AHEAD)
        return next((day for name, day in ahead if name == rule.occasion), None)
    if rule.kind == "season" and rule.month and rule.day:
        days = (lunar.anniversary(dt.date(2024, rule.month, rule.day), today.year + n) for n in (0, 1))
        return next((day for day in days if day >= today), None)
    return None


def _words(rule: GreetingRule) -> str:
    """Its words in Chinese: its own, else those of the catalogue with staff's wording."""
    key = f"greeting.{rule.occasion}"
    if rule.body or rule.kind != "festival":
        return rule.body
    edited = greeting_rules.edited(place.session()).get((key, "zh"))
    return place.desk().texts.render(key, {"now": place.now()}, "zh", edited)


def _campaign(rule: GreetingRule, day: dt.date) -> Campaign:
    """What would go out on this day, tied to no session."""
    whom = meant.of_stages(rule.stages) if rule.kind in ("festival", "season") else {}
    return Campaign(name="", kind="greeting", body=_words(rule), body_en=rule.body_en, by_name=rule.by_name,
                    link_title="", link_url="", mass=rule.mass, audience=whom, ends_at=None)  # fmt: skip


def _facts(rule: GreetingRule) -> dict[str, Any]:
    """What the audit log keeps of a rule."""
    return {"key": rule.key, "words": rule.body, "at": rule.send_at, "stages": rule.stages, "state": rule.state}


def _draft() -> Draft:
    """The rule in the form."""
    form = request.form
    plain = {name: form.get(name, "").replace("\x00", "").replace("\r\n", "\n") for name in
             ("body", "body_en", "title", "send_at")}  # fmt: skip
    stages = [one for one in form.getlist("stages") if one in STAGES]
    numbers = {name: base.number(name) or 0 for name in ("lead_days", "month", "day")}
    return Draft(by_name="by_name" in form, mass="mass" in form, stages=stages, **plain, **numbers)
