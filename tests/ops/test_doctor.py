"""The doctor: each trouble has its own sentence, one trouble never hides another, and no secret is printed."""

import http.server
import json
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from rq.utils import utcformat
from sqlalchemy import text

from bot.errors import Misconfigured, Throttled, Unknown, Unreachable
from jobs import schedule, worker
from models.db import make_engine
from ops import doctor
from ops.embedded import connect
from ops.findings import BAD, GOOD, WARNING, Finding


@pytest.fixture
def examine(make_settings, engine, redis):
    """Examine a deployment in which everything is right except what is given; returns findings by subject."""

    def run(*, ping=lambda: None, engine=engine, redis=redis, **overrides):
        settings = make_settings(**overrides)
        return {each.about: each for each in doctor.examine(settings, engine, redis, ping)}

    return run


@pytest.fixture
def platform():
    """A web server of the platform whose clock may be wrong; `ahead` says by how much."""

    class Answer(http.server.BaseHTTPRequestHandler):
        ahead = timedelta()

        def do_HEAD(self):
            self.send_response_only(200)
            self.send_header("Date", format_datetime(datetime.now(UTC) + self.ahead, usegmt=True))
            self.end_headers()

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Answer, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def deployed(tmp_path, make_settings, monkeypatch, migrated):
    """The environment of a migrated deployment whose platform does not answer."""
    settings = make_settings(database_url=migrated(tmp_path / "fresh.db"))
    for name, value in settings.model_dump(exclude_none=True).items():
        monkeypatch.setenv(name.upper(), str(value))


def failing(error):
    def ping():
        raise error

    return ping


def test_tables_without_a_migration_stamp_are_pending(examine):
    found = examine()["数据库"]
    assert found.mark == BAD and "python cli.py migrate" in found.words


def test_a_migrated_database_is_fine(examine, engine):
    head = {"head": doctor.pending(engine)[-1]}
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), head)
    assert examine()["数据库"].mark == GOOD


def test_a_database_that_is_away_does_not_hide_the_rest(examine):
    away = make_engine("postgresql+psycopg://nobody:hush-hush@127.0.0.1:1/none")
    found = examine(engine=away)
    away.dispose()
    assert found["数据库"].mark == BAD and "DATABASE_URL" in found["数据库"].words
    assert "hush" not in found["数据库"].words
    assert found["Redis"].mark == GOOD and found["微信接口"].mark == GOOD


def test_a_redis_that_is_away_is_said(examine, tmp_path):
    with connect(f"unix://{tmp_path}/nobody.sock") as away:
        found = examine(redis=away)
    assert found["Redis"].mark == BAD and "REDIS_URL" in found["Redis"].words and "任务进程" not in found


def test_no_worker_is_a_warning(examine):
    assert examine()["任务进程"].mark == WARNING


def test_a_worker_that_lives_is_counted_and_one_that_was_killed_is_not(examine, redis):
    one, gone = worker.make(redis), worker.make(redis)
    for each in (one, gone):
        each.register_birth()
    assert examine()["任务进程"] == Finding(GOOD, "任务进程", "2 个在工作")
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    redis.hset(gone.key, "last_heartbeat", utcformat(long_ago))
    assert examine()["任务进程"].words == "1 个在工作"


def test_the_timetable_works_while_a_clock_holds_its_lease(examine, redis):
    found = examine()["定时进程"]
    assert found.mark == WARNING and "python cli.py clock" in found.words
    clock = schedule.register(redis)
    clock.enqueue_jobs()
    assert examine()["定时进程"].mark == GOOD
    redis.delete(schedule.LEASE)
    assert examine()["定时进程"].mark == WARNING


def test_the_white_list_is_explained_with_the_address_to_enter(examine):
    error = Misconfigured(40164, "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist", "rid-1")
    found = examine(ping=failing(error))["微信接口"]
    assert found.mark == BAD and "白名单" in found.words and "203.0.113.9" in found.words and "40164" in found.words


@pytest.mark.parametrize(
    ("error", "mark", "word"),
    [
        (Misconfigured(40013, "invalid appid"), BAD, "WECHAT_APP_ID"),
        (Misconfigured(40125, "invalid appsecret"), BAD, "WECHAT_APP_SECRET"),
        (Misconfigured(40243, "secret frozen"), BAD, "解冻"),
        (Misconfigured(48001, "api unauthorized"), BAD, "api unauthorized"),
        (Unreachable(0, "no route"), BAD, "防火墙"),
        (Unknown(0, "timeout"), BAD, "防火墙"),
        (Throttled(-1, "busy"), WARNING, "太忙"),
    ],
)
def test_every_refusal_of_the_platform_says_what_to_do(examine, error, mark, word):
    found = examine(ping=failing(error))["微信接口"]
    assert found.mark == mark and word in found.words


@pytest.mark.parametrize(("seconds", "mark"), [(0, GOOD), (60, WARNING), (-60, WARNING), (400, BAD), (-400, BAD)])
def test_the_clock_is_compared_with_the_platforms(examine, platform, seconds, mark):
    answer, base = platform
    answer.ahead = timedelta(seconds=seconds)
    found = examine(wechat_api_base=base)["时钟"]
    assert found.mark == mark and (mark == GOOD or "NTP" in found.words)


def test_a_platform_that_tells_no_time_is_a_warning(examine):
    assert examine()["时钟"].mark == WARNING


def test_moved_time_is_said(examine, tmp_path):
    (tmp_path / "clock.json").write_text(json.dumps({"offset": 7200}))
    found = examine(clock_file=tmp_path / "clock.json")["时钟"]
    assert found.mark == WARNING and "7200" in found.words


@pytest.mark.parametrize(
    ("url", "mark"),
    [("http://127.0.0.1:8000", BAD), ("http://wx.nuanju.example", WARNING), ("https://wx.nuanju.example", GOOD)],
)
def test_the_public_address_of_a_real_account(make_settings, url, mark):
    settings = make_settings(wechat_api_base="https://api.weixin.qq.com", public_url=url)
    assert doctor._public(settings).mark == mark


def test_where_backups_go_is_looked_at(examine, tmp_path):
    (tmp_path / "file").write_text("in the way")
    for folder, said in (
        ("", "BACKUP_DIR 是空的"),
        (tmp_path / "file" / "b", "不能写入"),
        (tmp_path / "b", "可以写入"),
    ):
        assert said in examine(backup_dir=folder)["备份目录"].words


def test_a_media_folder_that_cannot_be_is_said(examine, tmp_path):
    (tmp_path / "file").touch()
    found = examine(media_dir=tmp_path / "file" / "media")["照片目录"]
    assert found.mark == BAD and "MEDIA_DIR" in found.words


def test_less_than_secure_mode_is_a_warning(examine):
    assert examine(wechat_mode="compatible")["消息加密"].mark == WARNING
    assert examine()["令牌和密钥"].mark == GOOD


def test_no_secret_is_ever_printed(examine, settings):
    words = " ".join(f"{each.about} {each.words}" for each in examine().values())
    for secret in (settings.wechat_app_secret, settings.wechat_token, settings.wechat_encoding_aes_key):
        assert secret not in words


def test_the_report_ends_in_an_exit_code(deployed, redis_url, monkeypatch, capsys):
    monkeypatch.setenv("REDIS_URL", redis_url)
    assert doctor.main([]) == 1
    said = capsys.readouterr().out
    assert f"{BAD} 微信接口：" in said and f"{GOOD} 数据库：" in said and "处必须处理" in said


def test_a_wrong_setting_is_named_before_anything_is_looked_at(deployed, monkeypatch, capsys):
    monkeypatch.setenv("WECHAT_TOKEN", "no spaces please")
    assert doctor.main([]) == 1 and "WECHAT_TOKEN" in capsys.readouterr().out
