"""Lists and forms over one table each, on Flask-Admin: closed until a subclass opens it, allow-lists only."""

import datetime as dt
import hashlib
import hmac
from typing import Any

from flask import flash, g, request
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from markupsafe import Markup
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Query

from admin import asked, base, columns, export, faces, place, words
from admin.changes import diff, plain
from admin.fields import Converter, PhoneField, SecureForm
from admin.tell import sentence
from admin.veil import Veiled
from models.desk.account.people import mask_phone
from models.desk.trust import Deed
from models.errors import DomainError


def _nothing(_view: Any, _value: None, _name: str) -> Markup:
    return Markup('<span class="muted none">—</span>')


def _text(view: "DeskView", value: str, name: str) -> Markup | str:
    if isinstance(value, Markup):
        return value
    if not value:
        return _nothing(view, None, name)
    if name in view.secret:
        return mask_phone(value)
    return faces.chip(name, value) if name in view.named else faces.masked(value)


class DeskView(base.Guarded, Veiled, ModelView):
    """Staff see nothing and may change nothing until a subclass names the permissions."""

    record: type
    add: str | None = None
    change: str | None = None
    remove: str | None = None
    may_export = False
    #: Column -> group of names in the catalogue; offered as a filter above the list.
    facets: dict[str, tuple[str, tuple[str, ...]]] = {}
    #: Columns whose values have names in the catalogue's group of the same name.
    named: tuple[str, ...] = ("stage",)
    #: Columns that the search box looks into.
    finds: tuple[Any, ...] = ()
    #: Loader options, so that a list costs the same number of queries whatever its length.
    loads: tuple[Any, ...] = ()
    #: How many rows one page of a long list looks through for a filter or word that no index knows; 0 means all.
    reach = 0
    #: Filters that an index answers however long the table is.
    indexed: tuple[str, ...] = ()
    #: Columns shown masked, with a button that reveals them on the record's own page.
    secret: tuple[str, ...] = ()

    form_base_class = SecureForm
    model_form_converter = Converter
    column_list = form_columns = ()
    column_sortable_list = ()
    column_display_pk = False
    can_view_details = True
    simple_list_pager = True
    page_size = 30
    can_set_page_size = False
    action_disallowed_list = ("delete",)
    list_template = "admin/model/list.html"
    edit_template = create_template = "admin/model/form.html"
    details_template = "admin/model/details.html"
    column_type_formatters = column_type_formatters_detail = {
        type(None): _nothing,
        bool: lambda _view, value, _name: words.t("yes" if value else "no"),
        dt.datetime: lambda _view, value, _name: faces.stamp(value, place.now()),
        dt.date: lambda _view, value, _name: faces.day(value, place.today()),
        list: lambda view, value, name: faces.listed(value) if value else _nothing(view, None, name),
        str: lambda view, value, name: _text(view, value, name),
    }
    #: The same without markup: phones stay masked on their way out of the house.
    column_type_formatters_export = {
        **column_type_formatters,
        type(None): lambda _view, _value, _name: "",
        list: lambda _view, value, _name: faces.listed(value),
        dt.datetime: lambda _view, value, _name: faces.full(value),
        dt.date: lambda _view, value, _name: value.isoformat(),
        str: lambda view, value, name: _text(view, value, name) if value else "",
    }

    @classmethod
    def build(cls, sessions: Any) -> "DeskView":
        """The view over its table, named by the catalogue."""
        name = cls.endpoint_name()
        return cls(cls.record, sessions, name=words.lazy(f"nav.{name}"), endpoint=name, url=name)

    @classmethod
    def endpoint_name(cls) -> str:
        """customers for CustomersView."""
        return cls.__name__.removesuffix("View").lower()

    can_create = property(lambda self: base.allowed(self.add))
    can_edit = property(lambda self: base.allowed(self.change))
    can_delete = property(lambda self: base.allowed(self.remove))
    can_export = property(lambda self: self.may_export and base.allowed("rows.export"))

    def permission(self, name: str) -> str | None:
        """What Flask-Admin's own pages need; everything else is the subclass's `needs`."""
        own = {"index_view": self.see, "details_view": self.see, "create_view": self.add, "edit_view": self.change}
        own |= {"delete_view": self.remove, "export": "rows.export" if self.may_export else None}
        return own[name] if name in own else self.needs.get(name)

    def get_column_name(self, field: Any) -> Any:
        """Flask-Admin asks here for headings."""
        return self.column_name(field)

    def column_name(self, column: str) -> Any:
        """The heading of a column by the catalogue: this view's own word, else the common one."""
        column = str(column)
        own = f"field.{self.endpoint_name()}_{column}"
        return words.lazy(own if words.known(own) else f"field.{column}")

    def render(self, template: str, **facts: Any) -> str:
        """The page, with what its template needs beyond Flask-Admin's own facts."""
        if template == self.details_template:
            facts |= self.more(facts["model"]) | {"secret_kind": self.record.__tablename__}
        facts |= {
            "numeric": columns.NUMERIC,
            "names": columns.NAMES,
            "aside": columns.ASIDE,
            "next_key": g.get("next_key", 0),
            "keyed": "next_key" in g,
        }
        # Whoever changes a filter starts again at the newest row.
        facts["without"] = lambda name: {
            key: value for key, value in request.args.items() if key not in (name, "after", "page")
        }
        return super().render(template, **facts)

    def more(self, model: Any) -> dict[str, Any]:
        """What a view's own page shows beside the record's columns."""
        return {}

    def get_query(self) -> Query[Any]:
        """The rows of the list: with their relations, inside the chosen filters and the search."""
        query = self.unveiled().options(*self.loads)
        for column, (_group, values) in self.facets.items():
            chosen = request.args.get(column, "")
            if chosen in values:
                query = query.filter(self.chosen(column, chosen))
        search = asked.words("search")
        condition = self.matches(search) if search else None
        return query if condition is None else query.filter(condition)

    def chosen(self, column: str, value: str) -> ColumnElement[bool]:
        """The condition that a filter stands for."""
        typed = {"yes": True, "no": False}.get(value, value)
        return getattr(self.model, column) == typed

    def keyed(self) -> bool:
        """Whether the list goes by key, newest first: page 4000 then costs what page 1 costs."""
        return self.column_default_sort == ("id", True)

    def get_list(self, page: Any, sort_column: Any, *others: Any, **more: Any) -> tuple[None, list[Any]]:
        """One page; `g.next_key` is the key of the next one, 0 on the last. Sorted otherwise it goes by number."""
        if sort_column or not self.keyed():
            return super().get_list(page, sort_column, *others, **more)
        query, key = self.get_query(), self.model.id
        after = base.number("after", request.args)
        query = query.filter(key < after) if after else query
        floor = self._floor(after)
        # Said even of 0: SQLite then goes by the key instead of sorting the table when it misjudges a join.
        query = query.filter(key > floor)
        rows, further = base.pages(query.order_by(key.desc()).limit(self.page_size + 1), self.page_size)
        g.next_key = rows[-1].id if further else floor + 1 if floor else 0
        return None, rows

    def _floor(self, after: int | None) -> int:
        """Below this key one page does not look; 0 when it may look everywhere."""
        asked = {name for name in ("search", *self.facets) if request.args.get(name)}
        if not self.reach or not asked - set(self.indexed):
            return 0
        top = after or (place.session().scalar(select(func.max(self.model.id))) or 0) + 1
        return max(0, top - 1 - self.reach)

    def matches(self, search: str) -> ColumnElement[bool] | None:
        """The condition that the search box stands for; None finds everything."""
        return or_(*(column.icontains(search, autoescape=True) for column in self.finds)) if self.finds else None

    def scaffold_form(self) -> Any:
        """Flask-Admin's form, with labels and help from the catalogue and phones that are never printed."""
        form = super().scaffold_form()
        for name in self.form_columns or ():
            field = getattr(form, name)
            field.kwargs["label"] = self.column_name(name)
            for key in (f"help.{name}", f"help.{self.endpoint_name()}_{name}"):
                if words.known(key):
                    field.kwargs["description"] = words.lazy(key)
            if name in self.secret:
                masked = PhoneField(label=self.column_name(name), description=words.lazy("help.phone"))
                masked.creation_counter = field.creation_counter  # it stands where the plain one stood
                setattr(form, name, masked)
        return form

    def edit_form(self, obj: Any = None) -> Any:
        """The form with the marks of what the record looks like now, unless the person sends earlier ones."""
        form = super().edit_form(obj)
        if request.method == "GET":
            form.seen.data = self.marks(obj)
        return form

    def marks(self, model: Any) -> str:
        """One mark per editable field; tells whether it changed without telling its value."""
        key = place.desk().settings.secret_key.encode()
        return ",".join(
            hmac.new(key, f"{name}={plain(getattr(model, name))}".encode(), hashlib.sha256).hexdigest()[:12]
            for name in self.form_columns
        )

    def changed_meanwhile(self, form: Any, model: Any) -> list[str]:
        """The names of fields that somebody else changed since the person opened the form."""
        then, present = (form.seen.data or "").split(","), self.marks(model).split(",")
        if len(then) != len(present):
            return list(self.form_columns)
        return [name for name, a, b in zip(self.form_columns, then, present, strict=True) if a != b]

    def create_model(self, form: Any) -> Any:
        """The new record stands with its audit row; a refusal is told and nothing stands."""
        model = self.record()
        return model if self._save(form, model, created=True) else False

    def update_model(self, form: Any, model: Any) -> bool:
        """The change stands with its audit row, unless somebody else changed the record first."""
        stale = self.changed_meanwhile(form, model)
        if stale:
            names = faces.listed(self.column_name(name) for name in stale)
            flash(words.t("form.stale", names=names), "error")
            form.seen.data = self.marks(model)
            return False
        return self._save(form, model, created=False)

    def _save(self, form: Any, model: Any, *, created: bool) -> bool:
        session = place.session()
        try:
            form.populate_obj(model)
            self.prepare(form, model, created)
            if created:
                session.add(model)
            before, after = diff(model)
            session.flush()
            self.afterwards()
            deed = Deed("create" if created else "edit", self.endpoint_name(), str(self.key(model)), before, after)
            base.keep(deed)
        except DomainError as refusal:
            session.rollback()
            flash(sentence(refusal), "error")
            return False
        except IntegrityError:
            session.rollback()
            flash(words.t("form.taken"), "error")
            return False
        return True

    def delete_model(self, model: Any) -> bool:
        """The record is gone and the audit log knows what it was; refused while others refer to it."""
        session = place.session()
        deed = Deed("delete", self.endpoint_name(), str(self.key(model)), before={"was": str(model)})
        try:
            session.delete(model)
            session.flush()
        except IntegrityError:
            session.rollback()
            flash(words.t("form.in_use"), "error")
            return False
        base.keep(deed)
        return True

    def prepare(self, form: Any, model: Any, created: bool) -> None:
        """What a view adds before the record is saved."""

    def afterwards(self) -> None:
        """What follows from the record as it stands now, in the same transaction."""

    def key(self, model: Any) -> Any:
        """The record's primary key."""
        return self.get_pk_value(model)

    @expose("/export/<export_type>/", methods=("POST",))
    def export(self, export_type: str) -> Any:
        """The rows of the list as they are filtered, as csv or xlsx; the audit log keeps who, what and how many."""
        rows = self.get_query().limit(export.MOST).all()
        heads = [str(self.column_name(name)) for name in self.column_list]
        table = [[export.cell(self.get_export_value(row, name)) for name in self.column_list] for row in rows]
        facts = {"rows": len(rows), "kind": export_type, "filters": dict(request.args)}
        base.keep(Deed("export", self.endpoint_name(), after=facts))
        return export.send(export_type, self.endpoint_name(), heads, table)
