"""What the sandbox is started with. It may only ever reach and serve this machine."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

MODES = ("secure", "compatible", "plain")


class ConfigError(ValueError):
    """The sandbox cannot start like this; the message names the option and how to mend it."""


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address means this machine; only the name `localhost` is trusted as a name."""
    if not host:
        return False
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_webhook(url: str) -> None:
    """Refuse a target beyond this machine: a sandbox that signs pushes for others would be a forger's tool."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not is_loopback(parts.hostname):
        raise ConfigError(f"--webhook 只能指向本机 / must be a loopback http address: {url}")


def _check_key(key: str) -> None:
    """Refuse a key that is not 43 characters of base64 for 32 bytes, as the platform's console does."""
    try:
        good = len(key) == 43 and len(base64.b64decode(key + "=", validate=True)) == 32
    except binascii.Error:
        good = False
    if not good:
        raise ConfigError("--aes-key 必须是43位字母数字 / must be 43 characters of base64")


@dataclass(frozen=True)
class Config:
    """One account of one platform. Refused at birth when it could touch anything but loopback."""

    app_id: str
    secret: str
    token: str
    aes_key: str
    webhook: str
    mode: str = "secure"
    host: str = "127.0.0.1"
    port: int = 8002
    clock_file: Path | None = None
    state: Path | None = None
    #: What the phones call the account, and its original id (ToUserName of every push).
    name: str = "暖居"
    original_id: str = "gh_5a4db0x0nuan"
    #: Seconds the platform waits for an answer, and how often it asks in all [O-pass].
    push_timeout: float = 5.0
    tries: int = 3
    #: Real seconds until a send's result event (TEMPLATESENDJOBFINISH…) is pushed.
    event_delay: float = 0.6

    def __post_init__(self) -> None:
        """Refuse nonsense by the name of the option that holds it."""
        if not is_loopback(self.host):
            raise ConfigError(f"--host 只能是本机地址 / must be loopback: {self.host}")
        _check_webhook(self.webhook)
        if self.mode not in MODES:
            raise ConfigError(f"--mode 只能是 {'、'.join(MODES)}: {self.mode}")
        if not self.token:
            raise ConfigError("--token 不能为空 / must not be empty")
        if not self.app_id or not self.secret:
            raise ConfigError("--app-id 和 --secret 不能为空 / must not be empty")
        _check_key(self.aes_key)
