"""The panel's icons as inline SVG: 24 × 24, drawn with the text's own colour."""

from markupsafe import Markup

_PATHS = {
    "home": "M3 11 12 4l9 7M5 10v10h5v-6h4v6h5V10",
    "bell": "M6 9a6 6 0 0 1 12 0c0 6 2 7 2 8H4c0-1 2-2 2-8M10 21h4",
    "chat": "M4 5h16v11H9l-5 4z",
    "send": "M21 4 3 11l7 3 3 7zM10 14l5-5",
    "wrench": "M14.5 6.5a4 4 0 0 1 5-1l-2.600 2.600 2 2 2.600-2.600a4 4 0 0 1-5.500 5L8 20.500a2 2 0 0 1-3.500-3z",
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3 2",
    "smile": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8 14c1 2 2.500 3 4 3s3-1 4-3M9 9v1M15 9v1",
    "people": "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M3 20c0-4 2.5-6 6-6s6 2 6 6"
    "M16 5a3.5 3.5 0 0 1 0 7M17 14c2.5.5 4 2.5 4 6",
    "house": "M4 20V9l8-5 8 5v11zM9 20v-6h6v6",
    "map": "M9 4 3 6v14l6-2 6 2 6-2V4l-6 2zM9 4v14M15 6v14",
    "helmet": "M3 17h18M5 17v-3a7 7 0 0 1 14 0v3M10 7v5M14 7v5",
    "qr": "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2M20 14v6h-4",
    "text": "M5 6V4h14v2M12 4v16M9 20h6",
    "timer": "M12 6a7.500 7.500 0 1 0 0 15 7.500 7.500 0 0 0 0-15M12 10v4M9 3h6",
    "calendar": "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
    "badge": "M5 3h14v18H5zM12 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4M8.500 17c.500-2 2-3 3.500-3s3 1 3.500 3",
    "key": "M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8M11 12l9-9M16 7l3 3",
    "list": "M8 6h12M8 12h12M8 18h12M4 6h.010M4 12h.010M4 18h.010",
    "eye": "M2 12c3-5 6-7 10-7s7 2 10 7c-3 5-6 7-10 7s-7-2-10-7M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
    "search": "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l5 5",
    "lock": "M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3",
    "phone": "M6 3h3l2 5-2.500 1.500a11 11 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3",
    "camera": "M4 8h4l2-3h4l2 3h4v11H4zM12 10a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7",
    "check": "M4 12l5 5L20 6",
    "alert": "M12 4 2.500 20h19zM12 10v4M12 17h.010",
    "menu": "M4 6h16M4 12h16M4 18h16",
    "close": "M6 6l12 12M18 6 6 18",
    "back": "M15 5l-7 7 7 7",
    "next": "M9 5l7 7-7 7",
    "plus": "M12 5v14M5 12h14",
    "exit": "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
    "globe": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 21c0-4 3-7 8-7s8 3 8 7",
    "download": "M12 4v11M7 11l5 5 5-5M4 20h16",
    "edit": "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
    "trash": "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
    "pause": "M8 5v14M16 5v14",
    "robot": "M5 9h14v10H5zM12 5v4M9 13v2M15 13v2M12 4h.010",
    "book": "M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11",
    "question": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.700.400-1 1-1 1.700"
    "M12 17h.010",
    "tag": "M4 4h8l8 8-8 8-8-8zM8 8h.010",
    "inbox": "M4 13 7 5h10l3 8v6H4zM4 13h5l1 2h4l1-2h5",
}  # fmt: skip


def icon(name: str) -> Markup:
    """The icon `name`; decoration beside a word, so screen readers skip it."""
    return Markup(
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><path d="{}"/></svg>'
    ).format(_PATHS[name])
