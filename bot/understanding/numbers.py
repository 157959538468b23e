"""Numbers as people write them in Chinese, as integers. Pure text to value, no units."""

DIGITS = {"零": 0, "〇": 0, "一": 1, "幺": 1, "壹": 1, "二": 2, "两": 2, "俩": 2, "贰": 2, "三": 3, "叁": 3, "仨": 3,
          "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}  # fmt: skip
UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}

#: One character of a number in words or figures, for use inside a regex class.
CLASS = "0-9零〇一二三四五六七八九十百两幺"
#: The same without the place words: 幺三八, 一六零二.
SPELLED = "0-9零〇一二三四五六七八九幺"


def value(text: str) -> int | None:
    """Return the number that the whole text spells (十二, 一百二, 二十一, 1602, 一六零二), or None."""
    text = text.strip()
    if not text or len(text) > 12:
        return None
    if text.isascii():
        return int(text) if text.isdigit() else None
    if not any(char in UNITS for char in text):
        figures = figures_of(text)
        return int(figures) if figures else None
    return _with_units(text)


def figures_of(text: str) -> str | None:
    """Return the digits one by one (一六零二 → 1602), or None when something else is in it."""
    out = []
    for char in text:
        if char.isascii() and char.isdigit():
            out.append(char)
        elif char in DIGITS:
            out.append(str(DIGITS[char]))
        else:
            return None
    return "".join(out) or None


def _with_units(text: str) -> int | None:
    total = current = 0
    last_unit = 1
    for char in text:
        if char.isascii() and char.isdigit():
            current = current * 10 + int(char)
        elif char in DIGITS:
            current = DIGITS[char]
        elif char in UNITS:
            last_unit = UNITS[char]
            if last_unit == 10000:
                total, current = (total + current) * last_unit, 0
            else:
                total, current = total + (current or 1) * last_unit, 0
        else:
            return None
    # 一百二 is 120: a bare digit after 百 counts tens, unless 零 stood between them (一百零二).
    if current and last_unit > 10 and text[-2:-1] in UNITS:
        current *= last_unit // 10
    return total + current
