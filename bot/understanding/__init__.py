"""Text to meaning, pure: `read(text, context, now) -> Reading`. No network, no database, no clock."""

from bot.understanding.language import goes_on, in_english, language_of, language_wished
from bot.understanding.library import Answer, Entry, Library, key_of
from bot.understanding.phone import without as without_phones
from bot.understanding.reader import is_urgent, read, read_json
from bot.understanding.reading import Context, Intent, Item, Reading, Slots, When
from bot.understanding.words import Words

__all__ = [
    "Answer", "Context", "Entry", "Intent", "Item", "Library", "Reading", "Slots", "When", "Words", "goes_on",
    "in_english", "is_urgent", "key_of", "language_of", "language_wished", "read", "read_json", "without_phones",
]  # fmt: skip
