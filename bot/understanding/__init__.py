"""Text to meaning, pure: `read(text, context, now) -> Reading`. No network, no database, no clock."""

from bot.understanding.reader import read, read_json
from bot.understanding.reading import Context, Intent, Item, Reading, Slots, When

__all__ = ["Context", "Intent", "Item", "Reading", "Slots", "When", "read", "read_json"]
