"""Files of texts as they come: CSV in UTF-8, UTF-16 or GB18030, or Parquet; rows keep their order.

Not here: what is learnt from them.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

TITLES = ("留言主题", "标题", "主题", "工单标题", "题目", "title", "subject", "headline")
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_DELIMITERS = (",", "\t", ";", "|")
_LONGEST_CELL = 1 << 30


class TextFileError(ValueError):
    """A file that cannot be read, or lacks a column; says which file and what it has."""


@dataclass(frozen=True)
class Columns:
    """How the columns are called; `titles` are those beside the text, `label` is None where none is asked for."""

    text: str
    label: str | None
    titles: tuple[str, ...] = ()


def header(path: Path, text: str) -> list[str]:
    """Return the names of the columns of a file; `text` tells which delimiter is meant."""
    return _frame(path, text).columns


def known_titles(paths: Sequence[Path], text: str) -> tuple[str, ...]:
    """Return the title column that every file has, by its usual names; none if there is none."""
    common = set.intersection(*(set(header(path, text)) for path in paths)) - {text}
    return tuple(name for name in TITLES if name in common)[:1]


def read(path: Path, columns: Columns) -> pl.DataFrame:
    """Return `text`, `title` (where titles are named) and `label` (where asked for) of every row, in order.

    A missing text is an empty one; labels are texts, and 1, 1.0 and "1" the same label.

    Raises:
        TextFileError: the file cannot be read, or lacks a column.
    """
    frame = _frame(path, columns.text)
    wanted = [columns.text, *columns.titles, *([columns.label] if columns.label else [])]
    if missing := [name for name in wanted if name not in frame.columns]:
        raise TextFileError(f"{path} has no column {', '.join(missing)}; it has {', '.join(frame.columns)}")
    parts = [pl.col(columns.text).cast(pl.String).fill_null("").alias("text")]
    if columns.titles:
        titles = [pl.col(name).cast(pl.String).fill_null("") for name in columns.titles]
        parts.append(pl.concat_str(titles, separator=" ").alias("title"))
    if columns.label:
        label = pl.col(columns.label).cast(pl.String).str.strip_chars()
        parts.append(label.str.replace(r"^(-?\d+)\.0+$", "$1").alias("label"))
    return frame.select(parts)


def _frame(path: Path, text: str) -> pl.DataFrame:
    try:
        content = path.read_bytes()
        if content[:4] == b"PAR1":
            return pl.read_parquet(io.BytesIO(content))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise TextFileError(f"{path}: {error}") from None
    return _csv(path, _decoded(path, content), text)


def _decoded(path: Path, content: bytes) -> str:
    encodings = [name for mark, name in _MARKS.items() if content.startswith(mark)] or ["utf-8", "gb18030"]
    for name in encodings:
        try:
            return content.decode(name)
        except UnicodeDecodeError:
            continue
    # A few broken bytes must not cost the file: it is read in the encoding that breaks least.
    tried = [content.decode(name, "replace") for name in encodings]
    found = min(tried, key=lambda whole: whole.count("\ufffd"))
    if found.count("\ufffd") > len(found) / 100:
        raise TextFileError(f"{path} is neither Parquet nor a text in {', '.join(encodings)}")
    return found


def _csv(path: Path, whole: str, text: str) -> pl.DataFrame:
    csv.field_size_limit(_LONGEST_CELL)
    for delimiter in _DELIMITERS:
        rows = csv.reader(io.StringIO(whole, newline=""), delimiter=delimiter)
        names = [name.strip().strip("\ufeff") for name in next(rows, [])]
        if text in names:
            cells = [_cells(row, len(names), delimiter) for row in rows if row]
            return pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String), orient="row")
    found = whole[:200].splitlines()[:1]
    raise TextFileError(f"{path} has no column {text}; its first line is {found[0] if found else 'empty'!r}")


def _cells(row: list[str], width: int, delimiter: str) -> list[str]:
    """Return as many cells as the header has; what a delimiter too many cut off belongs to the last one."""
    whole = row + [""] * (width - len(row))
    return [*whole[: width - 1], delimiter.join(whole[width - 1 :])]
