"""How columns of lists are set, by their names."""

#: Columns whose figures stand at the right.
NUMERIC = frozenset(
    {
        "total",
        "version",
        "months",
        "area",
        "attempts",
        "minutes",
        "urgent_minutes",
        "warn_percent",
        "position",
        "round",
        "shown",
        "helped",
        "unhelpful",
        "times",
    }
)


#: Columns with names of people and things, which do not break where there is room.
NAMES = frozenset({"follower", "purpose", "owner", "staff", "name", "actor_name", "role", "policy", "customer", "crew"})


#: Columns that make room on a narrow desk; the record's own page has them.
ASIDE = frozenset({"purpose", "attempts"})
