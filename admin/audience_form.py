"""The audience as a form: groups of conditions that people add to and take from, and what may be chosen in each."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, union
from werkzeug.datastructures import MultiDict

from admin import faces, place
from admin.words import name_of, t
from models import CustomerTag, Estate, Phase, Project, Tag
from models.desk.marketing.audience import FIELDS, MOST_CONDITIONS, MOST_GROUPS

#: Fields that people choose from; the others are for code.
OFFERED = ("stage", "estate", "building", "phase", "tag", "heard", "bought", "opted_in", "birth_month", "lang")
STAGES = ("potential", "likely", "signed", "building", "in_warranty", "out_of_warranty")
#: Buildings and tags offered at most.
MOST = 120
_CONDITION = re.compile(r"g(\d)\.c(\d)\.field")
_FIRST = {"field": "stage", "op": "is", "value": []}

Audience = dict[str, Any]


def empty() -> Audience:
    """One group with one condition that has no value yet."""
    return {"join": "any", "groups": [{"join": "all", "conditions": [dict(_FIRST)]}]}


def read(form: MultiDict[str, str]) -> Audience:
    """The audience as it stands in the form, complete or not, after the button `do` has done its work."""
    groups: dict[int, dict[str, Any]] = {}
    for key in form:
        if found := _CONDITION.fullmatch(key):
            group, number = int(found[1]), int(found[2])
            held = groups.setdefault(group, {"join": form.get(f"g{group}.join", "all"), "conditions": {}})
            held["conditions"][number] = _condition(form, f"g{group}.c{number}.")
    ordered = [
        {"join": group["join"], "conditions": [one for _, one in sorted(group["conditions"].items())]}
        for _, group in sorted(groups.items())
    ]
    return _done({"join": form.get("join", "any"), "groups": ordered or empty()["groups"]}, form.get("do", ""))


def _condition(form: MultiDict[str, str], prefix: str) -> dict[str, Any]:
    name = form.get(f"{prefix}field", "stage")
    field = FIELDS.get(name) if name in OFFERED else None
    if field is None:
        return dict(_FIRST)
    op = form.get(f"{prefix}op", "")
    same = form.get(f"{prefix}was", name) == name
    values = [value for value in form.getlist(f"{prefix}value") if value] if same else []
    return {"field": name, "op": op if op in field.ops else field.ops[0], "value": values}


def _done(audience: Audience, do: str) -> Audience:
    """`group` adds a group, `add:0` a condition to it, `drop:0:1` takes one away; the last one cannot go."""
    name, _, rest = do.partition(":")
    at = [int(part) for part in rest.split(":") if part.isdigit()]
    groups = audience["groups"]
    if name == "group" and len(groups) < MOST_GROUPS:
        groups.append(empty()["groups"][0])
    elif name == "add" and at and at[0] < len(groups) and len(groups[at[0]]["conditions"]) < MOST_CONDITIONS:
        groups[at[0]]["conditions"].append(dict(_FIRST))
    elif name == "drop" and len(at) == 2 and at[0] < len(groups):
        group = groups[at[0]]
        group["conditions"] = [one for number, one in enumerate(group["conditions"]) if number != at[1]]
        audience["groups"] = [one for one in groups if one["conditions"]] or empty()["groups"]
    return audience


def complete(audience: Mapping[str, Any]) -> Audience:
    """The audience without conditions that have no value yet; without groups when none has."""
    groups = []
    for group in audience.get("groups", ()):
        whole = [one for one in group["conditions"] if one["value"] or FIELDS[one["field"]].kind == "yes"]
        if whole:
            groups.append({"join": group["join"], "conditions": whole})
    return {"join": audience.get("join", "any"), "groups": groups}


def choices() -> dict[str, list[tuple[str, str]]]:
    """Field -> (value, name) of all that may be chosen; what the records have, not a list of ours."""
    session = place.session()
    estates = session.execute(select(Estate.id, Estate.name).order_by(Estate.name)).all()
    named = {estate_id: name for estate_id, name in estates}
    buildings = select(Project.estate_id, Project.building).where(Project.building != "").distinct()
    phases = select(Phase.name, Phase.position).distinct().order_by(Phase.position)
    tags = union(select(CustomerTag.word), select(Tag.name)).limit(MOST)
    return {
        "stage": [(one, name_of("stage", one)) for one in STAGES],
        "estate": [(str(estate_id), name) for estate_id, name in estates],
        "building": [
            (f"{estate_id}|{building}", f"{named[estate_id]}{building}")
            for estate_id, building in session.execute(buildings.order_by(*buildings.selected_columns).limit(MOST))
        ],
        "phase": [(name, name) for name in dict.fromkeys(name for name, _ in session.execute(phases))],
        "tag": [(word, word) for word in sorted(session.scalars(tags))],
        "birth_month": [(str(month), t("campaign.month", n=month)) for month in range(1, 13)],
        "lang": [(one, t(f"lang.{one}")) for one in ("zh", "en")],
    }


def said(audience: Mapping[str, Any]) -> list[str]:
    """The audience in words, a line for each group."""
    offered = choices()
    lines = []
    for group in audience.get("groups", ()):
        parts = [_said(one, dict(offered.get(one["field"], ()))) for one in group["conditions"]]
        lines.append(t(f"campaign.joined.{group['join']}").join(parts))
    return lines


def _said(one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    name = t(f"audience.{one['field']}")
    kind = FIELDS[one["field"]].kind
    if kind == "yes":
        return t(f"campaign.yes.{one['op']}", name=name)
    values = faces.listed(names.get(value, value) for value in one["value"])
    return t(f"campaign.{kind if kind in ('days', 'day') else 'choice'}.{one['op']}", name=name, values=values)
