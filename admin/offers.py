"""What we offer before signing: packages with their pictures, showrooms, and the times of visits."""

from pathlib import Path
from typing import Any

from flask import Response, abort, redirect, request
from flask_admin import expose
from wtforms import FloatField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import URL, InputRequired, NumberRange, Optional

from admin import base, faces, place, uploads
from admin.fields import CLOCK, TickField, YuanField, named
from admin.tables import DeskView
from admin.words import name_of, t
from models import Package, Showroom, VisitPlan
from models.desk.trust import Deed
from models.errors import DomainError
from models.files import IMAGES, NotMedia, kind_of
from models.sales import VISITS

#: What a card's picture may weigh, bytes: WeChat fetches it while the customer waits.
MOST_BYTES = 1 << 20
WEEKDAYS = tuple("0123456")


class PackagesView(DeskView):
    """装修方案."""

    record = Package
    see = "offer.see"
    add = change = remove = "offer.edit"
    needs = {"picture": "offer.see", "upload": "offer.edit"}
    column_list = ("name", "style", "price", "suits", "picture", "position", "active")
    column_details_list = ("name", "style", "price", "suits", "summary", "link", "position", "active")
    form_columns = (
        "name", "style", "price_low", "price_high", "area_low", "area_high", "summary", "link", "position", "active",
    )  # fmt: skip
    column_default_sort = "position"
    facets = {"active": ("yesno", ("yes", "no"))}
    finds = (Package.name, Package.style)
    form_overrides = {"summary": TextAreaField}
    form_args = {
        "price_low": {"validators": [InputRequired(), NumberRange(min=1)]},
        "price_high": {"validators": [InputRequired(), NumberRange(min=1)]},
        "link": {"validators": [Optional(), URL()]},
    }
    column_formatters = column_formatters_detail = {
        "price": lambda _v, _c, row, _n: t(
            "packages.price", low=faces.yuan(row.price_low), high=faces.yuan(row.price_high)
        ),
        "suits": lambda _v, _c, row, _n: _range(row.area_low, row.area_high),
        "picture": lambda _v, _c, row, _n: t("yes") if row.picture else None,
        "link": lambda _v, _c, row, _n: row.link or None,
    }
    details_template = "admin/package.html"

    def scaffold_form(self) -> Any:
        """Prices are typed in yuan; the table holds 分."""
        form = super().scaffold_form()
        for name in ("price_low", "price_high"):
            form_field = YuanField(
                label=self.column_name(name), validators=[InputRequired(), NumberRange(min=1, max=100_000)], places=2
            )
            form_field.creation_counter = getattr(form, name).creation_counter
            setattr(form, name, form_field)
        return form

    def prepare(self, form: Any, model: Package, created: bool) -> None:
        """Refused when the range is upside down."""
        upside_down = model.price_high < model.price_low or (model.area_high or 10_000) < (model.area_low or 0)
        if upside_down:
            raise DomainError("errors.range")
        if created:
            model.picture = ""

    @expose("/<int:number>/picture")
    def picture(self, number: int) -> Any:
        """The picture, as everybody may see it."""
        row = base.found(place.session().get(Package, number))
        path = _file(row.picture)
        if path is None:
            abort(404)
        content = path.read_bytes()
        return Response(content, mimetype=kind_of(content)[0])

    @expose("/<int:number>/upload", methods=("POST",))
    def upload(self, number: int) -> Any:
        """The package has this picture from now on; refused when it is none by its content, or too heavy."""
        row = base.found(place.session().get(Package, number))
        sent = request.files.get("file")
        content = sent.read(MOST_BYTES + 1) if sent else b""
        if sent:
            sent.close()
        if len(content) > MOST_BYTES:
            raise DomainError("errors.picture_heavy")
        try:
            if kind_of(content)[0] not in IMAGES:
                raise NotMedia
        except NotMedia:
            raise DomainError("errors.no_picture") from None
        stored = uploads.on_disk(content)
        before, row.picture = row.picture, stored.path
        base.commit(Deed("package.picture", "packages", str(row.id), {"picture": before}, {"picture": stored.path}),
                    t("packages.uploaded"))  # fmt: skip
        return redirect(self.get_url(".details_view", id=row.id))


def _file(name: str) -> Path | None:
    folder = Path(place.desk().settings.media_dir).resolve()
    path = (folder / name).resolve()
    return path if name and path.is_relative_to(folder) and path.is_file() else None


def _range(low: int | None, high: int | None) -> str:
    return t("packages.any_size") if low is None and high is None else f"{low or 0}–{high or '∞'}㎡"


class DaysField(TickField):
    """Weekdays as boxes; the table holds numbers, Monday is 0."""

    def process_data(self, value: Any) -> None:
        """Tick what the table holds."""
        SelectMultipleField.process_data(self, [str(day) for day in value or []])

    def populate_obj(self, obj: Any, name: str) -> None:
        """Write the ticked days in order."""
        setattr(obj, name, sorted(int(day) for day in self.data or []))


class ShowroomsView(DeskView):
    """展厅."""

    record = Showroom
    see = "offer.see"
    add = change = remove = "offer.edit"
    column_list = ("name", "address", "hours", "phone", "active")
    column_details_list = ("name", "address", "hours", "weekdays", "phone", "route", "parking", "lat", "lng", "active")
    form_columns = (
        "name",
        "address",
        "opens",
        "shuts",
        "weekdays",
        "phone",
        "route",
        "parking",
        "lat",
        "lng",
        "active",
    )
    column_default_sort = "name"
    form_overrides = {"weekdays": DaysField, "lat": FloatField, "lng": FloatField}
    form_args = {
        "opens": CLOCK,
        "shuts": CLOCK,
        "weekdays": {"choices": named("weekday", WEEKDAYS)},
        "lat": {"validators": [Optional(), NumberRange(min=-90, max=90)]},
        "lng": {"validators": [Optional(), NumberRange(min=-180, max=180)]},
    }
    column_formatters = column_formatters_detail = {
        "hours": lambda _v, _c, row, _n: f"{row.opens:%H:%M}–{row.shuts:%H:%M}",
        "weekdays": lambda _v, _c, row, _n: faces.listed(name_of("weekday", day) for day in row.weekdays),
    }

    def prepare(self, form: Any, model: Showroom, created: bool) -> None:
        """Refused when it shuts before it opens."""
        if model.shuts <= model.opens:
            raise DomainError("errors.range")


class VisitPlansView(DeskView):
    """预约时段."""

    record = VisitPlan
    see = "offer.see"
    add = change = remove = "offer.edit"
    column_list = column_details_list = ("visit", "weekday", "hours", "minutes", "seats", "lead_hours", "active")
    form_columns = ("visit", "weekday", "starts", "ends", "minutes", "seats", "lead_hours", "active")
    column_default_sort = "weekday"
    facets = {"visit": ("visit", tuple(VISITS)), "active": ("yesno", ("yes", "no"))}
    form_overrides = {"visit": SelectField, "weekday": SelectField}
    form_args = {
        "visit": {"choices": named("visit", VISITS)},
        "weekday": {"choices": named("weekday", WEEKDAYS), "coerce": int},
        "starts": CLOCK,
        "ends": CLOCK,
        "minutes": {"validators": [NumberRange(min=10, max=480)]},
        "seats": {"validators": [NumberRange(min=1, max=50)]},
        "lead_hours": {"validators": [NumberRange(min=0, max=240)]},
    }
    column_formatters = column_formatters_detail = {
        "visit": lambda _v, _c, row, _n: faces.chip("visit", row.visit),
        "weekday": lambda _v, _c, row, _n: name_of("weekday", row.weekday),
        "hours": lambda _v, _c, row, _n: f"{row.starts:%H:%M}–{row.ends:%H:%M}",
    }

    def prepare(self, form: Any, model: VisitPlan, created: bool) -> None:
        """Refused when not one visit fits in."""
        begins, ends = (at.hour * 60 + at.minute for at in (model.starts, model.ends))
        if ends - begins < model.minutes:
            raise DomainError("errors.range")
