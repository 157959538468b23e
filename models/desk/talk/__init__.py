"""Conversations between people, what the house knows, and silence in the middle of a matter."""
