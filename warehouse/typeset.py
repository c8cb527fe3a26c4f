"""Chinese documents and lists for people: PDF by typst, Excel as a stream, CSV that Excel reads. Codes stay text.

Layout only: what stands in them comes from whoever calls.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

import xlsxwriter

FONT = "Noto Sans CJK SC"
_PAGE = """\
#set document(title: {title})
#set page(paper: "a4", flipped: {wide}, margin: (x: 18mm, y: 20mm), numbering: "1 / 1")
#set text(font: "{font}", lang: "zh", region: "cn", size: 9pt)
#set par(justify: true, leading: 0.75em)
#set table(stroke: 0.4pt + luma(160), inset: 4pt)
#show heading: set block(above: 1.2em, below: 0.8em)
"""


class FontMissingError(RuntimeError):
    """No Chinese font on this machine: a document would be unreadable."""


def text(value: object) -> str:
    """Return a value as a typst string, so that nothing in it is read as markup."""
    return json.dumps(str(value), ensure_ascii=False)


def table(head: Sequence[str], rows: Iterable[Sequence[object]], widths: Sequence[str]) -> str:
    """Return the source of a table whose head is repeated on each page; widths as typst names them (`auto`, `1fr`)."""
    cells = ", ".join(f"text(weight: 700, {text(name)})" for name in head)
    body = "".join("  " + ", ".join(text("" if value is None else value) for value in row) + ",\n" for row in rows)
    return f"#table(columns: ({', '.join(widths)},), table.header({cells}),\n{body})\n"


def document(title: str, source: str, *, is_wide: bool = False) -> str:
    """Return the source of a whole document: the page, its font and its numbers, then what stands on it."""
    return _PAGE.format(title=text(title), font=FONT, wide=str(is_wide).lower()) + source


def require_font() -> None:
    """Look for the Chinese font before a document is set.

    Raises:
        FontMissingError: the machine lacks it; the message says how it comes there.
    """
    import typst  # slow to import, and only a document needs it

    if FONT not in typst.Fonts().families():
        raise FontMissingError(f"a PDF needs the font {FONT}: apt-get install fonts-noto-cjk, then try again")


def pdf(title: str, source: str, day: date, *, is_wide: bool = False) -> bytes:
    """Return a document as PDF/A; the same bytes for the same source, day and fonts.

    Raises:
        FontMissingError: the machine lacks the Chinese font.
    """
    import typst

    require_font()
    made = typst.compile(
        document(title, source, is_wide=is_wide).encode(),
        format="pdf",
        pdf_tags=False,
        pdf_standards="a-2b",
        timestamp=datetime.combine(day, time(), UTC),
    )
    return bytes(made)


def write_csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a list as CSV, UTF-8 with a mark, so that Excel reads Chinese."""
    with path.open("w", newline="", encoding="utf-8-sig") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def write_xlsx(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]], made_on: date) -> None:
    """Write a list as a workbook, row by row; every cell is text but numbers, so that no code loses its zeros."""
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False}) as book:
        book.set_properties({"created": datetime.combine(made_on, time())})
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(head):
            sheet.set_column(column, column, 22)
            sheet.write_string(0, column, name, bold)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, int | float) and not isinstance(value, bool):
                    sheet.write_number(number, column, value)
                elif value is not None:
                    sheet.write_string(number, column, str(value))
