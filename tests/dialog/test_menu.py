"""Every button that staff may put under the chat does something."""

import pytest

from models.menus import KEYS
from tests.dialog.chat import Chat, bound, stranger


@pytest.mark.parametrize("facts", [stranger(), bound()], ids=["stranger", "bound"])
@pytest.mark.parametrize("key", KEYS)
def test_the_bot_understands_every_key(key, facts):
    chat = Chat(facts)
    said = chat.event("click", key)
    assert said and "没太明白" not in said
