"""Callbacks, surveys and slips: who is asked when, what they answered, and what that leads to."""
