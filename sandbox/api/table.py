"""Every path the platform answers."""

from __future__ import annotations

from sandbox.api import custom, mass, media, menu, notice, qr, tags, token, users
from sandbox.api.call import Route

ROUTES: dict[str, Route] = {}
for _module in (token, custom, notice, mass, media, menu, qr, tags, users):
    ROUTES.update(_module.ROUTES)
