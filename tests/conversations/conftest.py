"""Conversations are played on the same scene as the stories."""

from tests.stories.conftest import scene, texts

__all__ = ["scene", "texts"]
