"""The form behind every table view, and fields for what Flask-Admin would print in clear or as raw JSON."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_admin.contrib.sqla.fields import QuerySelectField
from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.form import BaseForm
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms import DecimalField, Field, HiddenField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.csrf.core import CSRF
from wtforms.fields import Choice, SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget, Select, TextInput

import phones
from admin.words import lazy, t
from models.desk.account.people import clean_phone, mask_phone
from models.errors import DomainError
from models.worktime import SHANGHAI

#: For a time of day: the browser's own field, without seconds.
CLOCK = {"render_kw": {"type": "time"}}
#: For a date that may be left empty.
DAY = {"validators": [Optional()]}


def local_moment(text: str) -> dt.datetime | None:
    """What a field for date and time holds, which is Beijing's clock; None when it holds none."""
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def moment_of(text: str, field: str = "") -> dt.datetime:
    """The same where one is needed; refused in words, beside `field`."""
    at = local_moment(text)
    if at is None:
        raise DomainError("errors.no_moment", field=field)
    return at


class YuanField(DecimalField):
    """Yuan on the screen, 分 in the table."""

    def process_data(self, value: Any) -> None:
        """Show what the table holds."""
        super().process_data(value / 100 if value else value)

    def populate_obj(self, obj: Any, name: str) -> None:
        """Write whole 分; nothing where nothing is typed."""
        setattr(obj, name, None if self.data is None else round(self.data * 100))


def cents(text: str) -> int:
    """分 from 元 as people type them; empty is none."""
    if not text.strip():
        return 0
    try:
        amount = Decimal(text.strip().replace(",", "").removesuffix("元")) * 100
    except InvalidOperation:
        raise DomainError("errors.money_wrong") from None
    if amount != amount.to_integral_value() or not 0 <= amount < 10**10:
        raise DomainError("errors.money_wrong")
    return int(amount)


def named(group: str, values: Iterable[str]) -> list[SelectChoice]:
    """Choices with their names from the catalogue; an empty value shows as a dash."""
    return [SelectChoice(value, lazy(f"{group}.{value}") if value else "—") for value in values]


class RecordField(QuerySelectField):
    """One of the records of another table, as a plain select; Flask-Admin's own warns on today's WTForms."""

    widget = Select()

    def iter_choices(self) -> Iterator[Choice]:
        """The blank one where it is allowed, then every record."""
        if self.allow_blank:
            yield Choice("__None", self.blank_text or "—", self.data is None, {})
        for key, record in self._get_object_list():
            yield Choice(key, self.get_label(record), record == self.data, {})


class Converter(AdminModelConverter):
    """Flask-Admin's converter, with our field for relations."""

    def _model_select_field(self, prop: Any, multiple: Any, remote_model: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("query_factory", lambda: self.session.query(remote_model))
        return RecordField(**kwargs)


class ListField(Field):
    """A list of words, written with any comma between them."""

    widget = TextInput()

    def _value(self) -> str:
        return "，".join(str(item) for item in self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Split at commas of either alphabet, drop blanks and repetitions."""
        words = re.split(r"[,，、;；\n]+", valuelist[0]) if valuelist else []
        self.data = list(dict.fromkeys(word.strip()[:40] for word in words if word.strip()))


class TickField(SelectMultipleField):
    """Several choices as boxes to tick; what is not offered is not taken."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def populate_obj(self, obj: Any, name: str) -> None:
        """Write the ticks in the order in which they are offered."""
        offered = [choice.value for choice in self.choices]
        setattr(obj, name, [value for value in offered if value in (self.data or [])])


class HiddenText(StringField):
    """A text that is typed blind, such as a new password; nothing is ever printed back."""

    def _value(self) -> str:
        return ""


class _Token(CSRF):
    """Form tokens are those of the app-wide check, so that one token serves every form of a session."""

    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        return generate_csrf()

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        validate_csrf(field.data)


class SecureForm(BaseForm):
    """A form with a CSRF token and the marks of what its record looked like when the person opened it."""

    class Meta(BaseForm.Meta):
        """The token is ours."""

        csrf = True
        csrf_class = _Token

    seen = HiddenField()


class SpokenField(TextAreaField):
    """Words about a person: numbers in them are masked here too, and those that are left standing stay as they were."""

    def process_data(self, value: Any) -> None:
        """Remember the words as they are, show them masked."""
        self.on_file = value or ""
        self.data = phones.hide(self.on_file)
        self.render_kw = {"rows": 4}

    def populate_obj(self, obj: Any, name: str) -> None:
        """Write what was typed, with the old numbers where their masks stand."""
        setattr(obj, name, phones.restore(self.data or "", self.on_file))


class PhoneField(StringField):
    """A phone that is never printed: empty keeps the number on file, a new one replaces it."""

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data and self.errors else ""

    def process_data(self, value: Any) -> None:
        """Remember only the masked number, as the placeholder."""
        self.on_file = value or ""
        self.data = ""
        self.render_kw = {"placeholder": mask_phone(self.on_file), "autocomplete": "off", "inputmode": "tel"}

    def pre_validate(self, form: Any) -> None:
        """Five digits at least, nothing but a number."""
        if self.data and not 5 <= len(re.sub(r"\D", "", self.data)) <= 20:
            raise ValidationError(t("form.phone_wrong"))

    def populate_obj(self, obj: Any, name: str) -> None:
        """Write a new number; leave the old one alone when nothing was typed."""
        if self.data:
            setattr(obj, name, clean_phone(self.data))
