"""Holds back what the simulated zone delivers on its last day, so that a refresh can meet one more day of deliveries.

Run as `python -m tests.bench.last_day DATA BASE DAY`. What a day delivers is decided by the generator, not here.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from pipelines.feeds.simulated import days
from tests.bench.delivered import Files, sources

LAST_DAY = date.fromordinal(date(1970, 1, 1).toordinal() + days.LAST)
_REPORTED = "报送日期"
# Sources without a day of report: the day of the event.
_EVENT = {
    "annual_report": "报送年报日期",
    "tax_filing": "申报日期",
    "service_case": "受理时间",
    "service_step": "开始时间",
    "text_item": "发布时间",
}
_STYLES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日")


def hold_back(data: Path, base: Path, day: Path) -> int:
    """Part the deliveries below `data` into those up to the day before the last (`base`) and the rest (`day`).

    Returns the rows held back. A file without such rows is linked, not copied; a sheet (lists, delivered once) belongs
    to `base` whole.
    """
    return sum(_part(source, path, data, base, day) for source in sources(data) for path in source.paths)


def _part(source: Files, path: Path, data: Path, base: Path, day: Path) -> int:
    name = path.relative_to(data)
    kept = base / name
    kept.parent.mkdir(parents=True, exist_ok=True)
    column = _EVENT.get(source.source_id, _REPORTED)
    frame = _read(source, path)
    if frame is None or column not in frame.columns:
        os.link(path, kept)
        return 0
    late = frame.with_columns(_day(frame[column]).eq_missing(LAST_DAY).alias("is_late"))
    held = late.filter("is_late").drop("is_late")
    if held.is_empty():
        os.link(path, kept)
        return 0
    held_path = (day / name).with_stem(f"{path.stem}_{LAST_DAY}")
    held_path.parent.mkdir(parents=True, exist_ok=True)
    _write(source, held, held_path)
    _write(source, late.filter(~pl.col("is_late")).drop("is_late"), kept)
    return held.height


def _read(source: Files, path: Path) -> pl.DataFrame | None:
    match source.file_format:
        case "parquet":
            return pl.read_parquet(path)
        case "csv":
            return pl.read_csv(path.read_bytes().decode(source.encoding).encode(), infer_schema=False)
        case "jsonl":
            return pl.read_ndjson(path, infer_schema_length=None)
    return None


def _write(source: Files, frame: pl.DataFrame, path: Path) -> None:
    match source.file_format:
        case "parquet":
            frame.write_parquet(path, compression="zstd")
        case "csv":
            path.write_bytes(frame.write_csv().encode(source.encoding))
        case "jsonl":
            frame.write_ndjson(path)


def _day(delivered: pl.Series) -> pl.Series:
    if delivered.dtype != pl.String:
        return delivered.cast(pl.Date)
    text = pl.col(delivered.name)
    day = text.str.replace(r" \d\d:\d\d:\d\d$", "")
    return delivered.to_frame().select(pl.coalesce([day.str.to_date(s, strict=False) for s in _STYLES])).to_series()


if __name__ == "__main__":
    held = hold_back(*map(Path, sys.argv[1:4]))
    sys.stdout.write(
        json.dumps({"last_day": str(LAST_DAY), "day_before": str(LAST_DAY - timedelta(days=1)), "held_back": held})
    )
