"""cgi-bin/stable_token and cgi-bin/token, quotas and other account calls."""

from __future__ import annotations

import datetime as dt

from sandbox.clock import SHANGHAI
from sandbox.refusals import Refusal

from .call import OK, Call, Route

CLEARS_PER_MONTH = 10


def stable_token(call: Call) -> dict:
    """The current stable token and its remaining seconds. POST only (43002)."""
    told = call.json()
    if told.get("grant_type") != "client_credential":
        raise Refusal(40002)
    call.platform.tokens.credentials(told.get("appid"), told.get("secret"))
    token, left = call.platform.tokens.stable(call.now, told.get("force_refresh") is True)
    return {"access_token": token, "expires_in": left}


def token(call: Call) -> dict:
    """A new token of the old kind; the one before dies."""
    if call.args.get("grant_type") != "client_credential":
        raise Refusal(40002)
    call.platform.tokens.credentials(call.args.get("appid"), call.args.get("secret"))
    fresh, left = call.platform.tokens.plain(call.now)
    return {"access_token": fresh, "expires_in": left}


def callback_ips(_call: Call) -> dict:
    """Where pushes come from: this machine."""
    return {"ip_list": ["127.0.0.1"]}


def clear_quota(call: Call) -> dict:
    """Counts its ten calls a month; 48006 beyond."""
    if call.json().get("appid") != call.platform.config.app_id:
        raise Refusal(40013)
    month = dt.datetime.fromtimestamp(call.now, SHANGHAI).strftime("%Y-%m")
    with call.platform.world.change() as world:
        if world.cleared.get(month, 0) >= CLEARS_PER_MONTH:
            raise Refusal(48006)
        world.cleared[month] = world.cleared.get(month, 0) + 1
    return OK


def explain_rid(call: Call) -> dict:
    """What a failed call of the last seven days was."""
    found = call.platform.world.rids.get(str(call.json().get("rid", "")))
    if found is None or call.now - found["invoke_time"] > 7 * 86400:
        raise Refusal(76001)
    return {**OK, "request": {**found, "client_ip": "127.0.0.1"}}


ROUTES = {
    "/cgi-bin/stable_token": Route(stable_token, token=False),
    "/cgi-bin/token": Route(token, "GET", token=False),
    "/cgi-bin/getcallbackip": Route(callback_ips, "GET"),
    "/cgi-bin/get_api_domain_ip": Route(callback_ips, "GET"),
    "/cgi-bin/clear_quota": Route(clear_quota),
    "/cgi-bin/openapi/rid/get": Route(explain_rid),
    "/openapi/rid/get": Route(explain_rid),
}
