"""One token for all processes, fetched once, refreshed once, and forced hardly ever."""

import multiprocessing
import threading
import time

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.calls import Patience
from bot.errors import Misconfigured, Throttled, Unreachable
from bot.gateway import Gateway
from bot.token import LOCK_SECONDS, MARGIN_SECONDS, Tokens
from tests.fakes_wechat import SEND_PATH, TOKEN_PATH, Platform, Reply, refusal

QUICK = Patience(connect=0.5, read=1.0, total=2.0)


@pytest.fixture
def platform():
    with Platform() as platform:
        yield platform


def away():
    return Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.2, retry=Retry(NoBackoff(), 0))


@pytest.fixture(params=["shared", "away", "none"])
def memory(request, redis):
    return {"shared": redis, "away": away(), "none": None}[request.param]


def gateway_on(platform, make_settings, memory):
    return Gateway(make_settings(wechat_api_base=platform.base), memory, QUICK)


def test_a_token_is_fetched_once_and_used_on(platform, make_settings, memory):
    gateway = gateway_on(platform, make_settings, memory)
    for _ in range(5):
        gateway.send_text("oA1", "漏水")
    assert len(platform.of(TOKEN_PATH)) == 1
    wanted = platform.of(TOKEN_PATH)[0]
    assert wanted.method == "POST"
    assert wanted.query == {}  # the secret is in the body, never in an address
    assert wanted.json == {
        "grant_type": "client_credential",
        "appid": "wx0123456789abcdef",
        "secret": "0123456789abcdef0123456789abcdef",
        "force_refresh": False,
    }


def test_twenty_cold_threads_make_one_call(platform, make_settings, memory):
    """wechatpy made twenty."""
    gateway = gateway_on(platform, make_settings, memory)
    platform.token_delay = 0.1
    threads = [threading.Thread(target=gateway.send_text, args=("oA1", "漏水")) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(platform.of(SEND_PATH)) == 20
    assert len(platform.of(TOKEN_PATH)) == 1


def test_many_cold_gateways_make_one_call(platform, make_settings, redis):
    """Each stands for a process: nothing is shared but Redis."""
    platform.token_delay = 0.1
    gateways = [gateway_on(platform, make_settings, redis) for _ in range(8)]
    threads = [threading.Thread(target=each.send_text, args=("oA1", "漏水")) for each in gateways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(platform.of(SEND_PATH)) == 8
    assert len(platform.of(TOKEN_PATH)) == 1


def test_forked_jobs_use_the_token_of_the_others(platform, make_settings, redis_url, redis):
    def job():
        gateway_on(platform, make_settings, Redis.from_url(redis_url)).send_text("oA1", "漏水")

    job()
    fork = multiprocessing.get_context("fork")
    for _ in range(3):
        process = fork.Process(target=job)
        process.start()
        process.join()
        assert process.exitcode == 0
    assert len(platform.of(SEND_PATH)) == 4
    assert len(platform.of(TOKEN_PATH)) == 1


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_stale_token_is_refreshed_once_and_the_send_retried_once(platform, make_settings, memory, code):
    gateway = gateway_on(platform, make_settings, memory)
    gateway.send_text("oA1", "one")
    if code == 40001:
        platform.revoke()  # the platform itself has a new one
    else:
        platform.script(SEND_PATH, refusal(code))  # the platform goes on handing out this one: it must be forced
    gateway.send_text("oA1", "two")
    assert [call.json["force_refresh"] for call in platform.of(TOKEN_PATH)] == [False, False] + [True] * (code != 40001)
    assert [call.json["text"]["content"] for call in platform.of(SEND_PATH)][-2:] == ["two", "two"]


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_error_that_stays_ends_after_one_retry(platform, make_settings, memory, code):
    """wechatpy made 494 token calls in one send."""
    gateway = gateway_on(platform, make_settings, memory)
    platform.always(SEND_PATH, refusal(code))
    for sends in range(1, 6):
        with pytest.raises(Misconfigured):
            gateway.send_text("oA1", "漏水")
        assert len(platform.of(SEND_PATH)) == 2 * sends
    assert len([call for call in platform.of(TOKEN_PATH) if call.json["force_refresh"]]) == 1
    assert len(platform.of(TOKEN_PATH)) <= 7


def test_the_second_to_notice_takes_what_the_first_has_fetched(platform, make_settings, redis):
    first, second = (gateway_on(platform, make_settings, redis) for _ in range(2))
    first.send_text("oA1", "漏水")
    second.send_text("oA1", "漏水")
    platform.revoke()
    first.send_text("oA1", "漏水")
    second.send_text("oA1", "漏水")
    assert len(platform.of(TOKEN_PATH)) == 2


def test_many_who_notice_at_once_refresh_once(platform, make_settings, redis):
    gateways = [gateway_on(platform, make_settings, redis) for _ in range(6)]
    for each in gateways:
        each.send_text("oA1", "漏水")
    platform.revoke()
    platform.token_delay = 0.1
    threads = [threading.Thread(target=each.send_text, args=("oA1", "漏水")) for each in gateways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(platform.of(TOKEN_PATH)) == 2


def test_a_token_that_the_platform_repeats_although_it_is_refused_is_forced_once(redis):
    asked = []

    def fetch(force):
        asked.append(force)
        return ("new" if force else "old"), 7200

    tokens = Tokens(redis, "wx1", fetch)
    assert tokens.current() == "old"
    assert tokens.renewed("old") == "new"
    assert tokens.renewed("new") == "old"
    assert tokens.renewed("old") == "old"  # the force of these hours is spent, in every process
    assert Tokens(redis, "wx1", fetch).renewed("old") == "old"
    assert asked.count(True) == 1


@pytest.mark.parametrize("seconds", [7200, 240, 60, 2, 1])
def test_a_token_is_forgotten_before_it_dies(redis, seconds):
    tokens = Tokens(redis, "wx1", lambda _force: ("t", seconds))
    tokens.current()
    key = redis.keys("wechat:token:*")[0]
    assert 0 < redis.ttl(key) <= max(seconds - min(MARGIN_SECONDS, seconds // 4), 1)


def test_a_process_does_not_outlive_the_common_token(redis):
    served = iter("ab")
    tokens = Tokens(redis, "wx1", lambda _force: (next(served), 1))
    assert tokens.current() == "a"
    time.sleep(1.1)
    assert tokens.current() == "b"


def test_two_accounts_do_not_share_a_token(redis):
    assert Tokens(redis, "wx1", lambda _f: ("a", 99)).current() == "a"
    assert Tokens(redis, "wx2", lambda _f: ("b", 99)).current() == "b"


def test_a_dead_holder_of_the_lock_is_waited_for_and_then_ignored(redis):
    tokens = Tokens(redis, "wx1", lambda _force: ("t", 99))
    tokens.current()
    lock = next(key for key in [tokens._lock_key])
    redis.flushall()
    redis.set(lock, "somebody who died", px=300)
    assert Tokens(redis, "wx1", lambda _force: ("u", 99)).current() == "u"
    assert not redis.exists(lock)


def test_the_lock_outlives_the_longest_fetch():
    assert 2 * Patience().longest + 2 * 20 < LOCK_SECONDS, "asked, forced, and the name looked up for each"


def test_the_lock_of_another_is_not_released(redis):
    tokens = Tokens(redis, "wx1", lambda _force: (redis.set(tokens._lock_key, "a later holder"), ("t", 99))[1])
    tokens.current()
    assert redis.get(tokens._lock_key) == b"a later holder"


def test_a_failed_fetch_frees_the_lock_and_says_why(platform, make_settings, memory):
    gateway = gateway_on(platform, make_settings, memory)
    platform.script(
        TOKEN_PATH,
        refusal(40125, "invalid appsecret"),
        refusal(45011),
        Reply(cut="unanswered"),
        {"expires_in": 7200},
        {"access_token": "", "expires_in": 1},
        Reply(b"", 503),
    )
    for kind in (Misconfigured, Throttled, Unreachable, Unreachable, Unreachable, Unreachable):
        with pytest.raises(kind):
            gateway.send_text("oA1", "漏水")
    gateway.send_text("oA1", "漏水")
    assert len(platform.of(SEND_PATH)) == 1


def test_redis_coming_back_is_used_again(platform, make_settings, redis):
    settings = make_settings(wechat_api_base=platform.base)
    lonely = Gateway(settings, away(), QUICK)
    lonely.send_text("oA1", "漏水")
    assert not redis.keys("*")
    Gateway(settings, redis, QUICK).send_text("oA1", "漏水")
    assert redis.keys("wechat:token:*")


def test_a_redis_that_decodes_is_understood(platform, make_settings, redis_url, redis):
    with Redis.from_url(redis_url, decode_responses=True) as decoding:
        gateway_on(platform, make_settings, redis).send_text("oA1", "漏水")
        gateway_on(platform, make_settings, decoding).send_text("oA1", "漏水")
    assert len(platform.of(TOKEN_PATH)) == 1
