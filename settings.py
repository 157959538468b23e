"""Every setting of every process, read once and frozen.

Values come from the environment, then `.env` in the project's folder, then `var/dev.env` (random secrets that
`cli.py up --sandbox` wrote for this machine alone). Nonsense is refused here, by the name of the setting, so
that no process starts half configured. A refusal never repeats the value: it may be a secret.
docs/settings.md has one row per field, and a test compares the two.
"""

import base64
import binascii
import hashlib
import ipaddress
import os
import re
import tempfile
from datetime import time
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
ENV_FILE = ROOT / ".env"
DEV_ENV_FILE = ROOT / "var" / "dev.env"

#: sockaddr_un.sun_path is 104 bytes on macOS and 108 on Linux, the closing zero included.
LONGEST_SOCKET_PATH = 100

#: What a right value looks like; the refusal of any field is its sentence here.
RIGHT = {
    "database_url": "要写成 sqlite:///文件 或 postgresql://用户:密码@主机/库名 "
    "(must be sqlite:///file or postgresql://user:password@host/name; in-memory SQLite cannot be shared)",
    "redis_url": "要以 redis://、rediss:// 或 unix:// 开头；留空则用自带的 Redis "
    "(must start with redis://, rediss:// or unix://; empty means the embedded one)",
    "wechat_app_id": "要填公众平台“开发者ID(AppID)”，只含字母、数字、_ 和 - "
    "(must be the account's AppID: letters, digits, _ and - only)",
    "wechat_app_secret": "要填公众平台的 AppSecret，不能为空 (must be the account's AppSecret, not empty)",
    "wechat_token": "要与公众平台“令牌(Token)”一致：3 到 32 个字母或数字，不能为空 "
    "(must be the console's Token: 3 to 32 letters or digits; an empty one would let forged pushes in)",
    "wechat_encoding_aes_key": "要与公众平台“消息加解密密钥”一致，正好 43 个字符 "
    "(must be the console's EncodingAESKey, exactly 43 characters)",
    "wechat_encoding_aes_key_previous": "要么留空，要么是更换前的那个 43 个字符的密钥 "
    "(must be empty or the 43-character key used before the change)",
    "wechat_api_base": "要写成 https://主机；只有本机地址才可以用 http "
    "(must be https://host; plain http only for this machine)",
    "wechat_mode": "只能是 secure、compatible 或 plain (must be secure, compatible or plain)",
    "metrics_token": "要么留空，要么至少 16 个字符 (must be empty or have at least 16 characters)",
    "secret_key": "至少 16 个字符，请用随机串 (must have at least 16 characters; use a random string)",
    "web_port": "要是 1 到 65535 的端口号 (must be a port number from 1 to 65535)",
    "desk_port": "要是 1 到 65535 的端口号 (must be a port number from 1 to 65535)",
    "sandbox_port": "要是 1 到 65535 的端口号 (must be a port number from 1 to 65535)",
    "public_url": "要写成 http(s)://主机，不带参数 (must be http(s)://host without a query)",
    "trusted_proxies": "要是 0 到 5：我们前面有几层自己的反向代理 "
    "(must be from 0 to 5: how many reverse proxies of yours stand in front)",
    "backup_keep": "要是 1 到 366：留几份备份 (must be from 1 to 366: how many backups stay)",
    "clock_file": "只在沙箱中可用：WECHAT_API_BASE 必须是本机地址 "
    "(is for the sandbox only: WECHAT_API_BASE must point at this machine)",
    "quiet_hours": "要写成 22:00-08:00 这样的起止时间，起止不能相同 "
    "(must be two different times of day like 22:00-08:00)",
    "session_hours": "要是 1 到 168 的小时数 (must be hours from 1 to 168)",
    "log_level": "只能是 DEBUG、INFO、WARNING、ERROR 或 CRITICAL (must be DEBUG, INFO, WARNING, ERROR or CRITICAL)",
}


class SettingsError(Exception):
    """A setting is missing or nonsense; `.name` is its name, the text one sentence for whoever starts us."""

    def __init__(self, name: str, sentence: str):
        """Keep the variable's name beside the sentence, so that doctor can print both."""
        super().__init__(f"{name.upper()} {sentence}")
        self.name = name.upper()


class Settings(BaseSettings):
    """All settings, frozen. Build it with `Settings.load()`; paths and URLs are absolute afterwards."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    database_url: str = Field("sqlite:///var/nuanju.db", repr=False)
    redis_url: str = Field("", repr=False)
    wechat_app_id: str
    wechat_app_secret: str = Field(repr=False)
    wechat_token: str = Field(repr=False)
    wechat_encoding_aes_key: str = Field("", repr=False)
    wechat_encoding_aes_key_previous: str = Field("", repr=False)
    wechat_api_base: str = "https://api.weixin.qq.com"
    wechat_mode: Literal["secure", "compatible", "plain"] = "secure"
    wechat_template_notice: str = ""
    wechat_subscribe_notice: str = ""
    secret_key: str = Field(repr=False, min_length=16)
    web_port: int = Field(8000, ge=1, le=65535)
    desk_port: int = Field(8001, ge=1, le=65535)
    sandbox_port: int = Field(8002, ge=1, le=65535)
    public_url: str = "http://127.0.0.1:8000"
    trusted_proxies: int = Field(0, ge=0, le=5)
    media_dir: Path = Path("var/media")
    backup_dir: Path | None = Path("var/backups")
    backup_keep: int = Field(7, ge=1, le=366)
    metrics_token: str = Field("", repr=False)
    clock_file: Path | None = None
    quiet_hours: str = "22:00-08:00"
    session_hours: int = Field(8, ge=1, le=168)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"

    @classmethod
    def load(cls, *, env_files: tuple[Path, ...] | None = None, **overrides: Any) -> "Settings":
        """Return the settings of this process, or raise SettingsError naming the first wrong one.

        `overrides` (lower-case names) win over the environment; `env_files` replaces `.env` and
        `var/dev.env`, later files winning. The development file counts only where nobody said which
        account this is, so that a forgotten one can never lend its secrets to a real account.
        """
        try:
            return cls(_env_file=_files() if env_files is None else env_files, **overrides)
        except ValidationError as error:
            problem = error.errors(include_input=False, include_url=False)[0]
            field = str(problem["loc"][0])
        missing = "没有设置：" if problem["type"] == "missing" else ""
        raise SettingsError(field, missing + RIGHT.get(field, "的值不对 (is not valid)"))

    @property
    def sandboxed(self) -> bool:
        """Whether the platform we talk to runs on this machine, so that time may be moved."""
        return is_loopback(self.wechat_api_base)

    @property
    def embedded_redis(self) -> bool:
        """Whether REDIS_URL was left empty, so that `cli.py up` has to start a Redis of its own."""
        return self.redis_url == embedded_redis_url()

    @property
    def quiet_times(self) -> tuple[time, time]:
        """Start and end of the quiet hours, Beijing time; the end may lie on the next day."""
        start, end = self.quiet_hours.split("-")
        return time.fromisoformat(start), time.fromisoformat(end)

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        kind, _, rest = value.partition("://")
        if kind == "sqlite" and rest.startswith("/") and rest.strip("/") not in ("", ":memory:"):
            return f"sqlite:///{ROOT / rest[1:]}"
        if kind in ("postgres", "postgresql", "postgresql+psycopg") and urlsplit(value).path.strip("/"):
            # SQLAlchemy knows only the long name; hosting sites hand out `postgres://`.
            return f"postgresql+psycopg://{rest}"
        raise SettingsError("database_url", RIGHT["database_url"])

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str) -> str:
        if not value:
            return embedded_redis_url()
        return _demand("redis_url", value, re.match(r"(rediss?|unix)://.", value))

    @field_validator("wechat_app_id")
    @classmethod
    def _app_id(cls, value: str) -> str:
        return _demand("wechat_app_id", value, re.fullmatch(r"[A-Za-z0-9_-]{3,64}", value))

    @field_validator("wechat_app_secret")
    @classmethod
    def _app_secret(cls, value: str) -> str:
        return _demand("wechat_app_secret", value, re.fullmatch(r"\S{3,128}", value))

    @field_validator("wechat_token")
    @classmethod
    def _token(cls, value: str) -> str:
        return _demand("wechat_token", value, re.fullmatch(r"[A-Za-z0-9]{3,32}", value))

    @field_validator("wechat_encoding_aes_key", "wechat_encoding_aes_key_previous")
    @classmethod
    def _aes_key(cls, value: str, info: Any) -> str:
        return _demand(info.field_name, value, not value or _is_aes_key(value))

    @field_validator("metrics_token")
    @classmethod
    def _metrics(cls, value: str) -> str:
        return _demand("metrics_token", value, not value or len(value) >= 16)

    @field_validator("wechat_api_base", "public_url")
    @classmethod
    def _url(cls, value: str, info: Any) -> str:
        parts, loopback = _split(value), is_loopback(value)
        plain_ok = loopback or info.field_name == "public_url"
        fine = parts and parts.hostname and not parts.query and not parts.fragment
        return _demand(
            info.field_name,
            value.rstrip("/"),
            fine and (parts.scheme == "https" or (parts.scheme == "http" and plain_ok)),
        )

    @field_validator("quiet_hours")
    @classmethod
    def _quiet(cls, value: str) -> str:
        clock_time = r"([01]\d|2[0-3]):[0-5]\d"
        fine = re.fullmatch(f"{clock_time}-{clock_time}", value) and value[:5] != value[6:]
        return _demand("quiet_hours", value, fine)

    @field_validator("media_dir", "backup_dir", "clock_file")
    @classmethod
    def _path(cls, value: Path | None) -> Path | None:
        return ROOT / value if value and value != Path() else None

    @model_validator(mode="after")
    def _together(self) -> "Settings":
        if self.wechat_mode != "plain":
            _demand("wechat_encoding_aes_key", "", self.wechat_encoding_aes_key)
        if self.clock_file:
            _demand("clock_file", "", self.sandboxed)
        ports = {"web_port": self.web_port, "desk_port": self.desk_port, "sandbox_port": self.sandbox_port}
        for name, port in ports.items():
            if list(ports.values()).count(port) > 1:
                raise SettingsError(name, "与另一个端口相同 (is the same as another port)")
        return self


def is_loopback(url: str) -> bool:
    """Whether a URL's host is this machine; a name other than localhost never is."""
    parts = _split(url)
    host = (parts.hostname or "") if parts else ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def embedded_redis_url() -> str:
    """Return the address where `cli.py up` puts its own Redis: a socket that only this user can open."""
    path = ROOT / "var" / "redis.sock"
    if len(str(path).encode()) > LONGEST_SOCKET_PATH:
        # A deep folder leaves no room in the name: a short one, the same for every process of this root.
        mark = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
        path = Path(tempfile.gettempdir()) / f"nuanju-{mark}" / "redis.sock"
    return f"unix://{path}"


def _files() -> tuple[Path, ...]:
    """The files to read: the development one only where neither environment nor `.env` names an account."""
    if os.environ.get("WECHAT_APP_ID") or dotenv_values(ENV_FILE).get("WECHAT_APP_ID"):
        return (ENV_FILE,)
    return (DEV_ENV_FILE, ENV_FILE)


def _split(url: str) -> Any:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 — reading it is what raises for a port that is no number
    except ValueError:
        return None
    return parts


def _is_aes_key(value: str) -> bool:
    """WeChat's key is 43 characters of Base64 whose closing `=` is cut off: 32 bytes."""
    try:
        return len(value) == 43 and len(base64.b64decode(value + "=", validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def _demand(name: str, value: str, fine: Any) -> str:
    if not fine:
        raise SettingsError(name, RIGHT[name])
    return value
