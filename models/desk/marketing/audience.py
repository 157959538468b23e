"""Audiences: who is meant, as groups of conditions joined by and/or, turned into one condition on followers.

An audience is data that staff built: everything in it is checked before it becomes a condition, and an empty one means
nobody. Crews and colleagues are never in it, whatever it says.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, extract, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from models import lunar
from models.errors import DomainError
from models.houses import Phase, Project
from models.menus import Tag, Tagging
from models.outbound import Consent
from models.people import Customer, CustomerTag, Follower, ProjectMember

#: Groups and conditions in a group: more than anybody can read.
MOST_GROUPS, MOST_CONDITIONS, MOST_VALUES = 6, 8, 60
Test = Callable[[Sequence[Any], dt.datetime], ColumnElement[bool]]


class BadAudience(DomainError):
    """The conditions cannot be understood, or there are none."""

    key = "errors.audience"


@dataclass(frozen=True)
class Field:
    """What can be asked of a person: the kind of its values (choice, days, month, day or yes) and the condition."""

    kind: str
    test: Test
    #: The ways to ask: is or is_not, within or longer.
    ops: tuple[str, ...] = ("is", "is_not")


def _of_customer(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(Customer.id).where(Customer.id == Follower.customer_id, condition))


def _of_house(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = select(Project.id).join(ProjectMember, ProjectMember.project_id == Project.id)
    return exists(mine.where(ProjectMember.customer_id == Follower.customer_id, condition))


def _in_phase(names: Sequence[str]) -> ColumnElement[bool]:
    """The house's latest phase that has really begun is one of these."""
    later = aliased(Phase)
    newest = ~exists(
        select(later.id).where(
            later.project_id == Phase.project_id, later.position > Phase.position, later.actual_on.is_not(None)
        )
    )
    here = select(Phase.id).where(
        Phase.project_id == Project.id, Phase.name.in_(names), Phase.actual_on.is_not(None), newest
    )
    return _of_house(exists(here))


def _tagged(words: Sequence[str]) -> ColumnElement[bool]:
    """A word that staff put on the person, or a tag of the platform on their WeChat."""
    by_staff = select(CustomerTag.id).where(
        CustomerTag.customer_id == Follower.customer_id, CustomerTag.word.in_(words)
    )
    on_wechat = select(Tagging.id).join(Tag, Tag.id == Tagging.tag_id)
    on_wechat = on_wechat.where(
        Tagging.follower_id == Follower.id, Tag.name.in_(words), Tagging.state.in_(("wanted", "put"))
    )
    return or_(exists(by_staff), exists(on_wechat))


def _heard(days: int, now: dt.datetime) -> ColumnElement[bool]:
    return and_(Follower.last_heard_at.is_not(None), Follower.last_heard_at >= now - dt.timedelta(days=days))


def _said_yes() -> ColumnElement[bool]:
    """Marketing was asked for in their own words and not refused since."""
    yes = select(Consent.id).where(
        Consent.follower_id == Follower.id, Consent.purpose == "marketing", Consent.given.is_(True)
    )
    return and_(Follower.opted_out_at.is_(None), exists(yes))


def _has_birthday(day: dt.date) -> ColumnElement[bool]:
    """Their birthday, by sun or moon, is kept on this day."""
    return _of_customer(or_(*(_born(one) for one in lunar.born(day))))


def _born(birth: lunar.Birth) -> ColumnElement[bool]:
    same = and_(Customer.birth_month == birth.month, Customer.birth_day == birth.day)
    same = and_(same, Customer.birth_lunar.is_(birth.lunar))
    return and_(same, Customer.birth_leap.is_(birth.leap)) if birth.lunar else same


def _moved_in(day: dt.date) -> ColumnElement[bool]:
    """They moved into a house on this day of an earlier year."""
    dates = [(one.month, one.day) for one in lunar.born(day) if not one.lunar]
    same = or_(
        *(and_(extract("month", Project.moved_in_on) == m, extract("day", Project.moved_in_on) == d) for m, d in dates)
    )
    return _of_house(and_(Project.moved_in_on < dt.date(day.year, 1, 1), same))


FIELDS: dict[str, Field] = {
    "stage": Field("choice", lambda values, _now: _of_customer(Customer.stage.in_(values))),
    "estate": Field("choice", lambda values, _now: _of_house(Project.estate_id.in_([int(one) for one in values]))),
    "building": Field("choice", lambda values, _now: _of_house(_building(values))),
    "phase": Field("choice", lambda values, _now: _in_phase(values)),
    "tag": Field("choice", lambda values, _now: _tagged(values)),
    "heard": Field("days", lambda values, now: _heard(int(values[0]), now), ("within", "longer")),
    "bought": Field("yes", lambda _values, _now: _of_house(Project.id.is_not(None))),
    "opted_in": Field("yes", lambda _values, _now: _said_yes()),
    "birth_month": Field(
        "month", lambda values, _now: _of_customer(Customer.birth_month.in_([int(one) for one in values]))
    ),
    "birthday": Field("day", lambda values, _now: _has_birthday(dt.date.fromisoformat(values[0])), ("is",)),
    "moved_in": Field("day", lambda values, _now: _moved_in(dt.date.fromisoformat(values[0])), ("is",)),
    "lang": Field("choice", lambda values, _now: Follower.lang.in_(values)),
    "person": Field("choice", lambda values, _now: Follower.id.in_([int(one) for one in values])),
}
NEGATIVE = frozenset({"is_not", "longer"})
_MONTHS = {str(number) for number in range(1, 13)}


def _building(values: Sequence[str]) -> ColumnElement[bool]:
    """`12|8幢`: the building 8幢 of estate 12, since every estate has one."""
    pairs = [value.partition("|") for value in values]
    return or_(*(and_(Project.estate_id == int(estate), Project.building == name) for estate, _, name in pairs))


def check(audience: Mapping[str, Any]) -> dict[str, Any]:
    """The audience with everything in its right shape; BadAudience for what is unknown, empty or too much."""
    groups = audience.get("groups")
    if not isinstance(groups, list) or not 1 <= len(groups) <= MOST_GROUPS:
        raise BadAudience
    checked = []
    for group in groups:
        conditions = group.get("conditions") if isinstance(group, Mapping) else None
        if not isinstance(conditions, list) or not 1 <= len(conditions) <= MOST_CONDITIONS:
            raise BadAudience
        checked.append({"join": _join(group), "conditions": [_checked(one) for one in conditions]})
    return {"join": _join(audience), "groups": checked}


def _join(part: Mapping[str, Any]) -> str:
    return "any" if part.get("join") == "any" else "all"


def _checked(condition: Any) -> dict[str, Any]:
    if not isinstance(condition, Mapping) or condition.get("field") not in FIELDS:
        raise BadAudience
    name = str(condition["field"])
    field, op = FIELDS[name], condition.get("op")
    values = [str(value)[:60] for value in condition.get("value") or []]
    fine = op in field.ops and len(values) <= MOST_VALUES and (field.kind == "yes" or bool(values))
    if field.kind == "days":
        fine = fine and values[0].isascii() and values[0].isdigit() and 1 <= int(values[0]) <= 3650
    if field.kind == "month":
        fine = fine and set(values) <= _MONTHS
    if field.kind == "day":
        fine = fine and len(values) == 1 and _is_day(values[0])
    if name in ("estate", "person"):
        fine = fine and all(value.isascii() and value.isdigit() for value in values)
    if name == "building":
        fine = fine and all(value.partition("|")[0].isdigit() for value in values)
    if not fine:
        raise BadAudience(field=name)
    return {"field": name, "op": op, "value": values}


def _is_day(text: str) -> bool:
    try:
        year = dt.date.fromisoformat(text).year
    except ValueError:
        return False
    return lunar.FIRST_YEAR <= year <= lunar.LAST_YEAR


def only_tag(audience: Mapping[str, Any]) -> str | None:
    """The one tag whose people are meant and nothing else is asked of; None for every other audience."""
    groups = audience.get("groups") or []
    conditions = groups[0]["conditions"] if len(groups) == 1 else []
    if len(conditions) != 1 or (conditions[0]["field"], conditions[0]["op"]) != ("tag", "is"):
        return None
    values = set(conditions[0]["value"])
    return str(values.pop()) if len(values) == 1 else None


def condition(audience: Mapping[str, Any], now: dt.datetime) -> ColumnElement[bool]:
    """The condition on followers that these people meet; BadAudience when it is none."""
    checked = check(audience)
    groups = [_joined(group["join"], [_test(one, now) for one in group["conditions"]]) for group in checked["groups"]]
    outsiders = and_(Follower.crew_id.is_(None), Follower.staff_id.is_(None))
    return and_(outsiders, _joined(checked["join"], groups))


def _joined(join: str, parts: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    return or_(false(), *parts) if join == "any" else and_(*parts)


def _test(one: Mapping[str, Any], now: dt.datetime) -> ColumnElement[bool]:
    found = FIELDS[one["field"]].test(one["value"], now)
    return ~func.coalesce(found, false()) if one["op"] in NEGATIVE else found


def size(session: Session, audience: Mapping[str, Any], *, now: dt.datetime) -> int:
    """How many people meet the conditions, whether they can be reached or not."""
    query = select(func.count()).select_from(Follower).where(condition(audience, now))
    return session.scalar(query) or 0
