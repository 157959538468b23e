"""Every path the platform answers."""

from __future__ import annotations

from . import custom, token
from .call import Route

ROUTES: dict[str, Route] = {}
for _module in (token, custom):
    ROUTES.update(_module.ROUTES)
