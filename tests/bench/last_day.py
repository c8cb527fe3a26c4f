"""Holds back what the simulated zone delivers on its last day, so that a refresh can meet one more day of deliveries.

One source of that day is held back longer: a delivery that comes late, when the day was published already.
Run as `python -m tests.bench.last_day DATA BASE DAY LATE`. What a day delivers is decided by the generator, not here.
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
# What most rests on: rates of teams, of entities and of their surroundings, the plan, and findings delivered before it.
_LATE = "inspection"
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


def hold_back(data: Path, base: Path, day: Path, late: Path) -> tuple[int, int]:
    """Part the deliveries below `data` into those up to the day before the last (`base`), `day` and `late`.

    Returns the rows of the latter two. A file without such rows is linked, not copied; a sheet (lists, delivered once)
    belongs to `base` whole.
    """
    held = {day: 0, late: 0}
    for source in sources(data):
        into = late if source.source_id == _LATE else day
        held[into] += sum(_part(source, path, data, base, into) for path in source.paths)
    return held[day], held[late]


def _part(source: Files, path: Path, data: Path, base: Path, into: Path) -> int:
    name = path.relative_to(data)
    kept = base / name
    kept.parent.mkdir(parents=True, exist_ok=True)
    column = _EVENT.get(source.source_id, _REPORTED)
    frame = _read(source, path)
    if frame is None or column not in frame.columns:
        os.link(path, kept)
        return 0
    told = frame.with_columns(_day(frame[column]).eq_missing(LAST_DAY).alias("is_held"))
    held = told.filter("is_held").drop("is_held")
    if held.is_empty():
        os.link(path, kept)
        return 0
    held_path = (into / name).with_stem(f"{path.stem}_{LAST_DAY}")
    held_path.parent.mkdir(parents=True, exist_ok=True)
    _write(source, held, held_path)
    _write(source, told.filter(~pl.col("is_held")).drop("is_held"), kept)
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
    of_day, of_late = hold_back(*map(Path, sys.argv[1:5]))
    before = LAST_DAY - timedelta(days=1)
    sys.stdout.write(
        json.dumps({"last_day": str(LAST_DAY), "day_before": str(before), "held_back": of_day, "late": of_late})
    )
