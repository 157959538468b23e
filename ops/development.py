"""Secrets for one developer's machine: made at random once, kept in var/dev.env, readable by their owner only.

Values that somebody did set, in the environment or in `.env`, always win; this only fills the gaps, so that
`make run` needs no configuration and no two machines share a secret.
"""

import os
import secrets
import string
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from settings import DEV_ENV_FILE, ENV_FILE, Settings, SettingsError, is_loopback

LETTERS = string.ascii_letters + string.digits

NOT_HERE = (
    "指向真实的微信平台，沙箱不能使用它：请去掉这项设置，或者不带 --sandbox 启动 "
    "(names the real platform, which a sandbox must not use: unset it, or start without --sandbox)"
)


def invented() -> dict[str, str]:
    """Return new random secrets in the platform's own formats."""

    def pick(alphabet: str, length: int) -> str:
        return "".join(secrets.choice(alphabet) for _ in range(length))

    return {
        "WECHAT_APP_ID": "wx" + secrets.token_hex(8),
        "WECHAT_APP_SECRET": secrets.token_hex(16),
        "WECHAT_TOKEN": pick(LETTERS, 24),
        "WECHAT_ENCODING_AES_KEY": pick(LETTERS, 43),
        "SECRET_KEY": secrets.token_urlsafe(32),
    }


def sandbox_environment(
    given: Mapping[str, str], *, env_file: Path = ENV_FILE, dev_file: Path = DEV_ENV_FILE
) -> dict[str, str]:
    """Return the settings for every process of a sandbox run, and write what was invented to `dev_file`.

    `given` is the process's environment. Refused: a WECHAT_API_BASE beyond this machine. The file also tells
    `cli.py replay` and `cli.py doctor` in another terminal where the platform of the last run was.
    """
    said = {name: value for name, value in (_read(env_file) | dict(given)).items() if value}
    known = {name.upper(): field for name, field in Settings.model_fields.items()}
    said = {name: value for name, value in said.items() if name in known}
    if not is_loopback(said.get("WECHAT_API_BASE", "http://localhost")):
        raise SettingsError("wechat_api_base", NOT_HERE)
    kept = {name: value for name, value in _read(dev_file).items() if name in invented()}

    def port(name: str) -> str:
        return said.get(name) or str(known[name].default)

    derived = {
        "WECHAT_API_BASE": f"http://127.0.0.1:{port('SANDBOX_PORT')}",
        "PUBLIC_URL": f"http://127.0.0.1:{port('WEB_PORT')}",
        "CLOCK_FILE": "var/clock.json",
        "WECHAT_TEMPLATE_NOTICE": "SANDBOX-SERVICE-NOTICE",
        "WECHAT_SUBSCRIBE_NOTICE": "SANDBOX-SUBSCRIBE-NOTICE",
    }
    ours = invented() | kept | derived
    _write(dev_file, ours)
    return ours | said


def _read(path: Path) -> dict[str, str]:
    return {name: value for name, value in dotenv_values(path).items() if value}


def _write(path: Path, values: Mapping[str, str]) -> None:
    """Replace the file in one step; nobody but the owner can read it at any moment."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    text = "# Random secrets of this machine's sandbox, written by cli.py up --sandbox. Delete to renew.\n"
    text += "".join(f"{name}={value}\n" for name, value in values.items())
    if path.exists() and path.read_text() == text:
        return
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    os.replace(fresh, path)
