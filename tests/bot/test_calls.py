"""What never left may be sent again; what left without an answer may not. All on real sockets."""

import json
import os
import socket
import threading

import pytest

from bot.calls import Patience
from bot.errors import Misconfigured, Refused, Throttled, Unknown, Unreachable, WindowClosed
from bot.wechat import Gateway, Sent
from tests.fakes_wechat import OK, SEND_PATH, Platform, Reply, refusal

QUICK = Patience(connect=0.5, read=0.4, total=1.0)


@pytest.fixture
def platform():
    with Platform() as platform:
        yield platform


@pytest.fixture
def gateway(platform, make_settings):
    return Gateway(make_settings(wechat_api_base=platform.base), None, QUICK)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_nobody_there_is_unreachable_at_once(make_settings):
    gateway = Gateway(make_settings(wechat_api_base=f"http://127.0.0.1:{free_port()}"), None, QUICK)
    with pytest.raises(Unreachable):
        gateway.send_text("oA1", "漏水")


def test_a_host_that_lets_nobody_in_is_unreachable_after_the_time_to_connect(make_settings):
    """A full backlog swallows the handshake, like a firewall that drops."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        port = deaf.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        with pytest.raises(Unreachable):  # the system itself would try for two minutes, longer than a test may last
            Gateway(make_settings(wechat_api_base=f"http://127.0.0.1:{port}"), None, QUICK).ping()
        for each in waiting:
            each.close()


UNANSWERED = {
    "silence": Reply(b"{}", after=0.8),
    "cut": Reply(cut="unanswered"),
    "half": Reply(b'{"errcode":0}' * 9, cut="halfway"),
    "no json": Reply(b"<html>log in to the hotel</html>"),
    "a list": Reply(b"[]"),
    "nothing": Reply(b""),
    "bad gateway": Reply(b"<html>", 502),
    "broken": Reply(b"", 500),
    "away": Reply(b"", 503),
    "late": Reply(b"", 504),
    "deep": Reply(b"[" * 100_000),
}


@pytest.mark.parametrize("name", UNANSWERED)
def test_sent_but_not_answered_is_unknown_and_never_repeated(gateway, platform, name):
    platform.script(SEND_PATH, UNANSWERED[name])
    with pytest.raises(Unknown):
        gateway.send_text("oA1", "漏水")
    assert len(platform.of(SEND_PATH)) == 1


@pytest.mark.parametrize("name", UNANSWERED)
def test_what_changes_nothing_is_unreachable_then_and_may_be_asked_again(gateway, platform, name):
    platform.script("/cgi-bin/user/info", UNANSWERED[name])
    with pytest.raises(Unreachable):
        gateway.user("oA1")
    assert gateway.user("oA1") == OK


DRIPS = {
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X-Drop: 1\r\n"),
    "one header": (b"HTTP/1.1 200 OK\r\nX-Drop: ", b"1"),
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", b" "),
}


@pytest.mark.parametrize("where", DRIPS)
def test_an_answer_in_drops_ends(make_settings, where):
    first, drop = DRIPS[where]
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop, drops = threading.Event(), []

        def drip():
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                try:
                    connection.sendall(first)
                    while not stop.wait(0.1):
                        connection.sendall(drop)
                        drops.append(drop)
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        gateway = Gateway(make_settings(wechat_api_base=f"http://127.0.0.1:{server.getsockname()[1]}"), None, QUICK)
        with pytest.raises(Unreachable):
            gateway.ping()
        stop.set()
        thread.join()
        assert 2 <= len(drops) < 30, "ten of them fill the whole patience"


@pytest.mark.parametrize(
    "status, kind",
    [
        (404, Misconfigured),
        (403, Misconfigured),
        (302, Misconfigured),
        (429, Throttled),
        (413, Refused),
        (408, Unknown),
    ],
)
def test_a_status_without_a_code_is_named_too(gateway, platform, status, kind):
    platform.script(SEND_PATH, Reply(b"", status, {"Location": "http://127.0.0.1:1/elsewhere"}))
    with pytest.raises(kind):
        gateway.send_text("oA1", "漏水")


def test_a_code_counts_more_than_a_status(gateway, platform):
    platform.script(SEND_PATH, Reply(json.dumps(refusal(45015)).encode(), 500))
    with pytest.raises(WindowClosed):
        gateway.send_text("oA1", "漏水")


def test_connections_are_kept_and_a_dead_one_is_not_used(gateway, platform):
    for _ in range(5):
        gateway.send_text("oA1", "漏水")
    assert platform.connections == 1
    platform.script(SEND_PATH, Reply(json.dumps(OK).encode(), headers={"Connection": "close"}))
    gateway.send_text("oA1", "漏水")
    gateway.send_text("oA1", "漏水")
    assert platform.connections == 2


def test_a_connection_that_the_platform_hung_up_is_replaced_before_anything_is_sent(make_settings):
    """Otherwise every pause would end in an Unknown."""
    with Platform() as first:
        gateway = Gateway(make_settings(wechat_api_base=first.base), None, QUICK)
        gateway.send_text("oA1", "漏水")
        first.script(SEND_PATH, Reply(json.dumps(OK).encode(), cut="halfway"))
        with pytest.raises(Unknown):
            gateway.send_text("oA1", "漏水")
        assert gateway.send_text("oA1", "漏水") == Sent(None)


def test_a_forked_child_talks_on_its_own_connection_and_leaves_the_parents_alone(gateway, platform):
    """RQ forks for every job; two processes on one socket would read each other's answers."""
    gateway.send_text("oA1", "parent")
    child = os.fork()
    if child == 0:
        try:
            gateway.send_text("oA1", "child")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    gateway.send_text("oA1", "parent")
    assert [call.json["text"]["content"] for call in platform.of(SEND_PATH)] == ["parent", "child", "parent"]
    assert platform.connections == 2


def test_threads_share_a_gateway(gateway, platform):
    def chat():
        for _ in range(10):
            gateway.send_text("oA1", "漏水")

    threads = [threading.Thread(target=chat) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(platform.of(SEND_PATH)) == 60
    assert platform.connections <= 7


@pytest.mark.parametrize("status", [302, 403, 404, 429])
def test_a_video_that_is_not_there_stops_no_other(gateway, platform, status):
    """Misconfigured would stop the job for every photo behind this one until the platform has dropped them all."""
    platform.script("/cgi-bin/media/get", {"video_url": f"{platform.base}/v/1"})
    platform.script("/v/1", Reply(b"gone", status=status, headers={"Content-Type": "text/html"}))
    with pytest.raises(Unreachable) as told:
        gateway.fetch_media("m1")
    assert told.value.code == status
