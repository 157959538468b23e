"""Form fields for what Flask-Admin would show as raw JSON."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from flask_admin.contrib.sqla.fields import QuerySelectField
from flask_admin.contrib.sqla.form import AdminModelConverter
from wtforms import Field, SelectMultipleField, StringField
from wtforms.fields import Choice, SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget, Select, TextInput

from admin.words import lazy


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
