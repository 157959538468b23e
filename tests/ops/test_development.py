"""Secrets of one machine: made once, for their owner only, and never stronger than what somebody set."""

import stat

import pytest

from ops.development import sandbox_environment
from settings import Settings, SettingsError


@pytest.fixture
def files(tmp_path):
    return {"env_file": tmp_path / ".env", "dev_file": tmp_path / "var" / "dev.env"}


def test_secrets_are_invented_once_and_for_the_owner_only(files):
    first = sandbox_environment({}, **files)
    assert sandbox_environment({}, **files) == first
    assert stat.S_IMODE(files["dev_file"].stat().st_mode) == 0o600
    assert stat.S_IMODE(files["dev_file"].parent.stat().st_mode) == 0o700


def test_what_is_invented_makes_valid_settings_of_a_sandbox(files):
    sandbox_environment({}, **files)
    settings = Settings.load(env_files=(files["dev_file"],))
    assert settings.sandboxed and settings.wechat_api_base == "http://127.0.0.1:8002"
    assert settings.public_url == "http://127.0.0.1:8000" and settings.clock_file is not None


def test_no_two_machines_share_a_secret(tmp_path):
    a, b = (sandbox_environment({}, env_file=tmp_path / ".env", dev_file=tmp_path / f"{n}.env") for n in (1, 2))
    for name in ("WECHAT_APP_SECRET", "WECHAT_TOKEN", "WECHAT_ENCODING_AES_KEY", "SECRET_KEY"):
        assert a[name] != b[name]


def test_what_somebody_set_wins_and_is_not_written_down(files):
    files["env_file"].write_text("WECHAT_TOKEN=fromthefile\nSECRET_KEY=\nSANDBOX_PORT=9001\n")
    given = {"WECHAT_APP_ID": "wxgiven", "SANDBOX_PORT": "9002", "WEB_PORT": "9000", "HOME": "/nowhere"}
    environment = sandbox_environment(given, **files)
    assert environment["WECHAT_APP_ID"] == "wxgiven" and environment["WECHAT_TOKEN"] == "fromthefile"
    assert environment["WECHAT_API_BASE"] == "http://127.0.0.1:9002"
    assert environment["PUBLIC_URL"] == "http://127.0.0.1:9000" and "HOME" not in environment
    written = files["dev_file"].read_text()
    assert "fromthefile" not in written and "wxgiven" not in written and environment["SECRET_KEY"] in written


def test_a_sandbox_on_the_real_platform_is_refused(files):
    with pytest.raises(SettingsError, match=r"^WECHAT_API_BASE 指向真实的微信平台"):
        sandbox_environment({"WECHAT_API_BASE": "https://api.weixin.qq.com"}, **files)
    assert not files["dev_file"].exists()
