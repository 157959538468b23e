"""What migrations share: new permissions for roles that exist. Stable: old migrations go on calling it."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

ROLES = sa.table("role", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("permissions", sa.JSON))


def grant(connection: sa.Connection, added: Mapping[str, Sequence[str]]) -> None:
    """The roles of `added` may do these things too; what they could before stays."""
    _change(connection, added, keep=True)


def revoke(connection: sa.Connection, added: Mapping[str, Sequence[str]]) -> None:
    """The roles of `added` may not do these things any more; the rest stays."""
    _change(connection, added, keep=False)


def _change(connection: sa.Connection, added: Mapping[str, Sequence[str]], *, keep: bool) -> None:
    rows = connection.execute(sa.select(ROLES).where(ROLES.c.name.in_(list(added)))).all()
    for role_id, name, names in rows:
        rest = [one for one in names if one not in added[name]]
        changed = [*rest, *added[name]] if keep else rest
        connection.execute(ROLES.update().where(ROLES.c.id == role_id).values(permissions=changed))
