"""Days on which the office differs from the public calendar; they win over every other source."""

import datetime as dt

from wtforms import DateField
from wtforms.validators import InputRequired

from admin import place
from admin.tables import DeskView
from models import CalendarDay


class CalendarView(DeskView):
    """Extra days off and extra days of work."""

    record = CalendarDay
    see = "promise.see"
    add = change = remove = "policy.edit"
    column_list = column_details_list = form_columns = ("day", "works", "note")
    column_default_sort = ("day", True)
    form_overrides = {"day": DateField}
    form_args = {"day": {"validators": [InputRequired()]}}

    def get_one(self, id: str) -> CalendarDay | None:
        """The day by its date; what is no date is no day."""
        try:
            return place.session().get(CalendarDay, dt.date.fromisoformat(id))
        except ValueError:
            return None
