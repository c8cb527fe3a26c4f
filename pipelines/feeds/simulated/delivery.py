"""From a frame with Chinese headers to the files that a department hands over.

Not here: which dirt exists (dirt.py). Every part (a year, or the whole source) becomes a main file and, later in the
alphabet, a `_resent` file with its repeats and corrections.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl
import xlsxwriter

from pipelines.feeds.simulated import days, dirt
from pipelines.feeds.simulated.chance import Chance, Flags, Ints
from pipelines.feeds.simulated.dirt import Ledger

_ROW_GROUP = 250_000
_STAMP = (2026, 10, 31)  # what workbooks say of when they were made
_LATEST = days.LAST  # nothing is handed over after the last delivered day


@dataclass(frozen=True)
class Source:
    """How one source is delivered.

    `date` and `coded` are the columns in which a spoilt row may carry an impossible date or an unknown value;
    `branch` parts the files of one source that come from two systems;
    `corrected` says what a corrected row says instead (column → expression).
    """

    source_id: str
    key: str
    file_format: Literal["csv", "jsonl", "parquet", "xlsx"] = "csv"
    encoding: Literal["utf-8", "utf-8-sig", "gb18030"] = "utf-8"
    by_year: bool = False
    date: str | None = None
    coded: str | None = None
    corrected: dict[str, pl.Expr] = field(default_factory=dict)
    branch: str = ""
    is_clean: bool = False


@dataclass
class Courier:
    """Writes sources below one folder, keeps count and tells `progress` the rows so far after each file."""

    out: Path
    chance: Chance
    ledger: Ledger
    progress: Callable[[str, int], None]
    rows: dict[str, int] = field(default_factory=dict)

    def deliver(self, source: Source, frame: pl.DataFrame, row: Ints, sent: Ints, style: Ints | int = 0) -> None:
        """Write the rows handed over by the last day; `style` is the date style of each row."""
        styles = np.broadcast_to(np.asarray(style), row.shape) % len(days.STYLES)
        order = np.flatnonzero(sent <= _LATEST)
        order = order[np.lexsort((row[order], sent[order]))]
        year = days.year_of(sent[order])
        for part in np.unique(year).tolist() if source.by_year else [None]:
            at = order if part is None else order[year == part]
            name = source.source_id + source.branch + ("" if part is None else f"_{part}")
            self._part(source, name, frame[at], row[at], sent[at], styles[at])

    def deliver_part(self, source: Source, name: str, frame: pl.DataFrame, row: Ints, sent: Ints) -> None:
        """Write one part of a source too big to hold at once, in the order given and in the first date style."""
        at = np.flatnonzero(sent <= _LATEST)
        self._part(source, name, frame[at], row[at], sent[at], np.zeros(len(at), dtype=np.int64))

    def _part(self, source: Source, name: str, frame: pl.DataFrame, row: Ints, sent: Ints, style: Ints) -> None:
        if source.is_clean:
            self._write(source, name, _texts(source, frame, style))
            return
        source_id = source.source_id
        later, fixed = frame.clear(), np.zeros(0, dtype=np.int64)
        if source.corrected:
            later, fixed = dirt.corrections(
                self.chance, self.ledger, source_id, frame, row, sent, _LATEST, source.corrected
            )
        columns = {
            "impossible_date": source.date if source.file_format != "parquet" else None,
            "missing_key": source.key,
            "unknown_value": source.coded,
        }
        frame, bad = dirt.unusable(self.chance, self.ledger, source_id, _texts(source, frame, style), row, columns)
        again = np.flatnonzero(self.chance.happens(f"{source_id}.repeated", row, dirt.REPEATED) & ~bad)
        self.ledger.count(source_id, "repeated", len(again))
        resent = pl.concat([frame[again], _texts(source, later, style[fixed])])
        self._write(source, name, frame)
        if len(resent):
            self._write(source, f"{name}_resent", resent)

    def _write(self, source: Source, name: str, frame: pl.DataFrame) -> None:
        folder = self.out / source.source_id
        folder.mkdir(parents=True, exist_ok=True)
        if source.file_format == "parquet":
            frame.write_parquet(folder / f"{name}.parquet", compression="zstd", row_group_size=_ROW_GROUP)
        elif source.file_format == "jsonl":
            frame.write_ndjson(folder / f"{name}.jsonl")
        elif source.file_format == "xlsx":
            _write_sheet(folder / f"{name}.xlsx", frame)
        else:
            _write_csv(folder / f"{name}.csv", frame, source.encoding)
        self.rows[source.source_id] = self.rows.get(source.source_id, 0) + len(frame)
        self.progress(source.source_id, self.rows[source.source_id])


def _write_csv(path: Path, frame: pl.DataFrame, encoding: str) -> None:
    if encoding == "utf-8":
        frame.write_csv(path)
    elif encoding == "utf-8-sig":
        frame.write_csv(path, include_bom=True)
    else:
        path.write_bytes(frame.write_csv().encode(encoding))


def _write_sheet(path: Path, frame: pl.DataFrame) -> None:
    """A workbook as an office hands it over; its stamp is fixed, so that the same zone has the same bytes."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties({"created": datetime(*_STAMP)})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, frame.columns)
        for number, row in enumerate(frame.iter_rows(), start=1):
            sheet.write_row(number, 0, row)


def _texts(source: Source, frame: pl.DataFrame, style: Ints) -> pl.DataFrame:
    """All but Parquet carry days in the style of the department and instants as local text; Parquet keeps its types."""
    if source.file_format == "parquet":
        return frame
    written = [days.written(frame[name], style).alias(name) for name, kind in frame.schema.items() if kind == pl.Date]
    instants = pl.selectors.datetime().dt.strftime("%Y-%m-%d %H:%M:%S")
    return frame.with_columns(written).with_columns(instants)


def day_column(day: Ints, missing: Flags | None = None) -> pl.Series:
    """A date column; null where `missing` is true or the day is beyond the calendar of the zone."""
    series = pl.Series(day.astype(np.int32)).cast(pl.Date)
    absent = pl.Series((day >= days.NEVER) if missing is None else missing)
    return pl.select(pl.when(absent).then(None).otherwise(series)).to_series()


def instant_column(second: Ints) -> pl.Series:
    """A column of local instants from seconds since 1970; null beyond the calendar of the zone."""
    series = pl.Series(second * 1_000_000).cast(pl.Datetime("us"))
    return pl.select(pl.when(pl.Series(second >= days.NEVER * 86400)).then(None).otherwise(series)).to_series()


def record_ids(prefix: str, row: Ints, width: int) -> pl.Series:
    """Record numbers such as JC000000123."""
    return pl.select(pl.lit(prefix) + pl.Series(row).cast(pl.String).str.zfill(width)).to_series()
