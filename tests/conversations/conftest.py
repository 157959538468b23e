"""Conversations are played on the same scene as the stories."""

from tests.stories.conftest import make_scene, scene, texts

__all__ = ["make_scene", "scene", "texts"]
