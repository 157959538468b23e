"""`cli.py doctor`: looks at this deployment and says in words what is wrong and what to do next.

Every check stands alone: one that fails never hides the ones after it. Nothing is changed, nothing is sent to a
person, and no secret is printed.
"""

import argparse
import http.client
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from redis.exceptions import RedisError
from rq import Worker
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import GatewayError, Throttled
from bot.wechat import Gateway
from clock import Clock
from jobs.schedule import LEASE
from jobs.worker import WORKER_TTL
from models.db import make_engine
from ops import doctor_rows
from ops.database import pending
from ops.embedded import connect
from ops.findings import BAD, GOOD, WARNING, Finding
from ops.house import load_settings
from ops.remedies import words_for
from settings import Settings, SettingsError, is_loopback

#: The platform's pushes are refused when their time is further from ours than this, seconds.
FRESHNESS = 300
#: From here on somebody should mend the machine's clock before it gets worse, seconds.
NOTICEABLE = 30


def main(arguments: list[str]) -> int:
    """Print the report; returns 1 when something must be mended, 0 when at most something is worth a look."""
    argparse.ArgumentParser(prog="cli.py doctor", description=main.__doc__).parse_args(arguments)
    try:
        settings = load_settings()
    except SettingsError as refusal:
        print(f"{BAD} 设置：{refusal}\n  改好后再运行一次；每项设置的含义见 docs/settings.md")
        return 1
    engine = make_engine(settings.database_url)
    with connect(settings.redis_url) as redis:
        gateway = Gateway(settings, redis)
        findings = list(examine(settings, engine, redis, gateway.ping))
        findings += doctor_rows.examine(engine, Clock(settings.clock_file)())
    engine.dispose()
    for finding in findings:
        print(f"{finding.mark} {finding.about}：{finding.words}")
    bad = sum(finding.mark == BAD for finding in findings)
    good = "沙箱一切正常" if settings.sandboxed else "可以上线"
    print(f"\n{bad} 处必须处理" if bad else f"\n{good}")
    return int(bool(bad))


def examine(settings: Settings, engine: Engine, redis: Any, ping: Callable[[], None]) -> Iterator[Finding]:
    """Yield the findings in the order in which one would mend them."""
    yield _codes(settings)
    yield _database(engine)
    yield from _redis(redis)
    yield _media(settings)
    yield _backups(settings)
    yield _time(settings)
    yield _platform(ping)
    yield _public(settings)


def _codes(settings: Settings) -> Finding:
    key, token = len(settings.wechat_encoding_aes_key), len(settings.wechat_token)
    if settings.wechat_mode != "secure":
        return Finding(WARNING, "消息加密", f"现在是 {settings.wechat_mode} 模式；建议在公众平台改成“安全模式”")
    return Finding(GOOD, "令牌和密钥", f"令牌 {token} 位，消息加解密密钥 {key} 位，安全模式")


def _database(engine: Engine) -> Finding:
    try:
        missing = pending(engine)
    except SQLAlchemyError as error:
        kind = type(error).__name__
        return Finding(BAD, "数据库", f"连不上（{kind}）：请检查 DATABASE_URL，以及数据库是否已经启动")
    if missing:
        return Finding(BAD, "数据库", f"差 {len(missing)} 个升级：请运行 python cli.py migrate")
    return Finding(GOOD, "数据库", f"{engine.dialect.name}，数据表是最新的")


def _redis(redis: Any) -> Iterator[Finding]:
    try:
        redis.ping()
        workers, leads = _alive(redis), redis.get(LEASE) is not None
    except (RedisError, OSError) as error:
        words = f"连不上（{type(error).__name__}）：请检查 REDIS_URL；没有设置时要先用 python cli.py up 启动"
        yield Finding(BAD, "Redis", words)
        return
    yield Finding(GOOD, "Redis", "正常")
    if workers:
        yield Finding(GOOD, "任务进程", f"{workers} 个在工作")
    else:
        yield Finding(WARNING, "任务进程", "一个也没有，消息只收不发：请启动 python cli.py worker")
    if leads:
        yield Finding(GOOD, "定时进程", "在工作")
    else:
        words = "没有在工作，到点的事（回访、提醒、催办）没人做：请启动 python cli.py clock（刚启动的话过十秒再看）"
        yield Finding(WARNING, "定时进程", words)


def _alive(redis: Any) -> int:
    """How many workers have been heard of lately. RQ forgets one that was killed only after a while."""
    since = datetime.now(UTC) - timedelta(seconds=3 * WORKER_TTL)
    seen = [worker.last_heartbeat for worker in Worker.all(connection=redis)]
    return sum(at is not None and at.replace(tzinfo=UTC) >= since for at in seen)


def _media(settings: Settings) -> Finding:
    try:
        settings.media_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.media_dir):
            pass
        space = os.statvfs(settings.media_dir)
    except OSError as error:
        return Finding(BAD, "照片目录", f"不能写入（{error.strerror}）：请检查 MEDIA_DIR 的权限")
    free = space.f_bavail * space.f_frsize // 2**20
    if free < 500:
        return Finding(WARNING, "照片目录", f"磁盘只剩 {free} MB")
    return Finding(GOOD, "照片目录", "可以写入")


def _backups(settings: Settings) -> Finding:
    """Whether the nightly backup could be made here; how old the last one is stands among the records."""
    if settings.backup_dir is None:
        return Finding(
            WARNING, "备份目录", "BACKUP_DIR 是空的，不会自动备份：请设成另一块盘上的文件夹，见 docs/deploy.md"
        )
    if settings.database_url.startswith("postgresql") and shutil.which("pg_dump") is None:
        return Finding(BAD, "备份目录", "没有 pg_dump，备份做不成：请安装 postgresql-client，版本不低于服务器")
    try:
        settings.backup_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=settings.backup_dir):
            pass
    except OSError as error:
        return Finding(BAD, "备份目录", f"不能写入（{error.strerror}）：请检查 BACKUP_DIR 的权限")
    return Finding(GOOD, "备份目录", f"可以写入，留最新的 {settings.backup_keep} 份")


def _time(settings: Settings) -> Finding:
    """Compare with the Date header of the platform's own answer."""
    offset = Clock(settings.clock_file).offset().total_seconds()
    if offset:
        return Finding(WARNING, "时钟", f"沙箱里时间被移动了 {offset:.0f} 秒")
    try:
        ahead = (datetime.now(UTC) - platform_time(settings.wechat_api_base)).total_seconds()
    except (OSError, http.client.HTTPException, ValueError, TypeError):
        return Finding(WARNING, "时钟", "问不到微信服务器的时间，没有核对")
    if abs(ahead) > FRESHNESS:
        return Finding(BAD, "时钟", f"和微信相差 {ahead:.0f} 秒，消息会被当作过期而拒收：请打开时间同步 (NTP)")
    if abs(ahead) > NOTICEABLE:
        return Finding(WARNING, "时钟", f"和微信相差 {ahead:.0f} 秒：请打开时间同步 (NTP)")
    return Finding(GOOD, "时钟", "和微信一致")


def platform_time(base: str) -> datetime:
    """Return the moment that the platform's web server names; raises OSError or ValueError when it does not."""
    parts = urlsplit(base)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("HEAD", "/")
        return parsedate_to_datetime(connection.getresponse().headers["Date"])
    finally:
        connection.close()


def _platform(ping: Callable[[], None]) -> Finding:
    try:
        ping()
    except GatewayError as error:
        return Finding(WARNING if isinstance(error, Throttled) else BAD, "微信接口", words_for(error))
    return Finding(GOOD, "微信接口", "AppID、AppSecret、白名单都没问题")


def _public(settings: Settings) -> Finding:
    url = settings.public_url
    if settings.sandboxed:
        return Finding(GOOD, "公网地址", f"沙箱，{url}")
    if is_loopback(url):
        return Finding(BAD, "公网地址", "PUBLIC_URL 还是本机地址，手机打不开我们发的链接：请填公网的 https 地址")
    if not url.startswith("https://"):
        return Finding(WARNING, "公网地址", "PUBLIC_URL 不是 https：手机会提示不安全，请配置证书")
    return Finding(GOOD, "公网地址", f"{url}；公众平台里的服务器地址应填 {url}/wechat")
