"""A quote as people type it into a form: rows of item, quantity, unit and price in 元. Pure; kept as typed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.desk.repair.quotes import MOST_ITEMS, Line
from models.quotes import Quote, quantity_text

FIELDS = ("name", "quantity", "unit", "price")
NUMBER = re.compile(r"\d{1,7}(?:\.\d{1,2})?")
#: Characters of a cell that are read.
LONGEST = 60


@dataclass
class Rows:
    """The rows as typed, the lines they make, and the first row that is none."""

    typed: list[dict[str, str]]
    lines: list[Line] = field(default_factory=list)
    #: From 1; 0 when every row is understood.
    wrong: int = 0
    #: quote_item or quote_empty; "" when there is nothing to say.
    trouble: str = ""

    def padded(self, least: int) -> list[dict[str, str]]:
        """The rows with blank ones after them, at least `least` and one more than what is written."""
        blanks = max(least - len(self.typed), 1)
        return [*self.typed, *([dict.fromkeys(FIELDS, "")] * blanks)][:MOST_ITEMS]


def read(columns: Mapping[str, Sequence[str]]) -> Rows:
    """The form's columns as rows and lines; rows without name and price are nothing."""
    cells = [list(columns.get(name, ()))[: MOST_ITEMS + 1] for name in FIELDS]
    typed = [
        dict(zip(FIELDS, (cell.replace("\x00", "").strip()[:LONGEST] for cell in row), strict=True))
        for row in zip(*cells, strict=False)
    ]
    rows = Rows(typed)
    for number, row in enumerate(typed, 1):
        if not (row["name"] or row["price"]):
            continue
        line = _line(row)
        if line is None:
            rows.wrong, rows.trouble = number, "quote_item"
            return rows
        rows.lines.append(line)
    if not rows.lines:
        rows.wrong, rows.trouble = 1, "quote_empty"
    return rows


def _line(row: Mapping[str, str]) -> Line | None:
    quantity, price = row["quantity"] or "1", re.sub(r"[,，元￥¥\s]", "", row["price"])
    if not row["name"] or not NUMBER.fullmatch(quantity) or not NUMBER.fullmatch(price) or float(quantity) <= 0:
        return None
    return Line(row["name"], round(float(price) * 100), round(float(quantity) * 100), row["unit"][:8])


def of(quote: Quote | None) -> Rows:
    """What a version has, to be changed into the next one."""
    if quote is None:
        return Rows([])
    return Rows([
        {
            "name": one.name,
            "quantity": quantity_text(one.hundredths),
            "unit": one.unit,
            "price": f"{one.price / 100:.2f}".removesuffix(".00"),
        }
        for one in quote.items
    ])  # fmt: skip
