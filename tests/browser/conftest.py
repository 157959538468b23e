"""A running house and a real browser that tolerates no complaint: console, failed requests, refused content."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from ops import trial
from tests.browser.people import PATIENCE

PHONE_SIZES = [(390, 844), (320, 640)]
#: Starting a house takes a minute on a machine that is busy with everything else.
HOUSE_AND_TEST = 300


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith("tests/browser/"):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(HOUSE_AND_TEST))


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[trial.House]:
    """One house for all tests here, ten o'clock on a Saturday morning when it starts."""
    with trial.house(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser window of its own, with its own cookies; the test fails if anything in it complained."""
    expect.set_options(timeout=PATIENCE)
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def window(width: int = 1440, height: int = 900) -> BrowserContext:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        context.set_default_timeout(PATIENCE)
        context.on("console", lambda said: _heard(complaints, said.type, said.text))
        context.on("weberror", lambda wrong: complaints.append(str(wrong.error)))
        context.on("response", lambda got: _answered(complaints, got.status, got.url))
        opened.append(context)
        return context

    yield window
    for context in opened:
        context.close()
    assert complaints == []


def _heard(complaints: list[str], kind: str, text: str) -> None:
    if kind in ("error", "warning"):
        complaints.append(f"{kind}: {text}")


def _answered(complaints: list[str], status: int, url: str) -> None:
    if status >= 400:
        complaints.append(f"{status}: {url}")
