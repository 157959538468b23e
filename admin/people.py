"""Staff and roles. Nobody can lock the house out of its own panel or give themselves another role."""

import secrets
from typing import Any

from flask import flash, g
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import joinedload
from wtforms import BooleanField, ValidationError
from wtforms.validators import InputRequired, NumberRange, Optional

from admin import base, faces, passwords, place
from admin.fields import HiddenText, TickField, YuanField, named
from admin.tables import DeskView
from admin.words import lazy, name_of, t
from models import Role, Staff
from models.desk import trust
from models.desk.staff import cover
from models.desk.staff.roles import PERMISSIONS
from models.desk.trust import Deed
from models.errors import DomainError


class StaffView(DeskView):
    """People with a log-in."""

    record = Staff
    see = "staff.see"
    add = change = "staff.edit"
    column_list = ("name", "username", "role", "phone", "active", "second_factor", "last_login_at")
    column_details_list = (
        "name", "username", "role", "phone", "active", "second_factor", "locked_until", "last_login_at",
    )  # fmt: skip
    form_columns = ("name", "username", "phone", "role", "active")
    column_default_sort = "name"
    secret = ("phone",)
    facets = {"active": ("yesno", ("yes", "no"))}
    finds = (Staff.name, Staff.username)
    loads = (joinedload(Staff.role),)
    details_template = "admin/colleague.html"
    column_formatters = column_formatters_detail = {
        "second_factor": lambda _v, _c, row, _n: t("yes" if row.totp_secret else "no"),
        "role": lambda _v, _c, row, _n: faces.title_of(row.role, "role"),
    }

    def scaffold_form(self) -> Any:
        """The form with a field for a new password and two switches for people who are locked out."""
        form = super().scaffold_form()
        form.password = HiddenText(label=lazy("field.password"), description=lazy("help.password"))
        form.unlock = BooleanField(label=lazy("field.unlock"), description=lazy("help.unlock"))
        form.drop_second = BooleanField(label=lazy("field.drop_second"), description=lazy("help.drop_second"))
        form.validate_password = _password_is_fit
        return form

    def create_form(self, obj: Any = None) -> Any:
        """The form without the switches for people who are locked out: a new colleague is not."""
        form = super().create_form(obj)
        del form.unlock, form.drop_second
        return form

    def update_model(self, form: Any, model: Any) -> bool:
        """The change stands; what somebody who leaves had open is given to others in the same transaction."""
        session, handed = place.session(), {}
        if model.active and not form.active.data:
            handed = cover.leave(session, model, by=place.by(), now=place.now())
            deed = Deed("staff.leave", "staff", str(model.id), after=handed)
            trust.record(session, place.staff(), deed, origin=place.origin(), now=place.now())
        if not super().update_model(form, model):
            session.rollback()
            return False
        if handed:
            flash(t("people.handed", n=sum(handed.values())), "success")
        return True

    def prepare(self, form: Any, model: Any, created: bool) -> None:
        """Write the new password; end the sessions of whoever lost the right to them; keep one administrator."""
        with place.session().no_autoflush:
            if model.id == place.staff().id and not (model.active and model.role_id in (None, model.role.id)):
                raise DomainError("errors.not_yourself")
            if not (model.active and _may_run_the_house(model.role)) and not created:
                _somebody_else_runs_the_house(model)
        if created and not form.password.data:
            raise DomainError("errors.password_needed")
        if form.password.data:
            model.password_hash = passwords.make_hash(form.password.data)
            model.session_salt = secrets.token_hex(16)
        if not model.active or not model.session_salt:
            model.session_salt = secrets.token_hex(16)
        if not created and form.unlock.data:
            model.locked_until, model.forgiven_at = None, place.now()
        if not created and form.drop_second.data:
            model.totp_secret = ""
        model.lang = model.lang or "zh"


#: How much a role may let go.
LIMITS = ("compensation_limit", "gift_limit", "gift_budget")
_LIMIT = [InputRequired(), NumberRange(min=0, max=1_000_000)]


class RolesView(DeskView):
    """What each role may do."""

    record = Role
    see = "staff.see"
    add = change = "role.edit"
    column_list = ("title", "name", "compensation_limit", "gift_limit", "gift_budget", "permissions")
    column_details_list = column_list
    form_columns = ("title", "name", "compensation_limit", "gift_limit", "gift_budget", "permissions")
    column_default_sort = "id"
    form_overrides = dict.fromkeys(LIMITS, YuanField) | {"permissions": TickField}
    form_args = {
        "permissions": {"choices": named("perm", PERMISSIONS)},
        "compensation_limit": {"validators": _LIMIT, "places": 2},
        "gift_limit": {"validators": _LIMIT, "places": 2},
        "gift_budget": {"validators": [Optional(), NumberRange(min=0, max=1_000_000)], "places": 2},
    }
    column_formatters = {
        "title": lambda _v, _c, row, _n: faces.title_of(row, "role"),
        "compensation_limit": lambda _v, _c, row, _n: faces.yuan(row.compensation_limit),
        "gift_limit": lambda _v, _c, row, _n: faces.yuan(row.gift_limit),
        "gift_budget": lambda _v, _c, row, _n: faces.yuan(row.gift_budget) if row.gift_budget is not None else None,
        "permissions": lambda _v, _c, row, _n: t("roles.count", n=len(row.permissions), all=len(PERMISSIONS)),
    }
    column_formatters_detail = {
        "title": lambda _v, _c, row, _n: faces.title_of(row, "role"),
        "compensation_limit": lambda _v, _c, row, _n: faces.yuan(row.compensation_limit),
        "gift_limit": lambda _v, _c, row, _n: faces.yuan(row.gift_limit),
        "gift_budget": lambda _v, _c, row, _n: faces.yuan(row.gift_budget) if row.gift_budget is not None else None,
        "permissions": lambda _v, _c, row, _n: faces.listed(name_of("perm", name) for name in row.permissions),
    }

    def create_model(self, form: Any) -> Any:
        """The new role stands; a try to give what one does not have is refused and on record."""
        return super().create_model(form) or self._told("new", form)

    def update_model(self, form: Any, model: Any) -> bool:
        """The change stands; a try to raise oneself, or to give what one does not have, is refused and on record."""
        return super().update_model(form, model) or self._told(str(model.id), form)

    def prepare(self, form: Any, model: Any, created: bool) -> None:
        """Nobody raises themselves: one's own role is others' to change, and one gives only what one has."""
        me, attrs = place.staff(), inspect(model).attrs
        before = set() if created else set(_before(attrs.permissions))
        limits = any(_before(attrs[name]) != getattr(model, name) for name in LIMITS)
        if model.id == me.role_id and (limits or before != set(model.permissions)):
            g.raising = [name for name in model.permissions if name not in before]
            raise DomainError("errors.own_role")
        foreign = [name for name in model.permissions if name not in before and not me.may(name)]
        if foreign:
            g.raising = foreign
            raise DomainError("errors.not_held", names=faces.listed(name_of("perm", name) for name in foreign))

    def _told(self, key: str, form: Any) -> bool:
        """False, as the refusal; which permissions were to be given is on record."""
        tried = g.pop("raising", None)
        if tried is not None:
            base.keep(Deed("role.refused", self.endpoint_name(), key, after={"permissions": tried}))
        return False


def _before(attribute: Any) -> Any:
    """A column's value before the form was written into it."""
    old = attribute.history.deleted
    return old[0] if old else attribute.value


def _may_run_the_house(role: Role | None) -> bool:
    return role is not None and {"staff.edit", "role.edit"} <= set(role.permissions)


def _somebody_else_runs_the_house(person: Staff) -> None:
    session = place.session()
    others = session.scalars(
        select(Staff).where(Staff.active, Staff.id != person.id).options(joinedload(Staff.role))
    ).all()
    ran = session.scalar(select(func.count()).select_from(Staff)) == 1 or not any(
        _may_run_the_house(other.role) for other in others
    )
    if ran:
        raise DomainError("errors.last_administrator")


def _password_is_fit(form: Any, field: Any) -> None:
    if field.data:
        refusal = passwords.refusal(field.data, form.username.data or "")
        if refusal:
            raise ValidationError(t(refusal))
