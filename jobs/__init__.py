"""The clock's door: what the company does without being asked. Duties are idempotent; `work` names them for Redis."""

#: The one RQ queue that web, desk and clock put names on and workers take them from.
QUEUE = "nuanju"
