"""What a promise or an escalation may be about. A matter names itself; each link is a column of its own."""

from typing import Any

#: The names under which records link to matters: each has a relationship `name` and a column `name_id`.
MATTERS = ("ticket", "conversation", "callback", "slip")


class AboutOne:
    """A record about one matter: whichever of its links is set. Matters carry their link's name as `matter`."""

    @property
    def about(self) -> Any:
        """The matter itself; None when the record is about none."""
        linked = (getattr(self, name, None) for name in MATTERS)
        return next((matter for matter in linked if matter is not None), None)
