"""Rows as files for spreadsheets. A cell that a spreadsheet would run as a formula is made a plain text.

CSV starts with a byte order mark: without it Excel reads Chinese as garbage.
"""

import csv
import io
from typing import Any

from flask import Response, abort
from markupsafe import Markup
from openpyxl import Workbook

#: More rows than this are not an errand of one person.
MOST = 50_000
#: What starts a formula in Excel, LibreOffice or WPS; a full-width sign starts one there too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def cell(value: Any) -> str:
    """The value as text that no spreadsheet runs; markup of the list is taken off."""
    text = Markup(value).striptags() if isinstance(value, Markup) else "" if value is None else str(value)
    text = "".join(char for char in text if char in "\t\n" or ord(char) >= 32)
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def send(kind: str, name: str, heads: list[str], rows: list[list[str]]) -> Response:
    """The file as a download; 404 for a kind we do not make."""
    if kind not in _TYPES:
        abort(404)
    body = _csv(heads, rows) if kind == "csv" else _xlsx(heads, rows)
    disposition = f'attachment; filename="{name}.{kind}"'
    return Response(body, content_type=_TYPES[kind], headers={"Content-Disposition": disposition})


def _csv(heads: list[str], rows: list[list[str]]) -> bytes:
    page = io.StringIO()
    writer = csv.writer(page)
    writer.writerow([cell(head) for head in heads])
    writer.writerows(rows)
    return page.getvalue().encode("utf-8-sig")


def _xlsx(heads: list[str], rows: list[list[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [[cell(head) for head in heads], *rows]:
        sheet.append(row)
    page = io.BytesIO()
    book.save(page)
    return page.getvalue()
