"""How anything reaches anybody: the outbox, the ladder of ways, consents, touches, the platform's reports."""
