"""The scene and its cast."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from clock import Frozen
from settings import Settings
from templates import Texts
from tests.stories.scene import Scene


@pytest.fixture(scope="session")
def texts() -> Texts:
    """The chat's own words, compiled once."""
    return Texts()


@pytest.fixture
def scene(engine: Engine, make_settings: Callable[..., Settings], clock: Frozen, texts: Texts) -> Scene:
    """A house without people; the service notice is set up, as `make run` has it."""
    return Scene(engine, make_settings(wechat_template_notice="SANDBOX-SERVICE-NOTICE"), clock, texts)
