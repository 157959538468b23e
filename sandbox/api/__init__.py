"""The platform's HTTP API: one door that knows tokens, faults and the log, and a handler per path."""
