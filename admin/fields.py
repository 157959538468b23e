"""Form fields for what Flask-Admin would show as raw JSON."""

import re
from typing import Any

from wtforms import Field, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget, TextInput


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
        offered = [value for value, _label in self.choices]
        setattr(obj, name, [value for value in offered if value in (self.data or [])])


class HiddenText(StringField):
    """A text that is typed blind, such as a new password; nothing is ever printed back."""

    def _value(self) -> str:
        return ""
