"""The sandbox house that runs from this folder: what it was started with, for commands in another terminal.

Ports and addresses given to `cli.py up` in its environment are unknown to the next terminal. `var/house.json` tells
them while the house runs, and only then: whether it runs is asked of var/up.lock, which the last of its processes
holds. Secrets are not in the file; where DATABASE_URL or REDIS_URL holds a password, only a digest is.
"""

import fcntl
import hashlib
import http.client
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

from settings import ENV_FILE, ROOT, Settings, SettingsError

HOUSE_FILE = ROOT / "var" / "house.json"
LOCK_FILE = ROOT / "var" / "up.lock"
#: What another terminal takes over unless somebody said otherwise there.
TOLD = (
    "WEB_PORT", "DESK_PORT", "SANDBOX_PORT", "WECHAT_API_BASE", "PUBLIC_URL", "CLOCK_FILE", "MEDIA_DIR",
    "DATABASE_URL", "REDIS_URL",
)  # fmt: skip
#: What must be the same, or the records of one house would be looked for in another.
SAME = ("DATABASE_URL", "REDIS_URL")

ANOTHER = (
    "与这个目录里正在运行的暖居不同：请设成同样的值，或者去掉这项设置 "
    "(is not that of the house running from this folder: set the same value, or unset it)"
)


def remember(settings: Settings, path: Path = HOUSE_FILE) -> None:
    """The file says what this house was started with; nobody but its owner can read it."""
    values = {name: str(getattr(settings, name.lower()) or "") for name in TOLD}
    told = {name: value for name, value in values.items() if urlsplit(value).password is None}
    marks = {name: _mark(values[name]) for name in SAME}
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"settings": told, "marks": marks}, file, indent=1)
    os.replace(fresh, path)


def load_settings(*, file: Path = HOUSE_FILE, lock: Path = LOCK_FILE) -> Settings:
    """Return the settings, those that nobody has set being the running house's; SettingsError as Settings.load.

    What the environment or `.env` says always wins, a SANDBOX_PORT for WECHAT_API_BASE too. Refused: a database or
    Redis other than that of the house whose sandbox is meant.
    """
    said = {name: value for name, value in {**dotenv_values(ENV_FILE), **os.environ}.items() if value}
    house, port = _running(file, lock), said.get("SANDBOX_PORT", "")
    filled = {name: value for name, value in house.get("settings", {}).items() if value and name not in said}
    # Without a running house the port still decides, but never for somebody who named an account.
    if port.isdigit() and "WECHAT_API_BASE" not in said and (house or "WECHAT_APP_ID" not in said):
        filled["WECHAT_API_BASE"] = f"http://127.0.0.1:{port}"
    settings = Settings.load(**{name.lower(): value for name, value in filled.items()})
    if house and settings.wechat_api_base == house["settings"]["WECHAT_API_BASE"]:
        for name in SAME:
            if _mark(str(getattr(settings, name.lower()))) != house["marks"][name]:
                raise SettingsError(name, ANOTHER)
    return settings


def answering(base: str) -> dict[str, Any]:
    """What the sandbox at `base` says of itself: {"app_id", "menus"}; {} where nobody, or something else, answers."""
    parts = urlsplit(base)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("GET", f"/control/feed?after={10**12}")
        told = json.loads(connection.getresponse().read())
        menus = [person["menu"] for person in told["people"]]
        return {"app_id": told["about"]["app_id"], "menus": menus}
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return {}
    finally:
        connection.close()


def _running(file: Path, lock: Path) -> dict[str, Any]:
    """What the file says, or {} when no house runs; one that was killed leaves its file but not its lock."""
    try:
        with lock.open("r") as held:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return {}
    except BlockingIOError:
        pass
    except OSError:
        return {}
    try:
        told = json.loads(file.read_text())
        return told if isinstance(told["settings"]["WECHAT_API_BASE"], str) and set(told["marks"]) == set(SAME) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _mark(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
