"""Settings: what is accepted, what is refused by name, and that the table in docs names each one."""

import re

import pytest

from settings import DEV_ENV_FILE, ENV_FILE, ROOT, Settings, SettingsError, embedded_redis_url, is_loopback

GOOD = {
    "wechat_app_id": "wx0123456789abcdef",
    "wechat_app_secret": "s" * 32,
    "wechat_token": "token123",
    "wechat_encoding_aes_key": "A" * 43,
    "secret_key": "k" * 32,
}


def load(**overrides):
    return Settings.load(env_files=(), **(GOOD | overrides))


def test_defaults_are_those_of_one_machine():
    settings = load()
    assert settings.database_url == f"sqlite:///{ROOT}/var/nuanju.db"
    assert settings.redis_url == embedded_redis_url() and settings.embedded_redis
    assert settings.wechat_api_base == "https://api.weixin.qq.com" and not settings.sandboxed
    assert (settings.wechat_mode, settings.clock_file) == ("secure", None)
    assert settings.media_dir == ROOT / "var" / "media"
    assert [moment.hour for moment in settings.quiet_times] == [22, 8]


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_missing_secret_is_refused_by_name(name):
    with pytest.raises(SettingsError, match=name.upper()) as refused:
        Settings.load(env_files=(), **{key: value for key, value in GOOD.items() if key != name})
    assert refused.value.name == name.upper()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("wechat_token", ""),
        ("wechat_token", "two words"),
        ("wechat_token", "t" * 33),
        ("wechat_encoding_aes_key", "A" * 42),
        ("wechat_encoding_aes_key", "A" * 44),
        ("wechat_encoding_aes_key", "错" * 43),
        ("wechat_encoding_aes_key", ""),
        ("wechat_encoding_aes_key_previous", "A" * 42),
        ("wechat_app_id", "wx 1"),
        ("wechat_app_secret", ""),
        ("secret_key", "k" * 15),
        ("web_port", "http"),
        ("web_port", 0),
        ("desk_port", 65536),
        ("sandbox_port", -1),
        ("wechat_mode", "safe"),
        ("wechat_api_base", "api.weixin.qq.com"),
        ("wechat_api_base", "http://api.weixin.qq.com"),
        ("wechat_api_base", "https://host:port"),
        ("wechat_api_base", "ftp://127.0.0.1"),
        ("public_url", "nuanju.example"),
        ("public_url", "https://nuanju.example/?a=b"),
        ("database_url", "mysql://host/name"),
        ("database_url", "sqlite://"),
        ("database_url", "sqlite:///:memory:"),
        ("database_url", "postgresql://host"),
        ("redis_url", "127.0.0.1:6379"),
        ("clock_file", "var/clock.json"),
        ("quiet_hours", "22-8"),
        ("quiet_hours", "25:00-08:00"),
        ("quiet_hours", "08:00-08:00"),
        ("session_hours", 0),
        ("trusted_proxies", -1),
        ("trusted_proxies", "all"),
        ("log_level", "LOUD"),
    ],
)
def test_nonsense_is_refused_by_name_and_not_repeated(name, value):
    with pytest.raises(SettingsError) as refused:
        load(**{name: value})
    said = str(refused.value)
    assert said.startswith(name.upper() + " ") and re.search("[一-鿿]", said)
    assert "secret" not in name or not value or value not in said


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("sqlite:///other.db", f"sqlite:///{ROOT}/other.db"),
        ("sqlite:////srv/nuanju.db", "sqlite:////srv/nuanju.db"),
        ("postgres://u:p@host/name", "postgresql+psycopg://u:p@host/name"),
        ("postgresql+psycopg:///name?host=/run/pg", "postgresql+psycopg:///name?host=/run/pg"),
    ],
)
def test_database_urls_become_absolute(given, kept):
    assert load(database_url=given).database_url == kept


def test_time_travel_is_for_the_sandbox():
    settings = load(clock_file="var/clock.json", wechat_api_base="http://127.0.0.1:8002/")
    assert settings.clock_file == ROOT / "var" / "clock.json"
    assert settings.wechat_api_base == "http://127.0.0.1:8002" and settings.sandboxed


def test_plain_mode_needs_no_key():
    assert load(wechat_mode="plain", wechat_encoding_aes_key="").wechat_encoding_aes_key == ""


def test_two_servers_cannot_share_a_port():
    with pytest.raises(SettingsError, match=r"^DESK_PORT 与另一个端口相同"):
        load(web_port=9000, desk_port=8002, sandbox_port=8002)


def test_settings_are_frozen_and_do_not_print_secrets():
    settings = load(secret_key="do-not-print-this-one")
    with pytest.raises(Exception, match="frozen"):
        settings.secret_key = "changed-in-the-middle"
    assert "do-not-print" not in repr(settings) and GOOD["wechat_token"] not in repr(settings)


def test_a_file_is_read_and_the_environment_wins(tmp_path, monkeypatch):
    lines = [f"{name.upper()}={value}" for name, value in GOOD.items()]
    env = tmp_path / ".env"
    env.write_text("\n".join([*lines, "WEB_PORT=9001", "DESK_PORT=9002", "LOG_LEVEL=", "PATH_OF_OTHERS=1"]))
    monkeypatch.setenv("WEB_PORT", "9003")
    settings = Settings.load(env_files=(env,))
    assert (settings.web_port, settings.desk_port, settings.log_level) == (9003, 9002, "INFO")


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:1", True),
        ("http://127.8.0.1", True),
        ("http://[::1]:8002", True),
        ("http://10.0.0.1", False),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://127.0.0.1@evil.example", False),
        ("http://host:x", False),
    ],
)
def test_this_machine_is_told_by_address_not_by_likeness(url, here):
    assert is_loopback(url) is here


def test_secrets_of_development_lie_outside_the_repository():
    ignored = (ROOT / ".gitignore").read_text().split()
    assert "var/" in ignored and ".env" in ignored
    assert DEV_ENV_FILE.parent == ROOT / "var" and ENV_FILE == ROOT / ".env"


def test_every_setting_is_documented_and_nothing_else():
    table = (ROOT / "docs" / "settings.md").read_text("utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+?) \| .{20,} \|$", table, re.MULTILINE)
    assert sorted(name.lower() for name, _ in rows) == sorted(Settings.model_fields)
    for name, default in rows:
        field = Settings.model_fields[name.lower()]
        if default.startswith("`"):
            assert str(field.default) == default.strip("`"), name
        elif default == "required":
            assert field.is_required(), name
