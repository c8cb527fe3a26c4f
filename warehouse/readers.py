"""How delivered files of each format are read: all columns as they stand, the file they come from, the row number.

What columns mean stands in the feed's SQL; typing and checks in staging.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from warehouse.dialect import literal
from warehouse.engine import DuckDBEngine
from warehouse.extension import load_extension
from warehouse.feed import Source

# Everything said, nothing guessed: a guess would take a broken line for the header and lose what precedes it.
_CSV = "all_varchar = true, header = true, skip = 0, delim = ',', quote = '\"', escape = '\"', comment = ''"
_CHUNK = 1 << 20
_RUNNING = "row_number() over ()"  # runs on through all files of a statement; ingest starts each file anew


class UnreadableFileError(ValueError):
    """A delivered file is not in the encoding that its source declares; the message says where it breaks."""


@dataclass(frozen=True)
class Reader:
    """A relation over files, and the expression that numbers its rows; `file_index` counts the files from 0."""

    relation: str
    row_number: str


@contextmanager
def reading(engine: DuckDBEngine, source: Source, paths: Sequence[Path]) -> Iterator[Reader]:
    """Yield a reader over files of one source; what it needs on disk lives as long as the context.

    Raises:
        UnreadableFileError: a file is not in the declared encoding.
        duckdb.Error: a file cannot be read.
    """
    if source.format in {"parquet", "postgres"}:
        yield Reader(f"read_parquet([{_list(paths)}], file_row_number = true)", "file_row_number + 1")
    elif source.format == "jsonl":
        yield Reader(_jsonl(engine, paths), _RUNNING)
    elif source.format == "xlsx":
        load_extension(engine.connection, "excel")
        yield Reader(f"({_xlsx(paths)})", _RUNNING)
    elif source.encoding == "utf-8":
        yield Reader(f"read_csv([{_list(paths)}], {_CSV})", _RUNNING)
    else:
        # The engine's encodings extension was 13 times slower, cannot read characters of four bytes and broke
        # characters that straddle its buffers (docs/decisions.md); Python's codec does neither.
        with TemporaryDirectory(prefix="utf8-", dir=engine.temp) as folder:
            recoded = [_recoded(path, source.encoding, Path(folder)) for path in paths]
            yield Reader(f"read_csv([{_list(recoded)}], {_CSV})", _RUNNING)


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


def _jsonl(engine: DuckDBEngine, paths: Sequence[Path]) -> str:
    files = _list(paths)
    keys = engine.rows(f"select distinct unnest(json_keys(json)) as k from read_ndjson_objects([{files}]) order by k")
    columns = ", ".join(f"{literal(key)}: 'VARCHAR'" for (key,) in keys)
    return f"read_json([{files}], format = 'newline_delimited', columns = {{{columns}}})"


def _xlsx(paths: Sequence[Path]) -> str:
    # Rows behind a blank one are rows too; a blank row itself goes to quarantine.
    options = "header = true, all_varchar = true, stop_at_empty = false"
    return " union all by name ".join(
        f"select *, {index} as file_index from read_xlsx({literal(str(path))}, {options})"
        for index, path in enumerate(paths)
    )


def _list(paths: Sequence[Path]) -> str:
    return ", ".join(literal(str(path)) for path in paths)
