"""Refusals as sentences, in the words of the chat catalogue where it has them."""

from flask import current_app

from admin.words import known, lang, t
from models.errors import DomainError
from templates import MissingFact, UnknownText


def sentence(error: DomainError) -> str:
    """What the person is told: the panel's own words for the key, else the chat's, else a plain refusal."""
    own = error.key.replace("errors.", "refusal.", 1)
    if known(own):
        try:
            return t(own).format_map(error.facts)
        except KeyError:
            return t("refusal.refused")
    try:
        texts = current_app.extensions["desk"].texts
        return texts.render(error.key, error.facts, lang())
    except (UnknownText, MissingFact):
        return t("refusal.refused")
