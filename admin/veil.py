"""Rows that do not exist for the person who asks, wherever Flask-Admin would read them: in lists and one by one."""

from typing import Any

from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import Query

from admin import place


class Veiled:
    """A table view some rows of which are veiled; before ModelView among the bases."""

    model: Any
    session: Any

    def veil(self) -> ColumnElement[bool] | None:
        """The condition that every row meets which may exist for this person; None: all rows do."""
        return None

    def unveiled(self) -> Query[Any]:
        """All rows that may exist for this person."""
        query, veil = self.session.query(self.model), self.veil()
        return query if veil is None else query.filter(veil)

    def get_one(self, id: Any) -> Any:  # noqa: A002 — Flask-Admin's own name
        """One row by its key; a veiled one is as if it were not there."""
        row, veil = super().get_one(str(id)), self.veil()  # type: ignore[misc]
        if row is None or veil is None:
            return row
        keys = inspect(self.model).primary_key
        known = inspect(row).identity
        seen = select(keys[0]).where(*(key == part for key, part in zip(keys, known, strict=True)), veil)
        return row if place.session().scalar(seen) is not None else None
