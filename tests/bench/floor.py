"""The floor: merely reading every value of every delivery once, as text, with the engine of the warehouse.

Run as `python -m tests.bench.floor DATA`, a process of its own. No typing, checking, linking or writing.
Sheets, JSON lines and other encodings than UTF-8 are left out: that makes the floor lower, never higher.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from tests.bench.delivered import Files, sources

_THREADS = 2  # as many as the warehouse uses


def read_all(data: Path) -> tuple[int, int]:
    """Read every CSV (UTF-8) and Parquet delivery below `data`; return rows and values that are not null."""
    connection = duckdb.connect(config={"threads": _THREADS})
    rows = values = 0
    for source in sources(data):
        if source.is_plain:
            read = _read(connection, source)
            rows, values = rows + read[0], values + read[1]
    return rows, values


def _read(connection: duckdb.DuckDBPyConnection, source: Files) -> tuple[int, int]:
    files = ", ".join(f"'{path}'" for path in source.paths)
    if source.file_format == "csv":
        reader = f"read_csv([{files}], all_varchar = true, header = true, delim = ',', quote = '\"')"
    else:
        reader = f"read_parquet([{files}])"
    columns = [row[0] for row in connection.execute(f"describe from {reader}").fetchall()]
    # The longest value of each column: no statistics of the file can answer that, so that every value is decoded.
    asked = ", ".join(f'count("{c}"), max(strlen(cast("{c}" as varchar)))' for c in columns)
    found = connection.execute(f"select count(*), {asked} from {reader}").fetchall()[0]
    return found[0], sum(found[1::2])


if __name__ == "__main__":
    sys.stdout.write("{} rows, {} values".format(*read_all(Path(sys.argv[1]))))
