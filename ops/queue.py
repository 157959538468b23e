"""`cli.py worker` and `cli.py clock`: RQ's worker and our timetable, on the connection of our settings."""
