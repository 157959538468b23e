"""Items of a quote as a crew types them: 换角阀 1个 80，人工 1次 120. Pure; money in 分, quantities in hundredths."""

import re
import unicodedata
from dataclasses import dataclass, replace

from bot.understanding import numbers

UNITS = (
    "平方米|平方|平米|㎡|公斤|小时|工时|个|只|套|次|米|平|片|张|卷|桶|袋|根|条|扇|组|处|项|天|工|支|瓶|台|把|副|趟"
    "|块|包|盒|升|斤|件|间|户|门|pcs?|hours?|h|m2|m|kg|sets?|rolls?|days?"
)
#: A price with its 元; what is written without any unit is money as well, because it stands last.
_MONEY = r"(?P<price>\d{1,7}(?:\.\d{1,2})?|[一二两三四五六七八九十百千]+)\s*(?:元|块钱?|rmb)?"
_EACH = rf"(?:\s*(?:/|一|每)\s*(?:{UNITS}))?"
_QUANTITY = rf"(?P<quantity>\d{{1,5}}(?:\.\d{{1,2}})?|[一二两三四五六七八九十半]+)\s*(?P<unit>{UNITS})"
_ITEM = re.compile(
    rf"^(?P<name>.*?)[\s:：]*(?:(?P<sign>[×x*]?)\s*{_QUANTITY})?[\s×x*@]*"
    rf"(?P<how>单价|每(?:{UNITS})|一共|总共|合计|共)?[\s:：]*{_MONEY}{_EACH}$"
)
_BETWEEN = re.compile(
    r"[，,；;。、\n]+|(?<=[\d元块])\s+(?=[^\s\d×x*@元块共每单一合总/])"
    + "".join(
        rf"|(?<=[\u4e00-\u9fff]{figures}[元块])(?=[\u4e00-\u9fff])(?![钱每一单共])" for figures in (r"\d\d", r"\d\d\d")
    )
)
#: A number in words that is a price: 一百八, 三十五.
_SPOKEN = r"[一二两三四五六七八九]?[百千十][一二三四五六七八九十百千零]*"
#: Where one item ends and the next begins although nothing stands between: 龙头一百八工钱八十.
_JOINED = re.compile(
    rf"(?<=[\u4e00-\u9fff])({_SPOKEN}(?:元|块钱?)?)(?=(?:人工|工钱|工费|手工|材料|上门|再?加|还有|另|一共|总共|合计))"
)
_SPOKEN_END = re.compile(rf"({_SPOKEN})\s+(?=[\u4e00-\u9fff])(?!(?:{UNITS})(?:\s|\d|$))")
#: A price that hides inside a name: nothing is guessed of it.
_HIDDEN = re.compile(r"[一二两三四五六七八九][百千](?!叶)|\d+(?:元|块)")
#: “加个软管”: the item is the hose.
_ADDED = re.compile(r"^(?:再加|另加|加上|加个|加一个|加一项|还有个?|再来个?)\s*(?=\S{2})")
_UNIT_NEXT = re.compile(rf"(?:{UNITS})(?:\s|\d|$)")
_LETTERS = re.compile(r"[A-Za-z\u4e00-\u9fff]")
_TOTAL = re.compile(rf"^(?:合计|一共|总共|总计|共)[\s:：]*{_MONEY}$")
_LEAD = re.compile(
    r"^(?:报价|报个价|报一下价|报)[\s:：，,]*(?:bx\d{8}-?\d{3,5}|\d{4}(?=\s))?[\s:：，,]*", re.IGNORECASE
)
#: The comma of 1,280; a comma between items is followed by a name.
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
#: More than this many items in one message are no quote.
MOST = 40


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One item: 分 for one, quantity in hundredths."""

    name: str
    price: int
    hundredths: int = 100
    unit: str = ""

    @property
    def amount(self) -> int:
        """分 for the line."""
        return (self.hundredths * self.price + 50) // 100


@dataclass(frozen=True, slots=True)
class QuoteText:
    """What a message says: items, the total it names, and the piece that was not understood with what it lacks."""

    lines: tuple[QuoteLine, ...] = ()
    #: 分; None when no total was named.
    total: int | None = None
    #: The first piece that is no item, and `price` or `name` for what is missing; empty when all was understood.
    piece: str = ""
    lacks: str = ""


def begins(text: str) -> bool:
    """Whether the text is about a quote: 报价 …"""
    return bool(re.match(r"\s*报(?:个|一下)?价", text))


def read(text: str) -> QuoteText:
    """The items of a message, in order; a leading 报价 and a case number are skipped."""
    flat = unicodedata.normalize("NFKC", text.replace("㎡", "平方").replace("，", "， ")).strip()
    flat = _SPOKEN_END.sub(r"\1，", _JOINED.sub(r"\1，", _LEAD.sub("", _THOUSANDS.sub("", flat))))
    lines: list[QuoteLine] = []
    total: int | None = None
    for piece in _pieces(flat)[:MOST]:
        if found := _TOTAL.match(piece):
            total = _fen(found["price"])
            continue
        line = _line(piece)
        if isinstance(line, str):
            return QuoteText(tuple(lines), total, piece, line)
        lines.append(line)
    return QuoteText(tuple(lines), total)


def _pieces(flat: str) -> list[str]:
    """The text cut into items; what has no letters belongs to its neighbour: 60*60 瓷砖 5片 30 is one."""
    rough, start = [], 0
    for cut in _BETWEEN.finditer(flat):
        if cut.group().isspace() and "\n" not in cut.group() and _UNIT_NEXT.match(flat[cut.end() :]):
            continue
        rough.append(flat[start : cut.start()])
        start = cut.end()
    pieces: list[str] = []
    for piece in (one.strip() for one in (*rough, flat[start:])):
        if pieces and not _LETTERS.search(pieces[-1]):
            pieces[-1] = f"{pieces[-1]} {piece}".strip()
        elif piece:
            pieces.append(piece)
    return pieces


def _line(piece: str) -> QuoteLine | str:
    """The item, or what it lacks."""
    found = _ITEM.match(piece)
    if not found:
        return "price"
    name, price = _ADDED.sub("", found["name"].strip(" :：×x*-")), _fen(found["price"])
    if not name or not _LETTERS.search(name):
        return "name"
    if price is None or _HIDDEN.search(name):
        return "price"
    hundredths = _hundredths(found["quantity"])
    if hundredths is None or hundredths <= 0:
        return "price"
    line = QuoteLine(name[:60], price, hundredths, found["unit"] or "")
    if (found["how"] or "") in ("一共", "总共", "合计", "共"):
        each = price * 100 // hundredths
        # 3个 共100 has no price for one: it stays one line of 100.
        exact = replace(line, price=each)
        return exact if exact.amount == price else QuoteLine(f"{name}（{found['quantity']}{line.unit}）"[:60], price)
    return line


def _fen(text: str) -> int | None:
    try:
        return round(float(text) * 100)
    except ValueError:
        value = numbers.value(text)
        return value * 100 if value is not None else None


def _hundredths(text: str | None) -> int | None:
    if not text:
        return 100
    if text == "半":
        return 50
    try:
        return round(float(text) * 100)
    except ValueError:
        value = numbers.value(text)
        return value * 100 if value is not None else None
