"""What changed in a record, in plain JSON for the audit log; secrets and phones never get into it."""

import datetime as dt
from typing import Any

from sqlalchemy import inspect

from models.desk.account.people import mask_phone
from models.personal import RULES

#: Never written down, not even masked.
SECRET = frozenset({"password_hash", "totp_secret", "session_salt"})
#: Written down masked.
PHONES = frozenset({"phone", "contact_phone"})


def plain(value: Any) -> Any:
    """A value as JSON can hold it; a record becomes its words and key."""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    state = inspect(value, raiseerr=False)
    key = state.identity[0] if state is not None and state.identity else ""
    if state is not None and value.__tablename__ in RULES and RULES[value.__tablename__].group == "person":
        return f"#{key}"
    return f"{value}#{key}"


def diff(model: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns of `model` before and after the changes that are not flushed yet; unchanged ones are left out."""
    before, after = {}, {}
    state = inspect(model)
    personal = RULES[model.__tablename__].erased if model.__tablename__ in RULES else ()
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if not history.has_changes():
            continue
        old = history.deleted[0] if history.deleted else None
        new = history.added[0] if history.added else None
        if old != new:
            hide = attribute.key in personal and attribute.key not in PHONES
            before[attribute.key], after[attribute.key] = (
                (_mark(old), _mark(new)) if hide else (_shown(attribute.key, old), _shown(attribute.key, new))
            )
    for relation in state.mapper.relationships:
        history = state.attrs[relation.key].history
        if relation.uselist or not history.has_changes():
            continue
        before[relation.key] = plain(history.deleted[0]) if history.deleted else None
        after[relation.key] = plain(history.added[0]) if history.added else None
    if state.transient or state.pending:
        before = {}
    return before, after


def _mark(value: Any) -> str:
    """That something stands there: what is erased one day must not be found in the log."""
    return "•••" if value not in (None, "", [], {}) else ""


def _shown(name: str, value: Any) -> Any:
    if name in SECRET:
        return "•••" if value else ""
    if name in PHONES:
        return mask_phone(value or "")
    return plain(value)
