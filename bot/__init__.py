"""The customer's door: webhook, phone pages, health. It never imports admin or jobs.

`bot.create_app` is bot.app's, fetched when first asked for: understanding a text, delivering a message and looking up
an error all live in this package, and must not load a web framework and every script on their way in.
"""

import importlib
from typing import Any

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    """Fetch `create_app` from bot.app; nothing else hides here."""
    if name == "create_app":
        return importlib.import_module("bot.app").create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
