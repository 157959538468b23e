"""Crews: who mends what, and who is told when they do not answer."""

from sqlalchemy.orm import joinedload

from admin.fields import TickField, named
from admin.tables import DeskView
from models import Crew

TRADES = ("水", "电", "防水", "墙面", "木作", "门窗", "瓷砖", "洁具", "地板", "五金", "其他")


class CrewsView(DeskView):
    """工队."""

    record = Crew
    see = "crew.see"
    add = change = "crew.edit"
    may_export = True
    column_list = ("name", "phone", "trades", "lead", "active")
    column_details_list = column_list
    form_columns = ("name", "phone", "trades", "lead", "active")
    column_default_sort = "name"
    secret = ("phone",)
    facets = {"active": ("yesno", ("yes", "no"))}
    finds = (Crew.name,)
    loads = (joinedload(Crew.lead),)
    form_overrides = {"trades": TickField}
    form_args = {"trades": {"choices": named("category", TRADES)}}
    details_template = "admin/crew.html"
