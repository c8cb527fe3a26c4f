"""Delivered files of every format as frames of text, for tests of the packs. Nothing of the loader is tested here."""

from pathlib import Path

import polars as pl


def rows_of(path: Path) -> pl.DataFrame:
    """One delivered file; all but Parquet as text."""
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    if path.suffix == ".jsonl":
        return pl.read_ndjson(path, infer_schema_length=None).cast(pl.String)
    if path.suffix == ".xlsx":
        return sheet(path)
    raw = path.read_bytes()
    text = raw.decode("utf-8-sig") if _is_utf8(raw) else raw.decode("gb18030")
    return pl.read_csv(text.encode(), infer_schema=False)


def read(out: Path, source: str) -> pl.DataFrame:
    """Every file of a source below `out`."""
    return pl.concat([rows_of(path) for path in sorted((out / source).iterdir())], how="diagonal")


def sheet(path: Path) -> pl.DataFrame:
    """The first sheet of a workbook, read by a library that the loader does not use."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    book.close()
    header = [str(name) for name in rows[0]]
    body = [[None if cell is None else str(cell) for cell in row] for row in rows[1:]]
    return pl.DataFrame(body, schema=dict.fromkeys(header, pl.String), orient="row")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
