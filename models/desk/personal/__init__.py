"""Somebody's own data: whose it is, copies, erasing and locking, how long it is kept."""
