"""The verbs of the desk: they take a session and `now`, return rows, raise DomainError, never commit, never send."""
