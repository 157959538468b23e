"""Buildings 楼栋: the one date of a handover, and who hears of it."""

from typing import Any

from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import joinedload
from wtforms import DateField
from wtforms.validators import InputRequired

from admin import follow, place
from admin.fields import DAY
from admin.tables import DeskView
from models import Building, Estate
from models.desk.house import buildings


class BuildingsView(DeskView):
    """楼栋 with the day on which they are handed over. Moving it moves every message that has not left."""

    record = Building
    see = "project.see"
    add = change = "project.edit"
    column_list = form_columns = column_details_list = ("estate", "name", "handover_on")
    column_sortable_list = ("handover_on",)
    column_default_sort = ("id", True)
    finds = (Building.name,)
    loads = (joinedload(Building.estate),)
    form_overrides = {"handover_on": DateField}
    form_args = {
        "handover_on": DAY,
        "name": {"validators": [InputRequired()]},
        "estate": {"validators": [InputRequired()], "query_factory": lambda: place.session().query(Estate)},
    }
    details_template = "admin/building.html"

    def matches(self, search: str) -> ColumnElement[bool]:
        """Buildings as people say them: 翡翠城8幢, or a part of it."""
        spoken = Estate.name + Building.name
        found = select(Building.id).join(Estate).where(spoken.icontains(search.replace(" ", ""), autoescape=True))
        return Building.id.in_(found)

    def prepare(self, form: Any, model: Building, created: bool) -> None:
        """The date is set by the desk's verb, which moves what people are still to hear."""
        model.name = model.name.strip()
        if not created and inspect(model).attrs.handover_on.history.has_changes():
            buildings.set_handover(place.session(), model, model.handover_on, by=place.by(), now=place.now())

    def more(self, model: Building) -> dict[str, Any]:
        """The houses of the building and who is followed up towards its handover."""
        session = place.session()
        return {
            "houses": session.scalars(buildings.houses(model).limit(follow.MOST * 5)).all(),
            "askers": buildings.askers(session, model)[: follow.MOST * 5] if place.may("enquiry.all") else [],
            "followed": follow.of(building_id=model.id) if place.may("sequence.see") else [], "follow": follow,
        }  # fmt: skip
