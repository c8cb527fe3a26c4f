"""Rows as an Excel workbook, written row by row: the memory it takes does not grow with the rows.

Nothing is cut: rows beyond a sheet go on in the next, digits or letters that Excel cannot hold are said to be missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter

TOLD_SHEET = "说明"
SHEET_ROWS = 1_048_575  # below the head
LONGEST_TEXT = 32_767  # characters of a cell
EXACT = 15  # digits of a number that Excel keeps
FIRST_YEAR = 1900  # of Excel's calendar


class Sheets:
    """A workbook that takes rows part by part."""

    def __init__(self, target: Path, schema: pa.Schema, told: Sequence[tuple[str, str]] = ()) -> None:
        options = {"constant_memory": True, "tmpdir": str(target.parent)}
        self._book = xlsxwriter.Workbook(target, options)
        self._names, self._told, self._rows, self._cut = schema.names, told, 0, 0
        self._bold = self._book.add_format({"bold": True})
        day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        instant = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._writers = [self._writer(kind, day, instant) for kind in schema.types]
        self._begin()

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Add rows, in a new sheet when one is full."""
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if self._row > SHEET_ROWS:
                self._begin()
            for place, (write, value) in enumerate(zip(self._writers, values, strict=True)):
                if value is not None:
                    write(place, value)
            self._row += 1
            self._rows += 1

    def close(self) -> None:
        """Finish the workbook, with a last sheet that says what it is, where that was told."""
        if self._told:
            self._say([*self._told, ("行数", f"{self._rows:,}"), ("放不下而截短的格子", f"{self._cut:,}")])
        self._book.close()

    def _say(self, told: Sequence[tuple[str, str]]) -> None:
        self._sheet = self._book.add_worksheet(TOLD_SHEET)
        self._sheet.set_column(0, 0, 24)
        self._sheet.set_column(1, 1, 100)
        for row, (name, text) in enumerate(told):
            self._sheet.write_string(row, 0, name, self._bold)
            self._text(row, 1, text)

    def _begin(self) -> None:
        self._sheet = self._book.add_worksheet()
        for place, name in enumerate(self._names):
            self._sheet.write_string(0, place, name[:LONGEST_TEXT], self._bold)
        self._sheet.freeze_panes(1, 0)
        self._row = 1

    def _writer(self, kind: pa.DataType, day: Any, instant: Any) -> Callable[[int, Any], object]:
        """How the values of a column are written: as what they are where Excel holds it, otherwise as text."""
        scale = kind.scale if pa.types.is_decimal(kind) else 0
        largest = 10 ** (EXACT - scale)

        def number(place: int, value: Any) -> None:
            held = math.isfinite(value) if isinstance(value, float) else abs(value) < largest
            (self._sheet.write_number if held else self._text)(self._row, place, value)

        if pa.types.is_boolean(kind):
            return lambda place, value: self._sheet.write_boolean(self._row, place, value)
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            return number
        if pa.types.is_date(kind) or (pa.types.is_timestamp(kind) and kind.tz is None and kind.unit != "ns"):
            shape = day if pa.types.is_date(kind) else instant
            return lambda place, value: (
                self._sheet.write_datetime(self._row, place, value, shape)
                if value.year >= FIRST_YEAR
                else self._text(self._row, place, value)
            )
        return lambda place, value: self._text(self._row, place, value)

    def _text(self, row: int, place: int, value: Any) -> None:
        text = str(value)
        if len(text) > LONGEST_TEXT:
            self._cut += 1
            told = f"…（共 {len(text):,} 字，Excel 的格子放不下，请导出 CSV）"
            text = text[: LONGEST_TEXT - len(told)] + told
        self._sheet.write_string(row, place, text)  # never a formula, whatever it begins with
