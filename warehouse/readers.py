"""How delivered files of each format are read: all columns as they stand, the file they come from, the row number.

What columns mean stands in the feed's SQL; typing and checks in staging.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from warehouse.dialect import literal
from warehouse.engine import DuckDBEngine
from warehouse.extension import load_extension
from warehouse.feed import Source

# Everything said, nothing guessed: a guess would take a broken line for the header and lose what precedes it.
_CSV = "auto_detect = false, header = true, skip = 0, delim = ',', quote = '\"', escape = '\"', comment = ''"
_CHUNK = 1 << 20


class UnreadableFileError(ValueError):
    """A delivered file is not as its source declares it; the message says where it differs."""


@contextmanager
def reading(engine: DuckDBEngine, source: Source, paths: Sequence[Path]) -> Iterator[str]:
    """Yield a relation over files of one source: their columns, `file_index` from 0 and `file_row_number` from 0.

    What it needs on disk lives as long as the context.

    Raises:
        UnreadableFileError: a file is not in the declared encoding, or the files differ in their header.
        duckdb.Error: a file cannot be read.
    """
    if source.format in {"parquet", "postgres"}:
        yield f"read_parquet([{_list(paths)}], file_row_number = true)"
    elif source.format == "jsonl":
        yield _numbered(_jsonl(engine, paths))
    elif source.format == "xlsx":
        load_extension(engine.connection, "excel")
        # Rows behind a blank one are rows too; a blank row itself goes to quarantine.
        options = "header = true, all_varchar = true, stop_at_empty = false"
        yield _numbered([f"read_xlsx({literal(str(path))}, {options})" for path in paths])
    elif source.encoding == "utf-8":
        yield _csv(paths)
    else:
        # The engine's encodings extension was 13 times slower, cannot read characters of four bytes and broke
        # characters that straddle its buffers (docs/decisions.md); Python's codec does neither.
        with TemporaryDirectory(prefix="utf8-", dir=engine.temp) as folder:
            recoded = [_recoded(path, source.encoding, Path(folder)) for path in paths]
            yield _csv(recoded)


def _csv(paths: Sequence[Path]) -> str:
    headers = [_header(path) for path in paths]
    if any(header != headers[0] for header in headers):
        raise UnreadableFileError("the files differ in their header; each has to be read by itself")
    # Columns that are told need no look into every file, which took longer than reading a small one.
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in headers[0])
    return _numbered([f"read_csv({literal(str(path))}, {_CSV}, columns = {{{columns}}})" for path in paths])


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as handle:
        names = next(csv.reader(handle), [])
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UnreadableFileError(f"the header names {', '.join(map(repr, twice))} more than once")
    return [name or f"column{place}" for place, name in enumerate(names)]


def _numbered(readers: Sequence[str]) -> str:
    """Each file by itself, so that its rows can be counted from its first one, without a sort."""
    parts = (
        f"select *, {index} as file_index, row_number() over () - 1 as file_row_number from {reader}"
        for index, reader in enumerate(readers)
    )
    return f"({' union all by name '.join(parts)})"


def _recoded(path: Path, encoding: str, folder: Path) -> Path:
    target = folder / f"{len(list(folder.iterdir()))}-{path.name}"
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as out:
        try:
            while chunk := source.read(_CHUNK):
                out.write(decoder.decode(chunk))
                done += len(chunk)
            out.write(decoder.decode(b"", final=True))
        except UnicodeDecodeError as error:
            raise UnreadableFileError(f"not {encoding} near byte {done + error.start}: {error.reason}") from None
    return target


def _jsonl(engine: DuckDBEngine, paths: Sequence[Path]) -> list[str]:
    files = _list(paths)
    keys = engine.rows(f"select distinct unnest(json_keys(json)) as k from read_ndjson_objects([{files}]) order by k")
    columns = ", ".join(f"{literal(key)}: 'VARCHAR'" for (key,) in keys)
    options = f"format = 'newline_delimited', columns = {{{columns}}}"
    return [f"read_json({literal(str(path))}, {options})" for path in paths]


def _list(paths: Sequence[Path]) -> str:
    return ", ".join(literal(str(path)) for path in paths)
